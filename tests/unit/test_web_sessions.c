/* Setup, login, lockout, sessions, cookies, preferences, the log of logins. */
#include "tests/unit/webtest.h"

#include "lib/base/crypto.h"

static struct webtest t;

static int make(void **state)
{
	(void)state;
	webtest_open(&t, "");
	webtest_beat(&t, 0);
	return 0;
}

static int make_users(void **state)
{
	make(state);
	webtest_add_users(&t);
	return 0;
}

static int make_below(void **state)
{
	(void)state;
	webtest_open(&t, "/dockmon");
	webtest_add_users(&t);
	webtest_beat(&t, 0);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	webtest_close(&t);
	return 0;
}

static void put_code(const char *bare)
{
	uint8_t digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	crypto_sha256(bare, strlen(bare), digest);
	crypto_hex(digest, sizeof(digest), hex);
	CHECK_OK(setting_put(t.ctl, "setup_code_hash", hex));
}

static int send_setup(const char *code, const char *user, const char *password, const char *password2)
{
	char form[1024], csrf[SHA256_HEX_BYTES];

	webtest_get(&t, "/setup");
	assert_int_equal(t.status, 200);
	webtest_keep_cookies(&t);
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	snprintf(
	    form, sizeof(form), "code=%s&user=%s&password=%s&password2=%s", code, user, password, password2);
	return webtest_post(&t, "/setup", csrf, form);
}

static void without_a_user_all_leads_to_setup(void **state)
{
	static const char *const pages[] = { "/", "/containers", "/hosts/1", "/login", "/preferences",
		"/about" };

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		assert_int_equal(webtest_get(&t, pages[i]), 303);
		assert_string_equal(webtest_header(&t, "Location"), "/setup");
	}
	assert_int_equal(webtest_get(&t, "/stream?topic=hosts"), 401);
	assert_int_equal(webtest_get(&t, "/health"), 200);
	assert_int_equal(webtest_send(&t, "POST", "/login", "user=a"), 303);
}

static void setup_needs_the_code(void **state)
{
	(void)state;
	assert_int_equal(
	    send_setup("ABCD", "admin", "ten+letters", "ten+letters"), 422); /* there is no code yet */
	CHECK_HAS(&t, "dockmonctl setup-code");
	put_code("ABCDEFGHJKLM");
	assert_int_equal(send_setup("ABCD-EFGH-JKLN", "admin", "ten+letters", "ten+letters"), 422);
	CHECK_HAS(&t, "This is not the setup code");
	assert_int_equal(send_setup("", "admin", "ten+letters", "ten+letters"), 422);
	assert_int_equal(send_setup("ABCD-EFGH-JKLM-NPQR", "admin", "ten+letters", "ten+letters"), 422);
	assert_int_equal(user_count(t.ctl), 0);
}

static void setup_checks_names_and_passwords(void **state)
{
	(void)state;
	put_code("ABCDEFGHJKLM");
	assert_int_equal(send_setup("ABCD-EFGH-JKLM", "admin", "short", "short"), 422);
	CHECK_HAS(&t, "The password needs 10 to 128 characters");
	CHECK_HAS_NOT(&t, "short\"");
	assert_int_equal(send_setup("ABCD-EFGH-JKLM", "admin", "ten+letters", "ten+lettres"), 422);
	CHECK_HAS(&t, "not the same");
	assert_int_equal(
	    send_setup("ABCD-EFGH-JKLM", "administrator", "administrator", "administrator"), 422);
	CHECK_HAS(&t, "must not be the user name");
	assert_int_equal(send_setup("ABCD-EFGH-JKLM", "%3Cscript%3E", "ten+letters", "ten+letters"), 422);
	CHECK_HAS(&t, "value=\"&lt;script&gt;\"");
	CHECK_HAS_NOT(&t, "<script>");
	assert_int_equal(user_count(t.ctl), 0);
}

