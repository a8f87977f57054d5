/* dockmonctl init: everything the programs need before they start. Safe to run again. */
#include "ctl/ctl.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/crypto.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/grant.h"
#include "lib/store/migrate.h"
#include "lib/store/program.h"
#include "lib/store/user.h"

#define WEB_SERVER_GROUP "www-data"

int ctl_give(const struct settings *settings, const char *path, mode_t mode, struct err *err_r)
{
	if (geteuid() == 0) {
		const struct passwd *pw = getpwnam(settings->user);

		if (!pw)
			return err_set(err_r, -ENOENT, "there is no user %s", settings->user);
		if (chown(path, pw->pw_uid, pw->pw_gid))
			return err_set(
			    err_r, -errno, "cannot give %s to %s: %s", path, settings->user, strerror(errno));
	}
	if (chmod(path, mode))
		return err_set(err_r, -errno, "cannot change the mode of %s: %s", path, strerror(errno));
	return 0;
}

/* Both users have the group of DOCKMON_USER: it owns the databases. */
static int make_users(const struct settings *settings, struct err *err_r)
{
	const char *const add_user[] = { "useradd", "--system", "--user-group", "--no-create-home",
		"--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", "--comment", "DockMon",
		settings->user, NULL };
	const char *const add_web[] = { "useradd", "--system", "--no-user-group", "--gid", settings->user,
		"--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", "--comment",
		"DockMon web", settings->web_user, NULL };
	int result = 0;

	if (geteuid())
		return 0;
	if (!getpwnam(settings->user))
		result = ctl_spawn(add_user, err_r);
	if (!result && !getpwnam(settings->web_user))
		result = ctl_spawn(add_web, err_r);
	return result;
}

/* The socket directories: only root and nginx's group may pass. */
static int make_socket_dir(
    const struct settings *settings, const char *name, bool of_collector, struct err *err_r)
{
	char path[SETTINGS_PATH_BYTES];
	const struct group *gr = getgrnam(WEB_SERVER_GROUP);
	const struct passwd *pw = getpwnam(settings->user);
	int result;

	settings_run_path(settings, name, path);
	result = file_make_dir(path, 0750, err_r);
	if (result || geteuid())
		return result;
	if (!gr)
		return err_set(err_r, -ENOENT, "there is no group %s: install nginx", WEB_SERVER_GROUP);
	if (!pw)
		return err_set(err_r, -ENOENT, "there is no user %s", settings->user);
	if (chown(path, of_collector ? pw->pw_uid : 0, gr->gr_gid) || chmod(path, 02750))
		return err_set(err_r, -errno, "cannot set the owner of %s: %s", path, strerror(errno));
	return 0;
}

static int make_dirs(const struct settings *settings, struct err *err_r)
{
	static const struct {
		const char *name;
		mode_t mode;
	} dirs[] = { { "log", 0750 }, { "tls", 0700 }, { "nginx", 0755 }, { "nginx/pages", 0755 },
		{ "nginx/pages/-", 0755 } };
	int result = file_make_dir(settings->data_dir, 0755, err_r);

	/* group-sticky and writable: SQLite makes its files beside the databases; others only pass */
	if (!result)
		result = ctl_give(settings, settings->data_dir, 02771, err_r);
	for (size_t i = 0; !result && i < ARRAY_LEN(dirs); i++) {
		char path[SETTINGS_PATH_BYTES];

		settings_data_path(settings, dirs[i].name, path);
		result = file_make_dir(path, dirs[i].mode, err_r);
		if (!result && chmod(path, dirs[i].mode))
			result =
			    err_set(err_r, -errno, "cannot change the mode of %s: %s", path, strerror(errno));
	}
	if (!result)
		result = file_make_dir(settings->run_dir, 0755, err_r);
	if (!result && chmod(settings->run_dir, 0755))
		result = err_set(
		    err_r, -errno, "cannot change the mode of %s: %s", settings->run_dir, strerror(errno));
	if (!result)
		result = make_socket_dir(settings, "web", false, err_r);
	return result ? result : make_socket_dir(settings, "collector", true, err_r);
}

static int make_key(const struct settings *settings, const char *name, struct err *err_r)
{
	uint8_t key[GRANT_KEY_BYTES];
	char path[SETTINGS_PATH_BYTES];
	int result = 0;

	settings_data_path(settings, name, path);
	if (access(path, F_OK)) {
		crypto_random(key, sizeof(key));
		result = file_write(path, key, sizeof(key), 0640, err_r);
	}
	return result ? result : ctl_give(settings, path, 0640, err_r);
}

