/* program: signs of life of the running programs, and the settings kept in the database. */
#ifndef DOCKMON_STORE_PROGRAM_H
#define DOCKMON_STORE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/store/store.h"

#define PROGRAM_BEAT_MS 5000  /* the collector writes this often */
#define PROGRAM_LATE_MS 15000 /* and is called late after so long; workers beat once a minute when asked */

struct program {
	const char *name; /* collector, web */
	int64_t pid;
	const char *version;
	int64_t started_ms;
	int64_t beat_ms;
	int64_t pss_bytes; /* proportional set size; 0 = unknown */
};

/* Writes this process's row: pid, version and memory are found by itself. */
int program_beat(struct store *store, const char *name, int64_t started_ms, int64_t now_ms);
int program_end(struct store *store, const char *name);
/* Another program's row, for those that cannot write their own. name and version are copied. */
int program_put(struct store *store, const struct program *program);
/* Is there a process with that pid? (It may be another by now, if the program died unseen.) */
bool program_is_alive(const struct program *program);
/* Forgets those that were silent since then and have ended. Collector. */
int program_prune(struct store *store, int64_t before_ms);
int program_list(struct store *store, struct arena *arena, struct program **programs_r, size_t *count_r);

/* Proportional set size in bytes (/proc/PID/smaps_rollup); 0 if not to be had. */
int64_t program_pss(int64_t pid);

/* A setting of the database; `otherwise` when absent. Borrowed from the arena. */
const char *setting_get(struct store *store, const char *name, struct arena *arena, const char *otherwise);
int64_t setting_get_int(struct store *store, const char *name, int64_t min, int64_t max, int64_t otherwise);
int setting_put(struct store *store, const char *name, const char *value); /* worker, ctl */
int setting_drop(struct store *store, const char *name);                   /* worker, ctl */

#endif
