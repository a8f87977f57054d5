"""The first visit, signing in and out, lockout, sessions, cookies, and what a foreign page cannot do."""
import os
import pwd
import re
import sqlite3
import stat
import time
import urllib.parse

import pytest
import stack as stack_module
import web
from proc import wait_until

GOOD = "correct horse 9"
NOWHERE = "unix:///tmp/dockmon-no-such.sock"


@pytest.fixture(scope="module")
def closed(tree):
    """A stack with an administrator and no engine."""
    with stack_module.Stack(docker_host=NOWHERE) as running:
        yield running


def code_of(running):
    """The one-time code as dockmonctl tells it."""
    return re.search(r"Setup code:\s+(\S+)", running.ctl("setup-code")).group(1)


@pytest.mark.core
def test_first_visit_makes_the_administrator(tree):
    with stack_module.Stack(docker_host=NOWHERE, password=None) as running:
        client = running.client()
        for path in ("/", "/containers", "/login"):
            assert client.get(path).path.split("?")[0].endswith("/setup"), path + " leads to the setup"
        code = code_of(running)
        assert len(code) >= 8
        page = client.get("/setup")
        assert page.page.find("input", name="code") is not None

        def attempt(**values):
            sent = {"code": code, "user": "chief", "password": GOOD, "password2": GOOD}
            sent.update(values)
            return client.submit(client.get("/setup"), "/setup", **sent)
        for wrong, words in (({"code": "wrong-code-1234"}, "code"), ({"password": "short", "password2": "short"}, "10"),
                             ({"password": "x" * 129, "password2": "x" * 129}, "128"),
                             ({"password": "chiefchief", "password2": "chiefchief", "user": "chiefchief"}, "name"),
                             ({"password2": "another one 7"}, "same|match|differ|twice|again"), ({"user": ""}, "name")):
            reply = attempt(**wrong)
            assert reply.status in (200, 400, 403, 422), wrong
            errors = " ".join(n.text for n in reply.main.walk() if set(n.classes) & {"ferr", "err"})
            assert re.search(words, errors, re.I), "%s: %r" % (wrong, errors)
            assert GOOD not in reply.text and "x" * 20 not in reply.text, "a password is never echoed"
        assert not running.ctl("user", "list").strip(), "nothing was created by these"
        reply = attempt()
        assert reply.status == 303
        home = client.follow(reply)
        assert home.path.rstrip("/") == running.base and home.status == 200, "signed in at once"
        assert "chief" in home.words
        assert running.client().get("/setup", follow=False).status in (303, 404), "it works once"
        again = running.client()
        sent = {"code": code, "user": "second", "password": GOOD, "password2": GOOD, "csrf": "x"}
        assert again.post("/setup", sent).status in (303, 403, 404)
        assert again.login("second", GOOD).status != 303
        assert running.client().login("chief", GOOD).status == 303


@pytest.mark.core
def test_login_logout_and_cookie(closed):
    client = closed.client()
    reply = client.get("/containers?q=a%20b&state=running")
    assert reply.path.split("?")[0] == "/login" and reply.status == 200
    assert reply.main.find("input", name="password").get("type") == "password"
    answer = client.submit(reply, "/login", user="admin", password=closed.password)
    assert answer.status == 303
    where = urllib.parse.urlsplit(urllib.parse.urljoin(client.origin, answer.headers["Location"]))
    assert where.path == "/containers" and urllib.parse.parse_qs(where.query) == {"q": ["a b"], "state": ["running"]}
    (cookie,) = [c for c in answer.headers.get_all("Set-Cookie") if not re.search(r"=;|max-age=0", c, re.I)]
    attributes = {a.strip().lower() for a in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "secure", "path=/"} <= attributes, cookie
    assert len(cookie.split("=", 1)[1].split(";")[0]) >= 40, "256 bits"
    page = client.get("/containers", follow=False)
    assert page.status == 200
    assert "no-store" in page.headers["Cache-Control"] or "private" in page.headers["Cache-Control"]
    old = dict(client.cookies)
    out = client.submit(page, "/logout")
    assert out.status == 303
    assert client.get("/containers", follow=False).status == 303
    client.cookies = old
    assert client.get("/containers", follow=False).status == 303, "the session ended on the server"


def test_session_changes_at_login(closed):
    client = closed.client()
    client.get("/login")
    before = dict(client.cookies)
    assert client.login("admin", closed.password).status == 303
    assert not any(v == client.cookies.get(k) for k, v in before.items() if "csrf" not in k.lower()) or \
        set(client.cookies) - set(before), "no fixation"


