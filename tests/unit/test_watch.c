/* What the watcher makes of what an engine says: rows, events, stops that were asked for, events that
 * were missed. With a real store and hub, and a fake engine that never answers. */
#include "tests/unit/check.h"

#include <errno.h>
#include <unistd.h>

#include "collector/host/watched.h"
#include "collector/live/hub.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"
#include "lib/store/event.h"
#include "lib/store/now.h"

#define NS_PER_MS 1000000LL
#define NS_PER_S (1000 * NS_PER_MS)
#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char dir[64];
static uv_loop_t loop;
static struct store *store;
static struct hub *hub;
static struct watch *w;
static struct watched *h;
static struct settings settings;
static int64_t host, now_ns;

static void open_watch(void)
{
	struct err err = ERR_INIT;

	if (watch_start(&loop, store, hub, &settings, &w, &err))
		fail_msg("%s", err.text);
	for (h = w->hosts; h && h->id != host; h = h->next)
		;
	assert_non_null(h);
	snprintf(h->api, sizeof(h->api), "1.41");
	CHECK_OK(inventory_load(h, &err));
}

static int begin(void **state)
{
	struct err err = ERR_INIT;
	char url[128];

	(void)state;
	log_init("test", LOG_LEVEL_ERROR);
	dir_make(dir);
	store = store_make(dir, STORE_CTL);
	hub = hub_create();
	uv_loop_init(&loop);
	snprintf(url, sizeof(url), "unix://%s/docker.sock", dir);
	assert_int_equal(host_add(store, "rack", url, false, 1, &host, &err), 0);
	now_ns = clock_wall_ms() * NS_PER_MS;
	open_watch();
	return 0;
}

static void close_watch(void)
{
	watch_stop(&w);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
}

static int end(void **state)
{
	(void)state;
	close_watch();
	assert_int_equal(uv_loop_close(&loop), 0);
	hub_free(&hub);
	store_close(&store);
	dir_remove(dir);
	return 0;
}

static const struct engine_container plain = {
	.name = "web",
	.image = "nginx:1.27",
	.image_id = "",
	.command = "",
	.state = "running",
	.health = "none",
	.health_note = "",
	.error = "",
	.restart_policy = "no",
	.network_mode = "none",
	.ports = "",
	.ports_json = "[]",
	.addresses = "",
	.networks_json = "[]",
	.mounts_json = "[]",
	.labels_json = "{}",
	.compose_project = "",
	.compose_service = "",
};

static struct engine_container container(
    const char *id, const char *state, int64_t started_ns, int64_t finished_ns)
{
	struct engine_container c = plain;

	c.id = id;
	c.state = state;
	c.created_ns = now_ns - 3600 * NS_PER_S;
	c.started_ns = started_ns;
	c.finished_ns = finished_ns;
	c.exit_code = strcmp(state, "exited") ? 0 : 137;
	return c;
}

static void say_container(const struct engine_container *c, bool from_list)
{
	struct engine_container *copy = arena_alloc(intake_arena(w), sizeof(*copy));
	struct intake_item *item = intake_add(h, INTAKE_CONTAINER);

	*copy = *c;
	item->container = copy;
	item->from_list = from_list;
	intake_store(w);
}

static void say_event(const char *id, const char *action, enum event_effect effect, int64_t at_ns)
{
	struct engine_event *e = arena_alloc(intake_arena(w), sizeof(*e));

	*e = (struct engine_event){
		.kind = "container",
		.action = action,
		.actor_id = id,
		.actor_name = "web",
		.attributes = "{}",
		.container = "",
		.health = strchr(action, ':') ? strchr(action, ':') + 2 : "",
		.at_ns = at_ns,
		.effect = effect,
		.terminates = effect == EVENT_KILL,
	};
	intake_add(h, INTAKE_EVENT)->event = e;
	intake_store(w);
}

/* A list of up to two ids, as after a connection was made or lost (all are asked again). */
static void say_list(const char *first, const char *second)
{
	const char *ids[] = { first, second };
	struct engine_summary *items = arena_alloc(intake_arena(w), 2 * sizeof(*items));
	struct intake_item *item = intake_add(h, INTAKE_LIST);

	h->ask_all = true;
	item->list.items = items;
	item->list.number = ++h->list_number;
	for (int i = 0; i < 2 && ids[i]; i++)
		items[item->list.count++] = (struct engine_summary){
			.id = ids[i], .name = "web", .state = "running", .health = "none"
		};
	intake_store(w);
}

