#!/usr/bin/python3
"""Measures DockMon against the budgets of its design and prints a table. Nothing is asserted.

20 simulated hosts with 50 containers each, and one real nginx, pool of workers and collector.
BENCH_SECONDS (10) is how long each measurement runs.
"""
import gzip
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..", "sim")]

import dockerd as dockerd_module
import load
import proc
import simclient
import stack as stack_module
import web

SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
HOSTS, EACH = 20, 50


class Table:
    """Rows of what was measured, the budget, and whether it is kept."""

    def __init__(self):
        self.rows = []

    def add(self, what, measured, unit, budget=None, note=""):
        """`budget` None: the design names none; the figure stands for itself."""
        verdict = "" if budget is None else "kept" if measured <= budget else "MISSED"
        number = "%.3g" % measured if measured < 1000 else "%d" % measured
        limit = "" if budget is None else "≤ %g %s" % (budget, unit)
        self.rows.append((what, "%s %s" % (number, unit), limit, verdict, note))
        print("  %-58s %s" % (what, self.rows[-1][1]), file=sys.stderr, flush=True)

    def show(self):
        head = ("what", "measured", "budget", "verdict", "note")
        widths = [max(len(r[n]) for r in self.rows + [head]) for n in range(4)]
        for row in [head, tuple("-" * w for w in widths) + ("",)] + self.rows:
            print(("  ".join(cell.ljust(w) for cell, w in zip(row, widths)) + "  " + row[4]).rstrip())


def cookie_of(client):
    return client.headers(client.base + "/")["Cookie"]


def measure_start(table, sim):
    """From the start of supervisord to the first good page, and from the first of our programs on."""
    whole, own = [], []
    for _ in range(3):
        running = stack_module.Stack(hosts=[("one", sim.engine(1).url)]).init()
        try:
            begun = time.clock_gettime(time.CLOCK_BOOTTIME)
            running.supervisord = proc.spawn([running.bin + "/dockmonctl", "start"], running.dir + "/start.log",
                                             env=running.env, cwd=running.dir)
            proc.wait_until(lambda: running.client().get("/login").status == 200, 20, "the first page", every=0.005)
            ended = time.clock_gettime(time.CLOCK_BOOTTIME)
            whole.append(ended - begun)
            own.append(ended - min(proc.stat_of(running.pid(p))[4] for p in stack_module.PROGRAMS) / proc.TICKS)
        finally:
            running.destroy()
    table.add("start to first page (supervisord's own start included)", min(whole) * 1e3, "ms", None,
              "best of 3; supervisord alone waits a second")
    table.add("start to first page, from the first of our programs on", min(own) * 1e3, "ms", 300, "best of 3")


def memory(table, running, pids):
    """PSS of all programs, supervisord apart."""
    by = {}
    for pid, name in pids.items():
        by[name] = by.get(name, 0) + proc.pss_bytes(pid)
    ours = sum(v for k, v in by.items() if k in stack_module.PROGRAMS.values())
    note = ", ".join("%s %.1f" % (k.replace("collect", "collector"), v / 1e6) for k, v in sorted(by.items())
                     if k in stack_module.PROGRAMS.values())
    table.add("memory, PSS: nginx, workers, collector", ours / 1e6, "MB", 40, note)
    table.add("memory, PSS: supervisord and the rest, apart", (sum(by.values()) - ours) / 1e6, "MB")


def cpu_share(pid, seconds):
    """Percent of one core over a while in which nobody asks."""
    a, begun = proc.run_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return (proc.run_seconds(pid) - a) / (time.monotonic() - begun) * 100


def page_sizes(table, client):
    """The bytes of the first page with everything it loads, compressed; and of single pages."""
    def wire(path):
        reply = client.send("GET", client.full(path), headers={"Accept-Encoding": "gzip"})
        plain = gzip.decompress(reply.body) if reply.headers["Content-Encoding"] == "gzip" else reply.body
        return len(reply.body), plain, sum(len(k) + len(v) + 4 for k, v in reply.headers.items())
    for name, path in (("dashboard", "/"), ("containers, 100 rows", "/containers"), ("containers, all",
                                                                                     "/containers?per=all")):
        size, plain, _ = wire(path)
        table.add("page bytes: %s, HTML" % name, len(plain) / 1e3, "KB")
        table.add("page bytes: %s, gzip" % name, size / 1e3, "KB")
    size, plain, head = wire("/")
    total, script = size + head, 0
    for link in sorted(set(re.findall(r'(?:href|src)="([^"]*/static/[^"]+)"', plain.decode()))):
        part, _, head = wire(link)
        total += part + head
        if urllib.parse.urlsplit(link).path.endswith(".js"):
            script += part
    table.add("first page over the wire, all included, compressed", total / 1e3, "KB", 40, "dashboard, with headers")
    table.add("JavaScript over the wire", script / 1e3, "KB", 6)


