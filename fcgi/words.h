/* words: states, exit codes and events in the words that people read. No HTML, no store. */
#ifndef DOCKMON_FCGI_WORDS_H
#define DOCKMON_FCGI_WORDS_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/store/container.h"
#include "lib/store/event.h"
#include "lib/store/host.h"

/* Strings are constants or borrowed from the arena; detail and title may be "". */
struct state_words {
	const char *key; /* run, warn, err, off, pause, unk: glyph and colour */
	const char *word;
	const char *detail;
	const char *title;
};

/* What a container's exit code tells: "killed by SIGKILL", "the command was not found"; "" when it
 * tells no more than the number. 128 + n is signal n. Memory is told by the OOM flag, never by 137. */
const char *words_exit_code(int64_t code, struct arena *arena);

void words_container(
    const struct container *c, int64_t now_ms, struct arena *arena, struct state_words *state_r);
void words_health(
    const struct container *c, int64_t now_ms, struct arena *arena, struct state_words *state_r);
void words_host(const struct host *host, struct state_words *state_r);

/* The whole sentence about a container: "Exited 4 min ago with code 137: killed by SIGKILL …". */
const char *words_story(const struct container *c, int64_t now_ms, struct arena *arena);
/* Why it needs attention, to follow its name: "is unhealthy: connection refused". */
const char *words_attention(const struct container *c, struct arena *arena);
/* When that began. */
int64_t words_attention_since_ms(const struct container *c);
/* Does it need attention (as the store's list decides)? */
bool words_in_trouble(const struct container *c);

/* The last line of a health check's output, cut. "" if there is none. */
const char *words_last_line(const char *output, struct arena *arena);

/* State and the rest of what matters ("image postgres:16", "SIGKILL"). */
void words_event(
    const struct event *event, struct arena *arena, struct state_words *state_r, const char **detail_r);

#endif
