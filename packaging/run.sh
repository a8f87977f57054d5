#!/bin/sh
# run.sh BUILD_DIR: `make run`. Installs what is missing, finds or starts an engine, starts DockMon in
# the foreground with its data under var/. Ctrl-C ends all that it started.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)
build=$(cd "$1" && pwd)
packaging/packages.sh run

export DOCKMON_SHARE_DIR="${DOCKMON_SHARE_DIR:-$top}"
export DOCKMON_DATA_DIR="${DOCKMON_DATA_DIR:-$top/var}"

# Started by root the programs give it up: they, and nginx's workers, must be able to come here.
enterable() {
	dir=$1
	while [ "$dir" != / ]; do
		[ -d "$dir" ] && case $(stat -c %A "$dir") in *x | *t) ;; *) return 1 ;; esac
		dir=$(dirname "$dir")
	done
}
if [ "$(id -u)" = 0 ] && ! enterable "$top"; then
	stage=/var/lib/dockmon-run
	echo "Other users cannot enter $top: the files are served from $stage."
	mkdir -p "$stage/share" "$stage/data"
	cp -R templates static nginx supervisord.conf "$stage/share/"
	chmod 755 "$stage"
	chmod -R u+rwX,go+rX "$stage/share"
	[ -e var ] || ln -s "$stage/data" var
	[ "$DOCKMON_DATA_DIR" != "$top/var" ] || DOCKMON_DATA_DIR="$stage/data"
	DOCKMON_SHARE_DIR="$stage/share"
fi

answers() {
	[ -S "$1" ] && curl -sf -m 3 --unix-socket "$1" http://engine/_ping >/dev/null
}
engine_pid=
end() {
	trap - EXIT INT TERM
	[ -z "${main_pid:-}" ] || { kill -TERM "$main_pid" 2>/dev/null || true; wait "$main_pid" || true; }
	[ -z "$engine_pid" ] || { kill -TERM "$engine_pid" 2>/dev/null || true; wait "$engine_pid" || true; }
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ -z "${DOCKER_HOST:-}" ] && ! answers /var/run/docker.sock && ! answers /run/podman/podman.sock &&
	! answers "${XDG_RUNTIME_DIR:-/nonexistent}/podman/podman.sock"; then
	if [ "$(id -u)" != 0 ]; then
		echo "No engine answers here. Start Docker or Podman, or set DOCKER_HOST; DockMon finds it by itself." >&2
	else
		echo "No engine answers here: starting a private Docker Engine with a few sample containers."
		packaging/packages.sh engine
		DOCKMON_DATA_DIR="$DOCKMON_DATA_DIR" packaging/sample-engine.sh &
		engine_pid=$!
		export DOCKER_HOST="unix://$DOCKMON_DATA_DIR/engine/docker.sock"
	fi
fi

PATH="$build:$PATH" "$build/dockmonctl" start &
main_pid=$!
wait "$main_pid"
