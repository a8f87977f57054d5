#include "collector/live/rows.h"

#include "lib/base/die.h"

void rows_init(struct rows *rows, size_t max)
{
	*rows = (struct rows){ .max = max };
}

static void row_free(struct row *row)
{
	free(row->name);
	free(row->host_name);
	free(row);
}

void rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		row_free(rows->items[i]);
	free(rows->items);
	rows_init(rows, rows->max);
}

/* Where the id is or would be. */
static size_t place(const struct rows *rows, int64_t id)
{
	size_t low = 0, high = rows->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows->items[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct row *rows_find(const struct rows *rows, int64_t id)
{
	size_t at = place(rows, id);

	return at < rows->count && rows->items[at]->id == id ? rows->items[at] : NULL;
}

struct row *rows_take(struct rows *rows, int64_t id)
{
	size_t at = place(rows, id);
	struct row *row;

	if (at < rows->count && rows->items[at]->id == id)
		return rows->items[at];
	if (rows->count >= rows->max)
		return NULL;
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity ? rows->capacity * 2 : 64;
		rows->items = xreallocarray(rows->items, rows->capacity, sizeof(*rows->items));
	}
	row = xcalloc(1, sizeof(*row));
	row->id = id;
	row->cpu_percent = row->memory_bytes = -1;
	figures_init(&row->figures);
	memmove(rows->items + at + 1, rows->items + at, (rows->count - at) * sizeof(*rows->items));
	rows->items[at] = row;
	rows->count++;
	return row;
}

void rows_drop(struct rows *rows, int64_t id)
{
	size_t at = place(rows, id);

	if (at == rows->count || rows->items[at]->id != id)
		return;
	row_free(rows->items[at]);
	rows->count--;
	memmove(rows->items + at, rows->items + at + 1, (rows->count - at) * sizeof(*rows->items));
}

void rows_sweep(struct rows *rows, int64_t before_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = rows->items[i];

		if (row->gone_ms && row->gone_ms < before_ms)
			row_free(row);
		else
			rows->items[kept++] = row;
	}
	rows->count = kept;
}
