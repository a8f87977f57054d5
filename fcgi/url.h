/* url: addresses of our own pages: base path, path, query. And which local address we send people back to. */
#ifndef DOCKMON_FCGI_URL_H
#define DOCKMON_FCGI_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/call.h"
#include "lib/base/sb.h"

#define URL_BYTES_MAX (16 * 1024)
#define NEXT_BYTES_MAX 1000

/* Base path plus the formatted path. Borrowed from the call's arena. */
const char *url_path(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A path with a query string, built field by field. */
struct url {
	struct sb text; /* owned */
	char mark;      /* what comes before the next field: '?' or '&' */
};

void url_begin(struct url *url, const struct call *call, const char *path);
/* Left out when the value is NULL or "". Encoded here. */
void url_add(struct url *url, const char *name, const char *value);
void url_add_int(struct url *url, const char *name, int64_t value);
/* Releases. Borrowed from the call's arena. */
const char *url_end(struct url *url, struct call *call);

/* A path below the base to go on to after login: begins with one slash, no scheme, no host, no
 * backslash, no control characters, at most NEXT_BYTES_MAX, not the login pages themselves. */
bool next_is_local(const char *next);
/* The address of this request as such a path, percent-encoded. Borrowed from the call's arena. */
const char *next_of_request(struct call *call);
/* Appends `text` with every byte that may not stand in a URL percent-encoded ('%' stays). */
void url_add_clean(struct sb *sb, const char *text);

#endif
