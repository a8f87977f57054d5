/* What containers are there: the list as a safety net, and one inspect for each that changed. */
#include <errno.h>

#include "collector/host/watched.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#define ASKING_MAX 8 /* inspects of a host in flight */
#define PAUSE_MS 100 /* between two inspects of one container */
#define COMPLAIN_EVERY_MS 60000

static void load_one(struct watched *h, const struct container *c)
{
	struct tracked *t;

	if (!engine_id_valid(c->engine_id) || tracked_find(&h->tracked, c->engine_id))
		return;
	t = tracked_add(&h->tracked, h, c->engine_id);
	t->row = c->id;
	t->name = xstrdup(c->name);
	t->state = c->state;
	t->health = t->told_health = c->health;
	t->exit_code = c->exit_code;
	t->started_ms = c->started_ms;
	t->finished_ms = c->finished_ms;
	t->stop_asked = c->stop_asked;
}

int inventory_load(struct watched *h, struct err *err_r)
{
	struct container_filter filter = { .host_id = h->id };
	struct container_list list;
	struct host row;
	AUTO_ARENA arena = ARENA_INIT;
	int result;

	if (h->loaded)
		return 0;
	result = host_by_id(h->watch->store, h->id, &arena, &row);
	if (!result)
		result = container_list(h->watch->store, &filter, &arena, &list);
	if (result)
		return err_set(err_r, result, "The store cannot be read: %s", store_error(h->watch->store));
	for (size_t i = 0; i < list.count; i++)
		load_one(h, &list.items[i]);
	h->events_ns = row.events_ns;
	h->known_before |= list.count > 0;
	h->loaded = true;
	return 0;
}

static void wanted_push(struct wanted_list *list, struct tracked *t)
{
	t->next_wanted = NULL;
	*(list->last ? &list->last->next_wanted : &list->first) = t;
	list->last = t;
}

static struct tracked *wanted_pop(struct wanted_list *list)
{
	struct tracked *t = list->first;

	list->first = t->next_wanted;
	if (!list->first)
		list->last = NULL;
	t->next_wanted = NULL;
	return t;
}

static void wanted_remove(struct wanted_list *list, struct tracked *t)
{
	struct tracked *before = NULL, *at = list->first;

	while (at && at != t) {
		before = at;
		at = at->next_wanted;
	}
	if (!at)
		return;
	*(before ? &before->next_wanted : &list->first) = t->next_wanted;
	if (list->last == t)
		list->last = before;
	t->next_wanted = NULL;
}

static void pump(struct watched *h);

/* The next list asks again. One line a minute and host says enough. */
static void complain(struct tracked *t, const struct err *err)
{
	struct watched *h = t->host;
	int64_t now_ms = clock_mono_ms();

	t->looks = 0;
	if (h->complained_ms && now_ms - h->complained_ms < COMPLAIN_EVERY_MS)
		return;
	h->complained_ms = now_ms;
	log_warning("host %s, container %.12s keeps its last known state: %s", h->name, t->id, err->text);
}

static void take_container(struct tracked *t, const struct fetch_reply *reply)
{
	struct watched *h = t->host;
	struct arena *arena = intake_arena(h->watch);
	struct engine_container *c = arena_alloc(arena, sizeof(*c));
	AUTO_JSON *object = NULL;
	struct err err = ERR_INIT;
	struct intake_item *item;
	int result = fetch_json(reply, &object, &err);

	if (!result)
		result = engine_container_read(object, arena, c, &err);
	if (!result && strcmp(c->id, t->id))
		result =
		    err_set(&err, -EINVAL, "%s answered with another container than was asked for", h->url);
	if (result) {
		complain(t, &err);
		return;
	}
	item = intake_add(h, INTAKE_CONTAINER);
	item->container = c;
	item->from_list = t->from_list;
	t->from_list = false;
}

static void on_inspected(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct tracked *t = arg;
	struct watched *h = t->host;

	t->asking = NULL;
	h->asking_count--;
	if (!result) {
		take_container(t, reply);
	} else if (result != -ENOENT) { /* 404: it left meanwhile, which an event or the next list tells */
		complain(t, err);
	}
	if (t->again) {
		t->again = false;
		inventory_want(t, false);
	}
	pump(h);
	intake_bound(h->watch);
}

static int ask(struct tracked *t)
{
	struct watched *h = t->host;
	char path[128];
	struct fetch_request request = {
		.path = path,
		.kind = FETCH_PROMPT,
		.deadline_ms = ASK_DEADLINE_MS,
		.max_bytes = INSPECT_MAX_BYTES,
		.done = on_inspected,
		.arg = t,
	};

	snprintf(path, sizeof(path), "/v%s/containers/%s/json", h->api, t->id);
	t->asked_ms = clock_mono_ms();
	return fetch_start(h->lane, &request, &t->asking);
}

static void pump(struct watched *h)
{
	while (h->phase >= PHASE_OPENING && h->wanted.first && h->asking_count < ASKING_MAX) {
		struct tracked *t = wanted_pop(&h->wanted);

		t->wanted = false;
		if (ask(t))
			t->looks = 0; /* the queue is full: the next list asks again */
		else
			h->asking_count++;
	}
}