static struct container row_of(const char *id, struct arena *arena)
{
	struct tracked *t = tracked_find(&h->tracked, id);
	struct container c;

	assert_non_null(t);
	assert_true(t->row > 0);
	CHECK_OK(container_by_id(store, t->row, arena, &c));
	return c;
}

struct counted {
	int all, observed, of_rows;
};

static struct counted count_events(const char *action)
{
	struct counted counted = { 0 };
	struct event_filter filter = { .host_id = host };
	struct event_list list;
	AUTO_ARENA arena = ARENA_INIT;

	CHECK_OK(event_older(store, &filter, NULL, 1000, &arena, &list));
	for (size_t i = 0; i < list.count; i++) {
		if (strcmp(list.items[i].action, action))
			continue;
		counted.all++;
		counted.observed += list.items[i].observed;
		counted.of_rows += list.items[i].container_id > 0;
	}
	return counted;
}

static void assert_events(const char *action, int all, int observed)
{
	struct counted counted = count_events(action);

	if (counted.all != all || counted.observed != observed)
		fail_msg("%s: %d events, %d observed, instead of %d and %d", action, counted.all,
		    counted.observed, all, observed);
}

static void first_contact_derives_nothing(void **state)
{
	struct engine_container c = container(A, "running", now_ns - 100 * NS_PER_S, 0);
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	say_list(A, NULL);
	say_container(&c, true);
	assert_string_equal(row_of(A, &arena).name, "web");
	assert_int_equal(row_of(A, &arena).state, CONTAINER_RUNNING);
	assert_int_equal(event_count(store), 0);
	assert_int_equal(h->state, HOST_ONLINE);
}

/* create and start come before the first inspect made a row; a told event is stored once. */
static void early_events_get_their_row(void **state)
{
	struct engine_container c = container(A, "running", now_ns, 0);

	(void)state;
	say_list(NULL, NULL);
	c.created_ns = now_ns - NS_PER_MS;
	say_event(A, "create", EVENT_CHANGE, c.created_ns);
	say_event(A, "start", EVENT_START, now_ns);
	say_event(A, "start", EVENT_START, now_ns);
	assert_int_equal(count_events("start").of_rows, 0);
	say_container(&c, false);
	assert_events("start", 1, 0);
	assert_int_equal(count_events("create").of_rows + count_events("start").of_rows, 2);
}

static void stops_that_were_asked_for(void **state)
{
	struct engine_container up = container(A, "running", now_ns, 0),
	                        down = container(A, "exited", now_ns, now_ns + NS_PER_S);
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	say_list(A, NULL);
	say_container(&up, false);
	say_event(A, "die", EVENT_DIE, now_ns + NS_PER_S); /* on its own */
	say_container(&down, false);
	assert_false(row_of(A, &arena).stop_asked);

	up.started_ns = now_ns + 10 * NS_PER_S;
	say_event(A, "start", EVENT_START, up.started_ns);
	say_container(&up, false);
	say_event(A, "kill", EVENT_KILL, now_ns + 20 * NS_PER_S);
	say_event(A, "die", EVENT_DIE, now_ns + 21 * NS_PER_S);
	assert_true(row_of(A, &arena).stop_asked);

	/* started and stopped again before it was looked at */
	say_event(A, "start", EVENT_START, now_ns + 30 * NS_PER_S);
	say_event(A, "die", EVENT_DIE, now_ns + 31 * NS_PER_S);
	say_event(A, "stop", EVENT_STOP, now_ns + 31 * NS_PER_S + 1);
	down.started_ns = now_ns + 30 * NS_PER_S;
	down.finished_ns = now_ns + 31 * NS_PER_S;
	say_container(&down, false);
	assert_true(row_of(A, &arena).stop_asked);

	/* a signal that it took, and a crash long after */
	up.started_ns = now_ns + 40 * NS_PER_S;
	say_event(A, "start", EVENT_START, up.started_ns);
	say_container(&up, false);
	say_event(A, "kill", EVENT_KILL, now_ns + 41 * NS_PER_S);
	say_event(A, "die", EVENT_DIE, now_ns + 2000 * NS_PER_S);
	down.started_ns = up.started_ns;
	down.finished_ns = now_ns + 2000 * NS_PER_S;
	say_container(&down, false);
	assert_false(row_of(A, &arena).stop_asked);
}

