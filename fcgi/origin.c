#include "fcgi/origin.h"

#include <strings.h>

/* Is `origin` the scheme://host[:port] at the beginning of `url`? */
static bool is_origin_of(const char *origin, const char *url, size_t url_len)
{
	const char *host = strstr(url, "://");
	size_t len = host ? (size_t)(host - url) + 3 : url_len;

	while (len < url_len && url[len] != '/')
		len++;
	return strlen(origin) == len && len && !strncasecmp(origin, url, len);
}

static bool is_listed(const char *origin, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, ", ");

		if (len && is_origin_of(origin, list, len))
			return true;
		list += len;
		list += strspn(list, ", ");
	}
	return false;
}

/* Behind a proxy that does not tell its scheme we see http where the browser sees https. */
static bool is_same_host(const struct settings *settings, const struct request *request)
{
	const char *origin = request->origin;
	bool https = !strncasecmp(origin, "https://", 8), http = !strncasecmp(origin, "http://", 7);

	if (!*request->host || (!https && !http) || (!settings->reverse_proxy && https != request->tls))
		return false;
	return !strcasecmp(origin + (https ? 8 : 7), request->host);
}

bool origin_is_ours(const struct settings *settings, const struct request *request)
{
	const char *site = request->fetch_site;

	if (*request->origin)
		return is_same_host(settings, request) ||
		    is_listed(request->origin, settings->cors_origins) ||
		    is_origin_of(request->origin, settings->external_url, strlen(settings->external_url));
	return !*site || !strcmp(site, "same-origin") || !strcmp(site, "none");
}
