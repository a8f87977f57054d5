#include "collector/fetch/fetch.h"

#include <assert.h>
#include <errno.h>

#include "collector/fetch/private.h"
#include "lib/base/die.h"

#define SMALL_BODY_BYTES (512 * 1024)
#define SMALL_BUFFER_BYTES 4096L
#define LARGE_BUFFER_BYTES 65536L
#define IDLE_CONNECTIONS 256L
#define KEEPALIVE_S 30L

struct fetcher *fetcher_create(uv_loop_t *loop)
{
	struct fetcher *f = xcalloc(1, sizeof(*f));

	f->loop = loop;
	loop_attach(f);
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
	return f;
}

static void free_fetcher(uv_handle_t *handle)
{
	free(handle->data);
}

void fetcher_close(struct fetcher **fetcher)
{
	struct fetcher *f = *fetcher;

	if (!f)
		return;
	*fetcher = NULL;
	assert(!f->depth && !f->figures.in_flight);
	f->closing = true;
	curl_multi_cleanup(f->multi);
	f->multi = NULL;
	uv_close((uv_handle_t *)&f->timer, free_fetcher);
}

static bool has_port(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon && !strchr(colon, ']');
}

static int read_address(struct lane *lane, const char *url, struct err *err_r)
{
	if (strlen(url) >= sizeof(lane->address))
		return err_set(err_r, -EINVAL, "the engine address is too long");
	snprintf(lane->address, sizeof(lane->address), "%s", url);
	if (!strncmp(url, "unix:///", 8)) {
		snprintf(lane->socket_path, sizeof(lane->socket_path), "%s", url + 7);
		snprintf(lane->base, sizeof(lane->base), "http://localhost");
		return 0;
	}
	if (strncmp(url, "tcp://", 6) || !url[6] || strpbrk(url + 6, "/?#@ "))
		return err_set(err_r, -EINVAL, "\"%s\" is neither unix:///path nor tcp://name:port", url);
	snprintf(lane->base, sizeof(lane->base), "http://%.*s%s", LANE_ADDRESS_BYTES - 16, url + 6,
	    has_port(url + 6) ? "" : ":2375");
	return 0;
}

int lane_create(struct fetcher *fetcher, const char *url, struct lane **lane_r, struct err *err_r)
{
	struct lane *lane = xcalloc(1, sizeof(*lane));
	int result = read_address(lane, url, err_r);

	if (result) {
		free(lane);
		return result;
	}
	lane->fetcher = fetcher;
	lane->background_places = LANE_PLACES - LANE_SPARE_PLACES;
	*lane_r = lane;
	return 0;
}

void lane_set_background(struct lane *lane, size_t places)
{
	assert(places >= 1 && places <= LANE_PLACES_MAX);
	lane->background_places = places;
}

static void free_fetch(struct fetch *fetch)
{
	if (fetch->easy)
		curl_easy_cleanup(fetch->easy);
	sb_release(&fetch->body);
	free(fetch);
}

static void list_remove(struct fetch **first, struct fetch **last, struct fetch *fetch)
{
	if (fetch->prev)
		fetch->prev->next = fetch->next;
	else
		*first = fetch->next;
	if (fetch->next)
		fetch->next->prev = fetch->prev;
	else if (last)
		*last = fetch->prev;
	fetch->next = fetch->prev = NULL;
}

/* Takes it off its lane's lists and counts. */
static void leave_lane(struct fetch *fetch)
{
	struct lane *lane = fetch->lane;
	struct queue *queue = &lane->waiting[fetch->kind];

	if (fetch->started) {
		list_remove(&lane->running, NULL, fetch);
		lane->in_flight[fetch->kind]--;
		lane->fetcher->figures.in_flight--;
		lane->fetcher->figures.body_bytes -= (int64_t)fetch->counted;
	} else {
		list_remove(&queue->first, &queue->last, fetch);
		lane->queued--;
		lane->fetcher->figures.queued--;
	}
	fetch->lane = NULL;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct fetch *fetch = arg;
	size_t len = size * count;

	if (!fetch->lane)
		return 0;
	if (fetch->opened) {
		fetch->data(bytes, len, fetch->arg);
		return fetch->lane ? len : 0;
	}
	sb_add_mem(&fetch->body, bytes, len);
	fetch->too_long = sb_failed(&fetch->body);
	fetch->counted += len;
	fetch->fetcher->figures.body_bytes += (int64_t)len;
	return fetch->too_long ? 0 : len;
}

