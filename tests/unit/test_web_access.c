/* Who may do what: every route, by role, with and without token and origin; methods; paths. */
#include "tests/unit/webtest.h"

#include <errno.h>

#include "fcgi/routes.h"
#include "fcgi/url.h"

static struct webtest t;
static int64_t host_id, container_id;

static int make(void **state)
{
	(void)state;
	webtest_open(&t, "");
	webtest_add_users(&t);
	webtest_beat(&t, 0);
	host_id = webtest_add_host(&t, "rack-01", "unix:///run/a.sock");
	container_id = webtest_add_container(
	    &t, (struct container){ .host_id = host_id, .name = "web", .state = CONTAINER_RUNNING });
	return 0;
}

static int drop(void **state)
{
	(void)state;
	webtest_close(&t);
	return 0;
}

/* The pattern with its :id filled in so that it exists. */
static void path_of(const struct route *route, char path_r[128])
{
	const char *id = strstr(route->pattern, ":id");
	struct session session;
	struct user user;
	int64_t row = strncmp(route->pattern, "/hosts", 6) ? container_id : host_id;

	if (!id) {
		snprintf(path_r, 128, "%s", route->pattern);
		return;
	}
	if (strstr(route->pattern, "/sessions/") && *t.session &&
	    !session_find(t.ctl, t.session, clock_wall_ms(), &session, &user))
		row = session.id + 1000;
	snprintf(
	    path_r, 128, "%.*s%lld%s", (int)(id - route->pattern), route->pattern, (long long)row, id + 3);
}

enum who { ANONYMOUS, READER, ADMIN };

static void become(enum who who)
{
	t.session[0] = '\0';
	if (who != ANONYMOUS)
		webtest_sign_in(&t, who == READER ? "reader" : "admin");
}

static bool may(enum who who, const struct route *route)
{
	unsigned have = role_capabilities(who == ADMIN ? ROLE_ADMINISTRATOR : ROLE_VIEWER);

	return (have & route->capabilities) == route->capabilities;
}

static void check_get(enum who who, const struct route *route, const char *path)
{
	const char *location;

	become(who);
	webtest_get(&t, path);
	if (route->flags & ROUTE_OPEN) {
		assert_true(t.status == 200 || t.status == 303);
	} else if (who == ANONYMOUS && route->flags & ROUTE_PLAIN) {
		assert_int_equal(t.status, 401);
	} else if (who == ANONYMOUS) {
		assert_int_equal(t.status, 303);
		location = webtest_header(&t, "Location");
		assert_non_null(location);
		assert_int_equal(strncmp(location, "/login", 6), 0);
	} else if (!may(who, route)) {
		assert_int_equal(t.status, 403);
	} else if (!strcmp(route->pattern, "/stream")) {
		assert_int_equal(t.status, 404); /* without a topic */
	} else {
		assert_int_equal(t.status, 200);
	}
}

static const char *token_of(enum who who, const struct route *route)
{
	static char token[SHA256_HEX_BYTES];

	if (route->flags & ROUTE_OPEN) {
		char session[TOKEN_BYTES];

		memcpy(session, t.session, sizeof(session));
		t.session[0] = t.visit[0] = '\0';
		webtest_get(&t, "/login");
		webtest_keep_cookies(&t);
		snprintf(token, sizeof(token), "%s", webtest_csrf(&t));
		memcpy(t.session, session, sizeof(session));
	} else if (who != ANONYMOUS) {
		webtest_get(&t, "/preferences");
		snprintf(token, sizeof(token), "%s", webtest_csrf(&t));
	}
	return token;
}

static void check_post(enum who who, const struct route *route, const char *path)
{
	bool open = route->flags & ROUTE_OPEN;
	const char *token;
	int refused = !open && who == ANONYMOUS ? 303 : 403;
	char wrong[SHA256_HEX_BYTES];

	become(who);
	token = token_of(who, route);
	snprintf(wrong, sizeof(wrong), "%s", token);
	wrong[10] = wrong[10] == 'a' ? 'b' : 'a';
	assert_int_equal(webtest_post(&t, path, wrong, ""), refused);
	assert_int_equal(webtest_send(&t, "POST", path, ""), refused);
	t.extra[0] = "HTTP_ORIGIN=https://evil.example";
	assert_int_equal(webtest_post(&t, path, token, ""), 403);
	t.extra[0] = "HTTP_ORIGIN=null";
	assert_int_equal(webtest_post(&t, path, token, ""), 403);
	t.extra[0] = "HTTP_SEC_FETCH_SITE=cross-site";
	assert_int_equal(webtest_post(&t, path, token, ""), 403);
	t.extra[0] = "HTTP_SEC_FETCH_SITE=same-site";
	assert_int_equal(webtest_post(&t, path, token, ""), 403);
	t.extra[0] = "HTTP_ORIGIN=http://" WEBTEST_HOST; /* the same host without TLS is another origin */
	assert_int_equal(webtest_post(&t, path, token, ""), 403);
	t.extra[0] = "HTTP_ORIGIN=" WEBTEST_ORIGIN;
	webtest_post(&t, path, token, "");
	t.extra[0] = NULL;
	if (!open && who == ANONYMOUS)
		assert_int_equal(t.status, 303);
	else if (!open && !may(who, route))
		assert_int_equal(t.status, 403);
	else if (t.status == 403) /* a refused login is a 403 too, but not for its token */
		assert_non_null(strstr(t.body, "Name or password is wrong."));
}

