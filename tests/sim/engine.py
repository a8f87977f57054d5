#!/usr/bin/python3
"""A simulator of Docker (and Podman) engines, many in one process, that can also misbehave.

Each engine listens on DIR/engine-N.sock (N from 1), with --tcp-base P on 127.0.0.1:P+N-1. DIR/control.sock
speaks HTTP too:

  GET    /_sim/engines                            addresses and counts
  GET    /_sim/counters  POST /_sim/counters/reset
  GET    /_sim/faults                             the kinds of faults, with what they do
  POST   /_sim/engine/N/fault                     {"endpoint": "list", "kind": "delay", "ms": 500}
  DELETE /_sim/engine/N/fault[?endpoint=list]     without endpoint: all, and deafness
  POST   /_sim/engine/N/add                       {"count": 10, "prefix": "", "stopped_every": 0}
  POST   /_sim/engine/N/create                    {"name": "x", "start": true, image, labels, ports, ...}
  POST   /_sim/engine/N/do                        {"name": "x", "action": "stop", ...}
  POST   /_sim/engine/N/flood                     {"rate": 2000, "seconds": 5, "exec": false} events
  POST   /_sim/engine/N/wire                      {"action": "cut|drop|deaf|hear|refuse|gone|listen|restart"}
  GET    /_sim/engine/N/events                    the events buffer
  POST   /_sim/quit

N may be "all". It holds no state on disk; run it with --help for the options.
"""
import argparse
import asyncio
import json
import os
import re
import signal
import socket
import sys

import faults
import model
import routes
import wire

TARGET = re.compile(r"^/_sim/engine/(\d+|all)/(\w+)$")
CREATE_KEYS = ("image", "command", "labels", "ports", "networks", "mounts", "restart", "memory", "health", "load")


