"""Every field of the inventory against `docker inspect`, and rows that survive recreation."""
import calendar
import re
import time

import dom
import pytest
from proc import wait_until


def page_of(stack, client, name):
    return client.get(stack.container_path(client, name))


def terms(reply):
    """{dt: dd text} of the details."""
    out = {}
    for dl in reply.main.all("dl", cls="dl"):
        for div in dl.all("div"):
            out[div.find("dt").text] = div.find("dd").text
    return out


def table(reply, caption):
    for t in reply.main.all("table"):
        if t.find("caption") and t.find("caption").text == caption:
            return [[c.text for c in tr.children if isinstance(c, dom.Node)] for tr in t.find("tbody").all("tr")]
    return []


def seconds_of(text):
    """Unix seconds of an RFC 3339 time in UTC."""
    return calendar.timegm(time.strptime(text.rstrip("Z").split(".")[0], "%Y-%m-%dT%H:%M:%S"))


def time_of(reply, label):
    for div in reply.main.all("div"):
        dt = div.find("dt")
        if dt and dt.text == label and div.find("time"):
            return seconds_of(div.find("time").get("datetime"))
    return None


@pytest.fixture(scope="module")
def rich(engine, stack, admin):
    """A container with everything."""
    engine.docker("network", "create", "--subnet", engine.pool.replace("0.0/16", "77.0/24"), "rich-net")
    ip = engine.pool.replace("0.0/16", "77.9")
    engine.run("rich", "sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait", options=[
        "--network", "rich-net", "--ip", ip, "--network-alias", "richalias", "-p", "127.0.0.1:28080:80",
        "-p", "127.0.0.1:28053:53/udp", "--expose", "9000", "-v", "rich-data:/data", "-v", "/usr/share:/mnt/share:ro",
        "--tmpfs", "/scratch", "--restart", "on-failure:5", "--memory", "96m",
        "-l", "com.docker.compose.project=shop", "-l", "com.docker.compose.service=front",
        "-l", "com.docker.compose.container-number=3", "-l", "note=a <b>bold</b> & \"quoted\" 'value'",
        "--health-cmd", "echo probing; test ! -f /tmp/bad", "--health-interval", "1s", "--health-retries", "1"])
    stack.wait_row(admin, "rich", "healthy", 10)
    yield ip
    engine.docker("rm", "-f", "-v", "rich")
    engine.docker("network", "rm", "rich-net")


@pytest.mark.core
def test_every_field(engine, stack, admin, rich):
    real, reply = engine.inspect("rich"), page_of(stack, admin, "rich")
    shown = terms(reply)
    assert reply.main.find("h1").text == "rich"
    assert shown["Image"] == real["Config"]["Image"]
    assert shown["Image id"] == real["Image"]
    assert shown["Container id"] == real["Id"]
    assert shown["Command"].startswith("sh -c") and "sleep 100000" in shown["Command"]
    assert shown["Health"].startswith("healthy")
    assert re.match(r"on-failure\b.*\b5\b", shown["Restart policy"])
    assert shown["Restarts"] == "0"
    assert shown["Compose"].startswith("shop, service front, number 3")
    assert abs(time_of(reply, "Created") - seconds_of(real["Created"])) <= 1
    assert abs(time_of(reply, "Started") - seconds_of(real["State"]["StartedAt"])) <= 1
    ports = {row[0]: row[1] for row in table(reply, "Ports")}
    assert ports["80/tcp"] == "127.0.0.1:28080" and ports["53/udp"] == "127.0.0.1:28053"
    assert ports["9000/tcp"] == "not published"
    (network,) = table(reply, "Networks")
    assert network[0].startswith("rich-net") and "richalias" in network[0]
    assert network[1] == rich
    assert network[2] == real["NetworkSettings"]["Networks"]["rich-net"]["Gateway"]
    assert network[3] == real["NetworkSettings"]["Networks"]["rich-net"]["MacAddress"]
    mounts = {row[0]: row[1:] for row in table(reply, "Mounts")}
    assert mounts["/data"][1] == "read-write" and "rich-data" in mounts["/data"][0] and "volume" in mounts["/data"][0]
    assert mounts["/mnt/share"] == ["/usr/share bind", "read-only"]
    for name, value in real["Config"]["Labels"].items():
        assert shown[name] == " ".join(value.split()), name
    assert "<b>bold</b>" not in reply.text, "labels are escaped"


