#include "fcgi/words.h"

#include <inttypes.h>
#include <signal.h>

#include "lib/base/die.h"
#include "lib/base/fmt.h"
#include "lib/base/utf8.h"

#define LINE_BYTES_MAX 160

const char *words_exit_code(int64_t code, struct arena *arena)
{
	const char *name;

	switch (code) {
	case 125: return "the engine failed to run it";
	case 126: return "the command could not be executed (permission, or not a program)";
	case 127: return "the command was not found";
	case 255: return "ended with an error out of range, or while the engine was away";
	default: break;
	}
	if (code <= 128 || code > 128 + 64)
		return "";
	name = sigabbrev_np((int)code - 128);
	if (!name)
		return arena_printf(arena, "killed by signal %" PRId64, code - 128);
	return arena_printf(
	    arena, "%s by SIG%s", code - 128 == SIGTERM || code - 128 == SIGINT ? "ended" : "killed", name);
}

static bool is_kill(int64_t code)
{
	return code == 128 + SIGKILL;
}

static const char *since_text(int64_t then_ms, int64_t now_ms, struct arena *arena)
{
	char span[FMT_BYTES];

	if (!then_ms || then_ms > now_ms)
		return "";
	fmt_duration(now_ms - then_ms, span);
	return arena_printf(arena, "for %s", span);
}

const char *words_last_line(const char *output, struct arena *arena)
{
	size_t end = strlen(output), begin, len;

	while (end && strchr(" \t\r\n", output[end - 1]))
		end--;
	for (begin = end; begin && output[begin - 1] != '\n' && output[begin - 1] != '\r'; begin--)
		;
	while (begin < end && (output[begin] == ' ' || output[begin] == '\t'))
		begin++;
	len = end - begin;
	if (len <= LINE_BYTES_MAX)
		return arena_strndup(arena, output + begin, len);
	for (len = LINE_BYTES_MAX; len && ((unsigned char)output[begin + len] & 0xc0) == 0x80; len--)
		;
	return arena_printf(arena, "%.*s…", (int)len, output + begin);
}

static void exited_words(const struct container *c, struct arena *arena, struct state_words *s)
{
	const char *meaning = words_exit_code(c->exit_code, arena);

	if (c->oom_killed) {
		*s = (struct state_words){ "err", "out of memory", "",
			"killed because it reached its memory limit" };
		return;
	}
	s->key = c->exit_code && !c->stop_asked ? "err" : "off";
	s->word = is_kill(c->exit_code) ? "killed" : arena_printf(arena, "exited %" PRId64, c->exit_code);
	s->title = c->exit_code && c->stop_asked && *meaning ? arena_printf(arena, "%s, on request", meaning)
	    : c->exit_code && c->stop_asked                  ? "stopped on request"
	                                                     : meaning;
	if (*c->error)
		s->title = c->error;
}

static void running_words(
    const struct container *c, int64_t now_ms, struct arena *arena, struct state_words *s)
{
	*s = (struct state_words){ "run", "running", "", "" };
	if (c->health == HEALTH_HEALTHY)
		s->word = "healthy";
	else if (c->health == HEALTH_STARTING)
		*s = (struct state_words){ "run", "starting", "", "the health check has not decided yet" };
	else if (c->health == HEALTH_UNHEALTHY)
		*s = (struct state_words){ "warn", "unhealthy", since_text(c->health_since_ms, now_ms, arena),
			words_last_line(c->health_note, arena) };
}

static void restarting_words(const struct container *c, struct arena *arena, struct state_words *s)
{
	const char *meaning = words_exit_code(c->exit_code, arena);

	*s = (struct state_words){ "warn", "restarting", "", "" };
	if (c->restart_count > 0)
		s->detail = arena_printf(arena, "%" PRId64 " times", c->restart_count);
	s->title = arena_printf(
	    arena, "last exit code %" PRId64 "%s%s", c->exit_code, *meaning ? ": " : "", meaning);
}

void words_container(
    const struct container *c, int64_t now_ms, struct arena *arena, struct state_words *state_r)
{
	struct state_words s = { "unk", container_state_name(c->state), "", "" };

	switch (c->state) {
	case CONTAINER_RUNNING: running_words(c, now_ms, arena, &s); break;
	case CONTAINER_RESTARTING: restarting_words(c, arena, &s); break;
	case CONTAINER_EXITED: exited_words(c, arena, &s); break;
	case CONTAINER_PAUSED: s.key = "pause"; break;
	case CONTAINER_CREATED:
		s.key = *c->error ? "err" : "off";
		s.title = c->error;
		break;
	case CONTAINER_REMOVING: s.key = "off"; break;
	case CONTAINER_DEAD:
		s.key = "err";
		s.title = *c->error ? c->error : "the engine could not remove it";
		break;
	case CONTAINER_REMOVED:
	case CONTAINER_UNKNOWN:
	case CONTAINER_STATE_COUNT: break;
	}
	*state_r = s;
}

