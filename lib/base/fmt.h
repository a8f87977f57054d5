/* fmt: numbers as people read them: three significant digits, a unit, never NaN. Every text is
 * "number unit" with one space, or "" for a value that is not known (negative, NaN, infinite).
 * Pages and live messages use the same functions, so that a value never changes its look. */
#ifndef DOCKMON_BASE_FMT_H
#define DOCKMON_BASE_FMT_H

#include <stddef.h>
#include <stdint.h>

#define FMT_BYTES 32

/* Decimal units as `docker stats` and disks use: "412 MB", "1.42 GB", "0 B". */
void fmt_bytes(double bytes, char out_r[FMT_BYTES]);
/* "1.2 MB/s"; under half a byte per second "0 B/s". */
void fmt_rate(double bytes_per_s, char out_r[FMT_BYTES]);
/* "3.1 %", "0.04 %" becomes "0.0 %"; from 100 on without a fraction. */
void fmt_percent(double percent, char out_r[FMT_BYTES]);
/* "0.42", "12.3", "128": load averages and the like. */
void fmt_number(double value, char out_r[FMT_BYTES]);
/* With thin grouping from 10,000 on: "9876", "12 345". */
void fmt_count(int64_t count, char out_r[FMT_BYTES]);

/* The greatest unit that fits, rounded down: "0 s", "59 s", "4 min", "3 h", "41 d", "2 y". */
void fmt_duration(int64_t ms, char out_r[FMT_BYTES]);
/* "just now" (under 2 s), "4 min ago", "in 3 h"; "" for then_ms 0. */
void fmt_ago(int64_t then_ms, int64_t now_ms, char out_r[FMT_BYTES]);

/* Splits "3.1 %" at its last space: number and unit (unit "" if there is none). */
void fmt_split(const char *text, char number_r[FMT_BYTES], char unit_r[FMT_BYTES]);

#endif
