#!/bin/sh
# sample-engine.sh: a private dockerd under DOCKMON_DATA_DIR/engine with a few containers to look at.
# Runs until it is told to end (SIGTERM), then takes the engine down.
set -eu
dir="$DOCKMON_DATA_DIR/engine"
socket="$dir/docker.sock"
mkdir -p "$dir"
dockerd --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/dockerd.pid" -H "unix://$socket" \
	--bridge none --iptables=false --ip-masq=false --shutdown-timeout 2 >"$dir/dockerd.log" 2>&1 &
pid=$!
end() {
	kill -TERM $pid 2>/dev/null || true
	wait $pid || true
	# the engine leaves its bridges behind; it makes this one anew at its next start
	ip link del dockmon-sample 2>/dev/null || true
	exit 0
}
trap end TERM INT
docker() {
	command docker -H "unix://$socket" "$@"
}
tries=0
until docker version >/dev/null 2>&1; do
	tries=$((tries + 1))
	if [ $tries -gt 60 ] || ! kill -0 $pid 2>/dev/null; then
		echo "The private engine does not start; its log: $dir/dockerd.log" >&2
		exit 1
	fi
	sleep 0.5
done

if ! docker image inspect sample/busybox:1 >/dev/null 2>&1; then
	root=$(mktemp -d)
	mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/data"
	cp /bin/busybox "$root/bin/"
	for applet in $(/bin/busybox --list | grep -vx busybox); do
		ln -s busybox "$root/bin/$applet"
	done
	tar -C "$root" -c . | docker import - sample/busybox:1 >/dev/null
	rm -rf "$root"
fi
sample() {
	name=$1
	shift
	docker container inspect "$name" >/dev/null 2>&1 || docker run -d --stop-timeout 1 --name "$name" "$@" >/dev/null
}
docker network inspect sample >/dev/null 2>&1 || docker network create -o com.docker.network.bridge.name=dockmon-sample sample >/dev/null 2>&1 || true
net=none
docker network inspect sample >/dev/null 2>&1 && net=sample
sample web --restart unless-stopped --network $net --label com.docker.compose.project=shop \
	--label com.docker.compose.service=web --label com.docker.compose.container-number=1 \
	--health-cmd 'wget -qO- http://127.0.0.1:8080/ >/dev/null' --health-interval 10s \
	sample/busybox:1 sh -c 'echo hello >/data/index.html; exec httpd -f -p 8080 -h /data'
sample worker --restart unless-stopped --network $net --label com.docker.compose.project=shop \
	--label com.docker.compose.service=worker --label com.docker.compose.container-number=1 \
	sample/busybox:1 sh -c 'while :; do n=0; while [ $n -lt 20000 ]; do n=$((n+1)); done; sleep 1; done'
sample cache --restart unless-stopped --network $net --memory 128m --label com.docker.compose.project=shop \
	--label com.docker.compose.service=cache --label com.docker.compose.container-number=1 \
	sample/busybox:1 sh -c 'dd if=/dev/zero of=/dev/shm/hold bs=1M count=40 2>/dev/null; exec sleep 1000000'
sample client --restart unless-stopped --network $net \
	sample/busybox:1 sh -c 'while :; do wget -qO- http://web:8080/ >/dev/null 2>&1; sleep 1; done'
sample sick --restart unless-stopped --network $net --health-cmd 'echo "connection refused"; exit 1' \
	--health-interval 10s --health-retries 2 sample/busybox:1 sleep 1000000
sample nightly --network $net sample/busybox:1 sh -c 'echo backup done'
sample broken --network $net sample/busybox:1 sh -c 'echo "no configuration file" >&2; exit 3'
wait $pid
