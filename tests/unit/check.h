/* check: what the unit tests share. */
#ifndef DOCKMON_TESTS_CHECK_H
#define DOCKMON_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/store/store.h"

/* A fresh directory under /tmp, removed by dir_remove with all in it. */
void dir_make(char path_r[64]);
void dir_remove(const char *path);

/* A migrated store in a fresh directory. */
struct store *store_make(const char *dir, enum store_role role);

#define CHECK_OK(call)                                           \
	do {                                                     \
		int check_result = (call);                       \
		if (check_result)                                \
			fail_msg("%s: %d", #call, check_result); \
	} while (0)

#endif
