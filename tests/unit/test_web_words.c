/* States, exit codes and events in words; numbers and times of fill. */
#include "tests/unit/check.h"

#include "fcgi/fill.h"
#include "fcgi/words.h"
#include "lib/base/arena.h"

#define NOW 1764000000000LL
#define S(x) (x) * 1000LL

static void exit_codes(void **state)
{
	static const struct {
		int64_t code;
		const char *text;
	} table[] = {
		{ 0, "" },
		{ 1, "" },
		{ 125, "the engine failed to run it" },
		{ 126, "the command could not be executed (permission, or not a program)" },
		{ 127, "the command was not found" },
		{ 128, "" },
		{ 129, "killed by SIGHUP" },
		{ 130, "ended by SIGINT" },
		{ 134, "killed by SIGABRT" },
		{ 137, "killed by SIGKILL" },
		{ 139, "killed by SIGSEGV" },
		{ 143, "ended by SIGTERM" },
		{ 128 + 64, "killed by signal 64" },
		{ 200, "" },
		{ -1, "" },
		{ 255, "ended with an error out of range, or while the engine was away" },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_string_equal(words_exit_code(table[i].code, &arena), table[i].text);
}

static struct container with(struct container c)
{
	c.error = c.error ? c.error : "";
	c.health_note = c.health_note ? c.health_note : "";
	return c;
}

static void container_states(void **state)
{
	const struct {
		struct container c;
		const char *key, *word, *detail;
	} table[] = {
		{ { .state = CONTAINER_RUNNING }, "run", "running", "" },
		{ { .state = CONTAINER_RUNNING, .health = HEALTH_HEALTHY }, "run", "healthy", "" },
		{ { .state = CONTAINER_RUNNING, .health = HEALTH_STARTING }, "run", "starting", "" },
		{ { .state = CONTAINER_RUNNING, .health = HEALTH_UNHEALTHY, .health_since_ms = NOW - S(240) },
		    "warn", "unhealthy", "for 4 min" },
		{ { .state = CONTAINER_EXITED }, "off", "exited 0", "" },
		{ { .state = CONTAINER_EXITED, .exit_code = 1 }, "err", "exited 1", "" },
		{ { .state = CONTAINER_EXITED, .exit_code = 143, .stop_asked = true }, "off", "exited 143",
		    "" },
		{ { .state = CONTAINER_EXITED, .exit_code = 137 }, "err", "killed", "" },
		{ { .state = CONTAINER_EXITED, .exit_code = 137, .stop_asked = true }, "off", "killed", "" },
		{ { .state = CONTAINER_EXITED, .exit_code = 137, .oom_killed = true }, "err", "out of memory",
		    "" },
		{ { .state = CONTAINER_EXITED, .health = HEALTH_UNHEALTHY }, "off", "exited 0", "" },
		{ { .state = CONTAINER_RESTARTING, .exit_code = 1, .restart_count = 7 }, "warn", "restarting",
		    "7 times" },
		{ { .state = CONTAINER_PAUSED }, "pause", "paused", "" },
		{ { .state = CONTAINER_CREATED }, "off", "created", "" },
		{ { .state = CONTAINER_CREATED, .error = "no such device" }, "err", "created", "" },
		{ { .state = CONTAINER_DEAD }, "err", "dead", "" },
		{ { .state = CONTAINER_REMOVING }, "off", "removing", "" },
		{ { .state = CONTAINER_REMOVED }, "unk", "removed", "" },
		{ { .state = CONTAINER_UNKNOWN }, "unk", "unknown", "" },
	};
	AUTO_ARENA arena = ARENA_INIT;
	struct state_words s;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct container c = with(table[i].c);

		words_container(&c, NOW, &arena, &s);
		assert_string_equal(s.word, table[i].word);
		assert_string_equal(s.key, table[i].key);
		assert_string_equal(s.detail, table[i].detail);
	}
}

static void stories(void **state)
{
	const struct {
		struct container c;
		const char *text;
	} table[] = {
		{ { .state = CONTAINER_RUNNING,
		      .started_ms = NOW - S(432000),
		      .health = HEALTH_HEALTHY,
		      .health_since_ms = NOW - S(3600) },
		    "Running for 5 d, healthy for 1 h." },
		{ { .state = CONTAINER_RUNNING, .started_ms = NOW - S(60) },
		    "Running for 1 min; it has no health check." },
		{ { .state = CONTAINER_EXITED, .exit_code = 137, .finished_ms = NOW - S(240) },
		    "Exited 4 min ago with code 137: killed by SIGKILL (not by the memory limit)." },
		{ { .state = CONTAINER_EXITED,
		      .exit_code = 137,
		      .finished_ms = NOW - S(240),
		      .oom_killed = true },
		    "Killed 4 min ago because it reached its memory limit (exit code 137)." },
		{ { .state = CONTAINER_EXITED,
		      .exit_code = 143,
		      .finished_ms = NOW - S(240),
		      .stop_asked = true },
		    "Exited 4 min ago with code 143: ended by SIGTERM. The stop was asked for." },
		{ { .state = CONTAINER_EXITED, .finished_ms = NOW - S(10) },
		    "Exited 10 s ago without an error." },
		{ { .state = CONTAINER_CREATED }, "Created, never started." },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct container c = with(table[i].c);

		assert_string_equal(words_story(&c, NOW, &arena), table[i].text);
	}
}

