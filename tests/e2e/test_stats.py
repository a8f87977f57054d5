"""CPU and memory as `docker stats` says, by cgroup files and by the stats API."""
import os
import re
import socket
import threading
import time

import pytest
import stack as stack_module
from proc import free_port, wait_until

UNITS = {"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
BURN = ("sh", "-c", "while :; do :; done")
HOLD = ("sh", "-c", "(head -c 83886080 /dev/zero; sleep 100000) | tail")


def size(text):
    """Bytes of "84.5MiB" or "88.1 MB"."""
    number, unit = re.match(r"([\d.,]+)\s*([A-Za-z]+)", text).groups()
    return float(number.replace(",", "")) * UNITS[unit]


def docker_stats(engine, name):
    """(CPU %, memory bytes, pids) of `docker stats --no-stream`."""
    line = engine.docker("stats", "--no-stream", "--format", "{{.CPUPerc}};{{.MemUsage}};{{.PIDs}}", name)
    cpu, memory, pids = line.split(";")
    return float(cpu.rstrip("%")), size(memory.split("/")[0].strip()), int(pids)


class TcpToUnix:
    """A TCP port in front of a unix socket, as a remote engine."""

    def __init__(self, path):
        self.path, self.port = path, free_port()
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.path)
            except OSError:
                near.close()
                continue
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    @staticmethod
    def pump(a, b):
        try:
            while True:
                data = a.recv(65536)
                if not data:
                    break
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


@pytest.fixture(scope="module")
def loads(engine):
    engine.run("st-burn", *BURN, options=["--cpus", "0.4", "--network", "e2e"])
    engine.run("st-hold", *HOLD, options=["--memory", "200m", "--network", "e2e"])
    yield
    engine.docker("rm", "-f", "st-burn", "st-hold")


@pytest.fixture(scope="module")
def remote(engine, tree):
    """DockMon that sees the same engine only over TCP: the stats API is its source."""
    proxy = TcpToUnix(engine.socket)
    with stack_module.Stack(docker_host="tcp://127.0.0.1:%d" % proxy.port) as running:
        yield running
    proxy.close()


def value_on_page(client, path, key):
    """The text of a live value such as "cpu" on a container's page, "" while it is unknown."""
    ident = path.rsplit("/", 1)[1]
    node = client.get(path).main.find(data_v="c%s.%s" % (ident, key))
    return node.text if node else ""


@pytest.mark.core
@pytest.mark.parametrize("source", ["cgroup", "api"])
def test_like_docker_stats(engine, loads, source, request):
    running = request.getfixturevalue("stack" if source == "cgroup" else "remote")
    client = running.admin()
    burn, hold = (running.container_path(client, n) for n in ("st-burn", "st-hold"))

    def cpu_agrees():
        real = docker_stats(engine, "st-burn")[0]
        mine = float(value_on_page(client, burn, "cpu").replace(",", "").rstrip(" %"))
        assert mine == pytest.approx(real, rel=0.10), "CPU: DockMon %s %%, docker stats %s %%" % (mine, real)
        return True
    wait_until(lambda: value_on_page(client, burn, "cpu"), 25, "a CPU value")
    wait_until(cpu_agrees, 60, "the same CPU figure", every=0.5)

    def memory_agrees():
        real = docker_stats(engine, "st-hold")[1]
        mine = size(value_on_page(client, hold, "mem"))
        assert real > 80e6, "tail holds its input"
        assert mine == pytest.approx(real, rel=0.10), "memory: DockMon %d, docker stats %d" % (mine, real)
        return True
    wait_until(memory_agrees, 25, "the same memory figure", every=0.5)

    def pids_agree():
        mine, real = value_on_page(client, hold, "pids"), docker_stats(engine, "st-hold")[2]
        assert mine == str(real), "pids: DockMon %s, docker stats %d" % (mine, real)
        return True
    # `head` has just ended: the page's sample may be ten seconds older than the engine's answer
    wait_until(pids_agree, 25, "the same number of pids", every=0.5)
    share = float(value_on_page(client, hold, "memp").rstrip(" %"))
    assert share == pytest.approx(80 * 2**20 / (200 * 2**20) * 100, rel=0.15)


def counters(engine, name):
    """(time, received, sent, bytes to and from block devices) as the engine counts."""
    value = engine.api("GET", "/containers/%s/stats?stream=0&one-shot=1" % name)
    nets = value["networks"].values()
    return (time.monotonic(), sum(n["rx_bytes"] for n in nets), sum(n["tx_bytes"] for n in nets),
            sum(e["value"] for e in value["blkio_stats"]["io_service_bytes_recursive"] or [] if e["op"] != "Total"))