static void every_route_by_role(void **state)
{
	char path[128];

	(void)state;
	for (size_t i = 0; i < routes_count; i++) {
		for (int who = ANONYMOUS; who <= ADMIN; who++) {
			become((enum who)who);
			path_of(&routes[i], path);
			if (routes[i].method == METHOD_POST)
				check_post((enum who)who, &routes[i], path);
			else
				check_get((enum who)who, &routes[i], path);
		}
	}
}

static void get_changes_nothing(void **state)
{
	(void)state;
	become(ADMIN);
	for (size_t i = 0; i < routes_count; i++) {
		char path[128];
		int64_t before, after;
		struct login *logins;
		size_t count = 0;
		AUTO_ARENA arena = ARENA_INIT;

		if (routes[i].method == METHOD_POST)
			continue;
		CHECK_OK(login_list(t.ctl, 0, 100, &arena, &logins, &count));
		before = user_count(t.ctl) * 1000 + (int64_t)count;
		path_of(&routes[i], path);
		webtest_get(&t, path);
		CHECK_OK(login_list(t.ctl, 0, 100, &arena, &logins, &count));
		after = user_count(t.ctl) * 1000 + (int64_t)count;
		assert_int_equal(before, after);
		assert_int_equal(setting_put(t.web.store, "x", "y"), -EROFS); /* and could not */
	}
}

static void other_methods(void **state)
{
	char path[128];

	(void)state;
	become(ADMIN);
	for (size_t i = 0; i < routes_count; i++) {
		path_of(&routes[i], path);
		assert_int_equal(webtest_send(&t, "PUT", path, NULL), 405);
		assert_non_null(strstr(
		    webtest_header(&t, "Allow"), routes[i].method == METHOD_POST ? "POST" : "GET, HEAD"));
		assert_int_equal(webtest_send(&t, "DELETE", path, NULL), 405);
		assert_int_equal(webtest_send(&t, "get", path, NULL), 405);
	}
	assert_int_equal(webtest_get(&t, "/logout"), 405);
	assert_string_equal(webtest_header(&t, "Allow"), "POST");
	assert_int_equal(webtest_send(&t, "POST", "/hosts", "x=1"), 405);
	assert_string_equal(webtest_header(&t, "Allow"), "GET, HEAD");
	assert_int_equal(webtest_send(&t, "PUT", "/preferences", NULL), 405);
	assert_string_equal(webtest_header(&t, "Allow"), "GET, HEAD, POST");
}

static void head_has_no_body(void **state)
{
	char length[32];

	(void)state;
	become(ADMIN);
	webtest_get(&t, "/hosts");
	snprintf(length, sizeof(length), "%s", webtest_header(&t, "Content-Length"));
	assert_int_equal(strtoul(length, NULL, 10), strlen(t.body));
	assert_int_equal(webtest_send(&t, "HEAD", "/hosts", NULL), 200);
	assert_string_equal(t.body, "");
	assert_true(strtoul(webtest_header(&t, "Content-Length"), NULL, 10) > 1000);
}

static void unknown_paths(void **state)
{
	static const char *const paths[] = { "/nothing", "/hosts/0", "/hosts/01", "/hosts/-1", "/hosts/x",
		"/hosts/1x", "/hosts/ 1", "/hosts/99999999999999999999", "/hosts//1", "//", "/hosts/1/2",
		"/containers/1/", "/-/stream", "/static/x", "/.", "/../hosts", "/hosts\n" };

	(void)state;
	for (int who = ANONYMOUS; who <= ADMIN; who++) {
		become((enum who)who);
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
			webtest_get(&t, paths[i]);
			assert_int_equal(t.status, strchr(paths[i], '\n') ? 400 : 404);
		}
	}
	webtest_get(&t, "/containers/4711");
	assert_int_equal(t.status, 404);
	CHECK_HAS(&t, "No container has the number 4711.");
	webtest_get(&t, "/hosts/4711");
	assert_int_equal(t.status, 404);
}

