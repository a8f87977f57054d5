#include "fcgi/session.h"

#include <errno.h>

#include "lib/base/log.h"

#define COOKIE_DAYS 30

static void token_csrf(const char *token, char hex_r[SHA256_HEX_BYTES])
{
	static const char purpose[] = "dockmon form token";
	uint8_t mac[SHA256_BYTES];

	crypto_hmac_sha256(token, strlen(token), purpose, sizeof(purpose) - 1, mac);
	crypto_hex(mac, sizeof(mac), hex_r);
}

static const char *cookie_path(struct call *call)
{
	return arena_printf(&call->arena, "%s/", call->web->settings.base_path);
}

int session_load(struct call *call)
{
	char token[COOKIE_VALUE_BYTES];
	int result;

	if (cookie_get(call->request.cookies, SESSION_COOKIE, token) || strlen(token) != TOKEN_BYTES - 1)
		return 0;
	result = session_find(call->web->store, token, call->now_ms, &call->session, &call->user);
	if (result == -ENOENT)
		return 0;
	if (result)
		return err_set(
		    &call->err, result, "The session could not be read: %s.", store_error(call->web->store));
	memcpy(call->token, token, sizeof(token));
	call->signed_in = true;
	call->capabilities = role_capabilities(call->user.role);
	token_csrf(token, call->csrf);
	return 0;
}

static bool visit_token(const struct call *call, char token_r[COOKIE_VALUE_BYTES])
{
	return !cookie_get(call->request.cookies, VISIT_COOKIE, token_r) &&
	    strlen(token_r) == TOKEN_BYTES - 1;
}

void session_visit(struct call *call)
{
	char token[COOKIE_VALUE_BYTES];

	if (!visit_token(call, token)) {
		crypto_token(token);
		response_cookie(
		    &call->response, VISIT_COOKIE, token, cookie_path(call), call->request.tls, -1);
	}
	token_csrf(token, call->csrf);
}

static bool is_token(const struct call *call, const char *want)
{
	const char *got = query_get(&call->request.form, "csrf", "");

	return strlen(got) == SHA256_HEX_BYTES - 1 && crypto_equal(got, want, SHA256_HEX_BYTES - 1);
}

bool session_csrf_ok(const struct call *call)
{
	return call->signed_in && is_token(call, call->csrf);
}

bool session_visit_csrf_ok(const struct call *call)
{
	char token[COOKIE_VALUE_BYTES], want[SHA256_HEX_BYTES];

	if (!visit_token(call, token))
		return false;
	token_csrf(token, want);
	return is_token(call, want);
}

int session_start(struct call *call, int64_t user_id)
{
	char token[TOKEN_BYTES];
	int result = session_add(
	    call->web->store, user_id, call->request.address, call->request.agent, call->now_ms, token);

	if (result)
		return result;
	if (call->signed_in)
		session_drop(call->web->store, call->session.id, call->session.user_id);
	response_cookie(&call->response, SESSION_COOKIE, token, cookie_path(call), call->request.tls,
	    COOKIE_DAYS * 86400L);
	response_cookie(&call->response, VISIT_COOKIE, "", cookie_path(call), call->request.tls, 0);
	call->signed_in = false;
	return 0;
}

int session_end(struct call *call)
{
	int result = session_drop(call->web->store, call->session.id, call->session.user_id);

	if (result)
		return result;
	response_cookie(&call->response, SESSION_COOKIE, "", cookie_path(call), call->request.tls, 0);
	call->signed_in = false;
	return 0;
}

void session_keep(struct call *call)
{
	struct store *store = call->web->store;
	bool seen = call->now_ms - call->session.seen_ms >= SESSION_SEEN_STEP_MS;

	if (!call->signed_in || (!seen && !call->flash_shown))
		return;
	store_read_only(store, false);
	if ((seen && session_touch(store, call->session.id, call->now_ms)) ||
	    (call->flash_shown && session_set_flash(store, call->session.id, "")))
		log_warning("cannot keep the session: %s", store_error(store));
	store_read_only(store, true);
}
