/* api: which version of the Docker Engine API to speak. */
#ifndef DOCKMON_ENGINE_API_H
#define DOCKMON_ENGINE_API_H

#include "lib/base/err.h"

#define API_VERSION_BYTES 12
#define API_OLDEST "1.24" /* Docker 1.12, Podman's compatibility API */
#define API_NEWEST "1.52" /* the newest whose differences we know */

struct api_version {
	int major, minor;
};

/* "1.41". -EINVAL for anything else; parts are at most 999. */
int api_version_parse(const char *text, struct api_version *version_r);
/* Negative, 0 or positive, as strcmp. */
int api_version_compare(struct api_version a, struct api_version b);
void api_version_text(struct api_version version, char text_r[API_VERSION_BYTES]);

/* The newest version that both sides speak. engine_newest and engine_oldest are ApiVersion and
 * MinAPIVersion of /version; an absent ("") oldest means that it takes all older ones.
 * -EPROTO: none in common, -EINVAL: no version number; both with a sentence for people. */
int api_negotiate(
    const char *engine_newest, const char *engine_oldest, struct api_version *version_r, struct err *err_r);

#endif
