/* arena: memory of one request or one tick, freed at once. Small allocations share blocks. */
#ifndef DOCKMON_BASE_ARENA_H
#define DOCKMON_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *head; /* owned */
	size_t used_bytes;        /* handed out since the last reset */
};

#define ARENA_INIT      \
	{               \
		NULL, 0 \
	}
#define AUTO_ARENA __attribute__((cleanup(arena_release))) struct arena

/* Zeroed, aligned for any type; never NULL (die on out of memory). Valid until reset or release. */
void *arena_alloc(struct arena *arena, size_t bytes);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t max_bytes);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An array that grows: *items and *capacity are updated; element `count` is then there. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_bytes);

void arena_reset(struct arena *arena);   /* keeps one block for the next use */
void arena_release(struct arena *arena); /* frees all; usable again */

#endif
