/* grant: what the web worker lets a browser do at the collector, carried through nginx in the
 * internal redirect. A query string with an end time, signed with a key that only the worker and
 * the collector can read, so that nobody else who reaches the collector's socket can make one. */
#ifndef DOCKMON_BASE_GRANT_H
#define DOCKMON_BASE_GRANT_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/query.h"
#include "lib/base/sb.h"

#define GRANT_KEY_BYTES 32
#define GRANT_LIFE_MS 30000 /* from the worker's answer to the collector's check */

struct grant_key {
	uint8_t bytes[GRANT_KEY_BYTES];
};

/* Reads DATA_DIR/grant.key. -ENOENT, -EACCES, -EINVAL (wrong length) with a text. */
int grant_key_read(const char *path, struct grant_key *key_r, struct err *err_r);

/* Appends "PARAMS&until=…&sig=…" to sb; params is an encoded query string without those two. */
void grant_sign(const struct grant_key *key, const char *params, int64_t now_ms, struct sb *sb);

/* Checks a signed query string and gives its fields. -EACCES: not signed by us, or past its end. */
int grant_open(
    const struct grant_key *key, const char *text, int64_t now_ms, struct query *query_r, struct err *err_r);

#endif
