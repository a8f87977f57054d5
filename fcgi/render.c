#include "fcgi/render.h"

#include <ctype.h>
#include <errno.h>

#include "lib/base/die.h"
#include "lib/base/file.h"

#define TEMPLATE_BYTES_MAX (256 * 1024)
#define TEMPLATE_NAME_MAX 80

struct templates {
	char dir[512];
	HDF *config;                 /* owned: what the parser reads */
	CSPARSE *parsed[TEMPLATE_COUNT]; /* owned */
};

static const char *const names[TEMPLATE_COUNT] = {
	[TEMPLATE_DASHBOARD] = "dashboard",
	[TEMPLATE_HOSTS] = "hosts",
	[TEMPLATE_HOST] = "host",
	[TEMPLATE_CONTAINERS] = "containers",
	[TEMPLATE_CONTAINER] = "container",
	[TEMPLATE_EVENTS] = "events",
	[TEMPLATE_LIVE] = "live",
	[TEMPLATE_ABOUT] = "about",
	[TEMPLATE_PREFERENCES] = "preferences",
	[TEMPLATE_LOGINS] = "logins",
	[TEMPLATE_SETTINGS] = "settings",
	[TEMPLATE_LOGIN] = "login",
	[TEMPLATE_SETUP] = "setup",
	[TEMPLATE_ERROR] = "error",
};

const char *template_name(enum template_id id)
{
	return names[id];
}

static int neo_error(NEOERR *failure, struct err *err_r)
{
	STRING text;

	if (failure == STATUS_OK)
		return 0;
	string_init(&text);
	nerr_error_string(failure, &text);
	err_set(err_r, -EINVAL, "%s", text.buf ? text.buf : "unknown error");
	string_clear(&text);
	nerr_ignore(&failure);
	return -EINVAL;
}

void neo_check(NEOERR *failure)
{
	struct err err = ERR_INIT;

	if (neo_error(failure, &err))
		die("ClearSilver: %s", err.text);
}

/* "lib/head.cst": lower-case words below the directory, nothing else. */
static bool name_is_allowed(const char *name)
{
	size_t len = strlen(name);

	if (len < 5 || len > TEMPLATE_NAME_MAX || strcmp(name + len - 4, ".cst") || name[0] == '/')
		return false;
	for (size_t i = 0; i < len - 4; i++) {
		if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) && !strchr("/_-", name[i]))
			return false;
	}
	return true;
}

static NEOERR *load_file(void *ctx, HDF *hdf, const char *name, char **text_r)
{
	const struct templates *templates = ctx;
	AUTO_SB text = SB_INIT(TEMPLATE_BYTES_MAX);
	struct err err = ERR_INIT;
	char path[sizeof(templates->dir) + TEMPLATE_NAME_MAX + 2];

	(void)hdf;
	if (!name_is_allowed(name))
		return nerr_raise(NERR_NOT_FOUND, "the template %s is not allowed", name);
	snprintf(path, sizeof(path), "%s/%s", templates->dir, name);
	if (file_read(path, &text, &err))
		return nerr_raise(NERR_NOT_FOUND, "%s", err.text);
	*text_r = sb_take(&text);
	return *text_r ? STATUS_OK : nerr_raise(NERR_NOMEM, "template %s is too long", path);
}

static int parse_one(struct templates *templates, enum template_id id, struct err *err_r)
{
	CSPARSE *cs = NULL;
	char file[TEMPLATE_NAME_MAX];
	int result;

	snprintf(file, sizeof(file), "%s.cst", names[id]);
	neo_check(cs_init(&cs, templates->config));
	templates->parsed[id] = cs;
	neo_check(cgi_register_strfuncs(cs));
	cs_register_fileload(cs, templates, load_file);
	result = neo_error(cs_parse_file(cs, file), err_r);
	return result ? err_prefix(err_r, result, "template %s/%s", templates->dir, file) : 0;
}

int templates_open(const char *dir, struct templates **templates_r, struct err *err_r)
{
	struct templates *templates = xcalloc(1, sizeof(*templates));
	int result = 0;

	snprintf(templates->dir, sizeof(templates->dir), "%s", dir);
	neo_check(hdf_init(&templates->config));
	neo_check(hdf_set_value(templates->config, "Config.VarEscapeMode", "html"));
	for (int i = 0; !result && i < TEMPLATE_COUNT; i++)
		result = parse_one(templates, (enum template_id)i, err_r);
	if (result)
		templates_close(&templates);
	*templates_r = templates;
	return result;
}

void templates_close(struct templates **templates)
{
	struct templates *t = *templates;

	if (!t)
		return;
	for (int i = 0; i < TEMPLATE_COUNT; i++)
		cs_destroy(&t->parsed[i]);
	hdf_destroy(&t->config);
	free(t);
	*templates = NULL;
}

static NEOERR *take_text(void *ctx, char *text)
{
	struct sb *out = ctx;

	sb_add(out, text);
	return sb_failed(out) ? nerr_raise(NERR_OUTOFRANGE, "the page is larger than %zu bytes", out->cap) : STATUS_OK;
}

int templates_render(struct templates *templates, enum template_id id, HDF *hdf, struct sb *out, struct err *err_r)
{
	CSPARSE *cs = templates->parsed[id];
	HDF *parse_hdf = cs->hdf;
	int result;

	cs->hdf = hdf;
	result = neo_error(cs_render(cs, out, take_text), err_r);
	cs->hdf = parse_hdf;
	if (result)
		err_prefix(err_r, result, "template %s.cst", names[id]);
	return result && sb_failed(out) ? -EFBIG : result;
}
