/* The newest figures, stored in one transaction, then told to the hub. */
#include "collector/live/hub.h"
#include "collector/sample/private.h"
#include "lib/base/log.h"

static int put_host(struct sampler *sampler, struct sampled_host *h)
{
	int result = 0;

	for (struct sample *s = h->samples; s && !result; s = s->next) {
		if (s->dirty)
			result = container_now_put(sampler->store, &s->now);
	}
	if (!result && h->dirty)
		result = host_now_put(sampler->store, &h->now);
	return result;
}

static int put_all(struct sampler *sampler, struct err *err_r)
{
	int result = store_begin(sampler->store, err_r);

	if (result)
		return result;
	for (struct sampled_host *h = sampler->hosts; h && !result; h = h->next)
		result = put_host(sampler, h);
	if (!result)
		return store_commit(sampler->store, err_r);
	err_set(err_r, result, "%s", store_error(sampler->store));
	store_rollback(sampler->store);
	return result;
}

/* Pages that were made before a container's first figures have no place for them: they are made anew. */
static void tell_container(struct sampler *sampler, const struct sampled_host *h, struct sample *s)
{
	if (!s->dirty)
		return;
	hub_container_now(sampler->hub, &s->now);
	if (!s->shown && s->now.cpu_percent >= 0) {
		hub_change(sampler->hub, h->host_id, s->now.container_id);
		s->shown = true;
	}
	s->dirty = false;
}

static void tell(struct sampler *sampler, struct sampled_host *h)
{
	for (struct sample *s = h->samples; s; s = s->next)
		tell_container(sampler, h, s);
	if (h->dirty)
		hub_host_now(sampler->hub, &h->now);
	h->dirty = false;
}

/* A host whose figures are sums, when one of its containers has new ones. While answers of a step are
 * still to come its sparklines wait, at most until the next step. */
static bool is_to_sum(const struct sampled_host *h)
{
	if (!h->online || h->local)
		return false;
	if (!h->count)
		return h->sampler->step > h->step;
	for (const struct sample *s = h->samples; s; s = s->next) {
		if (s->dirty)
			return !h->asking || h->sampler->step > h->step + 1;
	}
	return false;
}

static bool is_dirty(const struct sampler *sampler)
{
	for (const struct sampled_host *h = sampler->hosts; h; h = h->next) {
		if (h->dirty)
			return true;
		for (const struct sample *s = h->samples; s; s = s->next) {
			if (s->dirty)
				return true;
		}
	}
	return false;
}

void sampler_flush(struct sampler *sampler)
{
	struct err err = ERR_INIT;

	for (struct sampled_host *h = sampler->hosts; h; h = h->next) {
		if (is_to_sum(h))
			sampled_host_sum(h);
	}
	if (!is_dirty(sampler))
		return;
	if (put_all(sampler, &err))
		log_error("cannot store the figures of this tick: %s", err.text);
	for (struct sampled_host *h = sampler->hosts; h; h = h->next)
		tell(sampler, h);
	hub_flush(sampler->hub);
}