def test_row_says_the_same(stack, admin, rich):
    row = stack.wait_row(admin, "rich", "healthy")
    assert "busybox:test" in row["Image"]
    assert "28080→80" in row["Ports"] and "28053→53/udp" in row["Ports"]
    assert any(a.text == "shop" and "project=shop" in a.get("href") for a in row["#"].all("a"))


def test_health_turns(engine, stack, admin, rich):
    engine.docker("exec", "rich", "touch", "/tmp/bad")
    stack.wait_row(admin, "rich", "unhealthy", 6)
    reply = page_of(stack, admin, "rich")
    assert "probing" in reply.main.text, "the output of the failed check is shown"
    attention = admin.get("/").main.find(cls="attn")
    assert attention and any(a.text == "rich" for a in attention.all("a"))
    engine.docker("exec", "rich", "rm", "/tmp/bad")
    stack.wait_row(admin, "rich", "healthy", 6)


@pytest.mark.parametrize("name, command, options, word, code, meaning", [
    ("ex-0", ["true"], [], "exited 0", "0", ""),
    ("ex-3", ["sh", "-c", "exit 3"], [], "exited 3", "3", ""),
    ("ex-oom", ["sh", "-c", "head -c 100m /dev/zero | tail"], ["--memory", "16m"], "out of memory", "137", "SIGKILL"),
    ("ex-127", ["sh", "-c", "nosuchprogram"], [], "exited 127", "127", "not found"),
    ("ex-139", ["sh", "-c", "exit 139"], [], "", "139", "SIGSEGV"),
])
def test_exit_codes_are_explained(engine, stack, admin, box, name, command, options, word, code, meaning):
    box.run(name, *command, options=options)
    wait_until(lambda: engine.inspect(name)["State"]["Status"] == "exited", 10, "the exit")
    real = engine.inspect(name)["State"]
    assert str(real["ExitCode"]) == code
    stack.wait_row(admin, name, word, 5)
    reply = page_of(stack, admin, name)
    shown = terms(reply)["Exit code"]
    assert shown.startswith(code), shown
    assert meaning.lower() in shown.lower(), shown
    assert ("out of memory" in shown) == real["OOMKilled"]
    assert abs(time_of(reply, "Finished") - seconds_of(real["FinishedAt"])) <= 1


def test_killed_is_not_out_of_memory(engine, stack, admin, box):
    box.run("ex-kill")
    stack.wait_row(admin, "ex-kill", "running")
    engine.docker("kill", "ex-kill")
    stack.wait_row(admin, "ex-kill", None)
    wait_until(lambda: admin.get("/containers?per=all").state_of("ex-kill") != "running", 5, "the kill")
    shown = terms(page_of(stack, admin, "ex-kill"))["Exit code"]
    assert shown.startswith("137") and "SIGKILL" in shown and "out of memory" not in shown


def test_created_paused_restarting(engine, stack, admin, box):
    box.also("st-created")
    engine.docker("create", "--name", "st-created", "busybox:test")
    box.run("st-paused")
    engine.docker("pause", "st-paused")
    box.run("st-loop", "sh", "-c", "exit 9", options=["--restart", "always"])
    stack.wait_row(admin, "st-created", "created")
    stack.wait_row(admin, "st-paused", "paused")
    wait_until(lambda: engine.inspect("st-loop")["RestartCount"] >= 4, 10, "four restarts")
    stack.wait_row(admin, "st-loop", "restarting", 8)
    count = wait_until(lambda: int(terms(page_of(stack, admin, "st-loop"))["Restarts"]), 5, "the count of restarts")
    assert count >= 3


def ids_of(stack, admin, engine, name):
    """(row number, engine id shown) of a container by name."""
    path = stack.container_path(admin, name)
    return path.rsplit("/", 1)[1], terms(admin.get(path))["Container id"]


def test_same_name_keeps_its_row(engine, stack, admin, box):
    first = box.run("phoenix")
    stack.wait_row(admin, "phoenix", "running")
    row = stack.container_path(admin, "phoenix")
    assert terms(admin.get(row))["Container id"] == first
    engine.docker("rm", "-f", "phoenix")
    wait_until(lambda: admin.get("/containers?per=all").row_of("phoenix") is None, 5, "the row's end")
    gone = admin.get(row)
    assert gone.status == 200 and "was removed" in gone.main.text
    second = box.run("phoenix")
    stack.wait_row(admin, "phoenix", "running")
    assert stack.container_path(admin, "phoenix") == row
    wait_until(lambda: terms(admin.get(row))["Container id"] == second, 3, "the new id")
    assert "was removed" not in admin.get(row).main.text


