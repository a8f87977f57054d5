#include "lib/engine/lines.h"

void lines_init(struct lines *lines, size_t max_bytes)
{
	*lines = (struct lines){ .max_bytes = max_bytes };
	sb_init(&lines->rest, max_bytes + 1); /* and a CR */
}

void lines_release(struct lines *lines)
{
	sb_release(&lines->rest);
}

void lines_reset(struct lines *lines)
{
	sb_reset(&lines->rest);
	lines->skipping = false;
}

static void end_line(struct lines *lines, line_fn *line, void *arg)
{
	struct sb *rest = &lines->rest;

	if (rest->len && rest->data[rest->len - 1] == '\r')
		sb_cut(rest, rest->len - 1);
	if (!lines->skipping && rest->len > lines->max_bytes)
		lines->dropped++;
	else if (!lines->skipping && rest->len)
		line(rest->data, rest->len, arg);
	lines_reset(lines);
}

void lines_feed(struct lines *lines, const char *bytes, size_t len, line_fn *line, void *arg)
{
	while (len) {
		const char *end = memchr(bytes, '\n', len);
		size_t part = end ? (size_t)(end - bytes) : len;

		if (!lines->skipping)
			sb_add_mem(&lines->rest, bytes, part);
		if (sb_failed(&lines->rest)) {
			sb_reset(&lines->rest);
			lines->skipping = true;
			lines->dropped++;
		}
		if (!end)
			return;
		end_line(lines, line, arg);
		bytes += part + 1;
		len -= part + 1;
	}
}
