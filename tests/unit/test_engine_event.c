/* Event lines of Docker and Podman. */
#include "tests/unit/engine_data.h"

#include <errno.h>

#include "lib/base/die.h"
#include "lib/engine/event.h"
#include "lib/engine/lines.h"

#define ID "392dc41ff4ebf77a388d3ccc006a25343615966e4095f4c13dd8a08855b2f12e"
#define LINE(action, attributes)                                                    \
	"{\"Type\":\"container\",\"Action\":\"" action "\",\"Actor\":{\"ID\":\"" ID \
	"\",\"Attributes\":{" attributes "}},\"time\":1795508205,\"timeNano\":1795508205874464252}"

static int parse(const char *line, struct arena *arena, struct engine_event *event_r)
{
	return engine_event_parse(line, strlen(line), arena, event_r, NULL);
}

static void actions_have_effects(void **state)
{
	static const struct {
		const char *line;
		const char *action;
		enum event_effect effect;
		const char *attributes;
	} table[] = {
		{ LINE("start", "\"image\":\"a\",\"name\":\"n\",\"maintainer\":\"x\""), "start", EVENT_START,
		    "{\"image\":\"a\"}" },
		{ LINE("die", "\"exitCode\":\"137\",\"image\":\"a\""), "die", EVENT_DIE,
		    "{\"image\":\"a\",\"exitCode\":\"137\"}" },
		{ LINE("died", "\"containerExitCode\":\"3\""), "die", EVENT_DIE, "{\"exitCode\":\"3\"}" },
		{ LINE("start", "\"containerExitCode\":\"0\""), "start", EVENT_START, "{}" },
		{ LINE("stop", ""), "stop", EVENT_STOP, "{}" },
		{ LINE("destroy", ""), "destroy", EVENT_GONE, "{}" },
		{ LINE("remove", ""), "destroy", EVENT_GONE, "{}" },
		{ LINE("rename", "\"oldName\":\"/old\""), "rename", EVENT_CHANGE, "{\"oldName\":\"/old\"}" },
		{ LINE("pause", ""), "pause", EVENT_CHANGE, "{}" },
		{ LINE("oom", ""), "oom", EVENT_CHANGE, "{}" },
		{ LINE("commit", "\"comment\":\"c\""), "commit", EVENT_NONE, "{\"comment\":\"c\"}" },
		{ LINE("somethingnew", ""), "somethingnew", EVENT_NONE, "{}" },
		{ LINE("health_status: unhealthy", ""), "health_status: unhealthy", EVENT_HEALTH, "{}" },
		{ LINE("health_status", "\"HealthStatus\":\"healthy\""), "health_status: healthy",
		    EVENT_HEALTH, "{}" },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct engine_event e;

		CHECK_OK(parse(table[i].line, &arena, &e));
		assert_string_equal(e.action, table[i].action);
		assert_int_equal(e.effect, table[i].effect);
		assert_string_equal(e.attributes, table[i].attributes);
		assert_string_equal(e.actor_id, ID);
		assert_int_equal(e.at_ns, 1795508205874464252);
	}
}

static void signals_that_end(void **state)
{
	static const struct {
		const char *line;
		bool terminates;
	} table[] = {
		{ LINE("kill", "\"signal\":\"15\""), true },
		{ LINE("kill", "\"signal\":\"9\""), true },
		{ LINE("kill", "\"signal\":\"2\""), true },
		{ LINE("kill", "\"signal\":\"1\""), false },
		{ LINE("kill", "\"signal\":\"10\""), false },
		{ LINE("kill", "\"signal\":\"SIGTERM\""), true },
		{ LINE("kill", "\"signal\":\"SIGHUP\""), false },
		{ LINE("kill", ""), true },
		{ LINE("stop", "\"signal\":\"15\""), false },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct engine_event e;

		CHECK_OK(parse(table[i].line, &arena, &e));
		assert_int_equal(e.terminates, table[i].terminates);
	}
}

