#include "lib/base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

#define NS_PER_S 1000000000LL

static int64_t read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static void utc_parts(int64_t unix_ms, struct tm *tm_r)
{
	time_t seconds = (time_t)floor_div(unix_ms, 1000);

	if (!gmtime_r(&seconds, tm_r))
		*tm_r = (struct tm){ .tm_mday = 1, .tm_year = 70 };
}

void clock_iso(int64_t unix_ms, char out_r[CLOCK_ISO_BYTES])
{
	struct tm tm;
	char day[24];

	utc_parts(unix_ms, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out_r, CLOCK_ISO_BYTES, "%s.%03dZ", day, (int)(unix_ms - floor_div(unix_ms, 1000) * 1000));
}

void clock_iso_seconds(int64_t unix_ms, char out_r[CLOCK_ISO_BYTES])
{
	struct tm tm;

	utc_parts(unix_ms, &tm);
	strftime(out_r, CLOCK_ISO_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void clock_local(int64_t unix_ms, char out_r[CLOCK_LOCAL_BYTES])
{
	time_t seconds = (time_t)floor_div(unix_ms, 1000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(out_r, CLOCK_LOCAL_BYTES, "%Y-%m-%d %H:%M:%S %Z", &tm))
		out_r[0] = '\0';
}

/* Reads exactly `digits` digits; -1 if they are not there. */
static int take_digits(const char **p, int digits)
{
	int value = 0;

	while (digits--) {
		if (!isdigit((unsigned char)**p))
			return -1;
		value = value * 10 + *(*p)++ - '0';
	}
	return value;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool take_date(const char **p, struct tm *tm_r)
{
	int year = take_digits(p, 4), month, day;

	if (year < 0 || !take_char(p, '-'))
		return false;
	month = take_digits(p, 2);
	if (month < 1 || month > 12 || !take_char(p, '-'))
		return false;
	day = take_digits(p, 2);
	if (day < 1 || day > 31)
		return false;
	tm_r->tm_year = year - 1900;
	tm_r->tm_mon = month - 1;
	tm_r->tm_mday = day;
	return true;
}

/* HH:MM, then :SS unless `short_ok` and it is missing. */
static bool take_time(const char **p, bool short_ok, struct tm *tm_r)
{
	int hour = take_digits(p, 2), minute, second = 0;

	if (hour < 0 || hour > 23 || !take_char(p, ':'))
		return false;
	minute = take_digits(p, 2);
	if (minute < 0 || minute > 59)
		return false;
	if (**p == ':' || !short_ok) {
		if (!take_char(p, ':'))
			return false;
		second = take_digits(p, 2);
		if (second < 0 || second > 60)
			return false;
	}
	tm_r->tm_hour = hour;
	tm_r->tm_min = minute;
	tm_r->tm_sec = second;
	return true;
}

static int64_t take_fraction_ns(const char **p)
{
	int64_t ns = 0;
	int digits = 0;

	if (!take_char(p, '.'))
		return 0;
	for (; isdigit((unsigned char)**p) && digits < 9; digits++)
		ns = ns * 10 + *(*p)++ - '0';
	while (isdigit((unsigned char)**p))
		(*p)++;
	for (; digits < 9; digits++)
		ns *= 10;
	return ns;
}

static bool take_offset_s(const char **p, int *offset_s_r)
{
	int sign = **p == '-' ? -1 : 1, hours, minutes;

	if (take_char(p, 'Z')) {
		*offset_s_r = 0;
		return true;
	}
	if (!take_char(p, '+') && !take_char(p, '-'))
		return false;
	hours = take_digits(p, 2);
	if (hours < 0 || hours > 14 || !take_char(p, ':'))
		return false;
	minutes = take_digits(p, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*offset_s_r = sign * (hours * 3600 + minutes * 60);
	return true;
}

int clock_parse_iso(const char *text, int64_t *unix_ns_r)
{
	struct tm tm = { 0 };
	const char *p = text;
	int64_t fraction_ns;
	int offset_s;

	if (!*text) {
		*unix_ns_r = 0;
		return 0;
	}
	if (!take_date(&p, &tm) || (*p != 'T' && *p != 't') || (p++, !take_time(&p, false, &tm)))
		return -EINVAL;
	fraction_ns = take_fraction_ns(&p);
	if (!take_offset_s(&p, &offset_s) || *p)
		return -EINVAL;
	/* int64 nanoseconds reach from 1678 to 2262 */
	if (tm.tm_year < 1970 - 1900 || tm.tm_year > 2261 - 1900)
		*unix_ns_r = 0;
	else
		*unix_ns_r = ((int64_t)timegm(&tm) - offset_s) * NS_PER_S + fraction_ns;
	return 0;
}

int clock_parse_local(const char *text, int64_t *unix_ms_r)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *p = text;
	int64_t ns;
	time_t seconds;

	if (*text && !clock_parse_iso(text, &ns)) {
		*unix_ms_r = ns / 1000000;
		return 0;
	}
	if (!take_date(&p, &tm))
		return -EINVAL;
	if (*p && ((*p != 'T' && *p != ' ') || (p++, !take_time(&p, true, &tm)) || *p))
		return -EINVAL;
	if (tm.tm_year < 70 || tm.tm_year > 2261 - 1900)
		return -EINVAL;
	seconds = mktime(&tm);
	*unix_ms_r = (int64_t)seconds * 1000;
	return 0;
}
