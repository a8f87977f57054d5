"""Pages in Chromium: no console error with and without JavaScript, keyboard, narrow screens, refresh."""
import re
import time

import pytest
import world as world_module
from proc import wait_until
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def filled(engine, stack):
    names = world_module.build(engine)
    client = stack.admin()
    stack.wait_row(client, "monitoring-grafana-1", "unhealthy")
    yield stack
    world_module.remove(engine, names)


def all_paths(stack):
    client = stack.admin()
    host = next(a.get("href") for a in client.get("/hosts").main.all("a") if re.search(r"/hosts/\d+$", a.get("href")))
    return ["/", "/hosts", host, "/containers", stack.container_path(client, "shop-db-1"),
            stack.container_path(client, "transcoder"), "/events", "/live", "/about", "/settings",
            "/preferences", "/logins",
            "/containers?q=nothing-of-this-name", "/no-such-page"]


@pytest.mark.parametrize("javascript", [True, False])
def test_no_console_errors(filled, javascript, request):
    page = request.getfixturevalue("chromium" if javascript else "plain_chromium").use(filled)
    for path in all_paths(filled):
        page.get(path)
        wait_until(lambda: page.words("main h1"), 5, "the title of " + path)
        text = page.words()
        assert not re.search(r"\bNaN\b|undefined|\(null\)|\[object", text), path
    page.check_console(allow=("no-such-page",))
    page.get("/login")
    page.check_console()


@pytest.mark.parametrize("width", [360, 768, 1440, 2560])
def test_nothing_sticks_out(filled, chromium, width):
    page = chromium.use(filled)
    page.size(width, 800)
    broken = {}
    for path in all_paths(filled) + ["/login"]:
        page.get(path)
        over, who = page.overflow()
        if over:
            broken[path] = (over, who)
    assert not broken, "wider than %d px: %s" % (width, broken)


def test_phone_navigation_without_javascript(filled, plain_chromium):
    page = plain_chromium.use(filled)
    page.size(360, 740)
    page.get("/")
    link = next(a for a in page.all("nav a") if a.get_attribute("href").endswith("/events"))
    if not link.is_displayed():
        next(b for b in page.all("header button, header summary") if b.is_displayed()).click()
    wait_until(link.is_displayed, 3, "the menu")
    link.click()
    wait_until(lambda: page.driver.current_url.endswith("/events"), 5, "the events page")
    page.check_console()


def test_skip_link_and_focus(filled, chromium):
    page = chromium.use(filled).get("/containers")
    page.one("body").send_keys(Keys.TAB)
    skip = page.driver.switch_to.active_element
    assert skip.get_attribute("class") == "skip" and skip.is_displayed()
    rect = page.js("const r = document.activeElement.getBoundingClientRect(); return [r.left, r.top, r.width]")
    assert rect[0] >= 0 and rect[1] >= 0 and rect[2] > 20, "the skip link shows when it has the focus"
    skip.send_keys(Keys.ENTER)
    assert page.js("return document.activeElement.id === 'm' || location.hash === '#m'")
    invisible = []
    for _ in range(40):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        found = page.js("""
            const e = document.activeElement;
            if (e === document.body) return null;
            const s = getComputedStyle(e), r = e.getBoundingClientRect();
            return [e.tagName + ' ' + (e.textContent || e.name || '').trim().slice(0, 30),
                    (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none',
                    r.width * r.height > 0];""")
        if found and not (found[1] and found[2]):
            invisible.append(found)
    assert not invisible, "focus cannot be seen on: %s" % invisible


def test_theme_by_system_and_by_choice(filled, chromium):
    page = chromium.use(filled).get("/")
    background = "return getComputedStyle(document.body).backgroundColor"

    def luminance():
        return sum(int(n) for n in re.findall(r"\d+", page.js(background))[:3])
    page.scheme(dark=False)
    assert luminance() > 600
    page.scheme(dark=True)
    assert luminance() < 200
    try:
        page.get("/preferences")
        page.js("document.querySelector('input[name=theme][value=light]').checked = true")
        page.one("form[action$='/preferences'] button").click()
        page.get("/")
        assert luminance() > 600, "the choice wins over the system"
    finally:
        page.get("/preferences")
        page.js("document.querySelector('input[name=theme][value=auto]').checked = true")
        page.one("form[action$='/preferences'] button").click()
        page.scheme(dark=False)
    page.check_console()