static void setup_creates_once_and_signs_in(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct user user;

	(void)state;
	put_code("ABCDEFGHJKLM");
	assert_int_equal(send_setup("abcd+efgh-jklm", "chief", "ten+letters", "ten+letters"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/");
	webtest_keep_cookies(&t);
	assert_int_equal(strlen(t.session), TOKEN_BYTES - 1);
	assert_int_equal(webtest_get(&t, "/"), 200);
	CHECK_OK(user_by_name(t.ctl, "chief", &user));
	assert_int_equal(user.role, ROLE_ADMINISTRATOR);
	assert_true(password_verify(user.password_hash, "ten letters"));
	assert_string_equal(setting_get(t.ctl, "setup_code_hash", &arena, "gone"), "gone");
	assert_int_equal(webtest_get(&t, "/setup"), 303);
	t.session[0] = '\0';
	webtest_get(&t, "/login");
	webtest_keep_cookies(&t);
	put_code("ABCDEFGHJKLM");
	assert_int_equal(webtest_post(&t, "/setup", webtest_csrf(&t),
	                     "code=ABCDEFGHJKLM&user=b&password=ten+letters&password2=ten+letters"),
	    303);
	assert_int_equal(user_count(t.ctl), 1);
}

static void setup_code_cannot_be_guessed(void **state)
{
	(void)state;
	put_code("ABCDEFGHJKLM");
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_setup("WRONG", "admin", "ten+letters", "ten+letters"), 422);
	assert_int_equal(send_setup("ABCD-EFGH-JKLM", "admin", "ten+letters", "ten+letters"), 429);
	CHECK_HAS(&t, "Too many attempts with the setup code. Try again in ");
	assert_int_equal(user_count(t.ctl), 0);
}

static int send_login(const char *user, const char *password, const char *more)
{
	char form[1024], csrf[SHA256_HEX_BYTES];

	t.session[0] = '\0';
	webtest_get(&t, "/login");
	assert_int_equal(t.status, 200);
	webtest_keep_cookies(&t);
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	snprintf(form, sizeof(form), "user=%s&password=%s%s", user, password, more);
	return webtest_post(&t, "/login", csrf, form);
}

static void login_and_logout(void **state)
{
	char first[TOKEN_BYTES];
	const char *cookie;

	(void)state;
	assert_int_equal(send_login("admin", "correct+horse+9", "&next=%2Fhosts%3Fsort%3Dcpu"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/hosts?sort=cpu");
	cookie = strstr(t.out.data, "Set-Cookie: dockmon_session=");
	assert_non_null(cookie);
	assert_non_null(strstr(cookie, "; Path=/; Max-Age="));
	assert_non_null(strstr(cookie, "; HttpOnly; SameSite=Lax; Secure\r\n"));
	webtest_keep_cookies(&t);
	memcpy(first, t.session, sizeof(first));
	assert_int_equal(webtest_get(&t, "/"), 200);
	CHECK_HAS(&t, "<b>admin</b> administrator");
	assert_int_equal(webtest_post(&t, "/logout", webtest_csrf(&t), ""), 303);
	assert_non_null(strstr(t.out.data, "Set-Cookie: dockmon_session=; Path=/; Max-Age=0"));
	assert_int_equal(webtest_get(&t, "/"), 303);
	memcpy(t.session, first, sizeof(first));
	assert_int_equal(webtest_get(&t, "/"), 303);
	assert_int_equal(webtest_get(&t, "/login"), 200);
	CHECK_HAS(&t, "Your session has ended");
}

static void login_renews_the_session(void **state)
{
	char before[TOKEN_BYTES], csrf[SHA256_HEX_BYTES];

	(void)state;
	webtest_get(&t, "/login");
	webtest_keep_cookies(&t);
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	webtest_sign_in(&t, "reader");
	memcpy(before, t.session, sizeof(before));
	assert_int_equal(webtest_post(&t, "/login", csrf, "user=admin&password=correct+horse+9"), 303);
	webtest_keep_cookies(&t);
	assert_string_not_equal(before, t.session);
	memcpy(t.session, before, sizeof(before));
	assert_int_equal(webtest_get(&t, "/"), 303); /* the old one is over */
}

static void a_refused_login_beside_a_session(void **state)
{
	char csrf[SHA256_HEX_BYTES];

	(void)state;
	webtest_get(&t, "/login");
	webtest_keep_cookies(&t);
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	webtest_sign_in(&t, "reader");
	assert_int_equal(webtest_post(&t, "/login", csrf, "user=admin&password=wrong"), 403);
	CHECK_HAS_NOT(&t, "action=\"/logout\""); /* a form there would carry the wrong token */
	assert_string_equal(webtest_csrf(&t), csrf);
	assert_int_equal(webtest_get(&t, "/hosts"), 200);
}

static void without_tls_the_cookie_is_not_secure(void **state)
{
	(void)state;
	t.extra[0] = "HTTPS=";
	assert_int_equal(send_login("admin", "correct+horse+9", ""), 303);
	assert_null(strstr(t.out.data, "; Secure"));
	assert_non_null(strstr(t.out.data, "; HttpOnly; SameSite=Lax\r\n"));
}

static void wrong_logins_are_told_alike_and_lock(void **state)
{
	char unknown[8000];
	AUTO_ARENA arena = ARENA_INIT;
	struct login *logins;
	size_t count;

	(void)state;
	assert_int_equal(send_login("nobody", "correct+horse+9", ""), 403);
	CHECK_HAS(&t, "Name or password is wrong.");
	snprintf(unknown, sizeof(unknown), "%s", strstr(t.body, "role=\"alert\""));
	assert_int_equal(send_login("admin", "wrong", ""), 403);
	assert_non_null(strstr(t.body, "Name or password is wrong."));
	CHECK_HAS_NOT(&t, "value=\"wrong\"");
	for (int i = 0; i < 9; i++)
		assert_int_equal(send_login("ADMIN", "wrong", ""), 403); /* the same account */
	assert_int_equal(send_login("admin", "correct+horse+9", ""), 429);
	CHECK_HAS(&t, "Too many attempts for this account. Try again in 5 min.");
	assert_int_equal(send_login("reader", "correct+horse+9", ""), 303); /* others are not locked */
	CHECK_OK(login_list(t.ctl, 0, 3, &arena, &logins, &count));
	assert_string_equal(logins[0].result, "ok");
	assert_string_equal(logins[1].result, "locked");
	assert_string_equal(logins[2].result, "refused");
	assert_string_equal(logins[2].address, "192.0.2.7");
	for (int i = 0; i < 10; i++)
		send_login("nobody", "x", "");
	assert_int_equal(send_login("nobody", "x", ""), 429); /* a name that does not exist locks too */
}

static void a_lock_ends(void **state)
{
	int64_t now = clock_wall_ms();

	(void)state;
	for (int i = 0; i < 10; i++)
		CHECK_OK(login_add(t.ctl, "admin", "192.0.2.7", "refused", now - 290000 + i));
	assert_int_equal(send_login("admin", "correct+horse+9", ""), 429);
	/* when the oldest is five minutes ago */
	assert_in_range(strtol(strstr(t.body, "Try again in ") + strlen("Try again in "), NULL, 10), 9, 11);
	for (int i = 0; i < 10; i++)
		CHECK_OK(login_add(t.ctl, "reader", "192.0.2.7", "refused", now - 301000 + i));
	assert_int_equal(send_login("reader", "correct+horse+9", ""), 303);
}

#define EMOJI "%F0%9F%98%80"

static void strange_names_are_kept_harmless(void **state)
{
	static const char *const names[] = { "%3Cscript%3Ealert(1)%3C/script%3E", "a%0d%0ab",
		"%e2%82%ac%e2%82%ac", "",
		EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI EMOJI
		    EMOJI EMOJI };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(send_login(names[i], "x", ""), 403);
	webtest_sign_in(&t, "admin");
	assert_int_equal(webtest_get(&t, "/logins"), 200);
	CHECK_HAS(&t, "&lt;script&gt;alert(1)&lt;/script&gt;");
	CHECK_HAS_NOT(&t, "<script>alert");
	CHECK_HAS(&t, "a??b");
}

static void a_session_ends_after_a_week(void **state)
{
	struct user user;
	int64_t now = clock_wall_ms();

	(void)state;
	CHECK_OK(user_by_name(t.ctl, "admin", &user));
	CHECK_OK(session_add(t.ctl, user.id, "192.0.2.7", "x", now - SESSION_IDLE_MS + 60000, t.session));
	assert_int_equal(webtest_get(&t, "/about"), 200); /* and this is a sign of life */
	struct session session;
	CHECK_OK(session_find(t.ctl, t.session, now, &session, &user));
	assert_true(session.seen_ms >= now);
	CHECK_OK(session_add(t.ctl, user.id, "192.0.2.7", "x", now - SESSION_IDLE_MS - 1000, t.session));
	assert_int_equal(webtest_get(&t, "/about"), 303);
}

static void cookies_that_are_none(void **state)
{
	(void)state;
	static const char *const cookies[] = { "HTTP_COOKIE=", "HTTP_COOKIE=dockmon_session",
		"HTTP_COOKIE=dockmon_session=;;;", "HTTP_COOKIE=dockmon_session=\"abc\"",
		"HTTP_COOKIE=dockmon_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"HTTP_COOKIE=xdockmon_session=1; dockmon_sessionx=2" };
	for (size_t i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
		t.extra[0] = cookies[i];
		assert_int_equal(webtest_get(&t, "/hosts"), 303);
	}
	t.extra[0] = NULL;
}

static void preferences_are_kept(void **state)
{
	char csrf[SHA256_HEX_BYTES];

	(void)state;
	webtest_sign_in(&t, "reader");
	assert_int_equal(webtest_get(&t, "/preferences"), 200);
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	CHECK_HAS_NOT(&t, "data-theme");
	assert_int_equal(webtest_post(&t, "/preferences", csrf, "theme=dark&refresh=10"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/preferences");
	t.extra[0] = "HTTP_X_REFETCH=1";
	webtest_get(&t, "/hosts");
	CHECK_HAS_NOT(&t, "Preferences saved."); /* live.js does not use the message up */
	t.extra[0] = NULL;
	assert_int_equal(webtest_get(&t, "/hosts"), 200);
	CHECK_HAS(&t, "Preferences saved.");
	CHECK_HAS(&t, "data-theme=\"dark\"");
	CHECK_HAS(&t, "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>");
	webtest_get(&t, "/hosts");
	CHECK_HAS_NOT(&t, "Preferences saved."); /* once */
	assert_int_equal(webtest_post(&t, "/preferences", csrf, "theme=pink&refresh=10"), 400);
	assert_int_equal(webtest_post(&t, "/preferences", csrf, "theme=dark&refresh=7"), 400);
	assert_int_equal(webtest_post(&t, "/preferences", csrf, "theme=light"), 303);
	webtest_get(&t, "/hosts");
	CHECK_HAS(&t, "data-theme=\"light\"");
	CHECK_HAS(&t, "content=\"10\"");
}

static void retention_is_set_by_administrators(void **state)
{
	char csrf[SHA256_HEX_BYTES];
	static const char *const bad[] = { "", "0", "3651", "7 days", "-1", "1e3" };

	(void)state;
	webtest_sign_in(&t, "reader");
	assert_int_equal(webtest_get(&t, "/settings"), 403);
	webtest_sign_in(&t, "admin");
	assert_int_equal(webtest_get(&t, "/settings"), 200);
	CHECK_HAS(&t, "name=\"event_days\"");
	CHECK_HAS(&t, "value=\"60\"");
	CHECK_HAS(&t, "DOCKMON_PORT");
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char form[64];

		snprintf(form, sizeof(form), "event_days=%s", bad[i]);
		assert_int_equal(webtest_post(&t, "/settings", csrf, form), 422);
		CHECK_HAS(&t, "from 1 to 3650");
	}
	assert_int_equal(webtest_post(&t, "/settings", csrf, "event_days=30"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/settings");
	webtest_get(&t, "/settings");
	CHECK_HAS(&t, "Events are kept for 30 days from now on.");
	CHECK_HAS(&t, "value=\"30\"");
	webtest_get(&t, "/events");
	CHECK_HAS(&t, "Events are kept for 30 days.");
}

static void a_new_password_ends_other_sessions(void **state)
{
	char csrf[SHA256_HEX_BYTES], other[TOKEN_BYTES], mine[TOKEN_BYTES];

	(void)state;
	webtest_sign_in(&t, "reader");
	memcpy(other, t.session, sizeof(other));
	webtest_sign_in(&t, "reader");
	memcpy(mine, t.session, sizeof(mine));
	webtest_get(&t, "/preferences");
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	assert_int_equal(webtest_post(&t, "/preferences/password", csrf,
	                     "old=wrong&password=new+password+1&password2=new+password+1"),
	    422);
	CHECK_HAS(&t, "not your present password");
	assert_int_equal(
	    webtest_post(&t, "/preferences/password", csrf, "old=correct+horse+9&password=new&password2=new"),
	    422);
	assert_int_equal(webtest_post(&t, "/preferences/password", csrf,
	                     "old=correct+horse+9&password=new+password+1&password2=new+password+2"),
	    422);
	assert_int_equal(webtest_post(&t, "/preferences/password", csrf,
	                     "old=correct+horse+9&password=new+password+1&password2=new+password+1"),
	    303);
	assert_int_equal(webtest_get(&t, "/hosts"), 200);
	memcpy(t.session, other, sizeof(other));
	assert_int_equal(webtest_get(&t, "/hosts"), 303);
	assert_int_equal(send_login("reader", "correct+horse+9", ""), 403);
	assert_int_equal(send_login("reader", "new+password+1", ""), 303);
}

static void sessions_can_be_ended(void **state)
{
	char csrf[SHA256_HEX_BYTES], other[TOKEN_BYTES], path[96], foreign[TOKEN_BYTES];
	struct session session;
	struct user user;

	(void)state;
	webtest_sign_in(&t, "admin");
	memcpy(foreign, t.session, sizeof(foreign));
	webtest_sign_in(&t, "reader");
	memcpy(other, t.session, sizeof(other));
	webtest_sign_in(&t, "reader");
	webtest_get(&t, "/preferences");
	CHECK_HAS(&t, "Firefox on Linux");
	CHECK_HAS(&t, "this one");
	snprintf(csrf, sizeof(csrf), "%s", webtest_csrf(&t));
	CHECK_OK(session_find(t.ctl, foreign, clock_wall_ms(), &session, &user));
	snprintf(path, sizeof(path), "/preferences/sessions/%lld/end", (long long)session.id);
	assert_int_equal(webtest_post(&t, path, csrf, ""), 303);
	CHECK_OK(session_find(t.ctl, foreign, clock_wall_ms(), &session, &user)); /* another user's stays */
	CHECK_OK(session_find(t.ctl, other, clock_wall_ms(), &session, &user));
	snprintf(path, sizeof(path), "/preferences/sessions/%lld/end", (long long)session.id);
	assert_int_equal(webtest_post(&t, path, csrf, ""), 303);
	assert_int_equal(session_find(t.ctl, other, clock_wall_ms(), &session, &user), -2);
	webtest_get(&t, "/preferences");
	CHECK_HAS_NOT(&t, "Sign out all others");
	CHECK_OK(session_add(t.ctl, user.id, "192.0.2.9", "w3m/0.5", clock_wall_ms(), other));
	webtest_get(&t, "/preferences");
	CHECK_HAS(&t, "Sign out all others");
	assert_int_equal(webtest_post(&t, "/preferences/sessions/end-others", csrf, ""), 303);
	assert_int_equal(session_find(t.ctl, other, clock_wall_ms(), &session, &user), -2);
	assert_int_equal(webtest_get(&t, "/hosts"), 200);
}

static void logins_are_listed_and_searched(void **state)
{
	int64_t now = clock_wall_ms();

	(void)state;
	for (int i = 0; i < 150; i++)
		CHECK_OK(login_add(t.ctl, i % 2 ? "alice" : "bob", i % 2 ? "192.0.2.1" : "192.0.2.2",
		    i % 3 ? "ok" : "refused", now - i * 1000));
	webtest_sign_in(&t, "admin");
	webtest_get(&t, "/logins");
	CHECK_HAS(&t, "alice");
	const char *next = strstr(t.body, "/logins?before=");
	char path[64];
	assert_non_null(next);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(next, "\""), next);
	webtest_get(&t, path);
	assert_null(strstr(t.body, "/logins?before="));
	webtest_get(&t, "/logins?q=ALICE&result=refused");
	CHECK_HAS(&t, "alice");
	CHECK_HAS_NOT(&t, ">bob<");
	CHECK_HAS_NOT(&t, "signed in</span>");
	webtest_get(&t, "/logins?q=carol");
	CHECK_HAS(&t, "No login like that");
	webtest_sign_in(&t, "reader");
	assert_int_equal(webtest_get(&t, "/logins"), 403);
	CHECK_HAS_NOT(&t, "href=\"/logins\"");
}

static void below_a_base_path(void **state)
{
	(void)state;
	assert_int_equal(webtest_get(&t, "/containers"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/dockmon/login?next=%2Fcontainers");
	assert_int_equal(send_login("admin", "correct+horse+9", "&next=%2Fcontainers"), 303);
	assert_string_equal(webtest_header(&t, "Location"), "/dockmon/containers");
	assert_non_null(strstr(t.out.data, "Set-Cookie: dockmon_session="));
	assert_non_null(strstr(t.out.data, "; Path=/dockmon/; "));
	assert_null(strstr(t.out.data, "; Path=/; "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_user_all_leads_to_setup, make, drop),
		cmocka_unit_test_setup_teardown(setup_needs_the_code, make, drop),
		cmocka_unit_test_setup_teardown(setup_checks_names_and_passwords, make, drop),
		cmocka_unit_test_setup_teardown(setup_creates_once_and_signs_in, make, drop),
		cmocka_unit_test_setup_teardown(setup_code_cannot_be_guessed, make, drop),
		cmocka_unit_test_setup_teardown(login_and_logout, make_users, drop),
		cmocka_unit_test_setup_teardown(login_renews_the_session, make_users, drop),
		cmocka_unit_test_setup_teardown(a_refused_login_beside_a_session, make_users, drop),
		cmocka_unit_test_setup_teardown(without_tls_the_cookie_is_not_secure, make_users, drop),
		cmocka_unit_test_setup_teardown(wrong_logins_are_told_alike_and_lock, make_users, drop),
		cmocka_unit_test_setup_teardown(a_lock_ends, make_users, drop),
		cmocka_unit_test_setup_teardown(strange_names_are_kept_harmless, make_users, drop),
		cmocka_unit_test_setup_teardown(a_session_ends_after_a_week, make_users, drop),
		cmocka_unit_test_setup_teardown(cookies_that_are_none, make_users, drop),
		cmocka_unit_test_setup_teardown(preferences_are_kept, make_users, drop),
		cmocka_unit_test_setup_teardown(retention_is_set_by_administrators, make_users, drop),
		cmocka_unit_test_setup_teardown(a_new_password_ends_other_sessions, make_users, drop),
		cmocka_unit_test_setup_teardown(sessions_can_be_ended, make_users, drop),
		cmocka_unit_test_setup_teardown(logins_are_listed_and_searched, make_users, drop),
		cmocka_unit_test_setup_teardown(below_a_base_path, make_below, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
