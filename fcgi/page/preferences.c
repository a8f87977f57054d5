/* What a user sets for himself: theme, refresh, password, sessions. */
#include <errno.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/page.h"
#include "fcgi/page/gate.h"
#include "fcgi/page/pages.h"
#include "fcgi/session.h"
#include "lib/base/die.h"

static const char *const themes[][2] = { { "auto", "As the system" }, { "light", "Light" },
	{ "dark", "Dark" } };
static const char *const refreshes[][2] = { { "0", "Off" }, { "5", "5 s" }, { "10", "10 s" },
	{ "30", "30 s" } };

struct errors {
	const char *form, *old, *password;
};

/* "Firefox on Linux" out of a User-Agent; its beginning where nothing is known. */
static const char *agent_words(struct call *call, const char *agent)
{
	static const char *const browsers[][2] = {
		{ "Edg/", "Edge" },
		{ "OPR/", "Opera" },
		{ "Firefox/", "Firefox" },
		{ "Chrom", "Chrome" },
		{ "Safari/", "Safari" },
		{ "w3m", "w3m" },
		{ "Lynx", "Lynx" },
		{ "curl/", "curl" },
	};
	static const char *const systems[][2] = {
		{ "Android", "Android" },
		{ "iPhone", "iPhone" },
		{ "iPad", "iPad" },
		{ "Windows", "Windows" },
		{ "Mac OS X", "macOS" },
		{ "Linux", "Linux" },
		{ "BSD", "BSD" },
	};
	const char *browser = NULL, *system_name = NULL;

	for (size_t i = 0; !browser && i < ARRAY_LEN(browsers); i++)
		browser = strstr(agent, browsers[i][0]) ? browsers[i][1] : NULL;
	for (size_t i = 0; !system_name && i < ARRAY_LEN(systems); i++)
		system_name = strstr(agent, systems[i][0]) ? systems[i][1] : NULL;
	if (browser && system_name)
		return arena_printf(&call->arena, "%s on %s", browser, system_name);
	return browser ? browser : *agent ? arena_printf(&call->arena, "%.40s", agent) : "unknown browser";
}

static void fill_choice(HDF *select, const char *const pairs[][2], size_t count, const char *now)
{
	size_t index = 0;

	for (size_t i = 0; i < count; i++)
		fill_option(select, &index, pairs[i][0], pairs[i][1], !strcmp(pairs[i][0], now));
}

static int fill_sessions(struct call *call, HDF *hdf)
{
	struct session *sessions = NULL;
	size_t count = 0;
	HDF *list = fill_node(hdf, "Sessions");
	int result =
	    session_list(call->web->store, call->user.id, call->now_ms, &call->arena, &sessions, &count);

	for (size_t i = 0; !result && i < count; i++) {
		HDF *at = fill_item(list, i);

		fill_int(at, "Id", sessions[i].id);
		fill_echo(at, "From", sessions[i].address);
		fill_echo(at, "Agent", agent_words(call, sessions[i].agent));
		fill_ago(at, "Since", sessions[i].created_ms, call->now_ms);
		fill_ago(at, "Seen", sessions[i].seen_ms, call->now_ms);
		fill_flag(at, "Current", sessions[i].id == call->session.id);
	}
	fill_flag(hdf, "SessionsOthers", count > 1);
	return result;
}

static int show(struct call *call, int status, const struct errors *errors)
{
	HDF *hdf = page_begin(call, "Preferences", "preferences", NULL);
	HDF *prefs = fill_node(hdf, "Prefs"), *form = fill_node(hdf, "Form");
	char refresh[24];
	int result;

	call->response.status = status;
	snprintf(refresh, sizeof(refresh), "%" PRId64, call->user.refresh_s);
	fill_choice(fill_node(prefs, "Theme"), themes, ARRAY_LEN(themes), call->user.theme);
	fill_choice(fill_node(prefs, "Refresh"), refreshes, ARRAY_LEN(refreshes), refresh);
	fill_text(form, "Error", errors->form);
	fill_field(form, "Old", NULL, errors->old);
	fill_field(form, "Password", NULL, errors->password);
	result = fill_sessions(call, hdf);
	if (result) {
		page_drop(&hdf);
		return result;
	}
	return page_end(call, &hdf, TEMPLATE_PREFERENCES);
}

int preferences_show(struct call *call)
{
	static const struct errors none;

	return show(call, 200, &none);
}

static bool is_choice(const char *const pairs[][2], size_t count, const char *value)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(pairs[i][0], value))
			return true;
	}
	return false;
}

static int store_failed(struct call *call, int result, const char *what)
{
	return err_set(&call->err, result, "%s: %s.", what, store_error(call->web->store));
}

int preferences_save(struct call *call)
{
	const struct query *form = &call->request.form;
	const char *theme = query_get(form, "theme", call->user.theme);
	const char *refresh = query_get(form, "refresh", NULL);
	int result;

	if (!is_choice(themes, ARRAY_LEN(themes), theme) ||
	    (refresh && !is_choice(refreshes, ARRAY_LEN(refreshes), refresh)))
		return err_set(&call->err, -EINVAL, "That theme or refresh time is not one of the choices.");
	result = user_set_preferences(call->web->store, call->user.id, theme,
	    refresh ? query_int(form, "refresh", 0, 30, 0) : call->user.refresh_s);
	if (result)
		return store_failed(call, result, "The preferences could not be stored");
	call_flash(call, "ok", "Preferences saved.");
	call_redirect(call, "/preferences");
	return 0;
}

/* Whoever finds an open browser must not try out passwords: the same limit as at sign-in. */
static bool check_old(struct call *call, struct errors *errors, int *status_r)
{
	int64_t wait_ms = gate_wait_ms(call, call->user.name, GATE_FAILURES_MAX, GATE_WINDOW_MS);

	*status_r = 422;
	if (wait_ms) {
		*status_r = 429;
		errors->form = gate_wait_text(call, " for this account", wait_ms);
		gate_record(call, call->user.name, "locked");
		return false;
	}
	if (password_verify(call->user.password_hash, query_get(&call->request.form, "old", "")))
		return true;
	errors->old = "This is not your present password.";
	gate_record(call, call->user.name, "refused");
	return false;
}

int preferences_password(struct call *call)
{
	const struct query *form = &call->request.form;
	const char *password = query_get(form, "password", "");
	struct errors errors = { 0 };
	struct err why = ERR_INIT;
	int status = 422, result;

	if (strcmp(password, query_get(form, "password2", "")) != 0)
		errors.password = "The two passwords are not the same.";
	else if (user_check_password(call->user.name, password, &why))
		errors.password = why.text;
	if (errors.password || !check_old(call, &errors, &status))
		return show(call, status, &errors);
	result = user_set_password(
	    call->web->store, &call->user, password, call->session.id, call->now_ms, &call->err);
	if (result)
		return result;
	call_flash(call, "ok", "Password changed. Your other sessions are signed out.");
	call_redirect(call, "/preferences");
	return 0;
}

int preferences_end_session(struct call *call)
{
	int result;

	if (call->id == call->session.id)
		return login_leave(call);
	result = session_drop(call->web->store, call->id, call->user.id);
	if (result)
		return store_failed(call, result, "The session could not be ended");
	call_flash(call, "ok", "That session is signed out.");
	call_redirect(call, "/preferences");
	return 0;
}

int preferences_end_others(struct call *call)
{
	int result = session_drop_others(call->web->store, call->user.id, call->session.id);

	if (result)
		return store_failed(call, result, "The sessions could not be ended");
	call_flash(call, "ok", "All your other sessions are signed out.");
	call_redirect(call, "/preferences");
	return 0;
}
