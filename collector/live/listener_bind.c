/* The listener's socket. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "collector/live/listener.h"
#include "lib/base/file.h"

static int address_of(const char *path, struct sockaddr_un *address_r, struct err *err_r)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (path[0] != '/')
		return err_set(err_r, -EINVAL, "the socket's path %s is not absolute", path);
	if (snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) >= (int)sizeof(address.sun_path))
		return err_set(err_r, -ENAMETOOLONG,
		    "the socket's path %s is longer than %zu bytes: set a shorter DOCKMON_RUN_DIR", path,
		    sizeof(address.sun_path) - 1);
	*address_r = address;
	return 0;
}

/* Removes what a dead process left; 0 also if there is nothing. */
static int clear_stale(const struct sockaddr_un *address, struct err *err_r)
{
	AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_set(err_r, -errno, "cannot make a socket: %s", strerror(errno));
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		return err_set(err_r, -EADDRINUSE,
		    "another collector answers on %s: stop it, or set another DOCKMON_RUN_DIR",
		    address->sun_path);
	if (errno == ECONNREFUSED && unlink(address->sun_path))
		return err_set(err_r, -errno, "cannot remove the stale socket %s: %s", address->sun_path,
		    strerror(errno));
	return 0;
}

/* The directory says whose the socket is: `dockmonctl init` gives it to the collector and nginx's group. */
static int give(const char *path, struct err *err_r)
{
	char directory[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;

	snprintf(directory, sizeof(directory), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (chmod(path, 0660))
		return err_set(err_r, -errno, "cannot change the mode of %s: %s", path, strerror(errno));
	if (!stat(directory, &st) && chown(path, geteuid() ? (uid_t)-1 : st.st_uid, st.st_gid) &&
	    geteuid() == 0)
		return err_set(err_r, -errno, "cannot change the owner of %s: %s", path, strerror(errno));
	return 0;
}

int listener_bind(const char *path, int *fd_r, struct err *err_r)
{
	struct sockaddr_un address;
	AUTO_FD fd = -1;
	mode_t old_mask;
	int result = address_of(path, &address, err_r);

	if (!result)
		result = clear_stale(&address, err_r);
	if (result)
		return result;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err_r, -errno, "cannot make a socket: %s", strerror(errno));
	old_mask = umask(0177);
	result = bind(fd, (const struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
	umask(old_mask);
	if (result == -ENOENT)
		return err_set(err_r, result, "there is no directory for %s: run `dockmonctl init`", path);
	if (result)
		return err_set(err_r, result, "cannot listen on %s: %s", path, strerror(-result));
	result = give(path, err_r);
	if (!result && listen(fd, LISTENER_BACKLOG))
		result = err_set(err_r, -errno, "cannot listen on %s: %s", path, strerror(errno));
	if (result)
		return result;
	*fd_r = fd;
	fd = -1;
	return 0;
}