static void attention_sentences(void **state)
{
	const struct {
		struct container c;
		const char *text; /* NULL: needs none */
	} table[] = {
		{ { .state = CONTAINER_RUNNING,
		      .health = HEALTH_UNHEALTHY,
		      .health_note = "a\r\n  connection refused\n\n" },
		    "is unhealthy: connection refused" },
		{ { .state = CONTAINER_RUNNING, .health = HEALTH_UNHEALTHY },
		    "is unhealthy; its check printed nothing." },
		{ { .state = CONTAINER_EXITED, .exit_code = 1 }, "exited with code 1." },
		{ { .state = CONTAINER_EXITED, .exit_code = 127 },
		    "exited with code 127: the command was not found." },
		{ { .state = CONTAINER_EXITED, .exit_code = 137 },
		    "exited with code 137: killed by SIGKILL, nobody asked for it through the engine." },
		{ { .state = CONTAINER_EXITED, .exit_code = 137, .oom_killed = true },
		    "was killed: out of memory, it reached its limit." },
		{ { .state = CONTAINER_RESTARTING, .exit_code = 1, .restart_count = 3 },
		    "keeps restarting, 3 times so far; it last ended with code 1." },
		{ { .state = CONTAINER_DEAD, .error = "device busy" }, "is dead: device busy" },
		{ { .state = CONTAINER_EXITED, .exit_code = 1, .stop_asked = true }, NULL },
		{ { .state = CONTAINER_EXITED }, NULL },
		{ { .state = CONTAINER_RUNNING, .health = HEALTH_STARTING }, NULL },
		{ { .state = CONTAINER_EXITED, .exit_code = 1, .gone_ms = 1 }, NULL },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct container c = with(table[i].c);

		assert_int_equal(words_in_trouble(&c), table[i].text != NULL);
		if (table[i].text)
			assert_string_equal(words_attention(&c, &arena), table[i].text);
	}
}

static void long_notes_are_cut_between_characters(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	char note[600];

	(void)state;
	memset(note, 0, sizeof(note));
	note[0] = 'a';
	for (int i = 0; i < 150; i++)
		memcpy(note + 1 + 3 * i, "€", 3);
	const char *cut = words_last_line(note, &arena);
	assert_true(strlen(cut) <= 163);
	assert_string_equal(cut + strlen(cut) - 6, "€…");
	assert_string_equal(words_last_line("", &arena), "");
	assert_string_equal(words_last_line("\n \n", &arena), "");
}

static void events(void **state)
{
	static const struct {
		const char *kind, *action, *attributes, *key, *word, *detail;
	} table[] = {
		{ "container", "start", "{\"image\":\"busybox\"}", "run", "started", "image busybox" },
		{ "container", "die", "{\"exitCode\":\"137\"}", "err", "exited 137", "killed by SIGKILL" },
		{ "container", "die", "{\"exitCode\":\"0\"}", "off", "exited 0", "" },
		{ "container", "die", "{}", "off", "exited", "" },
		{ "container", "kill", "{\"signal\":\"9\"}", "off", "killed", "SIGKILL" },
		{ "container", "kill", "{\"signal\":\"15\"}", "off", "asked to stop", "SIGTERM" },
		{ "container", "kill", "{\"signal\":\"SIGHUP\"}", "off", "signalled", "SIGHUP" },
		{ "container", "health_status: unhealthy", "{}", "warn", "unhealthy", "" },
		{ "container", "rename", "{\"oldName\":\"/old\"}", "off", "renamed", "was old" },
		{ "container", "some_new_thing", "{}", "off", "some new thing", "" },
		{ "container", "", "not json", "off", "unknown", "" },
		{ "image", "pull", "{\"name\":\"busybox\"}", "off", "pulled", "busybox" },
		{ "image", "pull", "{\"name\":\"actor\"}", "off", "pulled", "" },
		{ "network", "connect", "{\"name\":\"actor\",\"container\":\"abc\",\"type\":\"bridge\"}",
		    "off", "connected", "container abc, type bridge" },
		{ "volume", "mount", "{\"driver\":\"local\"}", "off", "mounted", "driver local" },
		{ "container", "die", "{\"exitCode\":[1]}", "off", "exited", "" },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct event e = { .kind = table[i].kind,
			.action = table[i].action,
			.attributes = table[i].attributes,
			.actor_name = "actor",
			.actor_id = "id" };
		struct state_words s;
		const char *detail;

		words_event(&e, &arena, &s, &detail);
		assert_string_equal(s.word, table[i].word);
		assert_string_equal(s.key, table[i].key);
		assert_string_equal(detail, table[i].detail);
	}
}

static void numbers(void **state)
{
	static const struct {
		int64_t count;
		const char *text;
	} table[] = { { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 1012, "1,012" },
		{ 1234567, "1,234,567" }, { -1234, "-1,234" }, { INT64_MAX, "9,223,372,036,854,775,807" } };
	char text[40], full[FULL_TIME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		text_count(table[i].count, text, sizeof(text));
		assert_string_equal(text, table[i].text);
	}
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	text_full_time(1795506902000LL, full);
	assert_string_equal(full, "Tue 24 Nov 2026, 08:55:02 CET");
	setenv("TZ", "UTC", 1);
	tzset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(container_states),
		cmocka_unit_test(stories),
		cmocka_unit_test(attention_sentences),
		cmocka_unit_test(long_notes_are_cut_between_characters),
		cmocka_unit_test(events),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
