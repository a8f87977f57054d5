#!/bin/sh
# run.sh DIR: runs each fuzz target for FUZZ_SECONDS (60), beginning with its corpus in the tree.
# New inputs are kept under build/fuzz/corpus; a crash leaves its input there and fails the run.
set -u
seconds=${FUZZ_SECONDS:-60}
passed=0 failed=0
for target in "$1"/fuzz_*; do
	case $target in *.o | *.d) continue ;; esac
	[ -x "$target" ] || continue
	name=$(basename "$target")
	seeds=tests/fuzz/corpus/${name#fuzz_}
	found=build/fuzz/corpus/${name#fuzz_}
	mkdir -p "$found"
	[ -d "$seeds" ] || seeds=
	dict=tests/fuzz/${name#fuzz_}.dict
	[ -f "$dict" ] && dict=-dict=$dict || dict=
	log=$(mktemp)
	# shellcheck disable=SC2086
	if "$target" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
		-artifact_prefix="$found/crash-" $dict "$found" $seeds >"$log" 2>&1; then
		passed=$((passed + 1))
		printf '%-24s ok, %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
	else
		failed=$((failed + 1))
		tail -n 40 "$log"
		printf '%-24s FAILED, input kept in %s\n' "$name" "$found"
	fi
	rm -f "$log"
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
