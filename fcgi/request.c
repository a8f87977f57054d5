#include "fcgi/request.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "lib/base/utf8.h"

static const char *param(char **envp, const char *name)
{
	size_t len = strlen(name);

	for (; *envp; envp++) {
		if (!strncmp(*envp, name, len) && (*envp)[len] == '=')
			return *envp + len + 1;
	}
	return "";
}

const char *method_name(enum method method)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "" };

	return names[method];
}

static enum method read_method(const char *name)
{
	for (int i = METHOD_GET; i < METHOD_OTHER; i++) {
		if (!strcmp(name, method_name((enum method)i)))
			return (enum method)i;
	}
	return METHOD_OTHER;
}

static bool has_control(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	}
	return false;
}

/* A header that is shown or stored: without control characters, valid UTF-8, or nothing. */
static const char *header(char **envp, const char *name)
{
	const char *text = param(envp, name);

	return has_control(text) || !utf8_valid(text) ? "" : text;
}

static int check_path(const char *path, struct err *err_r)
{
	if (strlen(path) > REQUEST_PATH_MAX)
		return err_set(
		    err_r, -ENAMETOOLONG, "The address is longer than %d bytes.", REQUEST_PATH_MAX);
	if (path[0] != '/' || has_control(path) || !utf8_valid(path))
		return err_set(err_r, -EINVAL, "The address is not valid UTF-8 or holds control characters.");
	return 0;
}

static int read_query(struct request *r, struct err *err_r)
{
	struct err why = ERR_INIT;
	size_t len = strlen(r->query_text);

	if (len > REQUEST_QUERY_MAX)
		return err_set(
		    err_r, -ENAMETOOLONG, "The address is longer than %d bytes.", REQUEST_QUERY_MAX);
	if (query_parse(r->query_text, len, &r->query, &why))
		return err_set(
		    err_r, -EINVAL, "The address after the question mark cannot be read: %s.", why.text);
	return 0;
}

static bool is_form(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t len = sizeof(form) - 1;

	return !strncasecmp(type, form, len) && (!type[len] || type[len] == ';' || type[len] == ' ');
}

static int check_body(char **envp, int64_t *len_r, struct err *err_r)
{
	const char *text = param(envp, "CONTENT_LENGTH");
	int result;

	if (!*text)
		return err_set(err_r, -ENODATA, "The form came without its length.");
	result = parse_int(text, 0, REQUEST_BODY_MAX, len_r);
	if (result == -ERANGE && *text != '-')
		return err_set(err_r, -EMSGSIZE, "The form is larger than %d bytes.", REQUEST_BODY_MAX);
	if (result)
		return err_set(err_r, -EINVAL, "The length of the form is not a number.");
	if (*len_r && !is_form(param(envp, "CONTENT_TYPE")))
		return err_set(
		    err_r, -EPROTOTYPE, "Forms are taken as application/x-www-form-urlencoded only.");
	return 0;
}

static int read_form(
    char **envp, body_fn body, void *ctx, struct arena *arena, struct request *r, struct err *err_r)
{
	struct err why = ERR_INIT;
	int64_t len = 0;
	size_t have = 0, got;
	char *bytes;
	int result = check_body(envp, &len, err_r);

	if (result)
		return result;
	bytes = arena_alloc(arena, (size_t)len + 1);
	while (have < (size_t)len && (got = body(ctx, bytes + have, (size_t)len - have)) > 0)
		have += got;
	if (have < (size_t)len)
		return err_set(err_r, -EINVAL, "The form is shorter than announced.");
	result = query_parse(bytes, have, &r->form, &why);
	if (result)
		return err_set(
		    err_r, result == -E2BIG ? -EMSGSIZE : -EINVAL, "The form cannot be read: %s.", why.text);
	return 0;
}

int request_read(
    char **envp, body_fn body, void *ctx, struct arena *arena, struct request *r, struct err *err_r)
{
	const char *path = param(envp, "PATH_INFO");
	int result;

	*r = (struct request){
		.method = read_method(param(envp, "REQUEST_METHOD")),
		.path = "/",
		.query_text = param(envp, "QUERY_STRING"),
		.query = QUERY_INIT,
		.form = QUERY_INIT,
		.cookies = param(envp, "HTTP_COOKIE"),
		.address = header(envp, "REMOTE_ADDR"),
		.host = header(envp, "HTTP_HOST"),
		.origin = header(envp, "HTTP_ORIGIN"),
		.fetch_site = header(envp, "HTTP_SEC_FETCH_SITE"),
		.agent = header(envp, "HTTP_USER_AGENT"),
		.tls = !strcasecmp(param(envp, "HTTPS"), "on"),
		.refetch = *param(envp, "HTTP_X_REFETCH") != '\0',
	};
	if (!*path)
		path = "/";
	result = check_path(path, err_r);
	if (!result) {
		r->path = path;
		result = read_query(r, err_r);
	}
	if (!result && r->method == METHOD_POST)
		result = read_form(envp, body, ctx, arena, r, err_r);
	return result;
}

void request_release(struct request *request)
{
	query_release(&request->query);
	query_release(&request->form);
}

static bool is_value_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static int copy_value(const char *value, size_t len, char value_r[COOKIE_VALUE_BYTES])
{
	if (len >= COOKIE_VALUE_BYTES)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (!is_value_char(value[i]))
			return -EINVAL;
	}
	memcpy(value_r, value, len);
	value_r[len] = '\0';
	return 0;
}

int cookie_get(const char *text, const char *name, char value_r[COOKIE_VALUE_BYTES])
{
	size_t name_len = strlen(name);

	while (*text) {
		size_t len;

		text += strspn(text, "; \t");
		len = strcspn(text, ";");
		if (len > name_len && !strncmp(text, name, name_len) && text[name_len] == '=') {
			const char *value = text + name_len + 1;
			size_t value_len = len - name_len - 1;

			while (value_len && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t'))
				value_len--;
			return copy_value(value, value_len, value_r);
		}
		text += len;
	}
	return -ENOENT;
}
