/* chunk: bytes that many streams send, kept once. Reference counted, never changed after making.
 * Loop thread only. */
#ifndef DOCKMON_COLLECTOR_CHUNK_H
#define DOCKMON_COLLECTOR_CHUNK_H

#include <stddef.h>

#include "lib/base/sb.h"

struct chunk {
	size_t refs;
	size_t len; /* > 0 */
	char bytes[];
};

/* A copy of the text with one reference, the caller's. NULL if sb is empty or has failed. */
struct chunk *chunk_make(const struct sb *sb);
/* One more reference; the same chunk. */
struct chunk *chunk_ref(struct chunk *chunk);
/* Gives the caller's reference back and sets it to NULL; the last one frees. NULL is allowed. */
void chunk_drop(struct chunk **chunk);

#endif
