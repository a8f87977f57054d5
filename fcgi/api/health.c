#include "fcgi/api/api.h"
#include "fcgi/overview.h"
#include "lib/base/log.h"

int health_show(struct call *call)
{
	const struct overview *o = NULL;
	bool store_ok = !store_check(call->web->store) && !overview_get(call, &o);
	bool alive = store_ok && o->collector_alive;
	struct sb *body = &call->response.body;

	if (!store_ok)
		log_error("health: the store fails: %s", store_error(call->web->store));
	call->response.status = store_ok && alive ? 200 : 503;
	call->response.type = "application/json";
	sb_addf(body, "{\"status\":\"%s\",\"store\":\"%s\",\"collector\":{\"alive\":%s,\"late_ms\":", store_ok && alive ? "ok" : "failing",
	    store_ok ? "ok" : "failing", alive ? "true" : "false");
	if (store_ok && o->collector_known)
		sb_addf(body, "%lld}}\n", (long long)o->collector_late_ms);
	else
		sb_add(body, "null}}\n");
	return 0;
}
