/* The log of logins, for administrators. */
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/url.h"
#include "lib/base/die.h"

#define LOGINS_SHOWN 100
#define LOGINS_READ 5000 /* looked through for one page of a search */

static const struct result_words {
	const char *result, *option;
	struct state_words state;
} results[] = {
	{ "ok", "Signed in", { "run", "signed in", "", "" } },
	{ "refused", "Refused", { "err", "refused", "wrong name or password", "" } },
	{ "locked", "Locked", { "warn", "locked", "too many attempts", "" } },
	{ "signed out", "Signed out", { "off", "signed out", "", "" } },
};

static bool matches(const struct login *login, const char *text, const char *result)
{
	if (*result && strcmp(login->result, result) != 0)
		return false;
	return !*text || strcasestr(login->name, text) || strcasestr(login->address, text);
}

static void fill_login(struct call *call, HDF *at, const struct login *login)
{
	struct state_words state = { "unk", login->result, "", "" };

	for (size_t i = 0; i < ARRAY_LEN(results); i++) {
		if (!strcmp(results[i].result, login->result))
			state = results[i].state;
	}
	fill_int(at, "Id", login->id);
	fill_ago(at, "At", login->at_ms, call->now_ms);
	fill_echo(at, "User", login->name);
	fill_echo(at, "From", login->address);
	fill_state(at, "Result", &state);
}

static void begin_url(struct url *url, struct call *call)
{
	url_begin(url, call, "/logins");
	url_add(url, "q", query_get(&call->request.query, "q", ""));
	url_add(url, "result", query_get(&call->request.query, "result", ""));
}

static void fill_filters(struct call *call, HDF *hdf, const char *text, const char *result)
{
	HDF *at = fill_node(hdf, "Filters"), *select = fill_node(at, "Result");
	size_t index = 0;

	fill_echo(hdf, "Query", text);
	fill_option(select, &index, "", "All results", !*result);
	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		fill_option(
		    select, &index, results[i].result, results[i].option, !strcmp(results[i].result, result));
	if (*text || *result)
		fill_echo(at, "ClearUrl", url_path(call, "/logins"));
}

/* before: the id where an older page would go on; 0: there is none. */
static void fill_pager(struct call *call, HDF *hdf, int64_t before, bool first)
{
	HDF *at;
	struct url url;

	if (!before && first)
		return;
	at = fill_node(hdf, "Pager");
	if (!first) {
		begin_url(&url, call);
		fill_echo(at, "FirstUrl", url_end(&url, call));
	}
	if (before) {
		begin_url(&url, call);
		url_add_int(&url, "before", before);
		fill_echo(at, "NextUrl", url_end(&url, call));
	}
}

/* Fills up to LOGINS_SHOWN that match; where the next page goes on. */
static int64_t fill_matching(struct call *call, HDF *list, const struct login *logins, size_t count,
    const char *text, const char *result, size_t *shown_r)
{
	size_t shown = 0, i = 0;

	for (; i < count && shown < LOGINS_SHOWN; i++) {
		if (matches(&logins[i], text, result))
			fill_login(call, fill_item(list, shown++), &logins[i]);
	}
	*shown_r = shown;
	return i && (i < count || count == LOGINS_READ) ? logins[i - 1].id : 0;
}

int logins_show(struct call *call)
{
	const char *text = query_get(&call->request.query, "q", ""),
	           *result = query_get(&call->request.query, "result", "");
	int64_t before = query_int(&call->request.query, "before", 1, INT64_MAX, 0), next;
	struct login *logins = NULL;
	size_t count = 0, shown;
	int code = login_list(call->web->store, before, LOGINS_READ, &call->arena, &logins, &count);
	HDF *hdf;

	if (code)
		return code;
	hdf = page_begin(call, "Logins", "logins", NULL);
	fill_filters(call, hdf, text, result);
	next = fill_matching(call, fill_node(hdf, "Logins"), logins, count, text, result, &shown);
	fill_pager(call, hdf, next, !before);
	if (!shown)
		fill_echo(hdf, "Empty", *text || *result ? "nomatch" : "none");
	return page_end(call, &hdf, TEMPLATE_LOGINS);
}
