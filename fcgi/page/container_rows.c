#include "fcgi/page/container_rows.h"

#include <strings.h>

#include "fcgi/rows.h"
#include "fcgi/words.h"
#include "lib/base/die.h"

static int compare_text(const char *a, const char *b)
{
	int result = strcasecmp(a, b);

	return result ? result : strcmp(a, b);
}

static int compare_number(double a, double b)
{
	return (a > b) - (a < b);
}

static int by_name(const void *a, const void *b)
{
	return compare_text(((const struct container_row *)a)->name, ((const struct container_row *)b)->name);
}

static int by_state(const void *a, const void *b)
{
	return ((const struct container_row *)a)->rank - ((const struct container_row *)b)->rank;
}

static int by_host(const void *a, const void *b)
{
	return compare_text(
	    ((const struct container_row *)a)->host_name, ((const struct container_row *)b)->host_name);
}

static int by_image(const void *a, const void *b)
{
	return compare_text(
	    ((const struct container_row *)a)->c->image, ((const struct container_row *)b)->c->image);
}

/* The published port (else the container's) of the first of "127.0.0.1:8080→80, 53/udp"; none: the greatest. */
static long first_port(const char *ports)
{
	const char *arrow = strstr(ports, "→"), *comma = strchr(ports, ',');

	if (!*ports)
		return 1L << 20;
	if (arrow && (!comma || arrow < comma)) {
		while (arrow > ports && arrow[-1] >= '0' && arrow[-1] <= '9')
			arrow--;
		ports = arrow;
	}
	return strtol(ports, NULL, 10);
}

static int by_ports(const void *a, const void *b)
{
	long x = first_port(((const struct container_row *)a)->c->ports);
	long y = first_port(((const struct container_row *)b)->c->ports);

	return (x > y) - (x < y);
}

/* Unknown figures come before all known ones. */
#define BY_FIGURE(name, figure)                                                         \
	static int by_##name(const void *a, const void *b)                              \
	{                                                                               \
		const struct container_now *x = ((const struct container_row *)a)->now; \
		const struct container_now *y = ((const struct container_row *)b)->now; \
		return compare_number(x ? (x->figure) : -1, y ? (y->figure) : -1);      \
	}
BY_FIGURE(cpu, cpu_percent)
BY_FIGURE(memory, memory_bytes)
#undef BY_FIGURE

static double network_of(const struct container_row *row)
{
	return row->now ? row_net(row->now->rx_rate, row->now->tx_rate) : -1;
}

static int by_network(const void *a, const void *b)
{
	return compare_number(network_of(a), network_of(b));
}

static bool runs(enum container_state state)
{
	return state == CONTAINER_RUNNING || state == CONTAINER_PAUSED;
}

static int64_t since_ms(const struct container *c)
{
	return runs(c->state) ? c->started_ms : c->finished_ms ? c->finished_ms : c->created_ms;
}

/* The shortest time first. */
static int by_since(const void *a, const void *b)
{
	int64_t x = since_ms(((const struct container_row *)a)->c),
	        y = since_ms(((const struct container_row *)b)->c);

	return (x < y) - (x > y);
}

const struct sort_column container_columns[] = {
	{ "name", "Name", false, by_name },
	{ "state", "State", false, by_state },
	{ "host", "Host", false, by_host },
	{ "image", "Image", false, by_image },
	{ "ports", "Ports", false, by_ports },
	{ "cpu", "Cpu", true, by_cpu },
	{ "mem", "Mem", true, by_memory },
	{ "net", "Net", true, by_network },
	{ "up", "Up", false, by_since },
};
const size_t container_columns_count = ARRAY_LEN(container_columns);