static bool is_good(long status)
{
	return status >= 200 && status < 300;
}

/* The head ends with an empty line; a stream is open then. */
static size_t on_head(char *bytes, size_t size, size_t count, void *arg)
{
	struct fetch *fetch = arg;
	size_t len = size * count;
	long status = 0;

	if (!fetch->lane)
		return 0;
	fetch->head_bytes += len;
	fetch->too_long = fetch->head_bytes > HEAD_MAX_BYTES;
	if (fetch->too_long)
		return 0;
	if (!fetch->data || fetch->opened || (bytes[0] != '\r' && bytes[0] != '\n'))
		return len;
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!is_good(status))
		return len;
	fetch->opened = true;
	fetch->data("", 0, fetch->arg);
	return fetch->lane ? len : 0;
}

static void set_options(struct fetch *fetch)
{
	struct lane *lane = fetch->lane;
	CURL *easy = fetch->easy;
	AUTO_SB url = SB_INIT(64 * 1024);

	sb_add(&url, lane->base);
	sb_add(&url, fetch->path);
	curl_easy_setopt(easy, CURLOPT_URL, url.data);
	if (lane->socket_path[0])
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, lane->socket_path);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)fetch->deadline_ms);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "DockMon/" DOCKMON_VERSION);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE,
	    fetch->data || fetch->body.cap > SMALL_BODY_BYTES ? LARGE_BUFFER_BYTES : SMALL_BUFFER_BYTES);
}

static void begin(struct fetch *fetch)
{
	struct lane *lane = fetch->lane;
	struct fetcher *f = lane->fetcher;

	fetch->easy = curl_easy_init();
	if (!fetch->easy)
		die("out of memory (curl)");
	fetch->started = true;
	fetch->next = lane->running;
	if (lane->running)
		lane->running->prev = fetch;
	lane->running = fetch;
	lane->in_flight[fetch->kind]++;
	f->figures.in_flight++;
	set_options(fetch);
	if (curl_multi_add_handle(f->multi, fetch->easy) != CURLM_OK)
		die("curl refuses a request");
}

static bool has_place(const struct lane *lane, enum fetch_kind kind)
{
	size_t places = lane->background_places + LANE_SPARE_PLACES;
	size_t taken = lane->in_flight[FETCH_PROMPT] + lane->in_flight[FETCH_BACKGROUND];

	if (kind == FETCH_STREAM)
		return true;
	if (kind == FETCH_BACKGROUND && lane->in_flight[FETCH_BACKGROUND] >= lane->background_places)
		return false;
	return taken < (places > LANE_PLACES ? places : LANE_PLACES);
}

static void pump(struct lane *lane)
{
	struct fetcher *f = lane->fetcher;

	if (f->depth) {
		if (lane->listed)
			return;
		lane->listed = true;
		lane->next_unpumped = f->unpumped;
		f->unpumped = lane;
		return;
	}
	for (int kind = 0; kind < FETCH_KIND_COUNT; kind++) {
		struct queue *queue = &lane->waiting[kind];

		while (queue->first && has_place(lane, (enum fetch_kind)kind)) {
			struct fetch *fetch = queue->first;

			list_remove(&queue->first, &queue->last, fetch);
			lane->queued--;
			f->figures.queued--;
			begin(fetch);
		}
	}
}

