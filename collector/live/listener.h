/* listener: the collector's HTTP server on its unix socket, inside the loop (libmicrohttpd). nginx
 * hands browsers over with a grant of the web worker (lib/base/grant.h):
 *   GET /-/stream?topic=T&…                            SSE, until HUB_STREAM_MS
 *   GET /-/live?sort=cpu|mem&base=B&theme=T&v=V&…      the /live document, until HUB_PAGE_MS;
 *                                                      once=1: ends after the rows (text browsers)
 *   GET /-/ping                                        "ok", without a grant
 * Refused grants are answered 403, other methods 405, everything else 404. Loop thread only. */
#ifndef DOCKMON_COLLECTOR_LISTENER_H
#define DOCKMON_COLLECTOR_LISTENER_H

#include <stddef.h>
#include <uv.h>

#include "lib/base/err.h"
#include "lib/base/grant.h"

#define LISTENER_BACKLOG 4096
#define LISTENER_CLIENTS_MAX 16000 /* fewer where RLIMIT_NOFILE is lower */

struct hub;
struct listener;

/* Creates the socket `path` (absolute; mode 0660, owner and group of its directory where permitted) and
 * listens. A stale socket is replaced. -EADDRINUSE: another process answers on it. -ENOENT: no such
 * directory. Others: -errno with a text. *fd_r is owned by the caller. */
int listener_bind(const char *path, int *fd_r, struct err *err_r);

/* Serves the hub's streams on `fd` (taken over also on failure). key is copied; hub is borrowed
 * until listener_stop. -EIO with a text. */
int listener_start(uv_loop_t *loop, int fd, const struct grant_key *key, struct hub *hub,
    struct listener **listener_r, struct err *err_r);
/* Ends every stream and closes the socket; *listener is NULL afterwards. Its handles close in the next
 * turns of the loop. NULL is allowed. */
void listener_stop(struct listener **listener);

/* Connections that are being served. */
size_t listener_clients(const struct listener *listener);

#endif
