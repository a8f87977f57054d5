/* file: small files whole, directories, sockets' directories. */
#ifndef DOCKMON_BASE_FILE_H
#define DOCKMON_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"
#include "lib/base/sb.h"

/* AUTO_FD int fd = -1; is closed at the end of its scope. */
#define AUTO_FD __attribute__((cleanup(file_auto_close))) int
void file_auto_close(int *fd);

/* Appends the whole file to sb. -errno with a text; -EFBIG when sb's cap is passed. */
int file_read(const char *path, struct sb *sb, struct err *err_r);

/* Writes a new file beside `path`, syncs it, and puts it in its place. -errno with a text. */
int file_write(const char *path, const void *bytes, size_t len, mode_t mode, struct err *err_r);

/* Makes the directory and its missing parents. An existing directory is fine (mode untouched). */
int file_make_dir(const char *path, mode_t mode, struct err *err_r);

#endif
