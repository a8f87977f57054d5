#include "fcgi/fill.h"

#include <inttypes.h>

#include "fcgi/render.h"
#include "lib/base/clock.h"
#include "lib/base/fmt.h"

#define POINTS_BYTES_MAX 2048

HDF *fill_node(HDF *at, const char *name)
{
	HDF *node = NULL;

	neo_check(hdf_get_node(at, name, &node));
	return node;
}

HDF *fill_item(HDF *list, size_t index)
{
	char name[24];

	snprintf(name, sizeof(name), "%zu", index);
	return fill_node(list, name);
}

void fill_echo(HDF *at, const char *name, const char *text)
{
	neo_check(hdf_set_value(at, name, text));
}

void fill_text(HDF *at, const char *name, const char *text)
{
	if (text && *text)
		fill_echo(at, name, text);
}

void fill_flag(HDF *at, const char *name, bool on)
{
	if (on)
		fill_echo(at, name, "1");
}

void fill_int(HDF *at, const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	fill_echo(at, name, text);
}

void text_count(int64_t count, char *out_r, size_t bytes)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, count), out = 0;

	for (size_t i = 0; i < len && out + 2 < bytes; i++) {
		if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
			out_r[out++] = ',';
		out_r[out++] = digits[i];
	}
	out_r[out] = '\0';
}

void fill_count(HDF *at, const char *name, int64_t count)
{
	char text[40];

	text_count(count, text, sizeof(text));
	fill_echo(at, name, text);
}

void fill_value(HDF *at, const char *name, const char *text)
{
	char number[FMT_BYTES], unit[FMT_BYTES];
	HDF *node;

	if (!*text)
		return;
	fmt_split(text, number, unit);
	node = fill_node(at, name);
	fill_echo(node, "Num", number);
	fill_text(node, "Unit", unit);
}

void fill_bytes(HDF *at, const char *name, double bytes)
{
	char text[FMT_BYTES];

	fmt_bytes(bytes, text);
	fill_value(at, name, text);
}

void fill_rate(HDF *at, const char *name, double bytes_per_s)
{
	char text[FMT_BYTES];

	fmt_rate(bytes_per_s, text);
	fill_value(at, name, text);
}

void fill_percent(HDF *at, const char *name, double percent)
{
	char text[FMT_BYTES];

	fmt_percent(percent, text);
	fill_value(at, name, text);
}

void text_local(int64_t ms, const char *format, char *out_r, size_t bytes)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	out_r[0] = '\0';
	if (!localtime_r(&seconds, &tm))
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (!strftime(out_r, bytes, format, &tm))
		out_r[0] = '\0';
#pragma GCC diagnostic pop
}

void text_full_time(int64_t ms, char out_r[FULL_TIME_BYTES])
{
	text_local(ms, "%a %e %b %Y, %H:%M:%S %Z", out_r, FULL_TIME_BYTES);
}

void fill_time(HDF *at, const char *name, int64_t ms, const char *text)
{
	char iso[CLOCK_ISO_BYTES], full[FULL_TIME_BYTES];
	HDF *node;

	if (!ms)
		return;
	clock_iso_seconds(ms, iso);
	text_full_time(ms, full);
	node = fill_node(at, name);
	fill_echo(node, "Text", text);
	fill_echo(node, "Iso", iso);
	fill_echo(node, "Title", full);
}

void fill_ago(HDF *at, const char *name, int64_t ms, int64_t now_ms)
{
	char text[FMT_BYTES];

	fmt_ago(ms, now_ms, text);
	fill_time(at, name, ms, text);
}

void fill_duration(HDF *at, const char *name, int64_t ms, int64_t now_ms)
{
	char text[FMT_BYTES];

	fmt_duration(now_ms - ms, text);
	fill_time(at, name, ms, text);
}

void fill_spark(HDF *at, const char *name, const struct spark *spark, double top, const char *label)
{
	AUTO_SB points = SB_INIT(POINTS_BYTES_MAX);
	HDF *node;

	spark_points(spark, top, &points);
	if (!points.len)
		return;
	node = fill_node(at, name);
	fill_echo(node, "Points", points.data);
	fill_text(node, "Label", label);
}

void fill_state(HDF *at, const char *name, const struct state_words *state)
{
	HDF *node = fill_node(at, name);

	fill_echo(node, "Class", state->key);
	fill_echo(node, "Word", state->word);
	fill_text(node, "Detail", state->detail);
	fill_text(node, "Title", state->title);
}

void fill_ref(HDF *at, const char *name, int64_t id, const char *text)
{
	HDF *node = fill_node(at, name);

	fill_int(node, "Id", id);
	fill_echo(node, "Name", text);
}

void fill_link(HDF *at, const char *name, const char *url, const char *text)
{
	HDF *node = fill_node(at, name);

	fill_text(node, "Url", url);
	fill_echo(node, "Text", text);
}

void fill_field(HDF *at, const char *name, const char *value, const char *error)
{
	HDF *node = fill_node(at, name);

	fill_text(node, "Value", value);
	fill_text(node, "Error", error);
}

void fill_pair(HDF *list, size_t *index, const char *label, const char *text)
{
	HDF *node;

	if (!text || !*text)
		return;
	node = fill_item(list, (*index)++);
	fill_echo(node, "Label", label);
	fill_echo(node, "Text", text);
}

void fill_option(HDF *select, size_t *index, const char *value, const char *text, bool selected)
{
	HDF *node = fill_item(fill_node(select, "Options"), (*index)++);

	fill_echo(node, "Value", value);
	fill_echo(node, "Text", text);
	fill_flag(node, "Selected", selected);
}
