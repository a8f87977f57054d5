/* What administrators set: how long things are kept. Beside it, what the environment has set. */
#include <errno.h>
#include <inttypes.h>

#include "fcgi/fill.h"
#include "fcgi/page.h"
#include "fcgi/page/pages.h"
#include "lib/base/query.h"
#include "lib/store/event.h"
#include "lib/store/program.h"

static void fill_environment(struct call *call, HDF *hdf)
{
	HDF *list = fill_node(hdf, "Environment");

	for (size_t i = 0; i < settings_count; i++) {
		HDF *at = fill_item(list, i);
		char value[SETTING_TEXT_BYTES];

		settings_show(&call->web->settings, i, value);
		fill_echo(at, "Name", settings_table[i].name);
		fill_text(at, "Value", value);
		fill_echo(at, "Help", settings_table[i].help);
	}
}

static int show(struct call *call, int status, const char *days, const char *error)
{
	HDF *hdf = page_begin(call, "Settings", "settings", NULL);
	char events[40];

	call->response.status = status;
	text_count(event_count(call->web->store), events, sizeof(events));
	fill_field(fill_node(hdf, "Form"), "EventDays", days, error);
	fill_int(fill_node(hdf, "Form"), "EventDaysMax", EVENT_RETENTION_DAYS_MAX);
	fill_echo(hdf, "EventCount", events);
	fill_environment(call, hdf);
	return page_end(call, &hdf, TEMPLATE_SETTINGS);
}

int settings_page_show(struct call *call)
{
	char days[24];

	snprintf(days, sizeof(days), "%" PRId64, event_retention_days(call->web->store));
	return show(call, 200, days, NULL);
}

int settings_page_save(struct call *call)
{
	const char *days = query_get(&call->request.form, "event_days", "");
	int64_t number;
	int result;

	if (parse_int(days, 1, EVENT_RETENTION_DAYS_MAX, &number))
		return show(call, 422, days,
		    arena_printf(
		        &call->arena, "A whole number of days from 1 to %d.", EVENT_RETENTION_DAYS_MAX));
	result = setting_put(call->web->store, EVENT_RETENTION_SETTING, days);
	if (result)
		return err_set(&call->err, result, "The setting could not be stored: %s.",
		    store_error(call->web->store));
	call_flash(call, "ok", "Events are kept for %" PRId64 " days from now on.", number);
	call_redirect(call, "/settings");
	return 0;
}
