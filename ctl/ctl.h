/* ctl: the commands of dockmonctl. Each takes what follows its name and returns an exit code:
 * 0 done, 1 failed (the reason is on stderr), 2 called wrongly. */
#ifndef DOCKMON_CTL_CTL_H
#define DOCKMON_CTL_CTL_H

#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/settings.h"

struct ctl {
	struct settings settings;
	int argc; /* arguments after the command's name */
	char **argv;
};

int ctl_init(struct ctl *ctl);
int ctl_start(struct ctl *ctl);
int ctl_setup_code(struct ctl *ctl);
int ctl_settings(struct ctl *ctl);
int ctl_keep(struct ctl *ctl);
int ctl_nginx(struct ctl *ctl);
int ctl_check(struct ctl *ctl);
int ctl_host(struct ctl *ctl);
int ctl_user(struct ctl *ctl);

/* Says "dockmonctl: TEXT" on stderr; returns 1. */
int ctl_fail(const struct err *err);

/* Runs argv[0] with its arguments, no shell. 0, or -errno / -EIO with what it said. */
int ctl_spawn(const char *const argv[], struct err *err_r);

/* DATA_DIR/nginx/nginx.conf and the error pages from SHARE_DIR/nginx. */
int ctl_write_nginx(const struct settings *settings, struct err *err_r);

/* Paths of the certificate and key in use: the operator's own, or DATA_DIR/tls/{cert,key}.pem. */
void ctl_certificate_paths(
    const struct settings *settings, char cert_r[SETTINGS_PATH_BYTES], char key_r[SETTINGS_PATH_BYTES]);
/* Makes or renews the self-signed certificate where none is there or less than 30 days are left.
 * 1: made. 0: it is good. -Exxx with a text. Does nothing when the operator brings his own. */
int ctl_renew_certificate(const struct settings *settings, struct err *err_r);

/* As root gives `path` to DOCKMON_USER and its group, with that mode; otherwise sets the mode. */
int ctl_give(const struct settings *settings, const char *path, mode_t mode, struct err *err_r);

/* The address to open in a browser. */
void ctl_address(const struct settings *settings, char address_r[SETTINGS_PATH_BYTES]);

#endif
