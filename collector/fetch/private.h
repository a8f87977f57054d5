/* private: what the files of collector/fetch share. */
#ifndef DOCKMON_COLLECTOR_FETCH_PRIVATE_H
#define DOCKMON_COLLECTOR_FETCH_PRIVATE_H

#include <curl/curl.h>

#include "collector/fetch/fetch.h"
#include "lib/base/sb.h"

#define HEAD_MAX_BYTES (64 * 1024)

struct fetcher {
	uv_loop_t *loop; /* borrowed */
	CURLM *multi;    /* owned */
	uv_timer_t timer;
	int depth;             /* > 0: curl is calling us, handles must not be removed */
	struct fetch *dropped; /* cancelled within such a call */
	struct lane *unpumped; /* lanes that got requests or places within such a call */
	bool closing;
	struct fetch_figures figures;
};

struct lane {
	struct fetcher *fetcher;              /* borrowed */
	char address[LANE_ADDRESS_BYTES];     /* as configured, for sentences */
	char base[LANE_ADDRESS_BYTES];        /* "http://name:port" */
	char socket_path[LANE_ADDRESS_BYTES]; /* "" = TCP */
	size_t background_places;
	size_t in_flight[FETCH_KIND_COUNT];
	size_t queued;
	bool listed; /* in fetcher->unpumped */
	struct lane *next_unpumped;
	struct fetch *running; /* doubly linked */
	struct queue {
		struct fetch *first, *last;
	} waiting[FETCH_KIND_COUNT];
};

struct fetch {
	struct lane *lane;       /* borrowed; NULL once cancelled */
	struct fetcher *fetcher; /* borrowed */
	struct fetch *next, *prev;
	enum fetch_kind kind;
	bool started;
	bool opened;   /* a stream's head has come */
	bool too_long; /* its body or head passed the bound */
	size_t head_bytes;
	size_t counted; /* bytes of it in the figures */
	int64_t deadline_ms;
	fetch_done_fn *done;
	fetch_data_fn *data;
	void *arg;
	CURL *easy; /* owned, while started */
	struct sb body;
	char error[CURL_ERROR_SIZE];
	char path[];
};

/* loop.c: curl's sockets and timer on the loop */
int loop_attach(struct fetcher *fetcher);

/* fetch.c: a transfer has ended; calls done and frees it. */
void fetch_ended(struct fetch *fetch, CURLcode code);
/* fetch.c: does what had to wait while curl was calling us: removes what was cancelled, starts what was asked. */
void fetch_settle(struct fetcher *fetcher);

/* sentence.c: what to tell people, and the result for the program. */
int sentence_failed(const struct fetch *fetch, CURLcode code, struct err *err_r);
int sentence_status(const struct fetch_reply *reply, struct err *err_r);

#endif
