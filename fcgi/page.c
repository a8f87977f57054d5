#include "fcgi/page.h"

#include <errno.h>
#include <unistd.h>

#include "fcgi/fill.h"
#include "fcgi/overview.h"
#include "fcgi/url.h"
#include "lib/base/fmt.h"
#include "lib/base/log.h"

static void fill_nav(HDF *hdf, const struct overview *o)
{
	HDF *nav = fill_node(hdf, "Nav");
	int64_t attention = o->total.attention + (int64_t)o->offline;
	bool failed = o->offline || o->total.attention > o->total.unhealthy + o->total.restarting;

	fill_count(nav, "Hosts", (int64_t)o->hosts.count);
	fill_count(nav, "Containers", o->total.total);
	if (!attention)
		return;
	fill_count(nav, "Attention", attention);
	fill_echo(nav, "AttentionClass", failed ? "err" : "warn");
}

static void fill_collector(struct call *call, HDF *hdf, const struct overview *o)
{
	char late[FMT_BYTES];
	const char *text =
	    "The collector has not run yet, so nothing is known of the containers. It is started by the "
	    "supervisor; if this stays, look at its log.";

	if (o->collector.alive)
		return;
	if (o->collector.known) {
		fmt_duration(o->collector.late_ms, late);
		text = arena_printf(&call->arena,
		    "The collector has not written for %s. Numbers and states below are the last "
		    "known ones. It restarts by itself; if this stays, look at its log.",
		    late);
	}
	fill_echo(fill_node(hdf, "Collector"), "Stale", text);
}

/* The message is stored as "kind text". A refetch shows only parts of the page, so it must not use it up. */
static void fill_flash(struct call *call, HDF *hdf)
{
	const char *flash = call->session.flash;
	const char *space = strchr(flash, ' ');
	HDF *node;

	if (!space || call->request.refetch)
		return;
	node = fill_node(hdf, "Flash");
	fill_echo(node, "Kind", arena_strndup(&call->arena, flash, (size_t)(space - flash)));
	fill_echo(node, "Text", space + 1);
	call->flash_shown = true;
}

static void fill_user(struct call *call, HDF *hdf)
{
	const struct overview *o;
	HDF *user = fill_node(hdf, "User");

	fill_text(user, "Csrf", call->csrf);
	if (!call->signed_in)
		return;
	fill_echo(user, "Name", call->user.name);
	fill_echo(user, "Role", call->user.role == ROLE_ADMINISTRATOR ? "administrator" : "read-only");
	fill_echo(user, "Theme", call->user.theme);
	fill_flag(user, "CanAdmin", call_may(call, CAP_LOGINS_VIEW));
	fill_flash(call, hdf);
	if (overview_get(call, &o)) {
		log_error("page frame: %s", call->err.text);
		return;
	}
	fill_nav(hdf, o);
	fill_collector(call, hdf, o);
}

HDF *page_begin(struct call *call, const char *title, const char *nav, const char *topic)
{
	HDF *hdf = NULL, *page;
	char now[32];

	neo_check(hdf_init(&hdf));
	fill_echo(hdf, "Base", call->web->settings.base_path);
	fill_echo(hdf, "Version", call->web->asset_version);
	page = fill_node(hdf, "Page");
	fill_echo(page, "Title", title);
	fill_text(page, "Nav", nav);
	text_local(call->now_ms, "%H:%M:%S %Z", now, sizeof(now));
	fill_time(page, "Now", call->now_ms, now);
	if (topic) {
		struct url url;

		url_begin(&url, call, "/stream");
		url_add(&url, "topic", topic);
		fill_echo(page, "Stream", url_end(&url, call));
		if (call->user.refresh_s > 0)
			fill_int(page, "Refresh", call->user.refresh_s);
	}
	fill_user(call, hdf);
	return hdf;
}

void page_drop(HDF **hdf)
{
	hdf_destroy(hdf);
}

int page_end(struct call *call, HDF **hdf, enum template_id id)
{
	int result = templates_render(call->web->templates, id, *hdf, &call->response.body, &call->err);

	hdf_destroy(hdf);
	return result;
}

void page_error(struct call *call, int status, const char *text, bool csrf)
{
	HDF *hdf, *error;

	sb_reset(&call->response.body);
	call->response.status = status;
	call->response.type = "text/html; charset=utf-8";
	hdf = page_begin(call, status_phrase(status), NULL, NULL);
	error = fill_node(hdf, "Error");
	fill_int(error, "Status", status);
	fill_text(error, "Text", text);
	fill_echo(error, "Path", call->request.path);
	fill_flag(error, "Csrf", csrf);
	if (!page_end(call, &hdf, TEMPLATE_ERROR))
		return;
	log_error("error page: %s", call->err.text);
	response_text(
	    &call->response, status, "The page could not be made. The log of dockmon-web says why.\n");
}

static void fill_tried(struct call *call, HDF *list, size_t index, const char *path)
{
	const char *what = access(path, F_OK) ? strerror(errno) : "is there, but no engine has answered yet";

	fill_echo(fill_item(list, index), "Text", arena_printf(&call->arena, "%s: %s", path, what));
}

void page_no_hosts(struct call *call, HDF *hdf)
{
	HDF *list = fill_node(hdf, "NoHostsTried");
	const char *configured = call->web->settings.docker_host, *runtime = getenv("XDG_RUNTIME_DIR");
	size_t index = 0;

	fill_echo(hdf, "NoHosts", "1");
	if (!strncmp(configured, "unix://", 7))
		fill_tried(call, list, index++, configured + 7);
	else if (*configured)
		fill_echo(fill_item(list, index++), "Text",
		    arena_printf(&call->arena, "%s: no answer yet", configured));
	fill_tried(call, list, index++, "/var/run/docker.sock");
	fill_tried(call, list, index++, "/run/podman/podman.sock");
	if (runtime && runtime[0] == '/')
		fill_tried(call, list, index++, arena_printf(&call->arena, "%s/podman/podman.sock", runtime));
}
