#include "collector/host/tracked.h"

#include <assert.h>

#include "lib/base/die.h"

#define FIRST_SIZE 64

/* An id is random already: its first digits are a hash. */
static size_t bucket_of(const struct tracked_table *table, const char *id)
{
	size_t hash = 0;

	for (int i = 0; i < 12; i++)
		hash = hash * 31 + (unsigned char)id[i];
	return hash & (table->size - 1);
}

static void grow(struct tracked_table *table)
{
	struct tracked_table wider = { .size = table->size ? table->size * 2 : FIRST_SIZE };

	wider.buckets = xcalloc(wider.size, sizeof(*wider.buckets));
	for (size_t i = 0; i < table->size; i++) {
		while (table->buckets[i]) {
			struct tracked *t = table->buckets[i];
			size_t bucket = bucket_of(&wider, t->id);

			table->buckets[i] = t->next_in_bucket;
			t->next_in_bucket = wider.buckets[bucket];
			wider.buckets[bucket] = t;
		}
	}
	wider.count = table->count;
	free(table->buckets);
	*table = wider;
}

static void free_tracked(struct tracked *t)
{
	free(t->name);
	free(t);
}

void tracked_table_release(struct tracked_table *table)
{
	for (size_t i = 0; i < table->size; i++) {
		while (table->buckets[i]) {
			struct tracked *t = table->buckets[i];

			table->buckets[i] = t->next_in_bucket;
			free_tracked(t);
		}
	}
	free(table->buckets);
	*table = (struct tracked_table){ 0 };
}

struct tracked *tracked_find(const struct tracked_table *table, const char *id)
{
	struct tracked *t;

	if (!table->count)
		return NULL;
	t = table->buckets[bucket_of(table, id)];
	while (t && strcmp(t->id, id))
		t = t->next_in_bucket;
	return t;
}

struct tracked *tracked_add(struct tracked_table *table, struct watched *host, const char *id)
{
	struct tracked *t = xcalloc(1, sizeof(*t));
	size_t bucket;

	assert(engine_id_valid(id));
	if (table->count >= table->size)
		grow(table);
	bucket = bucket_of(table, id);
	t->host = host;
	memcpy(t->id, id, ENGINE_ID_BYTES);
	t->told_health = HEALTH_NONE;
	t->next_in_bucket = table->buckets[bucket];
	table->buckets[bucket] = t;
	table->count++;
	return t;
}

void tracked_remove(struct tracked_table *table, struct tracked **tracked)
{
	struct tracked *t = *tracked;
	struct tracked **link = &table->buckets[bucket_of(table, t->id)];

	while (*link != t)
		link = &(*link)->next_in_bucket;
	*link = t->next_in_bucket;
	table->count--;
	*tracked = NULL;
	free_tracked(t);
}

void tracked_each(struct tracked_table *table, tracked_fn *each, void *arg)
{
	for (size_t i = 0; i < table->size; i++) {
		struct tracked *t = table->buckets[i];

		while (t) {
			struct tracked *next = t->next_in_bucket;

			each(t, arg);
			t = next;
		}
	}
}
