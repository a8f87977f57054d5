/* Recorded answers of Docker 20.10 and Podman 4.3: version, info, list, inspect; ports. */
#include "tests/unit/engine_data.h"

#include <errno.h>

#include "lib/base/die.h"
#include "lib/engine/info.h"
#include "lib/engine/inspect.h"
#include "lib/engine/ports.h"
#include "lib/engine/summary.h"

static void engines_say_who_they_are(void **state)
{
	AUTO_JSON *docker = engine_data("docker20-version.json"),
	          *podman = engine_data("podman4-version.json");
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_version version;

	(void)state;
	engine_version_read(docker, &arena, &version);
	assert_string_equal(version.product, "Docker");
	assert_string_equal(version.version, "20.10.24+dfsg1");
	assert_string_equal(version.api_newest, "1.41");
	assert_string_equal(version.api_oldest, "1.12");
	engine_version_read(podman, &arena, &version);
	assert_string_equal(version.product, "Podman");
	assert_string_equal(version.version, "4.3.1");
	assert_string_equal(version.api_oldest, "1.24");
	engine_version_read(NULL, &arena, &version);
	assert_string_equal(version.api_newest, "");
}

static void engines_say_where_they_run(void **state)
{
	AUTO_JSON *docker = engine_data("docker20-info.json"), *podman = engine_data("podman4-info.json");
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_info info;

	(void)state;
	engine_info_read(docker, false, &arena, &info);
	assert_string_equal(info.id, "MOUE:3M5V:QFET:G5SP:PSLM:FGWL:MYJD:7RFY:AIIY:CESX:F5ZQ:HTPS");
	assert_string_equal(info.hostname, "rack1");
	assert_string_equal(info.kernel, "6.1.0-18-amd64");
	assert_string_equal(info.storage_driver, "overlay2");
	assert_string_equal(info.cgroup_version, "1");
	assert_int_equal(info.cpus, 2);
	assert_int_equal(info.memory_bytes, 25276502016);
	assert_true(info.clock_ns > 1795506900000000000);
	engine_info_read(podman, true, &arena, &info);
	assert_string_equal(info.id, "");
	assert_string_equal(info.storage_driver, "vfs");
	assert_int_equal(info.clock_ns, 1795508207915255952);
	engine_info_read(NULL, false, &arena, &info);
	assert_string_equal(info.cgroup_version, "1");
	assert_int_equal(info.cpus, 0);
}

static void read_summary(
    const char *file, size_t index, struct arena *arena, struct engine_summary *summary_r)
{
	AUTO_JSON *list = engine_data(file);
	struct err err = ERR_INIT;

	if (engine_summary_read(json_object_array_get_idx(list, index), arena, summary_r, &err))
		fail_msg("%s", err.text);
}

static void lists_are_read(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_summary s;

	(void)state;
	read_summary("docker20-list.json", 0, &arena, &s);
	assert_string_equal(s.name, "fresh");
	assert_string_equal(s.state, "created");
	assert_int_equal(s.age_max_s, -1);
	read_summary("docker20-list.json", 1, &arena, &s);
	assert_string_equal(s.id, "2e7c94df3bdba6770fd6179f105cbb5c82e2a48fd58b423f37b6381f2b113d54");
	assert_string_equal(s.state, "exited");
	assert_int_equal(s.exit_code, 3);
	assert_int_equal(s.age_max_s, 5);
	read_summary("docker20-list.json", 3, &arena, &s);
	assert_string_equal(s.name, "shop-web-1");
	assert_string_equal(s.health, "unhealthy");
	assert_int_equal(s.age_max_s, 5);
	read_summary("podman4-list.json", 0, &arena, &s);
	assert_string_equal(s.name, "pod2");
	assert_string_equal(s.state, "created");
	assert_string_equal(s.health, "none");
}

#define ENTRY(more) "{\"Id\":\"2e7c94df3bdba6770fd6179f105cbb5c82e2a48fd58b423f37b6381f2b113d54\"," more "}"

static uint64_t looks_of(const char *text)
{
	AUTO_ARENA arena = ARENA_INIT;
	AUTO_JSON *object = NULL;
	struct engine_summary s;

	CHECK_OK(json_parse(text, strlen(text), &object, NULL));
	CHECK_OK(engine_summary_read(object, &arena, &s, NULL));
	return s.looks;
}

