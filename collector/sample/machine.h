/* machine: what this machine itself uses, from /proc and statvfs. */
#ifndef DOCKMON_COLLECTOR_MACHINE_H
#define DOCKMON_COLLECTOR_MACHINE_H

#include <stdint.h>

#include "collector/sample/netdev.h"
#include "lib/base/sb.h"
#include "lib/store/now.h"

#define MACHINE_DEVICES_MAX 64

/* Two readings make rates, so this is kept from one to the next. */
struct machine {
	const char *proc;    /* "/proc" but in tests; borrowed */
	int64_t at_ns;       /* monotonic; 0: not read yet */
	int64_t busy, total; /* jiffies of all processors */
	struct netdev devices[MACHINE_DEVICES_MAX];
	size_t device_count;
	struct sb disks_json, networks_json; /* owned */
};

void machine_init(struct machine *machine, const char *proc);
void machine_release(struct machine *machine);

/* Fills all but host_id, at_ms, summed and the sparklines; rates are unknown the first time. The two
 * JSON texts are borrowed from `machine` until the next call. */
void machine_read(struct machine *machine, int64_t now_ns, struct host_now *now_r);

/* One line of /proc/self/mountinfo names a file system worth showing: a real one, or the root. The
 * texts are decoded (\040). False otherwise. Public for tests. */
struct machine_mount {
	char mount[256], device[256], type[32];
};
bool machine_mount_parse(const char *line, size_t len, struct machine_mount *mount_r);

#endif
