#!/bin/sh
# lint.sh: every static check of the project, one line each. CC versions and rules as in CONTRIBUTING.md.
set -u
cd "$(dirname "$0")/../.."
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

check() {
	name=$1
	shift
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
		printf '%-28s ok\n' "$name"
	else
		failed=$((failed + 1))
		printf '%-28s FAILED\n' "$name"
		grep -vE '^(gcc|clang|make)' "$log" | head -n 40
	fi
}
sources() {
	git ls-files --cached --others --exclude-standard "$@"
}
warnings() {
	make --no-print-directory -j"$(nproc)" B="build/lint-$1" CC="$1" WERROR=-Werror objects
}
headers_alone() {
	bad=0
	for header in $(sources '*.h'); do
		gcc -std=gnu17 -Wall -Wextra -Werror -fsyntax-only -include lib/base/banned.h -I. \
			-isystem /usr/include/ClearSilver -x c -include "$header" /dev/null || bad=1
	done
	return $bad
}
formatted() {
	# shellcheck disable=SC2046
	clang-format --dry-run -Werror $(sources '*.c' '*.h')
}
cpp_check() {
	# shellcheck disable=SC2046
	cppcheck --quiet --error-exitcode=1 --std=c11 --language=c --inline-suppr --enable=warning,portability,performance \
		--suppressions-list=tests/lint/cppcheck.txt --library=tests/lint/cppcheck.cfg -I. -DDOCKMON_VERSION='"0"' -j "$(nproc)" \
		$(sources '*.c' | grep -v '^tests/')
}

check 'gcc warnings' warnings gcc
check 'clang warnings' warnings clang
check 'headers compile alone' headers_alone
check 'include directions' /usr/bin/python3 tests/lint/includes.py
check 'ClearSilver templates' /usr/bin/python3 tests/lint/templates.py
check 'function and file sizes' /usr/bin/python3 tests/lint/sizes.py
check 'clang-format' formatted
check 'cppcheck' cpp_check
echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
