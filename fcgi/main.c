/* dockmon-web: one worker of the web interface. FastCGI on descriptor 0 as the supervisor gives it;
 * run by anything else it answers one request as plain CGI. */
#include <errno.h>
#include <fcgiapp.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include "fcgi/dispatch.h"
#include "fcgi/web.h"
#include "lib/base/log.h"
#include "lib/base/priv.h"

#define REQUESTS_MAX 5000
#define REQUESTS_SPREAD 512 /* workers of one age do not retire all at once */
#define STORE_WAIT_MS 10000
#define TRIM_BYTES (64 * 1024)

extern char **environ;

static volatile sig_atomic_t ended;

static void on_term(int number)
{
	(void)number;
	ended = 1;
	FCGX_ShutdownPending();
}

static void catch_signals(void)
{
	struct sigaction term = { .sa_handler = on_term }, ignore = { .sa_handler = SIG_IGN };

	sigemptyset(&term.sa_mask);
	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGINT, &term, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

static size_t read_fcgi(void *ctx, char *bytes_r, size_t max)
{
	int got = FCGX_GetStr(bytes_r, (int)max, ctx);

	return got > 0 ? (size_t)got : 0;
}

static size_t read_stdin(void *ctx, char *bytes_r, size_t max)
{
	return fread(bytes_r, 1, max, ctx);
}

static void write_fcgi(FCGX_Request *request, const struct sb *out)
{
	const char *at = out->data;
	size_t left = out->len;

	while (left) {
		int part = left > 65536 ? 65536 : (int)left;

		if (FCGX_PutStr(at, part, request->out) < 0)
			return; /* the browser is gone */
		at += part;
		left -= (size_t)part;
	}
}

/* A page of a thousand rows leaves megabytes of small free blocks: give them back. */
static void give_back(struct sb *out)
{
	if (out->len < TRIM_BYTES)
		return;
	sb_release(out);
	malloc_trim(0);
}

/* Until SIGTERM or about REQUESTS_MAX; the supervisor starts the next one. */
static int serve(struct web *web)
{
	struct sb out = SB_INIT(ANSWER_BYTES_MAX);
	FCGX_Request request;
	int most = REQUESTS_MAX + getpid() % REQUESTS_SPREAD;

	if (FCGX_Init() || FCGX_InitRequest(&request, 0, FCGI_FAIL_ACCEPT_ON_INTR)) {
		log_error("cannot use descriptor 0 as a FastCGI socket");
		return 1;
	}
	for (int served = 0; served < most && !ended && FCGX_Accept_r(&request) == 0; served++) {
		sb_reset(&out);
		dispatch(web, request.envp, read_fcgi, request.in, &out);
		write_fcgi(&request, &out);
		FCGX_Finish_r(&request);
		give_back(&out);
	}
	FCGX_Free(&request, 1);
	sb_release(&out);
	return 0;
}

static int answer_once(struct web *web)
{
	struct sb out = SB_INIT(ANSWER_BYTES_MAX);
	bool written;

	dispatch(web, environ, read_stdin, stdin, &out);
	written = fwrite(out.data, 1, out.len, stdout) == out.len && !fflush(stdout);
	sb_release(&out);
	return written ? 0 : 1;
}

static int run(void)
{
	struct settings settings;
	struct web web;
	struct err err = ERR_INIT;
	bool cgi = FCGX_IsCGI();
	int result;

	log_init("dockmon-web", LOG_LEVEL_INFO);
	if (settings_read(&settings, &err)) {
		log_error("%s", err.text);
		return 2;
	}
	log_init("dockmon-web", settings.log_level);
	tzset();
	if (web_open(&settings, cgi ? 0 : STORE_WAIT_MS, &web, &err)) {
		log_error("%s", err.text);
		return 1;
	}
	result = priv_drop(settings.web_user, NULL, 0, &err);
	if (result)
		log_error("%s", err.text);
	else
		web_beat(&web, web.started_ms);
	result = result ? 1 : cgi ? answer_once(&web) : serve(&web);
	web_close(&web);
	return result;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("dockmon-web %s\n", DOCKMON_VERSION);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		printf(
		    "dockmon-web: web interface of DockMon, one worker.\n\n"
		    "Started with a FastCGI socket as descriptor 0 (supervisord's fcgi-program, "
		    "spawn-fcgi) it answers\n"
		    "requests until SIGTERM or about %d of them; otherwise one request as plain CGI from the "
		    "environment.\n"
		    "Settings come from the environment: see `dockmonctl settings`.\n",
		    REQUESTS_MAX);
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "dockmon-web: unknown argument %s (see --help)\n", argv[1]);
		return 2;
	}
	catch_signals();
	return run();
}
