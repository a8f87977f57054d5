/* render: the templates, parsed once per worker, and the way from HDF to bytes. */
#ifndef DOCKMON_FCGI_RENDER_H
#define DOCKMON_FCGI_RENDER_H

#include <ClearSilver.h>

#include "lib/base/err.h"
#include "lib/base/sb.h"

enum template_id {
	TEMPLATE_DASHBOARD,
	TEMPLATE_HOSTS,
	TEMPLATE_HOST,
	TEMPLATE_CONTAINERS,
	TEMPLATE_CONTAINER,
	TEMPLATE_EVENTS,
	TEMPLATE_LIVE,
	TEMPLATE_ABOUT,
	TEMPLATE_PREFERENCES,
	TEMPLATE_LOGINS,
	TEMPLATE_SETTINGS,
	TEMPLATE_LOGIN,
	TEMPLATE_SETUP,
	TEMPLATE_ERROR,
	TEMPLATE_COUNT
};

struct templates;

/* Parses DIR/NAME.cst of every template, escaping set to HTML. Includes are read below DIR only.
 * -EINVAL with the parser's words, -ENOENT … */
int templates_open(const char *dir, struct templates **templates_r, struct err *err_r);
void templates_close(struct templates **templates);

/* "dashboard", the file's name without .cst. */
const char *template_name(enum template_id id);

/* Appends the page to `out`. -EFBIG: more than its cap. -EINVAL with the renderer's words. Then
 * what is in `out` is no page. Sets Template in hdf; the templates may set values there too. */
int templates_render(
    struct templates *templates, enum template_id id, HDF *hdf, struct sb *out, struct err *err_r);

/* Ends the process if a ClearSilver call failed (out of memory). */
void neo_check(NEOERR *failure);

#endif
