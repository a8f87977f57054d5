"""Docker's JSON for a simulated engine, as Engine 20.10 and 28 and Podman 4 answer it."""
import time

from model import MEM_TOTAL, NCPU, hex_id, rfc3339

KERNEL = "6.1.0-18-amd64"


def api_number(text):
    """"1.41" -> 141-like integer for comparing; None if it is no version."""
    major, dot, minor = text.partition(".")
    if not (dot and major.isdigit() and minor.isdigit()):
        return None
    return int(major) * 1000 + int(minor)


def version(engine):
    podman = engine.podman
    main = {"Name": "Podman Engine" if podman else "Engine", "Version": engine.version,
            "Details": {"APIVersion" if podman else "ApiVersion": engine.version if podman else engine.api_max,
                        "Arch": "amd64", "BuildTime": "2026-05-07T21:09:36.000000000+00:00",
                        "Experimental": "false", "GitCommit": "5d6db84", "GoVersion": "go1.19.8",
                        "KernelVersion": KERNEL, "MinAPIVersion": "4.0.0" if podman else engine.api_min,
                        "Os": "linux"}}
    rest = [{"Name": "Conmon", "Version": "conmon version 2.1.6, commit: unknown",
             "Details": {"Package": "conmon_2.1.6+ds1-1_amd64"}}] if podman else [
        {"Name": "containerd", "Version": "1.6.20~ds1", "Details": {"GitCommit": "1.6.20~ds1-1+deb12u3"}},
        {"Name": "runc", "Version": "1.1.5+ds1", "Details": {"GitCommit": "1.1.5+ds1-1+deb12u1"}}]
    return {"Platform": {"Name": "linux/amd64/debian-12" if podman else ""}, "Components": [main] + rest,
            "Version": engine.version, "ApiVersion": engine.api_max, "MinAPIVersion": engine.api_min,
            "GitCommit": "5d6db84", "GoVersion": "go1.19.8", "Os": "linux", "Arch": "amd64",
            "KernelVersion": KERNEL, "BuildTime": "2026-05-07T21:09:36.000000000+00:00"}


def info(engine):
    n = engine.counts()
    out = {"ID": engine.id[:8] + "-sim", "Containers": n["all"], "ContainersRunning": n["running"],
           "ContainersPaused": n["paused"], "ContainersStopped": n["stopped"], "Images": 5,
           "Driver": "overlay" if engine.podman else "overlay2",
           "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]],
           "Plugins": {"Volume": ["local"], "Network": ["bridge", "host", "null"], "Authorization": None,
                       "Log": ["json-file", "local"]},
           "MemoryLimit": True, "SwapLimit": True, "PidsLimit": True, "IPv4Forwarding": True, "Debug": False,
           "NFd": 34, "NGoroutines": 48, "SystemTime": rfc3339(time.time_ns()), "LoggingDriver": "json-file",
           "CgroupDriver": "systemd" if engine.cgroup == "2" else "cgroupfs", "CgroupVersion": engine.cgroup,
           "NEventsListener": len(engine.listeners), "KernelVersion": KERNEL,
           "OperatingSystem": "debian" if engine.podman else "Debian GNU/Linux 12 (bookworm)",
           "OSVersion": "12", "OSType": "linux", "Architecture": "amd64" if engine.podman else "x86_64",
           "NCPU": NCPU, "MemTotal": MEM_TOTAL, "DockerRootDir": "/var/lib/docker", "Name": engine.name,
           "Labels": [], "ExperimentalBuild": engine.podman, "ServerVersion": engine.version,
           "DefaultRuntime": "runc", "Swarm": {"NodeID": "", "LocalNodeState": "inactive"},
           "LiveRestoreEnabled": False, "SecurityOptions": ["name=seccomp,profile=default"], "Warnings": None}
    if engine.podman:
        out.update({"BuildahVersion": "1.28.2", "Rootless": False, "SwapFree": 0, "SwapTotal": 0,
                    "Uptime": "0h 8m 3.00s", "Labels": None, "Warnings": []})
    return out


