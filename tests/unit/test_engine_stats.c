/* Counters and what two readings say. */
#include "tests/unit/engine_data.h"

#include <errno.h>
#include <math.h>

#include "lib/base/die.h"
#include "lib/engine/stats.h"

#define SECOND 1000000000LL

static void docker_cgroup_v1(void **state)
{
	AUTO_JSON *reply = engine_data("docker20-stats.json");
	struct stats_counters c;

	(void)state;
	CHECK_OK(stats_read(reply, 1, &c, NULL));
	assert_int_equal(c.at_ns, 1795508206339681334);
	assert_int_equal(c.cpu_ns, 520871459);
	assert_int_equal(c.system_ns, 3602350000000);
	assert_int_equal(c.cpus, 2);
	assert_int_equal(c.memory_bytes, 84983808);
	assert_int_equal(c.memory_limit, 209715200);
	assert_int_equal(c.rx_bytes, -1); /* --network none */
	assert_int_equal(c.read_bytes, 0);
	assert_int_equal(c.pids, 3);
}

static void podman(void **state)
{
	AUTO_JSON *reply = engine_data("podman4-stats.json");
	struct stats_counters c;

	(void)state;
	CHECK_OK(stats_read(reply, 1, &c, NULL));
	assert_int_equal(c.pids, 1);
	assert_int_equal(c.cpus, 2);
	assert_int_equal(c.rx_bytes, 0);
	assert_int_equal(c.memory_limit, 25276502016);
}

static void read_text(const char *text, int result, struct stats_counters *c_r)
{
	AUTO_JSON *object = NULL;

	CHECK_OK(json_parse(text, strlen(text), &object, NULL));
	assert_int_equal(stats_read(object, 77, c_r, NULL), result);
}

static void docker_cgroup_v2(void **state)
{
	struct stats_counters c;

	(void)state;
	read_text("{\"read\":\"2026-11-24T08:16:46Z\",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":100,"
	          "\"percpu_usage\":[1,2,3]},\"system_cpu_usage\":900},\"memory_stats\":{\"usage\":1000,"
	          "\"limit\":5000,"
	          "\"stats\":{\"inactive_file\":300,\"file\":500}},\"pids_stats\":{\"current\":4,\"limit\":9}"
	          ",\"networks\":{"
	          "\"eth0\":{\"rx_bytes\":10,\"tx_bytes\":20},\"eth1\":{\"rx_bytes\":1,\"tx_bytes\":2},"
	          "\"lo\":{\"rx_bytes\":9}},"
	          "\"blkio_stats\":{\"io_service_bytes_recursive\":[{\"op\":\"read\",\"value\":7},{\"op\":"
	          "\"write\",\"value\":8},"
	          "{\"op\":\"read\",\"value\":1}]}}",
	    0, &c);
	assert_int_equal(c.memory_bytes, 700);
	assert_int_equal(c.cpus, 3);
	assert_int_equal(c.rx_bytes, 11);
	assert_int_equal(c.tx_bytes, 22);
	assert_int_equal(c.read_bytes, 8);
	assert_int_equal(c.write_bytes, 8);
}

static void what_does_not_run(void **state)
{
	struct stats_counters c;

	(void)state;
	read_text("{\"read\":\"0001-01-01T00:00:00Z\",\"cpu_stats\":{\"cpu_usage\":{\"total_usage\":0}},"
	          "\"memory_stats\":{}}",
	    -ENODATA, &c);
	read_text("{}", -ENODATA, &c);
	read_text("[]", -ENODATA, &c);
	read_text("{\"memory_stats\":{\"usage\":5}}", 0, &c);
	assert_int_equal(c.at_ns, 77); /* no time said */
	assert_int_equal(c.memory_bytes, 5);
	assert_int_equal(c.cpu_ns, -1);
}

static void cache_that_can_go_is_no_memory(void **state)
{
	(void)state;
	assert_int_equal(stats_memory(1000, 300), 700);
	assert_int_equal(stats_memory(1000, -1), 1000);
	assert_int_equal(stats_memory(1000, 1000), 1000); /* as docker: only where it is less */
	assert_int_equal(stats_memory(1000, 2000), 1000);
	assert_int_equal(stats_memory(0, 0), 0);
}

static struct stats_counters at(int64_t s, int64_t cpu_ns, int64_t system_ns, int64_t bytes)
{
	return (struct stats_counters){ .at_ns = s * SECOND,
		.cpu_ns = cpu_ns,
		.system_ns = system_ns,
		.cpus = 4,
		.rx_bytes = bytes,
		.tx_bytes = 2 * bytes,
		.read_bytes = bytes,
		.write_bytes = bytes };
}

static void same(double have, double want)
{
	if (fabs(have - want) > 1e-6)
		fail_msg("%g instead of %g", have, want);
}

static void rates_between_readings(void **state)
{
	struct stats_counters before = at(100, 0, 0, 1000), now = at(110, 5 * SECOND, 40 * SECOND, 3000);
	struct stats_rates rates;

	(void)state;
	stats_rates(&before, &now, &rates);
	same(rates.cpu_percent, 50); /* 5 s of 40 s, on 4 processors */
	same(rates.rx_rate, 200);
	same(rates.tx_rate, 400);
	before.system_ns = now.system_ns = -1; /* cgroup files: by the clock */
	stats_rates(&before, &now, &rates);
	same(rates.cpu_percent, 50);
}

static void nothing_spikes(void **state)
{
	const struct {
		struct stats_counters before, now;
		double cpu, rx;
	} table[] = {
		/* the first reading */
		{ { .at_ns = 0 }, at(5, SECOND, 8 * SECOND, 5), -1, -1 },
		/* counters back at zero after a restart */
		{ at(100, 9 * SECOND, 400 * SECOND, 9000), at(110, SECOND, 440 * SECOND, 10), -1, -1 },
		/* the same moment twice; time that goes back */
		{ at(100, 5, -1, 100), at(100, 50, -1, 200), -1, -1 },
		{ at(100, 5, -1, 100), at(90, 50, -1, 200), -1, -1 },
		/* unknown before, unknown now */
		{ at(100, -1, 0, -1), at(110, 5, 9, 100), -1, -1 },
		{ at(100, 5, 0, 100), at(110, -1, 9, -1), -1, -1 },
		/* idle */
		{ at(100, 5, SECOND, 100), at(110, 5, 41 * SECOND, 100), 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct stats_rates rates;

		stats_rates(&table[i].before, &table[i].now, &rates);
		same(rates.cpu_percent, table[i].cpu);
		same(rates.rx_rate, table[i].rx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(docker_cgroup_v1),
		cmocka_unit_test(podman),
		cmocka_unit_test(docker_cgroup_v2),
		cmocka_unit_test(what_does_not_run),
		cmocka_unit_test(cache_that_can_go_is_no_memory),
		cmocka_unit_test(rates_between_readings),
		cmocka_unit_test(nothing_spikes),
	};

	return cmocka_run_group_tests_name("engine stats", tests, NULL, NULL);
}
