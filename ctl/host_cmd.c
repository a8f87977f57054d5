/* dockmonctl host … */
#include "ctl/ctl.h"

#include <errno.h>

#include "lib/base/clock.h"
#include "lib/store/host.h"

static int list_hosts(struct store *store, struct err *err_r)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct host_list list;

	if (host_list(store, &arena, &list))
		return err_set(err_r, -EIO, "%s", store_error(store));
	for (size_t i = 0; i < list.count; i++)
		printf("%-24s %-8s %s%s%s\n", list.items[i].name, host_state_name(list.items[i].state),
		    list.items[i].url, list.items[i].reason[0] ? "  " : "", list.items[i].reason);
	return 0;
}

static int add_host(struct store *store, const char *name, const char *url, struct err *err_r)
{
	int64_t id;
	int result = host_add(store, name, url, false, clock_wall_ms(), &id, err_r);

	if (!result)
		printf("added; the collector takes it up within five seconds\n");
	return result;
}

static int remove_host(struct store *store, const char *name, struct err *err_r)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct host host;

	if (host_by_name(store, name, &arena, &host))
		return err_set(err_r, -ENOENT, "there is no host \"%s\"", name);
	if (host_drop(store, host.id))
		return err_set(err_r, -EIO, "%s", store_error(store));
	printf("removed, with its containers and events\n");
	return 0;
}

int ctl_host(struct ctl *ctl)
{
	const char *verb = ctl->argc ? ctl->argv[0] : "";
	struct store *store = NULL;
	struct err err = ERR_INIT;
	int result = store_open(ctl->settings.data_dir, STORE_CTL, &store, &err);

	if (result)
		return ctl_fail(&err);
	if (!strcmp(verb, "list") && ctl->argc == 1)
		result = list_hosts(store, &err);
	else if (!strcmp(verb, "add") && ctl->argc == 3)
		result = add_host(store, ctl->argv[1], ctl->argv[2], &err);
	else if (!strcmp(verb, "remove") && ctl->argc == 2)
		result = remove_host(store, ctl->argv[1], &err);
	else
		result = err_set(&err, -EINVAL, "use: host list | host add NAME URL | host remove NAME");
	store_close(&store);
	return result ? ctl_fail(&err) : 0;
}
