"""BASE_PATH behind a second nginx, that keeps the prefix or strips it: pages, redirects, cookies, files, streams."""
import os
import re
import shutil
import tempfile
import urllib.parse

import dom
import pytest
import simclient
import stack as stack_module
import web
from proc import wait_until

PROXY = """proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
    proxy_buffering off;"""


@pytest.fixture(scope="module", params=["kept", "stripped"])
def front(request, tree):
    """(stack, URL of the front) with DockMon below /dockmon."""
    folder = tempfile.mkdtemp(prefix="dockmon-sim-", dir="/tmp")
    os.chmod(folder, 0o755)
    with simclient.Sim(folder, containers=5) as sim:
        sim.engine().create("based")
        with stack_module.Stack(base_path="/dockmon", proxy=True, hosts=[("sim", sim.engine().url)]) as running:
            running.sim = sim
            target = "http://127.0.0.1:%d%s" % (running.port, "/" if request.param == "stripped" else "")
            strip = "proxy_set_header X-Forwarded-Prefix /dockmon;" if request.param == "stripped" else ""
            with stack_module.Nginx("location = / { return 200 'the other site'; } location = /dockmon { return 301 "
                                    "/dockmon/; } location /dockmon/ { proxy_pass %s; %s %s }" % (
                                        target, PROXY, strip)) as nginx:
                yield running, nginx.url + "/dockmon"
    shutil.rmtree(folder, ignore_errors=True)


def links(page):
    for n in page.walk():
        for name in ("href", "src", "action", "data-stream"):
            value = n.get(name)
            if value and not value.startswith(("#", "data:")):
                yield value


@pytest.mark.core
def test_everything_below_the_prefix(front):
    running, url = front
    client = web.Client(url)
    reply = client.get("/containers?q=x")
    assert reply.path.split("?")[0] == "/dockmon/login"
    answer = client.submit(reply, "/login", user="admin", password=running.password)
    assert answer.status == 303
    assert urllib.parse.urlsplit(answer.headers["Location"]).path == "/dockmon/containers"
    cookie = next(c for c in client.set_cookies if client.cookies and c.split("=")[0] in client.cookies)
    attributes = {a.strip().lower() for a in cookie.split(";")[1:]}
    assert attributes & {"path=/dockmon", "path=/dockmon/"}, cookie
    assert "secure" not in attributes, "the browser speaks plain HTTP here"
    wait_until(lambda: client.get("/containers").row_of("based"), 10, "the container")
    own = next(a.get("href") for a in client.get("/containers").main.all("a") if a.text == "based")
    seen = set()
    for path in ("/", "/hosts", "/containers", "/events", "/live", "/about", "/settings", "/preferences", "/logins",
                 own, "/nope"):
        reply = client.get(path)
        assert reply.status in (200, 404), path
        for link in links(reply.page):
            assert link.startswith(("/dockmon/", "?", "http")) or link == "/dockmon", "%s on %s" % (link, path)
            assert not link.startswith("http") or link.startswith(url), "%s on %s" % (link, path)
            seen.add(link)
    for link in seen:
        if "/static/" in link:
            assert client.get(link).status == 200, link
    reply = client.submit(client.get("/preferences"), "/preferences", theme="auto", refresh="0")
    assert reply.status == 303 and urllib.parse.urlsplit(reply.headers["Location"]).path.startswith("/dockmon/")


def test_streams_below_the_prefix(front):
    running, url = front
    client = web.Client(url)
    assert client.login("admin", running.password).status == 303
    path = client.get("/containers").page.find("body").get("data-stream")
    with web.EventStream(client, path) as stream:
        assert stream.status == 200 and stream.next(5)
        running.sim.engine().create("based-" + str(running.sim.engine().counters()["requests"]))
        assert stream.wait_for("change", 3)
    frame = client.get("/live").main.find("iframe")
    with web.RawReply(client, client.full(frame.get("src"))) as raw:
        assert raw.status == 200

        def sheet():
            raw.more(0.5)
            return dom.parse(raw.body.decode()).find("link", rel="stylesheet")
        assert wait_until(sheet, 5, "the live document").get("href").startswith("/dockmon/static/")


@pytest.mark.parametrize("address, secure", [("127.0.0.1", True), ("127.9.8.7", False)])
def test_forwarded_proto_is_believed_from_trusted_proxies_only(front, address, secure):
    running, url = front
    assert web.Client(url).get("/health").status == 200
    direct = web.Client(running.url, address=address)       # as a proxy that speaks TLS would ask
    page = direct.send("GET", direct.full("/login"), headers={"X-Forwarded-Proto": "https"})
    values = dom.fields(page.form("/login"))
    values.update(user="admin", password=running.password)
    reply = direct.send("POST", direct.full("/login"), urllib.parse.urlencode(values), {
        "X-Forwarded-Proto": "https", "Content-Type": "application/x-www-form-urlencoded", "Origin":
        direct.origin.replace("http:", "https:" if secure else "http:")})
    assert reply.status == 303, reply.main.text
    session = [c for c in reply.headers.get_all("Set-Cookie") if re.search(r"=[^;]{20,}", c)]
    assert session and all(("secure" in c.lower()) == secure for c in session), session


@pytest.mark.browser
def test_browser_below_the_prefix(front, chromium):
    running, url = front
    running.url, before = url, running.url
    try:
        page = chromium.use(running).get("/containers")
        wait_until(lambda: page.state_of("based") == "running", 5, "the row")
        running.sim.engine().do("based", "pause")
        wait_until(lambda: page.state_of("based") == "paused", 3, "the change on the open page")
        running.sim.engine().do("based", "unpause")
        chromium.check_console()
    finally:
        running.url = before
