/* sql: prepared statements for the files of lib/store. Not for anybody else. */
#ifndef DOCKMON_STORE_SQL_H
#define DOCKMON_STORE_SQL_H

#include <sqlite3.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/spark.h"
#include "lib/store/statements.h"
#include "lib/store/store.h"

#define STATEMENT_ID(name, access, sql) STMT_##name,
enum stmt_id { STATEMENTS(STATEMENT_ID) STMT_COUNT };
#undef STATEMENT_ID

/* AUTO_STMT q = stmt_use(store, STMT_HOST_BY_ID); is reset and unbound at the end of its scope.
 * A statement that is in use already, or not of this store's role, is a bug (assert). */
#define AUTO_STMT __attribute__((cleanup(stmt_done))) sqlite3_stmt *
sqlite3_stmt *stmt_use(struct store *store, enum stmt_id id);
void stmt_done(sqlite3_stmt **stmt);

void bind_int(sqlite3_stmt *stmt, int index, int64_t value);
void bind_num(sqlite3_stmt *stmt, int index, double value);
/* Borrowed until the statement is done. NULL binds NULL. */
void bind_text(sqlite3_stmt *stmt, int index, const char *text);
void bind_blob(sqlite3_stmt *stmt, int index, const void *bytes, size_t len);
void bind_spark(sqlite3_stmt *stmt, int index, const struct spark *spark);

/* 1: a row. 0: no more. -EIO, -EBUSY, -EEXIST (constraint), -ENOSPC, -EROFS; store_error() tells. */
int stmt_step(sqlite3_stmt *stmt);
/* For statements without rows: 0 or as above. */
int stmt_run(sqlite3_stmt *stmt);
/* The first column of the first row as an integer; `otherwise` without a row or on failure. */
int64_t stmt_int(sqlite3_stmt *stmt, int64_t otherwise);

int64_t col_int(sqlite3_stmt *stmt, int column);
double col_num(sqlite3_stmt *stmt, int column);
const char *col_text(sqlite3_stmt *stmt, int column, struct arena *arena); /* "" for NULL */
void col_spark(sqlite3_stmt *stmt, int column, struct spark *spark_r);

int64_t store_last_id(const struct store *store);
int64_t store_changes(const struct store *store);

/* Maps a SQLite result code to -Exxx. */
int store_code(int sqlite_code);

/* Opens one database file with the pragmas of every connection. */
int store_open_file(const char *path, int flags, sqlite3 **db_r, struct err *err_r);

#endif
