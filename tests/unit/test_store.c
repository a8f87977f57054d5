/* The databases: migrations from zero, statements of every role, versions, read-only, transactions. */
#include "tests/unit/check.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/store/host.h"
#include "lib/store/migrate.h"
#include "lib/store/program.h"
#include "lib/store/user.h"

static char dir[64];

static int make(void **state)
{
	(void)state;
	dir_make(dir);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	dir_remove(dir);
	return 0;
}

static void every_role_prepares_all(void **state)
{
	(void)state;
	for (int role = STORE_WEB; role <= STORE_CTL; role++) {
		struct store *store = store_make(dir, (enum store_role)role);

		CHECK_OK(store_check(store));
		store_close(&store);
		assert_null(store);
	}
}

static void run_sql(const char *name, const char *sql)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void other_versions_are_told(void **state)
{
	struct store *store = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(store_open(dir, STORE_WEB, &store, &err), -ENOENT);
	assert_non_null(strstr(err.text, "dockmonctl init"));
	CHECK_OK(store_migrate(dir, &err));
	CHECK_OK(store_migrate(dir, &err));
	run_sql("dockmon.db", "PRAGMA user_version = 999");
	assert_int_equal(store_open(dir, STORE_WEB, &store, &err), -EPROTO);
	assert_null(store);
	assert_int_equal(store_migrate(dir, &err), -EPROTO);
	assert_non_null(strstr(err.text, "newer DockMon"));
	run_sql("dockmon.db", "PRAGMA user_version = 0");
	assert_int_equal(store_open(dir, STORE_WEB, &store, &err), -EAGAIN);
}

/* Migration 1 applied again to a file that says version 0 fails: nothing of it must stay. */
static void a_failed_migration_leaves_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct store *store;

	(void)state;
	CHECK_OK(store_migrate(dir, &err));
	run_sql("metrics.db", "DROP TABLE host_now; PRAGMA user_version = 0");
	assert_true(store_migrate(dir, &err) < 0);
	assert_non_null(strstr(err.text, "001_now"));
	assert_int_equal(store_open(dir, STORE_WEB, &store, &err), -EAGAIN);
}

static void get_requests_cannot_write(void **state)
{
	struct store *store = store_make(dir, STORE_WEB);

	(void)state;
	store_read_only(store, true);
	assert_int_equal(setting_put(store, "x", "1"), -EROFS);
	store_read_only(store, false);
	CHECK_OK(setting_put(store, "x", "1"));
	assert_int_equal(setting_get_int(store, "x", 0, 5, -1), 1);
	assert_int_equal(setting_get_int(store, "x", 2, 5, -1), -1);
	assert_int_equal(setting_get_int(store, "absent", 0, 5, 4), 4);
	CHECK_OK(setting_drop(store, "x"));
	assert_int_equal(setting_get_int(store, "x", 0, 5, -1), -1);
	store_close(&store);
}

static void a_rollback_undoes(void **state)
{
	struct store *store = store_make(dir, STORE_CTL);
	AUTO_ARENA arena = ARENA_INIT;
	struct host host;
	struct err err = ERR_INIT;
	int64_t id;

	(void)state;
	CHECK_OK(store_begin(store, &err));
	CHECK_OK(host_add(store, "one", "unix:///one.sock", false, 1, &id, &err));
	store_rollback(store);
	assert_int_equal(host_by_id(store, id, &arena, &host), -ENOENT);
	CHECK_OK(store_begin(store, &err));
	CHECK_OK(host_add(store, "one", "unix:///one.sock", false, 1, &id, &err));
	CHECK_OK(store_commit(store, &err));
	assert_false(store_in_transaction(store));
	CHECK_OK(host_by_name(store, "ONE", &arena, &host));
	store_close(&store);
}

static void hosts_are_checked_and_keep_since(void **state)
{
	static const char *const bad_urls[] = { "", "unix://", "unix:///", "http://x", "tcp://", "tcp://:1",
		"tcp://a/b", "unix:///a b" };
	struct store *store = store_make(dir, STORE_CTL);
	AUTO_ARENA arena = ARENA_INIT;
	struct host host;
	struct host_list list;
	struct err err = ERR_INIT;
	int64_t id, other;

	(void)state;
	CHECK_OK(host_add(store, "rack", "tcp://rack:2375", false, 5, &id, &err));
	assert_int_equal(host_add(store, "Rack", "tcp://b:1", false, 5, &other, &err), -EEXIST);
	assert_int_equal(host_add(store, "", "tcp://b:1", false, 5, &other, &err), -EINVAL);
	for (size_t i = 0; i < sizeof(bad_urls) / sizeof(bad_urls[0]); i++)
		assert_int_equal(host_add(store, "x", bad_urls[i], false, 5, &other, &err), -EINVAL);
	CHECK_OK(host_set_state(store, id, HOST_OFFLINE, "refused", 100));
	CHECK_OK(host_set_state(store, id, HOST_OFFLINE, "timed out", 200));
	CHECK_OK(host_by_id(store, id, &arena, &host));
	assert_int_equal(host.since_ms, 100);
	assert_string_equal(host.reason, "timed out");
	CHECK_OK(host_set_seen(store, id, 300, 50));
	CHECK_OK(host_set_seen(store, id, 400, 40));
	CHECK_OK(host_list(store, &arena, &list));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].events_ns, 50);
	assert_int_equal(list.items[0].seen_ms, 400);
	CHECK_OK(host_drop(store, id));
	assert_int_equal(host_drop(store, id), -ENOENT);
	store_close(&store);
}

