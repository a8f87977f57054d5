/* Signing in and out. */
#include <errno.h>

#include "fcgi/fill.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/page/gate.h"
#include "fcgi/session.h"
#include "fcgi/url.h"
#include "lib/base/log.h"
#include "lib/base/utf8.h"

static int show(struct call *call, int status, const char *error, const char *notice)
{
	const struct query *from =
	    call->request.method == METHOD_POST ? &call->request.form : &call->request.query;
	const char *next = query_get(from, "next", "");
	HDF *hdf, *form;

	call->signed_in = false; /* the form's token is that of the visit, also beside a session */
	hdf = page_begin(call, "Sign in", NULL, NULL);
	form = fill_node(hdf, "Form");
	call->response.status = status;
	fill_text(form, "Error", error);
	fill_text(fill_node(hdf, "Login"), "Notice", notice);
	fill_field(form, "User", query_get(&call->request.form, "user", NULL), NULL);
	fill_field(form, "Next", next_is_local(next) ? next : NULL, NULL);
	return page_end(call, &hdf, TEMPLATE_LOGIN);
}

int login_show(struct call *call)
{
	char token[COOKIE_VALUE_BYTES];
	const char *next = query_get(&call->request.query, "next", "/");
	AUTO_SB to = SB_INIT(URL_BYTES_MAX);

	if (!call->signed_in)
		return show(call, 200, NULL,
		    cookie_get(call->request.cookies, SESSION_COOKIE, token)
		        ? NULL
		        : "Your session has ended. Sign in again.");
	url_add_clean(&to, next_is_local(next) ? next : "/");
	call_redirect(call, to.data);
	return 0;
}

void gate_record(struct call *call, const char *name, const char *result)
{
	if (login_add(call->web->store, name, call->request.address, result, call->now_ms))
		log_error("cannot record a login: %s", store_error(call->web->store));
}

/* Fewer than max failures are left in the window in so many ms; 0: already. The window slides, so
 * look for the moment by halving. */
int64_t gate_wait_ms(struct call *call, const char *name, int64_t max, int64_t window_ms)
{
	int64_t low_ms = 0, high_ms = window_ms, since_ms = call->now_ms - window_ms;

	if (login_failures(call->web->store, name, since_ms) < max)
		return 0;
	while (high_ms - low_ms > 500) {
		int64_t middle_ms = (low_ms + high_ms) / 2;

		if (login_failures(call->web->store, name, since_ms + middle_ms) < max)
			high_ms = middle_ms;
		else
			low_ms = middle_ms;
	}
	return high_ms;
}

const char *gate_wait_text(struct call *call, const char *what, int64_t wait_ms)
{
	int64_t seconds = (wait_ms + 999) / 1000;

	return arena_printf(&call->arena, "Too many attempts%s. Try again in %lld %s.", what,
	    (long long)(seconds > 90 ? (seconds + 59) / 60 : seconds), seconds > 90 ? "min" : "s");
}

/* As typed, but short, valid and without control characters: it is stored and shown. */
static const char *login_name(struct call *call)
{
	const char *typed = query_get(&call->request.form, "user", "");
	char *name;

	while (*typed == ' ')
		typed++;
	name = arena_strndup(&call->arena, typed, USER_NAME_BYTES - 1);
	for (size_t len = strlen(name); len && !utf8_valid(name); len--)
		name[len - 1] = '\0';
	for (char *p = name; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	}
	for (size_t len = strlen(name); len && name[len - 1] == ' '; len--)
		name[len - 1] = '\0';
	return name;
}

/* 0: name and password are right. -EACCES: they are not, told after the same work whether the account
 * exists or not. -EBUSY, -EIO. */
static int find_user(struct call *call, const char *name, struct user *user_r)
{
	const char *password = query_get(&call->request.form, "password", "");
	int found = user_by_name(call->web->store, name, user_r);
	bool right;

	if (found && found != -ENOENT)
		return found;
	right = password_verify(found ? password_nobody() : user_r->password_hash, password);
	return right && !found ? 0 : -EACCES;
}

int login_enter(struct call *call)
{
	const char *name = login_name(call), *next = query_get(&call->request.form, "next", "/");
	int64_t wait_ms = gate_wait_ms(call, name, GATE_FAILURES_MAX, GATE_WINDOW_MS);
	AUTO_SB to = SB_INIT(URL_BYTES_MAX);
	struct user user;
	int result;

	if (wait_ms) {
		gate_record(call, name, "locked");
		log_warning("login of \"%s\" from %s: locked", name, call->request.address);
		return show(call, 429, gate_wait_text(call, " for this account", wait_ms), NULL);
	}
	result = find_user(call, name, &user);
	if (result == -EACCES) {
		gate_record(call, name, "refused");
		log_warning("login of \"%s\" from %s refused", name, call->request.address);
		return show(call, 403, "Name or password is wrong.", NULL);
	}
	if (!result)
		result = session_start(call, user.id);
	if (result)
		return err_set(&call->err, result, "The sign-in could not be stored: %s.",
		    store_error(call->web->store));
	gate_record(call, user.name, "ok");
	url_add_clean(&to, next_is_local(next) ? next : "/");
	call_redirect(call, to.data);
	return 0;
}

int login_leave(struct call *call)
{
	int result = session_end(call);

	if (result)
		return err_set(
		    &call->err, result, "The session could not be ended: %s.", store_error(call->web->store));
	gate_record(call, call->user.name, "signed out");
	call_redirect(call, "/login");
	return 0;
}