class Simulator:
    def __init__(self, options):
        self.options = options
        self.connections = set()
        self.engines = []
        self.stopped = None

    # -- listening ------------------------------------------------------------------------------

    async def listen(self, served):
        loop = asyncio.get_running_loop()
        if isinstance(served.address, str):
            if os.path.exists(served.address):
                os.unlink(served.address)
            sock = socket.socket(socket.AF_UNIX)
            sock.bind(served.address)
            os.chmod(served.address, 0o666)
        else:
            sock = socket.socket(socket.AF_INET)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(served.address)
        sock.listen(512)
        served.server = await loop.create_server(lambda: wire.Connection(served, served.handle), sock=sock)

    @staticmethod
    def unlisten(served, unlink):
        if served.server:
            served.server.close()
            served.server = None
        for connection in tuple(served.connections):
            connection.reset()
        if unlink and isinstance(served.address, str) and os.path.exists(served.address):
            os.unlink(served.address)

    async def run(self):
        o = self.options
        self.stopped = asyncio.Event()
        os.makedirs(o.dir, exist_ok=True)
        for n in range(1, o.engines + 1):
            engine = model.Engine(n, "%s%d" % (o.name, n), o.engine_version, o.api_min, o.api_max, o.podman, o.cgroup)
            engine.populate(o.containers, stopped_every=o.stopped_every)
            address = ("127.0.0.1", o.tcp_base + n - 1) if o.tcp_base else \
                os.path.join(o.dir, "engine-%d.sock" % n)
            served = routes.Served(engine, address)
            self.engines.append(served)
            await self.listen(served)
        control = os.path.join(o.dir, "control.sock")
        if os.path.exists(control):
            os.unlink(control)
        loop = asyncio.get_running_loop()
        server = await loop.create_unix_server(lambda: wire.Connection(self, self.handle), control)
        for sig in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sig, self.stopped.set)
        await self.stopped.wait()
        server.close()
        os.unlink(control)
        for served in self.engines:
            self.unlisten(served, unlink=True)

    # -- control --------------------------------------------------------------------------------

    def handle(self, request, connection):
        try:
            code, value = 200, self.control(request)
        except (KeyError, ValueError, TypeError, AttributeError) as broken:
            code, value = 400, {"message": "%s: %s" % (type(broken).__name__, broken)}
        connection.respond(code, json.dumps(value).encode(), [("Content-Type", "application/json")])

    def control(self, request):
        match = TARGET.match(request.path)
        if match:
            which, verb = match.groups()
            chosen = self.engines if which == "all" else [self.engines[int(which) - 1]]
            call = getattr(self, "on_" + verb)
            return [call(served, request) for served in chosen]
        if request.path == "/_sim/engines":
            return [{"index": s.engine.index, "name": s.engine.name, "address": s.address if
                     isinstance(s.address, str) else "tcp://%s:%d" % s.address, "connections": len(s.connections),
                     "streams": len(s.streams), **s.engine.counts()} for s in self.engines]
        if request.path == "/_sim/counters":
            return {str(s.engine.index): dict(s.counters) for s in self.engines}
        if request.path == "/_sim/counters/reset":
            for served in self.engines:
                served.counters.clear()
            return {}
        if request.path == "/_sim/faults":
            return faults.KINDS
        if request.path == "/_sim/quit":
            asyncio.get_running_loop().call_later(0.05, self.stopped.set)
            return {}
        raise KeyError(request.path)

    @staticmethod
    def on_fault(served, request):
        if request.method == "DELETE":
            endpoint = request.query.get("endpoint")
            if endpoint:
                served.faults.pop(endpoint, None)
            else:
                served.faults.clear()
                served.deaf = False
            return {}
        fault = request.json()
        if fault["kind"] not in faults.KINDS:
            raise KeyError("no fault " + fault["kind"])
        served.faults[fault.get("endpoint", "*")] = fault
        return fault

    @staticmethod
    def on_add(served, request):
        served.engine.populate(**request.json())
        return served.engine.counts()

    @staticmethod
    def on_create(served, request):
        wanted = request.json()
        options = {k: wanted[k] for k in CREATE_KEYS if k in wanted}
        c = served.engine.create(wanted["name"], **options)
        if wanted.get("start", True):
            served.engine.start(c)
        return {"Id": c.id}

    @staticmethod
    def on_do(served, request):
        wanted = request.json()
        e, action = served.engine, wanted["action"]
        c = e.find(wanted["name"])
        if c is None:
            raise KeyError("no container " + wanted["name"])
        if action in ("start", "stop", "kill", "pause", "unpause", "remove", "crash_restart"):
            getattr(e, action)(c)
        elif action == "restart":
            e.restart_container(c)
        elif action == "die":
            e.die(c, int(wanted.get("code", 0)), oom=bool(wanted.get("oom")))
        elif action == "rename":
            e.rename(c, wanted["to"])
        elif action == "health":
            e.set_health(c, wanted["word"])
        elif action == "load":
            c.load.change(**wanted["load"])
        elif action == "state":         # a state set without any event, as after a lost stream
            c.state = wanted["word"]
        else:
            raise KeyError("no action " + action)
        return {"Id": c.id, "State": c.state}

    def on_flood(self, served, request):
        wanted = request.json()
        task = self.flood(served, float(wanted.get("rate", 2000)), float(wanted.get("seconds", 5)),
                          bool(wanted.get("exec")))
        served.flood = asyncio.get_running_loop().create_task(task)
        return {}

    @staticmethod
    async def flood(served, rate, seconds, execs):
        """Start and die events (or those of exec) of containers in turn, evenly in 50 ms slices."""
        loop = asyncio.get_running_loop()
        begun, sent, e = loop.time(), 0, served.engine
        total = int(rate * seconds)
        while sent < total:
            due = min(total, int((loop.time() - begun) * rate) + 1)
            pool = list(e.containers.values()) or [None]
            while sent < due:
                c = pool[(sent // 2) % len(pool)]
                if c is not None and execs:
                    e.emit_container(c, "exec_die" if sent % 2 else "exec_start: true", execID=model.hex_id(sent))
                elif c is not None:
                    e.emit_container(c, "start" if sent % 2 else "die", **({} if sent % 2 else {"exitCode": "0"}))
                sent += 1
            await asyncio.sleep(0.05)
        served.counters["flooded"] += sent

    def on_wire(self, served, request):
        wanted = request.json()
        action, loop = wanted["action"], asyncio.get_running_loop()
        if action == "cut":
            for stream in tuple(served.streams):
                stream.reset()
        elif action == "drop":          # all connections, as a restart does
            for connection in tuple(served.connections):
                connection.reset()
        elif action in ("deaf", "hear"):
            served.deaf = action == "deaf"
        elif action in ("refuse", "gone"):
            self.unlisten(served, unlink=action == "gone")
        elif action == "listen":
            if not served.server:
                loop.create_task(self.listen(served))
        elif action == "restart":       # the events buffer is lost, containers may have died meanwhile
            self.unlisten(served, unlink=True)
            served.engine.events.clear()
            for name in wanted.get("died", ()):
                c = served.engine.find(name)
                c.state, c.exit_code, c.pid = "exited", int(wanted.get("code", 255)), 0
                c.finished = model.time.time_ns()
            loop.call_later(float(wanted.get("down_ms", 200)) / 1000,
                            lambda: loop.create_task(self.listen(served)))
        else:
            raise KeyError("no action " + action)
        return {}

    @staticmethod
    def on_events(served, request):
        return list(served.engine.events)

    @staticmethod
    def on_container(served, request):
        c = served.engine.find(request.query["name"])
        return {"Id": c.id, "State": c.state, "Name": c.name, "totals": c.load.totals(model.time.time_ns())}


def parse(argv):
    p = argparse.ArgumentParser(description="simulates Docker engines")
    p.add_argument("--dir", required=True, help="where the sockets go")
    p.add_argument("--engines", type=int, default=1)
    p.add_argument("--containers", type=int, default=10, help="per engine")
    p.add_argument("--stopped-every", type=int, default=0, help="every Nth container is stopped")
    p.add_argument("--tcp-base", type=int, default=0, help="listen on 127.0.0.1 from this port on")
    p.add_argument("--name", default="sim-", help="engine names start with this")
    p.add_argument("--engine-version", default=None)
    p.add_argument("--api-min", default=None)
    p.add_argument("--api-max", default=None)
    p.add_argument("--podman", action="store_true")
    p.add_argument("--cgroup", choices=("1", "2"), default="1")
    o = p.parse_args(argv)
    o.engine_version = o.engine_version or ("4.3.1" if o.podman else "20.10.24+dfsg1")
    o.api_max = o.api_max or "1.41"
    o.api_min = o.api_min or ("1.24" if o.podman else "1.12")
    return o


if __name__ == "__main__":
    asyncio.run(Simulator(parse(sys.argv[1:])).run())
