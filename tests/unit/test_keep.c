/* What is deleted when its time is over, in bounded steps; the collector's sign of life; a store that
 * cannot be written. */
#include "tests/unit/check.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "collector/engine_groups.h"
#include "collector/keep.h"
#include "lib/base/clock.h"
#include "lib/base/settings.h"
#include "lib/store/container.h"
#include "lib/store/event.h"
#include "lib/store/program.h"
#include "lib/store/user.h"

#define DAY_MS (24 * 3600 * 1000LL)
#define NOW_MS (1000 * DAY_MS)

static char dir[64];
static struct store *store;
static int64_t host;

static int make(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	dir_make(dir);
	store = store_make(dir, STORE_CTL);
	return host_add(store, "rack", "unix:///rack.sock", false, 1, &host, &err);
}

static int drop(void **state)
{
	(void)state;
	store_close(&store);
	dir_remove(dir);
	return 0;
}

static void add_events(int64_t at_ms, int count)
{
	struct err err = ERR_INIT;

	CHECK_OK(store_begin(store, &err));
	for (int i = 0; i < count; i++) {
		struct event event = {
			.host_id = host, .at_ns = at_ms * 1000000 + i, .kind = "container", .action = "start"
		};

		assert_int_equal(event_add(store, &event), 1);
	}
	CHECK_OK(store_commit(store, &err));
}

static void events_go_after_the_retention(void **state)
{
	(void)state;
	add_events(NOW_MS - EVENT_RETENTION_DAYS * DAY_MS - 1000, 3);
	add_events(NOW_MS - EVENT_RETENTION_DAYS * DAY_MS + 1000, 5);
	add_events(NOW_MS - 2 * DAY_MS, 7);
	assert_int_equal(keep_prune(store, NOW_MS), 3);
	assert_int_equal(event_count(store), 12);
	CHECK_OK(setting_put(store, EVENT_RETENTION_SETTING, "0")); /* nonsense is the default */
	assert_int_equal(keep_prune(store, NOW_MS), 0);
	CHECK_OK(setting_put(store, EVENT_RETENTION_SETTING, "3"));
	assert_int_equal(keep_prune(store, NOW_MS), 5);
	assert_int_equal(event_count(store), 7);
}

static void deleting_is_bounded(void **state)
{
	(void)state;
	add_events(NOW_MS - 100 * DAY_MS, 2500);
	assert_int_equal(keep_prune(store, NOW_MS), KEEP_ROWS_PER_SECOND);
	assert_int_equal(keep_prune(store, NOW_MS), KEEP_ROWS_PER_SECOND);
	assert_int_equal(keep_prune(store, NOW_MS), 500);
	assert_int_equal(event_count(store), 0);
}

static int64_t put(const char *name, const char *engine_id)
{
	struct container container = { .host_id = host,
		.name = name,
		.engine_id = engine_id,
		.image = "img",
		.state = CONTAINER_RUNNING };
	int64_t id = 0;

	CHECK_OK(container_put(store, &container, 1, &id));
	return id;
}

static void containers_go_when_gone_for_long(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct container container;
	int64_t there = put("there", "aaaa"), gone = put("gone", "bbbb"), lately = put("lately", "cccc");

	(void)state;
	CHECK_OK(container_gone(store, gone, NOW_MS - 61 * DAY_MS));
	CHECK_OK(container_gone(store, lately, NOW_MS - 59 * DAY_MS));
	assert_int_equal(keep_prune(store, NOW_MS), 1);
	CHECK_OK(container_by_id(store, there, &arena, &container));
	CHECK_OK(container_by_id(store, lately, &arena, &container));
	assert_true(container_by_id(store, gone, &arena, &container) < 0);
}

static void logins_and_sessions_go(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct login *logins;
	struct session session;
	struct user user;
	size_t count;
	int64_t id;
	char token[TOKEN_BYTES];

	(void)state;
	CHECK_OK(login_add(store, "old", "::1", "refused", NOW_MS - (KEEP_LOGIN_DAYS + 1) * DAY_MS));
	CHECK_OK(login_add(store, "new", "::1", "refused", NOW_MS - DAY_MS));
	CHECK_OK(user_add(store, "admin", ROLE_ADMINISTRATOR, "correct horse 9", 1, &id, &err));
	CHECK_OK(session_add(store, id, "::1", "test", NOW_MS - SESSION_IDLE_MS - 1, token));
	assert_int_equal(keep_prune(store, NOW_MS), 1);
	CHECK_OK(login_list(store, 0, 10, &arena, &logins, &count));
	assert_int_equal(count, 1);
	assert_string_equal(logins[0].name, "new");
	assert_true(session_find(store, token, NOW_MS - SESSION_IDLE_MS, &session, &user) <
	    0); /* deleted, not only over */
}

