"""The simulator itself, against what a real engine answers."""
import json
import socket
import subprocess
import time

import pytest
import simclient
from proc import wait_until


def curl(engine, target, *more):
    """(status, headers in lower case, body) by curl over the unix socket."""
    done = subprocess.run(["curl", "-s", "-i", "--max-time", "3", "--unix-socket", engine.socket, *more,
                           "http://engine" + target], capture_output=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    status = int(lines[0].split()[1]) if lines[0] else 0
    return status, {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}, body


def keys_of(value, path=""):
    """Every path of keys in a JSON value, lists by their first entry."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield path + "/" + k
            yield from keys_of(v, path + "/" + k)
    elif isinstance(value, list) and value:
        yield from keys_of(value[0], path + "[]")


def test_ping_and_versions(sims):
    one = sims(api_min="1.24", api_max="1.41").engine()
    status, headers, body = curl(one, "/_ping")
    assert (status, body) == (200, b"OK")
    assert headers["api-version"] == "1.41" and headers["ostype"] == "linux"
    assert headers["docker-experimental"] == "false" and headers["server"].startswith("Docker/20.10")
    status, _, body = curl(one, "/v1.23/info")
    assert status == 400 and body == (b"client version 1.23 is too old. Minimum supported API version is 1.24, please "
                                      b"upgrade your client to a newer version\n")
    status, _, body = curl(one, "/v1.52/info")
    assert status == 400
    assert json.loads(body)["message"] == "client version 1.52 is too new. Maximum supported API version is 1.41"
    assert curl(one, "/v1.24/info")[0] == curl(one, "/info")[0] == 200


def test_same_shapes_as_a_real_engine(sims, engine):
    """Every key of the real list, inspect, stats, version and events that DockMon may read is simulated."""
    real_id = engine.run("shape", options=["--network", "e2e", "-p", "127.0.0.1::80", "-v", "shape:/data",
                                           "--health-cmd", "true"])
    try:
        sim = sims(containers=0)
        one = sim.engine()
        one.create("shape", networks={"e2e": "10.1.2.3"}, ports=[["127.0.0.1", 8080, 80, "tcp"]], health="healthy",
                   mounts=[{"Type": "volume", "Name": "shape", "Destination": "/data"}])
        unread = ("/GraphDriver", "/HostConfig", "/Config", "/State/Health/Log", "/NetworkSettings/Secondary",
                  "/NetworkSettings/LinkLocal", "/NetworkSettings/Global", "/NetworkSettings/IPv6", "/Components",
                  "/blkio_stats", "/memory_stats/stats", "/Platform", "/networks", "/storage")
        for target in ("/containers/json?all=1", "/containers/shape/json", "/version",
                       "/containers/shape/stats?stream=0&one-shot=1"):
            real = set(keys_of(engine.api("GET", target)))
            mine = set(keys_of(json.loads(curl(one, target)[2])))
            missing = {k for k in real - mine if not k.replace("[]", "").startswith(unread)}
            assert not missing, "%s: the simulator lacks %s" % (target, sorted(missing))
        until = time.time() + 0.1
        real = [e for e in map(json.loads, simclient.unix_request(
            engine.socket, "GET", "/events?since=0&until=%.3f" % until)[2].splitlines())
            if e["Action"] == "start" and e["Actor"]["ID"] == real_id][-1]
        mine = [e for e in one.call("events", "GET") if e["Action"] == "start"][-1]
        assert set(keys_of(real)) == set(keys_of(mine))
    finally:
        engine.docker("rm", "-f", "-v", "shape")


def test_actions_events_and_replay(sims):
    one = sims(containers=0).engine()
    begun = time.time_ns()
    ident = one.create("a", health="starting")["Id"]
    one.do("a", "health", word="unhealthy")
    one.do("a", "pause")
    one.do("a", "unpause")
    one.do("a", "rename", to="b")
    one.do("b", "die", oom=True)
    one.do("b", "start")
    one.do("b", "stop")
    one.do("b", "remove")
    _, _, body = curl(one, "/events?since=%d.%09d&until=%d" % (begun // 10**9, begun % 10**9, time.time() + 1))
    events = [json.loads(line) for line in body.splitlines()]
    assert [e["Action"] for e in events if e["Type"] == "container"] == [
        "create", "start", "health_status: unhealthy", "pause", "unpause", "rename", "oom", "die", "start", "kill",
        "die", "stop", "destroy"]
    assert all(e["Actor"]["ID"] == ident for e in events if e["Type"] == "container")
    times = [e["timeNano"] for e in events]
    assert times == sorted(set(times)), "times are unique and rise"
    _, _, body = curl(one, "/events?since=%d&until=%d&filters=%s" % (
        begun // 10**9, time.time() + 1, "%7B%22event%22%3A%5B%22health_status%22%5D%7D"))
    assert len(body.splitlines()) == 1


def test_events_buffer_is_bounded(sims):
    one = sims(containers=3).engine()
    one.call("flood", rate=2000, seconds=0.5)
    wait_until(lambda: one.counters().get("flooded") == 1000, 5, "the flood")
    body = curl(one, "/events?since=0.1&until=%d" % (time.time() + 1))[2]
    assert len(body.splitlines()) == 256


def test_stats_move_at_the_set_rate(sims):
    for cgroup in ("1", "2"):
        one = sims(containers=0, cgroup=cgroup).engine()
        one.create("burn", load={"cpu": 0.5, "mem": 100 << 20, "cache": 50 << 20, "rx": 1000})

        def sample():
            return json.loads(curl(one, "/v1.41/containers/burn/stats?stream=0&one-shot=1")[2])
        a = sample()
        time.sleep(0.4)
        b = sample()
        system = b["cpu_stats"]["system_cpu_usage"] - a["cpu_stats"]["system_cpu_usage"]
        used = b["cpu_stats"]["cpu_usage"]["total_usage"] - a["cpu_stats"]["cpu_usage"]["total_usage"]
        assert used / system * b["cpu_stats"]["online_cpus"] == pytest.approx(0.5, rel=0.02)
        name = "inactive_file" if cgroup == "2" else "total_inactive_file"
        assert b["memory_stats"]["usage"] - b["memory_stats"]["stats"][name] == 100 << 20
        assert ("percpu_usage" in b["cpu_stats"]["cpu_usage"]) == (cgroup == "1")


def test_podman_differs_as_it_does(sims):
    one = sims(containers=1, podman=True).engine()
    assert curl(one, "/_ping")[1]["server"].startswith("Libpod/")
    assert json.loads(curl(one, "/version")[2])["Components"][0]["Name"] == "Podman Engine"
    assert "HostConfig" not in json.loads(curl(one, "/containers/json?all=1")[2])[0]
    assert curl(one, "/v1.99/info")[0] == 200, "Podman takes any version"


@pytest.mark.parametrize("kind, seen", [
    ("invalid_json", "garbage"), ("truncated_json", "garbage"), ("deep_json", "garbage"), ("html_502", 502),
    ("gzip_garbage", "gzip"), ("empty", "garbage"), ("bad_utf8", "garbage"), ("status", 500), ("close", 0),
    ("reset", 0), ("hang", 0), ("hang_headers", "cut"), ("hang_body", "cut"), ("close_body", "cut"),
    ("bad_chunk", "cut"), ("unknown_words", "fine"), ("missing_fields", "fine"), ("wrong_types", "fine"),
    ("null", "fine"), ("delay", "fine"), ("drip", "fine"), ("huge_header", "any")])
def test_faults(sims, kind, seen):
    one = sims(containers=3).engine()
    one.fault(kind, "list", ms=1, step=100, times=1)
    status, headers, body = curl(one, "/containers/json?all=1", "--max-time", "0.25")
    try:
        json.loads(body)
        sane = True
    except (ValueError, RecursionError):
        sane = False
    if isinstance(seen, int):
        assert status == seen
    elif seen == "gzip":
        assert headers["content-encoding"] == "gzip" and not sane
    elif seen != "any":
        assert status == 200 and sane == (seen == "fine")
    status, _, body = curl(one, "/containers/json?all=1")
    assert status == 200 and len(json.loads(body)) == 3, "once is once"


def test_huge_list_and_wires(sims):
    one = sims(containers=2).engine()
    one.fault("huge", "list", mb=50)
    body = curl(one, "/containers/json?all=1", "--max-time", "20")[2]
    assert len(body) >= 50 << 20
    one.heal()
    one.wire("refuse")
    with pytest.raises(ConnectionRefusedError):
        simclient.unix_request(one.socket, "GET", "/_ping")
    one.wire("listen")
    wait_until(lambda: curl(one, "/_ping")[0] == 200, 3, "listening again")
    one.wire("deaf")
    with pytest.raises((socket.timeout, TimeoutError)):
        simclient.unix_request(one.socket, "GET", "/_ping", timeout=0.3)
    one.heal()
    assert curl(one, "/_ping")[0] == 200
    one.create("x")
    one.wire("restart", died=["x"], down_ms=50)
    wait_until(lambda: curl(one, "/_ping")[0] == 200, 3, "the restart")
    assert one.call("events", "GET") == []
    assert json.loads(curl(one, "/containers/x/json")[2])["State"]["ExitCode"] == 255