static void health_is_told_once(void **state)
{
	struct engine_container c = container(A, "running", now_ns, 0);

	(void)state;
	say_list(A, NULL);
	c.health = "healthy";
	say_container(&c, false);
	say_event(A, "health_status: healthy", EVENT_HEALTH, now_ns + 1);
	say_event(A, "health_status: unhealthy", EVENT_HEALTH, now_ns + 2);
	say_event(A, "health_status: unhealthy", EVENT_HEALTH, now_ns + 3);
	say_event(A, "health_status: healthy", EVENT_HEALTH, now_ns + 4);
	assert_events("health_status: healthy", 1, 0);
	assert_events("health_status: unhealthy", 1, 0);
}

static void missed_starts_and_ends_are_observed(void **state)
{
	struct engine_container up = container(A, "running", now_ns - 100 * NS_PER_S, 0), again;

	(void)state;
	say_list(A, NULL);
	say_container(&up, true);
	/* the engine restarted and forgot: ended and began again, neither was told */
	again = container(A, "running", now_ns + 5 * NS_PER_S, now_ns + 3 * NS_PER_S);
	say_list(A, NULL);
	say_container(&again, true);
	assert_events("die", 1, 1);
	assert_events("start", 1, 1);
	say_list(A, NULL);
	say_container(&again, true);
	assert_events("start", 1, 1);
	/* told after all, a little later by the engine's clock: it takes the place */
	say_event(A, "start", EVENT_START, again.started_ns + 30 * NS_PER_MS);
	assert_events("start", 1, 0);
	assert_events("die", 1, 1);
}

static void told_ones_are_not_observed_again(void **state)
{
	struct engine_container up = container(A, "running", now_ns - 100 * NS_PER_S, 0), down;

	(void)state;
	say_list(A, NULL);
	say_container(&up, true);
	down = container(A, "exited", up.started_ns, now_ns + 3 * NS_PER_S);
	say_event(A, "die", EVENT_DIE, down.finished_ns + 900 * NS_PER_MS);
	say_list(A, NULL);
	say_container(&down, true);
	assert_events("die", 1, 0);
	/* another end, three seconds later: not near enough to be the same */
	down.finished_ns += 4 * NS_PER_S;
	say_container(&down, true);
	assert_events("die", 2, 1);
}

static void what_appeared_and_vanished(void **state)
{
	struct engine_container a = container(A, "running", now_ns - 100 * NS_PER_S, 0);
	struct engine_container b = container(B, "running", now_ns + 2 * NS_PER_S, 0);
	AUTO_ARENA arena = ARENA_INIT;
	struct container gone;
	int64_t row;

	(void)state;
	say_list(A, NULL);
	say_container(&a, true);
	row = row_of(A, &arena).id;
	b.name = "db";
	b.created_ns = now_ns + NS_PER_S;
	say_list(B, NULL);
	say_container(&b, true);
	assert_events("create", 1, 1);
	assert_events("start", 1, 1);
	assert_events("destroy", 1, 1);
	assert_null(tracked_find(&h->tracked, A));
	CHECK_OK(container_by_id(store, row, &arena, &gone));
	assert_int_equal(gone.state, CONTAINER_REMOVED);
	/* told before the list: not observed */
	say_event(B, "destroy", EVENT_GONE, now_ns + 9 * NS_PER_S);
	say_list(NULL, NULL);
	assert_events("destroy", 2, 1);
}

static void old_facts_are_not_observed(void **state)
{
	struct engine_container a =
	    container(A, "exited", now_ns - 9000 * NS_PER_S, now_ns - 8000 * NS_PER_S);

	(void)state;
	say_list(NULL, NULL); /* contact */
	a.created_ns = now_ns - 10000 * NS_PER_S;
	say_list(A, NULL);
	say_container(&a, true); /* restored from a copy: all of it lies before our contact */
	assert_int_equal(event_count(store), 0);
}

static void partial_lists_remove_nobody(void **state)
{
	struct engine_container a = container(A, "running", now_ns, 0);
	struct intake_item *item;

	(void)state;
	say_list(A, NULL);
	say_container(&a, true);
	item = intake_add(h, INTAKE_LIST);
	item->list.number = ++h->list_number;
	item->list.partial = true;
	intake_store(w);
	assert_non_null(tracked_find(&h->tracked, A));
	assert_events("destroy", 0, 0);
}

