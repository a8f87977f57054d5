/* Fills nginx/nginx.conf.in and the two error pages. */
#include "ctl/ctl.h"

#include <errno.h>
#include <unistd.h>

#include "lib/base/die.h"
#include "lib/base/file.h"

#define CONF_BYTES_MAX (256 * 1024)
#define NAMES_MAX 16

struct conf {
	const struct settings *settings;
	struct {
		const char *name;
		const char *value;
	} names[NAMES_MAX];
	struct {
		const char *word;
		bool holds;
	} words[6];
};

static const char *value_of(const struct conf *conf, const char *name, size_t len)
{
	for (size_t i = 0; i < NAMES_MAX && conf->names[i].name; i++) {
		if (strlen(conf->names[i].name) == len && !memcmp(conf->names[i].name, name, len))
			return conf->names[i].value;
	}
	return NULL;
}

/* True if the line stays; *text_r is then what follows a leading @word@. */
static bool line_stays(const struct conf *conf, const char *line, const char **text_r)
{
	*text_r = line;
	for (size_t i = 0; line[0] == '@' && i < ARRAY_LEN(conf->words); i++) {
		size_t len = strlen(conf->words[i].word);

		if (!strncmp(line + 1, conf->words[i].word, len) && line[1 + len] == '@') {
			*text_r = line + len + 2;
			return conf->words[i].holds;
		}
	}
	return true;
}

static int add_line(const struct conf *conf, const char *line, struct sb *out, struct err *err_r)
{
	while (*line) {
		const char *at = strchr(line, '@'), *end = at ? strchr(at + 1, '@') : NULL, *value;

		if (!end) {
			sb_add(out, line);
			break;
		}
		sb_add_mem(out, line, (size_t)(at - line));
		value = value_of(conf, at + 1, (size_t)(end - at - 1));
		if (!value)
			return err_set(err_r, -EINVAL, "unknown name in the nginx template: %.40s", at);
		sb_add(out, value);
		line = end + 1;
	}
	sb_add_char(out, '\n');
	return 0;
}

static int fill(const struct conf *conf, char *text, struct sb *out, struct err *err_r)
{
	char *line = text;

	while (line && *line) {
		char *end = strchr(line, '\n');
		const char *kept;

		if (end)
			*end = '\0';
		if (line_stays(conf, line, &kept)) {
			int result = add_line(conf, kept, out, err_r);

			if (result)
				return result;
		}
		line = end ? end + 1 : NULL;
	}
	return sb_failed(out) ? err_set(err_r, -EFBIG, "the nginx configuration became too long") : 0;
}

static int write_one(const struct conf *conf, const char *template_name, const char *path, struct err *err_r)
{
	AUTO_SB text = SB_INIT(CONF_BYTES_MAX);
	AUTO_SB out = SB_INIT(CONF_BYTES_MAX);
	char source[SETTINGS_PATH_BYTES];
	int result;

	snprintf(source, sizeof(source), "%s/nginx/%s", conf->settings->share_dir, template_name);
	result = file_read(source, &text, err_r);
	if (!result)
		result = fill(conf, text.data, &out, err_r);
	return result ? result : file_write(path, out.data, out.len, 0644, err_r);
}

/* "127.0.0.1 ::1" becomes one directive per address. */
static int add_proxies(const char *list, struct sb *real_ip, struct sb *geo, struct err *err_r)
{
	while (*(list += strspn(list, " ,"))) {
		size_t len = strcspn(list, " ,");

		if (strspn(list, "0123456789abcdefABCDEF.:/") != len)
			return err_set(err_r, -EINVAL,
			    "DOCKMON_TRUSTED_PROXIES: \"%.*s\" is neither an address nor a network", (int)len,
			    list);
		sb_addf(real_ip, "set_real_ip_from %.*s; ", (int)len, list);
		sb_addf(geo, "%.*s 1; ", (int)len, list);
		list += len;
	}
	return 0;
}

static int write_all(const struct conf *conf, struct err *err_r)
{
	char path[SETTINGS_PATH_BYTES];
	int result;

	settings_data_path(conf->settings, "nginx/nginx.conf", path);
	result = write_one(conf, "nginx.conf.in", path, err_r);
	settings_data_path(conf->settings, "nginx/pages/-/unavailable.html", path);
	if (!result)
		result = write_one(conf, "unavailable.html.in", path, err_r);
	settings_data_path(conf->settings, "nginx/pages/-/slow-down.html", path);
	return result ? result : write_one(conf, "slow-down.html.in", path, err_r);
}

int ctl_write_nginx(const struct settings *settings, struct err *err_r)
{
	AUTO_SB real_ip = SB_INIT(8192);
	AUTO_SB geo = SB_INIT(8192);
	char cert[SETTINGS_PATH_BYTES], key[SETTINGS_PATH_BYTES], port[16];
	bool proxy = settings->reverse_proxy, base = settings->base_path[0];
	int result = add_proxies(settings->trusted_proxies, &real_ip, &geo, err_r);

	if (result)
		return result;
	ctl_certificate_paths(settings, cert, key);
	snprintf(port, sizeof(port), "%d", (int)settings->port);
	return write_all(
	    &(struct conf){
	        .settings = settings,
	        .names = { { "DATA_DIR", settings->data_dir }, { "RUN_DIR", settings->run_dir },
	            { "SHARE_DIR", settings->share_dir }, { "BASE_PATH", settings->base_path },
	            { "PORT", port }, { "CERT", cert }, { "KEY", key }, { "REAL_IP", real_ip.data },
	            { "TRUSTED_GEO", geo.data } },
	        .words = { { "tls", !proxy }, { "proxy", proxy }, { "base", base },
	            { "direct_base", base && !proxy }, { "root", geteuid() == 0 },
	            { "user", geteuid() != 0 } },
	    },
	    err_r);
}
