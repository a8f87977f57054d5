#include "lib/store/store.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "lib/base/die.h"
#include "lib/store/migrate.h"
#include "lib/store/sql.h"

#define BUSY_TIMEOUT_MS 5000

struct store {
	sqlite3 *db;                     /* owned */
	sqlite3_stmt *stmts[STMT_COUNT]; /* owned; NULL: not of this role */
	char data_dir[PATH_MAX - 32];
	bool in_transaction;
};

/* access bits: who may prepare a statement */
enum { READ = 1, WEB = 2, WRITE = 4 };

static const struct {
	int access;
	const char *sql;
} statements[STMT_COUNT] = {
#define STATEMENT_ROW(name, access, sql) { access, sql },
	STATEMENTS(STATEMENT_ROW)
#undef STATEMENT_ROW
};

int store_code(int sqlite_code)
{
	switch (sqlite_code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return -EBUSY;
	case SQLITE_CONSTRAINT: return -EEXIST;
	case SQLITE_FULL: return -ENOSPC;
	case SQLITE_READONLY: return -EROFS;
	case SQLITE_CANTOPEN: return -ENOENT;
	case SQLITE_PERM:
	case SQLITE_AUTH: return -EACCES;
	case SQLITE_NOMEM: die("out of memory (SQLite)");
	default: return -EIO;
	}
}

int store_open_file(const char *path, int flags, sqlite3 **db_r, struct err *err_r)
{
	static const char pragmas[] =
	    "PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA trusted_schema=OFF;"
	    "PRAGMA cell_size_check=ON;PRAGMA cache_size=-1024;PRAGMA temp_store=MEMORY;";
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		rc = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
	}
	if (rc != SQLITE_OK) {
		int code = store_code(rc);

		err_set(
		    err_r, code, "cannot open %s: %s", path, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
		sqlite3_close(db);
		return code;
	}
	*db_r = db;
	return 0;
}

static int attach_metrics(struct store *store, struct err *err_r)
{
	char path[PATH_MAX];
	struct stat st;
	char *sql;
	int rc;

	snprintf(path, sizeof(path), "%s/metrics.db", store->data_dir);
	if (stat(path, &st))
		return err_set(err_r, -ENOENT, "there is no %s: run `dockmonctl init`", path);
	sql = sqlite3_mprintf(
	    "ATTACH %Q AS metrics; PRAGMA metrics.synchronous=NORMAL; PRAGMA metrics.cache_size=-512", path);
	if (!sql)
		die("out of memory (SQLite)");
	rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	return rc == SQLITE_OK
	    ? 0
	    : err_set(err_r, store_code(rc), "cannot open %s: %s", path, sqlite3_errmsg(store->db));
}

static int check_version(struct store *store, const char *db_name, size_t want, struct err *err_r)
{
	char sql[64];
	sqlite3_stmt *stmt = NULL;
	int rc, version = 0;

	snprintf(sql, sizeof(sql), "PRAGMA %s.user_version", db_name);
	rc = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		version = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW)
		return err_set(
		    err_r, store_code(rc), "cannot read %s: %s", store->data_dir, sqlite3_errmsg(store->db));
	if (version > (int)want)
		return err_set(err_r, -EPROTO,
		    "the database in %s was made by a newer DockMon (schema %d, this one knows %zu)",
		    store->data_dir, version, want);
	if (version < (int)want)
		return err_set(err_r, -EAGAIN,
		    "the database in %s has schema %d, not %zu: run `dockmonctl init`", store->data_dir,
		    version, want);
	return 0;
}

static int prepare_all(struct store *store, enum store_role role, struct err *err_r)
{
	int wanted = role == STORE_WEB ? READ | WEB
	    : role == STORE_COLLECTOR  ? READ | WRITE
	                               : READ | WEB | WRITE;

	for (size_t i = 0; i < STMT_COUNT; i++) {
		int rc;

		if (!(statements[i].access & wanted))
			continue;
		rc = sqlite3_prepare_v3(
		    store->db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, &store->stmts[i], NULL);
		if (rc != SQLITE_OK)
			return err_set(
			    err_r, store_code(rc), "statement %zu: %s", i, sqlite3_errmsg(store->db));
	}
	return 0;
}

int store_open(const char *data_dir, enum store_role role, struct store **store_r, struct err *err_r)
{
	struct store *store = xcalloc(1, sizeof(*store));
	char path[PATH_MAX];
	int result;

	snprintf(store->data_dir, sizeof(store->data_dir), "%s", data_dir);
	snprintf(path, sizeof(path), "%s/dockmon.db", store->data_dir);
	result = store_open_file(path, SQLITE_OPEN_READWRITE, &store->db, err_r);
	if (result == -ENOENT)
		err_set(err_r, -ENOENT,
		    "cannot open %s: run `dockmonctl init` first, and see that this user may write there",
		    path);
	if (!result)
		result = attach_metrics(store, err_r);
	if (!result)
		result = check_version(store, "main", migrations_main_count, err_r);
	if (!result)
		result = check_version(store, "metrics", migrations_metrics_count, err_r);
	if (!result)
		result = prepare_all(store, role, err_r);
	if (result)
		store_close(&store);
	*store_r = store;
	return result;
}

void store_close(struct store **store)
{
	struct store *s = *store;

	if (!s)
		return;
	for (size_t i = 0; i < STMT_COUNT; i++)
		sqlite3_finalize(s->stmts[i]);
	if (s->db && sqlite3_close(s->db) != SQLITE_OK)
		die("database closed while in use: %s", sqlite3_errmsg(s->db));
	free(s);
	*store = NULL;
}

