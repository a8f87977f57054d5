/* engine_groups: which groups open the engines' sockets. */
#ifndef DOCKMON_COLLECTOR_ENGINE_GROUPS_H
#define DOCKMON_COLLECTOR_ENGINE_GROUPS_H

#include <stddef.h>
#include <sys/types.h>

struct settings;
struct store;

/* The groups of the sockets that their group may use: the usual ones, DOCKER_HOST, and the unix://
 * hosts of the store. Each once, at most `max`; how many. What is absent is passed over. */
size_t engine_groups(const struct settings *settings, struct store *store, gid_t *groups_r, size_t max);

#endif
