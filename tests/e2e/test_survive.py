"""kill -9 of any program under load loses nothing that was not in flight, and all comes back by itself."""
import http.client
import os
import shutil
import signal
import tempfile
import threading
import time

import pytest
import simclient
import stack as stack_module
import web
from proc import wait_until

PATHS = ("/containers", "/", "/events", "/hosts", "/health")


class Load:
    """Four clients that ask one page after the other; counts what was answered and what was not."""

    def __init__(self, stack, threads=4):
        self.stack, self.stopping = stack, threading.Event()
        self.good, self.bad, self.lock = 0, [], threading.Lock()
        self.begun = time.monotonic()
        session = stack.admin()
        self.threads = [threading.Thread(target=self.run, args=(session, n)) for n in range(threads)]
        for t in self.threads:
            t.start()

    def run(self, session, n):
        count = 0
        while not self.stopping.is_set():
            client = web.Client(self.stack.url)     # a new address: the limits are not what is tested here
            client.cookies = dict(session.cookies)
            path = PATHS[(n + count) % len(PATHS)]
            count += 1
            try:
                reply = client.get(path, follow=False)
                what = None if reply.status == 200 else "%s: %d" % (path, reply.status)
            except (OSError, http.client.HTTPException) as broken:
                what = "%s: %r" % (path, broken)
            with self.lock:
                if what:
                    self.bad.append((time.monotonic() - self.begun, what))
                else:
                    self.good += 1

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stopping.set()
        for t in self.threads:
            t.join(20)


@pytest.fixture(scope="module")
def own(sims_module, tree):
    with stack_module.Stack(hosts=[("sim", sims_module.engine().url)]) as running:
        yield running


@pytest.fixture(scope="module")
def sims_module():
    folder = tempfile.mkdtemp(prefix="dockmon-sim-", dir="/tmp")
    os.chmod(folder, 0o755)
    with simclient.Sim(folder, containers=30) as sim:
        yield sim
    shutil.rmtree(folder, ignore_errors=True)


def settle(seconds):
    """Let the load run on; the point is what happens meanwhile."""
    time.sleep(seconds)


@pytest.mark.core
def test_worker_killed_under_load(own):
    with Load(own) as load:
        settle(0.7)
        kills = 0
        for _ in range(3):
            old = own.kill("web")
            kills += 1
            wait_until(lambda: old not in own.pids("web"), 5, "its death")
            settle(0.7)
    assert load.good > 30
    assert len(load.bad) <= kills, "more lost than was in flight in the killed workers: %s" % load.bad
    wait_until(lambda: len(own.pids("web")) >= 2, 10, "workers again")


def test_worker_restarted_under_load(own):
    """SIGTERM: the request at hand is finished, nothing is lost."""
    with Load(own) as load:
        settle(0.5)
        for pid in own.pids("web"):
            os.kill(pid, signal.SIGTERM)
            settle(0.3)
        settle(0.7)
    assert load.good > 30 and not load.bad, load.bad


@pytest.mark.core
def test_nginx_killed_under_load(own):
    """Twice: the new master takes over the sockets of the orphaned workers, no connection is refused."""
    session = own.admin()
    with Load(own) as load:
        settle(0.7)
        for _ in range(2):
            old = own.pid("nginx")
            workers = [p for p in own.pids("nginx") if p != old]
            own.kill("nginx")
            new = own.wait_new("nginx", old)
            wait_until(lambda: not any(os.path.exists("/proc/%d" % p) for p in workers), 5, "the old workers' end")
            wait_until(lambda new=new: len(own.pids("nginx")) > 1 and own.pid("nginx") == new, 5, "new workers")
            wait_until(lambda: own.health(), 5, "answers")
            settle(1.2)     # supervisord calls it running
    assert load.good > 30 and not load.bad, load.bad
    assert own.pid("nginx") == new, "the new one stays"
    assert session.get("/containers").status == 200


def test_collector_killed_pages_recover(own):
    client = own.admin()
    with web.EventStream(client, client.get("/containers").page.find("body").get("data-stream")) as stream:
        assert stream.next(5)
        old = own.kill("collector")
        with pytest.raises((EOFError, OSError)):
            while stream.next(10):
                pass
    assert client.get("/containers").status == 200, "pages work meanwhile"
    own.wait_new("collector", old)
    wait_until(lambda: own.health(), 10, "health")
    path = client.get("/containers").page.find("body").get("data-stream")

    def speaks():
        with web.EventStream(client, path) as again:
            return again.status == 200 and again.next(3)
    wait_until(speaks, 10, "the stream again")


def test_health_notices_a_silent_collector(own):
    assert own.health()
    own.freeze("collector")
    try:
        reply = wait_until(lambda: (lambda r: r if r.status == 503 else None)(own.client().get("/health")), 40,
                           "503 while the collector is silent", every=0.5)
        assert "collector" in reply.text
        text = own.admin().get("/").main.text
        assert "collector" in text.lower() and "last known" in text, text[:300]
    finally:
        own.thaw("collector")
    wait_until(lambda: own.health(), 15, "health")


@pytest.mark.browser
def test_open_page_recovers_by_itself(own, sims_module, chromium):
    one = sims_module.engine()
    page = chromium.use(own).get("/containers")
    one.create("comeback")
    wait_until(lambda: page.state_of("comeback") == "running", 5, "the row")
    own.wait_new("collector", own.kill("collector"))
    one.do("comeback", "die", code=5)
    wait_until(lambda: page.state_of("comeback").startswith("exited 5"), 15, "the change after the collector's return")
    old = own.kill("nginx")
    own.wait_new("nginx", old)
    one.do("comeback", "start")
    wait_until(lambda: page.state_of("comeback") == "running", 20, "the change after nginx's return")
    one.do("comeback", "remove")
    chromium.check_console(allow=("stream", "502", "503", "ERR_", "Failed to load resource"))


def test_everything_restarted_keeps_sessions(own):
    client = own.admin()
    own.stop()
    own.start()
    reply = client.get("/containers", follow=False)
    assert reply.status == 200, "the session survived"
