/* page: the frame of every HTML page (navigation, flash, banner) and its end. */
#ifndef DOCKMON_FCGI_PAGE_H
#define DOCKMON_FCGI_PAGE_H

#include <ClearSilver.h>
#include <stdbool.h>

#include "fcgi/call.h"
#include "fcgi/render.h"

/* The common part of templates/HDF.md. nav: key or NULL. topic: of its stream ("host:3"), NULL for a
 * page that is not live. What the store fails to give is left out. Owned: give it to page_end. */
HDF *page_begin(struct call *call, const char *title, const char *nav, const char *topic);

/* Renders into the response and frees hdf. -EFBIG, -EINVAL with a text in call->err: no page. */
int page_end(struct call *call, HDF **hdf, enum template_id id);
/* Frees without a page: for a handler that fails half-way. */
void page_drop(HDF **hdf);

/* The error page of that status; `text` may be NULL or "". Never fails: where the template does, a
 * plain text stands in. csrf: the 403 is about a form's token or origin. */
void page_error(struct call *call, int status, const char *text, bool csrf);

/* Places where engines are looked for and what is there, for the empty state: NoHosts, NoHostsTried. */
void page_no_hosts(struct call *call, HDF *hdf);

#endif
