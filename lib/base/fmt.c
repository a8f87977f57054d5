#include "lib/base/fmt.h"

#include <math.h>
#include <stdbool.h>

#include "lib/base/die.h"

static bool is_known(double value)
{
	return isfinite(value) && value >= 0;
}

/* Three significant digits without exponent: 1.42, 14.2, 142, 1420. */
static int digits_of(double value)
{
	if (value < 9.995)
		return 2;
	return value < 99.95 ? 1 : 0;
}

static void scaled(double value, const char *suffix, char out_r[FMT_BYTES])
{
	static const char *const prefix[] = { "", "k", "M", "G", "T", "P", "E" };
	size_t step = 0;

	while (value >= 999.5 && step + 1 < ARRAY_LEN(prefix)) {
		value /= 1000;
		step++;
	}
	snprintf(out_r, FMT_BYTES, "%.*f %s%s", step ? digits_of(value) : 0, value, prefix[step], suffix);
}

void fmt_bytes(double bytes, char out_r[FMT_BYTES])
{
	out_r[0] = '\0';
	if (is_known(bytes))
		scaled(bytes, "B", out_r);
}

void fmt_rate(double bytes_per_s, char out_r[FMT_BYTES])
{
	out_r[0] = '\0';
	if (is_known(bytes_per_s))
		scaled(bytes_per_s, "B/s", out_r);
}

void fmt_percent(double percent, char out_r[FMT_BYTES])
{
	out_r[0] = '\0';
	if (is_known(percent))
		snprintf(out_r, FMT_BYTES, "%.*f %%", percent < 99.95 ? 1 : 0, percent);
}

void fmt_number(double value, char out_r[FMT_BYTES])
{
	out_r[0] = '\0';
	if (is_known(value))
		snprintf(out_r, FMT_BYTES, "%.*f", digits_of(value), value);
}

void fmt_count(int64_t count, char out_r[FMT_BYTES])
{
	char digits[FMT_BYTES];
	size_t len, out = 0;

	out_r[0] = '\0';
	if (count < 0)
		return;
	len = (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)count);
	for (size_t i = 0; i < len; i++) {
		if (len > 4 && i && (len - i) % 3 == 0)
			out_r[out++] = ' ';
		out_r[out++] = digits[i];
	}
	out_r[out] = '\0';
}

void fmt_duration(int64_t ms, char out_r[FMT_BYTES])
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} steps[] = {
		{ 365 * 86400LL, "y" },
		{ 86400, "d" },
		{ 3600, "h" },
		{ 60, "min" },
		{ 1, "s" },
	};
	int64_t seconds = ms > 0 ? ms / 1000 : 0;

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (seconds < steps[i].seconds && i + 1 < ARRAY_LEN(steps))
			continue;
		snprintf(out_r, FMT_BYTES, "%lld %s", (long long)(seconds / steps[i].seconds), steps[i].unit);
		return;
	}
}

void fmt_ago(int64_t then_ms, int64_t now_ms, char out_r[FMT_BYTES])
{
	char span[FMT_BYTES - 8];
	int64_t past_ms = now_ms - then_ms;

	out_r[0] = '\0';
	if (!then_ms)
		return;
	if (past_ms > -2000 && past_ms < 2000) {
		snprintf(out_r, FMT_BYTES, "just now");
		return;
	}
	fmt_duration(past_ms < 0 ? -past_ms : past_ms, out_r);
	snprintf(span, sizeof(span), "%s", out_r);
	snprintf(out_r, FMT_BYTES, past_ms < 0 ? "in %s" : "%s ago", span);
}

void fmt_split(const char *text, char number_r[FMT_BYTES], char unit_r[FMT_BYTES])
{
	const char *space = strrchr(text, ' ');
	size_t len = space ? (size_t)(space - text) : strlen(text);

	snprintf(number_r, FMT_BYTES, "%.*s", (int)len, text);
	snprintf(unit_r, FMT_BYTES, "%s", space ? space + 1 : "");
}
