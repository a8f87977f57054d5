#include "collector/live/chunk.h"

#include "lib/base/die.h"

struct chunk *chunk_make(const struct sb *sb)
{
	struct chunk *chunk;

	if (sb_failed(sb) || !sb->len)
		return NULL;
	chunk = xcalloc(1, sizeof(*chunk) + sb->len);
	chunk->refs = 1;
	chunk->len = sb->len;
	memcpy(chunk->bytes, sb->data, sb->len);
	return chunk;
}

struct chunk *chunk_ref(struct chunk *chunk)
{
	chunk->refs++;
	return chunk;
}

void chunk_drop(struct chunk **chunk)
{
	struct chunk *c = *chunk;

	*chunk = NULL;
	if (c && --c->refs == 0)
		free(c);
}