static int rank_of(enum container_state state, enum container_health health, bool trouble)
{
	static const int ranks[CONTAINER_STATE_COUNT] = {
		[CONTAINER_DEAD] = 1,
		[CONTAINER_EXITED] = 8,
		[CONTAINER_RESTARTING] = 3,
		[CONTAINER_RUNNING] = 5,
		[CONTAINER_PAUSED] = 6,
		[CONTAINER_CREATED] = 7,
		[CONTAINER_REMOVING] = 9,
		[CONTAINER_UNKNOWN] = 10,
		[CONTAINER_REMOVED] = 11,
	};

	if (state == CONTAINER_RUNNING && health == HEALTH_UNHEALTHY)
		return 2;
	return state == CONTAINER_EXITED && trouble ? 0 : ranks[state];
}

static bool needs_attention(const struct container_brief *b)
{
	return container_needs_attention(b->state, b->health, b->exit_code, b->stop_asked);
}

/* As the store's lists decide. */
static bool fits(const struct container_brief *b, const struct container_filter *f)
{
	if ((f->host_id && b->host_id != f->host_id) ||
	    (*f->health && strcmp(f->health, container_health_name(b->health)) != 0))
		return false;
	if (!strcmp(f->state, "attention"))
		return needs_attention(b);
	if (!strcmp(f->state, "stopped"))
		return b->state == CONTAINER_EXITED || b->state == CONTAINER_CREATED ||
		    b->state == CONTAINER_DEAD;
	return !*f->state || !strcmp(f->state, container_state_name(b->state));
}

static size_t rows_of_briefs(
    const struct overview *o, const struct container_filter *filter, struct container_row *rows)
{
	const struct host *host = NULL;
	size_t count = 0;

	for (size_t i = 0; i < o->briefs.count; i++) {
		const struct container_brief *b = &o->briefs.items[i];

		if (!fits(b, filter))
			continue;
		if (!host || host->id != b->host_id)
			host = overview_host(o, b->host_id);
		rows[count++] = (struct container_row){
			.id = b->id,
			.name = b->name,
			.host_name = host ? host->name : "",
			.rank = rank_of(b->state, b->health, needs_attention(b)),
		};
	}
	return count;
}

static struct container_row make_row(
    struct call *call, const struct overview *o, const struct container *c, const struct container_now *now)
{
	if (now && (!runs(c->state) || !overview_is_current(o, c->host_state, now->at_ms, call->now_ms)))
		now = NULL;
	return (struct container_row){
		.id = c->id,
		.name = c->name,
		.host_name = c->host_name,
		.rank = rank_of(c->state, c->health, words_in_trouble(c)),
		.c = c,
		.now = now,
	};
}

static int rows_of_list(struct call *call, const struct overview *o, const struct container_filter *filter,
    bool figures, struct container_row **rows_r, size_t *count_r)
{
	struct container_list list = { 0 };
	struct container_now_list now = { 0 };
	int result = container_list(call->web->store, filter, &call->arena, &list);

	if (!result && figures)
		result = container_now_list(call->web->store, &call->arena, &now);
	if (result)
		return result;
	*rows_r = arena_alloc(&call->arena, (list.count + 1) * sizeof(**rows_r));
	for (size_t i = 0; i < list.count; i++)
		(*rows_r)[i] = make_row(call, o, &list.items[i], container_now_find(&now, list.items[i].id));
	*count_r = list.count;
	return 0;
}

int container_rows_read(struct call *call, const struct overview *o, const struct container_filter *filter,
    const struct list_order *order, struct container_row **rows_r, size_t *count_r)
{
	int (*by)(const void *, const void *) = order->column->compare;
	bool figures = by == by_cpu || by == by_memory || by == by_network;
	static const struct list_order by_names = { &container_columns[0], false };
	int result = 0;

	if ((by == by_name || by == by_state || by == by_host) && !*filter->text && !*filter->project) {
		*rows_r = arena_alloc(&call->arena, (o->briefs.count + 1) * sizeof(**rows_r));
		*count_r = rows_of_briefs(o, filter, *rows_r);
		list_sort(call, *rows_r, *count_r, sizeof(**rows_r), &by_names);
	} else {
		result = rows_of_list(call, o, filter, figures, rows_r, count_r); /* by name too */
	}
	if (!result && (by != by_name || order->descending))
		list_sort(call, *rows_r, *count_r, sizeof(**rows_r), order);
	return result;
}