static void noise_is_left_out(void **state)
{
	static const char *const lines[] = {
		LINE("exec_create: /bin/sh -c true", ""),
		LINE("exec_start: x", ""),
		LINE("exec_die", ""),
		LINE("exec_died", ""),
		LINE("top", ""),
		LINE("attach", ""),
		LINE("resize", ""),
		LINE("archive-path", ""),
		LINE("cleanup", ""),
		LINE("init", ""),
		LINE("sync", ""),
		"{\"Type\":\"plugin\",\"Action\":\"enable\",\"Actor\":{\"ID\":\"p\"},\"time\":1}",
		"{\"Type\":\"system\",\"Action\":\"refresh\",\"Actor\":{\"ID\":\"\"},\"time\":1}",
	};
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_event e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		assert_int_equal(parse(lines[i], &arena, &e), 1);
	CHECK_OK(parse(LINE("topology", ""), &arena, &e));
}

static void broken_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"{",
		"null",
		"[]",
		"3",
		"{}",
		"{\"Type\":\"container\",\"Action\":\"start\",\"time\":5}",
		"{\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"../../x\"},\"time\":5}",
		"{\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"" ID "\"}}",
		"{\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":\"" ID
		"\"},\"time\":-5,\"timeNano\":-1}",
		"{\"Type\":\"container\",\"Action\":7,\"Actor\":{\"ID\":\"" ID "\"},\"time\":5}",
		LINE("start", "\"name\":\"\xff\""),
		LINE("start", "\"na\xc0\x8fme\":\"x\""),
		"\xc2\x80\xc2",
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct engine_event e;
		struct err err = ERR_INIT;

		assert_int_equal(engine_event_parse(lines[i], strlen(lines[i]), &arena, &e, &err), -EINVAL);
		assert_true(err.text[0]);
	}
}

static void old_and_other_kinds(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_event e;

	(void)state;
	CHECK_OK(parse(
	    "{\"status\":\"die\",\"id\":\"" ID "\",\"from\":\"busybox\",\"time\":1461943101}", &arena, &e));
	assert_string_equal(e.kind, "container");
	assert_int_equal(e.at_ns, 1461943101000000000);
	CHECK_OK(parse("{\"status\":\"pull\",\"id\":\"busybox:latest\",\"time\":1461943101}", &arena, &e));
	assert_string_equal(e.kind, "image");
	assert_string_equal(e.actor_name, "busybox:latest");
	CHECK_OK(parse("{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{\"ID\":\"abc\","
	               "\"Attributes\":{\"name\":\"net\","
	               "\"container\":\"" ID "\",\"type\":\"bridge\"}},\"time\":5}",
	    &arena, &e));
	assert_string_equal(e.container, ID);
	assert_string_equal(e.actor_name, "net");
	assert_int_equal(e.effect, EVENT_NONE);
	CHECK_OK(parse("{\"Type\":\"volume\",\"Action\":\"create\",\"Actor\":{\"ID\":\"\",\"Attributes\":{"
	               "\"name\":\"vv\"}},"
	               "\"time\":5}",
	    &arena, &e));
	assert_string_equal(e.actor_id, "vv");
}

struct counts {
	struct arena arena;
	int kept, left_out;
};

static void count_line(const char *line, size_t len, void *arg)
{
	struct counts *counts = arg;
	struct engine_event e;
	int result = engine_event_parse(line, len, &counts->arena, &e, NULL);

	assert_true(result == 0 || result == 1);
	counts->kept += !result;
	counts->left_out += result;
}

static void recorded_streams(void **state)
{
	static const struct {
		const char *file;
		int kept, left_out;
	} table[] = { { "docker20-events.jsonl", 11, 3 }, { "podman4-events.jsonl", 8, 3 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct counts counts = { ARENA_INIT, 0, 0 };
		AUTO_SB text = SB_INIT(1024 * 1024);
		struct lines lines;
		char path[128];

		snprintf(path, sizeof(path), "tests/unit/data/engine/%s", table[i].file);
		CHECK_OK(file_read(path, &text, NULL));
		lines_init(&lines, EVENT_LINE_MAX_BYTES);
		lines_feed(&lines, text.data, text.len, count_line, &counts);
		lines_release(&lines);
		assert_int_equal(counts.kept, table[i].kept);
		assert_int_equal(counts.left_out, table[i].left_out);
		arena_release(&counts.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(actions_have_effects),
		cmocka_unit_test(signals_that_end),
		cmocka_unit_test(noise_is_left_out),
		cmocka_unit_test(broken_lines_are_refused),
		cmocka_unit_test(old_and_other_kinds),
		cmocka_unit_test(recorded_streams),
	};

	return cmocka_run_group_tests_name("engine events", tests, NULL, NULL);
}
