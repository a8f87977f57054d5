/* dockmonctl user … Passwords come from stdin: the first line, never from the arguments. */
#include "ctl/ctl.h"

#include <errno.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/store/user.h"

#define USERS_MAX 10000
#define PASSWORD_LINE_BYTES 1024

static int read_password(char line[PASSWORD_LINE_BYTES], struct err *err_r)
{
	struct termios before, silent;
	bool typed = isatty(STDIN_FILENO) && !tcgetattr(STDIN_FILENO, &before);
	const char *got;

	if (typed) {
		fprintf(stderr, "Password: ");
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	got = fgets(line, PASSWORD_LINE_BYTES, stdin);
	if (typed) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (!got)
		return err_set(err_r, -EINVAL, "give the password on standard input");
	line[strcspn(line, "\r\n")] = '\0';
	return 0;
}

static int list_users(struct store *store, struct err *err_r)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct user *users;
	size_t count;

	if (user_list(store, USERS_MAX, &arena, &users, &count))
		return err_set(err_r, -EIO, "%s", store_error(store));
	for (size_t i = 0; i < count; i++)
		printf("%-24s %s\n", users[i].name, user_role_name(users[i].role));
	return 0;
}

static int add_user(struct store *store, const char *name, const char *role_name, struct err *err_r)
{
	char password[PASSWORD_LINE_BYTES];
	enum user_role role;
	int64_t id;
	int result;

	if (user_role_parse(role_name, &role))
		return err_set(err_r, -EINVAL, "the role is administrator or viewer, not \"%s\"", role_name);
	result = user_check_name(name, err_r);
	if (!result)
		result = read_password(password, err_r);
	return result ? result : user_add(store, name, role, password, clock_wall_ms(), &id, err_r);
}

static int set_password(struct store *store, const char *name, struct err *err_r)
{
	char password[PASSWORD_LINE_BYTES];
	struct user user;
	int result;

	if (user_by_name(store, name, &user))
		return err_set(err_r, -ENOENT, "there is no user \"%s\"", name);
	result = read_password(password, err_r);
	if (!result)
		result = user_set_password(store, &user, password, 0, clock_wall_ms(), err_r);
	if (!result)
		printf("set; every session of %s has ended\n", user.name);
	return result;
}

int ctl_user(struct ctl *ctl)
{
	const char *verb = ctl->argc ? ctl->argv[0] : "";
	struct store *store = NULL;
	struct err err = ERR_INIT;
	int result = store_open(ctl->settings.data_dir, STORE_CTL, &store, &err);

	if (result)
		return ctl_fail(&err);
	if (!strcmp(verb, "list") && ctl->argc == 1)
		result = list_users(store, &err);
	else if (!strcmp(verb, "add") && ctl->argc == 3)
		result = add_user(store, ctl->argv[1], ctl->argv[2], &err);
	else if (!strcmp(verb, "password") && ctl->argc == 2)
		result = set_password(store, ctl->argv[1], &err);
	else
		result = err_set(&err, -EINVAL,
		    "use: user list | user add NAME administrator|viewer | user password NAME");
	store_close(&store);
	return result ? ctl_fail(&err) : 0;
}
