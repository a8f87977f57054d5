#include "fcgi/routes.h"

#include "fcgi/api/api.h"
#include "fcgi/page/pages.h"
#include "lib/base/die.h"
#include "lib/base/query.h"

#define GET METHOD_GET
#define POST METHOD_POST

/* clang-format off */
const struct route routes[] = {
	/* method  pattern                        capabilities          flags                      handler */
	{ GET,  "/",                              CAP_CONTAINERS_VIEW,  0,                         dashboard_show },
	{ GET,  "/hosts",                         CAP_HOSTS_VIEW,       0,                         hosts_show },
	{ GET,  "/hosts/:id",                     CAP_HOSTS_VIEW,       0,                         host_show },
	{ GET,  "/containers",                    CAP_CONTAINERS_VIEW,  0,                         containers_show },
	{ GET,  "/containers/:id",                CAP_CONTAINERS_VIEW,  0,                         container_show },
	{ GET,  "/events",                        CAP_EVENTS_VIEW,      0,                         events_show },
	{ GET,  "/events.csv",                    CAP_EVENTS_VIEW,      0,                         events_export },
	{ GET,  "/live",                          CAP_LIVE,             0,                         live_show },
	{ GET,  "/live/stream",                   CAP_LIVE,             ROUTE_PLAIN,               live_stream },
	{ GET,  "/stream",                        CAP_LIVE,             ROUTE_PLAIN,               stream_open },
	{ GET,  "/about",                         CAP_HOSTS_VIEW,       0,                         about_show },
	{ GET,  "/logins",                        CAP_LOGINS_VIEW,      0,                         logins_show },
	{ GET,  "/preferences",                   0,                    0,                         preferences_show },
	{ POST, "/preferences",                   0,                    0,                         preferences_save },
	{ POST, "/preferences/password",          0,                    0,                         preferences_password },
	{ POST, "/preferences/sessions/:id/end",  0,                    0,                         preferences_end_session },
	{ POST, "/preferences/sessions/end-others", 0,                  0,                         preferences_end_others },
	{ GET,  "/settings",                      CAP_SETTINGS_MANAGE,  0,                         settings_page_show },
	{ POST, "/settings",                      CAP_SETTINGS_MANAGE,  0,                         settings_page_save },
	{ GET,  "/setup",                         0,                    ROUTE_OPEN | ROUTE_EARLY,  setup_show },
	{ POST, "/setup",                         0,                    ROUTE_OPEN | ROUTE_EARLY,  setup_create },
	{ GET,  "/login",                         0,                    ROUTE_OPEN,                login_show },
	{ POST, "/login",                         0,                    ROUTE_OPEN,                login_enter },
	{ POST, "/logout",                        0,                    0,                         login_leave },
	{ GET,  "/health",                        0,                    ROUTE_OPEN | ROUTE_EARLY | ROUTE_PLAIN, health_show },
};
/* clang-format on */
const size_t routes_count = ARRAY_LEN(routes);

/* One segment: equal, or ":id" and a row number. */
static bool segment_matches(const char *want, size_t want_len, const char *got, size_t got_len, int64_t *id_r)
{
	char digits[20];

	if (want_len != 3 || strncmp(want, ":id", 3) != 0)
		return want_len == got_len && !memcmp(want, got, got_len);
	if (!got_len || got_len >= sizeof(digits) || got[0] == '0' || got[0] == '-')
		return false;
	memcpy(digits, got, got_len);
	digits[got_len] = '\0';
	return !parse_int(digits, 1, INT64_MAX, id_r);
}

bool route_matches(const char *pattern, const char *path, int64_t *id_r)
{
	int64_t id = 0;

	while (*pattern == '/' && *path == '/') {
		size_t want = strcspn(++pattern, "/"), got = strcspn(++path, "/");

		if (!segment_matches(pattern, want, path, got, &id))
			return false;
		pattern += want;
		path += got;
	}
	if (*pattern || *path)
		return false;
	*id_r = id;
	return true;
}