def ago(ns):
    """Docker's rough words for an age."""
    s = ns / 1e9
    if s < 1:
        return "Less than a second"
    if 60 <= s < 120 or 3600 <= s < 7200:
        return "About a minute" if s < 120 else "About an hour"
    for limit, unit, name in ((60, 1, "seconds"), (3600, 60, "minutes"), (48 * 3600, 3600, "hours"),
                              (14 * 86400, 86400, "days")):
        if s < limit:
            return "%d %s" % (s // unit, name)
    return "%d weeks" % (s // 604800)


def status(c, now):
    if c.state == "running":
        health = {None: "", "none": "", "starting": " (health: starting)"}.get(c.health, " (%s)" % c.health)
        return "Up %s%s" % (ago(now - c.started), health)
    if c.state == "paused":
        return "Up %s (Paused)" % ago(now - c.started)
    if c.state == "restarting":
        return "Restarting (%d) %s ago" % (c.exit_code, ago(now - c.finished))
    if c.state == "exited":
        return "Exited (%d) %s ago" % (c.exit_code, ago(now - c.finished))
    return {"created": "Created", "dead": "Dead"}.get(c.state, c.state.capitalize())


def networks(engine, c, api):
    out = {}
    for name, address in c.networks.items():
        up = c.live
        out[name] = {"IPAMConfig": None, "Links": None, "Aliases": None,
                     "NetworkID": hex_id("net", engine.index, name),
                     "EndpointID": hex_id("ep", c.id, name) if up else "",
                     "Gateway": address.rsplit(".", 1)[0] + ".1" if up else "",
                     "IPAddress": address if up else "", "IPPrefixLen": 16 if up else 0, "IPv6Gateway": "",
                     "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0,
                     "MacAddress": "02:42:ac:1d:07:0a" if up else "", "DriverOpts": None}
        if api >= 1044:
            out[name]["DNSNames"] = [c.name, c.id[:12]]
    return out


def mounts(c):
    out = []
    for m in c.mounts:
        volume = m.get("Type", "volume") == "volume"
        out.append({**({"Name": m["Name"]} if volume else {}), "Type": m.get("Type", "volume"),
                    "Source": m.get("Source") or "/var/lib/docker/volumes/%s/_data" % m.get("Name", ""),
                    "Destination": m["Destination"], **({"Driver": "local"} if volume else {}),
                    "Mode": m.get("Mode", "z" if volume else ""), "RW": m.get("RW", True),
                    "Propagation": "" if volume else "rprivate"})
    return out


def list_ports(c):
    out = []
    if c.live:
        for ip, public, private, proto in c.ports:
            out.append({"IP": ip, "PrivatePort": private, "PublicPort": public, "Type": proto}
                       if public else {"PrivatePort": private, "Type": proto})
    return out


def list_entry(engine, c, now, api):
    out = {"Id": c.id, "Names": ["/" + c.name],
           "Image": c.image, "ImageID": c.image_id, "Command": " ".join(c.command),
           "Created": c.created // 10**9, "Ports": list_ports(c), "Labels": c.labels, "State": c.state,
           "Status": status(c, now), "HostConfig": {"NetworkMode": next(iter(c.networks), "none")},
           "NetworkSettings": {"Networks": networks(engine, c, api)}, "Mounts": mounts(c)}
    if engine.podman:
        del out["HostConfig"]
        out.update({"Name": "", "Config": None, "NetworkingConfig": None, "Platform": None,
                    "AdjustCPUShares": False})
        if not out["NetworkSettings"]["Networks"]:
            out["NetworkSettings"]["Networks"] = None
    if api >= 1048:
        out["ImageManifestDescriptor"] = {"mediaType": "application/vnd.oci.image.manifest.v1+json",
                                          "digest": c.image_id, "size": 1024}
    if api >= 1052:
        out["Health"] = {"Status": c.health or "none", "FailingStreak": 0}
    return out


def list_all(engine, only_running, api):
    now = time.time_ns()
    return [list_entry(engine, c, now, api) for c in reversed(engine.containers.values())
            if c.live or c.state == "restarting" or not only_running]


def state(engine, c):
    out = {"Status": c.state, "Running": c.live or c.state == "restarting", "Paused": c.state == "paused",
           "Restarting": c.state == "restarting", "OOMKilled": c.oom, "Dead": c.state == "dead", "Pid": c.pid,
           "ExitCode": c.exit_code, "Error": c.error, "StartedAt": rfc3339(c.started),
           "FinishedAt": rfc3339(c.finished)}
    if c.has_health:
        failed = c.health == "unhealthy"
        out["Health"] = {"Status": c.health, "FailingStreak": 3 if failed else 0, "Log": [
            {"Start": rfc3339(time.time_ns() - 10**9), "End": rfc3339(time.time_ns()),
             "ExitCode": int(failed), "Output": "connection refused\n" if failed else "ok\n"}]}
    elif engine.podman:
        out["Health"] = {"Status": "", "FailingStreak": 0, "Log": None}
    return out


def inspect(engine, c, api):
    ports = {}
    bound = {}
    for ip, public, private, proto in c.ports:
        key = "%d/%s" % (private, proto)
        ports.setdefault(key, None)
        if public:
            bound.setdefault(key, []).append({"HostIp": ip, "HostPort": str(public)})
    settings = {"SandboxID": hex_id("box", c.id) if c.live else "", "SandboxKey": "",
                "Ports": {**ports, **bound} if c.live else {}, "Networks": networks(engine, c, api)}
    if api < 1052:
        first = next(iter(settings["Networks"].values()), None) if "bridge" in c.networks else None
        settings.update({"Bridge": "", "HairpinMode": False, "EndpointID": "", "Gateway": "",
                         "IPAddress": first["IPAddress"] if first else "", "IPPrefixLen": 0, "MacAddress": ""})
    config = {"Hostname": c.id[:12], "Domainname": "", "User": "", "AttachStdin": False, "Tty": False,
              "OpenStdin": False, "ExposedPorts": {k: {} for k in ports}, "Env": ["PATH=/bin:/usr/bin"],
              "Cmd": c.command, "Image": c.image, "Volumes": None, "WorkingDir": "", "Entrypoint": None,
              "OnBuild": None, "Labels": c.labels}
    if c.has_health:
        config["Healthcheck"] = {"Test": ["CMD-SHELL", "test -f /tmp/ok"], "Interval": 10**9, "Retries": 1}
    return {"Id": c.id, "Created": rfc3339(c.created), "Path": c.command[0] if c.command else "",
            "Args": c.command[1:], "State": state(engine, c), "Image": c.image_id, "ResolvConfPath": "",
            "HostnamePath": "", "HostsPath": "", "LogPath": "", "Name": "/" + c.name,
            "RestartCount": c.restart_count, "Driver": "overlay2", "Platform": "linux", "MountLabel": "",
            "ProcessLabel": "", "AppArmorProfile": "", "ExecIDs": None,
            "HostConfig": {"Binds": None, "LogConfig": {"Type": "json-file", "Config": {}},
                           "NetworkMode": next(iter(c.networks), "none"), "PortBindings": bound,
                           "RestartPolicy": {"Name": "" if engine.podman and c.restart[0] == "no"
                                             else c.restart[0], "MaximumRetryCount": c.restart[1]},
                           "AutoRemove": False, "Privileged": False, "Memory": c.memory, "NanoCpus": 0,
                           "CpuQuota": 0, "PidsLimit": None},
            "GraphDriver": {"Name": "overlay2", "Data": {}}, "Mounts": mounts(c), "Config": config,
            "NetworkSettings": settings}


# Filled by %: stats are asked a hundred times a second, and json.dumps would cost ten times as much.
_CPU_V1 = ('{"cpu_usage":{"total_usage":%d,"percpu_usage":[%d,%d,%d,%d],"usage_in_kernelmode":%d,'
           '"usage_in_usermode":%d},"system_cpu_usage":%d,"online_cpus":4,'
           '"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}}')
_CPU_V2 = ('{"cpu_usage":{"total_usage":%d,"usage_in_kernelmode":%d,"usage_in_usermode":%d},'
           '"system_cpu_usage":%d,"online_cpus":4,'
           '"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}}')
_CPU_NONE = ('{"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0,"usage_in_usermode":0},'
             '"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}}')
_MEM_V1 = ('{"usage":%d,"max_usage":%d,"stats":{"active_anon":%d,"active_file":0,"cache":%d,"dirty":0,'
           '"hierarchical_memory_limit":%d,"inactive_anon":0,"inactive_file":%d,"mapped_file":0,"pgfault":7656,'
           '"rss":%d,"total_active_anon":%d,"total_active_file":0,"total_cache":%d,"total_inactive_anon":0,'
           '"total_inactive_file":%d,"total_pgfault":7656,"total_rss":%d,"total_writeback":0},"limit":%d}')
_MEM_V2 = ('{"usage":%d,"stats":{"active_anon":%d,"active_file":0,"anon":%d,"file":%d,"file_dirty":0,'
           '"inactive_anon":0,"inactive_file":%d,"kernel_stack":16384,"pgfault":7656,"shmem":0,"slab":0},'
           '"limit":%d}')
_BLKIO = ('{"io_service_bytes_recursive":[{"major":254,"minor":0,"op":"%s","value":%d},'
          '{"major":254,"minor":0,"op":"%s","value":%d}],"io_serviced_recursive":%s,"io_queue_recursive":%s,'
          '"io_service_time_recursive":%s,"io_wait_time_recursive":%s,"io_merged_recursive":%s,'
          '"io_time_recursive":%s,"sectors_recursive":%s}')
_STATS = ('{"read":"%s","preread":"%s","pids_stats":{"current":%d},"blkio_stats":%s,"num_procs":0,'
          '"storage_stats":{},"cpu_stats":%s,"precpu_stats":%s,"memory_stats":%s,"name":"/%s","id":"%s"%s}')
_NET = (',"networks":{"eth0":{"rx_bytes":%d,"rx_packets":%d,"rx_errors":0,"rx_dropped":0,"tx_bytes":%d,'
        '"tx_packets":%d,"tx_errors":0,"tx_dropped":0}}')
_DEAD = ('{"read":"0001-01-01T00:00:00Z","preread":"0001-01-01T00:00:00Z","pids_stats":{},"blkio_stats":{},'
         '"num_procs":0,"storage_stats":{},"cpu_stats":' + _CPU_NONE + ',"precpu_stats":' + _CPU_NONE +
         ',"memory_stats":{},"name":"/%s","id":"%s"}')


def _cpu(engine, c, now):
    total = int(c.load.totals(now)["cpu"] * 1e9)
    system = int((now - engine.boot + 10**15) * NCPU)
    kernel = total // 4
    if engine.cgroup == "2":
        return _CPU_V2 % (total, kernel, total - kernel, system)
    quarter = total // 4
    return _CPU_V1 % (total, quarter, quarter, quarter, total - 3 * quarter, kernel, total - kernel, system)


def stats(engine, c, previous_ns=0):
    """The text of one stats answer. `previous_ns` fills precpu_stats (0: one-shot, left empty)."""
    if not c.live:
        return _DEAD % (c.name, c.id)
    now = time.time_ns()
    load, totals = c.load, c.load.totals(now)
    limit = c.memory or MEM_TOTAL
    usage, anon, cache = load.mem + load.cache, load.mem, load.cache
    v2 = engine.cgroup == "2"
    memory = _MEM_V2 % (usage, anon, anon, cache, cache, limit) if v2 else _MEM_V1 % (
        usage, usage + 4096, anon, cache, limit, cache, anon, anon, cache, cache, anon, limit)
    none = "null" if v2 else "[]"
    blkio = _BLKIO % (("read" if v2 else "Read", totals["rd"], "write" if v2 else "Write", totals["wr"]) +
                      (none,) * 7)
    net = "" if not c.networks or "host" in c.networks else _NET % (
        totals["rx"], totals["rx"] / 500, totals["tx"], totals["tx"] / 500)
    return _STATS % (rfc3339(now), rfc3339(previous_ns), load.pids, blkio, _cpu(engine, c, now),
                     _cpu(engine, c, previous_ns) if previous_ns else _CPU_NONE, memory, c.name, c.id, net)
