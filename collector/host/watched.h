/* watched: what the files of collector/host share: the watch, one host of it, and the intake.
 *
 * Everything that engines say goes into the intake as it comes and is stored once per turn of the
 * loop, in order, in one transaction (intake.c). What others are told follows the commit. */
#ifndef DOCKMON_COLLECTOR_WATCHED_H
#define DOCKMON_COLLECTOR_WATCHED_H

#include <uv.h>

#include "collector/fetch/fetch.h"
#include "collector/host/tracked.h"
#include "collector/host/watch.h"
#include "collector/sample/sampler.h"
#include "lib/base/arena.h"
#include "lib/engine/api.h"
#include "lib/engine/event.h"
#include "lib/engine/info.h"
#include "lib/engine/inspect.h"
#include "lib/engine/lines.h"
#include "lib/engine/summary.h"
#include "lib/store/host.h"

#define LIST_MAX_BYTES (16 * 1024 * 1024)
#define INSPECT_MAX_BYTES (1024 * 1024)
#define SMALL_MAX_BYTES (256 * 1024)
#define PING_DEADLINE_MS 10000
#define ASK_DEADLINE_MS 10000
#define LIST_DEADLINE_MS 30000
#define CONTAINERS_PER_HOST_MAX 5000

enum phase {
	PHASE_WAITING,    /* for the next try */
	PHASE_CONNECTING, /* ping, version, info */
	PHASE_OPENING,    /* the event stream was asked for */
	PHASE_LISTING,    /* the first list of this connection */
	PHASE_FOLLOWING,
};

struct wanted_list {
	struct tracked *first, *last;
};

struct watched {
	struct watched *next;
	struct watch *watch; /* borrowed */
	int64_t id;
	char *name, *url; /* owned */
	bool found;
	bool local_socket;            /* unix: come back quickly */
	bool removed;                 /* its row is gone: nothing may be stored */
	int handles;                  /* open ones; freed when the last has closed */
	struct lane *lane;            /* owned */
	struct sampled_host *sampled; /* owned */
	enum phase phase;
	enum host_state state; /* as stored */
	char *reason;          /* owned: as stored */
	bool second_chance;    /* lost a moment ago, trying again before it is called offline */
	unsigned tries;        /* failed ones in a row */
	uv_timer_t timer;      /* by phase: next try, opening takes too long, next list */
	struct fetch *asking;  /* borrowed: ping, version, info or list under way */
	struct fetch *pinging; /* borrowed: the regular ping */
	struct fetch *stream;  /* borrowed: the events */
	struct lines lines;
	bool stream_open;      /* its head has come; Podman sends it with the first event only */
	int64_t bad_lines;     /* of this stream */
	int64_t complained_ms; /* monotonic: when an answer about a container was last complained about */

	/* what the engine said of itself in this connection */
	char api[API_VERSION_BYTES];
	char product[16], version[64];
	char *engine_id, *hostname; /* owned */
	bool podman;
	bool local;              /* it runs on this machine */
	int64_t clock_offset_ns; /* its clock minus ours */

	/* containers */
	bool loaded;       /* `tracked` holds what the store has */
	bool known_before; /* there was contact before: what is new now was missed */
	bool fresh;        /* it was added in this run: it has no history */
	bool deriving;     /* so it was when the last list came */
	struct tracked_table tracked;
	struct wanted_list wanted; /* to be asked as soon as there is a place */
	struct wanted_list later;  /* asked a moment ago: after a pause, oldest first */
	uv_timer_t later_timer;
	size_t asking_count;
	bool ask_all; /* the next list is the first of a connection */
	uint32_t list_number;
	int64_t contact_ms; /* wall: the last answer that was stored */
	int64_t lost_ms;    /* wall: contact_ms before the last list; what is older was told */
	int64_t events_ns;  /* engine time of the newest event recorded */
	bool events_dirty;  /* not stored yet */
	bool store_failed;  /* what it said was not stored; see intake.c */
	int64_t since_ns;   /* where the stream begins */
	int64_t derived_ms; /* monotonic: when an event was last derived; 0 = never */
	int64_t seen_ms;    /* monotonic: when seen_ms was last stored */
};

enum intake_kind { INTAKE_EVENT, INTAKE_LIST, INTAKE_CONTAINER, INTAKE_FACTS, INTAKE_OFFLINE, INTAKE_SEEN };

