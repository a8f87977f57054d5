#include "lib/store/migrate.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "lib/base/sb.h"
#include "lib/store/sql.h"

static int sql_run(sqlite3 *db, const char *sql, struct err *err_r)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : err_set(err_r, store_code(rc), "%s", sqlite3_errmsg(db));
}

static int read_version(sqlite3 *db, int *version_r, struct err *err_r)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*version_r = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? 0 : err_set(err_r, store_code(rc), "%s", sqlite3_errmsg(db));
}

static int keep_copy(sqlite3 *db, const char *path, int version, struct err *err_r)
{
	char copy[PATH_MAX + 32];
	char *sql;
	int result;

	snprintf(copy, sizeof(copy), "%s.before-%d", path, version + 1);
	unlink(copy);
	sql = sqlite3_mprintf("VACUUM INTO %Q", copy);
	result = sql ? sql_run(db, sql, err_r) : -ENOMEM;
	sqlite3_free(sql);
	return result ? err_prefix(err_r, result, "cannot keep the copy %s", copy) : 0;
}

static int apply(sqlite3 *db, const struct migration *migration, struct err *err_r)
{
	AUTO_SB sql = SB_INIT(1024 * 1024);
	int result;

	sb_addf(&sql, "BEGIN IMMEDIATE;%s;PRAGMA user_version=%d;COMMIT", migration->sql, migration->number);
	result = sql_run(db, sql.data, err_r);
	if (result) {
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
		return err_prefix(err_r, result, "migration %s", migration->name);
	}
	return 0;
}

static int upgrade(
    sqlite3 *db, const char *path, const struct migration *list, size_t count, struct err *err_r)
{
	int version = 0;
	int result = read_version(db, &version, err_r);

	if (result)
		return result;
	if (version > (int)count)
		return err_set(err_r, -EPROTO,
		    "made by a newer DockMon (schema %d, this one knows %zu): install that version again, or "
		    "restore the copy %s.before-%d",
		    version, count, path, version);
	if (version == (int)count)
		return 0;
	if (version > 0)
		result = keep_copy(db, path, version, err_r);
	for (size_t i = (size_t)version; !result && i < count; i++)
		result = apply(db, &list[i], err_r);
	return result;
}

static int migrate_file(
    const char *data_dir, const char *name, const struct migration *list, size_t count, struct err *err_r)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;
	int result;

	if (snprintf(path, sizeof(path), "%s/%s", data_dir, name) >= (int)sizeof(path))
		return err_set(err_r, -ENAMETOOLONG, "path too long: %s", data_dir);
	result = store_open_file(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, err_r);
	if (!result)
		result = sql_run(db, "PRAGMA journal_mode=WAL", err_r);
	if (!result)
		result = upgrade(db, path, list, count, err_r);
	sqlite3_close(db);
	return result ? err_prefix(err_r, result, "%s", path) : 0;
}

int store_migrate(const char *data_dir, struct err *err_r)
{
	int result = migrate_file(data_dir, "dockmon.db", migrations_main, migrations_main_count, err_r);

	return result
	    ? result
	    : migrate_file(data_dir, "metrics.db", migrations_metrics, migrations_metrics_count, err_r);
}