def test_rename_keeps_its_row(engine, stack, admin, box):
    ident = box.run("oldname")
    stack.wait_row(admin, "oldname", "running")
    row = stack.container_path(admin, "oldname")
    box.also("newname")
    engine.docker("rename", "oldname", "newname")
    stack.wait_row(admin, "newname", "running", 3)
    assert stack.container_path(admin, "newname") == row
    assert admin.get("/containers?per=all").row_of("oldname") is None
    assert terms(admin.get(row))["Container id"] == ident


def test_compose_recreation_keeps_its_row(engine, stack, admin, box):
    """Compose renames the old one away, makes a new one of the name, then removes the old one."""
    labels = ["-l", "com.docker.compose.project=rec", "-l", "com.docker.compose.service=app",
              "-l", "com.docker.compose.container-number=1"]
    old = box.run("rec-app-1", options=labels)
    stack.wait_row(admin, "rec-app-1", "running")
    row = stack.container_path(admin, "rec-app-1")
    away = old[:12] + "_rec-app-1"
    box.also(away)
    engine.docker("rename", "rec-app-1", away)
    new = box.run("rec-app-1", options=labels)
    engine.docker("rm", "-f", away)
    stack.wait_row(admin, "rec-app-1", "running", 5)
    assert stack.container_path(admin, "rec-app-1") == row
    wait_until(lambda: terms(admin.get(row))["Container id"] == new, 5, "the new id on the old row")
    wait_until(lambda: admin.get("/containers?per=all").row_of(away) is None, 5, "the end of the old one")


def test_recreated_under_another_name_by_compose_number(engine, stack, admin, box):
    """proj_svc_1 and proj-svc-1 are one service's container (compose v1 and v2)."""
    labels = ["-l", "com.docker.compose.project=conv", "-l", "com.docker.compose.service=app",
              "-l", "com.docker.compose.container-number=1"]
    box.run("conv_app_1", options=labels)
    stack.wait_row(admin, "conv_app_1", "running")
    row = stack.container_path(admin, "conv_app_1")
    engine.docker("rm", "-f", "conv_app_1")
    wait_until(lambda: admin.get("/containers?per=all").row_of("conv_app_1") is None, 5, "the row's end")
    box.run("conv-app-1", options=labels)
    stack.wait_row(admin, "conv-app-1", "running")
    assert stack.container_path(admin, "conv-app-1") == row


def test_search_filters_and_sort(engine, stack, admin, box):
    box.run("find-alpha", options=["-l", "team=blue-whale"])
    box.run("find-beta", "false")
    stack.wait_row(admin, "find-alpha", "running")
    stack.wait_row(admin, "find-beta", "exited 1")

    def names(query):
        reply = admin.get("/containers?" + query)
        assert reply.status == 200
        return [r["#"].find("a").text for r in dom.rows(reply.main)]
    assert names("q=find-") and set(names("q=find-")) == {"find-alpha", "find-beta"}
    assert names("q=BLUE-whale") == ["find-alpha"], "labels, whatever the case"
    assert names("q=find-+busybox")
    assert names("q=find-&state=running") == ["find-alpha"]
    assert names("q=find-&sort=name&dir=desc") == ["find-beta", "find-alpha"]
    assert names("q=find-&sort=name&dir=asc") == ["find-alpha", "find-beta"]
    assert names("q=nothing-is-called-so") == []
    assert "Clear" in admin.get("/containers?q=nothing-is-called-so").main.text
    for odd in ("q=%00%ff%27%22%3Cscript%3E", "sort=nope&dir=sideways", "page=-7", "page=99999999999999999999",
                "host=abc", "state=%F0%9F%98%80", "per=1e9", "q=" + "x" * 3000):
        reply = admin.get("/containers?" + odd)
        assert reply.status in (200, 400, 404, 414), "%s gives %d" % (odd[:40], reply.status)
        assert "<script>" not in reply.main.text and b"<script>" not in reply.body.split(b"<main")[1]
