/* priv: giving up root. Called once, early, after everything that needs root is open. */
#ifndef DOCKMON_BASE_PRIV_H
#define DOCKMON_BASE_PRIV_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/base/err.h"

#define PRIV_EXTRA_GROUPS_MAX 16

/* When root: becomes `user` with its groups and the `extra` ones (a socket's group), keeps no
 * capability; then in every case sets no_new_privs and umask 007. When not root: only the latter.
 * -ENOENT: no such user. Others: -errno with a text. */
int priv_drop(const char *user, const gid_t *extra, size_t extra_count, struct err *err_r);

#endif
