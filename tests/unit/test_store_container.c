/* Which row is a container? Lists, counts, events, figures. */
#include "tests/unit/check.h"

#include <errno.h>

#include "lib/base/die.h"
#include "lib/store/container.h"
#include "lib/store/event.h"
#include "lib/store/now.h"

static char dir[64];
static struct store *store;
static int64_t host;

#define ID(c)                                                                                               \
	c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c \
	    c c c c c c c c c c c c c c

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

static int64_t put_full(const struct container *container, int64_t now_ms)
{
	int64_t id = 0;

	CHECK_OK(container_put(store, container, now_ms, &id));
	return id;
}

static int64_t put(const char *name, const char *engine_id, int64_t now_ms)
{
	return put_full(&(struct container){ .host_id = host,
	                    .name = name,
	                    .engine_id = engine_id,
	                    .image = "img",
	                    .state = CONTAINER_RUNNING,
	                    .started_ms = 5 },
	    now_ms);
}

static const char *name_of(int64_t id)
{
	static char name[64];
	AUTO_ARENA arena = ARENA_INIT;
	struct container c;

	CHECK_OK(container_by_id(store, id, &arena, &c));
	snprintf(name, sizeof(name), "%s", c.name);
	return name;
}

static void a_name_keeps_its_row(void **state)
{
	int64_t row = put("web", ID("a"), 10);

	(void)state;
	assert_int_equal(put("web", ID("a"), 20), row);
	CHECK_OK(container_gone(store, row, 30));
	assert_int_equal(put("web", ID("b"), 40), row);
	/* recreated without our seeing the removal */
	assert_int_equal(put("web", ID("c"), 50), row);
	assert_int_not_equal(put("db", ID("d"), 60), row);
}

static void a_rename_keeps_the_row(void **state)
{
	int64_t row = put("web", ID("a"), 10);

	(void)state;
	assert_int_equal(put("site", ID("a"), 20), row);
	assert_string_equal(name_of(row), "site");
}

/* compose, Watchtower: rename the old one away, create the new one under the name, remove the old one */
static void recreation_by_rename_keeps_the_row(void **state)
{
	int64_t row = put("web", ID("a"), 10), old;

	(void)state;
	assert_int_equal(put("web_old", ID("a"), 20), row);
	assert_int_equal(put("web", ID("b"), 30), row);
	assert_string_equal(name_of(row), "web");
	old = put("web_old", ID("a"), 40);
	assert_int_not_equal(old, row);
	CHECK_OK(container_gone(store, old, 50));
	assert_int_equal(put("web", ID("b"), 60), row);
}

/* … and rolled back: the new one removed, the old one named back */
static void a_rollback_keeps_the_row(void **state)
{
	int64_t row = put("web", ID("a"), 10), old;

	(void)state;
	put("web_old", ID("a"), 20);
	put("web", ID("b"), 30);
	old = put("web_old", ID("a"), 40);
	CHECK_OK(container_gone(store, row, 50));
	assert_int_equal(put("web", ID("a"), 60), row);
	assert_string_equal(name_of(row), "web");
	assert_string_equal(name_of(old), "web_old");
}

static void names_may_be_swapped(void **state)
{
	int64_t a = put("a", ID("a"), 10), b = put("b", ID("b"), 10);

	(void)state;
	/* a list that shows both after the swap, in either order */
	assert_int_equal(put("b", ID("a"), 20), a);
	assert_int_equal(put("a", ID("b"), 20), b);
	assert_string_equal(name_of(a), "b");
	assert_string_equal(name_of(b), "a");
}

static void compose_identity_is_the_last_resort(void **state)
{
	struct container c = { .host_id = host,
		.name = "shop_web_1",
		.engine_id = ID("a"),
		.compose_project = "shop",
		.compose_service = "web",
		.compose_number = 1 };
	int64_t row = put_full(&c, 10);

	(void)state;
	CHECK_OK(container_gone(store, row, 20));
	c.name = "shop-web-1";
	c.engine_id = ID("b");
	assert_int_equal(put_full(&c, 30), row);
	c.name = "shop-web-2";
	c.engine_id = ID("c");
	c.compose_number = 2;
	assert_int_not_equal(put_full(&c, 40), row);
}

static void health_since_moves_with_health_only(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct container c = { .host_id = host,
		.name = "web",
		.engine_id = ID("a"),
		.health = HEALTH_HEALTHY },
	                 got;
	int64_t row = put_full(&c, 100);

	(void)state;
	put_full(&c, 200);
	CHECK_OK(container_by_id(store, row, &arena, &got));
	assert_int_equal(got.health_since_ms, 100);
	c.health = HEALTH_UNHEALTHY;
	put_full(&c, 300);
	CHECK_OK(container_by_id(store, row, &arena, &got));
	assert_int_equal(got.health_since_ms, 300);
}

