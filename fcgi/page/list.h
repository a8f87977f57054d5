/* list: what pages with a sorted, filtered list share: sort headers, page numbers. */
#ifndef DOCKMON_FCGI_PAGE_LIST_H
#define DOCKMON_FCGI_PAGE_LIST_H

#include <ClearSilver.h>
#include <stdbool.h>
#include <stddef.h>

#include "fcgi/call.h"
#include "fcgi/url.h"

#define LIST_PAGE_ROWS 100

struct sort_column {
	const char *key;                              /* sort=… */
	const char *name;                             /* member of Sort in the HDF */
	bool down;                                    /* the first click sorts descending (numbers) */
	int (*compare)(const void *a, const void *b); /* ascending, of the page's rows */
};

struct list_order {
	const struct sort_column *column;
	bool descending;
};

/* From sort= and dir=; the first column ascending when they say nothing known. */
void list_order_read(
    struct call *call, const struct sort_column *columns, size_t count, struct list_order *order_r);
/* Stable. */
void list_sort(
    struct call *call, void *items, size_t count, size_t item_bytes, const struct list_order *order);

/* Begins a URL of the page with its filters, without sort and page number. */
typedef void (*list_url_fn)(struct url *url, struct call *call);

void list_fill_sort(struct call *call, HDF *hdf, const struct sort_column *columns, size_t count,
    const struct list_order *order, list_url_fn begin);
/* sort and dir as far as they are not the default. */
void list_add_order(struct url *url, const struct sort_column *columns, const struct list_order *order);

struct list_page {
	size_t first, count; /* rows shown */
	size_t number, last; /* pages, from 1 */
	bool all;            /* per=all */
};

/* From page= and per=; a page past the end is the last one. */
void list_page_read(struct call *call, size_t rows, struct list_page *page_r);
/* The Pager of it; nothing when all rows fit. */
void list_fill_pager(struct call *call, HDF *hdf, size_t rows, const struct list_page *page,
    const struct sort_column *columns, const struct list_order *order, list_url_fn begin);

#endif
