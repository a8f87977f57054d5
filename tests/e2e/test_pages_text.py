"""Pages as text browsers show them: the words are there, in columns, in a sensible order."""
import re

import pytest
import w3m
import world as world_module


@pytest.fixture(scope="module")
def filled(engine, stack):
    names = world_module.build(engine)
    client = stack.admin()
    stack.wait_row(client, "monitoring-grafana-1", "unhealthy")
    stack.wait_row(client, "flapping", None)
    yield client
    world_module.remove(engine, names)


def line_of(lines, word):
    found = [line for line in lines if word in line]
    assert found, "%s is not in:\n%s" % (word, "\n".join(lines))
    return found[0]


@pytest.mark.core
def test_container_table(filled):
    lines = w3m.visit(filled, "/containers?per=all", columns=180)
    head = line_of(lines, "Image")
    for column in ("Name", "State", "Image", "Ports", "CPU", "Memory", "Network"):
        assert column in head, head
    for name, state in (("shop-front-1", "healthy"), ("monitoring-grafana-1", "unhealthy"),
                        ("backup-nightly", "exited 0"),
                        ("migrate", "exited 1"), ("transcoder", "out of memory"), ("playground", "paused")):
        line = line_of(lines, name)
        assert state in line, line
        assert "busybox:test" in line, line
    assert "28180→80" in line_of(lines, "shop-front-1")
    rows = [line for line in lines if "busybox:test" in line]
    assert len({line.index("busybox:test") for line in rows}) == 1, "the columns stand under each other"
    assert not [line for line in lines if "NaN" in line or "undefined" in line or "<" in line and ">" in line]


def test_events_read_well(filled):
    lines = w3m.visit(filled, "/events", columns=160)
    head = line_of(lines, "Detail")
    assert "Time" in head and "Event" in head
    line = line_of(lines, "transcoder")
    assert re.search(r"\d\d:\d\d:\d\d", line), line
    assert any("exit" in x or "killed" in x or "out of memory" in x for x in lines if "transcoder" in x)


def test_dashboard_says_what_needs_attention_first(filled):
    lines = w3m.visit(filled, "/", columns=120)
    text = "\n".join(lines)
    assert "Skip to content" in text
    attention = text.index("Needs attention")
    section = text[attention:text.index("Hosts", attention)]
    for name in ("monitoring-grafana-1", "migrate", "transcoder"):
        assert name in section, name
    assert "backup-nightly" not in section and "shop-front-1" not in section
    assert "connection refused" in section, "with the cause"


def test_one_container(stack, filled):
    lines = w3m.visit(filled, stack.container_path(filled, "transcoder"), columns=100)
    text = " ".join(lines)
    assert "out of memory" in text and "137" in text
    lines = w3m.visit(filled, stack.container_path(filled, "shop-db-1"), columns=100)
    text = " ".join(" ".join(lines).split())
    for word in ("/var/lib/data", "shop-data", "shop_default", "always", "read-write"):
        assert word in text, word


@pytest.mark.parametrize("path", ["/hosts", "/live", "/about", "/preferences", "/settings", "/logins", "/login"])
def test_the_rest_has_words(filled, path):
    text = "\n".join(w3m.visit(filled, path))
    assert len(text.split()) > 20
    assert "NaN" not in text and "undefined" not in text and "(null)" not in text
