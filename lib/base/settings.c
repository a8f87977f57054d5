#include "lib/base/settings.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "lib/base/die.h"
#include "lib/base/query.h"

#ifndef DOCKMON_PREFIX
#define DOCKMON_PREFIX "/usr/local"
#endif

#define AT(member) offsetof(struct settings, member)

const struct setting_row settings_table[] = {
	{ "DOCKMON_DATA_DIR", SETTING_PATH, "/var/lib/dockmon", 0, 0, AT(data_dir), false,
	    "Databases, keys, certificate, generated configuration and logs." },
	{ "DOCKMON_RUN_DIR", SETTING_PATH, NULL, 0, 0, AT(run_dir), false,
	    "Sockets and pid files. Default: run/ in the data directory." },
	{ "DOCKMON_SHARE_DIR", SETTING_PATH, DOCKMON_PREFIX "/share/dockmon", 0, 0, AT(share_dir), false,
	    "Templates, static files and the nginx template of this version." },
	{ "BASE_PATH", SETTING_URL_PATH, "", 0, 0, AT(base_path), false,
	    "Path below which DockMon is reached, such as /dockmon. Empty: the root." },
	{ "DOCKMON_PORT", SETTING_NUMBER, "8443", 1, 65535, AT(port), false,
	    "TCP port that nginx listens on." },
	{ "REVERSE_PROXY_MODE", SETTING_BOOL, "false", 0, 1, AT(reverse_proxy), false,
	    "true: plain HTTP on DOCKMON_PORT, for a proxy in front that does TLS." },
	{ "DOCKMON_TRUSTED_PROXIES", SETTING_TEXT, "127.0.0.1 ::1", 0, 0, AT(trusted_proxies), false,
	    "Addresses or networks, separated by spaces, whose X-Forwarded-For, -Proto and -Host are "
	    "believed in REVERSE_PROXY_MODE." },
	{ "DOCKMON_EXTERNAL_URL", SETTING_TEXT, "", 0, 0, AT(external_url), false,
	    "The address people use, such as https://dockmon.example.org/dockmon: for links in messages." },
	{ "DOCKMON_CORS_ORIGINS", SETTING_TEXT, "", 0, 0, AT(cors_origins), false,
	    "Further origins, separated by commas, that forms may be sent from, such as a proxy that "
	    "rewrites Host." },
	{ "DOCKMON_INITIAL_ADMIN_PASSWORD", SETTING_TEXT, "", 0, 0, AT(initial_password), true,
	    "Creates the administrator `admin` with this password (10 to 128 characters) when there is no "
	    "user yet." },
	{ "DOCKMON_TLS_CERT", SETTING_PATH, "", 0, 0, AT(tls_cert), false,
	    "Your own certificate chain (PEM). Empty: a self-signed one is made and renewed." },
	{ "DOCKMON_TLS_KEY", SETTING_PATH, "", 0, 0, AT(tls_key), false,
	    "The private key (PEM) of DOCKMON_TLS_CERT." },
	{ "DOCKMON_WEB_WORKERS", SETTING_NUMBER, "3", 1, 64, AT(web_workers), false,
	    "Number of web worker processes." },
	{ "DOCKMON_LOG_LEVEL", SETTING_LEVEL, "info", 0, 0, AT(log_level_name), false,
	    "error, warning, info or debug." },
	{ "DOCKER_HOST", SETTING_TEXT, "", 0, 0, AT(docker_host), false,
	    "An engine to watch beside those found on their usual sockets: unix:///path or "
	    "tcp://host:port." },
	{ "DOCKMON_USER", SETTING_TEXT, "dockmon", 0, 0, AT(user), false,
	    "User of the collector when started by root." },
	{ "DOCKMON_WEB_USER", SETTING_TEXT, "dockmon-web", 0, 0, AT(web_user), false,
	    "User of the web workers when started by root." },
};
const size_t settings_count = ARRAY_LEN(settings_table);

static char *text_at(struct settings *settings, const struct setting_row *row)
{
	return (char *)settings + row->offset;
}

static int read_bool(const char *text, int64_t *value_r)
{
	static const char *const yes[] = { "true", "1", "yes", "on" };
	static const char *const no[] = { "false", "0", "no", "off", "" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (!strcasecmp(text, yes[i]))
			return *value_r = 1, 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (!strcasecmp(text, no[i]))
			return *value_r = 0, 0;
	}
	return -EINVAL;
}

/* "/", "dockmon", "/dockmon/" become "", "/dockmon", "/dockmon". */
static int read_url_path(const char *text, char *out)
{
	size_t len;

	while (*text == '/')
		text++;
	len = strlen(text);
	while (len && text[len - 1] == '/')
		len--;
	out[0] = '\0';
	if (!len)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && !strchr("-._~/", text[i]))
			return -EINVAL;
	}
	if (snprintf(out, SETTING_TEXT_BYTES, "/%.*s", (int)len, text) >= SETTING_TEXT_BYTES)
		return -EINVAL;
	return strstr(out, "//") || strstr(out, "..") ? -EINVAL : 0;
}

