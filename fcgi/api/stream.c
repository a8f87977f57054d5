#include <errno.h>

#include "fcgi/api/api.h"
#include "lib/base/die.h"
#include "lib/base/query.h"
#include "lib/store/container.h"
#include "lib/store/host.h"

#define GRANT_BYTES_MAX 4096

static const struct topic {
	const char *name; /* with a colon: a row number follows */
	unsigned capabilities;
} topics[] = {
	{ "dashboard", CAP_HOSTS_VIEW | CAP_CONTAINERS_VIEW },
	{ "hosts", CAP_HOSTS_VIEW },
	{ "host:", CAP_HOSTS_VIEW | CAP_CONTAINERS_VIEW },
	{ "containers", CAP_CONTAINERS_VIEW },
	{ "container:", CAP_CONTAINERS_VIEW },
	{ "events", CAP_EVENTS_VIEW },
};

static int row_exists(struct call *call, const char *name, int64_t id)
{
	struct host host;
	struct container container;

	return !strcmp(name, "host:") ? host_by_id(call->web->store, id, &call->arena, &host)
	                              : container_by_id(call->web->store, id, &call->arena, &container);
}

/* -ENOENT: no such topic or row. -EACCES: not for this user. */
static int check_topic(struct call *call, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) + 1 : strlen(text);
	int64_t id;

	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		if (strlen(topics[i].name) != len || strncmp(topics[i].name, text, len) != 0)
			continue;
		if (!call_may(call, topics[i].capabilities))
			return err_set(&call->err, -EACCES, "This account may not see that.\n");
		if (!colon)
			return 0;
		if (parse_int(colon + 1, 1, INT64_MAX, &id) || row_exists(call, topics[i].name, id))
			break;
		return 0;
	}
	return err_set(&call->err, -ENOENT, "There is no such stream.\n");
}

static int hand_over(struct call *call, const char *path, const char *params, const char *type)
{
	AUTO_SB to = SB_INIT(GRANT_BYTES_MAX);

	sb_addf(&to, "%s?", path);
	grant_sign(&call->web->grant_key, params, call->now_ms, &to);
	if (sb_failed(&to))
		return err_set(&call->err, -EMSGSIZE, "The grant grew too large.\n");
	call->response.type = type;
	response_header(&call->response, "X-Accel-Redirect", to.data);
	response_header(&call->response, "X-Accel-Buffering", "no");
	return 0;
}

int stream_open(struct call *call)
{
	AUTO_SB params = SB_INIT(GRANT_BYTES_MAX);
	const char *topic = query_get(&call->request.query, "topic", "");
	int result = check_topic(call, topic);

	if (result)
		return result;
	sb_add(&params, "topic=");
	sb_add_url(&params, topic);
	return hand_over(call, "/-/stream", params.data, "text/event-stream");
}

/* Text browsers show a document when it has ended. */
static bool wants_end(struct call *call)
{
	static const char *const agents[] = { "w3m", "Lynx", "Links", "ELinks", "edbrowse" };

	for (size_t i = 0; i < ARRAY_LEN(agents); i++) {
		if (!strncmp(call->request.agent, agents[i], strlen(agents[i])))
			return true;
	}
	return !strcmp(query_get(&call->request.query, "once", ""), "1");
}

int live_stream(struct call *call)
{
	AUTO_SB params = SB_INIT(GRANT_BYTES_MAX);
	const char *sort = query_get(&call->request.query, "sort", "cpu");

	if (!call_may(call, CAP_CONTAINERS_VIEW))
		return err_set(&call->err, -EACCES, "This account may not see that.\n");
	sb_addf(&params, "sort=%s&theme=%s&base=", !strcmp(sort, "mem") ? "mem" : "cpu", call->user.theme);
	sb_add_url(&params, call->web->settings.base_path);
	sb_add(&params, "&v=");
	sb_add_url(&params, call->web->asset_version);
	if (wants_end(call))
		sb_add(&params, "&once=1");
	return hand_over(call, "/-/live", params.data, "text/html; charset=utf-8");
}
