"""Events: each once, whatever crashed; what an engine swallowed is derived and marked."""
import collections
import json
import re
import sqlite3
import time
import urllib.parse

import dom
import pytest
import simclient
import stack as stack_module
from proc import rss_bytes, wait_until

TRAP = ("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done")


def event_rows(reply):
    """The event rows of a page: {"word", "name", "detail", "id", "iso", "observed"}."""
    out = []
    for tr in reply.main.all("tr"):
        if re.fullmatch(r"e\d+", tr.get("id", "")):
            cell = {c.classes[0]: c for c in tr.children if isinstance(c, dom.Node) and c.classes}
            out.append({"id": tr.get("id"), "word": tr.find(cls="st").text, "iso": tr.find("time").get("datetime"),
                        "name": cell["nm"].text if "nm" in cell else "", "detail": cell["de"].text,
                        "observed": "observed" in [i.text for i in tr.all("i")]})
    return out


def all_events(client, query):
    """All events of a filter, walking the older pages by their links."""
    reply, out, pages = client.get("/events?" + query), [], 0
    while True:
        assert reply.status == 200
        out += event_rows(reply)
        pages += 1
        older = next((a.get("href") for a in reply.main.all("a", rel="next")), None)
        if not older:
            return out
        assert pages < 100, "the pages do not end"
        reply = client.get(older)


def words(rows):
    return collections.Counter(r["word"].split()[0] for r in rows)


def engine_events(engine, since, ident, actions):
    """What the engine says happened to one container."""
    text = simclient.unix_request(engine.socket, "GET", "/events?since=%.3f&until=%.3f" % (since, time.time() + 0.3))[2]
    return [e for e in map(json.loads, text.splitlines())
            if e["Type"] == "container" and e["Actor"]["ID"] == ident and e["Action"] in actions]


@pytest.mark.core
def test_collector_killed_while_thirty_starts_and_stops(engine, tree):
    with stack_module.Stack(docker_host=engine.url) as running:
        client = running.admin()
        ident = engine.run("ev-thirty", *TRAP)
        try:
            path = running.container_path(client, "ev-thirty")
            row = path.rsplit("/", 1)[1]
            engine.api("POST", "/containers/ev-thirty/stop?t=5")
            running.wait_row(client, "ev-thirty", "exited 0")
            begun = time.time()
            before = len(all_events(client, "container=" + row))
            # supervisord would restart the collector within a second: it is stopped meanwhile.
            running.hold_supervisord()
            running.kill("collector")
            for _ in range(30):
                engine.api("POST", "/containers/ev-thirty/start")
                engine.api("POST", "/containers/ev-thirty/stop?t=5")
            told = engine_events(engine, begun, ident, ("start", "die", "stop"))
            assert collections.Counter(e["Action"] for e in told) == {"start": 30, "die": 30, "stop": 30}
            assert running.health(well=False), "pages work without the collector"
            running.let_supervisord_go()

            def complete():
                rows = all_events(client, "container=" + row)
                count = words(rows)
                assert count["started"] >= 31, count
                return rows
            rows = wait_until(complete, 15, "the events that were missed", every=0.3)
            time.sleep(1.5)     # nothing more may come
            rows = all_events(client, "container=" + row)
            count = words(rows)
            assert count["started"] == 31, count
            assert len({r["id"] for r in rows}) == len(rows)
            assert not any(r["observed"] for r in rows), "the engine told all of it"
            after = len(rows)
            running.wait_new("collector", running.kill("collector"))
            running.wait_row(client, "ev-thirty", "exited 0")
            wait_until(lambda: running.health(), 10, "health")
            time.sleep(1.0)
            assert len(all_events(client, "container=" + row)) == after, "no event twice after another restart"
            assert after - before >= 60
            exact = {r["iso"] for r in rows if r["word"].startswith("started")}
            assert len(exact) >= 3, "engine's times, not the time of the catching up"
        finally:
            running.let_supervisord_go()
            engine.docker("rm", "-f", "ev-thirty")


def test_what_is_recorded(engine, stack, admin, box):
    box.run("ev-kinds")
    row = stack.container_path(admin, "ev-kinds").rsplit("/", 1)[1]
    engine.docker("pause", "ev-kinds")
    engine.docker("unpause", "ev-kinds")
    engine.docker("kill", "ev-kinds")
    engine.docker("network", "create", "ev-net")
    engine.docker("network", "rm", "ev-net")
    engine.docker("volume", "create", "ev-vol")
    engine.docker("volume", "rm", "ev-vol")
    engine.docker("tag", "busybox:test", "ev-image:1")
    engine.docker("rmi", "ev-image:1")
    wait_until(lambda: words(all_events(admin, "container=" + row))["created"], 5, "the events")
    rows = all_events(admin, "container=" + row)
    text = " | ".join("%s: %s" % (r["word"], r["detail"]) for r in rows)
    for word in ("created", "started", "paused", "killed"):
        assert word in text, "%s in %s" % (word, text)
    assert "137" in text and "SIGKILL" in text, text
    assert [r["iso"] for r in rows] == sorted((r["iso"] for r in rows), reverse=True), "newest first"
    for kind, name in (("network", "ev-net"), ("volume", "ev-vol"), ("image", "ev-image")):
        found = [r for r in all_events(admin, "kind=" + kind) if name in r["name"] + r["detail"]]
        assert found, "no %s event of %s" % (kind, name)


