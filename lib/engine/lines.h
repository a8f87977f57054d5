/* lines: splits an endless stream of bytes into lines with a greatest length. */
#ifndef DOCKMON_ENGINE_LINES_H
#define DOCKMON_ENGINE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/sb.h"

/* A line without its end (LF or CR LF), NUL-terminated, borrowed for the call. Never empty. */
typedef void line_fn(const char *line, size_t len, void *arg);

struct lines {
	struct sb rest;   /* the beginning of a line whose end has not come */
	size_t max_bytes; /* of one line */
	bool skipping;    /* within a line that is too long */
	int64_t dropped;  /* lines that were too long, since lines_init */
};

void lines_init(struct lines *lines, size_t max_bytes);
void lines_release(struct lines *lines);
/* Forgets the unfinished line (a new connection begins). */
void lines_reset(struct lines *lines);

/* Calls `line` for each line that ends within these bytes. Longer ones than max_bytes are left out
 * and counted. `line` must not feed or release `lines`. */
void lines_feed(struct lines *lines, const char *bytes, size_t len, line_fn *line, void *arg);

#endif