def test_contrast(filled, chromium):
    """Text against what is really behind it, at least 4.5:1 (3:1 from 18 px on), light and dark."""
    page = chromium.use(filled)
    bad = {}
    for dark in (False, True):
        page.scheme(dark)
        for path in ("/", "/containers", "/events", "/about"):
            page.get(path)
            for text, ratio, size in page.js("""
                const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
                const lum = c => { const f = c.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92
                    : ((v + .055) / 1.055) ** 2.4); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
                const behind = e => { for (; e; e = e.parentElement) {
                    const c = parse(getComputedStyle(e).backgroundColor);
                    if (c.length === 3 || c[3] > .99) return c; } return [255, 255, 255]; };
                const out = [], seen = new Set();
                for (const e of document.querySelectorAll('body *')) {
                  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim());
                  const r = e.getBoundingClientRect();
                  if (!own || !r.width || r.right < 0 || e.closest('svg, .vh, .skip, noscript, [disabled]')) continue;
                  const s = getComputedStyle(e);
                  if (s.visibility !== 'visible' || s.opacity < 1) continue;
                  const a = lum(parse(s.color)), b = lum(behind(e));
                  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                  const size = parseFloat(s.fontSize), need = size >= 18 ? 3 : 4.5;
                  const key = s.color + behind(e) + need;
                  if (ratio < need && !seen.has(key)) { seen.add(key);
                    out.push([e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 20), ratio, size]); }
                }
                return out;"""):
                bad["%s %s: %s" % (path, "dark" if dark else "light", text)] = "%.2f at %.0f px" % (ratio, size)
    page.scheme(False)
    assert not bad, bad


def test_refresh_without_javascript(filled, engine, plain_chromium, box):
    """With a refresh of five seconds an open page shows a new container by itself."""
    client = filled.admin()
    assert client.submit(client.get("/preferences"), "/preferences", refresh="5").status == 303
    try:
        page = plain_chromium.use(filled).get("/containers?q=refreshed")
        assert not page.state_of("refreshed")
        box.run("refreshed")
        wait_until(lambda: page.state_of("refreshed") == "running", 8, "the refresh")
        page.check_console()
    finally:
        client.submit(client.get("/preferences"), "/preferences", refresh="0")


def test_live_page_moves_without_javascript(filled, patient_chromium):
    page = patient_chromium.use(filled).get("/live")
    frame = wait_until(lambda: page.all("iframe"), 5, "the frame")[0]
    page.driver.switch_to.frame(frame)
    try:
        row = wait_until(lambda: next((r for r in page.driver.find_elements(By.CSS_SELECTOR, "tr.r")
                                       if "shop-api-1" in r.text), None), 10, "the busy container")
        ident = row.get_attribute("id")
        value = "return getComputedStyle(document.querySelector('#%s .c'), '::after').content" % ident
        seen = set()

        def moved():
            seen.add(page.js(value))
            return len(seen - {"none", "normal", '""'}) >= 2
        wait_until(moved, 15, "a CPU value that moves")
        order = page.js("return [...document.querySelectorAll('tr.r')].filter(r => r.offsetParent !== null || "
                        "getComputedStyle(r).display !== 'none').sort((a, b) => getComputedStyle(a).order - "
                        "getComputedStyle(b).order)[0].id")
        assert order == ident, "the busiest is first"
    finally:
        page.driver.switch_to.default_content()
    page.check_console()


def test_filter_form_works_without_javascript(filled, plain_chromium):
    page = plain_chromium.use(filled).get("/containers")
    box = page.one("form.filter input[name=q]")
    box.send_keys("shop-")
    box.send_keys(Keys.ENTER)
    wait_until(lambda: "q=shop-" in page.driver.current_url, 5, "the search")
    assert page.state_of("shop-api-1") == "running" and not page.state_of("migrate")
    page.one("form.filter a").click()
    wait_until(lambda: page.state_of("migrate"), 5, "all again")


def test_stream_marker_tells_a_lost_connection(filled, chromium):
    page = chromium.use(filled).get("/containers")
    time.sleep(0)
    wait_until(lambda: page.js("return document.body.dataset.stream && performance.getEntriesByType('resource')"
                               ".some(r => r.name.includes('/stream'))") or page.words("#mark"), 5, "the marker")
    filled.freeze("nginx")
    pids = filled.pids("nginx")
    try:
        filled.wait_new("collector", filled.kill("collector"))
    finally:
        filled.thaw("nginx")
    assert pids
    wait_until(lambda: "reconnect" in page.words("#mark").lower() or "live" in page.words("#mark").lower(), 20,
               "the marker after a loss")
    wait_until(lambda: "live" in page.words("#mark").lower(), 20, "live again")
    page.check_console(allow=("stream", "ERR_", "502", "Failed to load"))