@pytest.fixture(scope="module")
def traffic(engine):
    """One container that fetches from another again and again, and one that writes past the page cache."""
    engine.run("st-server", "sh", "-c", "head -c 300000 /dev/zero > /tmp/f; exec httpd -f -h /tmp",
               options=["--network", "e2e"])
    engine.run("st-client", "sh", "-c", "while :; do wget -q -O /dev/null http://st-server/f; sleep 0.1; done",
               options=["--network", "e2e"])
    engine.run("st-disk", "sh", "-c", "while :; do dd if=/dev/zero of=/data/x bs=256k count=4 oflag=direct "
               "2>/dev/null; sleep 0.2; done", options=["--network", "e2e", "-v", "/data"])
    yield
    engine.docker("rm", "-f", "-v", "st-client", "st-server", "st-disk")


@pytest.mark.parametrize("source", ["cgroup", "api"])
def test_rates(engine, traffic, source, request):
    """Network and disk rates, against the engine's own counters over the same while."""
    running = request.getfixturevalue("stack" if source == "cgroup" else "remote")
    client = running.admin()
    path = running.container_path(client, "st-client")
    wait_until(lambda: value_on_page(client, path, "rx"), 30, "a rate", every=0.3)

    def agrees():
        before = counters(engine, "st-client")
        time.sleep(4)
        after = counters(engine, "st-client")
        seconds = after[0] - before[0]
        for key, at in (("rx", 1), ("tx", 2)):
            real, mine = (after[at] - before[at]) / seconds, size(value_on_page(client, path, key))
            assert mine == pytest.approx(real, rel=0.25), "%s: DockMon %.0f B/s, the engine %.0f B/s" % (key, mine, real)
        return True
    wait_until(agrees, 30, "the same rates", every=1)
    disk = running.container_path(client, "st-disk")
    if counters(engine, "st-disk")[3] == 0:     # a kernel that accounts no block devices to cgroups
        assert value_on_page(client, disk, "wr") in ("", "0 B/s")
    else:
        wait_until(lambda: size(value_on_page(client, disk, "wr")) > 100e3, 20, "a write rate", every=0.3)


def test_podman_and_cgroup_v2_shapes(sims, tree):
    """Numbers from simulated engines, whose truth is known exactly."""
    v1 = sims(containers=0).engine()
    v2 = sims(containers=0, cgroup="2", engine_version="28.2.1", api_min="1.24", api_max="1.50").engine()
    podman = sims(containers=0, podman=True).engine()
    load = {"cpu": 0.25, "mem": 300 << 20, "cache": 200 << 20, "rx": 50000, "tx": 7000, "rd": 20000, "wr": 4000}
    for one in (v1, v2, podman):
        one.create("exact", load=load, memory=600 << 20)
    with stack_module.Stack(hosts=[("v1", v1.url), ("v2", v2.url), ("podman", podman.url)]) as running:
        client = running.admin()
        paths = wait_until(lambda: (lambda found: found if len(found) == 3 else None)(
            [a.get("href") for a in client.get("/containers?q=exact").main.all("a") if a.text == "exact"]),
            10, "three containers")
        for path in paths:
            wait_until(lambda path=path: value_on_page(client, path, "rx"), 30, "values of " + path, every=0.3)

            def right(path=path):
                assert float(value_on_page(client, path, "cpu").rstrip(" %")) == pytest.approx(25, rel=0.05)
                assert size(value_on_page(client, path, "mem")) == pytest.approx(300 * 2**20, rel=0.02)
                assert float(value_on_page(client, path, "memp").rstrip(" %")) == pytest.approx(50, rel=0.02)
                for key, rate in (("rx", 50000), ("tx", 7000), ("rd", 20000), ("wr", 4000)):
                    assert size(value_on_page(client, path, key).replace("/s", "")) == pytest.approx(rate, rel=0.1)
                return True
            wait_until(right, 25, "the exact values of " + path, every=0.5)


def test_host_numbers(stack, admin):
    """The local host's own figures from /proc."""
    reply = admin.get("/hosts")
    links = [a.get("href") for a in reply.main.all("a") if re.search(r"/hosts/\d+$", a.get("href"))]
    assert links, "%d %s: %s" % (reply.status, reply.path, reply.words)
    path = links[0]
    ident = path.rsplit("/", 1)[1]

    def shown(key):
        node = admin.get(path).main.find(data_v="h%s.%s" % (ident, key))
        return node.text if node else ""
    wait_until(lambda: shown("cpu"), 25, "the host's CPU")
    with open("/proc/meminfo") as f:
        info = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in f}
    assert size(shown("mem")) == pytest.approx(info["MemTotal"] - info["MemAvailable"], rel=0.25)
    assert 0 <= float(shown("cpu").rstrip(" %")) <= 100
    assert float(shown("load").replace(",", "")) == pytest.approx(os.getloadavg()[0], abs=2)
    disks = admin.get(path).main.text
    assert "Disks" in disks and "%" in disks
    assert re.search(r"\blo\b|\beth0\b", disks), "network interfaces"
