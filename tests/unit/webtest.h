/* webtest: a store with an administrator and a viewer, and requests through the real dispatcher, as
 * CGI. For the test_web_* programs; header only, for each of them is one file. */
#ifndef DOCKMON_TESTS_WEBTEST_H
#define DOCKMON_TESTS_WEBTEST_H

#include "tests/unit/check.h"

#include <unistd.h>

#include "fcgi/dispatch.h"
#include "fcgi/session.h"
#include "fcgi/web.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/store/container.h"
#include "lib/store/event.h"
#include "lib/store/host.h"
#include "lib/store/now.h"
#include "lib/store/program.h"
#include "lib/store/user.h"

#define WEBTEST_HOST "dock.example:8443"
#define WEBTEST_ORIGIN "https://" WEBTEST_HOST
#define WEBTEST_PASSWORD "correct horse 9"

struct webtest {
	char dir[64];
	struct web web;
	struct store *collector; /* a second connection, to put in what the collector would */
	struct store *ctl;
	struct sb out; /* the last answer */
	int status;
	const char *body;
	char session[TOKEN_BYTES]; /* sent as the session cookie; "" = anonymous */
	char visit[COOKIE_VALUE_BYTES];
	const char *extra[12]; /* further environment, "NAME=value"; ends with NULL */
};

struct webtest_body {
	const char *at;
	size_t left;
};

__attribute__((unused)) static size_t webtest_read(void *ctx, char *bytes_r, size_t max)
{
	struct webtest_body *body = ctx;
	size_t part = max < body->left ? max : body->left;

	part = part > 7 ? 7 : part; /* in small pieces, as a socket may give it */
	memcpy(bytes_r, body->at, part);
	body->at += part;
	body->left -= part;
	return part;
}

__attribute__((unused)) static void webtest_open(struct webtest *t, const char *base_path)
{
	struct settings settings;
	struct err err = ERR_INIT;
	char path[128];
	static const char key[GRANT_KEY_BYTES] = "0123456789abcdef0123456789abcde";

	memset(t, 0, sizeof(*t));
	log_init("test", LOG_LEVEL_ERROR);
	setenv("TZ", "UTC", 1);
	tzset();
	dir_make(t->dir);
	setenv("DOCKMON_DATA_DIR", t->dir, 1);
	setenv("DOCKMON_SHARE_DIR", "/", 1);
	setenv("BASE_PATH", base_path, 1);
	unsetenv("DOCKER_HOST");
	unsetenv("XDG_RUNTIME_DIR");
	CHECK_OK(settings_read(&settings, &err));
	snprintf(settings.share_dir, sizeof(settings.share_dir), ".");
	t->collector = store_make(t->dir, STORE_COLLECTOR);
	t->ctl = store_make(t->dir, STORE_CTL);
	snprintf(path, sizeof(path), "%s/grant.key", t->dir);
	CHECK_OK(file_write(path, key, sizeof(key), 0600, &err));
	if (web_open(&settings, 0, &t->web, &err))
		fail_msg("%s", err.text);
	sb_init(&t->out, ANSWER_BYTES_MAX);
}

__attribute__((unused)) static void webtest_close(struct webtest *t)
{
	web_close(&t->web);
	store_close(&t->collector);
	store_close(&t->ctl);
	sb_release(&t->out);
	dir_remove(t->dir);
}

/* Sends with the environment as it is; `path` may hold a query string and is not decoded. */
__attribute__((unused)) static int webtest_send(
    struct webtest *t, const char *method, const char *path, const char *form)
{
	struct webtest_body body = { form ? form : "", form ? strlen(form) : 0 };
	char names[10][2200], *envp[32];
	size_t n = 0, path_len = strcspn(path, "?");

