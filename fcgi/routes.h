/* routes: the one table of what this program answers. */
#ifndef DOCKMON_FCGI_ROUTES_H
#define DOCKMON_FCGI_ROUTES_H

#include <stddef.h>
#include <stdint.h>

#include "fcgi/call.h"

enum route_flag {
	ROUTE_OPEN = 1 << 0,  /* without a session; the form's token hangs on the visit cookie */
	ROUTE_PLAIN = 1 << 1, /* for programs: errors are short texts, no session is 401 */
	ROUTE_EARLY = 1 << 2, /* also while there is no user yet */
};

struct route {
	enum method method;    /* GET also answers HEAD */
	const char *pattern;   /* segments; ":id" is a row number from 1 */
	unsigned capabilities; /* enum capability bits */
	unsigned flags;        /* enum route_flag bits */
	handler_fn handler;
};

extern const struct route routes[];
extern const size_t routes_count;

/* Does `path` fit the pattern? Then *id_r is its :id (0 without one). */
bool route_matches(const char *pattern, const char *path, int64_t *id_r);

#endif