static size_t listed(struct container_filter filter)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct container_list list;

	CHECK_OK(container_list(store, &filter, &arena, &list));
	return list.count;
}

static void fill_list(void)
{
	static const struct container rows[] = {
		{ .name = "alpha",
		    .engine_id = ID("a"),
		    .image = "nginx:1",
		    .state = CONTAINER_RUNNING,
		    .health = HEALTH_UNHEALTHY,
		    .ports = "8080→80",
		    .labels_json = "{\"team\":\"Blue\"}",
		    .compose_project = "shop" },
		{ .name = "beta",
		    .engine_id = ID("b"),
		    .image = "redis",
		    .state = CONTAINER_EXITED,
		    .exit_code = 3,
		    .addresses = "172.18.0.2" },
		{ .name = "gamma", .engine_id = ID("c"), .state = CONTAINER_EXITED, .exit_code = 0 },
		{ .name = "delta",
		    .engine_id = ID("d"),
		    .state = CONTAINER_RESTARTING,
		    .compose_project = "shop" },
		{ .name = "omega", .engine_id = ID("e"), .state = CONTAINER_PAUSED },
		{ .name = "stopped", .engine_id = ID("f"), .state = CONTAINER_EXITED, .exit_code = 137 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct container c = rows[i];

		c.host_id = host;
		put_full(&c, 10);
	}
	CHECK_OK(container_stop_asked(store, host, ID("f")));
}

static void lists_are_filtered(void **state)
{
	(void)state;
	fill_list();
	assert_int_equal(listed((struct container_filter){ 0 }), 6);
	assert_int_equal(listed((struct container_filter){ .host_id = host + 1 }), 0);
	assert_int_equal(listed((struct container_filter){ .state = "running" }), 1);
	assert_int_equal(listed((struct container_filter){ .state = "stopped" }), 3);
	assert_int_equal(listed((struct container_filter){ .health = "unhealthy" }), 1);
	assert_int_equal(listed((struct container_filter){ .project = "shop" }), 2);
	assert_int_equal(listed((struct container_filter){ .text = "BLUE" }), 1);
	assert_int_equal(listed((struct container_filter){ .text = "8080" }), 1);
	assert_int_equal(listed((struct container_filter){ .text = "172.18.0.2" }), 1);
	assert_int_equal(listed((struct container_filter){ .text = "  rack nginx  alpha" }), 1);
	assert_int_equal(listed((struct container_filter){ .text = "nginx redis" }), 0);
	assert_int_equal(listed((struct container_filter){ .text = "100%" }), 0);
}

static void attention_is_counted(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct container_brief_list briefs;
	struct container_list list;
	size_t in_need = 0;
	const char **projects;
	size_t count;

	(void)state;
	fill_list();
	CHECK_OK(container_briefs(store, &arena, &briefs));
	assert_int_equal(briefs.count, 6);
	for (size_t i = 0; i < briefs.count; i++) {
		const struct container_brief *b = &briefs.items[i];
		struct container row;

		CHECK_OK(container_row(store, b->id, &arena, &row));
		assert_string_equal(b->name, row.name);
		assert_int_equal(b->state, row.state);
		assert_int_equal(b->health, row.health);
		in_need += container_needs_attention(b->state, b->health, b->exit_code, b->stop_asked);
	}
	assert_int_equal(in_need, 3);
	CHECK_OK(container_attention(store, 10, &arena, &list));
	assert_int_equal(list.count, 3);
	CHECK_OK(container_projects(store, 10, &arena, &projects, &count));
	assert_int_equal(count, 1);
	assert_string_equal(projects[0], "shop");
}

static void a_new_start_forgets_the_asked_stop(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct container c = { .host_id = host,
		.name = "web",
		.engine_id = ID("a"),
		.state = CONTAINER_RUNNING,
		.started_ms = 1 },
	                 got;
	int64_t row = put_full(&c, 10);

	(void)state;
	CHECK_OK(container_stop_asked(store, host, ID("a")));
	c.state = CONTAINER_EXITED;
	put_full(&c, 20);
	CHECK_OK(container_by_id(store, row, &arena, &got));
	assert_true(got.stop_asked);
	c.state = CONTAINER_RUNNING;
	c.started_ms = 2;
	put_full(&c, 30);
	CHECK_OK(container_by_id(store, row, &arena, &got));
	assert_false(got.stop_asked);
}

static void removed_rows_are_pruned(void **state)
{
	int64_t row = put("web", ID("a"), 10);

	(void)state;
	CHECK_OK(container_gone(store, row, 100));
	assert_int_equal(listed((struct container_filter){ 0 }), 0);
	assert_int_equal(container_prune(store, 100, 10), 0);
	assert_int_equal(container_prune(store, 101, 10), 1);
}

static void events_come_once(void **state)
{
	struct event e = {
		.host_id = host, .at_ns = 5, .kind = "container", .action = "start", .actor_id = ID("a")
	};

	(void)state;
	assert_int_equal(event_add(store, &e), 1);
	assert_int_equal(event_add(store, &e), 0);
	e.at_ns = 6;
	assert_int_equal(event_add(store, &e), 1);
	assert_int_equal(event_last_of(store, host, ID("a"), "start", 0), 6);
	assert_int_equal(event_last_of(store, host, ID("a"), "die", 0), 0);
	assert_int_equal(event_count(store), 2);
	assert_int_equal(event_prune(store, 6, 100), 1);
}

static void events_are_paged_by_key(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct event_list list;
	struct event_filter any = { 0 }, text = { .text = "WEB-7" };
	struct event_key key;

	(void)state;
	for (int i = 0; i < 10; i++) {
		char name[16];

		snprintf(name, sizeof(name), "web-%d", i);
		/* two at the same time, told apart by id */
		event_add(store,
		    &(struct event){ .host_id = host,
		        .at_ns = i / 2,
		        .kind = "container",
		        .action = "start",
		        .actor_id = name,
		        .actor_name = name });
	}
	CHECK_OK(event_older(store, &any, NULL, 4, &arena, &list));
	assert_int_equal(list.count, 4);
	assert_true(list.more);
	assert_string_equal(list.items[0].actor_name, "web-9");
	key = (struct event_key){ list.items[2].at_ns, list.items[2].id };
	CHECK_OK(event_older(store, &any, &key, 20, &arena, &list));
	assert_int_equal(list.count, 7);
	assert_false(list.more);
	assert_string_equal(list.items[0].actor_name, "web-6");
	CHECK_OK(event_newer(store, &any, &key, 1, &arena, &list));
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].actor_name, "web-8");
	CHECK_OK(event_older(store, &text, NULL, 4, &arena, &list));
	assert_int_equal(list.count, 1);
}