def test_filters_and_paging(engine, stack, admin, box, sims, tree):
    one = sims(containers=2).engine()
    one.create("pager")
    with stack_module.Stack(hosts=[("simone", one.url)]) as running:
        client = running.admin()
        row = running.container_path(client, "pager").rsplit("/", 1)[1]
        for _ in range(60):
            one.do("pager", "stop")
            one.do("pager", "start")
        wait_until(lambda: words(all_events(client, "container=" + row))["started"] >= 60, 10, "sixty starts")
        rows = all_events(client, "container=" + row)
        assert len({r["id"] for r in rows}) == len(rows), "no row on two pages"
        first = client.get("/events?container=" + row)
        assert len(event_rows(first)) <= 100
        older = client.get(next(a.get("href") for a in first.main.all("a", rel="next")))
        newer = client.get(next(a.get("href") for a in older.main.all("a", rel="prev")))
        assert [r["id"] for r in event_rows(newer)] == [r["id"] for r in event_rows(first)], "there and back"
        assert "offset" not in urllib.parse.urlsplit(older.path).query
        one.do("pager", "stop")     # a new row on top does not shift the older page
        wait_until(lambda: event_rows(client.get("/events?container=" + row))[0]["id"] !=
                   event_rows(first)[0]["id"], 5, "the newest")
        assert [r["id"] for r in event_rows(client.get(older.path))] == [r["id"] for r in event_rows(older)]
        assert all(r["name"].startswith("pager") for r in all_events(client, "q=pager&kind=container"))
        assert not event_rows(client.get("/events?q=nothing-of-that-name"))
        assert event_rows(client.get("/events?range=1h")) and event_rows(client.get("/events?q=PAGER"))
        host = next(r for r in client.get("/events").page.all("select", name="host")) if client.get(
            "/events").page.find("select", name="host") else None
        if host:
            ident = next(o.get("value") for o in host.all("option") if o.text == "simone")
            assert event_rows(client.get("/events?host=" + ident))
        for odd in ("before=abc", "after=-1", "range=99y", "from=yesterday", "container=x", "kind=%00", "host=9999999"):
            assert client.get("/events?" + odd).status in (200, 400, 404), odd


def test_swallowed_by_an_engine_restart_is_observed(sims, tree):
    one = sims(containers=0).engine()
    one.create("victim")
    one.create("bystander")
    with stack_module.Stack(hosts=[("flaky", one.url)]) as running:
        client = running.admin()
        row = running.container_path(client, "victim").rsplit("/", 1)[1]
        other = running.container_path(client, "bystander").rsplit("/", 1)[1]
        quiet = len(all_events(client, "container=" + other))
        one.wire("restart", died=["victim"], code=255, down_ms=300)
        running.wait_row(client, "victim", "exited 255", 15)
        rows = wait_until(lambda: [r for r in all_events(client, "container=" + row) if r["observed"]], 5,
                          "an observed event")
        assert len(rows) == 1, rows
        assert "255" in rows[0]["word"] + rows[0]["detail"]
        one.wire("restart", down_ms=300)
        one_path = "/containers?q=victim"
        time.sleep(1.0)
        wait_until(lambda: client.get(one_path).row_of("victim"), 10, "the list")
        wait_until(lambda: running.health(), 10, "health")
        assert len([r for r in all_events(client, "container=" + row) if r["observed"]]) == 1, "observed once"
        assert len(all_events(client, "container=" + other)) == quiet


def test_cut_stream_resumes(sims, tree):
    one = sims(containers=0).engine()
    one.create("cutter")
    with stack_module.Stack(hosts=[("cut", one.url)]) as running:
        client = running.admin()
        row = running.container_path(client, "cutter").rsplit("/", 1)[1]
        base = words(all_events(client, "container=" + row))["started"]
        for _ in range(8):
            one.do("cutter", "stop")
            one.wire("cut")
            one.do("cutter", "start")
        rows = wait_until(lambda: (lambda r: words(r)["started"] == base + 8 and r)(
            all_events(client, "container=" + row)), 20, "eight starts", every=0.3)
        time.sleep(1.0)
        again = all_events(client, "container=" + row)
        assert words(again)["started"] == base + 8 and len({r["id"] for r in again}) == len(again)
        assert not any(r["observed"] for r in rows)


@pytest.mark.parametrize("execs", [False, True])
def test_flood_of_events(sims, tree, execs):
    """2,000 events a second for five seconds: the page stays alive, none is lost, the truth afterwards is right."""
    one = sims(containers=20).engine()
    one.create("calm")
    with stack_module.Stack(hosts=[("flood", one.url)]) as running:
        client = running.admin()
        running.wait_row(client, "calm", "running")
        pid = running.pid("collector")

        def recorded():
            with sqlite3.connect("file:%s/dockmon.db?mode=ro" % running.data, uri=True, timeout=10) as store:
                return store.execute("SELECT count(*) FROM event").fetchone()[0]
        before = recorded()
        one.call("flood", rate=2000, seconds=5, exec=execs)
        slow = []
        while one.counters().get("flooded", 0) < 10000:
            reply = client.get("/containers?per=all")
            assert reply.status == 200
            slow.append(reply.took)
            time.sleep(0.2)
        one.do("calm", "die", code=7)
        begun = time.monotonic()
        running.wait_row(client, "calm", "exited 7", 10)
        took = time.monotonic() - begun
        highest = rss_bytes(pid)
        print("page under flood: max %.0f ms; the last event was shown after %.2f s; collector %.1f MB" % (
            max(slow) * 1e3, took, highest / 1e6))
        assert max(slow) < 2.0
        if execs:
            assert recorded() - before < 100, "what runs inside a container is not recorded"
        else:
            wait_until(lambda: recorded() - before >= 10000, 20, "all ten thousand events")
            assert recorded() - before <= 10010
        assert running.pid("collector") == pid and running.health()
        if not stack_module.san_wanted():
            assert highest < 64 << 20
