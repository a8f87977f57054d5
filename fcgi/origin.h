/* origin: does a form come from a page of ours? Browsers tell by Origin and Sec-Fetch-Site. */
#ifndef DOCKMON_FCGI_ORIGIN_H
#define DOCKMON_FCGI_ORIGIN_H

#include <stdbool.h>

#include "fcgi/request.h"
#include "lib/base/settings.h"

/* True: the same origin as Host, an origin of DOCKMON_CORS_ORIGINS or DOCKMON_EXTERNAL_URL, or a
 * client that tells neither header (then the token alone must convince). */
bool origin_is_ours(const struct settings *settings, const struct request *request);

#endif
