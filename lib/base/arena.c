#include "lib/base/arena.h"

#include <stdarg.h>

#include "lib/base/die.h"

#define BLOCK_BYTES (16 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next; /* owned */
	size_t size, used;
	max_align_t data[];
};

static struct arena_block *block_create(size_t bytes)
{
	size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct arena_block *block = malloc(sizeof(*block) + size);

	if (!block)
		die("out of memory (arena, %zu bytes)", size);
	*block = (struct arena_block){ .size = size };
	return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	size_t need = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct arena_block *block = arena->head;
	void *p;

	if (!block || block->size - block->used < need) {
		block = block_create(need);
		block->next = arena->head;
		arena->head = block;
	}
	p = (char *)block->data + block->used;
	block->used += need;
	arena->used_bytes += need;
	return memset(p, 0, bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t max_bytes)
{
	size_t len = strnlen(text, max_bytes);
	char *copy = arena_alloc(arena, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		die("bad format: %s", format);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_bytes)
{
	size_t wider = *capacity ? *capacity * 2 : 16;
	void *copy;

	if (count < *capacity)
		return items;
	copy = arena_alloc(arena, wider * item_bytes);
	if (count)
		memcpy(copy, items, count * item_bytes);
	*capacity = wider;
	return copy;
}

static void free_after(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = arena->head;

	arena->used_bytes = 0;
	if (!keep)
		return;
	free_after(keep->next);
	keep->next = NULL;
	keep->used = 0;
	if (keep->size > BLOCK_BYTES) {
		free(keep);
		arena->head = NULL;
	}
}

void arena_release(struct arena *arena)
{
	free_after(arena->head);
	*arena = (struct arena)ARENA_INIT;
}
