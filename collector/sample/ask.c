/* The stats API, for containers whose cgroups are not on this machine. */
#include <errno.h>

#include "collector/sample/private.h"
#include "lib/base/log.h"

#define STATS_MAX_BYTES (256 * 1024)
#define STATS_DEADLINE_MS 10000

static void on_stats(int result, const struct fetch_reply *reply, const struct err *err, void *arg)
{
	struct sample *s = arg;
	struct sampler *sampler = s->host->sampler;
	struct stats_counters counters;
	struct err why = *err;
	AUTO_JSON *object = NULL;

	s->asking = NULL;
	s->host->asking--;
	sampler->asking--;
	if (!result)
		result = fetch_json(reply, &object, &why);
	if (!result)
		result = stats_read(object, (int64_t)uv_hrtime(), &counters, &why);
	if (!result)
		sample_take(s, &counters, s->asked_step);
	else if (result != -ENOENT && result != -ENODATA)
		log_debug("no figures of container %.12s: %s", s->engine_id, why.text);
	if (!sampler->asking)
		sampler_flush(sampler);
}

void sample_ask(struct sample *s, int64_t step)
{
	struct sampled_host *h = s->host;
	char path[160];
	struct fetch_request request = {
		.path = path,
		.class = FETCH_BACKGROUND,
		.deadline_ms = STATS_DEADLINE_MS,
		.max_bytes = STATS_MAX_BYTES,
		.done = on_stats,
		.arg = s,
	};

	if (s->asking)
		return; /* still waiting: the engine is slower than the tick */
	snprintf(path, sizeof(path), "/v%s/containers/%s/stats?stream=0%s", h->api, s->engine_id,
	    h->one_shot ? "&one-shot=1" : "");
	s->asked_step = step;
	if (fetch_start(h->lane, &request, &s->asking))
		return;
	h->asking++;
	h->sampler->asking++;
}