static void looks_tell_changes_and_no_others(void **state)
{
	(void)state;
	/* ages and the order of arrays are no change */
	assert_true(looks_of(ENTRY("\"Names\":[\"/a\",\"/b/a\"],\"Status\":\"Up 2 hours\"")) ==
	    looks_of(ENTRY("\"Names\":[\"/b/a\",\"/a\"],\"Status\":\"Up 3 hours\"")));
	assert_true(looks_of(ENTRY("\"Names\":[\"/a\"]")) != looks_of(ENTRY("\"Names\":[\"/b\"]")));
	assert_true(looks_of(ENTRY("\"Image\":\"x\"")) != looks_of(ENTRY("\"Image\":\"y\"")));
	assert_true(
	    looks_of(ENTRY("\"Labels\":{\"k\":\"1\"}")) != looks_of(ENTRY("\"Labels\":{\"k\":\"2\"}")));
}

static void list_elements_need_an_id(void **state)
{
	static const char *const bad[] = { "{}", "[]", "3", "{\"Id\":7}", "{\"Id\":\"12ab\"}",
		"{\"Names\":[\"/a\"]}" };
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_JSON *object = NULL;
		struct engine_summary s;

		CHECK_OK(json_parse(bad[i], strlen(bad[i]), &object, NULL));
		assert_int_equal(engine_summary_read(object, &arena, &s, NULL), -EINVAL);
	}
}

static void read_container(const char *file, struct arena *arena, struct engine_container *c_r)
{
	AUTO_JSON *object = engine_data(file);
	struct err err = ERR_INIT;

	if (engine_container_read(object, arena, c_r, &err))
		fail_msg("%s", err.text);
}

static void every_field_of_docker(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_container c;

	(void)state;
	read_container("docker20-inspect.json", &arena, &c);
	assert_string_equal(c.name, "shop-web-1");
	assert_string_equal(c.image, "busybox:test");
	assert_string_equal(
	    c.image_id, "sha256:6d753460e8a60164fc927e17f306d3b81bb8377e9b8df51e0fd9b2b362e07885");
	assert_string_equal(c.command, "sh -c 'trap \"exit 0\" TERM; while :; do sleep 0.1; done'");
	assert_string_equal(c.state, "running");
	assert_string_equal(c.health, "unhealthy");
	assert_string_equal(c.health_note, "probing");
	assert_int_equal(c.created_ns, 1795508201437913483);
	assert_int_equal(c.started_ns, 1795508201699647416);
	assert_int_equal(c.finished_ns, 0);
	assert_string_equal(c.restart_policy, "on-failure");
	assert_int_equal(c.restart_max, 5);
	assert_int_equal(c.pid, 14995);
	assert_string_equal(c.network_mode, "shop_default");
	assert_string_equal(c.ports, "127.0.0.1:18053→53/udp, 18080→80, 9000");
	assert_string_equal(c.addresses, "10.155.7.2");
	assert_string_equal(c.compose_project, "shop");
	assert_string_equal(c.compose_service, "web");
	assert_int_equal(c.compose_number, 1);
}

static void parts_are_kept_as_json(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_container c;

	(void)state;
	read_container("docker20-inspect.json", &arena, &c);
	assert_string_equal(c.ports_json,
	    "[{\"ip\":\"127.0.0.1\",\"public\":18053,\"private\":53,\"protocol\":\"udp\"},"
	    "{\"ip\":\"0.0.0.0\",\"public\":18080,\"private\":80,\"protocol\":\"tcp\"},"
	    "{\"ip\":\"::\",\"public\":18080,\"private\":80,\"protocol\":\"tcp\"},"
	    "{\"ip\":\"\",\"public\":0,\"private\":9000,\"protocol\":\"tcp\"}]");
	assert_string_equal(c.mounts_json,
	    "[{\"type\":\"volume\",\"source\":\"shop-data\",\"destination\":\"/"
	    "data\",\"mode\":\"z\",\"rw\":true},"
	    "{\"type\":\"bind\",\"source\":\"/usr/share\",\"destination\":\"/mnt/"
	    "share\",\"mode\":\"ro\",\"rw\":false},"
	    "{\"type\":\"tmpfs\",\"source\":\"\",\"destination\":\"/scratch\",\"mode\":\"\",\"rw\":true}]");
	assert_string_equal(c.networks_json,
	    "[{\"name\":\"shop_default\",\"ip\":\"10.155.7.2\",\"ip6\":\"\","
	    "\"gateway\":\"10.155.7.1\",\"mac\":\"02:42:0a:9b:07:02\",\"aliases\":[\"392dc41ff4eb\"]}]");
	assert_non_null(strstr(c.labels_json, "\"com.docker.compose.project\":\"shop\""));
}

