#include "fcgi/api/api.h"
#include "fcgi/overview.h"
#include "lib/base/log.h"

int health_show(struct call *call)
{
	struct pulse pulse = { 0 };
	bool store_ok = !store_check(call->web->store) && !overview_pulse(call, &pulse);
	bool well = store_ok && pulse.alive;
	struct sb *body = &call->response.body;

	if (!store_ok)
		log_error("health: the store fails: %s", store_error(call->web->store));
	call->response.status = well ? 200 : 503;
	call->response.type = "application/json";
	sb_addf(body, "{\"status\":\"%s\",\"store\":\"%s\",\"collector\":{\"alive\":%s,\"late_ms\":",
	    well ? "ok" : "failing", store_ok ? "ok" : "failing", pulse.alive ? "true" : "false");
	if (pulse.known)
		sb_addf(body, "%lld}}\n", (long long)pulse.late_ms);
	else
		sb_add(body, "null}}\n");
	return 0;
}