def test_wrong_names_and_passwords_look_the_same(closed):
    times, texts = {}, {}
    for what, user in (("known", "admin"), ("unknown", "nobody-of-this-name")):
        took = []
        for _ in range(3):
            client = closed.client()
            page = client.get("/login")
            begun = time.monotonic()
            reply = client.submit(page, "/login", user=user, password="wrong password 1")
            took.append(time.monotonic() - begun)
            assert reply.status in (200, 401, 403)
        times[what], texts[what] = min(took), " ".join(n.text for n in reply.main.all(cls="err"))
    assert texts["known"] == texts["unknown"] and texts["known"]
    assert times["unknown"] > 0.3 * times["known"], "constant time: %s" % times
    assert closed.client().login("admin", closed.password).status == 303


def test_lockout_after_ten(tree):
    with stack_module.Stack(docker_host=NOWHERE) as running:
        for _ in range(10):
            assert running.client().login("admin", "wrong password 1").status != 303
        reply = running.client().login("admin", running.password)
        assert reply.status != 303, "locked, even with the right password"
        assert re.search(r"too many|locked|wait|again in", reply.main.text, re.I), reply.main.text
        running.stop()
        running.start()
        assert running.client().login("admin", running.password).status != 303, "a restart does not unlock"
        with sqlite3.connect(running.data + "/dockmon.db", timeout=10) as store:
            store.execute("UPDATE login SET at_ms = at_ms - 301000")
        client = running.client()
        assert client.login("admin", running.password).status == 303, "after five minutes it opens"
        text = client.get("/logins").main.text
        assert "refused" in text and "signed in" in text and "127." in text


def test_password_change_ends_other_sessions(tree):
    with stack_module.Stack(docker_host=NOWHERE) as running:
        mine, other = running.admin(), running.admin()
        reply = mine.submit(mine.get("/preferences"), "/preferences/password", old="wrong password 1",
                            password="another fine 3", password2="another fine 3")
        assert reply.status != 303
        reply = mine.submit(mine.get("/preferences"), "/preferences/password", old=running.password,
                            password="another fine 3", password2="another fine 3")
        assert reply.status == 303
        assert mine.get("/containers", follow=False).status == 200
        assert other.get("/containers", follow=False).status == 303
        assert running.client().login("admin", running.password).status != 303
        assert running.client().login("admin", "another fine 3").status == 303


def test_preferences_are_kept(closed):
    client = closed.admin()
    reply = client.submit(client.get("/preferences"), "/preferences", theme="dark", refresh="5")
    assert reply.status == 303
    page = closed.admin().get("/containers")
    assert page.page.find("html").get("data-theme") == "dark"
    assert re.search(r'<noscript><meta http-equiv="refresh" content="5"></noscript>', page.text)
    for odd in ({"theme": "pink"}, {"refresh": "-1"}, {"refresh": "99999999999"}):
        assert client.submit(client.get("/preferences"), "/preferences", **odd).status in (200, 303, 400, 422)
    assert client.submit(client.get("/preferences"), "/preferences", theme="auto", refresh="0").status == 303
    page = client.get("/containers")
    assert page.page.find("html").get("data-theme") in (None, "auto")
    assert 'http-equiv="refresh"' not in page.text


@pytest.mark.core
@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "https:evil.example",
    "javascript:alert(1)", "/%09/evil.example", "/\t/evil.example", "///evil.example", "/a\r\nSet-Cookie: x=1",
    "/.//evil.example", "@evil.example", " //evil.example", "http://127.0.0.1:1/"])
def test_redirects_stay_local(closed, target):
    client = closed.client()
    page = client.get("/login?next=" + urllib.parse.quote(target, safe=""))
    reply = client.submit(page, "/login", user="admin", password=closed.password, next=target)
    assert reply.status == 303
    where = reply.headers["Location"]
    seen = where.replace("\\", "/").replace("\t", "")       # as browsers read it
    resolved = urllib.parse.urlsplit(urllib.parse.urljoin(client.origin + "/", seen))
    assert resolved.netloc == urllib.parse.urlsplit(client.origin).netloc, where
    assert "x" not in {c.split("=")[0].strip() for c in reply.headers.get_all("Set-Cookie") or []}


