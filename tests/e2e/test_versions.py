"""Engines that speak only old or only new API versions, beside the real one."""
import json

import pytest
import simclient
import stack as stack_module
from proc import wait_until


@pytest.mark.core
def test_old_new_podman_and_real_together(engine, sims, tree, box):
    old = sims(containers=4, api_min="1.12", api_max="1.24", engine_version="1.12.6").engine()
    new = sims(containers=4, api_min="1.44", api_max="1.52", engine_version="29.0.1", cgroup="2").engine()
    podman = sims(containers=4, podman=True).engine()
    for one, name in ((old, "on-old"), (new, "on-new"), (podman, "on-podman")):
        one.create(name, health="healthy")
    box.run("on-real")
    with stack_module.Stack(docker_host=engine.url, hosts=[("old", old.url), ("new", new.url),
                                                           ("pod", podman.url)]) as running:
        client = running.admin()
        for name in ("on-old", "on-new", "on-podman", "on-real"):
            running.wait_row(client, name, None, 15)
        for one, version in ((old, "1.24"), (podman, "1.41")):
            spoken = {k for k in one.counters() if k.startswith("api_")}
            assert "api_" + version in spoken, spoken
        spoken = {k[4:] for k, n in new.counters().items() if k.startswith("api_")}
        assert any(tuple(map(int, v.split("."))) >= (1, 44) for v in spoken), spoken
        about = client.get("/about").main.text
        for words in ("1.12.6", "29.0.1", "Podman 4.3.1", "20.10"):
            assert words in about, about
        # Events and stats work in all of them.
        for one, name in ((old, "on-old"), (new, "on-new"), (podman, "on-podman")):
            one.do(name, "health", word="unhealthy")
            running.wait_row(client, name, "unhealthy", 5)
            one.do(name, "die", code=3)
            running.wait_row(client, name, "exited 3", 5)
        wait_until(lambda: all(one.counters().get("stats", 0) >= 4 for one in (old, new, podman)), 25, "samples")
        path = running.container_path(client, next(
            c for c in json_names(new) if c != "on-new"))
        ident = path.rsplit("/", 1)[1]
        wait_until(lambda: client.get(path).main.find(data_v="c%s.mem" % ident).text, 30, "memory from a new engine")


def json_names(engine):
    data = simclient.unix_request(engine.socket, "GET", "/containers/json")[2]
    return [c["Names"][0].lstrip("/") for c in json.loads(data)]


def test_engine_upgraded_while_watched(sims, tree):
    """The socket answers with another range of versions after a restart: negotiated anew."""
    sim = sims(containers=2, api_min="1.24", api_max="1.41")
    with stack_module.Stack(hosts=[("grows", sim.engine().url)]) as running:
        client = running.admin()
        wait_until(lambda: "20.10" in client.get("/about").main.text, 10, "the old engine")
        sim.stop()
        with simclient.Sim(sim.dir, containers=2, api_min="1.44", api_max="1.52", engine_version="29.0.1") as fresh:
            wait_until(lambda: "29.0.1" in client.get("/about").main.text, 15, "the new engine")
            fresh.engine().create("after")
            running.wait_row(client, "after", "running", 5)