def event_latency(table, running, sim, client, rounds=40):
    """Simulated event -> SSE change -> page fetched again and right."""
    path = client.get("/containers").page.find("body").get("data-stream")
    one = sim.engine(3)
    one.create("latency")
    running.wait_row(client, "latency", "running", path="/containers?q=latency")
    heard, right = [], []
    with web.EventStream(client, path) as stream:
        while stream.next(1.5):
            pass
        for n in range(rounds):
            action = "pause" if n % 2 == 0 else "unpause"
            begun = time.perf_counter()
            one.do("latency", action)
            if not stream.wait_for("change", 5):
                raise AssertionError("no change was heard")
            heard.append(time.perf_counter() - begun)
            word = "paused" if n % 2 == 0 else "running"
            proc.wait_until(lambda: client.get("/containers?q=latency").state_of("latency").startswith(word), 5, word,
                            every=0.002)
            right.append(time.perf_counter() - begun)
            time.sleep(0.12)
    table.add("engine event to browser (SSE change), p50", statistics.median(heard) * 1e3, "ms")
    table.add("engine event to browser (SSE change), p99", load.percentile(heard, 0.99) * 1e3, "ms", 100)
    table.add("engine event to the refetched, right page, p99", load.percentile(right, 0.99) * 1e3, "ms")


def server_times(running, path, skip):
    """Seconds that nginx needed for each request of this path, by its access log from byte `skip` on."""
    with open(running.data + "/log/nginx.log", errors="replace") as f:
        f.seek(skip)
        return [float(m.group(1)) for m in re.finditer(
            r'"GET %s" 200 \d+ ([\d.]+)$' % re.escape(path.split("?")[0]), f.read(), re.M)]


def page_times(table, running, cookie):
    log = running.data + "/log/nginx.log"
    for name, path, rate, budget in (("dashboard", "/", 100, (5, 15)),
                                     ("containers, 100 rows", "/containers", 100, (None, None)),
                                     ("containers, all 1,000", "/containers?per=all", 4, (None, None))):
        skip = os.path.getsize(log)
        once = load.OpenLoop(running.port, path, cookie, rate, SECONDS).run()
        time.sleep(0.2)
        server = server_times(running, path, skip)
        note = "%d requests, %d failed" % (len(once.times), once.failed)
        for share, limit in ((0.5, budget[0]), (0.99, budget[1])):
            table.add("%s at %d/s, server time, p%g" % (name, rate, share * 100), load.percentile(server, share) * 1e3,
                      "ms", limit, note if share == 0.5 else "")
        for share in (0.5, 0.99):
            table.add("%s at %d/s, client over TLS, p%g" % (name, rate, share * 100),
                      load.percentile(once.times, share) * 1e3, "ms")


def highest_rates(table, sim):
    """Requests per second, plain HTTP behind a trusted proxy."""
    urls = [("h%d" % n, sim.engine(n).url) for n in range(1, HOSTS + 1)]
    with stack_module.Stack(proxy=True, hosts=urls) as running:
        client = running.admin()
        wait_all(client)
        for name, path in (("dashboard", "/"), ("containers, 100 rows", "/containers"), ("/login", "/login")):
            rate, bad = load.wrk(running.port, path, cookie_of(client), int(max(3, SECONDS / 2)))
            table.add("most requests a second: " + name, rate, "/s", None,
                      "%d not 2xx" % bad if bad else "wrk, 8 connections")


def wait_all(client):
    """Until every simulated container is on the page."""
    proc.wait_until(lambda: re.search(r"\b1.?0\d\d\b", client.get("/containers").main.text), 60, "all containers",
                    every=0.3)


def real_engine(table):
    """The collector's CPU with the cgroup source, by as many real containers as this machine starts quickly."""
    daemon, few, many = dockerd_module.Dockerd(), 10, int(os.environ.get("BENCH_REAL", "50"))
    shares, made = [], 0
    try:
        daemon.start()
        daemon.load_image()
        with stack_module.Stack(docker_host=daemon.url) as running:
            client = running.admin()
            for count in (few, many):
                for n in range(made, count):
                    daemon.run("real-%d" % n, options=["--network", "none"])
                made = count
                running.wait_row(client, "real-%d" % (count - 1), "running", 20)
                time.sleep(12)
                shares.append(cpu_share(running.pid("collector"), max(20, SECONDS)))
    finally:
        daemon.destroy()
    table.add("collector CPU, cgroup source, %d real containers" % many, shares[1], "% of a core")
    table.add("collector CPU, cgroup source, for 1,000 containers", shares[0] + (shares[1] - shares[0]) / (many - few) *
              (1000 - few), "% of a core", 0.5, "by the line through %d and %d real ones" % (few, many))


def main():
    before = os.getloadavg()[0]
    table, folder = Table(), tempfile.mkdtemp(prefix="dockmon-bench-", dir="/tmp")
    os.chmod(folder, 0o755)
    try:
        with simclient.Sim(folder, engines=HOSTS, containers=EACH) as sim:
            measure_start(table, sim)
            urls = [("rack-%02d" % n, sim.engine(n).url) for n in range(1, HOSTS + 1)]
            with stack_module.Stack(hosts=urls) as running:
                client = running.admin()
                wait_all(client)
                time.sleep(20)
                share = cpu_share(running.pid("collector"), max(20, SECONDS * 2))
                table.add("collector CPU, API source, 1,000 containers, every 10 s", share, "% of a core", 10)
                cookie = cookie_of(client)
                page_times(table, running, cookie)
                memory(table, running, proc.descendants(running.supervisord.pid) | {
                    running.supervisord.pid: proc.stat_of(running.supervisord.pid)[0]})
                page_sizes(table, client)
                event_latency(table, running, sim, running.admin())
            highest_rates(table, sim)
        real_engine(table)
    finally:
        subprocess.run(["rm", "-rf", folder], check=False)
        stack_module.remove_trees()
    print("%s, %d cores; clients, nginx, simulator and DockMon share them; load before: %.2f" % (
        time.strftime("%Y-%m-%d"), os.cpu_count(), before))
    table.show()


if __name__ == "__main__":
    main()
