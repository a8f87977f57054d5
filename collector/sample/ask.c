/* The stats API, for containers whose cgroups are not on this machine. */
#include <errno.h>

#include "collector/sample/private.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define STATS_MAX_BYTES (256 * 1024)
#define STATS_DEADLINE_MS 10000
#define COMPLAIN_EVERY_MS 60000

/* One line a minute and host says enough. */
static void complain(struct sample *s, const struct err *err)
{
	struct sampled_host *h = s->host;
	int64_t now_ms = clock_mono_ms();

	if (h->complained_ms && now_ms - h->complained_ms < COMPLAIN_EVERY_MS)
		return;
	h->complained_ms = now_ms;
	log_warning("no figures of container %.12s: %s", s->engine_id, err->text);
}

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
		complain(s, &why);
	if (!sampler->asking)
		sampler_flush(sampler);
}

void sample_ask(struct sample *s, int64_t step)
{
	struct sampled_host *h = s->host;
	char path[160];
	struct fetch_request request = {
		.path = path,
		.kind = FETCH_BACKGROUND,
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
