/* settings: what the operator sets by environment, read once at start by every program. One table
 * (settings_table) makes the parser, `dockmonctl settings`, the README's table and the test. */
#ifndef DOCKMON_BASE_SETTINGS_H
#define DOCKMON_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/log.h"

#define SETTING_TEXT_BYTES 512
#define SETTINGS_PATH_BYTES 1024

struct settings {
	char data_dir[SETTING_TEXT_BYTES];
	char run_dir[SETTING_TEXT_BYTES];
	char share_dir[SETTING_TEXT_BYTES];
	char base_path[SETTING_TEXT_BYTES]; /* "" or "/dockmon": no slash at the end */
	char external_url[SETTING_TEXT_BYTES];
	char cors_origins[SETTING_TEXT_BYTES];
	char initial_password[SETTING_TEXT_BYTES];
	char log_level_name[SETTING_TEXT_BYTES];
	char docker_host[SETTING_TEXT_BYTES];
	char user[SETTING_TEXT_BYTES];
	char web_user[SETTING_TEXT_BYTES];
	char tls_cert[SETTING_TEXT_BYTES];
	char tls_key[SETTING_TEXT_BYTES];
	char trusted_proxies[SETTING_TEXT_BYTES];
	int64_t port;
	int64_t web_workers;
	int64_t reverse_proxy;
	enum log_level log_level; /* from log_level_name */
};

enum setting_type {
	SETTING_TEXT,
	SETTING_PATH,
	SETTING_URL_PATH,
	SETTING_NUMBER,
	SETTING_BOOL,
	SETTING_LEVEL
};

struct setting_row {
	const char *name;
	enum setting_type type;
	const char *otherwise; /* as text; NULL: derived in settings_read */
	int64_t min, max;      /* numbers only */
	size_t offset;         /* into struct settings */
	bool secret;           /* never shown */
	const char *help;      /* one sentence */
};

extern const struct setting_row settings_table[];
extern const size_t settings_count;

/* Reads the environment. -EINVAL with the name of the setting, what is wrong and what is allowed. */
int settings_read(struct settings *settings_r, struct err *err_r);

/* The value as text, "(set)" for a secret. */
void settings_show(const struct settings *settings, size_t row, char text_r[SETTING_TEXT_BYTES]);

/* DATA_DIR/name, cut at SETTINGS_PATH_BYTES. */
void settings_data_path(const struct settings *settings, const char *name, char path_r[SETTINGS_PATH_BYTES]);
void settings_run_path(const struct settings *settings, const char *name, char path_r[SETTINGS_PATH_BYTES]);

#endif
