#include "lib/store/user.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "lib/base/utf8.h"
#include "lib/store/sql.h"

static const char *const role_names[ROLE_COUNT] = {
	[ROLE_VIEWER] = "viewer",
	[ROLE_ADMINISTRATOR] = "administrator",
};

const char *user_role_name(enum user_role role)
{
	return role_names[role];
}

int user_role_parse(const char *name, enum user_role *role_r)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!strcmp(name, role_names[i])) {
			*role_r = (enum user_role)i;
			return 0;
		}
	}
	return -EINVAL;
}

static void copy_text(char *out, size_t bytes, sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	snprintf(out, bytes, "%s", text ? text : "");
}

static void read_user(sqlite3_stmt *q, int first, struct user *user_r)
{
	char role[16];

	*user_r = (struct user){
		.id = col_int(q, first),
		.created_ms = col_int(q, first + 4),
		.password_set_ms = col_int(q, first + 5),
		.refresh_s = col_int(q, first + 7),
	};
	copy_text(user_r->name, sizeof(user_r->name), q, first + 1);
	copy_text(role, sizeof(role), q, first + 2);
	if (user_role_parse(role, &user_r->role))
		user_r->role = ROLE_VIEWER;
	copy_text(user_r->password_hash, sizeof(user_r->password_hash), q, first + 3);
	copy_text(user_r->theme, sizeof(user_r->theme), q, first + 6);
}

static int read_one(sqlite3_stmt *q, struct user *user_r)
{
	int result = stmt_step(q);

	if (result == 1)
		read_user(q, 0, user_r);
	return result == 1 ? 0 : result ? result : -ENOENT;
}

int64_t user_count(struct store *store)
{
	AUTO_STMT q = stmt_use(store, STMT_USER_COUNT);

	return stmt_int(q, -1);
}

int user_by_name(struct store *store, const char *name, struct user *user_r)
{
	AUTO_STMT q = stmt_use(store, STMT_USER_BY_NAME);

	bind_text(q, 1, name);
	return read_one(q, user_r);
}

int user_by_id(struct store *store, int64_t id, struct user *user_r)
{
	AUTO_STMT q = stmt_use(store, STMT_USER_BY_ID);

	bind_int(q, 1, id);
	return read_one(q, user_r);
}

int user_list(struct store *store, size_t max, struct arena *arena, struct user **users_r, size_t *count_r)
{
	struct user *users = NULL;
	size_t count = 0, capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_USER_LIST);

	bind_int(q, 1, (int64_t)max);
	while ((result = stmt_step(q)) == 1) {
		users = arena_grow(arena, users, count, &capacity, sizeof(*users));
		read_user(q, 0, &users[count++]);
	}
	if (!result) {
		*users_r = users;
		*count_r = count;
	}
	return result;
}

int user_check_name(const char *name, struct err *err_r)
{
	size_t len = strlen(name);

	if (!len || len >= USER_NAME_BYTES || !isalpha((unsigned char)name[0]))
		return err_set(err_r, -EINVAL, "The name starts with a letter and has at most %d characters.",
		    USER_NAME_BYTES - 1);
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)name[i]) && !strchr("._-@", name[i]))
			return err_set(err_r, -EINVAL, "The name may hold letters, digits and . _ - @ only.");
	}
	return 0;
}

