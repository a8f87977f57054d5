#include "lib/store/event.h"

#include <ctype.h>
#include <errno.h>

#include "lib/store/program.h"
#include "lib/store/sql.h"

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int event_add(struct store *store, const struct event *event)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_ADD);
	int result;

	bind_int(q, 1, event->host_id);
	if (event->container_id)
		bind_int(q, 2, event->container_id);
	bind_int(q, 3, event->at_ns);
	bind_text(q, 4, event->kind);
	bind_text(q, 5, event->action);
	bind_text(q, 6, or_empty(event->actor_id));
	bind_text(q, 7, or_empty(event->actor_name));
	bind_text(q, 8, event->attributes ? event->attributes : "{}");
	bind_int(q, 9, event->observed);
	result = stmt_run(q);
	return result ? result : store_changes(store) > 0;
}

int event_adopt(
    struct store *store, int64_t host_id, const char *actor_id, int64_t container_id, int64_t since_ns)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_ADOPT);

	bind_int(q, 1, host_id);
	bind_text(q, 2, actor_id);
	bind_int(q, 3, container_id);
	bind_int(q, 4, since_ns);
	return stmt_run(q);
}

int64_t event_last_of(
    struct store *store, int64_t host_id, const char *actor_id, const char *action, int64_t since_ns)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_LAST_OF);

	bind_int(q, 1, host_id);
	bind_text(q, 2, actor_id);
	bind_text(q, 3, action);
	bind_int(q, 4, since_ns);
	return stmt_int(q, 0);
}

static void bind_span(sqlite3_stmt *q, int64_t host_id, const char *actor_id, const char *action,
    int64_t from_ns, int64_t to_ns)
{
	bind_int(q, 1, host_id);
	bind_text(q, 2, actor_id);
	bind_text(q, 3, action);
	bind_int(q, 4, from_ns);
	bind_int(q, 5, to_ns);
}

int event_near(struct store *store, int64_t host_id, const char *actor_id, const char *action,
    int64_t from_ns, int64_t to_ns)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_NEAR);
	int result;

	bind_span(q, host_id, actor_id, action, from_ns, to_ns);
	result = stmt_step(q);
	return result == 1 ? (int)col_int(q, 0) : result ? result : -EIO;
}

int event_drop_observed(struct store *store, int64_t host_id, const char *actor_id, const char *action,
    int64_t from_ns, int64_t to_ns)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_DROP_OBSERVED);

	bind_span(q, host_id, actor_id, action, from_ns, to_ns);
	return stmt_run(q);
}

static void read_event(sqlite3_stmt *q, struct arena *arena, struct event *event_r)
{
	*event_r = (struct event){
		.id = col_int(q, 0),
		.host_id = col_int(q, 1),
		.host_name = col_text(q, 2, arena),
		.container_id = col_int(q, 3),
		.at_ns = col_int(q, 4),
		.kind = col_text(q, 5, arena),
		.action = col_text(q, 6, arena),
		.actor_id = col_text(q, 7, arena),
		.actor_name = col_text(q, 8, arena),
		.attributes = col_text(q, 9, arena),
		.observed = col_int(q, 10),
		.container_name = col_text(q, 11, arena),
	};
}

/* Reads up to max rows; one more than asked tells whether there are more. */
static int read_list(sqlite3_stmt *q, const struct event_filter *filter, const struct event_key *key,
    size_t max, struct arena *arena, struct event_list *list_r)
{
	struct event_list list = { .items = arena_alloc(arena, (max + 1) * sizeof(*list.items)) };
	char *text = arena_strdup(arena, or_empty(filter->text));
	int result;

	for (char *p = text; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	bind_int(q, 1, filter->host_id);
	bind_int(q, 2, filter->container_id);
	bind_text(q, 3, or_empty(filter->kind));
	bind_int(q, 4, filter->from_ns);
	bind_int(q, 5, filter->to_ns ? filter->to_ns : INT64_MAX);
	bind_text(q, 6, text);
	bind_int(q, 7, key->at_ns);
	bind_int(q, 8, key->id);
	bind_int(q, 9, (int64_t)max + 1);
	while ((result = stmt_step(q)) == 1 && list.count <= max)
		read_event(q, arena, &list.items[list.count++]);
	if (result < 0)
		return result;
	list.more = list.count > max;
	list.count -= list.more;
	*list_r = list;
	return 0;
}

int event_older(struct store *store, const struct event_filter *filter, const struct event_key *before,
    size_t max, struct arena *arena, struct event_list *list_r)
{
	static const struct event_key newest = { INT64_MAX, INT64_MAX };
	AUTO_STMT q = stmt_use(store, STMT_EVENT_OLDER);

	return read_list(q, filter, before ? before : &newest, max, arena, list_r);
}

int event_newer(struct store *store, const struct event_filter *filter, const struct event_key *after,
    size_t max, struct arena *arena, struct event_list *list_r)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_NEWER);
	int result = read_list(q, filter, after, max, arena, list_r);

	for (size_t i = 0; !result && i < list_r->count / 2; i++) {
		struct event swap = list_r->items[i];

		list_r->items[i] = list_r->items[list_r->count - 1 - i];
		list_r->items[list_r->count - 1 - i] = swap;
	}
	return result;
}

int64_t event_prune(struct store *store, int64_t before_ns, size_t max)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_PRUNE);

	bind_int(q, 1, before_ns);
	bind_int(q, 2, (int64_t)max);
	return stmt_run(q) ? 0 : store_changes(store);
}

int64_t event_count(struct store *store)
{
	AUTO_STMT q = stmt_use(store, STMT_EVENT_COUNT);

	return stmt_int(q, 0);
}

int64_t event_retention_days(struct store *store)
{
	return setting_get_int(
	    store, EVENT_RETENTION_SETTING, 1, EVENT_RETENTION_DAYS_MAX, EVENT_RETENTION_DAYS);
}
