"""Engines that answer badly: the collector stays within its bounds, says what is wrong, and recovers."""
import re
import threading
import time

import pytest
import simclient
import stack as stack_module
from proc import rss_bytes, wait_until

LIST_FAULTS = ("hang", "hang_headers", "hang_body", "close", "close_body", "reset", "invalid_json", "truncated_json",
               "deep_json", "huge", "endless", "html_502", "gzip_garbage", "bad_chunk", "huge_header", "empty", "null",
               "status")
ODD = ("unknown_words", "missing_fields", "wrong_types", "bad_utf8", "drip", "delay")
RSS_MAX = 64 << 20


class Watch:
    """The highest resident size of the collector while a test runs."""

    def __init__(self, stack):
        self.stack, self.highest, self.stopping = stack, 0, threading.Event()
        self.pid = stack.pid("collector")
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.stopping.is_set():
            try:
                self.highest = max(self.highest, rss_bytes(self.pid))
            except (OSError, IndexError):
                pass
            self.stopping.wait(0.02)

    def end(self):
        self.stopping.set()
        self.thread.join()
        assert self.stack.pid("collector") == self.pid, "the collector was restarted meanwhile"
        return self.highest


def container_rows(reply):
    return [tr for tr in reply.main.all("tr") if tr.get("id", "").startswith("c")]


def hosts(client):
    """{name: (state words, row text with the reason)} of /hosts."""
    main, out = client.get("/hosts").main, {}
    for tr in main.all("tr"):
        if re.fullmatch(r"h\d+", tr.get("id", "")):
            why = main.by_id(tr.get("id") + "-why")
            out[tr.find("a").text] = (tr.find(cls="st").text, tr.text + (" | " + why.text if why else ""))
    return out


@pytest.mark.core
def test_every_fault_beside_a_good_engine(sims, tree):
    """One engine per fault, from the beginning; the good one does not notice, and each recovers."""
    faults = LIST_FAULTS + ODD
    sim = sims(engines=len(faults) + 1, containers=3)
    for n, kind in enumerate(faults, 2):
        sim.engine(n).fault(kind, "list", ms=2, step=64)
    good = sim.engine(1)
    names = ["good"] + ["f-" + f.replace("_", "-") for f in faults]
    with stack_module.Stack(hosts=[(name, sim.engine(n).url) for n, name in enumerate(names, 1)]) as running:
        watch = Watch(running)
        client = running.admin()
        wait_until(lambda: hosts(client)["good"][0].startswith("online"), 10, "the good engine")

        def all_told():
            seen = hosts(client)
            for kind in LIST_FAULTS:
                state, text = seen["f-" + kind.replace("_", "-")]
                if kind == "null":
                    continue        # an empty answer in the eyes of Go: either is right
                assert state.startswith("offline"), "%s: %s" % (kind, text)
                assert len(text.partition(" | ")[2]) > 20, "no reason for %s: %s" % (kind, text)
            return seen
        seen = wait_until(all_told, 45, "a reason for every fault", every=0.5)
        for name, (state, text) in sorted(seen.items()):
            print("%-18s %s" % (name, text[-160:]))
        for kind in ODD:
            state, text = seen["f-" + kind.replace("_", "-")]
            if kind in ("unknown_words", "drip", "delay"):
                assert state.startswith("online"), "%s: %s" % (kind, text)
        begun = time.monotonic()
        good.create("still-here")
        running.wait_row(client, "still-here", "running", 3)
        print("a container of the good engine was seen after %.2f s" % (time.monotonic() - begun))
        assert client.get("/containers?per=all").status == 200
        sim.all.heal()

        def all_well():
            seen = hosts(client)
            bad = {n: t[0] for n, t in seen.items() if not t[0].startswith("online")}
            assert not bad, bad
            return True
        begun = time.monotonic()
        wait_until(all_well, 70, "the recovery of all", every=0.5)
        print("all recovered after %.1f s" % (time.monotonic() - begun))
        wait_until(lambda: len(container_rows(client.get("/containers?per=all"))) >= 3 * len(names), 20,
                   "the containers of all")
        highest = watch.end()
        print("collector at most %.1f MB" % (highest / 1e6))
        if not stack_module.san_wanted():
            assert highest < RSS_MAX, "collector grew to %d MB" % (highest >> 20)