static int plain(struct store *store, const char *sql, struct err *err_r)
{
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0
	                       : err_set(err_r, store_code(rc), "database: %s", sqlite3_errmsg(store->db));
}

int store_begin(struct store *store, struct err *err_r)
{
	int result;

	assert(!store->in_transaction);
	result = plain(store, "BEGIN IMMEDIATE", err_r);
	store->in_transaction = !result;
	return result;
}

int store_commit(struct store *store, struct err *err_r)
{
	int result;

	assert(store->in_transaction);
	result = plain(store, "COMMIT", err_r);
	if (result)
		store_rollback(store);
	store->in_transaction = false;
	return result;
}

void store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->in_transaction = false;
}

bool store_in_transaction(const struct store *store)
{
	return store->in_transaction;
}

void store_snapshot(struct store *store, bool on)
{
	assert(!store->in_transaction);
	if (on)
		sqlite3_exec(store->db, "BEGIN", NULL, NULL, NULL);
	else if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
}

void store_read_only(struct store *store, bool on)
{
	sqlite3_exec(store->db, on ? "PRAGMA query_only=1" : "PRAGMA query_only=0", NULL, NULL, NULL);
}

const char *store_error(const struct store *store)
{
	return sqlite3_errcode(store->db) == SQLITE_OK ? "" : sqlite3_errmsg(store->db);
}

static int64_t file_bytes(const struct store *store, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", store->data_dir, name);
	return stat(path, &st) ? 0 : (int64_t)st.st_size;
}

void store_file_sizes(const struct store *store, struct store_files *files_r)
{
	*files_r = (struct store_files){
		.main_bytes = file_bytes(store, "dockmon.db"),
		.main_wal_bytes = file_bytes(store, "dockmon.db-wal"),
		.metrics_bytes = file_bytes(store, "metrics.db"),
		.metrics_wal_bytes = file_bytes(store, "metrics.db-wal"),
	};
}

void store_sizes(const struct store *store, int64_t *main_bytes_r, int64_t *metrics_bytes_r)
{
	struct store_files files;

	store_file_sizes(store, &files);
	*main_bytes_r = files.main_bytes + files.main_wal_bytes;
	*metrics_bytes_r = files.metrics_bytes + files.metrics_wal_bytes;
}

const char *store_library_version(void)
{
	return sqlite3_libversion();
}

int store_check(struct store *store)
{
	AUTO_STMT q = stmt_use(store, STMT_STORE_CHECK);

	return stmt_step(q) < 0 ? -EIO : 0;
}

sqlite3_stmt *stmt_use(struct store *store, enum stmt_id id)
{
	sqlite3_stmt *stmt = store->stmts[id];

	assert(stmt && "statement of another role");
	assert(!sqlite3_stmt_busy(stmt));
	return stmt;
}

void stmt_done(sqlite3_stmt **stmt)
{
	sqlite3_reset(*stmt);
	sqlite3_clear_bindings(*stmt);
}

static void check_bind(int rc)
{
	if (rc != SQLITE_OK)
		die("cannot bind a statement parameter: %s", sqlite3_errstr(rc));
}

void bind_int(sqlite3_stmt *stmt, int index, int64_t value)
{
	check_bind(sqlite3_bind_int64(stmt, index, value));
}

void bind_num(sqlite3_stmt *stmt, int index, double value)
{
	check_bind(sqlite3_bind_double(stmt, index, value));
}

void bind_text(sqlite3_stmt *stmt, int index, const char *text)
{
	check_bind(sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC));
}

void bind_blob(sqlite3_stmt *stmt, int index, const void *bytes, size_t len)
{
	check_bind(sqlite3_bind_blob64(stmt, index, bytes, len, SQLITE_STATIC));
}

void bind_spark(sqlite3_stmt *stmt, int index, const struct spark *spark)
{
	uint8_t blob[SPARK_BLOB_BYTES];

	spark_to_blob(spark, blob);
	check_bind(sqlite3_bind_blob64(stmt, index, blob, sizeof(blob), SQLITE_TRANSIENT));
}

int stmt_step(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	return rc == SQLITE_ROW ? 1 : store_code(rc);
}

int stmt_run(sqlite3_stmt *stmt)
{
	int result = stmt_step(stmt);

	return result > 0 ? 0 : result;
}

int64_t stmt_int(sqlite3_stmt *stmt, int64_t otherwise)
{
	return stmt_step(stmt) == 1 ? sqlite3_column_int64(stmt, 0) : otherwise;
}

int64_t col_int(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt, column);
}

double col_num(sqlite3_stmt *stmt, int column)
{
	return sqlite3_column_type(stmt, column) == SQLITE_NULL ? -1 : sqlite3_column_double(stmt, column);
}

const char *col_text(sqlite3_stmt *stmt, int column, struct arena *arena)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text && *text ? arena_strdup(arena, text) : "";
}

void col_spark(sqlite3_stmt *stmt, int column, struct spark *spark_r)
{
	const void *blob = sqlite3_column_blob(stmt, column);

	spark_from_blob(blob, blob ? (size_t)sqlite3_column_bytes(stmt, column) : 0, spark_r);
}

int64_t store_last_id(const struct store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}

int64_t store_changes(const struct store *store)
{
	return sqlite3_changes64(store->db);
}
