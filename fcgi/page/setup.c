/* The first visit: who has the one-time code creates the administrator. */
#include <ctype.h>
#include <errno.h>

#include "fcgi/fill.h"
#include "fcgi/page.h"
#include "fcgi/page/gate.h"
#include "fcgi/page/pages.h"
#include "fcgi/session.h"
#include "lib/base/log.h"
#include "lib/store/program.h"

#define CODE_SETTING "setup_code_hash"
#define CODE_NAME "(setup code)" /* in the log of logins; no user can be called so */
#define CODE_TRIES 5
#define CODE_WINDOW_MS 60000

struct errors {
	const char *form, *code, *user, *password;
};

static int show(struct call *call, int status, const struct errors *errors)
{
	HDF *hdf = page_begin(call, "Set up DockMon", NULL, NULL), *form = fill_node(hdf, "Form");
	const char *code = setting_get(call->web->store, CODE_SETTING, &call->arena, "");

	call->response.status = status;
	fill_echo(fill_node(hdf, "Setup"), "NeedCode", "1");
	fill_text(form, "Error",
	    *code ? errors->form
	          : "There is no setup code. On the server, `dockmonctl setup-code` makes one.");
	fill_field(form, "Code", query_get(&call->request.form, "code", NULL), errors->code);
	fill_field(form, "User", query_get(&call->request.form, "user", "admin"), errors->user);
	fill_field(form, "Password", NULL, errors->password);
	return page_end(call, &hdf, TEMPLATE_SETUP);
}

int setup_show(struct call *call)
{
	static const struct errors none;

	if (user_count(call->web->store) == 0)
		return show(call, 200, &none);
	call_redirect(call, "/");
	return 0;
}

/* Letters and digits of the code in capitals: people type it with and without dashes. */
static bool code_is_right(struct call *call, const char *typed)
{
	const char *want = setting_get(call->web->store, CODE_SETTING, &call->arena, "");
	char bare[CODE_BYTES], hex[SHA256_HEX_BYTES];
	uint8_t digest[SHA256_BYTES];
	size_t len = 0;

	for (; *typed && len < sizeof(bare) - 1; typed++) {
		if (isalnum((unsigned char)*typed))
			bare[len++] = (char)toupper((unsigned char)*typed);
	}
	crypto_sha256(bare, len, digest);
	crypto_hex(digest, sizeof(digest), hex);
	return !*typed && strlen(want) == sizeof(hex) - 1 && crypto_equal(hex, want, sizeof(hex) - 1);
}

static bool check_form(struct call *call, struct errors *errors)
{
	const struct query *form = &call->request.form;
	const char *name = query_get(form, "user", ""), *password = query_get(form, "password", "");
	struct err err = ERR_INIT;

	if (user_check_name(name, &err))
		errors->user = arena_strdup(&call->arena, err.text);
	if (user_check_password(name, password, &err))
		errors->password = arena_strdup(&call->arena, err.text);
	else if (strcmp(password, query_get(form, "password2", "")) != 0)
		errors->password = "The two passwords are not the same.";
	return !errors->user && !errors->password;
}

/* The code is checked first, so that nobody learns the rules without it; every wrong one counts. */
static bool check_code(struct call *call, struct errors *errors, int *status_r)
{
	int64_t wait_ms = gate_wait_ms(call, CODE_NAME, CODE_TRIES, CODE_WINDOW_MS);

	*status_r = 422;
	if (wait_ms) {
		*status_r = 429;
		errors->form = gate_wait_text(call, " with the setup code", wait_ms);
		return false;
	}
	if (code_is_right(call, query_get(&call->request.form, "code", "")))
		return true;
	gate_record(call, CODE_NAME, "refused");
	log_warning("wrong setup code from %s", call->request.address);
	errors->code = "This is not the setup code that was printed.";
	return false;
}

/* In one transaction, so that two who come at once do not both become administrator. */
static int create(struct call *call, const char *name)
{
	struct store *store = call->web->store;
	int64_t id;
	int result = store_begin(store, &call->err);

	if (result)
		return result;
	if (user_count(store) != 0)
		result = err_set(&call->err, -EEXIST, "There is a user already.");
	if (!result)
		result = user_add(store, name, ROLE_ADMINISTRATOR,
		    query_get(&call->request.form, "password", ""), call->now_ms, &id, &call->err);
	if (!result)
		result = setting_drop(store, CODE_SETTING);
	if (!result)
		result = session_start(call, id);
	if (!result) {
		gate_record(call, name, "ok");
		return store_commit(store, &call->err);
	}
	store_rollback(store);
	return result;
}

int setup_create(struct call *call)
{
	const char *name = query_get(&call->request.form, "user", "");
	struct errors errors = { 0 };
	int status = 422, result;

	if (user_count(call->web->store) != 0) {
		call_redirect(call, "/");
		return 0;
	}
	if (!check_code(call, &errors, &status) || !check_form(call, &errors))
		return show(call, status, &errors);
	result = create(call, name);
	if (result == -EEXIST) {
		call_redirect(call, "/");
		return 0;
	}
	if (result)
		return result;
	log_info("administrator \"%s\" was created from %s", name, call->request.address);
	call_redirect(call, "/");
	return 0;
}
