/* user: who may sign in, the sessions they hold, and the log of logins. */
#ifndef DOCKMON_STORE_USER_H
#define DOCKMON_STORE_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/crypto.h"
#include "lib/store/store.h"

#define USER_NAME_BYTES 65
#define PASSWORD_MIN_CHARS 10
#define PASSWORD_MAX_CHARS 128
#define SESSIONS_PER_USER 10
#define SESSION_IDLE_MS (7 * 24 * 3600 * 1000LL) /* ends after so long without a request */
#define SESSION_SEEN_STEP_MS 60000               /* seen_ms is written at most so often */
#define FLASH_BYTES 512

enum user_role { ROLE_VIEWER, ROLE_ADMINISTRATOR, ROLE_COUNT };

struct user {
	int64_t id;
	char name[USER_NAME_BYTES];
	enum user_role role;
	char password_hash[PASSWORD_HASH_BYTES];
	int64_t created_ms, password_set_ms;
	char theme[8];     /* auto, light, dark */
	int64_t refresh_s; /* pages without JavaScript; 0 = off */
};

struct session {
	int64_t id;
	int64_t user_id;
	int64_t created_ms, seen_ms, ends_ms;
	char address[64];
	char agent[200];
	char flash[FLASH_BYTES]; /* one message for the next page: "kind text"; "" = none */
};

struct login {
	int64_t id;
	int64_t at_ms;
	const char *name; /* as typed, cut */
	const char *address;
	const char *result; /* ok, refused, locked, signed out */
};

const char *user_role_name(enum user_role role);
int user_role_parse(const char *name, enum user_role *role_r); /* -EINVAL */

int64_t user_count(struct store *store);                                      /* -1 on failure */
int user_by_name(struct store *store, const char *name, struct user *user_r); /* -ENOENT */
int user_by_id(struct store *store, int64_t id, struct user *user_r);         /* -ENOENT */
int user_list(struct store *store, size_t max, struct arena *arena, struct user **users_r, size_t *count_r);

/* The rules of names and passwords, with a sentence for the form. -EINVAL. */
int user_check_name(const char *name, struct err *err_r);
int user_check_password(const char *name, const char *password, struct err *err_r);
/* Checks both, hashes (50 ms) and stores. -EINVAL, -EEXIST. */
int user_add(struct store *store, const char *name, enum user_role role, const char *password, int64_t now_ms,
    int64_t *id_r, struct err *err_r);
/* Checks, hashes and stores; every session of the user but `keep_session` (0: none) ends. -EINVAL. */
int user_set_password(struct store *store, const struct user *user, const char *password,
    int64_t keep_session, int64_t now_ms, struct err *err_r);
int user_set_preferences(struct store *store, int64_t id, const char *theme, int64_t refresh_s);

/* A new session; at most SESSIONS_PER_USER are kept. The token goes into the cookie and nowhere else. */
int session_add(struct store *store, int64_t user_id, const char *address, const char *agent, int64_t now_ms,
    char token_r[TOKEN_BYTES]);
/* -ENOENT: no such session, or ended. */
int session_find(
    struct store *store, const char *token, int64_t now_ms, struct session *session_r, struct user *user_r);
int session_list(struct store *store, int64_t user_id, int64_t now_ms, struct arena *arena,
    struct session **sessions_r, size_t *count_r);
int session_touch(struct store *store, int64_t id, int64_t now_ms);
int session_set_flash(struct store *store, int64_t id, const char *flash); /* "" clears */
int session_drop(struct store *store, int64_t id, int64_t user_id);
int session_drop_others(struct store *store, int64_t user_id, int64_t keep_id);
int session_prune(struct store *store, int64_t now_ms); /* collector */

int login_add(struct store *store, const char *name, const char *address, const char *result, int64_t now_ms);
/* Refused logins of that name since then and since its last good one. */
int64_t login_failures(struct store *store, const char *name, int64_t since_ms);
/* Newest first, ids below before_id (0: from the newest). */
int login_list(struct store *store, int64_t before_id, size_t max, struct arena *arena,
    struct login **logins_r, size_t *count_r);
int64_t login_prune(struct store *store, int64_t before_ms, size_t max); /* collector */

#endif
