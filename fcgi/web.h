/* web: what one worker process keeps from start to end: settings, the open store, the key for
 * grants, the parsed templates. */
#ifndef DOCKMON_FCGI_WEB_H
#define DOCKMON_FCGI_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/grant.h"
#include "lib/base/settings.h"
#include "lib/store/store.h"

#define WEB_ASSET_BYTES 40
#define WEB_BEAT_MS 60000

struct templates;

struct web {
	struct settings settings;
	struct store *store; /* owned; query_only except while an accepted POST or bookkeeping writes */
	struct grant_key grant_key;
	struct templates *templates;         /* owned */
	char asset_version[WEB_ASSET_BYTES]; /* "0.1.0-3f2a91c0": changes with the static files */
	int64_t started_ms;
	int64_t beat_ms; /* when program_beat was last called */
	bool has_users;  /* never false again once true */
};

/* Opens the store (waits up to wait_ms while there is no database yet or it is being upgraded),
 * reads the grant key, parses the templates. -Exxx with a text; then nothing is held. */
int web_open(const struct settings *settings, int64_t wait_ms, struct web *web_r, struct err *err_r);
/* Takes the process's row out of the store and closes. Safe after a failed web_open. */
void web_close(struct web *web);

/* Says that this worker lives, at most once in WEB_BEAT_MS. */
void web_beat(struct web *web, int64_t now_ms);

#endif
