#include "collector/engine_groups.h"

#include <sys/stat.h>

#include "lib/base/die.h"
#include "lib/base/settings.h"
#include "lib/store/host.h"

struct groups {
	gid_t *list;
	size_t count, max;
};

/* `url` is unix:///path, or the path itself. */
static void add_socket(struct groups *groups, const char *url)
{
	const char *path = strncmp(url, "unix://", 7) ? url : url + 7;
	struct stat st;

	if (path[0] != '/' || stat(path, &st) || !S_ISSOCK(st.st_mode) || (st.st_mode & 060) != 060)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		if (groups->list[i] == st.st_gid)
			return;
	}
	if (groups->count < groups->max)
		groups->list[groups->count++] = st.st_gid;
}

static void add_hosts(struct groups *groups, struct store *store)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct host_list list;

	if (host_list(store, &arena, &list))
		return;
	for (size_t i = 0; i < list.count; i++)
		add_socket(groups, list.items[i].url);
}

size_t engine_groups(const struct settings *settings, struct store *store, gid_t *groups_r, size_t max)
{
	static const char *const usual[] = { "/var/run/docker.sock", "/run/podman/podman.sock" };
	struct groups groups = { groups_r, 0, max };
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char path[SETTINGS_PATH_BYTES];

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		add_socket(&groups, usual[i]);
	add_socket(&groups, settings->docker_host);
	if (runtime) {
		snprintf(path, sizeof(path), "%s/podman/podman.sock", runtime);
		add_socket(&groups, path);
	}
	add_hosts(&groups, store);
	return groups.count;
}