static size_t count_chars(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

int user_check_password(const char *name, const char *password, struct err *err_r)
{
	size_t chars = count_chars(password);

	if (!utf8_valid(password))
		return err_set(err_r, -EINVAL, "The password is not valid UTF-8.");
	if (chars < PASSWORD_MIN_CHARS || chars > PASSWORD_MAX_CHARS)
		return err_set(err_r, -EINVAL, "The password needs %d to %d characters; this one has %zu.",
		    PASSWORD_MIN_CHARS, PASSWORD_MAX_CHARS, chars);
	if (!strcasecmp(name, password))
		return err_set(err_r, -EINVAL, "The password must not be the user name.");
	return 0;
}

int user_add(struct store *store, const char *name, enum user_role role, const char *password, int64_t now_ms,
    int64_t *id_r, struct err *err_r)
{
	AUTO_STMT q = stmt_use(store, STMT_USER_ADD);
	char hash[PASSWORD_HASH_BYTES];
	int result = user_check_name(name, err_r);

	if (!result)
		result = user_check_password(name, password, err_r);
	if (result)
		return result;
	password_hash(password, hash);
	bind_text(q, 1, name);
	bind_text(q, 2, role_names[role]);
	bind_text(q, 3, hash);
	bind_int(q, 4, now_ms);
	result = stmt_run(q);
	if (result == -EEXIST)
		return err_set(err_r, -EEXIST, "There is a user named \"%s\" already.", name);
	if (result)
		return err_set(err_r, result, "The user could not be stored: %s", store_error(store));
	*id_r = store_last_id(store);
	return 0;
}

int user_set_password(struct store *store, const struct user *user, const char *password,
    int64_t keep_session, int64_t now_ms, struct err *err_r)
{
	AUTO_STMT q = stmt_use(store, STMT_USER_PASSWORD);
	char hash[PASSWORD_HASH_BYTES];
	int result = user_check_password(user->name, password, err_r);

	if (result)
		return result;
	password_hash(password, hash);
	bind_int(q, 1, user->id);
	bind_text(q, 2, hash);
	bind_int(q, 3, now_ms);
	result = stmt_run(q);
	if (!result)
		result = session_drop_others(store, user->id, keep_session);
	return result ? err_set(err_r, result, "The password could not be stored: %s", store_error(store))
	              : 0;
}

int user_set_preferences(struct store *store, int64_t id, const char *theme, int64_t refresh_s)
{
	AUTO_STMT q = stmt_use(store, STMT_USER_PREFERENCES);

	bind_int(q, 1, id);
	bind_text(q, 2, theme);
	bind_int(q, 3, refresh_s);
	return stmt_run(q);
}

static void read_session(sqlite3_stmt *q, struct session *session_r)
{
	*session_r = (struct session){
		.id = col_int(q, 0),
		.user_id = col_int(q, 1),
		.created_ms = col_int(q, 2),
		.seen_ms = col_int(q, 3),
		.ends_ms = col_int(q, 4),
	};
	copy_text(session_r->address, sizeof(session_r->address), q, 5);
	copy_text(session_r->agent, sizeof(session_r->agent), q, 6);
	copy_text(session_r->flash, sizeof(session_r->flash), q, 7);
}

static int drop_oldest(struct store *store, int64_t user_id)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_DROP_OLDEST);

	bind_int(q, 1, user_id);
	bind_int(q, 2, SESSIONS_PER_USER);
	return stmt_run(q);
}

int session_add(struct store *store, int64_t user_id, const char *address, const char *agent, int64_t now_ms,
    char token_r[TOKEN_BYTES])
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_ADD);
	uint8_t hash[SHA256_BYTES];
	char cut[sizeof(((struct session *)0)->agent)];
	int result;

	crypto_token(token_r);
	crypto_sha256(token_r, strlen(token_r), hash);
	snprintf(cut, sizeof(cut), "%s", agent);
	bind_blob(q, 1, hash, sizeof(hash));
	bind_int(q, 2, user_id);
	bind_int(q, 3, now_ms);
	bind_int(q, 4, now_ms + SESSION_IDLE_MS);
	bind_text(q, 5, address);
	bind_text(q, 6, utf8_valid(cut) ? cut : "");
	result = stmt_run(q);
	return result ? result : drop_oldest(store, user_id);
}

int session_find(
    struct store *store, const char *token, int64_t now_ms, struct session *session_r, struct user *user_r)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_FIND);
	uint8_t hash[SHA256_BYTES];
	int result;

	crypto_sha256(token, strlen(token), hash);
	bind_blob(q, 1, hash, sizeof(hash));
	bind_int(q, 2, now_ms);
	result = stmt_step(q);
	if (result != 1)
		return result ? result : -ENOENT;
	read_session(q, session_r);
	read_user(q, 8, user_r);
	return 0;
}

int session_list(struct store *store, int64_t user_id, int64_t now_ms, struct arena *arena,
    struct session **sessions_r, size_t *count_r)
{
	struct session *sessions = arena_alloc(arena, SESSIONS_PER_USER * sizeof(*sessions));
	size_t count = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_SESSION_LIST);

	bind_int(q, 1, user_id);
	bind_int(q, 2, now_ms);
	bind_int(q, 3, SESSIONS_PER_USER);
	while ((result = stmt_step(q)) == 1 && count < SESSIONS_PER_USER)
		read_session(q, &sessions[count++]);
	if (result < 0)
		return result;
	*sessions_r = sessions;
	*count_r = count;
	return 0;
}

int session_touch(struct store *store, int64_t id, int64_t now_ms)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_SEEN);

	bind_int(q, 1, id);
	bind_int(q, 2, now_ms);
	bind_int(q, 3, now_ms + SESSION_IDLE_MS);
	return stmt_run(q);
}

int session_set_flash(struct store *store, int64_t id, const char *flash)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_FLASH);

	bind_int(q, 1, id);
	bind_text(q, 2, flash);
	return stmt_run(q);
}

int session_drop(struct store *store, int64_t id, int64_t user_id)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_DROP);

	bind_int(q, 1, id);
	bind_int(q, 2, user_id);
	return stmt_run(q);
}

int session_drop_others(struct store *store, int64_t user_id, int64_t keep_id)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_DROP_OTHERS);

	bind_int(q, 1, user_id);
	bind_int(q, 2, keep_id);
	return stmt_run(q);
}

int session_prune(struct store *store, int64_t now_ms)
{
	AUTO_STMT q = stmt_use(store, STMT_SESSION_PRUNE);

	bind_int(q, 1, now_ms);
	return stmt_run(q);
}
