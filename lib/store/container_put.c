/* Which row is this container? See container_put in container.h. */
#include <ctype.h>
#include <errno.h>

#include "lib/base/sb.h"
#include "lib/store/container.h"
#include "lib/store/sql.h"

#define FORMER_NAME_MS (10 * 60 * 1000)
#define SEARCH_BYTES_MAX (64 * 1024)

static int row_of(sqlite3_stmt *q, int64_t *id_r)
{
	int result = stmt_step(q);

	if (result == 1)
		*id_r = col_int(q, 0);
	return result == 1 ? 0 : result ? result : -ENOENT;
}

static int find_by_engine(struct store *store, const struct container *c, int64_t *id_r, bool *renamed_r,
    char *name_r, size_t name_bytes)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_BY_ENGINE);
	int result;

	bind_int(q, 1, c->host_id);
	bind_text(q, 2, c->engine_id);
	result = row_of(q, id_r);
	if (!result) {
		snprintf(name_r, name_bytes, "%s", (const char *)sqlite3_column_text(q, 1));
		*renamed_r = strcmp(name_r, c->name) != 0;
	}
	return result;
}

/* there_r: the row's container is still on the engine, as far as we know. */
static int find_by_name(struct store *store, const struct container *c, int64_t *id_r, bool *there_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_BY_NAME);
	int result;

	bind_int(q, 1, c->host_id);
	bind_text(q, 2, c->name);
	result = row_of(q, id_r);
	if (!result)
		*there_r = sqlite3_column_type(q, 2) == SQLITE_NULL;
	return result;
}

static int find_by_former_name(struct store *store, const struct container *c, int64_t now_ms, int64_t *id_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_BY_FORMER);

	bind_int(q, 1, c->host_id);
	bind_text(q, 2, c->name);
	bind_int(q, 3, now_ms - FORMER_NAME_MS);
	return row_of(q, id_r);
}

static int find_by_compose(struct store *store, const struct container *c, int64_t *id_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_BY_COMPOSE);

	if (!c->compose_project || !*c->compose_project || !c->compose_service || !*c->compose_service ||
	    !c->compose_number)
		return -ENOENT;
	bind_int(q, 1, c->host_id);
	bind_text(q, 2, c->compose_project);
	bind_text(q, 3, c->compose_service);
	bind_int(q, 4, c->compose_number);
	return row_of(q, id_r);
}

static int set_name(struct store *store, int64_t id, const char *former, int64_t renamed_ms, const char *name)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_NAME);

	bind_int(q, 1, id);
	bind_text(q, 2, former);
	bind_int(q, 3, renamed_ms);
	bind_text(q, 4, name);
	return stmt_run(q);
}

static int add_row(struct store *store, const struct container *c, int64_t now_ms, int64_t *id_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_ADD);
	int result;

	bind_int(q, 1, c->host_id);
	bind_text(q, 2, c->name);
	bind_text(q, 3, c->engine_id);
	bind_int(q, 4, now_ms);
	result = stmt_run(q);
	if (!result)
		*id_r = store_last_id(store);
	return result;
}

/* The engine id was known under `old_name` and is now called c->name. */
static int rename_row(
    struct store *store, const struct container *c, const char *old_name, int64_t now_ms, int64_t *id)
{
	int64_t holder = 0;
	bool there = false;
	int result = find_by_name(store, c, &holder, &there);

	if (result && result != -ENOENT)
		return result;
	if (!result && !there) {
		result = container_gone(store, *id, now_ms);
		*id = holder;
		return result;
	}
	/* two containers swap names and we see the second first: park the first under its row number */
	if (!result) {
		char parked[32];

		snprintf(parked, sizeof(parked), "(renamed %lld)", (long long)holder);
		result = set_name(store, holder, c->name, now_ms, parked);
		if (result)
			return result;
	}
	return set_name(store, *id, old_name, now_ms, c->name);
}

static int find_row(struct store *store, const struct container *c, int64_t now_ms, int64_t *id_r)
{
	char old_name[512];
	bool renamed = false, there;
	int result = find_by_engine(store, c, id_r, &renamed, old_name, sizeof(old_name));

	if (!result)
		return renamed ? rename_row(store, c, old_name, now_ms, id_r) : 0;
	if (result == -ENOENT)
		result = find_by_name(store, c, id_r, &there);
	if (result != -ENOENT)
		return result;
	result = find_by_former_name(store, c, now_ms, id_r);
	if (result == -ENOENT)
		result = find_by_compose(store, c, id_r);
	if (!result)
		return set_name(store, *id_r, "", 0, c->name);
	return result == -ENOENT ? add_row(store, c, now_ms, id_r) : result;
}

