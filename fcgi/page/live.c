/* The page around the streamed document of running containers. */
#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "fcgi/url.h"

int live_show(struct call *call)
{
	const char *sort = query_get(&call->request.query, "sort", "cpu");
	const struct overview *o;
	int result = overview_get(call, &o);
	HDF *hdf, *live;

	if (result)
		return result;
	sort = !strcmp(sort, "mem") ? "mem" : "cpu";
	hdf = page_begin(call, "Live", "live", NULL);
	live = fill_node(hdf, "Live");
	fill_echo(live, "Src", url_path(call, "/live/stream?sort=%s", sort));
	fill_echo(live, "CpuUrl", url_path(call, "/live"));
	fill_echo(live, "MemUrl", url_path(call, "/live?sort=mem"));
	fill_echo(live, "Sort", sort);
	if (!o->hosts.count)
		page_no_hosts(call, hdf);
	if (!o->total.total)
		fill_echo(hdf, "Empty", o->hosts.count ? "none" : "nohosts");
	return page_end(call, &hdf, TEMPLATE_LIVE);
}