	snprintf(names[0], sizeof(names[0]), "REQUEST_METHOD=%s", method);
	snprintf(names[1], sizeof(names[1]), "PATH_INFO=%.*s", (int)path_len, path);
	snprintf(names[2], sizeof(names[2]), "QUERY_STRING=%s", path[path_len] ? path + path_len + 1 : "");
	snprintf(names[3], sizeof(names[3]), "HTTP_COOKIE=x=1; %s=%s; %s=%s", SESSION_COOKIE, t->session,
	    VISIT_COOKIE, t->visit);
	snprintf(names[4], sizeof(names[4]), "HTTP_HOST=" WEBTEST_HOST);
	snprintf(names[5], sizeof(names[5]), "REMOTE_ADDR=192.0.2.7");
	snprintf(names[6], sizeof(names[6]),
	    "HTTP_USER_AGENT=Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
	snprintf(names[7], sizeof(names[7]), "CONTENT_TYPE=application/x-www-form-urlencoded");
	snprintf(names[8], sizeof(names[8]), "CONTENT_LENGTH=%zu", form ? strlen(form) : 0);
	snprintf(names[9], sizeof(names[9]), "HTTPS=on");
	/* what a test sets goes first, so that it wins */
	for (size_t i = 0; t->extra[i]; i++)
		envp[n++] = (char *)t->extra[i];
	for (size_t i = 0; i < 10; i++)
		envp[n++] = names[i];
	envp[n] = NULL;
	sb_reset(&t->out);
	dispatch(&t->web, envp, webtest_read, &body, &t->out);
	assert_int_equal(strncmp(t->out.data, "Status: ", 8), 0);
	t->status = (int)strtol(t->out.data + 8, NULL, 10);
	t->body = strstr(t->out.data, "\r\n\r\n");
	assert_non_null(t->body);
	t->body += 4;
	return t->status;
}

__attribute__((unused)) static int webtest_get(struct webtest *t, const char *path)
{
	return webtest_send(t, "GET", path, NULL);
}

/* The value of a header, up to 2000 bytes; NULL if absent. Static, until the next call. */
__attribute__((unused)) static const char *webtest_header(const struct webtest *t, const char *name)
{
	static char value[2001];
	char want[80];
	const char *at = t->out.data;

	snprintf(want, sizeof(want), "\r\n%s: ", name);
	at = strstr(at, want);
	if (!at || at >= t->body)
		return NULL;
	at += strlen(want);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
	return value;
}

__attribute__((unused)) static bool webtest_has(const struct webtest *t, const char *text)
{
	return strstr(t->body, text) != NULL;
}

#define CHECK_HAS(t, text)                                                                  \
	do {                                                                                \
		if (!webtest_has(t, text))                                                  \
			fail_msg("no \"%s\" in %d: %.6000s", text, (t)->status, (t)->body); \
	} while (0)
#define CHECK_HAS_NOT(t, text)                                                           \
	do {                                                                             \
		if (webtest_has(t, text))                                                \
			fail_msg("\"%s\" in %d: %.6000s", text, (t)->status, (t)->body); \
	} while (0)

/* A session without the login form. */
__attribute__((unused)) static void webtest_sign_in(struct webtest *t, const char *name)
{
	struct user user;

	CHECK_OK(user_by_name(t->ctl, name, &user));
	CHECK_OK(
	    session_add(t->ctl, user.id, "192.0.2.7", "Firefox/140.0 Linux", clock_wall_ms(), t->session));
}

__attribute__((unused)) static void webtest_add_users(struct webtest *t)
{
	struct err err = ERR_INIT;
	int64_t id;

	CHECK_OK(user_add(t->ctl, "admin", ROLE_ADMINISTRATOR, WEBTEST_PASSWORD, clock_wall_ms(), &id, &err));
	CHECK_OK(user_add(t->ctl, "reader", ROLE_VIEWER, WEBTEST_PASSWORD, clock_wall_ms(), &id, &err));
}

/* The hidden field of the page that was read last, or of any page of the session. */
__attribute__((unused)) static const char *webtest_csrf(struct webtest *t)
{
	static char token[SHA256_HEX_BYTES];
	const char *at = strstr(t->body, "name=\"csrf\" value=\"");

	assert_non_null(at);
	snprintf(token, sizeof(token), "%s", at + strlen("name=\"csrf\" value=\""));
	return token;
}

/* Takes over the visit and session cookies that the last answer set. */
__attribute__((unused)) static void webtest_keep_cookies(struct webtest *t)
{
	const char *visit = strstr(t->out.data, "Set-Cookie: " VISIT_COOKIE "=");
	const char *session = strstr(t->out.data, "Set-Cookie: " SESSION_COOKIE "=");

	if (visit) {
		visit = strchr(visit, '=') + 1;
		snprintf(t->visit, sizeof(t->visit), "%.*s", (int)strcspn(visit, ";"), visit);
	}
	if (session) {
		session = strchr(session, '=') + 1;
		snprintf(t->session, sizeof(t->session), "%.*s", (int)strcspn(session, ";"), session);
	}
}

/* POST with the token put in front of `form`. Needs a page read before (webtest_csrf). */
__attribute__((unused)) static int webtest_post(
    struct webtest *t, const char *path, const char *csrf, const char *form)
{
	char text[4096];