@pytest.mark.parametrize("endpoint", ["inspect", "stats", "events", "info", "version", "ping"])
def test_faults_of_other_endpoints(sims, tree, endpoint):
    """The same faults on the other requests: never a crash, never silence about other hosts, recovery."""
    kinds = ["hang", "hang_body", "close_body", "reset", "invalid_json", "deep_json", "huge_header", "html_502",
             "gzip_garbage", "bad_chunk", "wrong_types", "missing_fields", "null", "status", "endless"]
    sim = sims(engines=len(kinds) + 1, containers=2)
    for n, kind in enumerate(kinds, 2):
        sim.engine(n).fault(kind, endpoint)
    with stack_module.Stack(hosts=[("e%d" % n, sim.engine(n).url) for n in range(1, len(kinds) + 2)]) as running:
        watch = Watch(running)
        client = running.admin()
        wait_until(lambda: hosts(client)["e1"][0].startswith("online"), 10, "the good engine")
        wait_until(lambda: all(sim.engine(n).counters().get(endpoint, 0) >= 1 for n in range(2, len(kinds) + 2)), 25,
                   "a request to each")
        time.sleep(2)
        for n in range(2, len(kinds) + 2):
            assert client.get("/hosts").status == 200
        sim.all.heal()
        sim.all.wire("drop")    # as a restarted engine; a stream that hangs is else found by the next list
        for n in range(1, len(kinds) + 2):
            sim.engine(n).create("after-%d" % n)

        def all_there():
            page = client.get("/containers?q=after-&per=all")
            missing = [n for n in range(1, len(kinds) + 2)
                       if not (page.state_of("after-%d" % n) or "").startswith("running")]
            assert not missing, {kinds[n - 2] if n > 1 else "good": hosts(client)["e%d" % n] for n in missing}
            return True
        wait_until(all_there, 75, "the recovery of all from faults of " + endpoint, every=0.5)
        highest = watch.end()
        print("collector at most %.1f MB" % (highest / 1e6))
        if not stack_module.san_wanted():
            assert highest < RSS_MAX


def test_fault_after_good_start_keeps_last_state(sims, tree):
    sim = sims(engines=2, containers=3)
    one, other = sim.engine(1), sim.engine(2)
    one.create("kept")
    with stack_module.Stack(hosts=[("turns", one.url), ("stays", other.url)]) as running:
        client = running.admin()
        running.wait_row(client, "kept", "running")
        one.fault("status", "*", code=500, message="the disk of the engine is full")
        one.wire("cut")
        text = wait_until(lambda: (lambda h: h[1] if h[0].startswith("offline") else None)(hosts(client)["turns"]), 10,
                          "offline")
        assert "500" in text or "disk of the engine is full" in text, text
        row = client.get("/containers?q=kept").row_of("kept")
        assert row and "stale" in row["#"].classes
        one.heal()
        wait_until(lambda: hosts(client)["turns"][0].startswith("online"), 30, "the recovery", every=0.3)


def test_deaf_engine_is_noticed(sims, tree):
    """It accepts and never answers: a deadline ends that, and the reason says so."""
    sim = sims(engines=2, containers=3)
    with stack_module.Stack(hosts=[("deaf", sim.engine(1).url), ("fine", sim.engine(2).url)]) as running:
        client = running.admin()
        wait_until(lambda: hosts(client)["deaf"][0].startswith("online"), 10, "online")
        sim.engine(1).wire("deaf")
        sim.engine(1).wire("cut")
        state, text = wait_until(lambda: (lambda h: h if h[0].startswith("offline") else None)(hosts(client)["deaf"]),
                                 60, "offline", every=0.5)
        assert any(w in text.lower() for w in ("answer", "time", "respond")), text
        sim.engine(1).wire("hear")
        sim.engine(1).heal()
        wait_until(lambda: hosts(client)["deaf"][0].startswith("online"), 75, "the recovery", every=0.5)


def test_many_containers_at_once(sims, tree):
    """A thousand on one engine, added while watched; all shown, the pages stay quick."""
    one = sims(containers=10).engine()
    with stack_module.Stack(hosts=[("big", one.url)]) as running:
        watch = Watch(running)
        client = running.admin()
        wait_until(lambda: hosts(client)["big"][0].startswith("online"), 10, "online")
        one.call("add", count=1000)
        one.create("last-one")
        running.wait_row(client, "last-one", "running", 5, path="/containers?q=last-one")
        one.wire("cut")     # those added without an event are found by the next list
        wait_until(lambda: "1,011" in client.get("/containers").main.text.replace("\u202f", ",").replace("\u2009", ","),
                   30, "the count of all", every=0.5)
        reply = client.get("/containers?per=all")
        assert reply.status == 200
        first = client.get("/containers")
        assert len(container_rows(first)) == 100, "pages of 100"
        print("collector at most %.1f MB, all rows in %.0f ms" % (watch.end() / 1e6, reply.took * 1e3))