static void next_is_kept_and_local(void **state)
{
	static const struct {
		const char *next;
		bool local;
	} table[] = {
		{ "/", true },
		{ "/containers?q=a%20b&x=1", true },
		{ "/hosts/3#x", true },
		{ "/logins", true },
		{ "", false },
		{ "hosts", false },
		{ "//evil.example", false },
		{ "/\\evil.example", false },
		{ "\\\\evil", false },
		{ "https://evil.example/", false },
		{ "/a\r\nSet-Cookie: x", false },
		{ "/a\tb", false },
		{ "javascript:alert(1)", false },
		{ "/login", false },
		{ "/login?next=/x", false },
		{ "/logout", false },
		{ "/setup", false },
		{ "/x\x7f", false },
		{ "/\xff", false },
		{ "/x\\y", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (next_is_local(table[i].next) != table[i].local)
			fail_msg("next \"%s\"", table[i].next);
	}
	become(ANONYMOUS);
	assert_int_equal(webtest_get(&t, "/containers?q=a+b&state=running"), 303);
	assert_string_equal(
	    webtest_header(&t, "Location"), "/login?next=%2Fcontainers%3Fq%3Da%2Bb%26state%3Drunning");
	assert_int_equal(webtest_get(&t, "/containers?q=\"<x>"), 303);
	assert_string_equal(
	    webtest_header(&t, "Location"), "/login?next=%2Fcontainers%3Fq%3D%2522%253Cx%253E");
	assert_int_equal(webtest_get(&t, "/"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/login");
	become(ADMIN);
	assert_int_equal(webtest_get(&t, "/login?next=%2Fhosts%3Fsort%3Dcpu"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/hosts?sort=cpu");
	assert_int_equal(webtest_get(&t, "/login?next=%2F%2Fevil.example"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/");
}

static void broken_requests(void **state)
{
	static const struct {
		const char *extra, *path;
		int status;
	} table[] = {
		{ "CONTENT_LENGTH=", "/login", 411 },
		{ "CONTENT_LENGTH=x", "/login", 400 },
		{ "CONTENT_LENGTH=-1", "/login", 400 },
		{ "CONTENT_LENGTH=65537", "/login", 413 },
		{ "CONTENT_LENGTH=99999999999999999999", "/login", 413 },
		{ "CONTENT_LENGTH=100", "/login", 400 },
		{ "CONTENT_TYPE=multipart/form-data", "/login", 415 },
		{ "CONTENT_TYPE=application/x-www-form-urlencodedx", "/login", 415 },
		{ "PATH_INFO=/\xff", "/", 400 },
		{ "PATH_INFO=x", "/", 400 },
		{ "QUERY_STRING=a=%00", "/login", 400 },
		{ "QUERY_STRING=a=%zz", "/login", 400 },
		{ "QUERY_STRING=a=%ff", "/login", 400 },
	};

	(void)state;
	become(ANONYMOUS);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		t.extra[0] = table[i].extra;
		if (webtest_send(&t, "POST", table[i].path, "a=b") != table[i].status)
			fail_msg("%s gives %d, not %d", table[i].extra, t.status, table[i].status);
		t.extra[0] = NULL;
	}
	webtest_send(&t, "POST", "/login", "a=%00");
	assert_int_equal(t.status, 400);
}

static void origins_that_are_ours(void **state)
{
	struct settings *s = &t.web.settings;
	const char *token;
	char kept[SHA256_HEX_BYTES];

	(void)state;
	become(ADMIN);
	webtest_get(&t, "/preferences");
	token = webtest_csrf(&t);
	snprintf(kept, sizeof(kept), "%s", token);
	snprintf(s->external_url, sizeof(s->external_url), "https://Dock.example.org/dockmon");
	snprintf(s->cors_origins, sizeof(s->cors_origins), "https://a.example, https://b.example:444");
	static const struct {
		const char *origin;
		int status;
	} table[] = {
		{ "HTTP_ORIGIN=https://dock.example.org", 303 },
		{ "HTTP_ORIGIN=https://a.example", 303 },
		{ "HTTP_ORIGIN=https://b.example:444", 303 },
		{ "HTTP_ORIGIN=https://DOCK.example:8443", 303 },
		{ "HTTP_ORIGIN=https://b.example", 403 },
		{ "HTTP_ORIGIN=https://a.example.evil", 403 },
		{ "HTTP_ORIGIN=http://dock.example.org", 403 },
		{ "HTTP_ORIGIN=https://dock.example", 403 },
		{ "HTTP_ORIGIN=https:", 403 },
		{ "HTTP_ORIGIN=https://", 403 },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		t.extra[0] = table[i].origin;
		t.extra[1] = "HTTP_SEC_FETCH_SITE=cross-site";
		if (webtest_post(&t, "/preferences", kept, "theme=dark&refresh=10") != table[i].status)
			fail_msg("%s gives %d", table[i].origin, t.status);
	}
	t.extra[0] = t.extra[1] = NULL;
	s->external_url[0] = s->cors_origins[0] = '\0';
}

static void headers_of_every_answer(void **state)
{
	static const char *const paths[] = { "/", "/login", "/nothing", "/health", "/stream?topic=containers",
		"/events.csv" };

	(void)state;
	become(ADMIN);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		webtest_get(&t, paths[i]);
		assert_non_null(strstr(webtest_header(&t, "Content-Security-Policy"), "default-src 'none'"));
		assert_string_equal(webtest_header(&t, "X-Content-Type-Options"), "nosniff");
		assert_string_equal(webtest_header(&t, "Referrer-Policy"), "same-origin");
		assert_string_equal(webtest_header(&t, "Cache-Control"), "no-store");
		assert_non_null(webtest_header(&t, "Content-Type"));
	}
}

static void streams_carry_a_grant(void **state)
{
	char path[64], grant[2048];
	struct query query;
	struct err err = ERR_INIT;

	(void)state;
	become(READER);
	snprintf(path, sizeof(path), "/stream?topic=container:%lld", (long long)container_id);
	assert_int_equal(webtest_get(&t, path), 200);
	assert_string_equal(webtest_header(&t, "Content-Type"), "text/event-stream");
	assert_string_equal(webtest_header(&t, "X-Accel-Buffering"), "no");
	snprintf(grant, sizeof(grant), "%s", webtest_header(&t, "X-Accel-Redirect"));
	assert_int_equal(strncmp(grant, "/-/stream?", 10), 0);
	CHECK_OK(grant_open(&t.web.grant_key, grant + 10, clock_wall_ms(), &query, &err));
	snprintf(path, sizeof(path), "container:%lld", (long long)container_id);
	assert_string_equal(query_get(&query, "topic", ""), path);
	query_release(&query);
	static const char *const bad[] = { "", "nonsense", "host", "host:0", "host:4711", "container:x",
		"containers:1", "hosts&x=1", "container:1%26sig%3D0" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(path, sizeof(path), "/stream?topic=%s", bad[i]);
		webtest_get(&t, path);
		if (strcmp(bad[i], "hosts&x=1") != 0)
			assert_int_equal(t.status, 404);
		else
			assert_null(strstr(webtest_header(&t, "X-Accel-Redirect"), "x=1"));
	}
	assert_int_equal(webtest_get(&t, "/live/stream?sort=mem"), 200);
	assert_int_equal(strncmp(webtest_header(&t, "X-Accel-Redirect"), "/-/live?sort=mem&", 17), 0);
	assert_null(strstr(webtest_header(&t, "X-Accel-Redirect"), "once="));
	t.extra[0] = "HTTP_USER_AGENT=w3m/0.5.3+git20230121";
	webtest_get(&t, "/live/stream");
	assert_non_null(
	    strstr(webtest_header(&t, "X-Accel-Redirect"), "/-/live?sort=cpu&theme=auto&base=&v=0."));
	assert_non_null(strstr(webtest_header(&t, "X-Accel-Redirect"), "&once=1&until="));
	t.extra[0] = NULL;
}

static void health_tells_the_truth(void **state)
{
	(void)state;
	become(ANONYMOUS);
	assert_int_equal(webtest_get(&t, "/health"), 200);
	assert_string_equal(webtest_header(&t, "Content-Type"), "application/json");
	CHECK_HAS(&t, "{\"status\":\"ok\",\"store\":\"ok\",\"collector\":{\"alive\":true,\"late_ms\":");
	webtest_beat(&t, 20000);
	assert_int_equal(webtest_get(&t, "/health"), 503);
	CHECK_HAS(&t, "\"status\":\"failing\"");
	CHECK_HAS(&t, "\"alive\":false");
	CHECK_OK(program_end(t.collector, "collector"));
	assert_int_equal(webtest_get(&t, "/health"), 503);
	CHECK_HAS(&t, "\"late_ms\":null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_route_by_role, make, drop),
		cmocka_unit_test_setup_teardown(get_changes_nothing, make, drop),
		cmocka_unit_test_setup_teardown(other_methods, make, drop),
		cmocka_unit_test_setup_teardown(head_has_no_body, make, drop),
		cmocka_unit_test_setup_teardown(unknown_paths, make, drop),
		cmocka_unit_test_setup_teardown(next_is_kept_and_local, make, drop),
		cmocka_unit_test_setup_teardown(broken_requests, make, drop),
		cmocka_unit_test_setup_teardown(origins_that_are_ours, make, drop),
		cmocka_unit_test_setup_teardown(headers_of_every_answer, make, drop),
		cmocka_unit_test_setup_teardown(streams_carry_a_grant, make, drop),
		cmocka_unit_test_setup_teardown(health_tells_the_truth, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
