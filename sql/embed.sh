#!/bin/sh
# Writes the migrations of sql/main and sql/metrics as a C file: one array per database, in order.
set -eu
cd "$(dirname "$0")/.."
echo '#include "lib/store/migrate.h"'
for db in main metrics; do
	echo "const struct migration migrations_${db}[] = {"
	n=0
	for file in sql/$db/[0-9][0-9][0-9]_*.sql; do
		n=$((n + 1))
		number=$(basename "$file" | cut -c1-3 | sed 's/^0*//')
		[ "$number" -eq "$n" ] || { echo "sql/embed.sh: $file: expected number $n" >&2; exit 1; }
		printf '\t{ %d, "%s",\n' "$n" "$(basename "$file" .sql)"
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/\t    "/' -e 's/$/\\n"/' "$file"
		printf '\t},\n'
	done
	echo "};"
	echo "const size_t migrations_${db}_count = sizeof(migrations_${db}) / sizeof(migrations_${db}[0]);"
done