static void early_events_find_their_row(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct event_list list;
	int64_t row;

	(void)state;
	event_add(store,
	    &(struct event){
	        .host_id = host, .at_ns = 50, .kind = "container", .action = "create", .actor_id = ID("a") });
	row = put("web", ID("a"), 10);
	CHECK_OK(event_adopt(store, host, ID("a"), row, 0));
	CHECK_OK(event_older(store, &(struct event_filter){ .container_id = row }, NULL, 4, &arena, &list));
	assert_int_equal(list.count, 1);
}

static void figures_come_back(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct container_now now = { .container_id = 7, .at_ms = 1, .cpu_percent = 3.5, .pids = -1 }, got;
	struct container_now_list list;
	struct host_now host_now = { .host_id = host, .load1 = 0.5, .disks_json = "[1]" }, host_got;

	(void)state;
	spark_init(&now.cpu);
	spark_push(&now.cpu, 3.5);
	CHECK_OK(container_now_put(store, &now));
	CHECK_OK(container_now_put(store, &now));
	CHECK_OK(container_now_get(store, 7, &got));
	assert_true(got.cpu_percent == 3.5 && got.pids == -1);
	assert_true(spark_max(&got.cpu) == 3.5);
	CHECK_OK(container_now_list(store, &arena, &list));
	assert_non_null(container_now_find(&list, 7));
	assert_null(container_now_find(&list, 8));
	CHECK_OK(container_now_drop(store, 7));
	assert_int_equal(container_now_get(store, 7, &got), -ENOENT);
	CHECK_OK(host_now_put(store, &host_now));
	CHECK_OK(host_now_get(store, host, &arena, &host_got));
	assert_string_equal(host_got.disks_json, "[1]");
	assert_string_equal(host_got.networks_json, "[]");
}

#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_name_keeps_its_row),
		STORE_TEST(a_rename_keeps_the_row),
		STORE_TEST(recreation_by_rename_keeps_the_row),
		STORE_TEST(a_rollback_keeps_the_row),
		STORE_TEST(names_may_be_swapped),
		STORE_TEST(compose_identity_is_the_last_resort),
		STORE_TEST(health_since_moves_with_health_only),
		STORE_TEST(lists_are_filtered),
		STORE_TEST(attention_is_counted),
		STORE_TEST(a_new_start_forgets_the_asked_stop),
		STORE_TEST(removed_rows_are_pruned),
		STORE_TEST(events_come_once),
		STORE_TEST(events_are_paged_by_key),
		STORE_TEST(early_events_find_their_row),
		STORE_TEST(figures_come_back),
	};

	return cmocka_run_group_tests_name("store container", tests, NULL, NULL);
}
