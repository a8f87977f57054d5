#!/bin/sh
# run.sh: `make test`. Unit tests and end-to-end tests of the normal build, then unit tests and the
# core of the end-to-end tests under ASan and UBSan. The last line is the sum: "N passed, M failed".
# Steps to run may be named: run.sh unit e2e san-unit san-e2e.
set -u
cd "$(dirname "$0")/.."
jobs=$(nproc)
passed=0 failed=0
steps=${*:-unit e2e san-unit san-e2e}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

add() {
	passed=$((passed + $1)) failed=$((failed + $2))
}
# the last "N passed" and "M failed" that a runner printed; a run without any is a failure
count() {
	status=$1
	p=$(grep -oE '[0-9]+ passed' "$log" | tail -n 1 | cut -d' ' -f1)
	f=$(grep -oE '[0-9]+ (failed|error)' "$log" | tail -n 2 | cut -d' ' -f1 | paste -sd+ | sed 's/^$/0/')
	f=$((${f:-0}))
	[ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ -n "$p" ] || [ "$f" -gt 0 ] || f=1
	add "${p:-0}" "$f"
}
title() {
	printf '\n==== %s\n' "$1"
}
build() {
	# shellcheck disable=SC2086
	if ! make --no-print-directory -s -j"$jobs" $1 build unit-build >"$log" 2>&1; then
		tail -n 40 "$log"
		echo "the build failed"
		add 0 1
		return 1
	fi
}
unit() {
	tests/unit/run.sh "$1/tests/unit" >"$log" 2>&1
	status=$?
	cat "$log"
	count $status
}
e2e() {
	# shellcheck disable=SC2086
	/usr/bin/python3 -m pytest -q -p no:cacheprovider --durations=10 $1 tests/e2e 2>&1 | tee "$log"
	status=0
	tail -n 1 "$log" | grep -q ' passed' || status=1
	count $status
}

for step in $steps; do
	case $step in
	unit)
		title "unit tests"
		build "" && unit build/opt
		;;
	e2e)
		title "end-to-end tests"
		build "" && e2e ""
		;;
	san-unit)
		title "unit tests under ASan and UBSan"
		build "SAN=1" && unit build/san
		;;
	san-e2e)
		title "core end-to-end tests under ASan and UBSan"
		build "SAN=1" && { SAN=1 && export SAN && e2e "-m core"; unset SAN; }
		;;
	*)
		echo "unknown step: $step" >&2
		exit 2
		;;
	esac
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
