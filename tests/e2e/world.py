"""A dozen real containers in all the states people have, for the pages' tests and the screenshots."""
from proc import wait_until

LABELS = {"shop": ("front", "api", "db"), "monitoring": ("grafana", "loki")}


def compose(project, service):
    return ["-l", "com.docker.compose.project=" + project, "-l", "com.docker.compose.service=" + service,
            "-l", "com.docker.compose.container-number=1"]


def build(engine):
    """Start them; the names."""
    engine.docker("network", "create", "shop_default")
    names = []

    def run(name, *command, options=()):
        names.append(name)
        engine.run(name, *command, options=options)
    busy = ("sh", "-c", "while :; do :; done")
    health = ["--health-interval", "1s", "--health-retries", "1"]
    web = ("httpd", "-f", "-p", "80")
    run("shop-front-1", *web, options=compose("shop", "front") + health + [
        "--health-cmd", "true", "--network", "shop_default", "-p", "127.0.0.1:28180:80", "-p", "127.0.0.1:28443:443",
        "--restart", "unless-stopped"])
    run("shop-api-1", *busy, options=compose("shop", "api") + ["--network", "shop_default", "--cpus", "0.15",
                                                              "--restart", "on-failure:3"])
    run("shop-db-1", "sh", "-c", "(head -c 50m /dev/zero; sleep 100000) | tail", options=compose("shop", "db") + [
        "--network", "shop_default", "-v", "shop-data:/var/lib/data", "--memory", "256m", "--restart", "always"])
    run("monitoring-grafana-1", *web, options=compose("monitoring", "grafana") + health + [
        "--health-cmd", "echo dial tcp 10.0.0.7:5432: connection refused; false", "--network", "shop_default"])
    run("monitoring-loki-1", options=compose("monitoring", "loki") + ["-v", "/usr/share:/mnt/share:ro",
                                                                      "--tmpfs", "/scratch"])
    run("backup-nightly", "true")
    run("migrate", "sh", "-c", "echo no such table >&2; exit 1")
    run("transcoder", "sh", "-c", "head -c 200m /dev/zero | tail", options=["--memory", "16m"])
    run("stubborn")
    engine.docker("kill", "stubborn")
    run("flapping", "sh", "-c", "exit 3", options=["--restart", "always"])
    run("playground")
    engine.docker("pause", "playground")
    names.append("prepared-with-a-rather-long-name-for-a-container-that-nobody-types")
    engine.docker("create", "--name", names[-1], "-l", "purpose=shows how long names wrap", "busybox:test", "true")
    run("dns", options=["--network", "shop_default", "-p", "127.0.0.1:28053:53/udp"])
    wait_until(lambda: engine.inspect("monitoring-grafana-1")["State"]["Health"]["Status"] == "unhealthy", 10,
               "an unhealthy container")
    wait_until(lambda: engine.inspect("transcoder")["State"]["Status"] == "exited", 10, "the transcoder's end")
    return names


def remove(engine, names):
    if "playground" in names:
        engine.docker("unpause", "playground", check=False)
    engine.docker("rm", "-f", "-v", *names, check=False)
    engine.docker("network", "rm", "shop_default", check=False)
    engine.docker("volume", "rm", "shop-data", check=False)