static void ends_are_read(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_container c;

	(void)state;
	read_container("docker20-inspect-exited.json", &arena, &c);
	assert_string_equal(c.state, "exited");
	assert_int_equal(c.exit_code, 3);
	/* as recorded: the runtime saw the end before the engine noted the start */
	assert_int_equal(c.started_ns, 1795508202116364908);
	assert_int_equal(c.finished_ns, 1795508202115642408);
	assert_string_equal(c.health, "none");
	assert_string_equal(c.restart_policy, "no");
	read_container("docker20-inspect-created.json", &arena, &c);
	assert_string_equal(c.state, "created");
	assert_int_equal(c.started_ns, 0);
	assert_string_equal(c.ports, "");
	assert_string_equal(c.addresses, "");
}

static void podman_is_read_alike(void **state)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_container c;

	(void)state;
	read_container("podman4-inspect.json", &arena, &c);
	assert_string_equal(c.name, "pod1");
	assert_string_equal(c.image, "localhost/busybox:test");
	assert_string_equal(c.health, "none");
	assert_string_equal(c.restart_policy, "no");
	assert_string_equal(c.network_mode, "host");
	assert_string_equal(c.command, "sleep 1000");
	assert_string_equal(engine_state_word("configured", &arena), "created");
	assert_string_equal(engine_state_word("stopped", &arena), "exited");
	assert_string_equal(engine_state_word("frobnicating", &arena), "frobnicating");
}

static void inspects_need_id_and_name(void **state)
{
	static const char *const bad[] = { "{}", "[]", ENTRY("\"Name\":\"/\""), ENTRY("\"Name\":5"),
		"{\"Name\":\"/a\"}" };
	AUTO_ARENA arena = ARENA_INIT;
	AUTO_JSON *bare = NULL;
	struct engine_container c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_JSON *object = NULL;

		CHECK_OK(json_parse(bad[i], strlen(bad[i]), &object, NULL));
		assert_int_equal(engine_container_read(object, &arena, &c, NULL), -EINVAL);
	}
	CHECK_OK(json_parse(ENTRY("\"Name\":\"/a\""), strlen(ENTRY("\"Name\":\"/a\"")), &bare, NULL));
	CHECK_OK(engine_container_read(bare, &arena, &c, NULL));
	assert_string_equal(c.labels_json, "{}");
	assert_string_equal(c.mounts_json, "[]");
	assert_string_equal(c.state, "");
}

static void ports_read_well(void **state)
{
	static const struct {
		const char *ports, *want;
	} table[] = {
		{ "{}", "" },
		{ "null", "" },
		{ "{\"80/"
		  "tcp\":[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"8080\"},{\"HostIp\":\"::\",\"HostPort\":"
		  "\"8080\"}]}",
		    "8080→80" },
		{ "{\"80/"
		  "tcp\":[{\"HostIp\":\"::\",\"HostPort\":\"8081\"},{\"HostIp\":\"0.0.0.0\",\"HostPort\":"
		  "\"8080\"}]}",
		    "8080→80, 8081→80" },
		{ "{\"53/udp\":[{\"HostIp\":\"::1\",\"HostPort\":\"53\"}]}", "[::1]:53→53/udp" },
		{ "{\"9000/tcp\":null,\"80/tcp\":[]}", "80, 9000" },
		{ "{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"0\"}],\"x\":null,\"70000/tcp\":null}", "80" },
	};
	AUTO_ARENA arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct json_object *object = json_tokener_parse(table[i].ports);
		struct engine_ports ports;

		engine_ports_read(object, NULL, &arena, &ports);
		assert_string_equal(engine_ports_text(&ports, &arena), table[i].want);
		json_object_put(object);
	}
}

static void long_port_lists_are_cut(void **state)
{
	struct json_object *object = json_object_new_object();
	AUTO_ARENA arena = ARENA_INIT;
	struct engine_ports ports;
	const char *text;

	(void)state;
	for (int i = 1; i <= 3000; i++)
		json_object_object_add(object, arena_printf(&arena, "%d/tcp", i), NULL);
	engine_ports_read(object, NULL, &arena, &ports);
	assert_int_equal(ports.count, PORTS_MAX);
	text = engine_ports_text(&ports, &arena);
	assert_true(strlen(text) < 410);
	assert_string_equal(text + strlen(text) - strlen(", …"), ", …");
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engines_say_who_they_are),
		cmocka_unit_test(engines_say_where_they_run),
		cmocka_unit_test(lists_are_read),
		cmocka_unit_test(looks_tell_changes_and_no_others),
		cmocka_unit_test(list_elements_need_an_id),
		cmocka_unit_test(every_field_of_docker),
		cmocka_unit_test(parts_are_kept_as_json),
		cmocka_unit_test(ends_are_read),
		cmocka_unit_test(podman_is_read_alike),
		cmocka_unit_test(inspects_need_id_and_name),
		cmocka_unit_test(ports_read_well),
		cmocka_unit_test(long_port_lists_are_cut),
	};

	return cmocka_run_group_tests_name("engine inspect", tests, NULL, NULL);
}
