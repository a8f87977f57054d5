#include "lib/store/container.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "lib/base/die.h"
#include "lib/store/sql.h"

static const char *const state_names[CONTAINER_STATE_COUNT] = {
	[CONTAINER_UNKNOWN] = "unknown",
	[CONTAINER_CREATED] = "created",
	[CONTAINER_RUNNING] = "running",
	[CONTAINER_PAUSED] = "paused",
	[CONTAINER_RESTARTING] = "restarting",
	[CONTAINER_REMOVING] = "removing",
	[CONTAINER_EXITED] = "exited",
	[CONTAINER_DEAD] = "dead",
	[CONTAINER_REMOVED] = "removed",
};

static const char *const health_names[HEALTH_COUNT] = {
	[HEALTH_NONE] = "none",
	[HEALTH_STARTING] = "starting",
	[HEALTH_HEALTHY] = "healthy",
	[HEALTH_UNHEALTHY] = "unhealthy",
	[HEALTH_UNKNOWN] = "unknown",
};

const char *container_state_name(enum container_state state)
{
	return state_names[state];
}

enum container_state container_state_parse(const char *name)
{
	for (int i = 0; i < CONTAINER_STATE_COUNT; i++) {
		if (!strcmp(name, state_names[i]))
			return (enum container_state)i;
	}
	return CONTAINER_UNKNOWN;
}

const char *container_health_name(enum container_health health)
{
	return health_names[health];
}

enum container_health container_health_parse(const char *name)
{
	for (int i = 0; i < HEALTH_COUNT; i++) {
		if (!strcmp(name, health_names[i]))
			return (enum container_health)i;
	}
	return HEALTH_UNKNOWN;
}

/* The words of most rows are few: no copy for these. */
static enum container_state col_state(sqlite3_stmt *q, int column)
{
	const char *name = (const char *)sqlite3_column_text(q, column);

	return container_state_parse(name ? name : "");
}

static enum container_health col_health(sqlite3_stmt *q, int column)
{
	const char *name = (const char *)sqlite3_column_text(q, column);

	return container_health_parse(name ? name : "");
}

static void read_short(sqlite3_stmt *q, struct arena *arena, struct container *c)
{
	const char *host_state = (const char *)sqlite3_column_text(q, 3);

	*c = (struct container){
		.id = col_int(q, 0),
		.host_id = col_int(q, 1),
		.host_name = col_text(q, 2, arena),
		.host_state = !strcmp(host_state, "online") ? HOST_ONLINE
		    : !strcmp(host_state, "offline")        ? HOST_OFFLINE
		                                            : HOST_UNKNOWN,
		.name = col_text(q, 4, arena),
		.engine_id = col_text(q, 5, arena),
		.former_name = col_text(q, 6, arena),
		.first_seen_ms = col_int(q, 7),
		.gone_ms = col_int(q, 8),
		.image = col_text(q, 9, arena),
		.image_id = col_text(q, 10, arena),
		.state = col_state(q, 11),
		.health = col_health(q, 12),
		.health_since_ms = col_int(q, 13),
		.health_note = col_text(q, 14, arena),
		.exit_code = col_int(q, 15),
		.oom_killed = col_int(q, 16),
		.stop_asked = col_int(q, 17),
		.error = col_text(q, 18, arena),
		.created_ms = col_int(q, 19),
		.started_ms = col_int(q, 20),
		.finished_ms = col_int(q, 21),
		.restart_count = col_int(q, 22),
		.restart_policy = col_text(q, 23, arena),
		.restart_max = col_int(q, 24),
		.pid = col_int(q, 25),
		.network_mode = col_text(q, 26, arena),
		.ports = col_text(q, 27, arena),
		.addresses = col_text(q, 28, arena),
		.compose_project = col_text(q, 29, arena),
		.compose_service = col_text(q, 30, arena),
		.compose_number = col_int(q, 31),
	};
}

