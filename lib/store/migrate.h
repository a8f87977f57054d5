/* migrate: brings a database file to the newest schema. Migrations are sql/DB/NNN_name.sql, built
 * into the program by sql/embed.sh, each run in one transaction with PRAGMA user_version. */
#ifndef DOCKMON_STORE_MIGRATE_H
#define DOCKMON_STORE_MIGRATE_H

#include <stddef.h>

#include "lib/base/err.h"

struct migration {
	int number; /* 1, 2, 3 … */
	const char *name;
	const char *sql;
};

extern const struct migration migrations_main[];
extern const size_t migrations_main_count;
extern const struct migration migrations_metrics[];
extern const size_t migrations_metrics_count;

/* Creates or upgrades dockmon.db and metrics.db in `data_dir`. Before an existing database is
 * changed a copy is kept as NAME.before-N. -EPROTO: made by a newer DockMon; nothing is changed.
 * Others: -EIO, -EACCES … with a text. Run by dockmonctl init and by the collector, never by workers. */
int store_migrate(const char *data_dir, struct err *err_r);

#endif
