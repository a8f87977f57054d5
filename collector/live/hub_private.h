/* hub_private: what hub.c, sse.c and page.c share. For nobody else. */
#ifndef DOCKMON_COLLECTOR_HUB_PRIVATE_H
#define DOCKMON_COLLECTOR_HUB_PRIVATE_H

#include "collector/live/channel.h"
#include "collector/live/hub_serve.h"
#include "collector/live/rows.h"

#define HUB_MESSAGE_MAX ((size_t)64 * 1024 * 1024) /* never reached: 20,000 rows make 16 MB */
#define HUB_SCRATCH_KEPT ((size_t)256 * 1024)

struct hub {
	struct rows containers, hosts;
	struct channels channels;
	struct change changes[HUB_CHANGES_KEPT]; /* a ring: seq N at N % HUB_CHANGES_KEPT */
	uint64_t seq;                            /* of the newest change; 0: none yet */
	uint64_t data_seq;                       /* what snapshots hold has changed */
	uint64_t page_seq;                       /* counts page_publish */
	int64_t spark_ms;                        /* sparklines of pages of everything were last sent */
	char boot[17];                           /* tells this run from others in event ids */
	bool changes_wait;
	bool pages_dirty; /* rows appear on or leave /live */
	bool pages_stale; /* a name changed: documents must be loaded again */
	bool full_said;
	struct sb scratch;                    /* a message being built */
	char *page_base;                      /* owned; of the cached /live rows */
	struct chunk *page_rules[ROWS_SORTS]; /* owned; go with the channels' snapshots */
	hub_clock_fn clock;
};

/* sse.c */
/* The channel's values: all, or what is fresh (NULL: nothing). One reference, the caller's. */
struct chunk *sse_snapshot(struct hub *hub, struct channel *channel);
struct chunk *sse_fresh(struct hub *hub, const struct channel *channel, bool with_sparks);
struct chunk *sse_change(struct hub *hub, const struct channel *channel);
/* Must a stream that begins now, with that Last-Event-ID, be told to fetch its page again? */
bool sse_has_missed(const struct hub *hub, const struct topic *topic, const char *last_id, int64_t now_ms);

/* page.c */
/* Brings every /live document up to date. */
void page_publish(struct hub *hub);

/* A chunk of hub->scratch, which is emptied. */
struct chunk *hub_take_scratch(struct hub *hub);

#endif
