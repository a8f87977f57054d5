"""Every address: who may, by which method, and what the rest gets."""
import gzip
import json
import os
import re
import shutil
import socket
import ssl
import tempfile

import pytest
import simclient
import stack as stack_module

PAGES = ("/", "/hosts", "/containers", "/events", "/live", "/about", "/preferences", "/hosts/{host}",
         "/containers/{container}", "/logins", "/settings", "/events.csv")
ADMINS = ("/logins", "/settings")
FORMS = ("/logout", "/settings", "/preferences", "/preferences/password", "/preferences/sessions/999999/end",
         "/preferences/sessions/end-others")


@pytest.fixture(scope="module")
def world(tree):
    folder = tempfile.mkdtemp(prefix="dockmon-sim-", dir="/tmp")
    os.chmod(folder, 0o755)
    with simclient.Sim(folder, containers=0) as sim:
        sim.engine().create("route", labels={"x": "<script>alert(1)</script>"})
        with stack_module.Stack(hosts=[("routes", sim.engine().url)]) as running:
            client = running.admin()
            container = running.container_path(client, "route").rsplit("/", 1)[1]
            link = next(a.get("href") for a in client.get("/hosts").main.all("a") if "/hosts/" in a.get("href", ""))
            running.ctl("user", "add", "looker", "viewer", stdin=running.password + "\n")
            running.ids = {"container": container, "host": link.rsplit("/", 1)[1]}
            yield running
    shutil.rmtree(folder, ignore_errors=True)


def clients(world):
    viewer = world.client()
    assert viewer.login("looker", world.password).status == 303
    return {"anonymous": world.client(), "viewer": viewer, "admin": world.admin()}


@pytest.mark.core
def test_pages_by_role(world):
    who = clients(world)
    for pattern in PAGES:
        path = pattern.format(**world.ids)
        reply = who["anonymous"].get(path, follow=False)
        assert reply.status == 303 and "/login" in reply.headers["Location"], path
        assert who["admin"].get(path, follow=False).status == 200, path
        expected = 403 if path in ADMINS else 200
        reply = who["viewer"].get(path, follow=False)
        assert reply.status == expected, path
        if expected == 403:
            assert "administrator" in reply.main.text.lower()


@pytest.mark.core
def test_methods(world):
    who = clients(world)
    admin = who["admin"]
    for pattern in PAGES:
        path = pattern.format(**world.ids)
        if path in FORMS:
            continue
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            reply = admin.send(method, path, "csrf=" + admin.csrf() if method == "POST" else None,
                               {"Content-Type": "application/x-www-form-urlencoded", "Origin": admin.origin})
            assert reply.status == 405, "%s %s: %d" % (method, path, reply.status)
        head = admin.send("HEAD", path)
        assert head.status in (200, 405) and head.body == b"", path
    for path in FORMS:
        if path in PAGES:
            continue
        reply = admin.get(path, follow=False)
        assert reply.status == 405, path
        assert "<h1>" in reply.text
        assert admin.get("/containers", follow=False).status == 200, "a GET changes nothing: " + path


def test_forms_without_session(world):
    for path in FORMS:
        reply = world.client().post(path, {"csrf": "x"})
        assert reply.status in (303, 401, 403), path
        assert not any("session" in c.lower() and "=;" not in c for c in reply.headers.get_all("Set-Cookie") or []
                       if re.search(r"=[0-9A-Za-z_-]{30,}", c)), path


@pytest.mark.core
def test_unknown_addresses(world):
    admin, anonymous = world.admin(), world.client()
    for path in ("/nope", "/containers/999999", "/containers/abc", "/containers/-1", "/containers/1/x", "/hosts/999999",
                 "/hosts/0", "/containers/99999999999999999999999", "/containers//", "/static/nope.css", "/favicon.icon",
                 "/%00", "/..%2f..%2fetc/passwd", "/static/..%2f..%2f..%2fetc/passwd", "/-/stream", "/LOGIN",
                 "/containers/1%2f..", "/api/nope"):
        reply = admin.get(path, follow=False)
        assert reply.status in (404, 400), "%s: %d" % (path, reply.status)
        assert "root:" not in reply.text
    reply = admin.get("/containers/999999")
    assert reply.status == 404 and "999999" in reply.main.text and reply.main.find("a"), "a helpful page"
    assert anonymous.get("/nope", follow=False).status in (303, 404)
    reply = admin.get("/x/<script>alert(1)</script>")
    assert b"<script>alert" not in reply.body