/* Splits the search text into lower-case words, bound from `first` on; '' for those not used. */
static void bind_words(sqlite3_stmt *q, int first, const char *text, struct arena *arena)
{
	char *rest = arena_strdup(arena, text ? text : "");

	for (char *p = rest; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	for (int i = 0; i < SEARCH_WORDS; i++) {
		char *word = rest + strspn(rest, " \t");
		size_t len = strcspn(word, " \t");

		rest = word + len + (word[len] != '\0');
		word[len] = '\0';
		bind_text(q, first + i, word);
	}
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int read_list(sqlite3_stmt *q, struct arena *arena, struct container_list *list_r)
{
	struct container_list list = { 0 };
	size_t capacity = 0;
	int result;

	while ((result = stmt_step(q)) == 1) {
		list.items = arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		read_short(q, arena, &list.items[list.count++]);
	}
	if (!result)
		*list_r = list;
	return result;
}

/* The order of lists, made here: SQLite would copy every row through its sorter. */
static int compare_names(const void *a, const void *b)
{
	const struct container *x = a, *y = b;
	int result = strcasecmp(x->name, y->name);

	return result ? result : x->id < y->id ? -1 : x->id > y->id;
}

int container_list(struct store *store, const struct container_filter *filter, struct arena *arena,
    struct container_list *list_r)
{
	const char *text = or_empty(filter->text);
	AUTO_STMT q =
	    stmt_use(store, text[strspn(text, " \t")] ? STMT_CONTAINER_SEARCH : STMT_CONTAINER_LIST);
	int result;

	bind_int(q, 1, filter->host_id);
	bind_text(q, 2, or_empty(filter->state));
	bind_text(q, 3, or_empty(filter->health));
	bind_text(q, 4, or_empty(filter->project));
	bind_words(q, 5, text, arena);
	bind_int(q, 9, CONTAINERS_MAX);
	result = read_list(q, arena, list_r);
	if (!result && list_r->count)
		qsort(list_r->items, list_r->count, sizeof(*list_r->items), compare_names);
	return result;
}

int container_briefs(struct store *store, struct arena *arena, struct container_brief_list *list_r)
{
	struct container_brief_list list = { 0 };
	size_t capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_BRIEFS);

	bind_int(q, 1, CONTAINERS_MAX);
	while ((result = stmt_step(q)) == 1) {
		list.items = arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		list.items[list.count++] = (struct container_brief){
			.id = col_int(q, 0),
			.host_id = col_int(q, 1),
			.name = col_text(q, 2, arena),
			.state = col_state(q, 3),
			.health = col_health(q, 4),
			.exit_code = col_int(q, 5),
			.stop_asked = col_int(q, 6),
		};
	}
	if (!result)
		*list_r = list;
	return result;
}

int container_row(struct store *store, int64_t id, struct arena *arena, struct container *container_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_ROW);
	int result;

	bind_int(q, 1, id);
	result = stmt_step(q);
	if (result == 1)
		read_short(q, arena, container_r);
	return result == 1 ? 0 : result ? result : -ENOENT;
}

int container_by_id(struct store *store, int64_t id, struct arena *arena, struct container *container_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_BY_ID);
	int result;

	bind_int(q, 1, id);
	result = stmt_step(q);
	if (result != 1)
		return result ? result : -ENOENT;
	read_short(q, arena, container_r);
	container_r->command = col_text(q, 32, arena);
	container_r->ports_json = col_text(q, 33, arena);
	container_r->networks_json = col_text(q, 34, arena);
	container_r->mounts_json = col_text(q, 35, arena);
	container_r->labels_json = col_text(q, 36, arena);
	return 0;
}

int container_attention(struct store *store, size_t max, struct arena *arena, struct container_list *list_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_ATTENTION);

	bind_int(q, 1, (int64_t)max);
	return read_list(q, arena, list_r);
}

bool container_needs_attention(
    enum container_state state, enum container_health health, int64_t exit_code, bool stop_asked)
{
	return (state == CONTAINER_RUNNING && health == HEALTH_UNHEALTHY) || state == CONTAINER_RESTARTING ||
	    state == CONTAINER_DEAD || (state == CONTAINER_EXITED && exit_code && !stop_asked);
}

int container_projects(
    struct store *store, size_t max, struct arena *arena, const char ***names_r, size_t *count_r)
{
	const char **names = NULL;
	size_t count = 0, capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_PROJECTS);

	bind_int(q, 1, (int64_t)max);
	while ((result = stmt_step(q)) == 1) {
		names = arena_grow(arena, names, count, &capacity, sizeof(*names));
		names[count++] = col_text(q, 0, arena);
	}
	if (!result) {
		*names_r = names;
		*count_r = count;
	}
	return result;
}

int container_of_host(
    struct store *store, int64_t host_id, struct arena *arena, struct container_list *list_r)
{
	struct container_list list = { 0 };
	size_t capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_OF_HOST);

	bind_int(q, 1, host_id);
	while ((result = stmt_step(q)) == 1) {
		list.items = arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		list.items[list.count++] = (struct container){
			.id = col_int(q, 0),
			.host_id = host_id,
			.engine_id = col_text(q, 1, arena),
			.name = col_text(q, 2, arena),
			.state = col_state(q, 3),
		};
	}
	if (!result)
		*list_r = list;
	return result;
}
