/* From counters to figures. */
#include "collector/sample/private.h"
#include "lib/base/clock.h"

#define STEPS_BACK_MAX 3 /* the clock was set back: go on from here */

void sparks_push(struct spark *const sparks[3], const double values[3], int64_t *last, int64_t step)
{
	int64_t gap;

	if (!*last || *last - step > STEPS_BACK_MAX)
		*last = step - 1;
	gap = step - *last - 1;
	if (gap < 0)
		return;
	for (int64_t i = 0; i < gap && i < SPARK_LEN; i++) {
		for (int s = 0; s < 3; s++)
			spark_push(sparks[s], SPARK_UNKNOWN);
	}
	for (int s = 0; s < 3; s++)
		spark_push(sparks[s], values[s]);
	*last = step;
}

static double plus(double a, double b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a + b;
}

static double limit_of(const struct sample *s, const struct stats_counters *counters)
{
	double most = s->host->memory_bytes > 0 ? (double)s->host->memory_bytes : -1;
	double limit = (double)counters->memory_limit;

	if (limit <= 0)
		return most;
	return most > 0 && limit > most ? most : limit;
}

/* A sparkline's value covers its whole step, not only the two seconds since the last look. */
static void push_step(struct sample *s, const struct stats_counters *counters, int64_t step)
{
	struct spark *const sparks[3] = { &s->now.cpu, &s->now.memory, &s->now.network };
	struct stats_rates rates;
	double values[3];

	stats_rates(s->before_step.at_ns ? &s->before_step : &s->before, counters, &rates);
	values[0] = rates.cpu_percent;
	values[1] = (double)counters->memory_bytes;
	values[2] = plus(rates.rx_rate, rates.tx_rate);
	sparks_push(sparks, values, &s->step, step);
	s->before_step = *counters;
}

void sample_take(struct sample *s, const struct stats_counters *counters, int64_t step)
{
	struct stats_rates rates;

	if (step > s->step)
		push_step(s, counters, step);
	stats_rates(&s->before, counters, &rates);
	s->now.at_ms = clock_wall_ms();
	s->now.cpu_percent = rates.cpu_percent;
	s->now.memory_bytes = (double)counters->memory_bytes;
	s->now.memory_limit = limit_of(s, counters);
	s->now.rx_rate = rates.rx_rate;
	s->now.tx_rate = rates.tx_rate;
	s->now.read_rate = rates.read_rate;
	s->now.write_rate = rates.write_rate;
	s->now.pids = (double)counters->pids;
	s->before = *counters;
	s->readings += s->readings < 2;
	s->dirty = true;
}

static void add_up(struct host_now *sum, const struct container_now *one)
{
	sum->cpu_percent = plus(sum->cpu_percent, one->cpu_percent);
	sum->memory_bytes = plus(sum->memory_bytes, one->memory_bytes);
	sum->rx_rate = plus(sum->rx_rate, one->rx_rate);
	sum->tx_rate = plus(sum->tx_rate, one->tx_rate);
}

void sampled_host_sum(struct sampled_host *h)
{
	struct spark *const sparks[3] = { &h->now.cpu, &h->now.memory, &h->now.network };
	struct host_now sum = h->now;
	double values[3];

	sum.cpu_percent = sum.memory_bytes = sum.rx_rate = sum.tx_rate = h->count ? -1 : 0;
	for (const struct sample *s = h->samples; s; s = s->next)
		add_up(&sum, &s->now);
	sum.summed = true;
	sum.at_ms = clock_wall_ms();
	sum.memory_total = h->memory_bytes > 0 ? (double)h->memory_bytes : -1;
	sum.cpu_percent = sum.cpu_percent >= 0 && h->cpus > 0 ? sum.cpu_percent / (double)h->cpus : -1;
	sum.load1 = sum.load5 = sum.load15 = sum.uptime_s = -1;
	sum.disks_json = sum.networks_json = "[]";
	h->now = sum;
	h->dirty = true;
	if (h->sampler->step <= h->step)
		return;
	values[0] = sum.cpu_percent;
	values[1] =
	    sum.memory_total > 0 && sum.memory_bytes >= 0 ? sum.memory_bytes / sum.memory_total * 100 : -1;
	values[2] = plus(sum.rx_rate, sum.tx_rate);
	sparks_push(sparks, values, &h->step, h->sampler->step);
}
