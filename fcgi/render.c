#include "fcgi/render.h"

#include <ctype.h>
#include <errno.h>

#include "lib/base/die.h"
#include "lib/base/file.h"

#define TEMPLATE_BYTES_MAX (256 * 1024)
#define TEMPLATE_NAME_MAX 80

/* All templates are parsed into one tree, each piece once: a page or an included file becomes a macro,
 * and an include of it a call. Thirteen trees with their own copies would take three times the memory. */
#define PIECES_MAX 64
#define MASTER "master.cst" /* made here: calls the page whose name is in Template */

struct templates {
	char dir[512];
	HDF *config;     /* owned: what the parser reads */
	CSPARSE *parsed; /* owned */
	size_t pieces;   /* included so far */
	char piece[PIECES_MAX][TEMPLATE_NAME_MAX + 1];
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
		if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) &&
		    !strchr("/_-", name[i]))
			return false;
	}
	return true;
}

static void make_master(struct sb *text)
{
	for (int i = 0; i < TEMPLATE_COUNT; i++)
		sb_addf(text, "<?cs include!\"%s.cst\" ?>", names[i]);
}

/* "lib/head.cst" is called piece_lib_head. */
static void macro_name(const char *name, char macro_r[TEMPLATE_NAME_MAX + 8])
{
	snprintf(macro_r, TEMPLATE_NAME_MAX + 8, "piece_%.*s", (int)strlen(name) - 4, name);
	for (char *p = macro_r; *p; p++) {
		if (!isalnum((unsigned char)*p))
			*p = '_';
	}
}

static bool is_page(const char *name)
{
	for (int i = 0; i < TEMPLATE_COUNT; i++) {
		if (!strncmp(name, names[i], strlen(names[i])) && !strcmp(name + strlen(names[i]), ".cst"))
			return true;
	}
	return false;
}

/* The macro at its first use; then how it is used: pages only when they are asked for. */
static NEOERR *load_piece(struct templates *templates, const char *name, struct sb *text)
{
	char path[sizeof(templates->dir) + TEMPLATE_NAME_MAX + 2], macro[TEMPLATE_NAME_MAX + 8];
	struct err err = ERR_INIT;
	size_t i = 0;

	macro_name(name, macro);
	while (i < templates->pieces && strcmp(templates->piece[i], name) != 0)
		i++;
	if (i == PIECES_MAX)
		return nerr_raise(NERR_OUTOFRANGE, "more than %d templates", PIECES_MAX);
	if (i == templates->pieces) {
		snprintf(templates->piece[templates->pieces++], TEMPLATE_NAME_MAX + 1, "%s", name);
		snprintf(path, sizeof(path), "%s/%s", templates->dir, name);
		sb_addf(text, "<?cs def:%s() ?>", macro);
		if (file_read(path, text, &err))
			return nerr_raise(NERR_NOT_FOUND, "%s", err.text);
		sb_add(text, "<?cs /def ?>");
	}
	if (is_page(name))
		sb_addf(text, "<?cs if:Template == \"%.*s\" ?><?cs call:%s() ?><?cs /if ?>",
		    (int)strlen(name) - 4, name, macro);
	else
		sb_addf(text, "<?cs call:%s() ?>", macro);
	return STATUS_OK;
}

static NEOERR *load_file(void *ctx, HDF *hdf, const char *name, char **text_r)
{
	AUTO_SB text = SB_INIT(TEMPLATE_BYTES_MAX);
	NEOERR *failure = STATUS_OK;

	(void)hdf;
	if (!name_is_allowed(name))
		return nerr_raise(NERR_NOT_FOUND, "the template %s is not allowed", name);
	if (!strcmp(name, MASTER))
		make_master(&text);
	else
		failure = load_piece(ctx, name, &text);
	if (failure != STATUS_OK)
		return nerr_pass(failure);
	*text_r = sb_take(&text);
	return *text_r ? STATUS_OK : nerr_raise(NERR_NOMEM, "template %s is too long", name);
}

int templates_open(const char *dir, struct templates **templates_r, struct err *err_r)
{
	struct templates *templates = xcalloc(1, sizeof(*templates));
	int result;

	snprintf(templates->dir, sizeof(templates->dir), "%s", dir);
	neo_check(hdf_init(&templates->config));
	neo_check(hdf_set_value(templates->config, "Config.VarEscapeMode", "html"));
	neo_check(cs_init(&templates->parsed, templates->config));
	neo_check(cgi_register_strfuncs(templates->parsed));
	cs_register_fileload(templates->parsed, templates, load_file);
	result = neo_error(cs_parse_file(templates->parsed, MASTER), err_r);
	if (result) {
		err_prefix(err_r, result, "templates in %s", dir);
		templates_close(&templates);
	}
	*templates_r = templates;
	return result;
}

void templates_close(struct templates **templates)
{
	struct templates *t = *templates;

	if (!t)
		return;
	cs_destroy(&t->parsed);
	hdf_destroy(&t->config);
	free(t);
	*templates = NULL;
}

static NEOERR *take_text(void *ctx, char *text)
{
	struct sb *out = ctx;

	sb_add(out, text);
	return sb_failed(out) ? nerr_raise(NERR_OUTOFRANGE, "the page is larger than %zu bytes", out->cap)
	                      : STATUS_OK;
}

int templates_render(
    struct templates *templates, enum template_id id, HDF *hdf, struct sb *out, struct err *err_r)
{
	CSPARSE *cs = templates->parsed;
	HDF *parse_hdf = cs->hdf;
	int result;

	neo_check(hdf_set_value(hdf, "Template", names[id]));
	cs->hdf = hdf;
	result = neo_error(cs_render(cs, out, take_text), err_r);
	cs->hdf = parse_hdf;
	if (result)
		err_prefix(err_r, result, "template %s.cst", names[id]);
	return result && sb_failed(out) ? -EFBIG : result;
}