int fetch_start(struct lane *lane, const struct fetch_request *request, struct fetch **fetch_r)
{
	size_t path_bytes = strlen(request->path) + 1;
	struct queue *queue = &lane->waiting[request->kind];
	struct fetch *fetch;

	if (lane->queued >= LANE_QUEUE_MAX)
		return -EAGAIN;
	fetch = xcalloc(1, sizeof(*fetch) + path_bytes);
	fetch->lane = lane;
	fetch->fetcher = lane->fetcher;
	fetch->kind = request->kind;
	fetch->deadline_ms = request->deadline_ms;
	fetch->done = request->done;
	fetch->data = request->data;
	fetch->arg = request->arg;
	sb_init(&fetch->body, request->max_bytes);
	memcpy(fetch->path, request->path, path_bytes);
	fetch->prev = queue->last;
	*(queue->last ? &queue->last->next : &queue->first) = fetch;
	queue->last = fetch;
	lane->queued++;
	lane->fetcher->figures.queued++;
	if (fetch_r)
		*fetch_r = fetch;
	pump(lane);
	return 0;
}

static void drop(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;

	if (f->depth) {
		fetch->next = f->dropped;
		f->dropped = fetch;
		return;
	}
	if (fetch->easy)
		curl_multi_remove_handle(f->multi, fetch->easy);
	free_fetch(fetch);
}

void fetch_cancel(struct fetch **fetch)
{
	struct fetch *cancelled = *fetch;
	struct lane *lane;

	*fetch = NULL;
	if (!cancelled)
		return;
	lane = cancelled->lane;
	leave_lane(cancelled);
	drop(cancelled);
	pump(lane);
}

void fetch_settle(struct fetcher *f)
{
	while (f->dropped) {
		struct fetch *fetch = f->dropped;

		f->dropped = fetch->next;
		drop(fetch);
	}
	while (f->unpumped) {
		struct lane *lane = f->unpumped;

		f->unpumped = lane->next_unpumped;
		lane->listed = false;
		pump(lane);
	}
}

static void cancel_all(struct lane *lane)
{
	for (int kind = 0; kind < FETCH_KIND_COUNT; kind++) {
		while (lane->waiting[kind].first) {
			struct fetch *fetch = lane->waiting[kind].first;

			leave_lane(fetch);
			drop(fetch);
		}
	}
	while (lane->running) {
		struct fetch *fetch = lane->running;

		leave_lane(fetch);
		drop(fetch);
	}
}

void lane_free(struct lane **lane)
{
	struct lane *freed = *lane;
	struct lane **link;

	*lane = NULL;
	if (!freed)
		return;
	cancel_all(freed);
	link = &freed->fetcher->unpumped;
	while (*link && *link != freed)
		link = &(*link)->next_unpumped;
	if (*link)
		*link = freed->next_unpumped;
	free(freed);
}

void fetch_ended(struct fetch *fetch, CURLcode code)
{
	struct lane *lane = fetch->lane;
	struct err err = ERR_INIT;
	char what[160], address[LANE_ADDRESS_BYTES];
	struct fetch_reply reply = { .body = "", .what = what, .address = address };
	int result;

	snprintf(what, sizeof(what), "GET %.*s", (int)strcspn(fetch->path, "?"), fetch->path);
	snprintf(address, sizeof(address), "%s", lane->address);
	curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &reply.status);
	if (!sb_failed(&fetch->body)) {
		reply.body = fetch->body.data;
		reply.len = fetch->body.len;
	}
	result = code == CURLE_OK ? sentence_status(&reply, &err) : sentence_failed(fetch, code, &err);
	leave_lane(fetch);
	curl_multi_remove_handle(fetch->fetcher->multi, fetch->easy);
	pump(lane);
	fetch->done(result, &reply, &err, fetch->arg);
	free_fetch(fetch);
}

void fetcher_figures(const struct fetcher *fetcher, struct fetch_figures *figures_r)
{
	*figures_r = fetcher->figures;
}
