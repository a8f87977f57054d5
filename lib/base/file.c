#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

void file_auto_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int file_read(const char *path, struct sb *sb, struct err *err_r)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[4096];
	ssize_t got;

	if (fd < 0)
		return err_set(err_r, -errno, "cannot read %s: %s", path, strerror(errno));
	while ((got = read(fd, chunk, sizeof(chunk))) > 0)
		sb_add_mem(sb, chunk, (size_t)got);
	if (got < 0)
		return err_set(err_r, -errno, "cannot read %s: %s", path, strerror(errno));
	if (sb_failed(sb))
		return err_set(err_r, -EFBIG, "%s is longer than %zu bytes", path, sb->cap);
	return 0;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno != EINTR)
			return -errno;
		if (done > 0) {
			bytes += done;
			len -= (size_t)done;
		}
	}
	return fsync(fd) ? -errno : 0;
}

int file_write(const char *path, const void *bytes, size_t len, mode_t mode, struct err *err_r)
{
	char beside[PATH_MAX];
	AUTO_FD fd = -1;
	int result;

	if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
		return err_set(err_r, -ENAMETOOLONG, "path too long: %s", path);
	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_set(err_r, -errno, "cannot write %s: %s", beside, strerror(errno));
	result = fchmod(fd, mode) ? -errno : write_all(fd, bytes, len);
	if (!result && rename(beside, path))
		result = -errno;
	if (result) {
		unlink(beside);
		return err_set(err_r, result, "cannot write %s: %s", path, strerror(-result));
	}
	return 0;
}

int file_make_dir(const char *path, mode_t mode, struct err *err_r)
{
	char part[PATH_MAX];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return err_set(err_r, -ENAMETOOLONG, "path too long: %s", path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			return err_set(err_r, -errno, "cannot make directory %s: %s", part, strerror(errno));
		*slash = '/';
	}
	if (mkdir(part, mode) && errno != EEXIST)
		return err_set(err_r, -errno, "cannot make directory %s: %s", part, strerror(errno));
	return 0;
}