@pytest.mark.core
def test_health_needs_no_login_and_tells_no_secret(world):
    reply = world.client().get("/health", follow=False)
    assert reply.status == 200 and reply.headers["Content-Type"].startswith("application/json")
    value = json.loads(reply.text)
    assert any("collector" in k or "collector" in str(v) for k, v in value.items()), value
    assert "routes" not in reply.text and world.data not in reply.text and "admin" not in reply.text


@pytest.mark.core
def test_headers(world):
    admin = world.admin()
    for path in ("/", "/login", "/nope", "/health", "/containers"):
        h = admin.get(path, follow=False).headers
        assert h["X-Content-Type-Options"] == "nosniff", path
        assert "max-age=" in (h["Strict-Transport-Security"] or ""), path
        assert "nginx/" not in (h["Server"] or ""), "no version in the Server header"
        if path != "/health":
            policy = h["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy, path
            assert "unsafe" not in policy
            assert h["Referrer-Policy"] == "same-origin", path
    page = admin.get("/")
    assert not re.search(r"<[^>]+\son\w+=|<[^>]+\sstyle=|<style|javascript:", page.text), "nothing inline"
    assert not page.page.problems, page.page.problems


def test_static_files(world):
    page = world.client().get("/login")
    links = re.findall(r'(?:href|src)="([^"]+\?v=[^"]+)"', page.text)
    assert len(links) >= 3
    for link in links:
        reply = world.client().get(link, headers={"Accept-Encoding": "gzip"})
        assert reply.status == 200, link
        assert re.search(r"max-age=(\d+)", reply.headers["Cache-Control"]) and int(
            re.search(r"max-age=(\d+)", reply.headers["Cache-Control"]).group(1)) >= 86400 * 30, link
        text = gzip.decompress(reply.body) if reply.headers["Content-Encoding"] == "gzip" else reply.body
        if link.split("?")[0].endswith(".js"):
            assert len(reply.body) <= 6 * 1024, "live.js is %d bytes over the wire" % len(reply.body)
            assert reply.headers["Content-Encoding"] == "gzip" and text
    page = world.admin().send("GET", "/containers", headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"


def test_tls(world):
    """1.2 and 1.3, nothing older; HTTP/2 by ALPN; a certificate for EC keys."""
    def dial(**options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        for key, value in options.items():
            setattr(context, key, value)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", world.port)) as raw, context.wrap_socket(raw) as s:
            return s.version(), s.selected_alpn_protocol(), s.cipher()[0]
    assert dial()[:2] == ("TLSv1.3", "h2")
    version, _, cipher = dial(maximum_version=ssl.TLSVersion.TLSv1_2)
    assert version == "TLSv1.2" and "ECDSA" in cipher
    with pytest.raises((ssl.SSLError, OSError)):
        dial(minimum_version=ssl.TLSVersion.TLSv1, maximum_version=ssl.TLSVersion.TLSv1_1)


def test_odd_requests(world):
    """Big, broken and strange requests get an answer or a closed connection, and nothing breaks."""
    admin = world.admin()
    token = admin.csrf()
    for body, kind in (("a=" + "b" * 3_000_000, "application/x-www-form-urlencoded"), ("{\"a\":1}", "application/json"),
                       ("csrf=" + token + "&theme=%ff%fe%00&refresh=%", "application/x-www-form-urlencoded"),
                       ("csrf=" + token + "&" + "&".join("f%d=1" % n for n in range(5000)),
                        "application/x-www-form-urlencoded"), ("--x\r\n\r\n", "multipart/form-data; boundary=x")):
        try:
            reply = admin.send("POST", "/preferences", body, {"Content-Type": kind, "Origin": admin.origin})
            assert reply.status in (200, 303, 400, 403, 411, 413, 415, 422), (kind, reply.status)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass
    for cookie in ("x" * 6000, "a=b; " * 500, "=; ;;;", "dockmon=\x80\xff; dockmon=..."):
        reply = world.client().send("GET", "/containers", headers={"Cookie": cookie})
        assert reply.status in (303, 400, 431), cookie[:20]
    assert world.client().send("GET", "/" + "a" * 9000).status in (303, 400, 404, 414)
    assert admin.get("/containers", follow=False).status == 200
