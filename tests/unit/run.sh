#!/bin/sh
# run.sh DIR: runs every unit test program there; each prints cmocka's TAP. Ends with the sum.
# Output of a failing program is shown whole. None may take longer than three minutes.
set -u
passed=0 failed=0
for program in "$1"/test_*; do
	case $program in *.o | *.d) continue ;; esac
	[ -x "$program" ] || continue
	log=$(mktemp)
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 180 "$program" >"$log" 2>&1
	status=$?
	ok=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^not ok ' "$log")
	# a program that dies, or says nothing, has failed
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	[ "$ok" -gt 0 ] || [ "$bad" -gt 0 ] || bad=1
	printf '%-34s %4d passed, %d failed\n' "$(basename "$program")" "$ok" "$bad"
	[ "$bad" -eq 0 ] || cat "$log"
	rm -f "$log"
	passed=$((passed + ok)) failed=$((failed + bad))
done
echo "unit: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
