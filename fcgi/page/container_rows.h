/* container_rows: which containers the list shows, in which order. */
#ifndef DOCKMON_FCGI_PAGE_CONTAINER_ROWS_H
#define DOCKMON_FCGI_PAGE_CONTAINER_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "fcgi/overview.h"
#include "fcgi/page/list.h"
#include "lib/store/container.h"
#include "lib/store/now.h"

/* What a row is sorted by. c and now are there only when they were read for all rows. */
struct container_row {
	int64_t id;
	const char *name, *host_name;
	int rank;                        /* of the state, trouble first */
	const struct container *c;       /* NULL: the order needs no more than the above */
	const struct container_now *now; /* NULL: nothing current, or the order does not need it */
};

extern const struct sort_column container_columns[];
extern const size_t container_columns_count;

/* All that fit the filter, in order; borrowed from the arena. Orders by name, state and host without a
 * text or project are made from the overview alone, for this is what most requests are. -EIO, -EBUSY. */
int container_rows_read(struct call *call, const struct overview *o, const struct container_filter *filter,
    const struct list_order *order, struct container_row **rows_r, size_t *count_r);

#endif
