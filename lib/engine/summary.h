/* summary: one element of GET /containers/json: enough to see that something changed. */
#ifndef DOCKMON_ENGINE_SUMMARY_H
#define DOCKMON_ENGINE_SUMMARY_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/json.h"

/* Strings are in the arena. */
struct engine_summary {
	const char *id;     /* valid (engine_id_valid) */
	const char *name;   /* without the leading slash; "" = not said */
	const char *state;  /* as engine_state_word gives it */
	const char *health; /* "none", "starting", "healthy", "unhealthy" */
	int64_t exit_code;  /* out of "Exited (3) 5 minutes ago"; 0 otherwise */
	int64_t age_max_s; /* it was started (running) or ended (exited) at most so long ago; -1 = not said */
	uint64_t looks; /* hash of what else the list says: name, image, ports, labels, addresses, mounts */
};

/* Docker's words (created, running, paused, restarting, removing, exited, dead) and Podman's
 * (configured, initialized, stopping, stopped) as Docker's; others as they are, cut to 32 bytes. */
const char *engine_state_word(const char *word, struct arena *arena);

/* -EINVAL with a text: no valid id. All else may be missing. */
int engine_summary_read(
    struct json_object *element, struct arena *arena, struct engine_summary *summary_r, struct err *err_r);

/* The greatest age that Docker's rounded words can mean, in seconds: "3 seconds", "About a minute",
 * "2 weeks" …; -1 for other text. Public for the tests. */
int64_t engine_age_max_s(const char *words);

#endif
