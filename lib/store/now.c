#include "lib/store/now.h"

#include <errno.h>

#include "lib/store/sql.h"

static void read_container(sqlite3_stmt *q, struct container_now *now_r)
{
	*now_r = (struct container_now){
		.container_id = col_int(q, 0),
		.at_ms = col_int(q, 1),
		.cpu_percent = col_num(q, 2),
		.memory_bytes = col_num(q, 3),
		.memory_limit = col_num(q, 4),
		.rx_rate = col_num(q, 5),
		.tx_rate = col_num(q, 6),
		.read_rate = col_num(q, 7),
		.write_rate = col_num(q, 8),
		.pids = col_num(q, 9),
	};
	col_spark(q, 10, &now_r->cpu);
	col_spark(q, 11, &now_r->memory);
	col_spark(q, 12, &now_r->network);
}

static void read_host(sqlite3_stmt *q, struct arena *arena, struct host_now *now_r)
{
	*now_r = (struct host_now){
		.host_id = col_int(q, 0),
		.at_ms = col_int(q, 1),
		.summed = col_int(q, 2),
		.cpu_percent = col_num(q, 3),
		.memory_bytes = col_num(q, 4),
		.memory_total = col_num(q, 5),
		.load1 = col_num(q, 6),
		.load5 = col_num(q, 7),
		.load15 = col_num(q, 8),
		.uptime_s = col_num(q, 9),
		.rx_rate = col_num(q, 10),
		.tx_rate = col_num(q, 11),
		.disks_json = col_text(q, 12, arena),
		.networks_json = col_text(q, 13, arena),
	};
	col_spark(q, 14, &now_r->cpu);
	col_spark(q, 15, &now_r->memory);
	col_spark(q, 16, &now_r->network);
}

int container_now_list(struct store *store, struct arena *arena, struct container_now_list *list_r)
{
	struct container_now_list list = { 0 };
	size_t capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_NOW_CONTAINER_LIST);

	while ((result = stmt_step(q)) == 1) {
		list.items = arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		read_container(q, &list.items[list.count++]);
	}
	if (!result)
		*list_r = list;
	return result;
}

int container_now_get(struct store *store, int64_t container_id, struct container_now *now_r)
{
	AUTO_STMT q = stmt_use(store, STMT_NOW_CONTAINER_GET);
	int result;

	bind_int(q, 1, container_id);
	result = stmt_step(q);
	if (result == 1)
		read_container(q, now_r);
	return result == 1 ? 0 : result ? result : -ENOENT;
}

int host_now_list(struct store *store, struct arena *arena, struct host_now_list *list_r)
{
	struct host_now_list list = { 0 };
	size_t capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_NOW_HOST_LIST);

	while ((result = stmt_step(q)) == 1) {
		list.items = arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		read_host(q, arena, &list.items[list.count++]);
	}
	if (!result)
		*list_r = list;
	return result;
}

int host_now_get(struct store *store, int64_t host_id, struct arena *arena, struct host_now *now_r)
{
	AUTO_STMT q = stmt_use(store, STMT_NOW_HOST_GET);
	int result;

	bind_int(q, 1, host_id);
	result = stmt_step(q);
	if (result == 1)
		read_host(q, arena, now_r);
	return result == 1 ? 0 : result ? result : -ENOENT;
}

/* Both structs begin with their id. */
static int compare_id(const void *key, const void *item)
{
	int64_t a = *(const int64_t *)key, b = *(const int64_t *)item;

	return (a > b) - (a < b);
}

const struct container_now *container_now_find(const struct container_now_list *list, int64_t container_id)
{
	if (!list->count)
		return NULL;
	return bsearch(&container_id, list->items, list->count, sizeof(*list->items), compare_id);
}

const struct host_now *host_now_find(const struct host_now_list *list, int64_t host_id)
{
	if (!list->count)
		return NULL;
	return bsearch(&host_id, list->items, list->count, sizeof(*list->items), compare_id);
}

int container_now_put(struct store *store, const struct container_now *now)
{
	AUTO_STMT q = stmt_use(store, STMT_NOW_CONTAINER_PUT);

	bind_int(q, 1, now->container_id);
	bind_int(q, 2, now->at_ms);
	bind_num(q, 3, now->cpu_percent);
	bind_num(q, 4, now->memory_bytes);
	bind_num(q, 5, now->memory_limit);
	bind_num(q, 6, now->rx_rate);
	bind_num(q, 7, now->tx_rate);
	bind_num(q, 8, now->read_rate);
	bind_num(q, 9, now->write_rate);
	bind_num(q, 10, now->pids);
	bind_spark(q, 11, &now->cpu);
	bind_spark(q, 12, &now->memory);
	bind_spark(q, 13, &now->network);
	return stmt_run(q);
}

int container_now_drop(struct store *store, int64_t container_id)
{
	AUTO_STMT q = stmt_use(store, STMT_NOW_CONTAINER_DROP);

	bind_int(q, 1, container_id);
	return stmt_run(q);
}

int host_now_put(struct store *store, const struct host_now *now)
{
	AUTO_STMT q = stmt_use(store, STMT_NOW_HOST_PUT);

	bind_int(q, 1, now->host_id);
	bind_int(q, 2, now->at_ms);
	bind_int(q, 3, now->summed);
	bind_num(q, 4, now->cpu_percent);
	bind_num(q, 5, now->memory_bytes);
	bind_num(q, 6, now->memory_total);
	bind_num(q, 7, now->load1);
	bind_num(q, 8, now->load5);
	bind_num(q, 9, now->load15);
	bind_num(q, 10, now->uptime_s);
	bind_num(q, 11, now->rx_rate);
	bind_num(q, 12, now->tx_rate);
	bind_text(q, 13, now->disks_json ? now->disks_json : "[]");
	bind_text(q, 14, now->networks_json ? now->networks_json : "[]");
	bind_spark(q, 15, &now->cpu);
	bind_spark(q, 16, &now->memory);
	bind_spark(q, 17, &now->network);
	return stmt_run(q);
}

int host_now_drop(struct store *store, int64_t host_id)
{
	AUTO_STMT q = stmt_use(store, STMT_NOW_HOST_DROP);

	bind_int(q, 1, host_id);
	return stmt_run(q);
}
