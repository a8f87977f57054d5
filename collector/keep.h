/* keep: the collector's sign of life in the store, and what is deleted when its time is over:
 * events, containers that left, ended sessions, old logins, dead programs. Loop thread only. */
#ifndef DOCKMON_COLLECTOR_KEEP_H
#define DOCKMON_COLLECTOR_KEEP_H

#include <uv.h>

#include "lib/store/store.h"

#define KEEP_LOGIN_DAYS 90
#define KEEP_PROGRAM_MS (5 * 60000) /* a program silent for so long is forgotten if it has ended */
#define KEEP_ROWS_PER_SECOND 1000   /* deleted at most, of each kind */
#define KEEP_ROUND_MS (10 * 60000)  /* from one look at what is old to the next */

struct keep;

/* store (role STORE_COLLECTOR) is borrowed until keep_stop. Writes the first beat at once; a store
 * that cannot be written is said in the log once and tried again at the next beat. */
struct keep *keep_start(uv_loop_t *loop, struct store *store);
/* Takes the sign of life back. Its handles close in the next turns of the loop. NULL is allowed. */
void keep_stop(struct keep **keep);

/* One second's share of deleting, as of now_ms (wall clock): rows deleted. Less than
 * KEEP_ROWS_PER_SECOND of each kind: nothing is left. For the timer and the tests. */
int64_t keep_prune(struct store *store, int64_t now_ms);

#endif
