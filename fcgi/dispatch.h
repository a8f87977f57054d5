/* dispatch: from a CGI environment to a CGI answer. Everything that a handler could forget is done
 * here: session, capability, origin, form token, read-only store, error pages. */
#ifndef DOCKMON_FCGI_DISPATCH_H
#define DOCKMON_FCGI_DISPATCH_H

#include "fcgi/request.h"
#include "fcgi/web.h"
#include "lib/base/sb.h"

#define ANSWER_BYTES_MAX (9 * 1024 * 1024)

/* Appends one complete answer to `out`. envp and body as for request_read. Never fails: what goes
 * wrong is an error page or, at worst, a short text. */
void dispatch(struct web *web, char **envp, body_fn body, void *ctx, struct sb *out);

#endif