static void users_and_sessions(void **state)
{
	struct store *store = store_make(dir, STORE_WEB);
	AUTO_ARENA arena = ARENA_INIT;
	struct session session, *sessions;
	struct user user;
	struct err err = ERR_INIT;
	char token[TOKEN_BYTES], last[TOKEN_BYTES];
	int64_t id;
	size_t count;

	(void)state;
	assert_int_equal(user_add(store, "admin", ROLE_ADMINISTRATOR, "short", 1, &id, &err), -EINVAL);
	assert_int_equal(
	    user_add(store, "administrator", ROLE_ADMINISTRATOR, "Administrator", 1, &id, &err), -EINVAL);
	assert_int_equal(
	    user_add(store, "1admin", ROLE_ADMINISTRATOR, "long enough 1", 1, &id, &err), -EINVAL);
	CHECK_OK(user_add(store, "admin", ROLE_ADMINISTRATOR, "long enough 1", 1, &id, &err));
	assert_int_equal(user_add(store, "ADMIN", ROLE_VIEWER, "long enough 1", 1, &id, &err), -EEXIST);
	CHECK_OK(session_add(store, id, "::1", "agent", 1000, token));
	CHECK_OK(session_find(store, token, 2000, &session, &user));
	assert_string_equal(user.name, "admin");
	assert_string_equal(session.agent, "agent");
	CHECK_OK(session_set_flash(store, session.id, "good Saved."));
	CHECK_OK(session_find(store, token, 2000, &session, &user));
	assert_string_equal(session.flash, "good Saved.");
	assert_int_equal(session_find(store, token, 1000 + SESSION_IDLE_MS, &session, &user), -ENOENT);
	assert_int_equal(session_find(store, "guess", 2000, &session, &user), -ENOENT);
	for (int i = 0; i < SESSIONS_PER_USER; i++)
		CHECK_OK(session_add(store, id, "::1", "agent", 3000 + i, last));
	assert_int_equal(session_find(store, token, 4000, &session, &user), -ENOENT);
	CHECK_OK(session_list(store, id, 4000, &arena, &sessions, &count));
	assert_int_equal(count, SESSIONS_PER_USER);
	CHECK_OK(session_find(store, last, 4000, &session, &user));
	CHECK_OK(user_set_password(store, &user, "another long one", session.id, 5000, &err));
	CHECK_OK(session_list(store, id, 5000, &arena, &sessions, &count));
	assert_int_equal(count, 1);
	CHECK_OK(user_by_name(store, "Admin", &user));
	assert_true(password_verify(user.password_hash, "another long one"));
	store_close(&store);
}

static void failed_logins_are_counted(void **state)
{
	struct store *store = store_make(dir, STORE_WEB);
	AUTO_ARENA arena = ARENA_INIT;
	struct login *logins;
	size_t count;

	(void)state;
	for (int i = 0; i < 4; i++)
		CHECK_OK(login_add(store, "admin", "::1", "refused", 1000 + i));
	CHECK_OK(login_add(store, "other\n", "::1", "refused", 1010));
	assert_int_equal(login_failures(store, "ADMIN", 0), 4);
	assert_int_equal(login_failures(store, "admin", 1001), 2);
	CHECK_OK(login_add(store, "admin", "::1", "ok", 1020));
	assert_int_equal(login_failures(store, "admin", 0), 0);
	CHECK_OK(login_list(store, 0, 2, &arena, &logins, &count));
	assert_int_equal(count, 2);
	assert_string_equal(logins[0].result, "ok");
	assert_string_equal(logins[1].name, "other?");
	store_close(&store);
}

static void programs_beat(void **state)
{
	struct store *store = store_make(dir, STORE_COLLECTOR);
	AUTO_ARENA arena = ARENA_INIT;
	struct program *programs;
	size_t count;

	(void)state;
	CHECK_OK(program_beat(store, "collector", 1000, 2000));
	CHECK_OK(program_beat(store, "collector", 1000, 3000));
	CHECK_OK(program_list(store, &arena, &programs, &count));
	assert_int_equal(count, 1);
	assert_int_equal(programs[0].beat_ms, 3000);
	assert_int_equal(programs[0].pid, getpid());
	assert_true(programs[0].pss_bytes > 100000);
	/* pid 4194304 is above what Linux gives out by default */
	CHECK_OK(program_put(
	    store, &(struct program){ .name = "web", .pid = 4194304, .version = "x", .beat_ms = 2000 }));
	CHECK_OK(program_prune(store, 2000));
	CHECK_OK(program_list(store, &arena, &programs, &count));
	assert_int_equal(count, 2);
	CHECK_OK(program_prune(store, 3001));
	CHECK_OK(program_list(store, &arena, &programs, &count));
	assert_int_equal(count, 1);
	CHECK_OK(program_end(store, "collector"));
	CHECK_OK(program_list(store, &arena, &programs, &count));
	assert_int_equal(count, 0);
	store_close(&store);
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(every_role_prepares_all),
		STORE_TEST(other_versions_are_told),
		STORE_TEST(a_failed_migration_leaves_nothing),
		STORE_TEST(get_requests_cannot_write),
		STORE_TEST(a_rollback_undoes),
		STORE_TEST(hosts_are_checked_and_keep_since),
		STORE_TEST(users_and_sessions),
		STORE_TEST(failed_logins_are_counted),
		STORE_TEST(programs_beat),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
