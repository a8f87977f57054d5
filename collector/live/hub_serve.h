/* hub_serve: the other side of the hub, for the listener that serves its streams. Loop thread only.
 * The hub never calls into a stream's owner but by stream->wake. */
#ifndef DOCKMON_COLLECTOR_HUB_SERVE_H
#define DOCKMON_COLLECTOR_HUB_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "collector/live/hub.h"
#include "collector/live/stream.h"
#include "collector/live/topic.h"

#define HUB_STREAM_MS (15 * 60000) /* an SSE stream ends after so long at the latest */
#define HUB_PAGE_MS (3 * 60000)    /* a /live document */
#define HUB_PING_MS 15000          /* after so long without a message */
#define HUB_CHANGE_SPACING_MS 100  /* between two `change` messages of one topic */
#define HUB_CHANGES_KEPT 1024      /* for resuming */
#define HUB_FRESH_MS 10000         /* a page was rendered at most so long before its stream began */
#define HUB_PAGE_ROWS_MAX 2000     /* in a /live document */

struct hub_page {
	bool by_memory;
	bool once;         /* end after the rows: for text browsers, which wait for the end */
	const char *base;  /* base path, "" or "/dockmon"; borrowed for the call */
	const char *theme; /* "auto", "light" or "dark" */
	const char *version;
};

/* Begins an SSE stream: retry, all values, and `change` if the page may have missed one. last_id is
 * the browser's Last-Event-ID (NULL: none). The stream must be initialised; hub_detach ends this. */
void hub_attach(struct hub *hub, struct stream *stream, const struct topic *topic, const char *last_id);
/* Begins a /live document; the style rules carry stream->nonce, which the caller has set. */
void hub_attach_page(struct hub *hub, struct stream *stream, const struct hub_page *page);
/* Allowed for a stream that is not attached. */
void hub_detach(struct hub *hub, struct stream *stream);

/* The stream is drained and was slow: queue all values again. Nothing for others. */
void hub_refill(struct hub *hub, struct stream *stream);

/* To be called at the end of every loop turn: sends the changes that wait. Milliseconds until it
 * wants to be called again (changes keep HUB_CHANGE_SPACING_MS apart); -1: no need. */
int64_t hub_turn(struct hub *hub);
/* To be called once a second: pings, ends of streams. */
void hub_second(struct hub *hub);

/* Monotonic milliseconds; the tests put in a clock of their own. */
typedef int64_t (*hub_clock_fn)(void);
void hub_set_clock(struct hub *hub, hub_clock_fn clock);

#endif