struct intake_item {
	struct intake_item *next;
	enum intake_kind kind;
	struct watched *host; /* borrowed; NULL once it is gone */
	bool from_list;       /* INTAKE_CONTAINER */
	union {
		const struct engine_event *event;
		const struct engine_container *container;
		const char *reason;
		const struct host *facts;
		struct {
			const struct engine_summary *items;
			size_t count;
			uint32_t number;
			bool partial; /* some elements could not be read: what is absent may be there */
		} list;
	};
};

/* What to tell the hub after the commit. */
struct notice {
	enum { NOTICE_CONTAINER, NOTICE_GONE, NOTICE_HOST, NOTICE_EVENT } kind;
	int64_t host_id, container_id;
	const char *name, *host_name; /* in the intake's arena */
	bool running;
};

struct intake {
	struct arena arena; /* of all that is in here */
	struct intake_item *first, *last;
	size_t count;
	struct notice *notices; /* in the arena */
	size_t notice_count, notice_capacity;
	bool storing; /* within its transaction */
};

struct watch {
	uv_loop_t *loop;                 /* borrowed */
	struct store *store;             /* borrowed */
	struct hub *hub;                 /* borrowed */
	const struct settings *settings; /* borrowed */
	struct fetcher *fetcher;         /* owned */
	struct sampler *sampler;         /* owned */
	struct watched *hosts;           /* owned list */
	struct intake intake;
	uv_prepare_t prepare;
	uv_check_t check;
	uv_timer_t hosts_timer; /* reads the table of hosts */
	uv_timer_t ping_timer;
	int handles;
	bool stopping;
	uint64_t polls; /* of the table of hosts */
	uint64_t pings;
	struct ignored *ignored; /* owned list: addresses that are not to be found again */
	int64_t events_recorded;
};

/* watched.c: a host's life */
struct watched *watched_create(struct watch *watch, const struct host *row);
void watched_free(struct watched **host, bool removed); /* removed: its row is gone */
/* Its row is gone from the store: so is what is measured and shown of it. A found one is not found again. */
void watched_drop(struct watched *host);
void watched_connect_in(struct watched *host, uint64_t delay_ms);
void watched_failed(struct watched *host, const struct err *err);
void watched_ping(struct watched *host);
/* The store did not take what it said: begin anew from what the store has. */
void watched_begin_anew(struct watched *host);
void watched_listed(struct watched *host); /* a list was stored */

/* connect.c: ping, version, info; then follow_open */
void connect_begin(struct watched *host);

/* follow.c: the stream of events */
void follow_open(struct watched *host);
void follow_close(struct watched *host);
/* Has the stream opened, as it must have after a while? false: the host has failed. */
bool follow_check(struct watched *host);

/* inventory.c: list and inspect */
int inventory_load(struct watched *host, struct err *err_r);
void inventory_list(struct watched *host);
void inventory_want(struct tracked *t, bool from_list);
void inventory_forget(struct tracked *t); /* frees it; no store */
void inventory_forget_all(struct watched *host);
void inventory_forget_asked(struct watched *host); /* what waits to be asked: the next list asks again */
void inventory_later_init(struct watched *host);

/* intake.c */
struct intake_item *intake_add(struct watched *host, enum intake_kind kind);
struct arena *intake_arena(struct watch *watch);
void intake_store(struct watch *watch);
/* Stores now if much has come in this turn. May forget containers: nothing of them is held afterwards. */
void intake_bound(struct watch *watch);
void intake_forget_host(struct watch *watch, const struct watched *host);
struct notice *intake_notice(struct watch *watch, int kind, int64_t host_id, int64_t container_id);

/* apply*.c: within the intake's transaction. Negative: the store failed. */
int apply_event(struct watched *host, const struct engine_event *event);
int apply_container(struct watched *host, const struct engine_container *c, bool from_list);
int apply_list(struct watched *host, const struct intake_item *item);
int apply_facts(struct watched *host, const struct host *facts);
int apply_seen(struct watched *host);
int apply_offline(struct watched *host, const char *reason);
int apply_gone(struct tracked *t); /* frees t */

/* derive.c: events that were missed */
int derive_changes(
    struct watched *host, const struct tracked *before, const struct engine_container *c, int64_t row);
int derive_gone(struct watched *host, const struct tracked *t);
int derive_replace(struct watched *host, const struct engine_event *told);

/* find.c: engines on their usual sockets */
void find_engines(struct watch *watch);
void find_ignore(struct watch *watch, const char *url);
void find_release(struct watch *watch);
/* Is this engine watched already under another address? Then one that was found by itself just now goes
 * again, never one with a history. false: `host` was freed. */
bool find_keep(struct watched *host);

#endif
