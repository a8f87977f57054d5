/* Ids, image references, API versions, ages, lines and log frames. */
#include "tests/unit/check.h"

#include <errno.h>

#include "lib/base/die.h"
#include "lib/engine/api.h"
#include "lib/engine/frames.h"
#include "lib/engine/ident.h"
#include "lib/engine/lines.h"
#include "lib/engine/summary.h"
#include "lib/engine/text.h"

#define ID "392dc41ff4ebf77a388d3ccc006a25343615966e4095f4c13dd8a08855b2f12e"

static void ids_are_64_lower_hex_digits(void **state)
{
	(void)state;
	assert_true(engine_id_valid(ID));
	assert_false(engine_id_valid(NULL));
	assert_false(engine_id_valid(""));
	assert_false(engine_id_valid(ID "0"));
	assert_false(engine_id_valid(&(ID)[1]));
	assert_false(engine_id_valid("392DC41ff4ebf77a388d3ccc006a25343615966e4095f4c13dd8a08855b2f12e"));
	assert_false(engine_id_valid("../2dc41ff4ebf77a388d3ccc006a25343615966e4095f4c13dd8a08855b2f12e"));
}

static void image_references_have_parts(void **state)
{
	static const struct {
		const char *text;
		int result;
		const char *name, *tag, *digest;
	} table[] = {
		{ "nginx", 0, "nginx", "", "" },
		{ "nginx:1.27", 0, "nginx", "1.27", "" },
		{ "registry.example.org:5000/team/app", 0, "registry.example.org:5000/team/app", "", "" },
		{ "registry.example.org:5000/team/app:v2@sha256:" ID, 0, "registry.example.org:5000/team/app",
		    "v2", "sha256:" ID },
		{ "[::1]:5000/app:x", 0, "[::1]:5000/app", "x", "" },
		{ "app@sha256:" ID, 0, "app", "", "sha256:" ID },
		{ "sha256:" ID, 0, "", "", "sha256:" ID },
		{ ID, 0, "", "", "sha256:" ID },
		{ "", -EINVAL, "", "", "" },
		{ ":tag", -EINVAL, "", "", "" },
		{ "a b", -EINVAL, "", "", "" },
		{ "app:", -EINVAL, "", "", "" },
		{ "app@sha256:12", -EINVAL, "", "", "" },
		{ "<script>", -EINVAL, "", "", "" },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct image_reference ref;

		assert_int_equal(image_reference_parse(table[i].text, &arena, &ref, NULL), table[i].result);
		if (table[i].result)
			continue;
		assert_string_equal(ref.name, table[i].name);
		assert_string_equal(ref.tag, table[i].tag);
		assert_string_equal(ref.digest, table[i].digest);
	}
}

