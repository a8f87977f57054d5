/* From counters to figures and sparklines; sums of a host. */
#include "tests/unit/check.h"

#include <math.h>

#include "collector/sample/private.h"
#include "lib/base/die.h"

#define SECOND 1000000000LL

static struct sampler sampler = { .step = 100 };

static struct sampled_host a_host(void)
{
	struct sampled_host h = { .sampler = &sampler, .online = true, .cpus = 4, .memory_bytes = 1000000 };

	spark_init(&h.now.cpu);
	spark_init(&h.now.memory);
	spark_init(&h.now.network);
	return h;
}

static void add_sample(struct sampled_host *h, struct sample *s)
{
	*s = (struct sample){ .host = h, .next = h->samples };
	spark_init(&s->now.cpu);
	spark_init(&s->now.memory);
	spark_init(&s->now.network);
	h->samples = s;
	h->count++;
}

static struct stats_counters reading(double s, double cpu_s, int64_t bytes)
{
	struct stats_counters c;

	stats_counters_init(&c);
	c.at_ns = (int64_t)(s * (double)SECOND);
	c.cpu_ns = (int64_t)(cpu_s * (double)SECOND);
	c.memory_bytes = 5000;
	c.rx_bytes = c.tx_bytes = bytes;
	c.pids = 2;
	return c;
}

static void same(double have, double want)
{
	if (fabs(have - want) > 1e-3)
		fail_msg("%g instead of %g", have, want);
}

static void figures_of_a_container(void **state)
{
	struct sampled_host h = a_host();
	struct stats_counters c = reading(10, 1, 1000);
	struct sample s;

	(void)state;
	add_sample(&h, &s);
	sample_take(&s, &c, 0);
	assert_true(s.dirty && s.readings == 1);
	same(s.now.cpu_percent, -1);
	same(s.now.memory_bytes, 5000);
	same(s.now.memory_limit, 1000000); /* none is set: the host's */
	same(s.now.pids, 2);
	c = reading(12, 2, 3000);
	c.memory_limit = 8000;
	sample_take(&s, &c, 0);
	same(s.now.cpu_percent, 50);
	same(s.now.rx_rate, 1000);
	same(s.now.memory_limit, 8000);
	same(s.now.read_rate, -1);
	c = reading(14, 2, 3000);
	c.memory_limit = 9223372036854771712; /* cgroup v1's "none" */
	sample_take(&s, &c, 0);
	same(s.now.memory_limit, 1000000);
}

/* Between two steps readings come every 2 s; the sparkline has the mean of the step. */
static void a_step_covers_its_readings(void **state)
{
	struct sampled_host h = a_host();
	struct stats_counters c;
	struct sample s;

	(void)state;
	add_sample(&h, &s);
	c = reading(10, 0, 0);
	sample_take(&s, &c, 7);
	for (int i = 1; i < 5; i++) {
		c = reading(10 + 2 * i, 0, 0);
		sample_take(&s, &c, 0);
	}
	c = reading(20, 2, 10000); /* all of it in the last two seconds */
	sample_take(&s, &c, 8);
	same(s.now.cpu_percent, 100);
	same(s.now.cpu.values[SPARK_LEN - 1], 20);
	same(s.now.network.values[SPARK_LEN - 1], 2000);
	same(s.now.memory.values[SPARK_LEN - 1], 5000);
	same(s.now.cpu.values[SPARK_LEN - 2], -1); /* the first reading has no rate */
	same(s.now.memory.values[SPARK_LEN - 2], 5000);
	assert_int_equal(s.step, 8);
}

static void steps_that_were_missed_are_gaps(void **state)
{
	struct spark cpu, memory, network, *const sparks[3] = { &cpu, &memory, &network };
	int64_t last = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		spark_init(sparks[i]);
	sparks_push(sparks, (double[]){ 1, 2, 3 }, &last, 50);
	sparks_push(sparks, (double[]){ 4, 5, 6 }, &last, 53);
	same(cpu.values[SPARK_LEN - 1], 4);
	same(cpu.values[SPARK_LEN - 2], SPARK_UNKNOWN);
	same(cpu.values[SPARK_LEN - 3], SPARK_UNKNOWN);
	same(network.values[SPARK_LEN - 4], 3);
	sparks_push(sparks, (double[]){ 7, 7, 7 }, &last, 53); /* the same step again */
	same(cpu.values[SPARK_LEN - 1], 4);
	sparks_push(sparks, (double[]){ 8, 8, 8 }, &last, 1000000); /* a suspended machine */
	same(cpu.values[SPARK_LEN - 1], 8);
	same(cpu.values[SPARK_LEN - 2], SPARK_UNKNOWN);
	sparks_push(sparks, (double[]){ 9, 9, 9 }, &last, 10); /* the clock was set back */
	same(cpu.values[SPARK_LEN - 1], 9);
	same(cpu.values[SPARK_LEN - 2], 8);
	assert_int_equal(last, 10);
}

static void a_host_is_the_sum(void **state)
{
	struct sampled_host h = a_host();
	struct sample one, two, three;

	(void)state;
	add_sample(&h, &one);
	add_sample(&h, &two);
	add_sample(&h, &three);
	one.now.cpu_percent = 120;
	one.now.memory_bytes = 200000;
	one.now.rx_rate = 10;
	one.now.tx_rate = 1;
	two.now.cpu_percent = 80;
	two.now.memory_bytes = 100000;
	two.now.rx_rate = two.now.tx_rate = -1;
	three.now.cpu_percent = three.now.memory_bytes = three.now.rx_rate = three.now.tx_rate =
	    -1; /* not read yet */
	sampled_host_sum(&h);
	assert_true(h.now.summed && h.dirty);
	same(h.now.cpu_percent, 50); /* of four processors */
	same(h.now.memory_bytes, 300000);
	same(h.now.memory_total, 1000000);
	same(h.now.rx_rate, 10);
	same(h.now.load1, -1);
	same(h.now.memory.values[SPARK_LEN - 1], 30);
	same(h.now.network.values[SPARK_LEN - 1], 11);
	h.samples = NULL;
	h.count = 0;
	sampled_host_sum(&h);
	same(h.now.cpu_percent, 0); /* nothing runs */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_of_a_container),
		cmocka_unit_test(a_step_covers_its_readings),
		cmocka_unit_test(steps_that_were_missed_are_gaps),
		cmocka_unit_test(a_host_is_the_sum),
	};

	return cmocka_run_group_tests_name("sample take", tests, NULL, NULL);
}
