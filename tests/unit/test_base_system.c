/* clock, crypto, grant, settings, file. */
#include "tests/unit/check.h"

#include <errno.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/crypto.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/base/settings.h"

static void times_are_parsed(void **state)
{
	static const struct {
		const char *text;
		int result;
		int64_t ns;
	} table[] = {
		{ "2026-11-24T07:55:00Z", 0, 1795506900000000000 },
		{ "2026-11-24T08:55:00.123456789+01:00", 0, 1795506900123456789 },
		{ "2026-11-24T07:55:00.5Z", 0, 1795506900500000000 },
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "0001-01-01T00:00:00Z", 0, 0 },
		{ "", 0, 0 },
		{ "2026-11-24", -EINVAL, 0 },
		{ "2026-13-24T07:55:00Z", -EINVAL, 0 },
		{ "2026-11-24T07:55:00", -EINVAL, 0 },
		{ "2026-11-24T07:55:00Zx", -EINVAL, 0 },
		{ "yesterday", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int64_t ns = -1;

		assert_int_equal(clock_parse_iso(table[i].text, &ns), table[i].result);
		if (!table[i].result)
			assert_int_equal(ns, table[i].ns);
	}
}

static void times_are_written(void **state)
{
	char iso[CLOCK_ISO_BYTES], local[CLOCK_LOCAL_BYTES];
	int64_t ms;

	(void)state;
	clock_iso(1795506900123, iso);
	assert_string_equal(iso, "2026-11-24T07:55:00.123Z");
	clock_iso_seconds(1795506900123, iso);
	assert_string_equal(iso, "2026-11-24T07:55:00Z");
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	clock_local(1795506900123, local);
	assert_string_equal(local, "2026-11-24 08:55:00 CET");
	CHECK_OK(clock_parse_local("2026-11-24T08:55", &ms));
	assert_int_equal(ms, 1795506900000);
	CHECK_OK(clock_parse_local("2026-07-01 12:00:30", &ms));
	clock_local(ms, local);
	assert_string_equal(local, "2026-07-01 12:00:30 CEST");
	CHECK_OK(clock_parse_local("2026-07-01", &ms));
	assert_int_equal(clock_parse_local("2026-07-01T", &ms), -EINVAL);
	assert_int_equal(clock_parse_local("", &ms), -EINVAL);
	assert_int_equal(clock_parse_local("soon", &ms), -EINVAL);
}

