/* The log of logins; see user.h. */
#include <errno.h>

#include "lib/base/utf8.h"
#include "lib/store/sql.h"
#include "lib/store/user.h"

/* A typed name is anybody's bytes: cut, and control characters shown as '?'. */
static void clean_name(const char *name, char out[USER_NAME_BYTES])
{
	snprintf(out, USER_NAME_BYTES, "%s", name);
	for (char *p = out; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
	if (!utf8_valid(out))
		snprintf(out, USER_NAME_BYTES, "?");
}

int login_add(struct store *store, const char *name, const char *address, const char *result, int64_t now_ms)
{
	AUTO_STMT q = stmt_use(store, STMT_LOGIN_ADD);
	char clean[USER_NAME_BYTES];

	clean_name(name, clean);
	bind_int(q, 1, now_ms);
	bind_text(q, 2, clean);
	bind_text(q, 3, address);
	bind_text(q, 4, result);
	return stmt_run(q);
}

int64_t login_failures(struct store *store, const char *name, int64_t since_ms)
{
	AUTO_STMT q = stmt_use(store, STMT_LOGIN_FAILURES);
	char clean[USER_NAME_BYTES];

	clean_name(name, clean);
	bind_text(q, 1, clean);
	bind_int(q, 2, since_ms);
	return stmt_int(q, 0);
}

int login_list(struct store *store, int64_t before_id, size_t max, struct arena *arena,
    struct login **logins_r, size_t *count_r)
{
	struct login *logins = NULL;
	size_t count = 0, capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_LOGIN_LIST);

	bind_int(q, 1, before_id ? before_id : INT64_MAX);
	bind_int(q, 2, (int64_t)max);
	while ((result = stmt_step(q)) == 1) {
		logins = arena_grow(arena, logins, count, &capacity, sizeof(*logins));
		logins[count++] = (struct login){
			.id = col_int(q, 0),
			.at_ms = col_int(q, 1),
			.name = col_text(q, 2, arena),
			.address = col_text(q, 3, arena),
			.result = col_text(q, 4, arena),
		};
	}
	if (!result) {
		*logins_r = logins;
		*count_r = count;
	}
	return result;
}

int64_t login_prune(struct store *store, int64_t before_ms, size_t max)
{
	AUTO_STMT q = stmt_use(store, STMT_LOGIN_PRUNE);

	bind_int(q, 1, before_ms);
	bind_int(q, 2, (int64_t)max);
	return stmt_run(q) ? 0 : store_changes(store);
}
