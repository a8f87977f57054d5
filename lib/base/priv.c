#include "lib/base/priv.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MAX 64

static int set_groups(const struct passwd *pw, const gid_t *extra, size_t extra_count)
{
	gid_t groups[GROUPS_MAX + PRIV_EXTRA_GROUPS_MAX];
	int count = GROUPS_MAX;

	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &count) < 0)
		count = GROUPS_MAX;
	for (size_t i = 0; i < extra_count && i < PRIV_EXTRA_GROUPS_MAX; i++)
		groups[count++] = extra[i];
	return setgroups((size_t)count, groups) ? -errno : 0;
}

static int become(const char *user, const gid_t *extra, size_t extra_count, struct err *err_r)
{
	const struct passwd *pw;
	int result;

	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		return err_set(err_r, -ENOENT, "there is no user %s: run `dockmonctl init` as root", user);
	result = set_groups(pw, extra, extra_count);
	if (!result &&
	    (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) || setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid)))
		result = -errno;
	if (result)
		return err_set(err_r, result, "cannot become user %s: %s", user, strerror(-result));
	return 0;
}

int priv_drop(const char *user, const gid_t *extra, size_t extra_count, struct err *err_r)
{
	int result;

	if (geteuid() == 0) {
		result = become(user, extra, extra_count, err_r);
		if (result)
			return result;
	}
	umask(007);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_set(err_r, -errno, "cannot set no_new_privs: %s", strerror(errno));
	/* dumpable again, so that /proc/self stays ours (memory figures) */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return 0;
}
