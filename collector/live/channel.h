/* channel: the streams that share a topic, and so share every message. */
#ifndef DOCKMON_COLLECTOR_CHANNEL_H
#define DOCKMON_COLLECTOR_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/live/stream.h"
#include "collector/live/topic.h"

struct channel {
	struct topic topic;
	struct stream *streams; /* borrowed: they belong to the listener */
	size_t count;
	struct chunk *snapshot; /* owned; all values as of snapshot_seq; NULL: none made */
	uint64_t snapshot_seq;
	bool change_waits; /* a change is to be told … */
	uint64_t told_seq; /* … and this is the last one that was */
	int64_t told_ms;   /* monotonic; when it was */
};

struct channels {
	struct channel **items; /* owned; ascending by topic */
	size_t count, capacity;
};

/* NULL if nobody listens to it. */
struct channel *channels_find(const struct channels *channels, const struct topic *topic);
/* Adds the stream; the channel is made if needed. */
struct channel *channels_add(struct channels *channels, const struct topic *topic, struct stream *stream);
/* Takes the stream out; a channel without streams is freed. */
void channels_remove(struct channels *channels, struct stream *stream);
/* Every stream must have been removed before. */
void channels_release(struct channels *channels);

#endif
