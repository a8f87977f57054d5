"""A browser without eyes: cookies, forms, redirects and event streams over http.client."""
import http.client
import http.cookies
import io
import random
import select
import socket
import ssl
import time
import urllib.parse

import dom

REDIRECTS_MAX = 8


def some_address():
    """A loopback address of our own: nginx limits by address, and every client shall be a stranger."""
    return "127.%d.%d.%d" % (random.randrange(1, 255), random.randrange(0, 255), random.randrange(1, 255))


class Reply:
    """One answer. `page` is the parsed tree, `path` where it came from after redirects."""

    def __init__(self, status, headers, body, path, took):
        self.status, self.headers, self.body, self.path, self.took = status, headers, body, path, took
        self._page = None

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def page(self):
        if self._page is None:
            self._page = dom.parse(self.text)
        return self._page

    @property
    def words(self):
        """What a reader sees of the body of the page."""
        return (self.page.find("body") or self.page).text

    @property
    def main(self):
        return self.page.find("main") or self.page

    def form(self, action_end=None, method="post"):
        """The first form with this method whose action ends so."""
        for form in self.page.all("form"):
            path = urllib.parse.urlsplit(form.get("action") or self.path).path
            if form.get("method", "get").lower() == method and (action_end is None or path.endswith(action_end)):
                return form
        raise AssertionError("%s: no %s form for %s" % (self.path, method, action_end))

    def row_of(self, name):
        """The table row whose link says exactly `name`; None when there is none."""
        for row in dom.rows(self.main):
            if any(a.text == name for a in row["#"].all("a")):
                return row
        return None

    def state_of(self, name):
        """The state word(s) of the row of `name`; None without such a row."""
        row = self.row_of(name)
        if row is None:
            return None
        state = row["#"].find(cls="st")
        return state.text if state else ""


class Client:
    """Cookies, and another source address each time unless `address` is given: most tests are not about the
    request limits. Paths are below the base path unless absolute URLs."""

    def __init__(self, url, address=None, timeout=15):
        parts = urllib.parse.urlsplit(url)
        self.tls, self.host, self.port = parts.scheme == "https", parts.hostname, parts.port
        self.origin = "%s://%s" % (parts.scheme, parts.netloc)
        self.base = parts.path.rstrip("/")
        self.address, self.timeout = address, timeout
        self.cookies, self.set_cookies = {}, []
        self.again = None       # (user, password): signs in again when the session has ended meanwhile

    def connect(self, timeout=None):
        source = (self.address or some_address(), 0)
        if self.tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            return http.client.HTTPSConnection(self.host, self.port, timeout=timeout or self.timeout,
                                               source_address=source, context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout or self.timeout,
                                          source_address=source)

    def headers(self, path, more=None):
        out = {"Host": urllib.parse.urlsplit(self.origin).netloc}
        mine = {k: v for k, (v, cookie_path) in self.cookies.items() if path.startswith(cookie_path)}
        if mine:
            out["Cookie"] = "; ".join("%s=%s" % kv for kv in mine.items())
        out.update(more or {})
        return out

    def keep_cookies(self, reply, path):
        for line in reply.headers.get_all("Set-Cookie") or []:
            self.set_cookies.append(line)
            for name, morsel in http.cookies.SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = (morsel.value, morsel["path"] or "/")

    def send(self, method, path, body=None, headers=None):
        """One request, no redirects. `path` is the full path on the server."""
        begun = time.monotonic()
        connection = self.connect()
        try:
            connection.request(method, path, body, self.headers(path, headers))
            answer = connection.getresponse()
            reply = Reply(answer.status, answer.headers, answer.read(), path, time.monotonic() - begun)
        finally:
            connection.close()
        self.keep_cookies(reply, path)
        return reply

    def full(self, path):
        """Below the base path, unless it is there already."""
        if path.startswith(("http:", "https:")):
            parts = urllib.parse.urlsplit(path)
            return parts.path + ("?" + parts.query if parts.query else "")
        if self.base and (path == self.base or path.startswith(self.base + "/")):
            return path
        return self.base + path

    def get(self, path, follow=True, headers=None):
        reply = self.send("GET", self.full(path), headers=headers)
        if self.again and reply.status == 303 and "/login" in reply.headers["Location"] and self.cookies:
            who, self.again = self.again, None
            self.login(*who)
            self.again = who
            reply = self.send("GET", self.full(path), headers=headers)
        return self.follow(reply) if follow else reply

    def follow(self, reply):
        for _ in range(REDIRECTS_MAX):
            if reply.status not in (301, 302, 303, 307, 308):
                return reply
            where = urllib.parse.urljoin(self.origin + reply.path, reply.headers["Location"])
            assert where.startswith(self.origin + "/"), "redirect to a foreign place: " + where
            parts = urllib.parse.urlsplit(where)
            reply = self.send("GET", parts.path + ("?" + parts.query if parts.query else ""))
        raise AssertionError("redirects without end at " + reply.path)

    def post(self, path, values, follow=False, headers=None):
        more = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        more.update(headers or {})
        more = {k: v for k, v in more.items() if v is not None}
        reply = self.send("POST", self.full(path), urllib.parse.urlencode(values), more)
        return self.follow(reply) if follow else reply

    def submit(self, reply, action_end, follow=False, **values):
        """Fill in the form of a page that was read and send it."""
        form = reply.form(action_end)
        sent = dom.fields(form)
        sent.update(values)
        return self.post(form.get("action") or reply.path, sent, follow)

    def login(self, user, password):
        """Through the real form. The answer to the POST (303 when it worked)."""
        return self.submit(self.get("/login"), "/login", user=user, password=password)

    def csrf(self):
        """The token of the signed-in session, from the sign-out form."""
        return dom.fields(self.get("/about").form("/logout"))["csrf"]


