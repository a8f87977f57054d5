"""The state of one simulated engine: containers, their counters and the events buffer.

Nothing here does I/O; engine.py and routes.py turn it into HTTP. Times are integer nanoseconds UTC.
"""
import collections
import hashlib
import math
import random
import time

EVENTS_KEPT = 256           # what a real dockerd keeps for `since`
NCPU = 4
MEM_TOTAL = 16 << 30

NAMES = ("web", "api", "db", "cache", "worker", "queue", "mail", "search", "auth", "proxy",
         "cron", "metrics", "files", "chat", "wiki", "git", "ci", "logs", "vault", "dns")
IMAGES = ("nginx:1.27", "ghcr.io/acme/api:2.4.1", "postgres:16-alpine", "redis:7", "python:3.12-slim")


def hex_id(*words):
    """A repeatable 64-digit id."""
    return hashlib.sha256("/".join(str(w) for w in words).encode()).hexdigest()


def rfc3339(ns):
    """2026-01-02T03:04:05.123456789Z, and Docker's zero time for 0."""
    if not ns:
        return "0001-01-01T00:00:00Z"
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + ".%09dZ" % (ns % 10**9)


class Load:
    """Counters that grow at known rates; `swing` makes the CPU rate wander by that share of itself."""

    FIELDS = ("cpu", "rx", "tx", "rd", "wr")

    def __init__(self, cpu=0.02, mem=64 << 20, cache=16 << 20, rx=2000.0, tx=900.0, rd=0.0, wr=500.0,
                 pids=4, swing=0.5, phase=0.0):
        self.rate = {"cpu": cpu, "rx": rx, "tx": tx, "rd": rd, "wr": wr}
        self.mem, self.cache, self.pids = mem, cache, pids
        self.swing, self.phase = swing, phase
        self.base = dict.fromkeys(self.FIELDS, 0.0)
        self.since_ns = time.time_ns()

    def totals(self, now_ns):
        """cpu in seconds, the others in bytes, since the last reset."""
        t = (now_ns - self.since_ns) / 1e9
        out = {k: self.base[k] + self.rate[k] * t for k in self.FIELDS}
        if self.swing:
            wander = math.cos(self.phase) - math.cos(t / 7 + self.phase)
            out["cpu"] += self.rate["cpu"] * self.swing * 7 * wander
        return out

    def change(self, **values):
        """Set rates from now on; what was counted stays counted."""
        now = time.time_ns()
        self.base, self.since_ns, self.swing = self.totals(now), now, 0.0
        for key, value in values.items():
            if key in self.rate:
                self.rate[key] = float(value)
            elif key in ("mem", "cache", "pids"):
                setattr(self, key, int(value))
            else:
                raise KeyError(key)

    def reset(self):
        self.base, self.since_ns = dict.fromkeys(self.FIELDS, 0.0), time.time_ns()


class Container:
    """One container; `state` is Docker's word."""

    def __init__(self, name, ident, image="busybox:test", command=("sleep", "1000"), labels=None,
                 ports=(), networks=None, mounts=(), restart=("no", 0), memory=0, health=None, load=None):
        self.name, self.id, self.image = name, ident, image
        self.image_id = "sha256:" + hex_id("image", image)
        self.command, self.labels = list(command), dict(labels or {})
        self.ports = [tuple(p) for p in ports]          # (ip, public, private, proto); public 0 = not published
        self.networks = dict(networks or {"bridge": "172.17.0.2"})
        self.mounts = [dict(m) for m in mounts]
        self.restart, self.memory = tuple(restart), memory
        self.health, self.has_health = health, health is not None
        self.created = time.time_ns()
        self.started = self.finished = 0
        self.state, self.exit_code, self.oom, self.error = "created", 0, False, ""
        self.restart_count, self.pid = 0, 0
        self.load = load or Load()

    @property
    def live(self):
        return self.state in ("running", "paused")


