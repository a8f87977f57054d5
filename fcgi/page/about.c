/* Versions, programs, engines, databases. */
#include <gnu/libc-version.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/rows.h"
#include "lib/base/crypto.h"
#include "lib/base/fmt.h"
#include "lib/base/json.h"
#include "lib/store/migrate.h"

struct group {
	const char *name, *shown;
	size_t count; /* processes */
	int64_t started_ms, beat_ms, pss_bytes;
	const char *version;
};

static void count_programs(const struct overview *o, struct group *g)
{
	for (size_t i = 0; i < o->program_count; i++) {
		const struct program *p = &o->programs[i];

		/* workers beat when they are asked: an old sign of life may only mean that nobody came */
		if (strcmp(p->name, g->name) != 0 || !program_is_alive(p))
			continue;
		g->count++;
		g->pss_bytes += p->pss_bytes;
		if (!g->started_ms || p->started_ms < g->started_ms)
			g->started_ms = p->started_ms;
		if (p->beat_ms >= g->beat_ms) {
			g->beat_ms = p->beat_ms;
			g->version = p->version;
		}
	}
}

static void fill_programs(struct call *call, HDF *hdf, const struct overview *o)
{
	struct group groups[] = {
		{ .name = "web", .shown = "dockmon-web", .version = "" },
		{ .name = "collector", .shown = "dockmon-collector", .version = "" },
		{ .name = "nginx", .shown = "nginx", .version = "" },
	};
	static const struct state_words running = { "run", "running", "", "" },
	                                silent = { "err", "silent", "", "" };

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		HDF *at = fill_item(fill_node(hdf, "Programs"), i);
		struct group *g = &groups[i];

		count_programs(o, g);
		fill_echo(at, "Name", g->shown);
		fill_state(at, "State", g->count ? &running : &silent);
		fill_echo(at, "Version", g->version);
		fill_count(at, "Processes", (int64_t)g->count);
		fill_duration(at, "Started", g->started_ms, call->now_ms);
		if (g->pss_bytes)
			fill_bytes(at, "Memory", (double)g->pss_bytes);
	}
}

static void fill_engines(struct call *call, HDF *hdf, const struct overview *o)
{
	HDF *list = fill_node(hdf, "Engines");

	for (size_t i = 0; i < o->hosts.count; i++) {
		const struct host *host = &o->hosts.items[i];
		HDF *at = fill_item(list, i);
		struct state_words state;

		fill_ref(at, "Host", host->id, host->name);
		words_host(host, &state);
		fill_state(at, "State", &state);
		fill_text(at, "Engine", row_engine(call, host));
		fill_text(at, "Api", host->api_version);
		fill_text(at, "System",
		    arena_printf(
		        &call->arena, "%s%s%s", host->os, *host->os && *host->arch ? ", " : "", host->arch));
	}
}

static void fill_database(
    HDF *at, const char *name, int64_t bytes, int64_t wal_bytes, size_t schema, const char *note)
{
	fill_echo(at, "Name", name);
	fill_bytes(at, "Size", (double)bytes);
	fill_bytes(at, "Wal", (double)wal_bytes);
	fill_int(at, "Schema", (int64_t)schema);
	fill_text(at, "Note", note);
}

static void fill_databases(struct call *call, HDF *hdf)
{
	HDF *list = fill_node(hdf, "Databases");
	struct store_files files;
	char events[40];

	store_file_sizes(call->web->store, &files);
	text_count(event_count(call->web->store), events, sizeof(events));
	fill_database(fill_item(list, 0), "dockmon.db", files.main_bytes, files.main_wal_bytes,
	    migrations_main_count,
	    arena_printf(&call->arena, "inventory, users, %s events, kept %" PRId64 " days", events,
	        event_retention_days(call->web->store)));
	fill_database(fill_item(list, 1), "metrics.db", files.metrics_bytes, files.metrics_wal_bytes,
	    migrations_metrics_count, "the last five minutes of every figure");
}

int about_show(struct call *call)
{
	const struct overview *o;
	int result = overview_get(call, &o);
	const char *dash = strchr(call->web->asset_version, '-');
	HDF *hdf, *about, *libraries;
	size_t i = 0;

	if (result)
		return result;
	hdf = page_begin(call, "About", "about", NULL);
	about = fill_node(hdf, "About");
	fill_echo(about, "Version", DOCKMON_VERSION);
	fill_text(about, "Build", dash ? dash + 1 : NULL);
	fill_programs(call, hdf, o);
	fill_engines(call, hdf, o);
	fill_databases(call, hdf);
	libraries = fill_node(hdf, "Libraries");
	fill_pair(libraries, &i, "SQLite", store_library_version());
	fill_pair(libraries, &i, "OpenSSL", crypto_library_version());
	fill_pair(libraries, &i, "json-c", json_library_version());
	fill_pair(libraries, &i, "glibc", gnu_get_libc_version());
	return page_end(call, &hdf, TEMPLATE_ABOUT);
}