class RawReply:
    """An answer that has no end, read from the bare socket (http.client cannot wait with a deadline)."""

    def __init__(self, client, path, headers=None, timeout=10):
        self.connection = client.connect(timeout)
        full = client.full(path)
        self.connection.request("GET", full, headers=client.headers(full, headers))
        self.sock = self.connection.sock
        self.raw, self.body = b"", b""
        while b"\r\n\r\n" not in self.raw:
            self.receive(timeout)
        head, _, self.raw = self.raw.partition(b"\r\n\r\n")
        status, _, lines = head.partition(b"\r\n")
        self.status = int(status.split()[1])
        self.headers = http.client.parse_headers(io.BytesIO(lines + b"\r\n\r\n"))
        self.chunked = self.headers.get("Transfer-Encoding") == "chunked"
        self.ended = False
        self.unchunk()

    def receive(self, seconds):
        """Take what comes within `seconds`; EOFError when the peer closed, False when nothing came."""
        if not getattr(self.sock, "pending", lambda: 0)():
            if not select.select([self.sock], [], [], max(0, seconds))[0]:
                return False
        self.sock.settimeout(5)
        data = self.sock.recv(65536)
        if not data:
            self.ended = True
            raise EOFError("the stream ended")
        self.raw += data
        return True

    def unchunk(self):
        """Move whole chunks from raw to body."""
        if not self.chunked:
            self.body, self.raw = self.body + self.raw, b""
            return
        while not self.ended:
            size, sep, rest = self.raw.partition(b"\r\n")
            if not sep or len(rest) < int(size, 16) + 2:
                return
            length = int(size, 16)
            self.body, self.raw = self.body + rest[:length], rest[length + 2:]
            self.ended = length == 0

    def more(self, seconds):
        """Wait for more of the body. False when nothing came; EOFError at its end."""
        before = len(self.body)
        deadline = time.monotonic() + seconds
        while len(self.body) == before:
            if self.ended:
                raise EOFError("the stream ended")
            if not self.receive(deadline - time.monotonic()):
                return False
            self.unchunk()
        return True

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


class EventStream(RawReply):
    """An SSE connection. next() gives (event, data, id) or None after `seconds`."""

    def __init__(self, client, path, last_id=None, timeout=10):
        more = {"Accept": "text/event-stream"}
        if last_id:
            more["Last-Event-ID"] = last_id
        self.comments, self.last_id = 0, None
        super().__init__(client, path, more, timeout)

    def next(self, seconds=10.0):
        deadline = time.monotonic() + seconds
        while True:
            head, sep, rest = self.body.partition(b"\n\n")
            if sep:
                self.body = rest
                found = self.parse(head.decode())
                if found:
                    return found
                continue
            if not self.more(deadline - time.monotonic()):
                return None

    def parse(self, block):
        event, data, ident = "message", [], None
        for line in block.split("\n"):
            key, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if not key:
                self.comments += 1
            elif key == "event":
                event = value
            elif key == "data":
                data.append(value)
            elif key == "id":
                ident = self.last_id = value
        return (event, "\n".join(data), ident) if data else None

    def wait_for(self, event, seconds=10.0):
        """The next of this kind; others are passed over. None when it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.next(max(0.01, deadline - time.monotonic()))
            if found is None:
                return None
            if found[0] == event:
                return found
        return None