static void add_word(struct sb *sb, const char *text)
{
	if (!text)
		return;
	for (; *text; text++)
		sb_add_char(sb, (char)tolower((unsigned char)*text));
	sb_add_char(sb, ' ');
}

static void search_text(const struct container *c, struct sb *sb)
{
	add_word(sb, c->name);
	add_word(sb, c->image);
	add_word(sb, c->compose_project);
	add_word(sb, c->compose_service);
	add_word(sb, c->ports);
	add_word(sb, c->addresses);
	add_word(sb, c->engine_id);
	add_word(sb, c->labels_json);
}

static const char *or_text(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static void bind_container(sqlite3_stmt *q, const struct container *c, int64_t now_ms)
{
	bind_text(q, 2, c->engine_id);
	bind_text(q, 3, or_text(c->image, ""));
	bind_text(q, 4, or_text(c->image_id, ""));
	bind_text(q, 5, container_state_name(c->state));
	bind_text(q, 6, container_health_name(c->health));
	bind_int(q, 7, c->health_since_ms ? c->health_since_ms : now_ms);
	bind_text(q, 8, or_text(c->health_note, ""));
	bind_int(q, 9, c->exit_code);
	bind_int(q, 10, c->oom_killed);
	bind_text(q, 11, or_text(c->error, ""));
	bind_int(q, 12, c->created_ms);
	bind_int(q, 13, c->started_ms);
	bind_int(q, 14, c->finished_ms);
	bind_int(q, 15, c->restart_count);
	bind_text(q, 16, or_text(c->restart_policy, ""));
	bind_int(q, 17, c->restart_max);
	bind_int(q, 18, c->pid);
	bind_text(q, 19, or_text(c->network_mode, ""));
	bind_text(q, 20, or_text(c->ports, ""));
	bind_text(q, 21, or_text(c->addresses, ""));
	bind_text(q, 22, or_text(c->compose_project, ""));
	bind_text(q, 23, or_text(c->compose_service, ""));
	bind_int(q, 24, c->compose_number);
}

static int put_long(struct store *store, int64_t id, const struct container *c)
{
	AUTO_SB search = SB_INIT(SEARCH_BYTES_MAX);
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_LONG_PUT);

	search_text(c, &search);
	bind_int(q, 1, id);
	bind_text(q, 2, or_text(c->command, ""));
	bind_text(q, 3, or_text(c->ports_json, "[]"));
	bind_text(q, 4, or_text(c->networks_json, "[]"));
	bind_text(q, 5, or_text(c->mounts_json, "[]"));
	bind_text(q, 6, or_text(c->labels_json, "{}"));
	bind_text(q, 7, search.data);
	return stmt_run(q);
}

int container_put(struct store *store, const struct container *c, int64_t now_ms, int64_t *id_r)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_UPDATE);
	int64_t id = 0;
	int result = find_row(store, c, now_ms, &id);

	if (result)
		return result;
	bind_int(q, 1, id);
	bind_container(q, c, now_ms);
	result = stmt_run(q);
	if (!result)
		result = put_long(store, id, c);
	if (!result)
		*id_r = id;
	return result;
}

int container_stop_asked(struct store *store, int64_t host_id, const char *engine_id)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_STOP_ASKED);

	bind_int(q, 1, host_id);
	bind_text(q, 2, engine_id);
	return stmt_run(q);
}

int container_gone(struct store *store, int64_t id, int64_t now_ms)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_GONE);

	bind_int(q, 1, id);
	bind_int(q, 2, now_ms);
	return stmt_run(q);
}

int64_t container_prune(struct store *store, int64_t gone_before_ms, size_t max)
{
	AUTO_STMT q = stmt_use(store, STMT_CONTAINER_PRUNE);

	bind_int(q, 1, gone_before_ms);
	bind_int(q, 2, (int64_t)max);
	return stmt_run(q) ? 0 : store_changes(store);
}