	snprintf(text, sizeof(text), "csrf=%s%s%s", csrf, *form ? "&" : "", form);
	return webtest_send(t, "POST", path, text);
}

/* The collector lives. */
__attribute__((unused)) static void webtest_beat(struct webtest *t, int64_t ago_ms)
{
	CHECK_OK(program_beat(t->collector, "collector", clock_wall_ms() - 60000, clock_wall_ms() - ago_ms));
}

__attribute__((unused)) static int64_t webtest_add_host(struct webtest *t, const char *name, const char *url)
{
	struct host facts = { .product = "Docker",
		.engine_id = "E",
		.engine_version = "28.2.1",
		.api_version = "1.48",
		.hostname = name,
		.os = "Debian 12",
		.kernel = "6.1",
		.arch = "x86_64",
		.storage_driver = "overlay2",
		.cgroup_version = "2",
		.cpus = 4,
		.memory_bytes = 8000000000LL };
	struct err err = ERR_INIT;
	int64_t id;

	if (host_add(t->collector, name, url, true, clock_wall_ms(), &id, &err))
		fail_msg("%s", err.text);
	facts.id = id;
	CHECK_OK(host_set_facts(t->collector, &facts));
	CHECK_OK(host_set_state(t->collector, id, HOST_ONLINE, "", clock_wall_ms() - 3600000));
	return id;
}

/* `c` as far as it is filled; the rest is usual. */
__attribute__((unused)) static int64_t webtest_add_container(struct webtest *t, struct container c)
{
	static unsigned number;
	char engine_id[CONTAINER_ID_BYTES];
	int64_t id;

	snprintf(engine_id, sizeof(engine_id), "%064x", ++number);
	c.engine_id = c.engine_id ? c.engine_id : engine_id;
	c.image = c.image ? c.image : "busybox:latest";
	c.command = c.command ? c.command : "sleep 1000";
	c.created_ms = c.created_ms ? c.created_ms : clock_wall_ms() - 7200000;
	c.started_ms = c.started_ms ? c.started_ms : clock_wall_ms() - 3600000;
	CHECK_OK(store_begin(t->collector, NULL));
	CHECK_OK(container_put(t->collector, &c, clock_wall_ms(), &id));
	CHECK_OK(store_commit(t->collector, NULL));
	return id;
}

__attribute__((unused)) static void webtest_measure(
    struct webtest *t, int64_t id, double cpu, double memory, int64_t ago_ms)
{
	struct container_now now = { .container_id = id,
		.at_ms = clock_wall_ms() - ago_ms,
		.cpu_percent = cpu,
		.memory_bytes = memory,
		.memory_limit = 8000000000.0,
		.rx_rate = 1000,
		.tx_rate = 200,
		.read_rate = 0,
		.write_rate = 4096,
		.pids = 3 };

	spark_init(&now.cpu);
	spark_init(&now.memory);
	spark_init(&now.network);
	spark_push(&now.cpu, cpu / 2);
	spark_push(&now.cpu, cpu);
	spark_push(&now.memory, memory);
	spark_push(&now.network, 1200);
	CHECK_OK(container_now_put(t->collector, &now));
}

#endif