void words_health(const struct container *c, int64_t now_ms, struct arena *arena, struct state_words *state_r)
{
	const char *since = since_text(c->health_since_ms, now_ms, arena);

	switch (c->health) {
	case HEALTH_HEALTHY: *state_r = (struct state_words){ "run", "healthy", since, "" }; break;
	case HEALTH_STARTING: *state_r = (struct state_words){ "run", "starting", since, "" }; break;
	case HEALTH_UNHEALTHY: *state_r = (struct state_words){ "warn", "unhealthy", since, "" }; break;
	default: *state_r = (struct state_words){ "unk", "unknown", "", "" }; break;
	}
	if (c->state != CONTAINER_RUNNING && c->state != CONTAINER_PAUSED)
		*state_r = (struct state_words){ "unk", state_r->word, "when it last ran", "" };
}

void words_host(const struct host *host, struct state_words *state_r)
{
	static const struct state_words words[HOST_STATE_COUNT] = {
		[HOST_UNKNOWN] = { "unk", "connecting", "", "" },
		[HOST_ONLINE] = { "run", "online", "", "" },
		[HOST_OFFLINE] = { "err", "offline", "", "" },
	};

	*state_r = words[host->state];
}

static const char *exited_story(const struct container *c, const char *ago, struct arena *arena)
{
	const char *meaning = words_exit_code(c->exit_code, arena);

	if (c->oom_killed)
		return arena_printf(arena,
		    "Killed %s because it reached its memory limit (exit code %" PRId64 ").", ago,
		    c->exit_code);
	if (!c->exit_code)
		return arena_printf(arena, "Exited %s without an error.", ago);
	return arena_printf(arena, "Exited %s with code %" PRId64 "%s%s%s.%s", ago, c->exit_code,
	    *meaning ? ": " : "", meaning, is_kill(c->exit_code) ? " (not by the memory limit)" : "",
	    c->stop_asked ? " The stop was asked for." : "");
}

static const char *running_story(const struct container *c, int64_t now_ms, struct arena *arena)
{
	const char *since = since_text(c->started_ms, now_ms, arena);

	if (c->health == HEALTH_NONE || c->health == HEALTH_UNKNOWN)
		return arena_printf(arena, "Running %s; it has no health check.", since);
	if (c->health == HEALTH_STARTING)
		return arena_printf(arena, "Running %s; its health check has not decided yet.", since);
	return arena_printf(arena, "Running %s, %s %s.", since, container_health_name(c->health),
	    since_text(c->health_since_ms, now_ms, arena));
}

const char *words_story(const struct container *c, int64_t now_ms, struct arena *arena)
{
	char ago[FMT_BYTES];

	fmt_ago(c->finished_ms, now_ms, ago);
	switch (c->state) {
	case CONTAINER_RUNNING: return running_story(c, now_ms, arena);
	case CONTAINER_PAUSED: return "Paused: its processes are frozen and keep their memory.";
	case CONTAINER_RESTARTING:
		return arena_printf(arena,
		    "Restarting, %" PRId64 " times so far; it last ended %s with code %" PRId64 ".",
		    c->restart_count, ago, c->exit_code);
	case CONTAINER_EXITED: return exited_story(c, ago, arena);
	case CONTAINER_CREATED: return *c->error ? c->error : "Created, never started.";
	case CONTAINER_REMOVING: return "The engine is removing it.";
	case CONTAINER_DEAD: return *c->error ? c->error : "Dead: the engine could not remove it.";
	case CONTAINER_REMOVED: return "Removed from the engine.";
	default: return "The engine reports a state that DockMon does not know.";
	}
}

bool words_in_trouble(const struct container *c)
{
	return !c->gone_ms && container_needs_attention(c->state, c->health, c->exit_code, c->stop_asked);
}

const char *words_attention(const struct container *c, struct arena *arena)
{
	const char *meaning = words_exit_code(c->exit_code, arena);
	const char *note = words_last_line(c->health_note, arena);

	if (c->state == CONTAINER_RUNNING)
		return *note ? arena_printf(arena, "is unhealthy: %s", note)
		             : "is unhealthy; its check printed nothing.";
	if (c->state == CONTAINER_DEAD)
		return *c->error ? arena_printf(arena, "is dead: %s", c->error)
		                 : "is dead: the engine could not remove it.";
	if (c->state == CONTAINER_RESTARTING)
		return arena_printf(arena,
		    "keeps restarting, %" PRId64 " times so far; it last ended with code %" PRId64 "%s%s.",
		    c->restart_count, c->exit_code, *meaning ? ": " : "", meaning);
	if (c->oom_killed)
		return "was killed: out of memory, it reached its limit.";
	return arena_printf(arena, "exited with code %" PRId64 "%s%s%s.", c->exit_code, *meaning ? ": " : "",
	    meaning, is_kill(c->exit_code) ? ", nobody asked for it through the engine" : "");
}

int64_t words_attention_since_ms(const struct container *c)
{
	if (c->state == CONTAINER_RUNNING)
		return c->health_since_ms;
	return c->finished_ms ? c->finished_ms : c->created_ms;
}
