#include "fcgi/call.h"

#include <stdarg.h>

#include "lib/base/log.h"

static const unsigned viewer = CAP_HOSTS_VIEW | CAP_CONTAINERS_VIEW | CAP_EVENTS_VIEW | CAP_LIVE;

unsigned role_capabilities(enum user_role role)
{
	return role == ROLE_ADMINISTRATOR ? viewer | CAP_SETTINGS_MANAGE | CAP_LOGINS_VIEW : viewer;
}

bool call_may(const struct call *call, unsigned capabilities)
{
	return (call->capabilities & capabilities) == capabilities;
}

void call_redirect(struct call *call, const char *path)
{
	AUTO_SB url = SB_INIT(RESPONSE_HEAD_MAX / 2);

	sb_addf(&url, "%s%s", call->web->settings.base_path, path);
	sb_reset(&call->response.body);
	response_header(&call->response, "Location", sb_failed(&url) ? "/" : url.data);
	if (call->response.status != 500)
		call->response.status = 303;
}

void call_flash(struct call *call, const char *kind, const char *format, ...)
{
	char text[FLASH_BYTES];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s ", kind);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - len, format, args);
	va_end(args);
	if (session_set_flash(call->web->store, call->session.id, text))
		log_warning("cannot keep a message for the next page: %s", store_error(call->web->store));
}