static void on_later(uv_timer_t *timer)
{
	struct watched *h = timer->data;
	int64_t now_ms = clock_mono_ms();

	while (h->later.first && h->later.first->asked_ms + PAUSE_MS <= now_ms)
		wanted_push(&h->wanted, wanted_pop(&h->later));
	if (h->later.first)
		uv_timer_start(timer, on_later, (uint64_t)(h->later.first->asked_ms + PAUSE_MS - now_ms), 0);
	pump(h);
}

void inventory_later_init(struct watched *h)
{
	uv_timer_init(h->watch->loop, &h->later_timer);
	h->later_timer.data = h;
	h->handles++;
}

void inventory_want(struct tracked *t, bool from_list)
{
	struct watched *h = t->host;

	t->from_list |= from_list;
	if (t->asking) {
		t->again = true;
		return;
	}
	if (t->wanted)
		return;
	t->wanted = true;
	if (!t->asked_ms || clock_mono_ms() - t->asked_ms >= PAUSE_MS) {
		wanted_push(&h->wanted, t);
		pump(h);
		return;
	}
	wanted_push(&h->later, t);
	if (!uv_is_active((uv_handle_t *)&h->later_timer))
		on_later(&h->later_timer);
}

static void stop_asking(struct tracked *t)
{
	if (t->asking)
		t->host->asking_count--;
	fetch_cancel(&t->asking);
	if (t->wanted) {
		wanted_remove(&t->host->wanted, t);
		wanted_remove(&t->host->later, t);
	}
	t->wanted = t->again = t->from_list = false;
}

void inventory_forget(struct tracked *t)
{
	struct watched *h = t->host;

	stop_asking(t);
	sample_end(&t->sample);
	tracked_remove(&h->tracked, &t);
}

static void forget_one(struct tracked *t, void *arg)
{
	(void)arg;
	inventory_forget(t);
}

void inventory_forget_all(struct watched *h)
{
	inventory_forget_asked(h);
	tracked_each(&h->tracked, forget_one, NULL);
}

static void forget_asked(struct tracked *t, void *arg)
{
	(void)arg;
	if (t->asking || t->wanted)
		t->looks = 0;
	fetch_cancel(&t->asking);
	t->wanted = t->again = t->from_list = false;
	t->next_wanted = NULL;
}

void inventory_forget_asked(struct watched *h)
{
	tracked_each(&h->tracked, forget_asked, NULL);
	h->wanted = h->later = (struct wanted_list){ 0 };
	h->asking_count = 0;
	uv_timer_stop(&h->later_timer);
}

static int read_list(struct watched *h, struct json_object *array, struct err *err_r)
{
	struct arena *arena = intake_arena(h->watch);
	size_t total = json_count(array), count = 0, bad = 0;
	struct engine_summary *items;
	struct err why = ERR_INIT;
	struct intake_item *item;

	if (!json_object_is_type(array, json_type_array))
		return err_set(err_r, -EINVAL, "%s gives a list of containers that is no list.", h->url);
	if (total > CONTAINERS_PER_HOST_MAX)
		return err_set(err_r, -EFBIG,
		    "%s lists %zu containers; at most %d of one engine are watched.", h->url, total,
		    CONTAINERS_PER_HOST_MAX);
	items = arena_alloc(arena, (total + 1) * sizeof(*items));
	for (size_t i = 0; i < total; i++) {
		if (!engine_summary_read(json_object_array_get_idx(array, i), arena, &items[count], &why))
			count++;
		else
			bad++;
	}
	if (bad && !count)
		return err_set(err_r, -EINVAL, "%s gives a list that cannot be used: %s.", h->url, why.text);
	if (bad)
		log_warning("host %s: %zu of %zu containers are left out: %s", h->name, bad, total, why.text);
	item = intake_add(h, INTAKE_LIST);
	item->list.items = items;
	item->list.count = count;
	item->list.number = h->list_number;
	item->list.partial = bad > 0;
	return 0;
}

static void on_listed(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct watched *h = arg;
	AUTO_JSON *array = NULL;
	struct err why = *err;

	h->asking = NULL;
	if (!result)
		result = fetch_json(reply, &array, &why);
	if (!result)
		result = read_list(h, array, &why);
	if (result)
		watched_failed(h, &why);
}

void inventory_list(struct watched *h)
{
	struct err err = ERR_INIT;
	char path[64];
	struct fetch_request request = {
		.path = path,
		.kind = FETCH_PROMPT,
		.deadline_ms = LIST_DEADLINE_MS,
		.max_bytes = LIST_MAX_BYTES,
		.done = on_listed,
		.arg = h,
	};

	if (h->phase == PHASE_OPENING)
		h->phase = PHASE_LISTING;
	h->list_number++;
	snprintf(path, sizeof(path), "/v%s/containers/json?all=1", h->api);
	if (fetch_start(h->lane, &request, &h->asking)) {
		err_set(&err, -EAGAIN, "Too many requests to %s are waiting.", h->url);
		watched_failed(h, &err);
	}
}
