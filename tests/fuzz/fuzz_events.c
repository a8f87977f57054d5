/* The stream of events, cut anywhere: the same events come out however it is cut; each is bounded, of a
 * known kind, with a time, and its attributes are a JSON object. */
#include <assert.h>
#include <errno.h>

#include "lib/base/json.h"
#include "lib/base/utf8.h"
#include "lib/engine/event.h"
#include "lib/engine/ident.h"
#include "lib/engine/lines.h"

#define LINE_MAX_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	struct arena arena;
	uint64_t hash;
	size_t lines;
};

static void check_event(const struct engine_event *e)
{
	AUTO_JSON *attributes = NULL;

	assert(e->at_ns > 0);
	assert(*e->action && strlen(e->action) <= 160 && utf8_valid(e->action));
	assert(strlen(e->actor_id) <= 255 && strlen(e->actor_name) <= 255);
	assert(!strcmp(e->kind, "container") || !strcmp(e->kind, "image") || !strcmp(e->kind, "network") ||
	    !strcmp(e->kind, "volume") || !strcmp(e->kind, "daemon"));
	assert(strcmp(e->kind, "container") || engine_id_valid(e->actor_id));
	assert(!*e->container || engine_id_valid(e->container));
	assert(e->effect < EVENT_EFFECT_COUNT);
	assert(!e->terminates || e->effect == EVENT_KILL);
	assert(!json_parse(e->attributes, strlen(e->attributes), &attributes, NULL));
	assert(json_object_is_type(attributes, json_type_object));
}

static void on_line(const char *line, size_t len, void *arg)
{
	struct heard *heard = arg;
	struct engine_event event;
	struct err err = ERR_INIT;
	int result;

	assert(len && len <= LINE_MAX_BYTES && !memchr(line, '\n', len) && line[len] == '\0');
	heard->lines++;
	for (size_t i = 0; i < len; i++)
		heard->hash = heard->hash * 31 + (unsigned char)line[i];
	result = engine_event_parse(line, len, &heard->arena, &event, &err);
	assert(result == 0 || result == 1 || (result == -EINVAL && err.text[0]));
	if (!result)
		check_event(&event);
}

static void feed(const uint8_t *data, size_t size, size_t step, struct heard *heard, int64_t *dropped_r)
{
	struct lines lines;

	lines_init(&lines, LINE_MAX_BYTES);
	for (size_t at = 0; at < size; at += step)
		lines_feed(
		    &lines, (const char *)data + at, step < size - at ? step : size - at, on_line, heard);
	*dropped_r = lines.dropped;
	assert(lines.rest.len <= LINE_MAX_BYTES + 1);
	lines_release(&lines);
	arena_release(&heard->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { 0 }, cut = { 0 };
	int64_t dropped_whole, dropped_cut;

	if (!size)
		return 0;
	feed(data, size, size, &whole, &dropped_whole);
	feed(data, size, data[0] % 61 + 1, &cut, &dropped_cut);
	assert(whole.hash == cut.hash && whole.lines == cut.lines && dropped_whole == dropped_cut);
	return 0;
}