static int read_path(const char *text, char *out)
{
	size_t len = strlen(text);

	if (len && text[0] != '/')
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] <= ' ' || strchr("\"'\\;{}$", text[i]))
			return -EINVAL;
	}
	while (len > 1 && text[len - 1] == '/')
		len--;
	snprintf(out, SETTING_TEXT_BYTES, "%.*s", (int)len, text);
	return 0;
}

static int read_row(
    const struct setting_row *row, const char *text, struct settings *settings, struct err *err_r)
{
	int64_t *number = (int64_t *)(void *)text_at(settings, row);

	if (strlen(text) >= SETTING_TEXT_BYTES)
		return err_set(
		    err_r, -EINVAL, "%s is longer than %d bytes", row->name, SETTING_TEXT_BYTES - 1);
	switch (row->type) {
	case SETTING_BOOL:
		if (read_bool(text, number))
			return err_set(
			    err_r, -EINVAL, "%s must be true or false, not \"%s\"", row->name, text);
		return 0;
	case SETTING_NUMBER:
		if (parse_int(text, row->min, row->max, number))
			return err_set(err_r, -EINVAL, "%s must be a number from %lld to %lld, not \"%s\"",
			    row->name, (long long)row->min, (long long)row->max, text);
		return 0;
	case SETTING_URL_PATH:
		if (read_url_path(text, text_at(settings, row)))
			return err_set(err_r, -EINVAL,
			    "%s must be a path of letters, digits, - . _ ~ and /, not \"%s\"", row->name,
			    text);
		return 0;
	case SETTING_PATH:
		if (read_path(text, text_at(settings, row)))
			return err_set(err_r, -EINVAL,
			    "%s must be an absolute path without spaces, quotes or ;{}$\\, not \"%s\"",
			    row->name, text);
		return 0;
	case SETTING_LEVEL:
		if (log_level_parse(text, &settings->log_level))
			return err_set(err_r, -EINVAL, "%s must be error, warning, info or debug, not \"%s\"",
			    row->name, text);
		break;
	case SETTING_TEXT: break;
	}
	for (const char *p = text; *p; p++) {
		if (iscntrl((unsigned char)*p))
			return err_set(err_r, -EINVAL, "%s holds a control character", row->name);
	}
	snprintf(text_at(settings, row), SETTING_TEXT_BYTES, "%s", text);
	return 0;
}

int settings_read(struct settings *settings_r, struct err *err_r)
{
	struct settings settings = { 0 };

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting_row *row = &settings_table[i];
		const char *text = getenv(row->name);
		int result;

		if (!text || (!*text && row->otherwise))
			text = row->otherwise ? row->otherwise : "";
		result = read_row(row, text, &settings, err_r);
		if (result)
			return result;
	}
	if (!settings.run_dir[0] &&
	    snprintf(settings.run_dir, sizeof(settings.run_dir), "%s/run", settings.data_dir) >=
	        (int)sizeof(settings.run_dir))
		return err_set(err_r, -EINVAL, "DOCKMON_DATA_DIR is too long");
	if (!settings.tls_cert[0] != !settings.tls_key[0])
		return err_set(err_r, -EINVAL, "set both DOCKMON_TLS_CERT and DOCKMON_TLS_KEY, or neither");
	*settings_r = settings;
	return 0;
}

void settings_show(const struct settings *settings, size_t row, char text_r[SETTING_TEXT_BYTES])
{
	const struct setting_row *setting = &settings_table[row];
	const char *at = (const char *)settings + setting->offset;

	if (setting->type == SETTING_BOOL)
		snprintf(
		    text_r, SETTING_TEXT_BYTES, "%s", *(const int64_t *)(const void *)at ? "true" : "false");
	else if (setting->type == SETTING_NUMBER)
		snprintf(text_r, SETTING_TEXT_BYTES, "%lld", (long long)*(const int64_t *)(const void *)at);
	else if (setting->secret)
		snprintf(text_r, SETTING_TEXT_BYTES, "%s", *at ? "(set)" : "");
	else
		snprintf(text_r, SETTING_TEXT_BYTES, "%s", at);
}

void settings_data_path(const struct settings *settings, const char *name, char path_r[SETTINGS_PATH_BYTES])
{
	snprintf(path_r, SETTINGS_PATH_BYTES, "%s/%s", settings->data_dir, name);
}

void settings_run_path(const struct settings *settings, const char *name, char path_r[SETTINGS_PATH_BYTES])
{
	snprintf(path_r, SETTINGS_PATH_BYTES, "%s/%s", settings->run_dir, name);
}
