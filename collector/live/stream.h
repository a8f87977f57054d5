/* stream: what one browser has still to be sent: a short queue of chunks. It knows no socket; its
 * owner (the listener) reads from it and is woken when there is something. Loop thread only. */
#ifndef DOCKMON_COLLECTOR_STREAM_H
#define DOCKMON_COLLECTOR_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/live/chunk.h"

#define STREAM_CHUNKS_MAX 16                   /* more waiting: the browser is disconnected */
#define STREAM_BYTES_SLOW ((size_t)256 * 1024) /* so much waiting: values are dropped, a snapshot follows */

struct channel;
struct stream;
/* There is something to read, or the stream has ended. May be called when it is awake already. */
typedef void (*stream_wake_fn)(struct stream *stream);

struct stream {
	struct stream *prev, *next;              /* in its channel */
	struct channel *channel;                 /* borrowed from the hub; NULL: not attached */
	struct chunk *chunks[STREAM_CHUNKS_MAX]; /* owned references; a ring */
	const struct chunk *change;              /* the `change` message that still waits; NULL: none */
	stream_wake_fn wake;
	size_t offset;           /* read of the first chunk */
	size_t bytes;            /* waiting */
	int64_t put_ms, ends_ms; /* monotonic */
	uint64_t live_seq;       /* /live: the flush its document was made at */
	char nonce[24];          /* /live */
	uint8_t first, count;
	bool slow;    /* values were dropped */
	bool ending;  /* ends when all is read */
	bool broken;  /* to be disconnected at once */
	bool is_page; /* /live, not SSE */
	bool empty;   /* /live: its document has no table */
};

void stream_init(struct stream *stream, stream_wake_fn wake);
void stream_release(struct stream *stream);

/* Takes a reference of its own. Over STREAM_CHUNKS_MAX the stream breaks. */
void stream_put(struct stream *stream, struct chunk *chunk, int64_t now_ms);
/* The same for messages that may be left out: sets `slow` instead when too much is waiting. */
void stream_put_values(struct stream *stream, struct chunk *chunk, int64_t now_ms);
/* A `change` message, unless one is still waiting. */
void stream_put_change(struct stream *stream, struct chunk *chunk, int64_t now_ms);
void stream_end(struct stream *stream);
void stream_break(struct stream *stream);

/* Copies up to `max` waiting bytes; how many. */
size_t stream_read(struct stream *stream, char *bytes_r, size_t max);
bool stream_is_drained(const struct stream *stream);

#endif
