/* cgroup: counters of a container of this machine, read from its cgroup (v1 or v2) and from its
 * /proc/PID/net/dev through descriptors that stay open: a few microseconds each time. */
#ifndef DOCKMON_COLLECTOR_CGROUP_H
#define DOCKMON_COLLECTOR_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/engine/stats.h"

#define CGROUP_DESCRIPTORS 6 /* at most, per container */
#define CGROUP_PATH_BYTES 512

enum cgroup_file {
	CGROUP_CPU,
	CGROUP_MEMORY,
	CGROUP_MEMORY_STAT,
	CGROUP_PIDS,
	CGROUP_IO,
	CGROUP_NETWORK,
	CGROUP_FILE_COUNT
};

struct cgroup {
	int fds[CGROUP_FILE_COUNT]; /* owned; -1 = not there */
	bool v2;
	int64_t memory_limit; /* -1 = none is set */
};

/* Where the two file systems are: "/proc" and "/sys/fs/cgroup" but in tests. */
struct cgroup_roots {
	const char *proc, *sys;
};

extern const struct cgroup_roots cgroup_system;

/* The path of the container's own group out of /proc/PID/cgroup: of that line's controller, up to the
 * part that holds its id. controller "" = the unified hierarchy (v2). -ENOENT: not in there. Public for tests. */
int cgroup_find(
    const char *text, const char *controller, const char *engine_id, char path_r[CGROUP_PATH_BYTES]);

/* Opens what there is. own_network: /proc/PID/net/dev is the container's, not the host's.
 * -ENOENT: no such process here, or it is not in that container's cgroup (another machine, another
 * pid namespace, gone). -EMFILE: out of descriptors. */
int cgroup_open(const struct cgroup_roots *roots, int64_t pid, const char *engine_id, bool own_network,
    struct cgroup *cgroup_r, struct err *err_r);
void cgroup_close(struct cgroup *cgroup);
/* How many descriptors it holds. */
int cgroup_descriptors(const struct cgroup *cgroup);

/* -ENOENT: the group is gone. What cannot be read is unknown (negative). at_ns is `now_ns`. */
int cgroup_read(const struct cgroup *cgroup, int64_t now_ns, struct stats_counters *counters_r);

#endif
