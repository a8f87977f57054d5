/* Whole requests through the dispatcher, with a real store and the real templates. The input is lines:
 * method, path, query, then "NAME=value" of the environment until an empty line, then the body.
 * Whatever comes: one well-formed answer of a known status, headers that are lines of ours, no
 * markup of the request in the page, never a 500, and nothing of the store changed by GET. */
#include <assert.h>
#include <ftw.h>
#include <unistd.h>

#include "fcgi/dispatch.h"
#include "fcgi/session.h"
#include "lib/base/clock.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/store/container.h"
#include "lib/store/host.h"
#include "lib/store/migrate.h"
#include "lib/store/program.h"
#include "lib/store/user.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ENV_MAX 24

static struct web web;
static struct store *ctl;
static char dir[] = "/tmp/dockmon-fuzz-XXXXXX";
static char cookie[128], csrf[SHA256_HEX_BYTES];

struct body {
	const char *at;
	size_t left;
};

static size_t read_body(void *ctx, char *bytes_r, size_t max)
{
	struct body *body = ctx;
	size_t part = max < body->left ? max : body->left;

	memcpy(bytes_r, body->at, part);
	body->at += part;
	body->left -= part;
	return part;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

static void clean(void)
{
	web_close(&web);
	store_close(&ctl);
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void must(int result)
{
	if (result < 0)
		die("cannot prepare: %d", result);
}

static void add_rows(void)
{
	struct store *collector = NULL;
	int64_t host, id;

	must(store_open(dir, STORE_COLLECTOR, &collector, NULL));
	must(host_add(collector, "rack", "unix:///x", true, clock_wall_ms(), &host, NULL));
	must(host_set_state(collector, host, HOST_ONLINE, "", clock_wall_ms()));
	must(store_begin(collector, NULL));
	must(container_put(collector,
	    &(struct container){
	        .host_id = host, .name = "web", .engine_id = "0", .state = CONTAINER_RUNNING },
	    clock_wall_ms(), &id));
	must(store_commit(collector, NULL));
	must(program_beat(collector, "collector", 1, clock_wall_ms() + 365 * 86400000LL));
	store_close(&collector);
}

/* Signs in anew where an input has signed out. */
static void keep_session(void)
{
	static const char purpose[] = "dockmon form token";
	static char token[TOKEN_BYTES];
	struct session session;
	struct user user;
	uint8_t mac[SHA256_BYTES];

	if (!session_find(ctl, token, clock_wall_ms(), &session, &user))
		return;
	must(user_by_name(ctl, "admin", &user));
	must(session_add(ctl, user.id, "192.0.2.1", "fuzz", clock_wall_ms(), token));
	snprintf(cookie, sizeof(cookie), "HTTP_COOKIE=%s=%s", SESSION_COOKIE, token);
	crypto_hmac_sha256(token, strlen(token), purpose, sizeof(purpose) - 1, mac);
	crypto_hex(mac, sizeof(mac), csrf);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char key[GRANT_KEY_BYTES] = "0123456789abcdef0123456789abcde";
	struct settings settings = { .share_dir = ".", .external_url = "https://dock.example" };
	struct err err = ERR_INIT;
	char path[64];
	int64_t id;

	(void)argc, (void)argv;
	log_init("fuzz", LOG_LEVEL_ERROR);
	if (!mkdtemp(dir))
		die("no directory");
	snprintf(settings.data_dir, sizeof(settings.data_dir), "%s", dir);
	must(store_migrate(dir, &err));
	snprintf(path, sizeof(path), "%s/grant.key", dir);
	must(file_write(path, key, sizeof(key), 0600, &err));
	must(store_open(dir, STORE_CTL, &ctl, &err));
	must(user_add(ctl, "admin", ROLE_ADMINISTRATOR, "correct horse 9", clock_wall_ms(), &id, &err));
	add_rows();
	if (web_open(&settings, 0, &web, &err))
		die("%s", err.text);
	atexit(clean);
	return 0;
}

static bool status_is_known(long status)
{
	static const long known[] = { 200, 303, 400, 401, 403, 404, 405, 411, 413, 414, 415, 422, 429 };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i] == status)
			return true;
	}
	return false;
}

static void check_headers(const char *head, const char *end)
{
	static const char *const names[] = { "Status: ", "Content-Type: ", "Content-Length: ",
		"Content-Security-Policy: ", "X-Content-Type-Options: ", "Referrer-Policy: ",
		"Cache-Control: ", "Location: ", "Set-Cookie: dockmon_", "Allow: ", "X-Accel-Redirect: /-/",
		"X-Accel-Buffering: no", "Content-Disposition: attachment; " };

	while (head < end) {
		bool ours = false;

		for (size_t i = 0; i < ARRAY_LEN(names) && !ours; i++)
			ours = !strncmp(head, names[i], strlen(names[i]));
		assert(ours);
		if (!strncmp(head, "Location: ", 10))
			assert(head[10] == '/' && head[11] != '/' && head[11] != '\\');
		head = strstr(head, "\r\n") + 2;
	}
}

static void check_answer(const struct sb *out, bool head)
{
	const char *body;

	assert(!sb_failed(out) && !strncmp(out->data, "Status: ", 8));
	assert(status_is_known(strtol(out->data + 8, NULL, 10)));
	body = strstr(out->data, "\r\n\r\n");
	assert(body);
	check_headers(out->data, body + 2);
	body += 4;
	assert(!head || !*body);
	if (strstr(out->data, "Content-Type: text/html"))
		assert(!strstr(body, "<fuzz") && !strstr(body, "fuzz\"fuzz") && !strstr(body, "fuzz'fuzz"));
}

static char *next_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	*rest = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';
	return line;
}

static char *with_name(const char *name, const char *value)
{
	size_t bytes = strlen(name) + strlen(value) + 2;
	char *text = xcalloc(1, bytes);

	snprintf(text, bytes, "%s=%s", name, value);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sb out = SB_INIT(ANSWER_BYTES_MAX);
	char *text = xstrndup((const char *)data, size), *rest = text, *line, *envp[ENV_MAX + 8], form[256],
	     length[40];
	size_t own = 0, n;
	struct body body;

	keep_session();
	envp[own++] = with_name("REQUEST_METHOD", next_line(&rest));
	envp[own++] = with_name("PATH_INFO", next_line(&rest));
	envp[own++] = with_name("QUERY_STRING", next_line(&rest));
	n = own;
	while (n < ENV_MAX && *(line = next_line(&rest)))
		envp[n++] = line;
	/* a body "!…" is sent with the right token and without a password, which would cost 50 ms each */
	if (*rest == '!') {
		snprintf(form, sizeof(form), "csrf=%s&%.100s", csrf, rest + 1);
		rest = form;
	}
	body = (struct body){ rest, strlen(rest) };
	envp[n++] = cookie;
	envp[n++] = (char *)"HTTP_HOST=dock.example";
	envp[n++] = (char *)"CONTENT_TYPE=application/x-www-form-urlencoded";
	snprintf(length, sizeof(length), "CONTENT_LENGTH=%zu", body.left);
	envp[n++] = length;
	envp[n] = NULL;
	dispatch(&web, envp, read_body, &body, &out);
	check_answer(&out, !strcmp(envp[0], "REQUEST_METHOD=HEAD"));
	sb_release(&out);
	while (own)
		free(envp[--own]);
	free(text);
	return 0;
}