/* A name that another container takes over keeps its row. */
static void recreated_containers_keep_their_row(void **state)
{
	struct engine_container a = container(A, "running", now_ns, 0),
	                        b = container(B, "running", now_ns + NS_PER_S, 0);
	AUTO_ARENA arena = ARENA_INIT;
	int64_t row;

	(void)state;
	say_list(A, NULL);
	say_container(&a, true);
	row = row_of(A, &arena).id;
	/* renamed away, a new one made, the old one removed: as compose does */
	a.name = "old_web";
	say_event(A, "rename", EVENT_CHANGE, now_ns + 1);
	say_container(&a, false);
	say_event(B, "create", EVENT_CHANGE, now_ns + 2);
	say_container(&b, false);
	assert_int_equal(row_of(B, &arena).id, row);
	assert_int_equal(tracked_find(&h->tracked, A)->row, 0);
	say_event(A, "destroy", EVENT_GONE, now_ns + 3);
	assert_int_equal(row_of(B, &arena).id, row);
	assert_int_equal(row_of(B, &arena).state, CONTAINER_RUNNING);
}

static void unknown_words_are_unknown(void **state)
{
	struct engine_container a = container(A, "frobnicating", now_ns, 0);
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	a.health = "sparkling";
	say_list(A, NULL);
	say_container(&a, true);
	assert_int_equal(row_of(A, &arena).state, CONTAINER_UNKNOWN);
	assert_int_equal(row_of(A, &arena).health, HEALTH_UNKNOWN);
}

/* After a restart the events of the time between are told by `since`: each once, none observed. */
static void a_restart_loses_nothing(void **state)
{
	struct engine_container up = container(A, "running", now_ns, 0), after;
	AUTO_ARENA arena = ARENA_INIT;
	int64_t row;

	(void)state;
	say_list(A, NULL);
	say_container(&up, true);
	say_event(A, "start", EVENT_START, now_ns);
	row = row_of(A, &arena).id;
	close_watch();
	open_watch();
	assert_int_equal(h->events_ns, now_ns);
	assert_true(h->known_before);
	assert_int_equal(row_of(A, &arena).id, row);
	say_event(A, "start", EVENT_START, now_ns); /* `since` gives the last one again */
	say_event(A, "die", EVENT_DIE, now_ns + NS_PER_S);
	say_event(A, "start", EVENT_START, now_ns + 2 * NS_PER_S);
	after = container(A, "running", now_ns + 2 * NS_PER_S - NS_PER_MS, now_ns + NS_PER_S - NS_PER_MS);
	say_list(A, NULL);
	say_container(&after, true);
	assert_events("start", 2, 0);
	assert_events("die", 1, 0);
}

/* The store refuses (its host is gone): nothing is half stored, and the host begins anew. */
static void a_store_that_refuses(void **state)
{
	struct engine_container a = container(A, "running", now_ns, 0);

	(void)state;
	say_list(A, NULL);
	CHECK_OK(host_drop(store, host));
	log_init("test", LOG_LEVEL_ERROR);
	say_container(&a, true);
	assert_int_equal(h->tracked.count, 0);
	assert_false(h->loaded);
	assert_false(store_in_transaction(store));
	assert_null(w->intake.first);
}

static void inspects_of_one_container_are_gathered(void **state)
{
	struct watch_figures figures;

	(void)state;
	say_list(A, NULL); /* asks at once */
	h->phase = PHASE_FOLLOWING;
	for (int i = 0; i < 100; i++)
		say_event(A, "pause", EVENT_CHANGE, now_ns + i);
	watch_figures(w, &figures);
	assert_true(figures.fetches_in_flight + figures.fetches_queued <= 2);
	assert_events("pause", 100, 0);
	assert_int_equal(figures.events_recorded, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(first_contact_derives_nothing, begin, end),
		cmocka_unit_test_setup_teardown(early_events_get_their_row, begin, end),
		cmocka_unit_test_setup_teardown(stops_that_were_asked_for, begin, end),
		cmocka_unit_test_setup_teardown(health_is_told_once, begin, end),
		cmocka_unit_test_setup_teardown(missed_starts_and_ends_are_observed, begin, end),
		cmocka_unit_test_setup_teardown(told_ones_are_not_observed_again, begin, end),
		cmocka_unit_test_setup_teardown(what_appeared_and_vanished, begin, end),
		cmocka_unit_test_setup_teardown(old_facts_are_not_observed, begin, end),
		cmocka_unit_test_setup_teardown(partial_lists_remove_nobody, begin, end),
		cmocka_unit_test_setup_teardown(recreated_containers_keep_their_row, begin, end),
		cmocka_unit_test_setup_teardown(unknown_words_are_unknown, begin, end),
		cmocka_unit_test_setup_teardown(a_restart_loses_nothing, begin, end),
		cmocka_unit_test_setup_teardown(a_store_that_refuses, begin, end),
		cmocka_unit_test_setup_teardown(inspects_of_one_container_are_gathered, begin, end),
	};

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
