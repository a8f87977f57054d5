/* store: the two SQLite databases of DockMon, opened as one. Everything else of lib/store works on
 * a struct store; one per process, one thread. Only this directory knows SQL. */
#ifndef DOCKMON_STORE_STORE_H
#define DOCKMON_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

struct store;

/* Which statements a process may run (lib/store/statements.h). */
enum store_role {
	STORE_WEB,       /* reads; writes users, sessions, logins, settings */
	STORE_COLLECTOR, /* reads; writes all else */
	STORE_CTL,       /* the operator's tool: everything */
};

/* Opens DATA_DIR/dockmon.db with metrics.db attached (WAL, DEFENSIVE, no trusted schema, foreign
 * keys, 5 s busy timeout) and prepares every statement of the role. *store_r is owned: store_close.
 * -ENOENT: no database yet (run dockmonctl init). -EAGAIN: an older schema (being upgraded).
 * -EPROTO: a newer one. -EIO and others with a text. */
int store_open(const char *data_dir, enum store_role role, struct store **store_r, struct err *err_r);
void store_close(struct store **store);

/* One write transaction; they do not nest. begin: -EBUSY after the busy timeout, -EIO.
 * store_commit: -EIO or -ENOSPC with everything rolled back. store_rollback: never fails. */
int store_begin(struct store *store, struct err *err_r);
int store_commit(struct store *store, struct err *err_r);
void store_rollback(struct store *store);
bool store_in_transaction(const struct store *store);

/* From on to off all reads see the same state of the databases. For reading only; not within a write
 * transaction. Never fails: without it (out of memory, a locked file) each read sees its own. */
void store_snapshot(struct store *store, bool on);

/* While true every write fails (PRAGMA query_only): the dispatcher's belt for GET requests. */
void store_read_only(struct store *store, bool on);

/* The text of the last failed call of this store, for logs; "" if none. Borrowed. */
const char *store_error(const struct store *store);

/* Bytes of dockmon.db and metrics.db with their WAL files; 0 for a missing file. */
void store_sizes(const struct store *store, int64_t *main_bytes_r, int64_t *metrics_bytes_r);

/* The same, file by file. */
struct store_files {
	int64_t main_bytes, main_wal_bytes, metrics_bytes, metrics_wal_bytes;
};
void store_file_sizes(const struct store *store, struct store_files *files_r);
/* "3.40.1" */
const char *store_library_version(void);

/* Reads one row of each database: 0, or -EIO. For /health. */
int store_check(struct store *store);

#endif
