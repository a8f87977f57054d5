"""An engine that goes and comes: offline with a reason, then live, within five seconds each."""
import time

import pytest
import stack as stack_module
from proc import wait_until

LIMIT_S = 5.0


def host_of(client):
    """(state words, whole text) of the first host's page."""
    reply = client.get("/hosts")
    link = next(a.get("href") for a in reply.main.all("a") if "/hosts/" in a.get("href", ""))
    page = client.get(link)
    return page.main.find(cls="st").text, page.main.text


@pytest.mark.core
def test_dockerd_stopped_and_started(engine, tree):
    with stack_module.Stack(docker_host=engine.url) as running:
        client = running.admin()
        engine.run("off-keep", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done",
                   options=["--restart", "unless-stopped"])
        try:
            running.wait_row(client, "off-keep", "running")
            assert host_of(client)[0].startswith("online")
            engine.stop()
            begun = time.monotonic()
            try:
                wait_until(lambda: host_of(client)[0].startswith("offline"), 15, "offline")
                offline = time.monotonic() - begun
                state, text = host_of(client)
                assert engine.socket in text, "the reason names the address: " + text[:400]
                assert any(w in text.lower() for w in ("no socket", "nothing listens", "closed")), text[:400]
                row = client.get("/containers?q=off-keep").row_of("off-keep")
                assert row is not None, "the last known state stays"
                assert "stale" in row["#"].classes, "marked as such"
                dashboard = client.get("/").main
                assert "offline" in dashboard.find(cls="attn").text
                assert client.get("/health").status == 200, "an offline engine is no fault of DockMon"
            finally:
                engine.start()
            begun = time.monotonic()
            wait_until(lambda: host_of(client)[0].startswith("online"), 20, "online again")
            running.wait_row(client, "off-keep", "running", 10)
            online = time.monotonic() - begun
            print("offline after %.2f s, online after %.2f s" % (offline, online))
            assert "stale" not in client.get("/containers?q=off-keep").row_of("off-keep")["#"].classes
            assert offline <= LIMIT_S and online <= LIMIT_S, (offline, online)
        finally:
            engine.docker("rm", "-f", "off-keep")


@pytest.mark.browser
def test_open_dashboard_turns_by_itself(sims, tree, chromium):
    one = sims(containers=3).engine()
    with stack_module.Stack(hosts=[("rack", one.url)]) as running:
        client = running.admin()
        wait_until(lambda: host_of(client)[0].startswith("online"), 10, "online")
        page = chromium.use(running).get("/")
        wait_until(lambda: "rack" in page.words("main"), 5, "the card")
        one.wire("refuse")
        wait_until(lambda: "offline" in page.words("section.attn"), LIMIT_S, "offline on the open page")
        one.wire("listen")
        wait_until(lambda: "offline" not in page.words("main .attn"), LIMIT_S, "online on the open page")
        chromium.check_console()


def test_no_engine_at_all(tree):
    """Nothing to watch is an empty state that says what to do."""
    with stack_module.Stack(docker_host="unix:///tmp/dockmon-no-such.sock") as running:
        client = running.admin()
        text = client.get("/").main.text
        assert "/tmp/dockmon-no-such.sock" in text, text
        for path in ("/hosts", "/containers", "/events", "/live", "/about"):
            assert client.get(path).status == 200, path


@pytest.mark.parametrize("url, words", [
    ("tcp://127.0.0.1:1", ("nothing listens",)),
    ("tcp://no-such-name.invalid:2375", ("resolve", "name", "lookup")),
])
def test_reasons_are_sentences(tree, url, words):
    with stack_module.Stack(hosts=[("far", url)]) as running:
        client = running.admin()
        wait_until(lambda: host_of(client)[0].startswith("offline"), 10, "offline")
        text = host_of(client)[1].lower()
        assert any(w in text for w in words), text[:400]
