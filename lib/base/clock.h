/* clock: wall time is integer milliseconds UTC since 1970; intervals use the monotonic clock.
 * Time zones only at the edge: clock_local(). */
#ifndef DOCKMON_BASE_CLOCK_H
#define DOCKMON_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_ISO_BYTES 32   /* "2026-11-24T07:55:00.123Z" and the NUL */
#define CLOCK_LOCAL_BYTES 48 /* "2026-11-24 08:55:00 CET" */

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);

/* RFC 3339, UTC, milliseconds: "2026-11-24T07:55:00.123Z". */
void clock_iso(int64_t unix_ms, char out_r[CLOCK_ISO_BYTES]);
/* The same to the second, without a fraction, for <time datetime>. */
void clock_iso_seconds(int64_t unix_ms, char out_r[CLOCK_ISO_BYTES]);

/* Parses RFC 3339 with 0 to 9 fraction digits and Z or an offset, as engines write it
 * ("2026-11-24T07:55:00.123456789+01:00"). The year 1 ("0001-01-01T00:00:00Z", Go's zero time)
 * and "" give 0. -EINVAL for anything else. Nanoseconds UTC since 1970. */
int clock_parse_iso(const char *text, int64_t *unix_ns_r);

/* Local time of the zone in TZ: "2026-11-24 08:55:00 CET". */
void clock_local(int64_t unix_ms, char out_r[CLOCK_LOCAL_BYTES]);

/* Parses what <input type=datetime-local> sends ("2026-11-24T08:55" or with :SS) or a date, as
 * local time of TZ, or RFC 3339 as above. -EINVAL otherwise. */
int clock_parse_local(const char *text, int64_t *unix_ms_r);

#endif