static size_t programs(void)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct program *list;
	size_t count;

	CHECK_OK(program_list(store, &arena, &list, &count));
	return count;
}

static void finish(uv_loop_t *loop)
{
	while (uv_run(loop, UV_RUN_DEFAULT))
		;
	assert_int_equal(uv_loop_close(loop), 0);
}

static void the_collector_shows_that_it_lives(void **state)
{
	uv_loop_t loop;
	struct keep *keep;

	(void)state;
	uv_loop_init(&loop);
	keep = keep_start(&loop, store);
	assert_int_equal(programs(), 1);
	uv_run(&loop, UV_RUN_NOWAIT);
	keep_stop(&keep);
	assert_null(keep);
	finish(&loop);
	assert_int_equal(programs(), 0);
}

static void dead_programs_are_forgotten(void **state)
{
	(void)state;
	/* silent for long: the first is this process and lives, the second has no process (above Linux's pids) */
	CHECK_OK(program_beat(store, "web", 1, NOW_MS - KEEP_PROGRAM_MS - 1));
	CHECK_OK(program_put(store,
	    &(struct program){
	        .name = "web", .pid = 4194304, .version = "x", .beat_ms = NOW_MS - KEEP_PROGRAM_MS - 1 }));
	keep_prune(store, NOW_MS);
	assert_int_equal(programs(), 1);
}

static void a_store_that_cannot_be_written_ends_nothing(void **state)
{
	uv_loop_t loop;
	struct keep *keep;

	(void)state;
	add_events(NOW_MS - 100 * DAY_MS, 2);
	uv_loop_init(&loop);
	store_read_only(store, true);
	keep = keep_start(&loop, store);
	assert_int_equal(programs(), 0);
	assert_int_equal(keep_prune(store, NOW_MS), 0);
	keep_stop(&keep);
	finish(&loop);
	store_read_only(store, false);
	assert_int_equal(keep_prune(store, NOW_MS), 2);
}

static int make_socket(const char *path, mode_t mode, gid_t group)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(chmod(path, mode), 0);
	return chown(path, (uid_t)-1, group) ? -1 : fd;
}

static bool has(const gid_t *groups, size_t count, gid_t group)
{
	for (size_t i = 0; i < count; i++) {
		if (groups[i] == group)
			return true;
	}
	return false;
}

static void groups_come_from_sockets_that_they_open(void **state)
{
	struct settings settings = { 0 };
	char path[3][96], url[128];
	struct err err = ERR_INIT;
	gid_t groups[16];
	size_t count;
	int64_t id;

	(void)state;
	if (geteuid())
		skip(); /* only root gives files to any group */
	for (int i = 0; i < 3; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/engine-%d.sock", dir, i);
		close(make_socket(path[i], i == 1 ? 0600 : 0660, (gid_t)(64001 + i)));
	}
	snprintf(settings.docker_host, sizeof(settings.docker_host), "unix://%s", path[0]);
	for (int i = 1; i < 3; i++) {
		snprintf(url, sizeof(url), "unix://%s", path[i]);
		CHECK_OK(host_add(store, i == 1 ? "one" : "two", url, false, 1, &id, &err));
	}
	CHECK_OK(host_add(store, "far", "tcp://192.0.2.1:2375", false, 1, &id, &err));
	count = engine_groups(&settings, store, groups, 16);
	assert_true(has(groups, count, 64001));
	assert_false(has(groups, count, 64002)); /* its group may not use it */
	assert_true(has(groups, count, 64003));
	assert_int_equal(engine_groups(&settings, store, groups, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(events_go_after_the_retention, make, drop),
		cmocka_unit_test_setup_teardown(deleting_is_bounded, make, drop),
		cmocka_unit_test_setup_teardown(containers_go_when_gone_for_long, make, drop),
		cmocka_unit_test_setup_teardown(logins_and_sessions_go, make, drop),
		cmocka_unit_test_setup_teardown(the_collector_shows_that_it_lives, make, drop),
		cmocka_unit_test_setup_teardown(dead_programs_are_forgotten, make, drop),
		cmocka_unit_test_setup_teardown(a_store_that_cannot_be_written_ends_nothing, make, drop),
		cmocka_unit_test_setup_teardown(groups_come_from_sockets_that_they_open, make, drop),
	};

	return cmocka_run_group_tests_name("keep", tests, NULL, NULL);
}
