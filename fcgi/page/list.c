#include "fcgi/page/list.h"

#include "fcgi/fill.h"
#include "lib/base/query.h"

void list_order_read(
    struct call *call, const struct sort_column *columns, size_t count, struct list_order *order_r)
{
	const char *sort = query_get(&call->request.query, "sort", ""),
	           *dir = query_get(&call->request.query, "dir", "");
	const struct sort_column *column = &columns[0];
	bool known = false;

	for (size_t i = 0; i < count && !known; i++) {
		known = !strcmp(columns[i].key, sort);
		column = known ? &columns[i] : column;
	}
	order_r->column = column;
	order_r->descending = !strcmp(dir, "desc") || (strcmp(dir, "asc") != 0 && column->down);
}

static void merge(char *to, const char *a, size_t a_count, const char *b, size_t b_count, size_t bytes,
    const struct list_order *order)
{
	while (a_count || b_count) {
		bool take_a = !b_count;

		if (a_count && b_count) {
			int compared = order->column->compare(a, b);

			take_a = order->descending ? compared >= 0 : compared <= 0;
		}
		memcpy(to, take_a ? a : b, bytes);
		to += bytes;
		if (take_a) {
			a += bytes;
			a_count--;
		} else {
			b += bytes;
			b_count--;
		}
	}
}

/* A merge sort: qsort gives no stability, and equal rows must not change places between two looks. */
static void sort_part(char *items, char *spare, size_t count, size_t bytes, const struct list_order *order)
{
	size_t half = count / 2;

	if (count < 2)
		return;
	sort_part(items, spare, half, bytes, order);
	sort_part(items + half * bytes, spare, count - half, bytes, order);
	merge(spare, items, half, items + half * bytes, count - half, bytes, order);
	memcpy(items, spare, count * bytes);
}

void list_sort(
    struct call *call, void *items, size_t count, size_t item_bytes, const struct list_order *order)
{
	if (count > 1)
		sort_part(items, arena_alloc(&call->arena, count * item_bytes), count, item_bytes, order);
}

void list_add_order(struct url *url, const struct sort_column *columns, const struct list_order *order)
{
	if (order->column == &columns[0] && !order->descending)
		return;
	url_add(url, "sort", order->column->key);
	if (order->descending != order->column->down)
		url_add(url, "dir", order->descending ? "desc" : "asc");
}

void list_fill_sort(struct call *call, HDF *hdf, const struct sort_column *columns, size_t count,
    const struct list_order *order, list_url_fn begin)
{
	HDF *sort = fill_node(hdf, "Sort");
	const char *per = query_get(&call->request.query, "per", "");

	for (size_t i = 0; i < count; i++) {
		bool now = order->column == &columns[i];
		struct list_order next = { &columns[i], now ? !order->descending : columns[i].down };
		HDF *at = fill_node(sort, columns[i].name);
		struct url url;

		begin(&url, call);
		list_add_order(&url, columns, &next);
		url_add(&url, "per", !strcmp(per, "all") ? "all" : NULL);
		fill_echo(at, "Url", url_end(&url, call));
		fill_echo(at, "Aria", !now ? "none" : order->descending ? "descending" : "ascending");
	}
}

void list_page_read(struct call *call, size_t rows, struct list_page *page_r)
{
	struct list_page page = { .last = rows ? (rows - 1) / LIST_PAGE_ROWS + 1 : 1 };

	page.all = !strcmp(query_get(&call->request.query, "per", ""), "all");
	page.number = page.all ? 1 : (size_t)query_int(&call->request.query, "page", 1, 1000000, 1);
	if (page.number > page.last)
		page.number = page.last;
	page.first = (page.number - 1) * LIST_PAGE_ROWS;
	page.count = page.all || rows - page.first < LIST_PAGE_ROWS ? rows - page.first : LIST_PAGE_ROWS;
	*page_r = page;
}

void list_fill_pager(struct call *call, HDF *hdf, size_t rows, const struct list_page *page,
    const struct sort_column *columns, const struct list_order *order, list_url_fn begin)
{
	const struct {
		const char *name;
		size_t number;
		bool there;
	} links[] = {
		{ "FirstUrl", 1, page->number > 2 },
		{ "PrevUrl", page->number - 1, page->number > 1 },
		{ "NextUrl", page->number + 1, page->number < page->last },
		{ "LastUrl", page->last, page->number + 1 < page->last },
		{ "AllUrl", 0, true },
	};
	char from[40], to[40], of[40];
	HDF *at;

	if (page->last < 2 || page->all)
		return;
	at = fill_node(hdf, "Pager");
	text_count((int64_t)page->first + 1, from, sizeof(from));
	text_count((int64_t)(page->first + page->count), to, sizeof(to));
	text_count((int64_t)rows, of, sizeof(of));
	fill_echo(at, "Text", arena_printf(&call->arena, "%s–%s of %s", from, to, of));
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		struct url url;

		if (!links[i].there)
			continue;
		begin(&url, call);
		list_add_order(&url, columns, order);
		if (links[i].number > 1)
			url_add_int(&url, "page", (int64_t)links[i].number);
		url_add(&url, "per", links[i].number ? NULL : "all");
		fill_echo(at, links[i].name, url_end(&url, call));
	}
}
