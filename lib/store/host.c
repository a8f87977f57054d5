#include "lib/store/host.h"

#include <ctype.h>
#include <errno.h>

#include "lib/base/utf8.h"
#include "lib/store/sql.h"

static const char *const state_names[HOST_STATE_COUNT] = {
	[HOST_UNKNOWN] = "unknown",
	[HOST_ONLINE] = "online",
	[HOST_OFFLINE] = "offline",
};

const char *host_state_name(enum host_state state)
{
	return state_names[state];
}

static enum host_state state_of(const char *name)
{
	for (int i = 0; i < HOST_STATE_COUNT; i++) {
		if (!strcmp(name, state_names[i]))
			return (enum host_state)i;
	}
	return HOST_UNKNOWN;
}

static void read_host(sqlite3_stmt *q, struct arena *arena, struct host *host_r)
{
	*host_r = (struct host){
		.id = col_int(q, 0),
		.name = col_text(q, 1, arena),
		.url = col_text(q, 2, arena),
		.found = col_int(q, 3),
		.added_ms = col_int(q, 4),
		.state = state_of(col_text(q, 5, arena)),
		.reason = col_text(q, 6, arena),
		.since_ms = col_int(q, 7),
		.seen_ms = col_int(q, 8),
		.events_ns = col_int(q, 9),
		.product = col_text(q, 10, arena),
		.engine_id = col_text(q, 11, arena),
		.engine_version = col_text(q, 12, arena),
		.api_version = col_text(q, 13, arena),
		.hostname = col_text(q, 14, arena),
		.os = col_text(q, 15, arena),
		.kernel = col_text(q, 16, arena),
		.arch = col_text(q, 17, arena),
		.storage_driver = col_text(q, 18, arena),
		.cgroup_version = col_text(q, 19, arena),
		.cpus = col_int(q, 20),
		.memory_bytes = col_int(q, 21),
	};
}

int host_list(struct store *store, struct arena *arena, struct host_list *list_r)
{
	struct host_list list = { 0 };
	size_t capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_HOST_LIST);

	bind_int(q, 1, HOSTS_MAX);
	while ((result = stmt_step(q)) == 1) {
		list.items = arena_grow(arena, list.items, list.count, &capacity, sizeof(*list.items));
		read_host(q, arena, &list.items[list.count++]);
	}
	if (!result)
		*list_r = list;
	return result;
}

static int read_one(sqlite3_stmt *q, struct arena *arena, struct host *host_r)
{
	int result = stmt_step(q);

	if (result == 1)
		read_host(q, arena, host_r);
	return result == 1 ? 0 : result ? result : -ENOENT;
}

int host_by_id(struct store *store, int64_t id, struct arena *arena, struct host *host_r)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_BY_ID);

	bind_int(q, 1, id);
	return read_one(q, arena, host_r);
}

int host_by_url(struct store *store, const char *url, struct arena *arena, struct host *host_r)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_BY_URL);

	bind_text(q, 1, url);
	return read_one(q, arena, host_r);
}

int host_by_name(struct store *store, const char *name, struct arena *arena, struct host *host_r)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_BY_NAME);

	bind_text(q, 1, name);
	return read_one(q, arena, host_r);
}

static bool name_is_valid(const char *name)
{
	size_t len = strlen(name);

	if (!len || len > HOST_NAME_MAX_BYTES || !utf8_valid(name))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (iscntrl((unsigned char)name[i]))
			return false;
	}
	return true;
}

static bool url_is_valid(const char *url)
{
	const char *rest;

	if (strlen(url) > 300 || strpbrk(url, " \t\r\n\"'<>\\"))
		return false;
	if (!strncmp(url, "unix:///", 8))
		return url[8] && strlen(url + 7) < 108;
	if (strncmp(url, "tcp://", 6))
		return false;
	rest = url + 6;
	return *rest && *rest != ':' && !strpbrk(rest, "/?#@");
}

int host_add(struct store *store, const char *name, const char *url, bool found, int64_t now_ms,
    int64_t *id_r, struct err *err_r)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_ADD);
	AUTO_STMT count = stmt_use(store, STMT_HOST_COUNT);
	int result;

	if (!name_is_valid(name))
		return err_set(err_r, -EINVAL, "a host's name has 1 to %d bytes and no control characters",
		    HOST_NAME_MAX_BYTES);
	if (!url_is_valid(url))
		return err_set(err_r, -EINVAL,
		    "\"%s\" is no engine address: use unix:///path/to/docker.sock or tcp://name:port", url);
	if (stmt_int(count, 0) >= HOSTS_MAX)
		return err_set(err_r, -ENOSPC, "there are %d hosts already, which is the limit", HOSTS_MAX);
	bind_text(q, 1, name);
	bind_text(q, 2, url);
	bind_int(q, 3, found);
	bind_int(q, 4, now_ms);
	result = stmt_run(q);
	if (result == -EEXIST)
		return err_set(err_r, -EEXIST,
		    "there is a host with the name \"%s\" or the address %s already", name, url);
	if (result)
		return err_set(err_r, result, "cannot add the host: %s", store_error(store));
	*id_r = store_last_id(store);
	return 0;
}

int host_drop(struct store *store, int64_t id)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_DROP);
	int result;

	bind_int(q, 1, id);
	result = stmt_run(q);
	if (result)
		return result;
	return store_changes(store) ? 0 : -ENOENT;
}

int host_set_state(struct store *store, int64_t id, enum host_state state, const char *reason, int64_t now_ms)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_STATE);

	bind_int(q, 1, id);
	bind_text(q, 2, state_names[state]);
	bind_text(q, 3, reason);
	bind_int(q, 4, now_ms);
	return stmt_run(q);
}

int host_set_seen(struct store *store, int64_t id, int64_t now_ms, int64_t events_ns)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_SEEN);

	bind_int(q, 1, id);
	bind_int(q, 2, now_ms);
	bind_int(q, 3, events_ns);
	return stmt_run(q);
}

int host_set_facts(struct store *store, const struct host *facts)
{
	AUTO_STMT q = stmt_use(store, STMT_HOST_FACTS);
	const char *texts[] = {
		facts->product,
		facts->engine_id,
		facts->engine_version,
		facts->api_version,
		facts->hostname,
		facts->os,
		facts->kernel,
		facts->arch,
		facts->storage_driver,
		facts->cgroup_version,
	};

	bind_int(q, 1, facts->id);
	for (int i = 0; i < 10; i++)
		bind_text(q, i + 2, texts[i] ? texts[i] : "");
	bind_int(q, 12, facts->cpus);
	bind_int(q, 13, facts->memory_bytes);
	return stmt_run(q);
}
