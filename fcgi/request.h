/* request: one CGI request, checked and decoded. What is not a field here does not reach a handler. */
#ifndef DOCKMON_FCGI_REQUEST_H
#define DOCKMON_FCGI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/query.h"

#define REQUEST_BODY_MAX (64 * 1024)
#define REQUEST_PATH_MAX 2000
#define REQUEST_QUERY_MAX 8000
#define COOKIE_VALUE_BYTES 128

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OTHER };

/* Strings are borrowed from the arena or the environment of the request; "" = absent. */
struct request {
	enum method method;
	const char *path; /* below the base path, decoded, "/…"; valid UTF-8 without control characters */
	const char *query_text; /* as sent */
	struct query query;     /* owned */
	struct query form;      /* owned; only of a POST */
	const char *cookies;    /* header Cookie as sent */
	const char *address;    /* of the browser, as nginx believes it */
	const char *host;       /* header Host */
	const char *origin;     /* header Origin */
	const char *fetch_site; /* header Sec-Fetch-Site */
	const char *agent;      /* header User-Agent */
	bool tls;               /* the browser's connection, as nginx tells */
	bool refetch;           /* live.js asks for the page again */
};

/* Reads up to `max` bytes of the body; 0 at its end. */
typedef size_t (*body_fn)(void *ctx, char *bytes_r, size_t max);

/* envp is a CGI environment ("NAME=value", ends with NULL) that outlives the request.
 * -EINVAL: malformed. -ENAMETOOLONG: path or query too long. -ENODATA: a POST without its length.
 * -EMSGSIZE: the body is over REQUEST_BODY_MAX. -EPROTOTYPE: the body is not a form. Each with a text.
 * request_release is needed also after a failure (method and path are then set as far as known). */
int request_read(
    char **envp, body_fn body, void *ctx, struct arena *arena, struct request *request_r, struct err *err_r);
void request_release(struct request *request);

const char *method_name(enum method method);

/* The first cookie of that name. Values hold letters, digits, '-' and '_' only.
 * -ENOENT: not there. -EINVAL: other characters, or too long. */
int cookie_get(const char *header, const char *name, char value_r[COOKIE_VALUE_BYTES]);

#endif
