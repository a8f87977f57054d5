/* session: who is asking, by which cookie; tokens of forms; what is written about sessions beside
 * the handlers. */
#ifndef DOCKMON_FCGI_SESSION_H
#define DOCKMON_FCGI_SESSION_H

#include <stdbool.h>

#include "fcgi/call.h"

#define SESSION_COOKIE "dockmon_session"
#define VISIT_COOKIE "dockmon_visit" /* before login: what the token of the login form hangs on */

/* Finds the session of the cookie and fills token, session, user, capabilities, csrf. -EBUSY, -EIO. */
int session_load(struct call *call);

/* For pages before login: call->csrf from the visit cookie; a new cookie where there is none. */
void session_visit(struct call *call);

/* Is the form's field `csrf` the token of the session (or of the visit)? Constant time. */
bool session_csrf_ok(const struct call *call);
bool session_visit_csrf_ok(const struct call *call);

/* A new session with a new token and its cookie; the one of the request ends. In an accepted POST.
 * -EBUSY, -EIO, -ENOSPC. */
int session_start(struct call *call, int64_t user_id);
/* Ends the request's session and its cookie. */
int session_end(struct call *call);

/* After the answer: the last-seen time (at most once a minute) and the shown flash message. */
void session_keep(struct call *call);

#endif
