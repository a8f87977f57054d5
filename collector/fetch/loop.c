/* curl's multi handle driven by libuv: curl says which sockets and which timer it waits for. */
#include "lib/base/die.h"

#include "collector/fetch/private.h"

struct watched_socket {
	uv_poll_t poll;
	struct fetcher *fetcher; /* borrowed */
	curl_socket_t fd;
};

static void read_messages(struct fetcher *f)
{
	CURLMsg *message;
	int left;

	while (f->multi && (message = curl_multi_info_read(f->multi, &left))) {
		CURLcode code = message->data.result;
		void *fetch = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &fetch);
		fetch_ended(fetch, code);
	}
}

static void act(struct fetcher *f, curl_socket_t fd, int events)
{
	int running;

	if (!f->multi)
		return;
	f->depth++;
	curl_multi_socket_action(f->multi, fd, events, &running);
	f->depth--;
	fetch_settle(f);
	read_messages(f);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct watched_socket *s = poll->data;
	int flags = 0;

	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	act(s->fetcher, s->fd, flags);
}

static void on_timer(uv_timer_t *timer)
{
	act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void forget_socket(struct fetcher *f, curl_socket_t fd, struct watched_socket *s)
{
	if (!s)
		return;
	uv_poll_stop(&s->poll);
	uv_close((uv_handle_t *)&s->poll, on_socket_closed);
	if (f->multi)
		curl_multi_assign(f->multi, fd, NULL);
}

static struct watched_socket *watch_socket(struct fetcher *f, curl_socket_t fd)
{
	struct watched_socket *s = xcalloc(1, sizeof(*s));
	int result = uv_poll_init_socket(f->loop, &s->poll, fd);

	if (result)
		die("cannot watch a socket: %s", uv_strerror(result));
	s->poll.data = s;
	s->fetcher = f;
	s->fd = fd;
	curl_multi_assign(f->multi, fd, s);
	return s;
}

static int curl_wants_socket(CURL *easy, curl_socket_t fd, int what, void *fetcher, void *socket)
{
	struct watched_socket *s = socket;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		forget_socket(fetcher, fd, s);
		return 0;
	}
	if (!s)
		s = watch_socket(fetcher, fd);
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	uv_poll_start(&s->poll, events, on_ready);
	return 0;
}

static int curl_wants_timer(CURLM *multi, long delay_ms, void *fetcher)
{
	struct fetcher *f = fetcher;

	(void)multi;
	if (delay_ms < 0 || f->closing)
		uv_timer_stop(&f->timer);
	else
		uv_timer_start(&f->timer, on_timer, (uint64_t)delay_ms, 0);
	return 0;
}

int loop_attach(struct fetcher *f)
{
	uv_timer_init(f->loop, &f->timer);
	f->timer.data = f;
	f->multi = curl_multi_init();
	if (!f->multi)
		die("out of memory (curl)");
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, curl_wants_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, curl_wants_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
	return 0;
}
