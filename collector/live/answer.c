#include "collector/live/answer.h"

#include <ctype.h>

#include "collector/live/hub_serve.h"
#include "lib/base/clock.h"
#include "lib/base/crypto.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#define PIECE_BYTES 1024 /* for clients that speak HTTP/1.0; others get pieces of MHD's own buffer */

/* One request; most become a stream. */
struct client {
	struct stream stream; /* first: a stream's owner is found by cast */
	struct client *prev, *next;
	struct serving *serving;           /* borrowed */
	struct MHD_Connection *connection; /* borrowed */
	char *query;                       /* owned; NULL once answered, or if there is none */
	bool sleeps;                       /* suspended: nothing to send */
};

static void wake(struct stream *stream)
{
	struct client *client = (struct client *)stream;

	if (!client->sleeps)
		return;
	client->sleeps = false;
	client->serving->woken = true;
	MHD_resume_connection(client->connection);
}

void *answer_begin(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct serving *serving = arg;
	struct client *client = xcalloc(1, sizeof(*client));
	const char *query = strchr(uri, '?');

	stream_init(&client->stream, wake);
	client->serving = serving;
	client->connection = connection;
	client->query = query ? xstrdup(query + 1) : NULL;
	client->next = serving->clients_head;
	if (client->next)
		client->next->prev = client;
	serving->clients_head = client;
	serving->clients++;
	return client;
}

void answer_end(
    void *arg, struct MHD_Connection *connection, void **client, enum MHD_RequestTerminationCode code)
{
	struct serving *serving = arg;
	struct client *c = *client;

	(void)connection;
	(void)code;
	*client = NULL;
	if (!c)
		return;
	hub_detach(serving->hub, &c->stream);
	stream_release(&c->stream);
	if (c->prev)
		c->prev->next = c->next;
	else
		serving->clients_head = c->next;
	if (c->next)
		c->next->prev = c->prev;
	serving->clients--;
	free(c->query);
	free(c);
}

void answer_end_all(struct serving *serving)
{
	for (struct client *client = serving->clients_head; client; client = client->next)
		stream_end(&client->stream);
}

static ssize_t read_stream(void *arg, uint64_t position, char *buffer, size_t max)
{
	struct client *client = arg;
	struct stream *stream = &client->stream;
	size_t done;

	(void)position;
	if (stream->broken)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	done = stream_read(stream, buffer, max);
	if (stream_is_drained(stream))
		hub_refill(client->serving->hub, stream);
	if (done)
		return (ssize_t)done;
	if (stream->ending)
		return MHD_CONTENT_READER_END_OF_STREAM;
	client->sleeps = true;
	MHD_suspend_connection(client->connection);
	return 0;
}

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_stream(struct client *client, const char *type, const char *policy)
{
	struct MHD_Response *response =
	    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTES, read_stream, client, NULL);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Accel-Buffering", "no");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Connection", "close");
	if (policy)
		MHD_add_response_header(response, "Content-Security-Policy", policy);
	result = MHD_queue_response(client->connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result start_stream(struct client *client, const struct query *query)
{
	struct topic topic;

	if (topic_parse(query_get(query, "topic", ""), &topic))
		return send_text(client->connection, MHD_HTTP_BAD_REQUEST, "There is no such topic.\n");
	hub_attach(client->serving->hub, &client->stream, &topic,
	    MHD_lookup_connection_value(client->connection, MHD_HEADER_KIND, "Last-Event-ID"));
	return send_stream(client, "text/event-stream; charset=utf-8", NULL);
}

/* "" or "/…" of letters, digits and -._~/ */
static bool is_base(const char *text)
{
	bool right = !*text || (text[0] == '/' && text[1] != '/');

	for (; right && *text; text++)
		right = isalnum((unsigned char)*text) || strchr("-._~/", *text);
	return right;
}

static bool is_one_of(const char *text, const char *a, const char *b, const char *c)
{
	return !strcmp(text, a) || !strcmp(text, b) || !strcmp(text, c);
}

/* 22 characters of base64url: 132 random bits. */
static void make_nonce(char nonce_r[24])
{
	char token[TOKEN_BYTES];

	crypto_token(token);
	snprintf(nonce_r, 24, "%.22s", token);
}

static enum MHD_Result start_page(struct client *client, const struct query *query)
{
	const char *sort = query_get(query, "sort", "cpu");
	struct hub_page page = {
		.by_memory = !strcmp(sort, "mem"),
		.once = query_int(query, "once", 0, 1, 0),
		.base = query_get(query, "base", ""),
		.theme = query_get(query, "theme", "auto"),
		.version = query_get(query, "v", DOCKMON_VERSION),
	};
	char policy[256];

	if (!is_one_of(sort, "cpu", "mem", "mem") || !is_one_of(page.theme, "auto", "light", "dark") ||
	    !is_base(page.base) || strlen(page.base) > 512 || strlen(page.version) > 64)
		return send_text(client->connection, MHD_HTTP_BAD_REQUEST, "There is no such page.\n");
	make_nonce(client->stream.nonce);
	snprintf(policy, sizeof(policy),
	    "default-src 'none'; style-src 'self' 'nonce-%s'; frame-ancestors 'self'; base-uri 'none'; "
	    "form-action 'none'",
	    client->stream.nonce);
	hub_attach_page(client->serving->hub, &client->stream, &page);
	return send_stream(client, "text/html; charset=utf-8", policy);
}

static const struct {
	const char *url;
	enum MHD_Result (*start)(struct client *client, const struct query *query);
} routes[] = {
	{ "/-/stream", start_stream },
	{ "/-/live", start_page },
};

static enum MHD_Result start_granted(struct client *client, size_t route)
{
	struct query query = QUERY_INIT;
	struct err err = ERR_INIT;
	char text[ERR_TEXT_BYTES + 2];
	enum MHD_Result result;

	if (grant_open(
	        &client->serving->key, client->query ? client->query : "", clock_wall_ms(), &query, &err)) {
		log_debug("refused %s: %s", routes[route].url, err.text);
		snprintf(text, sizeof(text), "%s.\n", err.text);
		return send_text(client->connection, MHD_HTTP_FORBIDDEN, text);
	}
	result = routes[route].start(client, &query);
	query_release(&query);
	free(client->query);
	client->query = NULL;
	return result;
}

enum MHD_Result answer_request(void *arg, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload_data, size_t *upload_data_size, void **client)
{
	(void)arg;
	(void)version;
	(void)upload_data;
	(void)upload_data_size;
	if (!*client)
		return MHD_NO;
	if (strcmp(method, "GET") != 0)
		return send_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "Only GET is answered here.\n");
	if (!strcmp(url, "/-/ping"))
		return send_text(connection, MHD_HTTP_OK, "ok\n");
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		if (!strcmp(url, routes[i].url))
			return start_granted(*client, i);
	}
	return send_text(connection, MHD_HTTP_NOT_FOUND, "There is nothing here.\n");
}
