/* dockmonctl start and check. */
#include "ctl/ctl.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/store/program.h"

/* supervisord finds the programs beside dockmonctl. */
static void prepend_path(void)
{
	char self[PATH_MAX], path[PATH_MAX + 4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *old = getenv("PATH");
	char *slash;

	if (len < 0)
		return;
	self[len] = '\0';
	slash = strrchr(self, '/');
	*slash = '\0';
	if (snprintf(path, sizeof(path), "%s:/usr/sbin:/usr/bin:/sbin:/bin%s%s", self, old ? ":" : "",
	        old ? old : "") < (int)sizeof(path))
		setenv("PATH", path, 1);
}

/* Every setting as it is in force, so that supervisord.conf may name it; no secret. */
static void export_settings(const struct settings *settings)
{
	for (size_t i = 0; i < settings_count; i++) {
		char value[SETTING_TEXT_BYTES];

		settings_show(settings, i, value);
		if (settings_table[i].secret)
			unsetenv(settings_table[i].name);
		else
			setenv(settings_table[i].name, value, 1);
	}
}

int ctl_start(struct ctl *ctl)
{
	char conf[SETTINGS_PATH_BYTES];
	struct err err = ERR_INIT;
	int result = ctl_init(ctl);

	if (result)
		return result;
	export_settings(&ctl->settings);
	prepend_path();
	snprintf(conf, sizeof(conf), "%s/supervisord.conf", ctl->settings.share_dir);
	execlp("supervisord", "supervisord", "--nodaemon", "--silent", "--configuration", conf, (char *)NULL);
	err_set(&err, -errno, "cannot run supervisord: %s (Debian package: supervisor)", strerror(errno));
	return ctl_fail(&err);
}

static int complain(int result, const struct err *err)
{
	if (result)
		printf("wrong: %s\n", err->text);
	return result ? 1 : 0;
}

int ctl_check(struct ctl *ctl)
{
	const struct settings *settings = &ctl->settings;
	struct store *store = NULL;
	struct grant_key key;
	struct err err = ERR_INIT;
	char path[SETTINGS_PATH_BYTES];
	int wrong = 0;

	wrong += complain(store_open(settings->data_dir, STORE_CTL, &store, &err), &err);
	store_close(&store);
	settings_data_path(settings, "grant.key", path);
	wrong += complain(grant_key_read(path, &key, &err), &err);
	wrong += complain(ctl_renew_certificate(settings, &err) < 0 ? -EIO : 0, &err);
	snprintf(path, sizeof(path), "%s/templates/dashboard.cst", settings->share_dir);
	wrong +=
	    complain(access(path, R_OK) ? err_set(&err, -errno, "%s: %s", path, strerror(errno)) : 0, &err);
	if (!wrong)
		printf("everything needed is in place\n");
	return wrong ? 1 : 0;
}