static int make_databases(const struct settings *settings, struct err *err_r)
{
	static const char *const names[] = { "dockmon.db", "metrics.db" };
	int result = store_migrate(settings->data_dir, err_r);

	for (size_t i = 0; !result && i < ARRAY_LEN(names); i++) {
		char path[SETTINGS_PATH_BYTES];

		settings_data_path(settings, names[i], path);
		result = ctl_give(settings, path, 0660, err_r);
	}
	return result;
}

static int new_setup_code(struct store *store, char code_r[CODE_BYTES], struct err *err_r)
{
	uint8_t digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES], bare[CODE_BYTES];
	size_t len = 0;

	crypto_code(code_r);
	for (const char *p = code_r; *p; p++) {
		if (*p != '-')
			bare[len++] = *p;
	}
	crypto_sha256(bare, len, digest);
	crypto_hex(digest, sizeof(digest), hex);
	if (setting_put(store, "setup_code_hash", hex))
		return err_set(err_r, -EIO, "the setup code could not be stored: %s", store_error(store));
	return 0;
}

void ctl_address(const struct settings *settings, char address_r[SETTINGS_PATH_BYTES])
{
	if (settings->external_url[0])
		snprintf(address_r, SETTINGS_PATH_BYTES, "%s", settings->external_url);
	else
		snprintf(address_r, SETTINGS_PATH_BYTES, "%s://localhost:%d%s/",
		    settings->reverse_proxy ? "http" : "https", (int)settings->port, settings->base_path);
}

static int print_code(const struct settings *settings, struct store *store, struct err *err_r)
{
	char code[CODE_BYTES], address[SETTINGS_PATH_BYTES];
	int result = new_setup_code(store, code, err_r);

	if (result)
		return result;
	ctl_address(settings, address);
	printf("\n  First visit:  %s\n  Setup code:   %s   (creates the administrator; used once)\n\n",
	    address, code);
	return 0;
}

/* The administrator by DOCKMON_INITIAL_ADMIN_PASSWORD, else a one-time code for /setup. */
static int first_user(const struct settings *settings, struct err *err_r)
{
	struct store *store = NULL;
	char address[SETTINGS_PATH_BYTES];
	int64_t id;
	int result = store_open(settings->data_dir, STORE_CTL, &store, err_r);

	ctl_address(settings, address);
	if (result)
		return result;
	if (user_count(store) > 0) {
		printf("\n  DockMon:  %s\n\n", address);
	} else if (settings->initial_password[0]) {
		result = user_add(store, "admin", ROLE_ADMINISTRATOR, settings->initial_password,
		    clock_wall_ms(), &id, err_r);
		if (result)
			err_prefix(err_r, result, "DOCKMON_INITIAL_ADMIN_PASSWORD");
		else
			printf("\n  DockMon:  %s\n  Sign in:  admin, with DOCKMON_INITIAL_ADMIN_PASSWORD\n\n",
			    address);
	} else {
		result = print_code(settings, store, err_r);
	}
	store_close(&store);
	fflush(stdout);
	return result;
}

int ctl_setup_code(struct ctl *ctl)
{
	struct store *store = NULL;
	struct err err = ERR_INIT;
	int result = store_open(ctl->settings.data_dir, STORE_CTL, &store, &err);

	if (!result && user_count(store) > 0)
		result = err_set(&err, -EEXIST,
		    "there are users already: sign in, or set a password with `dockmonctl user password "
		    "NAME`");
	if (!result)
		result = print_code(&ctl->settings, store, &err);
	store_close(&store);
	return result ? ctl_fail(&err) : 0;
}

int ctl_init(struct ctl *ctl)
{
	const struct settings *settings = &ctl->settings;
	struct err err = ERR_INIT;
	int result;

	umask(007);
	result = make_users(settings, &err);
	if (!result)
		result = make_dirs(settings, &err);
	if (!result)
		result = make_databases(settings, &err);
	if (!result)
		result = make_key(settings, "grant.key", &err);
	if (!result)
		result = ctl_renew_certificate(settings, &err) < 0 ? -EIO : 0;
	if (!result)
		result = ctl_write_nginx(settings, &err);
	if (!result)
		result = first_user(settings, &err);
	return result ? ctl_fail(&err) : 0;
}
