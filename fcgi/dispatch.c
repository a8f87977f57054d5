#include "fcgi/dispatch.h"

#include <errno.h>

#include "fcgi/call.h"
#include "fcgi/origin.h"
#include "fcgi/page.h"
#include "fcgi/routes.h"
#include "fcgi/session.h"
#include "fcgi/url.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

static int status_of(int code)
{
	switch (code) {
	case -ENOENT: return 404;
	case -EINVAL: return 400;
	case -EACCES: return 403;
	case -ENAMETOOLONG: return 414;
	case -ENODATA: return 411;
	case -EMSGSIZE: return 413;
	case -EPROTOTYPE: return 415;
	case -EBUSY:
	case -EAGAIN: return 503;
	default: return 500;
	}
}

static void refuse(struct call *call, const struct route *route, int status, const char *text, bool csrf)
{
	if (route && route->flags & ROUTE_PLAIN)
		response_text(&call->response, status, text && *text ? text : status_phrase(status));
	else
		page_error(call, status, text, csrf);
}

/* A handler's failure. What it said to the browser so far is dropped. */
static void fail(struct call *call, const struct route *route, int code)
{
	int status = status_of(code);
	struct err said = call->err;

	response_reset(&call->response);
	if (status >= 500)
		log_error("%s %s: %s", method_name(call->request.method), call->request.path,
		    *said.text ? said.text : strerror(-code));
	refuse(call, route, status, status == 500 ? NULL : said.text, false);
}

static bool answers(const struct route *route, enum method method)
{
	return route->method == method || (route->method == METHOD_GET && method == METHOD_HEAD);
}

/* The route, or NULL; allow_r: the methods of those that fit the path only, "" if none does. */
static const struct route *find_route(struct call *call, char *allow_r, size_t bytes)
{
	const char *path = call->request.path;
	size_t len = 0;

	allow_r[0] = '\0';
	for (size_t i = 0; i < routes_count; i++) {
		int64_t id;

		if (!route_matches(routes[i].pattern, path, &id))
			continue;
		if (answers(&routes[i], call->request.method)) {
			call->id = id;
			return &routes[i];
		}
		if (len < bytes)
			len += (size_t)snprintf(allow_r + len, bytes - len, "%s%s", len ? ", " : "",
			    routes[i].method == METHOD_GET ? "GET, HEAD" : method_name(routes[i].method));
	}
	return NULL;
}

static void no_route(struct call *call, const char *allow)
{
	if (*allow)
		response_header(&call->response, "Allow", allow);
	page_error(call, *allow ? 405 : 404, NULL, false);
}

static void ask_login(struct call *call, const struct route *route)
{
	struct url url;

	if (route->flags & ROUTE_PLAIN) {
		response_text(&call->response, 401, "Sign in first.\n");
		return;
	}
	url_begin(&url, call, "/login");
	if (call->request.method != METHOD_POST && strcmp(call->request.path, "/") != 0)
		url_add(&url, "next", next_of_request(call));
	call_redirect(call, url_end(&url, call) + strlen(call->web->settings.base_path));
}

/* While there is no user, everything leads to the creation of the first one. */
static bool needs_setup(struct call *call, const struct route *route)
{
	struct web *web = call->web;

	if (!web->has_users)
		web->has_users = user_count(web->store) > 0;
	if (web->has_users || route->flags & ROUTE_EARLY)
		return false;
	if (route->flags & ROUTE_PLAIN)
		response_text(&call->response, 401, "DockMon has no user yet: open it in a browser.\n");
	else
		call_redirect(call, "/setup");
	return true;
}

static void refuse_origin(struct call *call, const struct route *route)
{
	log_warning("POST %s from %s refused: origin \"%s\", host \"%s\", site \"%s\"", call->request.path,
	    call->request.address, call->request.origin, call->request.host, call->request.fetch_site);
	refuse(call, route, 403,
	    arena_printf(&call->arena,
	        "The form was sent from %s, but this is %s. If that is how people reach DockMon, set "
	        "DOCKMON_EXTERNAL_URL to its address.",
	        *call->request.origin ? call->request.origin : "another site",
	        *call->request.host ? call->request.host : "another host"),
	    true);
}

/* False: the answer is made. */
static bool is_allowed(struct call *call, const struct route *route)
{
	bool post = call->request.method == METHOD_POST, open = route->flags & ROUTE_OPEN;

	if (needs_setup(call, route))
		return false;
	if (post && !origin_is_ours(&call->web->settings, &call->request)) {
		refuse_origin(call, route);
		return false;
	}
	if (!open && !call->signed_in) {
		ask_login(call, route);
		return false;
	}
	if (!open && !call_may(call, route->capabilities)) {
		refuse(call, route, 403, NULL, false);
		return false;
	}
	if (post && !(open ? session_visit_csrf_ok(call) : session_csrf_ok(call))) {
		refuse(call, route, 403, NULL, true);
		return false;
	}
	return true;
}

static void run(struct call *call, const struct route *route)
{
	bool writes = call->request.method == METHOD_POST;
	struct store *store = call->web->store;
	int result;

	if (route->flags & ROUTE_OPEN && !(route->flags & ROUTE_PLAIN))
		session_visit(call);
	if (writes)
		store_read_only(store, false);
	else
		store_snapshot(store, true);
	result = route->handler(call);
	if (store_in_transaction(store)) {
		log_error("%s %s left a transaction open", method_name(call->request.method), route->pattern);
		store_rollback(store);
	}
	if (writes)
		store_read_only(store, true);
	else
		store_snapshot(store, false);
	if (result)
		fail(call, route, result);
}

static void answer(struct call *call, char **envp, body_fn body, void *ctx)
{
	const struct route *route;
	char allow[64];
	int result = request_read(envp, body, ctx, &call->arena, &call->request, &call->err);

	if (result) {
		page_error(call, status_of(result), call->err.text, false);
		return;
	}
	route = find_route(call, allow, sizeof(allow));
	if (!route || !(route->flags & ROUTE_PLAIN && route->flags & ROUTE_OPEN)) {
		result = session_load(call);
		if (result) {
			fail(call, route, result);
			return;
		}
	}
	if (!route)
		no_route(call, allow);
	else if (is_allowed(call, route))
		run(call, route);
}

void dispatch(struct web *web, char **envp, body_fn body, void *ctx, struct sb *out)
{
	struct call call = { .web = web, .arena = ARENA_INIT, .now_ms = clock_wall_ms() };

	response_init(&call.response);
	web_beat(web, call.now_ms);
	answer(&call, envp, body, ctx);
	if (sb_failed(&call.response.body) || sb_failed(&call.response.headers)) {
		response_reset(&call.response);
		response_text(&call.response, 500, "The answer grew too large.\n");
	}
	response_write(&call.response, call.request.method == METHOD_HEAD, out);
	session_keep(&call);
	request_release(&call.request);
	response_release(&call.response);
	arena_release(&call.arena);
}