class Engine:
    """One engine: containers by id in order of creation, an events buffer, and who listens to events."""

    def __init__(self, index, name=None, version="20.10.24+dfsg1", api_min="1.12", api_max="1.41",
                 podman=False, cgroup="1", seed=7):
        self.index, self.name = index, name or "sim-%d" % index
        self.version, self.api_min, self.api_max = version, api_min, api_max
        self.podman, self.cgroup = podman, cgroup
        self.id = hex_id("engine", index, seed)
        self.boot = time.time_ns()
        self.containers = {}
        self.made = 0
        self.events = collections.deque(maxlen=EVENTS_KEPT)
        self.last_event_ns = 0
        self.listeners = set()      # callables taking one event dict
        self.random = random.Random(seed * 1000 + index)

    # -- events ---------------------------------------------------------------------------------

    def emit(self, kind, action, actor_id, attributes, scope="local"):
        """Record an event with a time of its own and hand it to the listeners."""
        now = max(time.time_ns(), self.last_event_ns + 1)
        self.last_event_ns = now
        event = {"Type": kind, "Action": action, "Actor": {"ID": actor_id, "Attributes": attributes},
                 "scope": scope, "time": now // 10**9, "timeNano": now}
        if kind in ("container", "image"):
            event = {"status": action, "id": actor_id, **event}
            if kind == "container":
                event["from"] = attributes.get("image", "")
        self.events.append(event)
        for listener in tuple(self.listeners):
            listener(event)
        return event

    def emit_container(self, c, action, **more):
        attributes = dict(c.labels, image=c.image, name=c.name, **more)
        if self.podman:
            attributes.update(containerExitCode=str(c.exit_code), podId="")
        return self.emit("container", action, c.id, attributes)

    # -- containers -----------------------------------------------------------------------------

    def create(self, name, quiet=False, **options):
        """A new container in state created. ValueError if the name is taken."""
        if self.find(name, by_name_only=True):
            raise ValueError('Conflict. The container name "/%s" is already in use.' % name)
        self.made += 1
        load = options.pop("load", None)
        if load is None:
            r = self.random
            load = Load(cpu=r.choice((0.001, 0.004, 0.02, 0.11)), mem=r.randrange(4, 600) << 20,
                        cache=r.randrange(0, 64) << 20, rx=r.uniform(0, 20000), tx=r.uniform(0, 9000),
                        wr=r.uniform(0, 4000), pids=r.randrange(1, 30), phase=r.uniform(0, 6))
        elif isinstance(load, dict):
            load = Load(swing=0.0, **load)
        c = Container(name, hex_id(self.index, name, self.made, self.boot), load=load, **options)
        self.containers[c.id] = c
        if not quiet:
            self.emit_container(c, "create")
        return c

    def populate(self, count, prefix="", stopped_every=0):
        """`count` containers like those of a usual machine, running since a while, without events."""
        for i in range(count):
            n = self.made
            service = NAMES[n % len(NAMES)]
            project = prefix + ("shop", "blog", "tools")[n % 3]
            port = [("0.0.0.0", 20000 + n, 80, "tcp")] if n % 4 == 0 else []
            c = self.create(
                "%s-%s-%d" % (project, service, n), quiet=True, image=IMAGES[n % len(IMAGES)],
                command=["/entrypoint.sh", service, "--serve"],
                labels={"com.docker.compose.project": project, "com.docker.compose.service": service,
                        "com.docker.compose.container-number": "1", "maintainer": "ops@example.org"},
                ports=port, networks={project + "_default": "172.20.%d.%d" % (n // 200 % 250, n % 200 + 2)},
                mounts=[{"Type": "volume", "Name": service + "-data", "Destination": "/data", "RW": True}]
                if n % 3 == 0 else [],
                restart=("unless-stopped", 0), health="healthy" if n % 5 == 0 else None)
            c.created -= (3600 + 60 * i) * 10**9
            if stopped_every and n % stopped_every == stopped_every - 1:
                c.state, c.started, c.finished = "exited", c.created, c.created + 10**12
            else:
                self._run(c)
                c.started = c.created + 4 * 10**8

    def find(self, ref, by_name_only=False):
        """By id, unambiguous id prefix or name; None when there is none."""
        if not by_name_only and ref in self.containers:
            return self.containers[ref]
        ref = ref.lstrip("/")
        for c in self.containers.values():
            if c.name == ref or (not by_name_only and len(ref) >= 12 and c.id.startswith(ref)):
                return c
        return None

    def _run(self, c):
        c.state, c.exit_code, c.oom, c.error = "running", 0, False, ""
        c.started, c.pid = time.time_ns(), self.random.randrange(1000, 4000000)
        c.load.reset()
        if c.has_health:
            c.health = c.health if c.health not in (None, "none") else "starting"

    def start(self, c):
        if c.live:
            return
        self._network(c, "connect")
        self._run(c)
        self.emit_container(c, "start")

    def _network(self, c, action):
        for net in c.networks:
            self.emit("network", action, hex_id("net", self.index, net),
                      {"container": c.id, "name": net, "type": "bridge"})

    def die(self, c, code=0, oom=False, restarting=False):
        """The process ended: engine's own die (and oom) events, in its order."""
        if not c.live:
            return
        if oom:
            code = 137
            self.emit_container(c, "oom")
        c.state = "restarting" if restarting else "exited"
        c.exit_code, c.oom, c.pid, c.finished = code, oom, 0, time.time_ns()
        self.emit_container(c, "die", exitCode=str(code))
        self._network(c, "disconnect")

    def stop(self, c, code=143):
        if not c.live:
            return
        self.emit_container(c, "kill", signal="15")
        self.die(c, code)
        self.emit_container(c, "stop")

    def kill(self, c, signal="9"):
        if not c.live:
            return
        self.emit_container(c, "kill", signal=str(signal))
        self.die(c, 128 + int(signal))

    def restart_container(self, c):
        self.stop(c)
        self.start(c)
        self.emit_container(c, "restart")

    def crash_restart(self, c, code=1):
        """A crash answered by the restart policy."""
        self.die(c, code, restarting=True)
        c.restart_count += 1
        self._run(c)
        self.emit_container(c, "start")

    def pause(self, c):
        if c.state == "running":
            c.state = "paused"
            self.emit_container(c, "pause")

    def unpause(self, c):
        if c.state == "paused":
            c.state = "running"
            self.emit_container(c, "unpause")

    def rename(self, c, name):
        if self.find(name, by_name_only=True):
            raise ValueError('Conflict. The container name "/%s" is already in use.' % name)
        old, c.name = c.name, name
        self.emit_container(c, "rename", oldName="/" + old)

    def remove(self, c):
        if c.live:
            self.kill(c)
        del self.containers[c.id]
        self.emit_container(c, "remove" if self.podman else "destroy")

    def set_health(self, c, word):
        c.health, c.has_health = word, True
        if self.podman:
            self.emit_container(c, "health_status", HealthStatus=word)
        else:
            self.emit_container(c, "health_status: " + word)

    def counts(self):
        by = collections.Counter(c.state for c in self.containers.values())
        return {"all": len(self.containers), "running": by["running"], "paused": by["paused"],
                "stopped": len(self.containers) - by["running"] - by["paused"]}
