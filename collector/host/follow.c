/* The stream of events: every line goes into the intake, and the stream begins again where it ended. */
#include <errno.h>

#include "collector/host/watched.h"
#include "lib/base/log.h"

#define OPENING_MS 1000
#define BAD_LINES_MAX 100
#define NS_PER_S 1000000000LL
#define FILTERS "{\"type\":[\"container\",\"image\",\"network\",\"volume\",\"daemon\"]}"

static void on_opened(uv_timer_t *timer)
{
	inventory_list(timer->data);
}

bool follow_check(struct watched *h)
{
	struct err err = ERR_INIT;

	if (h->stream_open || h->podman)
		return true;
	err_set(&err, -ETIMEDOUT, "%s does not open its stream of events: is the engine hung or overloaded?",
	    h->url);
	watched_failed(h, &err);
	return false;
}

static void on_line(const char *line, size_t len, void *arg)
{
	struct watched *h = arg;
	struct arena *arena = intake_arena(h->watch);
	struct engine_event event, *kept;
	struct err err = ERR_INIT;
	int result = engine_event_parse(line, len, arena, &event, &err);

	if (result < 0 && !h->bad_lines++)
		log_warning("host %s sent %s; it is left out, as are further ones.", h->name, err.text);
	if (result)
		return;
	kept = arena_alloc(arena, sizeof(*kept));
	*kept = event;
	intake_add(h, INTAKE_EVENT)->event = kept;
}

static void on_data(const char *bytes, size_t len, void *arg)
{
	struct watched *h = arg;
	struct err err = ERR_INIT;

	if (!len) {
		h->stream_open = true;
		if (h->phase == PHASE_OPENING)
			uv_timer_start(&h->timer, on_opened, 0, 0);
		return;
	}
	lines_feed(&h->lines, bytes, len, on_line, h);
	if (h->lines.dropped || h->bad_lines > BAD_LINES_MAX) {
		err_set(&err, -EBADMSG, "%s sends events that cannot be read: is that a container engine?",
		    h->url);
		watched_failed(h, &err);
	}
	intake_bound(h->watch);
}

static void on_end(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct watched *h = arg;
	struct err why = *err;

	(void)reply;
	h->stream = NULL;
	if (!result)
		err_set(
		    &why, -ECONNRESET, "%s ended the stream of events: is the engine restarting?", h->url);
	watched_failed(h, &why);
}

static void add_path(struct watched *h, struct sb *path)
{
	sb_addf(path, "/v%s/events?since=%lld.%09lld&filters=", h->api, (long long)(h->since_ns / NS_PER_S),
	    (long long)(h->since_ns % NS_PER_S));
	sb_add_url(path, FILTERS);
}

void follow_open(struct watched *h)
{
	AUTO_SB path = SB_INIT(1024);
	struct err err = ERR_INIT;
	struct fetch_request request = {
		.kind = FETCH_STREAM,
		.max_bytes = SMALL_MAX_BYTES,
		.done = on_end,
		.data = on_data,
		.arg = h,
	};

	h->phase = PHASE_OPENING;
	h->bad_lines = h->lines.dropped = 0;
	h->stream_open = false;
	h->ask_all = true;
	lines_reset(&h->lines);
	add_path(h, &path);
	request.path = path.data;
	if (fetch_start(h->lane, &request, &h->stream)) {
		err_set(&err, -EAGAIN, "Too many requests to %s are waiting.", h->url);
		watched_failed(h, &err);
		return;
	}
	uv_timer_start(&h->timer, on_opened, OPENING_MS, 0);
}

void follow_close(struct watched *h)
{
	fetch_cancel(&h->stream);
}
