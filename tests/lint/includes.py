"""Who may include whom: base <- store, engine <- collector, fcgi, ctl, agent; the rooms of foreign headers."""
import re
import subprocess
import sys

# directory -> project directories it may include
MAY = {
    "lib/base": ["lib/base"],
    "lib/store": ["lib/base", "lib/store"],
    "lib/engine": ["lib/base", "lib/engine"],
    "collector": ["lib/base", "lib/store", "lib/engine", "collector"],
    "fcgi": ["lib/base", "lib/store", "lib/engine", "fcgi"],
    "ctl": ["lib/base", "lib/store", "ctl"],
    "agent": ["lib/base", "lib/engine", "agent"],
    "tests": ["lib", "collector", "fcgi", "tests"],
}
# foreign header -> the only rooms for it
ROOM = {
    r"sqlite3\.h": ["lib/store", "tests"],
    r"curl/.*": ["collector/fetch", "fcgi/client"],
    r"fcgi.*\.h": ["fcgi"],
    r"ClearSilver.*|cs/.*|cgi/.*|util/neo.*": ["fcgi"],
    r"microhttpd\.h": ["collector/live"],
    r"openssl/.*|argon2\.h": ["lib/base", "ctl/certificate", "agent"],
    r"json-c/.*": ["lib/base/json.h"],
    r"uv\.h": ["collector", "agent", "tests"],
}


def room_of(path):
    return max((d for d in MAY if path.startswith(d + "/")), key=len, default=None)


def complaints(path, text):
    room = room_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
        if not found:
            continue
        kind, target = found.groups()
        if kind == '"':
            if room and not any(target.startswith(d + "/") for d in MAY[room]):
                yield "%s:%d: %s may not include %s" % (path, number, room, target)
            continue
        for pattern, rooms in ROOM.items():
            if re.fullmatch(pattern, target) and not any(path.startswith(r) for r in rooms):
                yield "%s:%d: <%s> belongs to %s only" % (path, number, target, ", ".join(rooms))


def first_include(path, text):
    """A module's own header comes first: that proves that it stands alone."""
    own = path[:-2] + ".h"
    try:
        open(own).close()
    except OSError:
        return
    found = re.search(r'^\s*#\s*include\s+[<"]([^>"]+)', text, re.M)
    if found and found.group(1) != own:
        yield "%s: include %s first" % (path, own)


def main():
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.c", "*.h"],
                           capture_output=True, text=True, check=True).stdout.split()
    bad = []
    for path in names:
        with open(path) as f:
            text = f.read()
        bad += complaints(path, text)
        if path.endswith(".c"):
            bad += first_include(path, text)
    print("\n".join(bad))
    if not names:
        print("no sources found")
    return 1 if bad or not names else 0


sys.exit(main())
