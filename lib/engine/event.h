/* event: one line of GET /events, from Docker (API 1.24 on, older forms too) or Podman. */
#ifndef DOCKMON_ENGINE_EVENT_H
#define DOCKMON_ENGINE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define EVENT_LINE_MAX_BYTES (256 * 1024)

/* What an event means for the container it is about. */
enum event_effect {
	EVENT_NONE,   /* nothing that an inspect would show */
	EVENT_CHANGE, /* look at it again */
	EVENT_START,
	EVENT_DIE,
	EVENT_KILL, /* a signal was sent; see `terminates` */
	EVENT_STOP, /* its stop was asked for */
	EVENT_HEALTH,
	EVENT_GONE,
	EVENT_EFFECT_COUNT
};

/* Strings are in the arena; "" = not said. */
struct engine_event {
	const char *kind;     /* container, image, network, volume, daemon */
	const char *action;   /* Docker's word, also for Podman: "die", "destroy", "health_status: healthy" */
	const char *actor_id; /* container: a valid id */
	const char *actor_name;
	const char *attributes; /* JSON object of what matters */
	const char *container;  /* engine id of the container an event of another kind concerns, or "" */
	const char *health;     /* EVENT_HEALTH: the word */
	int64_t at_ns;
	enum event_effect effect;
	bool terminates; /* EVENT_KILL: by a signal that asks a process to end */
};

/* 0: an event to record. 1: one that is left out (exec_*, top, attach, resize, copies, cleanup …, other
 * kinds). -EINVAL with a text: not an event. Nothing of *event_r is set but after 0. */
int engine_event_parse(
    const char *line, size_t len, struct arena *arena, struct engine_event *event_r, struct err *err_r);

#endif
