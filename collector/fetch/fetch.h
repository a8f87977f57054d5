/* fetch: HTTP requests to engines, on the loop, without ever blocking it. A fetcher serves the whole
 * process; a lane is the way to one engine, with a bound on what is in flight and a bounded queue, so
 * that no engine holds up another. Loop thread only. */
#ifndef DOCKMON_COLLECTOR_FETCH_H
#define DOCKMON_COLLECTOR_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "lib/base/err.h"
#include "lib/base/json.h"

#define LANE_PLACES 16      /* requests in flight, streams apart */
#define LANE_SPARE_PLACES 4 /* of these never taken by FETCH_BACKGROUND */
#define LANE_PLACES_MAX 64
#define LANE_QUEUE_MAX 8192 /* requests that wait */
#define LANE_ADDRESS_BYTES 320
#define FETCH_CONNECT_MS 5000

struct fetcher;
struct lane;
struct fetch;

enum fetch_kind {
	FETCH_PROMPT,     /* goes first */
	FETCH_BACKGROUND, /* may wait: samples */
	FETCH_STREAM,     /* lasts; takes no place */
	FETCH_KIND_COUNT
};

struct fetch_reply {
	long status;      /* 0: none came */
	const char *body; /* NUL-terminated; borrowed for the call; "" for streams */
	size_t len;
	const char *what;    /* "GET /v1.41/info", for sentences; borrowed for the call */
	const char *address; /* of the engine; borrowed for the call */
};

/* The end of a request, exactly once, never within fetch_start; not after fetch_cancel. result 0: an
 * answer of 2xx is complete. Else err holds a sentence for people and result says what it was:
 * -ENOENT 404 · -EPROTO another status · -ECONNREFUSED nobody listens · -EACCES no permission ·
 * -EHOSTUNREACH no such name or no way · -ETIMEDOUT · -ECONNRESET closed too early · -EFBIG too long ·
 * -EBADMSG not HTTP · -EIO else. The callee may start and cancel anything. */
typedef void fetch_done_fn(int result, const struct fetch_reply *reply, const struct err *err, void *arg);
/* Bytes of a stream as they come; len 0 once, when its head has come with 2xx. May cancel anything. */
typedef void fetch_data_fn(const char *bytes, size_t len, void *arg);

struct fetch_request {
	const char *path; /* with query, encoded; copied */
	enum fetch_kind kind;
	int64_t deadline_ms; /* from its start to the end of the answer; 0 only for streams: none */
	size_t max_bytes;    /* of the body; streams: not bounded */
	fetch_done_fn *done;
	fetch_data_fn *data; /* streams only */
	void *arg;
};

/* owned: fetcher_close, after all its lanes are freed. */
struct fetcher *fetcher_create(uv_loop_t *loop);
/* Handles close in the next turns of the loop. NULL is accepted. */
void fetcher_close(struct fetcher **fetcher);

/* The way to unix:///path or tcp://name:port. -EINVAL with a text. Owned: lane_free, which cancels all
 * of its requests and may be called from any callback. */
int lane_create(struct fetcher *fetcher, const char *url, struct lane **lane_r, struct err *err_r);
void lane_free(struct lane **lane);
/* How many FETCH_BACKGROUND requests may be in flight: 1 to LANE_PLACES_MAX. */
void lane_set_background(struct lane *lane, size_t places);

/* -EAGAIN: the queue is full. *fetch_r is borrowed: valid until done was called or it was cancelled;
 * NULL is accepted for fetch_r. */
int fetch_start(struct lane *lane, const struct fetch_request *request, struct fetch **fetch_r);
/* done will not be called. *fetch may be NULL; it is NULL afterwards. From any callback. */
void fetch_cancel(struct fetch **fetch);

/* Parses the body. -EINVAL with a sentence that names the engine and the request. */
int fetch_json(const struct fetch_reply *reply, struct json_object **object_r, struct err *err_r);

struct fetch_figures {
	int64_t in_flight, queued, body_bytes;
};

void fetcher_figures(const struct fetcher *fetcher, struct fetch_figures *figures_r);

#endif