@pytest.mark.core
def test_forms_need_the_token_and_the_origin(closed):
    client = closed.admin()
    token = client.csrf()
    stranger = closed.admin()
    for values, headers in (({}, {}), ({"csrf": ""}, {}), ({"csrf": "x" * len(token)}, {}),
                            ({"csrf": stranger.csrf()}, {}), ({"csrf": token[:-1]}, {}),
                            ({"csrf": token}, {"Origin": "https://evil.example"}), ({"csrf": token}, {"Origin": "null"}),
                            ({"csrf": token}, {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})):
        reply = client.post("/preferences", {"theme": "light", "refresh": "0", **values}, headers=headers)
        assert reply.status == 403, (values, headers)
        assert client.post("/logout", values, headers=headers).status == 403, (values, headers)
    assert client.get("/containers", follow=False).status == 200, "still signed in"
    assert client.post("/preferences?csrf=" + token, {"theme": "light"}).status == 403, "not from the query string"
    assert client.post("/preferences", {"theme": "auto", "refresh": "0", "csrf": token}).status == 303


def test_login_form_needs_its_token(closed):
    client = closed.client()
    client.get("/login")
    reply = client.post("/login", {"user": "admin", "password": closed.password},
                        headers={"Origin": "https://evil.example"})
    assert reply.status == 403, "nobody is signed in from a foreign page"


def test_setup_code_and_password_by_ctl(tree):
    with stack_module.Stack(docker_host=NOWHERE) as running:
        client = running.admin()
        running.ctl("user", "password", "admin", stdin="brand new one 5\n")
        assert client.get("/containers", follow=False).status == 303, "sessions ended"
        assert running.client().login("admin", "brand new one 5").status == 303


def test_no_password_reaches_logs_or_disk(closed):
    secret = "very secret words 42"
    closed.client().login("admin", secret)
    closed.client().get("/login?password=" + urllib.parse.quote(secret))
    wait_until(lambda: closed.health(), 5, "health")
    assert secret not in closed.logs()
    with open(closed.data + "/dockmon.db", "rb") as f:
        data = f.read()
    assert secret.encode() not in data and closed.password.encode() not in data


def test_files_are_private(closed):
    for name in ("grant.key", "dockmon.db", "metrics.db"):
        path = closed.data + "/" + name
        mode = stat.S_IMODE(os.stat(path).st_mode)
        assert not mode & 0o007, "%s is %o" % (name, mode)
    found = [os.path.join(d, f) for d, _, files in os.walk(closed.data + "/tls") for f in files]
    assert found
    for path in found:
        with open(path, errors="replace") as f:
            if "PRIVATE KEY" in f.read():
                assert not os.stat(path).st_mode & 0o007, path


def test_programs_are_not_root(closed):
    if os.getuid():
        pytest.skip("only as root")
    users = {}
    for program in ("web", "collector"):
        for pid in closed.pids(program):
            uid = os.stat("/proc/%d" % pid).st_uid
            users.setdefault(program, set()).add(pwd.getpwuid(uid).pw_name)
            with open("/proc/%d/status" % pid) as f:
                assert re.search(r"NoNewPrivs:\s+1", f.read()), program
    assert users == {"web": {"dockmon-web"}, "collector": {"dockmon"}}
    nginx = closed.pids("nginx")[1:]
    assert nginx and all(os.stat("/proc/%d" % p).st_uid for p in nginx), "nginx workers are not root"


def test_login_limit_by_address(closed):
    """Ten a minute from one address; another address is not touched."""
    client = web.Client(closed.url, address="127.77.66.55")
    codes = []
    for _ in range(16):
        page = client.get("/login")
        if page.status == 429:
            codes.append(429)
            break
        codes.append(client.submit(page, "/login", user="nobody", password="wrong password 1").status)
    assert 429 in codes, codes
    assert codes.index(429) <= 15
    assert closed.client().get("/login").status == 200
    reply = client.submit(page, "/login") if page.status == 200 else page
    assert reply.page.find("h1").text, "a page, not bare text"


def test_page_limit_by_address(closed):
    """A burst of sixty, then two a second; streams and static files are counted apart."""
    client = web.Client(closed.url, address="127.77.66.56")
    codes = [client.get("/health").status if n < 0 else client.get("/login").status for n in range(100)]
    assert codes[:40] == [200] * 40
    assert 429 in codes, "no limit in a hundred requests"
    css = re.search(r'href="([^"]+dockmon\.css[^"]*)"', closed.client().get("/login").text).group(1)
    assert client.get(css).status == 200, "static files are not limited so"
