/* rows: the containers and hosts that the hub knows, by row number, with their figures. */
#ifndef DOCKMON_COLLECTOR_ROWS_H
#define DOCKMON_COLLECTOR_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/live/figures.h"

#define ROWS_SORTS 2             /* /live by CPU and by memory */
#define ROWS_GONE_MS (5 * 60000) /* a row that left is remembered longer than any /live document lasts */

struct row {
	int64_t id;
	int64_t host_id; /* of a container */
	char *name;      /* owned; of a container */
	char *host_name; /* owned; of a container */
	bool running;    /* of a container */
	int64_t gone_ms; /* monotonic; 0: it is there */
	struct figures figures;
	double cpu_percent, memory_bytes; /* for the order on /live; negative = unknown */
	struct {
		bool wanted;       /* to be shown from now on */
		bool shown;        /* in the documents now */
		uint64_t left_seq; /* the flush at which it was last taken out; 0: never */
	} page[ROWS_SORTS];
};

struct rows {
	struct row **items; /* owned; ascending by id */
	size_t count, capacity, max;
};

void rows_init(struct rows *rows, size_t max);
void rows_release(struct rows *rows);
/* NULL if absent. A row that has left is found too (gone_ms). */
struct row *rows_find(const struct rows *rows, int64_t id);
/* The row, new and empty if it was absent. NULL: `max` rows are there already. */
struct row *rows_take(struct rows *rows, int64_t id);
void rows_drop(struct rows *rows, int64_t id);
/* Forgets the rows that left before `before_ms`. */
void rows_sweep(struct rows *rows, int64_t before_ms);

#endif
