/* query: application/x-www-form-urlencoded text (query strings, form bodies), decoded with
 * bounds. Names may repeat; order is kept. */
#ifndef DOCKMON_BASE_QUERY_H
#define DOCKMON_BASE_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define QUERY_FIELDS_MAX 256
#define QUERY_BYTES_MAX (64 * 1024)

struct query {
	char *text; /* owned: the decoded bytes */
	size_t count;
	struct {
		const char *name;  /* borrowed from text */
		const char *value; /* borrowed from text */
	} * fields;                /* owned */
};

#define QUERY_INIT            \
	{                     \
		NULL, 0, NULL \
	}

/* -E2BIG: more than QUERY_BYTES_MAX bytes or QUERY_FIELDS_MAX fields. -EINVAL: a broken
 * %-escape, an encoded NUL, or bytes that are not UTF-8. On failure *query_r is empty. */
int query_parse(const char *text, size_t len, struct query *query_r, struct err *err_r);
void query_release(struct query *query);

/* The first value of that name, or `otherwise`. Borrowed from the query. */
const char *query_get(const struct query *query, const char *name, const char *otherwise);
/* A whole decimal number from min to max; `otherwise` when absent or anything else. */
int64_t query_int(const struct query *query, const char *name, int64_t min, int64_t max, int64_t otherwise);

/* Decodes one path segment or value in place of `len` bytes ("+" stays unless plus_is_space).
 * out_r takes len + 1 bytes. -EINVAL as above. */
int query_decode(const char *text, size_t len, int plus_is_space, char *out_r);

/* Whole decimal number, no sign but '-', no spaces: -EINVAL or -ERANGE. */
int parse_int(const char *text, int64_t min, int64_t max, int64_t *value_r);

#endif
