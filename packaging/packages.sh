#!/bin/sh
# packages.sh GROUP…: installs the Debian packages of these groups that are missing (as root), or
# says which command installs them. Silent when all are there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
missing=
for group in "$@"; do
	for name in $(sed -n "s/^$group //p" "$here/packages.txt"); do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)
		[ "$state" = installed ] || missing="$missing $name"
	done
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "Missing packages. As root, run:  apt-get install --no-install-recommends$missing" >&2
	exit 1
fi
command -v apt-get >/dev/null || { echo "This is not Debian: install what these packages hold:$missing" >&2; exit 1; }
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# services of these packages must not start by themselves: DockMon starts what it needs
guard=
if [ ! -e /usr/sbin/policy-rc.d ]; then
	guard=/usr/sbin/policy-rc.d
	printf '#!/bin/sh\nexit 101\n' >"$guard"
	chmod 755 "$guard"
	trap 'rm -f "$log" "$guard"' EXIT
fi
if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "apt-get could not install:$missing" >&2
	exit 1
fi
