/* Engines on their usual sockets, and the one that DOCKER_HOST names. */
#include <errno.h>
#include <sys/stat.h>

#include "collector/host/watched.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#define NAMES_MAX 50

struct ignored {
	struct ignored *next;
	char *url; /* owned */
};

void find_ignore(struct watch *w, const char *url)
{
	struct ignored *ignored = xcalloc(1, sizeof(*ignored));

	ignored->url = xstrdup(url);
	ignored->next = w->ignored;
	w->ignored = ignored;
}

void find_release(struct watch *w)
{
	while (w->ignored) {
		struct ignored *ignored = w->ignored;

		w->ignored = ignored->next;
		free(ignored->url);
		free(ignored);
	}
}

static bool is_ignored(const struct watch *w, const char *url)
{
	for (const struct ignored *ignored = w->ignored; ignored; ignored = ignored->next) {
		if (!strcmp(ignored->url, url))
			return true;
	}
	return false;
}

static bool stat_socket(const char *url, struct stat *st_r)
{
	return !strncmp(url, "unix:///", 8) && !stat(url + 7, st_r) && S_ISSOCK(st_r->st_mode);
}

/* The same address, or another path of the same socket (/run and /var/run). */
static bool is_watched(const struct watch *w, const char *url)
{
	struct stat ours, theirs;
	bool there = stat_socket(url, &ours);

	for (const struct watched *h = w->hosts; h; h = h->next) {
		if (!strcmp(h->url, url))
			return true;
		if (there && stat_socket(h->url, &theirs) && ours.st_dev == theirs.st_dev &&
		    ours.st_ino == theirs.st_ino)
			return true;
	}
	return false;
}

static void base_name(const char *url, char *name_r, size_t bytes)
{
	if (!strncmp(url, "tcp://", 6))
		snprintf(name_r, bytes, "%.*s", (int)strcspn(url + 6, ":"), url + 6);
	else
		snprintf(name_r, bytes, strstr(url, "podman") ? "Local Podman" : "Local Docker");
}

static void add_host(struct watch *w, const char *url)
{
	char base[HOST_NAME_MAX_BYTES - 8], name[HOST_NAME_MAX_BYTES];
	struct err err = ERR_INIT;
	struct host row;
	int64_t id = 0;
	int result = -EEXIST;
	AUTO_ARENA arena = ARENA_INIT;

	if (!host_by_url(w->store, url, &arena, &row))
		return; /* added by someone; the table is read soon */
	base_name(url, base, sizeof(base));
	for (int n = 1; result == -EEXIST && n <= NAMES_MAX; n++) {
		snprintf(name, sizeof(name), n == 1 ? "%s" : "%s %d", base, n);
		result = host_add(w->store, name, url, true, clock_wall_ms(), &id, &err);
	}
	if (result) {
		log_warning("the engine on %s cannot be added: %s", url, err.text);
		find_ignore(w, url);
		return;
	}
	log_info("found an engine on %s: host %s", url, name);
}

static void look_at(struct watch *w, const char *url, bool must_exist)
{
	struct stat st;

	if (is_ignored(w, url) || (must_exist && !stat_socket(url, &st)) || is_watched(w, url))
		return;
	add_host(w, url);
}

void find_engines(struct watch *w)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char url[SETTING_TEXT_BYTES];

	if (w->settings->docker_host[0])
		look_at(w, w->settings->docker_host, false);
	look_at(w, "unix:///var/run/docker.sock", true);
	look_at(w, "unix:///run/podman/podman.sock", true);
	if (runtime && *runtime == '/' &&
	    snprintf(url, sizeof(url), "unix://%s/podman/podman.sock", runtime) < (int)sizeof(url))
		look_at(w, url, true);
}

static void drop_duplicate(struct watched *h, const struct watched *other)
{
	log_info("host %s on %s is the same engine as %s on %s", h->name, h->url, other->name, other->url);
	if (host_drop(h->watch->store, h->id))
		log_error("cannot remove the host: %s", store_error(h->watch->store));
	watched_drop(h);
}

static bool is_same_engine(const struct watched *a, const struct watched *b)
{
	return a != b && b->phase > PHASE_CONNECTING && *a->engine_id &&
	    !strcmp(a->engine_id, b->engine_id) && !strcmp(a->hostname, b->hostname);
}

bool find_keep(struct watched *h)
{
	struct watched *other = h->watch->hosts;

	while (other && !is_same_engine(h, other))
		other = other->next;
	if (!other || !h->found)
		return true;
	/* of DOCKER_HOST and a usual socket the socket stays: cgroup files are near */
	if (other->found && other->fresh && h->local_socket && !other->local_socket) {
		drop_duplicate(other, h);
		return true;
	}
	if (!h->fresh || h->known_before)
		return true;
	drop_duplicate(h, other);
	return false;
}
