#include "tests/unit/check.h"

#include <ftw.h>
#include <unistd.h>

#include "lib/store/migrate.h"

void dir_make(char path_r[64])
{
	snprintf(path_r, 64, "/tmp/dockmon-unit-XXXXXX");
	assert_non_null(mkdtemp(path_r));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

void dir_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct store *store_make(const char *dir, enum store_role role)
{
	struct store *store = NULL;
	struct err err = ERR_INIT;

	if (store_migrate(dir, &err) || store_open(dir, role, &store, &err))
		fail_msg("%s", err.text);
	return store;
}