static void api_versions_are_negotiated(void **state)
{
	static const struct {
		const char *newest, *oldest;
		int result;
		const char *want, *says;
	} table[] = {
		{ "1.41", "1.12", 0, "1.41", NULL },
		{ "1.24", "1.12", 0, "1.24", NULL },
		{ "1.54", "1.44", 0, API_NEWEST, NULL },
		{ "1.41", "", 0, "1.41", NULL },
		{ "2.0", "1.24", 0, API_NEWEST, NULL },
		{ "1.23", "1.12", -EPROTO, NULL, "update the engine" },
		{ "1.99", "1.60", -EPROTO, NULL, "update DockMon" },
		{ "", "", -EINVAL, NULL, "no container engine" },
		{ "1.41.2", "", -EINVAL, NULL, "no container engine" },
		{ "1.41", "old", -EINVAL, NULL, "not a version" },
		{ "99999999999999999999.1", "", -EINVAL, NULL, "no container engine" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct api_version version;
		struct err err = ERR_INIT;
		char text[API_VERSION_BYTES];

		assert_int_equal(
		    api_negotiate(table[i].newest, table[i].oldest, &version, &err), table[i].result);
		if (table[i].result) {
			assert_non_null(strstr(err.text, table[i].says));
			continue;
		}
		api_version_text(version, text);
		assert_string_equal(text, table[i].want);
	}
}

static void ages_have_an_upper_bound(void **state)
{
	static const struct {
		const char *words;
		int64_t max_s;
	} table[] = {
		{ "Less than a second", 1 },
		{ "1 second", 2 },
		{ "44 seconds", 45 },
		{ "About a minute", 120 },
		{ "5 minutes ago", 360 },
		{ "About an hour (healthy)", 7200 },
		{ "3 hours", 4 * 3600 },
		{ "2 days ago", 3 * 86400 },
		{ "2 weeks", 21 * 86400 },
		{ "", -1 },
		{ "soon", -1 },
		{ "5 moons", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		assert_int_equal(engine_age_max_s(table[i].words), table[i].max_s);
}

static void texts_end_at_a_character(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	assert_string_equal(text_cut("häuser", 2, &arena), "h");
	assert_string_equal(text_cut("häuser", 3, &arena), "hä");
	assert_string_equal(text_cut("haus", 9, &arena), "haus");
	assert_string_equal(text_cut(NULL, 9, &arena), "");
	assert_string_equal(text_cut_trimmed(" \n out put \n\n", 90, &arena), "out put");
	assert_string_equal(text_cut_trimmed("\n\n", 90, &arena), "");
}

struct heard {
	char text[256];
	int count;
};

static void hear_line(const char *line, size_t len, void *arg)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->text);

	assert_int_equal(strlen(line), len);
	snprintf(heard->text + used, sizeof(heard->text) - used, "%s|", line);
	heard->count++;
}

/* However the bytes are cut, the lines are the same. */
static void lines_are_split_wherever_cut(void **state)
{
	static const char text[] = "one\n\ntwo\r\nthis is too long\n12345678\n\r\nlast";
	struct lines lines;

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		struct heard heard = { 0 };

		lines_init(&lines, 8);
		for (size_t at = 0; at < sizeof(text) - 1; at += step)
			lines_feed(&lines, text + at,
			    step < sizeof(text) - 1 - at ? step : sizeof(text) - 1 - at, hear_line, &heard);
		assert_string_equal(heard.text, "one|two|12345678|");
		assert_int_equal(lines.dropped, 1);
		lines_reset(&lines);
		lines_feed(&lines, "new\n", 4, hear_line, &heard);
		assert_string_equal(heard.text, "one|two|12345678|new|");
		lines_release(&lines);
	}
}

static void hear_frame(enum frame_stream stream, const char *bytes, size_t len, int last, void *arg)
{
	struct heard *heard = arg;
	size_t used = strlen(heard->text);

	snprintf(heard->text + used, sizeof(heard->text) - used, "%.*s%s", (int)len, bytes,
	    last ? (stream == FRAME_STDERR ? "!" : "|") : "");
	heard->count += last;
}

static void frames_are_split_wherever_cut(void **state)
{
	static const char text[] =
	    "\1\0\0\0\0\0\0\6hello\n\2\0\0\0\0\0\0\4oops\1\0\0\0\0\0\0\0\1\0\0\0\0\0\1\0";
	struct frames frames;

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		struct heard heard = { 0 };

		frames_init(&frames);
		for (size_t at = 0; at < sizeof(text) - 1; at += step)
			CHECK_OK(frames_feed(&frames, text + at,
			    step < sizeof(text) - 1 - at ? step : sizeof(text) - 1 - at, hear_frame, &heard,
			    NULL));
		assert_string_equal(heard.text, "hello\n|oops!|");
		assert_int_equal(heard.count, 3);
		assert_int_equal(frames.left, 256);
	}
}

static void what_has_no_frames_is_refused(void **state)
{
	struct heard heard = { 0 };
	struct frames frames;
	struct err err = ERR_INIT;

	(void)state;
	frames_init(&frames);
	assert_int_equal(frames_feed(&frames, "plain text", 10, hear_frame, &heard, &err), -EINVAL);
	assert_non_null(strstr(err.text, "not a multiplexed stream"));
	assert_int_equal(frames_feed(&frames, "\1\0\0\0\0\0\0\1x", 9, hear_frame, &heard, &err), -EINVAL);
	assert_int_equal(heard.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_64_lower_hex_digits),
		cmocka_unit_test(image_references_have_parts),
		cmocka_unit_test(api_versions_are_negotiated),
		cmocka_unit_test(ages_have_an_upper_bound),
		cmocka_unit_test(texts_end_at_a_character),
		cmocka_unit_test(lines_are_split_wherever_cut),
		cmocka_unit_test(frames_are_split_wherever_cut),
		cmocka_unit_test(what_has_no_frames_is_refused),
	};

	return cmocka_run_group_tests_name("engine words", tests, NULL, NULL);
}
