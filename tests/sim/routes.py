"""The Docker Engine API of a simulated engine, by endpoint."""
import asyncio
import calendar
import collections
import email.utils
import json
import re
import time

import faults
import model
import shapes

VERSIONED = re.compile(r"^/v(\d+\.\d+)(/.*)$")
CONTAINER = re.compile(r"^/containers/(?!json$)([^/]+)(?:/(\w+))?$")
STREAM_BUFFER_MAX = 16 << 20    # an events client that far behind loses events, as with a real engine


class Served:
    """One engine on the wire: its listener, connections, faults and counters."""

    def __init__(self, engine, address):
        self.engine, self.address = engine, address
        self.server = None
        self.connections = set()
        self.streams = set()        # event streams that are open
        self.faults = {}            # endpoint or "*" -> fault
        self.deaf = False           # accepts and reads nothing
        self.counters = collections.Counter()
        self.flood = None           # the task that emits events

    # -- answering ------------------------------------------------------------------------------

    def headers(self, ctype="application/json"):
        e = self.engine
        out = [("Api-Version", e.api_max), ("Content-Type", ctype)]
        if e.podman:
            return out + [("Libpod-Api-Version", e.version), ("Server", "Libpod/%s (linux)" % e.version),
                          ("X-Reference-Id", "0xc000014010")]
        return out + [("Docker-Experimental", "false"), ("Ostype", "linux"),
                      ("Server", "Docker/%s (linux)" % e.version),
                      ("Date", email.utils.formatdate(usegmt=True))]

    def fault_for(self, endpoint):
        for key in (endpoint, "*"):
            fault = self.faults.get(key)
            if fault:
                left = fault.get("times")
                if left is not None:
                    fault["times"] = left - 1
                    if left <= 1:
                        del self.faults[key]
                return fault
        return None

    def answer(self, request, connection, code, body, ctype="application/json"):
        self.counters["status_%d" % code] += 1
        fault = self.fault_for(request.endpoint) if self.faults else None
        if fault:
            self.counters["faults"] += 1
            faults.answer(fault, connection, code, body, self.headers(ctype), self.engine.random)
        else:
            connection.respond(code, body, self.headers(ctype))

    def answer_json(self, request, connection, value, code=200):
        self.answer(request, connection, code, json.dumps(value, separators=(",", ":")).encode() + b"\n")

    def refuse(self, request, connection, code, message):
        self.answer_json(request, connection, {"message": message}, code)

    # -- dispatch -------------------------------------------------------------------------------

    def handle(self, request, connection):
        self.counters["requests"] += 1
        e = self.engine
        client = e.api_max
        match = VERSIONED.match(request.path)
        if match:
            client, request.path = match.groups()
        request.api = shapes.api_number(client)
        container = CONTAINER.match(request.path)
        request.endpoint = self.name_endpoint(request, container)
        self.counters[request.endpoint] += 1
        self.counters["api_" + client] += 1
        if not e.podman and request.api < shapes.api_number(e.api_min):
            self.answer(request, connection, 400, (
                "client version %s is too old. Minimum supported API version is %s, please upgrade your client "
                "to a newer version\n" % (client, e.api_min)).encode(), "text/plain; charset=utf-8")
        elif not e.podman and request.api > shapes.api_number(e.api_max):
            self.refuse(request, connection, 400, "client version %s is too new. Maximum supported API version "
                        "is %s" % (client, e.api_max))
        else:
            self.dispatch(request, connection, container)

    @staticmethod
    def name_endpoint(request, container):
        if container:
            ident, verb = container.groups()
            if request.method != "GET":
                return "remove" if request.method == "DELETE" else verb or "other"
            return {"json": "inspect"}.get(verb, verb or "other")
        return {"/_ping": "ping", "/version": "version", "/info": "info", "/containers/json": "list",
                "/events": "events", "/images/json": "images", "/networks": "networks",
                "/volumes": "volumes"}.get(request.path, "other")

    def dispatch(self, request, connection, container):
        e, endpoint = self.engine, request.endpoint
        if endpoint == "ping":
            self.answer(request, connection, 200, b"" if request.method == "HEAD" else b"OK",
                        "text/plain; charset=utf-8")
        elif endpoint == "list":
            self.answer_json(request, connection, shapes.list_all(e, not request.flag("all"), request.api))
        elif endpoint == "version":
            self.answer_json(request, connection, shapes.version(e))
        elif endpoint == "info":
            self.answer_json(request, connection, shapes.info(e))
        elif endpoint == "events":
            self.stream_events(request, connection)
        elif endpoint == "images":
            self.answer_json(request, connection, [
                {"Id": "sha256:" + model.hex_id("image", i), "RepoTags": [i], "Size": 7 << 20, "Created": 0}
                for i in sorted({c.image for c in e.containers.values()})])
        elif endpoint == "networks":
            self.answer_json(request, connection, [
                {"Name": n, "Id": model.hex_id("net", e.index, n), "Driver": "bridge", "Scope": "local"}
                for n in sorted({n for c in e.containers.values() for n in c.networks})])
        elif endpoint == "volumes":
            self.answer_json(request, connection, {"Volumes": [], "Warnings": None})
        elif container:
            self.dispatch_container(request, connection, *container.groups())
        else:
            self.refuse(request, connection, 404, "page not found")

    def dispatch_container(self, request, connection, ident, verb):
        e = self.engine
        c = e.find(ident)
        if c is None:
            self.refuse(request, connection, 404, "No such container: " + ident)
        elif request.method == "GET" and verb == "json":
            self.answer_json(request, connection, shapes.inspect(e, c, request.api))
        elif request.method == "GET" and verb == "stats":
            self.stats(request, connection, c)
        elif request.method == "DELETE":
            if c.live and not request.flag("force"):
                self.refuse(request, connection, 409, "You cannot remove a running container %s. Stop the container "
                            "before attempting removal or force remove" % c.id)
                return
            e.remove(c)
            self.answer(request, connection, 204, b"")
        elif request.method == "POST":
            self.act(request, connection, c, verb)
        else:
            self.refuse(request, connection, 404, "page not found")

    def act(self, request, connection, c, verb):
        e = self.engine
        calls = {"start": e.start, "stop": e.stop, "kill": e.kill, "restart": e.restart_container,
                 "pause": e.pause, "unpause": e.unpause}
        if verb == "rename":
            try:
                e.rename(c, request.query.get("name", ""))
            except ValueError as conflict:
                self.refuse(request, connection, 409, str(conflict))
                return
        elif verb in calls:
            if (verb == "start" and c.live) or (verb == "stop" and not c.live):
                self.answer(request, connection, 304, b"")
                return
            calls[verb](c)
        else:
            self.refuse(request, connection, 404, "page not found")
            return
        self.answer(request, connection, 204, b"")

    # -- stats ----------------------------------------------------------------------------------

    def stats(self, request, connection, c):
        stream = request.query.get("stream", "1").lower() not in ("0", "false")
        if stream:
            connection.start_chunks(200, self.headers())
            asyncio.get_running_loop().create_task(self.stream_stats(connection, c))
        elif request.flag("one-shot") and request.api >= 1041:
            self.answer(request, connection, 200, shapes.stats(self.engine, c).encode())
        else:       # an engine that knows no one-shot waits for a second sample
            before = time.time_ns()
            asyncio.get_running_loop().call_later(1.0, lambda: self.answer(
                request, connection, 200, shapes.stats(self.engine, c, before).encode()))

    async def stream_stats(self, connection, c):
        before = 0
        while not connection.closed and c.id in self.engine.containers:
            now = time.time_ns()
            connection.chunk(shapes.stats(self.engine, c, before).encode() + b"\n")
            before = now
            await asyncio.sleep(1)
        connection.close()

    # -- events ---------------------------------------------------------------------------------

    @staticmethod
    def parse_time(text):
        """Unix "sec", "sec.nanos" or RFC 3339; nanoseconds. ValueError if it is none."""
        if not text:
            return 0
        if "T" in text:
            text, _, rest = text.rstrip("Z").partition(".")
            return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int((rest or "0").ljust(9, "0"))
        seconds, _, nanos = text.partition(".")
        return int(seconds) * 10**9 + int(nanos.ljust(9, "0")[:9] or "0")

    @staticmethod
    def parse_filters(text):
        """filters={"type":["container"]} or {"type":{"container":true}} -> {key: set}."""
        out = {}
        for key, value in (json.loads(text) if text else {}).items():
            out[key] = set(value if isinstance(value, list) else [k for k, on in value.items() if on])
        return out

    @staticmethod
    def passes(event, filters):
        action = event["Action"]
        for key, words in filters.items():
            if key == "type" and event["Type"] not in words:
                return False
            if key == "event" and action not in words and action.split(":")[0] not in words:
                return False
            if key == "container" and event["Actor"]["ID"] not in words and \
                    event["Actor"]["Attributes"].get("name") not in words:
                return False
        return True

    @staticmethod
    def event_line(event, api):
        if api >= 1052:     # the old names are gone there
            event = {k: v for k, v in event.items() if k not in ("status", "id", "from")}
        return json.dumps(event, separators=(",", ":")).encode() + b"\n"

    def stream_events(self, request, connection):
        try:
            since = self.parse_time(request.query.get("since"))
            until = self.parse_time(request.query.get("until"))
            filters = self.parse_filters(request.query.get("filters"))
        except ValueError as broken:
            self.refuse(request, connection, 500, str(broken))
            return
        fault = self.fault_for("events") if self.faults else None
        if fault:
            faults.answer(fault, connection, 200, b'{"Type":"container"}\n', self.headers(), self.engine.random)
            return
        connection.start_chunks(200, self.headers())
        replay = b"".join(self.event_line(e, request.api) for e in self.engine.events
                          if since and since <= e["timeNano"] <= (until or 1 << 63) and self.passes(e, filters))
        if replay:
            connection.chunk(replay)
        left = (until - time.time_ns()) / 1e9 if until else None
        if left is not None and left <= 0:
            connection.end_chunks()
            return

        def listener(event):
            if not self.passes(event, filters):
                return
            if connection.transport.get_write_buffer_size() > STREAM_BUFFER_MAX:
                self.counters["events_dropped"] += 1
                return
            self.counters["events_sent"] += 1
            connection.chunk(self.event_line(event, request.api))

        def gone():
            self.engine.listeners.discard(listener)
            self.streams.discard(connection)
        self.engine.listeners.add(listener)
        self.streams.add(connection)
        connection.on_close.append(gone)
        if left is not None:
            asyncio.get_running_loop().call_later(left, lambda: (gone(), connection.end_chunks()))
