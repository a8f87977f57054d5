"""HTTP/1.1 for the simulator: parsing requests, writing answers, chunked streams. Knows no Docker."""
import asyncio
import json
import socket
import struct
import urllib.parse

HEAD_MAX = 64 * 1024
BODY_MAX = 4 * 1024 * 1024
CHUNKED_FROM = 2048         # larger bodies go chunked, as Go's server does
REASONS = {200: "OK", 201: "Created", 204: "No Content", 304: "Not Modified", 400: "Bad Request",
           404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 500: "Internal Server Error",
           502: "Bad Gateway", 503: "Service Unavailable"}


class Request:
    __slots__ = ("method", "path", "query", "headers", "body", "endpoint", "api")

    def __init__(self, method, target, headers, body):
        path, _, query = target.partition("?")
        self.method, self.path = method, urllib.parse.unquote(path)
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.headers, self.body = headers, body
        self.endpoint, self.api = "other", 0

    def flag(self, name):
        return self.query.get(name, "").lower() not in ("", "0", "no", "false", "none")

    def json(self):
        return json.loads(self.body) if self.body else {}


class Connection(asyncio.Protocol):
    """One client. `handle(request, connection)` answers by respond(), start_chunks() or not at all."""

    def __init__(self, owner, handle):
        self.owner, self.handle = owner, handle
        self.buffer = b""
        self.busy = self.closed = False
        self.transport = None
        self.on_close = []

    def connection_made(self, transport):
        self.transport = transport
        self.owner.connections.add(self)

    def connection_lost(self, exc):
        self.closed = True
        self.owner.connections.discard(self)
        for call in self.on_close:
            call()
        self.on_close.clear()

    def data_received(self, data):
        if getattr(self.owner, "deaf", False):
            return
        self.buffer += data
        if len(self.buffer) > HEAD_MAX + BODY_MAX:
            self.transport.abort()
            return
        self.pump()

    def pump(self):
        """Take the next whole request out of the buffer, one at a time."""
        while not self.busy and not self.closed:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            lines = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            length = int(headers.get("content-length", "0"))
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4:end + 4 + length]
            self.buffer = self.buffer[end + 4 + length:]
            words = lines[0].split(" ")
            if len(words) != 3:
                self.transport.abort()
                return
            self.busy = True
            self.handle(Request(words[0], words[1], headers, body), self)

    def done(self):
        """The answer is complete: the connection is free for the next request."""
        self.busy = False
        if self.buffer:
            asyncio.get_running_loop().call_soon(self.pump)

    def write(self, data):
        if not self.closed:
            self.transport.write(data)

    def head(self, code, headers):
        lines = ["HTTP/1.1 %d %s" % (code, REASONS.get(code, "Unknown"))]
        lines += ["%s: %s" % pair for pair in headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def respond(self, code, body, headers=()):
        """A whole answer. `headers` without length and encoding."""
        if code in (204, 304):
            self.write(self.head(code, headers))
        elif len(body) < CHUNKED_FROM:
            self.write(self.head(code, [*headers, ("Content-Length", len(body))]) + body)
        else:
            self.write(self.head(code, [*headers, ("Transfer-Encoding", "chunked")]) +
                       b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        self.done()

    def start_chunks(self, code, headers):
        self.write(self.head(code, [*headers, ("Transfer-Encoding", "chunked")]))

    def chunk(self, data):
        self.write(b"%x\r\n%b\r\n" % (len(data), data))

    def end_chunks(self):
        self.write(b"0\r\n\r\n")
        self.done()

    def close(self):
        if not self.closed:
            self.transport.close()

    def reset(self):
        """RST on TCP; on a unix socket a close that drops what was not sent."""
        if self.closed:
            return
        sock = self.transport.get_extra_info("socket")
        if sock is not None and sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
