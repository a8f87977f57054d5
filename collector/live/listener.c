#include "collector/live/listener.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "collector/live/answer.h"
#include "collector/live/hub_serve.h"
#include "lib/base/die.h"
#include "lib/base/log.h"

#define REQUEST_SECONDS 30    /* to finish a request, or to take some of what is sent */
#define CONNECTION_BYTES 4096 /* MHD's memory of one connection: request, headers, one piece of the answer */
#define END_TURNS 10
#define DESCRIPTORS_FOR_OTHERS 512 /* engines, database, cgroup files */

enum {
	HANDLE_POLL,
	HANDLE_TIMEOUT,
	HANDLE_PREPARE,
	HANDLE_CHECK,
	HANDLE_CHANGES,
	HANDLE_SECOND,
	HANDLE_COUNT
};

struct listener {
	struct serving serving;
	struct MHD_Daemon *daemon; /* owned */
	int fd;                    /* owned: the listening socket */
	uv_poll_t poll;            /* MHD's epoll descriptor */
	uv_timer_t timeout;        /* MHD's next deadline */
	uv_prepare_t prepare;      /* end of a turn's timers … */
	uv_check_t check;          /* … and of its input: what waits is sent */
	uv_timer_t changes;        /* changes that keep their distance */
	uv_timer_t second;
	uv_handle_t *open[HANDLE_COUNT];
	size_t open_count;
};

static void on_timeout(uv_timer_t *timer);

static void run_daemon(struct listener *listener)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	listener->serving.woken = false;
	MHD_run(listener->daemon);
	if (MHD_get_timeout(listener->daemon, &timeout_ms) == MHD_YES)
		uv_timer_start(&listener->timeout, on_timeout, timeout_ms, 0);
	else
		uv_timer_stop(&listener->timeout);
}

static void on_timeout(uv_timer_t *timer)
{
	run_daemon(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	(void)events;
	if (status < 0)
		log_error("polling the listener: %s", uv_strerror(status));
	run_daemon(poll->data);
}

static void on_changes(uv_timer_t *timer)
{
	(void)timer; /* the end of this turn sends them */
}

static void end_turn(struct listener *listener)
{
	int64_t wait_ms = hub_turn(listener->serving.hub);

	if (wait_ms > 0)
		uv_timer_start(&listener->changes, on_changes, (uint64_t)wait_ms, 0);
	/* a browser that takes everything at once may want more at once: not endlessly, the loop goes on */
	for (int i = 0; listener->serving.woken && i < 4; i++)
		run_daemon(listener);
}

static void on_prepare(uv_prepare_t *prepare)
{
	end_turn(prepare->data);
}

static void on_check(uv_check_t *check)
{
	end_turn(check->data);
}

static void on_second(uv_timer_t *timer)
{
	struct listener *listener = timer->data;

	hub_second(listener->serving.hub);
}

static unsigned clients_max(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return LISTENER_CLIENTS_MAX;
	if (limit.rlim_cur < 2 * DESCRIPTORS_FOR_OTHERS)
		return (unsigned)limit.rlim_cur / 2;
	if (limit.rlim_cur - DESCRIPTORS_FOR_OTHERS < LISTENER_CLIENTS_MAX)
		return (unsigned)limit.rlim_cur - DESCRIPTORS_FOR_OTHERS;
	return LISTENER_CLIENTS_MAX;
}

static void adopt(struct listener *listener, void *handle)
{
	uv_handle_set_data(handle, listener);
	listener->open[listener->open_count++] = handle;
}

static void open_handles(struct listener *listener, uv_loop_t *loop, int epoll_fd)
{
	if (uv_poll_init(loop, &listener->poll, epoll_fd))
		die("cannot watch the listener");
	uv_timer_init(loop, &listener->timeout);
	uv_prepare_init(loop, &listener->prepare);
	uv_check_init(loop, &listener->check);
	uv_timer_init(loop, &listener->changes);
	uv_timer_init(loop, &listener->second);
	adopt(listener, &listener->poll);
	adopt(listener, &listener->timeout);
	adopt(listener, &listener->prepare);
	adopt(listener, &listener->check);
	adopt(listener, &listener->changes);
	adopt(listener, &listener->second);
	uv_poll_start(&listener->poll, UV_READABLE, on_poll);
	uv_prepare_start(&listener->prepare, on_prepare);
	uv_check_start(&listener->check, on_check);
	uv_timer_start(&listener->second, on_second, 1000, 1000);
}

__attribute__((format(printf, 2, 0))) static void on_mhd_log(void *arg, const char *format, va_list args)
{
	char line[256];
	size_t len;

	(void)arg;
	vsnprintf(line, sizeof(line), format, args);
	len = strcspn(line, "\n");
	log_debug("listener: %.*s", (int)len, line);
}

int listener_start(uv_loop_t *loop, int fd, const struct grant_key *key, struct hub *hub,
    struct listener **listener_r, struct err *err_r)
{
	struct listener *listener = xcalloc(1, sizeof(*listener));
	const union MHD_DaemonInfo *info;

	listener->serving = (struct serving){ .key = *key, .hub = hub };
	listener->fd = fd;
	listener->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0,
	    NULL, NULL, answer_request, &listener->serving, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)LISTENER_BACKLOG,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_LIMIT,
	    clients_max(), MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)REQUEST_SECONDS,
	    MHD_OPTION_URI_LOG_CALLBACK, answer_begin, &listener->serving, MHD_OPTION_NOTIFY_COMPLETED,
	    answer_end, &listener->serving, MHD_OPTION_END);
	info = listener->daemon ? MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info) {
		if (listener->daemon)
			MHD_stop_daemon(listener->daemon);
		else
			close(fd);
		free(listener);
		return err_set(err_r, -EIO, "the HTTP server does not start: out of descriptors or memory?");
	}
	open_handles(listener, loop, info->epoll_fd);
	run_daemon(listener);
	*listener_r = listener;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct listener *listener = handle->data;

	if (--listener->open_count == 0)
		free(listener);
}

void listener_stop(struct listener **listener)
{
	struct listener *l = *listener;

	*listener = NULL;
	if (!l)
		return;
	uv_poll_stop(&l->poll);
	answer_end_all(&l->serving);
	for (int i = 0; i < END_TURNS && l->serving.clients; i++)
		MHD_run(l->daemon); /* who takes the end of its stream at once gets it */
	MHD_stop_daemon(l->daemon);
	for (size_t i = 0; i < HANDLE_COUNT; i++)
		uv_close(l->open[i], on_closed);
}

size_t listener_clients(const struct listener *listener)
{
	return listener->serving.clients;
}
