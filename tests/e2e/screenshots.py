#!/usr/bin/python3
"""Every page, dark and light, 1440 and 360 px wide, of a running DockMon with real containers.

    screenshots.py [DIRECTORY]        (default: build/screenshots)
"""
import os
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import browser as browser_module
import dockerd as dockerd_module
import proc
import stack as stack_module
import world

WIDTHS = (1440, 360)


def pages(running, client):
    """[(file name, path)] of a signed-in administrator."""
    host = next(a.get("href") for a in client.get("/hosts").main.all("a") if re.search(r"/hosts/\d+$", a.get("href")))
    return [("dashboard", "/"), ("containers", "/containers"), ("containers-search", "/containers?q=shop"),
            ("containers-nomatch", "/containers?q=nothing-like-this"),
            ("container-running", running.container_path(client, "shop-db-1")),
            ("container-unhealthy", running.container_path(client, "monitoring-grafana-1")),
            ("container-oom", running.container_path(client, "transcoder")), ("hosts", "/hosts"), ("host", host),
            ("events", "/events"), ("live", "/live"), ("about", "/about"), ("preferences", "/preferences"),
            ("settings", "/settings"),
            ("logins", "/logins"), ("not-found", "/containers/999999")]


def take(chromium, folder, shots):
    """One picture per page, width and scheme."""
    for name, path in shots:
        for width in WIDTHS:
            for dark in (True, False):
                chromium.scheme(dark)
                chromium.size(width, 900 if width > 500 else 760)
                chromium.get(path)
                if name == "live":
                    time.sleep(2.5)     # the stream's first values
                file = "%s-%d-%s.png" % (name, width, "dark" if dark else "light")
                chromium.shot(os.path.join(folder, file))
                print(file)
    chromium.driver.get("about:blank")      # the stack may go now


def main(folder):
    shutil.rmtree(folder, ignore_errors=True)
    daemon = dockerd_module.Dockerd()
    chromium = browser_module.Browser()
    names = []
    try:
        daemon.start()
        daemon.load_image()
        names = world.build(daemon)
        with stack_module.Stack(docker_host=daemon.url, hosts=[("rack-07", "tcp://127.0.0.1:1")]) as running:
            client = running.admin()
            running.wait_row(client, "monitoring-grafana-1", "unhealthy")
            proc.wait_until(lambda: "," in (lambda p: p.get("points") if p else "")(
                client.get("/containers").main.find("polyline")), 40, "sparklines", every=0.5)
            time.sleep(25)              # sparklines with a shape
            chromium.use(running, signed_in=False)
            take(chromium, folder, [("login", "/login")])
            chromium.use(running)
            take(chromium, folder, pages(running, client))
        with stack_module.Stack(docker_host="unix:///run/no-engine.sock", password=None) as running:
            chromium.use(running, signed_in=False)
            take(chromium, folder, [("setup", "/setup")])
        with stack_module.Stack(docker_host="unix:///run/no-engine.sock") as running:
            chromium.use(running)
            take(chromium, folder, [("dashboard-empty", "/")])
        chromium.check_console(allow=("containers/999999",))
    finally:
        chromium.quit()
        world.remove(daemon, names)
        daemon.destroy()
        stack_module.remove_trees()
    print("in " + folder)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(proc.ROOT, "build", "screenshots"))
