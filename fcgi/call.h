/* call: everything one request needs, made and freed by the dispatcher and given to handlers. */
#ifndef DOCKMON_FCGI_CALL_H
#define DOCKMON_FCGI_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/request.h"
#include "fcgi/response.h"
#include "fcgi/web.h"
#include "lib/base/arena.h"
#include "lib/base/crypto.h"
#include "lib/base/err.h"
#include "lib/store/user.h"

struct overview;

/* What a role may do; a route asks for some. */
enum capability {
	CAP_HOSTS_VIEW = 1 << 0,
	CAP_CONTAINERS_VIEW = 1 << 1,
	CAP_EVENTS_VIEW = 1 << 2,
	CAP_LIVE = 1 << 3,
	CAP_SETTINGS_MANAGE = 1 << 4,
	CAP_LOGINS_VIEW = 1 << 5,
};

struct call {
	struct web *web; /* borrowed from the process */
	struct request request;
	struct response response;
	struct arena arena; /* freed after the answer is written */
	int64_t now_ms;     /* wall time when it began */
	int64_t id;         /* the :id of the pattern, a row number from 1 */
	bool signed_in;     /* then session and user are valid */
	struct session session;
	struct user user;
	unsigned capabilities;           /* enum capability bits of the user */
	char token[COOKIE_VALUE_BYTES];  /* of the session; "" without one. Never shown, never logged */
	char csrf[SHA256_HEX_BYTES];     /* for hidden fields of this answer; "" = none */
	const struct overview *overview; /* see overview_get; NULL before */
	bool flash_shown;                /* the page showed the flash message: the dispatcher clears it */
	struct err err;                  /* the text of a handler's failure */
};

/* 0: the response is made. -ENOENT 404, -EINVAL 400, -EBUSY and -EAGAIN 503, all else 500, as an error
 * page with the text of call->err; whatever was in the response is dropped. */
typedef int (*handler_fn)(struct call *call);

unsigned role_capabilities(enum user_role role);
bool call_may(const struct call *call, unsigned capabilities);

/* 303 to the base path plus `path` ("/hosts", may hold a query string). */
void call_redirect(struct call *call, const char *path);
/* The message that the next page shows; kind is ok, warn or err. Needs a session and a POST. */
void call_flash(struct call *call, const char *kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