static void passwords_are_hashed(void **state)
{
	char hash[PASSWORD_HASH_BYTES], other[PASSWORD_HASH_BYTES];

	(void)state;
	password_hash("correct horse", hash);
	password_hash("correct horse", other);
	assert_string_not_equal(hash, other);
	assert_int_equal(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
	assert_true(password_verify(hash, "correct horse"));
	assert_false(password_verify(hash, "correct horsf"));
	assert_false(password_verify("broken", "correct horse"));
	assert_false(password_verify(password_nobody(), ""));
}

static void tokens_are_long_and_differ(void **state)
{
	char a[TOKEN_BYTES], b[TOKEN_BYTES], code[CODE_BYTES], hex[SHA256_HEX_BYTES];
	uint8_t digest[SHA256_BYTES];

	(void)state;
	crypto_token(a);
	crypto_token(b);
	assert_int_equal(strlen(a), 43);
	assert_string_not_equal(a, b);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
	crypto_code(code);
	assert_int_equal(strlen(code), 14);
	assert_int_equal(code[4], '-');
	crypto_sha256("abc", 3, digest);
	crypto_hex(digest, sizeof(digest), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void grants_open_only_if_signed_and_fresh(void **state)
{
	struct grant_key key = { { 1, 2, 3 } }, other = { { 9 } };
	AUTO_SB text = SB_INIT(1000);
	AUTO_SB changed = SB_INIT(1000);
	struct query query;
	struct err err = ERR_INIT;

	(void)state;
	grant_sign(&key, "topic=host%3A3", 1000, &text);
	CHECK_OK(grant_open(&key, text.data, 1000 + GRANT_LIFE_MS, &query, &err));
	assert_string_equal(query_get(&query, "topic", ""), "host:3");
	query_release(&query);
	assert_int_equal(grant_open(&key, text.data, 1001 + GRANT_LIFE_MS, &query, &err), -EACCES);
	assert_int_equal(grant_open(&other, text.data, 1000, &query, &err), -EACCES);
	sb_add(&changed, text.data);
	changed.data[13] = '4';
	assert_int_equal(grant_open(&key, changed.data, 1000, &query, &err), -EACCES);
	sb_add(&text, "x");
	assert_int_equal(grant_open(&key, text.data, 1000, &query, &err), -EACCES);
	assert_int_equal(grant_open(&key, "topic=host:3", 1000, &query, &err), -EACCES);
	assert_int_equal(grant_open(&key, "", 1000, &query, &err), -EACCES);
}

static void clear_settings(void)
{
	for (size_t i = 0; i < settings_count; i++)
		unsetenv(settings_table[i].name);
}

static void settings_have_defaults(void **state)
{
	struct settings settings;
	struct err err = ERR_INIT;
	char text[SETTING_TEXT_BYTES];

	(void)state;
	clear_settings();
	CHECK_OK(settings_read(&settings, &err));
	assert_int_equal(settings.port, 8443);
	assert_string_equal(settings.data_dir, "/var/lib/dockmon");
	assert_string_equal(settings.run_dir, "/var/lib/dockmon/run");
	assert_string_equal(settings.base_path, "");
	for (size_t i = 0; i < settings_count; i++) {
		settings_show(&settings, i, text);
		assert_true(strlen(settings_table[i].help) > 10);
	}
	setenv("DOCKMON_INITIAL_ADMIN_PASSWORD", "do not show this", 1);
	CHECK_OK(settings_read(&settings, &err));
	for (size_t i = 0; i < settings_count; i++) {
		settings_show(&settings, i, text);
		assert_null(strstr(text, "do not show"));
	}
	clear_settings();
}

static void settings_are_checked(void **state)
{
	static const struct {
		const char *name, *value;
		bool good;
	} table[] = {
		{ "DOCKMON_PORT", "0", false },
		{ "DOCKMON_PORT", "65536", false },
		{ "DOCKMON_PORT", "80 ", false },
		{ "DOCKMON_PORT", "443", true },
		{ "REVERSE_PROXY_MODE", "maybe", false },
		{ "REVERSE_PROXY_MODE", "TRUE", true },
		{ "BASE_PATH", "/a/b/", true },
		{ "BASE_PATH", "a;b", false },
		{ "BASE_PATH", "/..", false },
		{ "BASE_PATH", "/a//b", false },
		{ "DOCKMON_DATA_DIR", "relative", false },
		{ "DOCKMON_DATA_DIR", "/with space", false },
		{ "DOCKMON_DATA_DIR", "/x{y", false },
		{ "DOCKMON_LOG_LEVEL", "loud", false },
		{ "DOCKMON_LOG_LEVEL", "Debug", true },
		{ "DOCKER_HOST", "a\nb", false },
		{ "DOCKMON_TLS_CERT", "/only/one", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct settings settings;
		struct err err = ERR_INIT;
		int result;

		clear_settings();
		setenv(table[i].name, table[i].value, 1);
		result = settings_read(&settings, &err);
		assert_int_equal(result, table[i].good ? 0 : -EINVAL);
		assert_true(table[i].good || strstr(err.text, table[i].name));
	}
	clear_settings();
}

static void base_path_is_normalised(void **state)
{
	static const char *const same[] = { "/dockmon", "dockmon", "/dockmon/", "//dockmon//" };
	struct settings settings;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(same); i++) {
		setenv("BASE_PATH", same[i], 1);
		CHECK_OK(settings_read(&settings, NULL));
		assert_string_equal(settings.base_path, "/dockmon");
	}
	setenv("BASE_PATH", "/", 1);
	CHECK_OK(settings_read(&settings, NULL));
	assert_string_equal(settings.base_path, "");
	clear_settings();
}

static void files_are_replaced_whole(void **state)
{
	char dir[64], path[128];
	AUTO_SB text = SB_INIT(16);
	struct err err = ERR_INIT;

	(void)state;
	dir_make(dir);
	snprintf(path, sizeof(path), "%s/a/b", dir);
	CHECK_OK(file_make_dir(path, 0700, &err));
	CHECK_OK(file_make_dir(path, 0700, &err));
	snprintf(path, sizeof(path), "%s/a/b/c", dir);
	CHECK_OK(file_write(path, "first", 5, 0600, &err));
	CHECK_OK(file_write(path, "second", 6, 0600, &err));
	CHECK_OK(file_read(path, &text, &err));
	assert_string_equal(text.data, "second");
	CHECK_OK(file_write(path, "much longer than sixteen", 24, 0600, &err));
	assert_int_equal(file_read(path, &text, &err), -EFBIG);
	snprintf(path, sizeof(path), "%s/absent", dir);
	sb_reset(&text);
	assert_int_equal(file_read(path, &text, &err), -ENOENT);
	dir_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_parsed),
		cmocka_unit_test(times_are_written),
		cmocka_unit_test(passwords_are_hashed),
		cmocka_unit_test(tokens_are_long_and_differ),
		cmocka_unit_test(grants_open_only_if_signed_and_fresh),
		cmocka_unit_test(settings_have_defaults),
		cmocka_unit_test(settings_are_checked),
		cmocka_unit_test(base_path_is_normalised),
		cmocka_unit_test(files_are_replaced_whole),
	};

	return cmocka_run_group_tests_name("base system", tests, NULL, NULL);
}
