/* Figures from files: cgroup v1 and v2, /proc/net/dev, /proc of a machine. The trees are as recorded
 * from Docker 20.10 on cgroup v1 and as the kernel documents cgroup v2. */
#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "collector/sample/cgroup.h"
#include "collector/sample/machine.h"
#include "collector/sample/netdev.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/json.h"

#define ID "4a8136aea7cc20618fd661155c82ba9696dc42a2ad12c6fda0da787276aa5564"
#define SECOND 1000000000LL

static char dir[64];

static int make(void **state)
{
	(void)state;
	dir_make(dir);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	dir_remove(dir);
	return 0;
}

static void put(const char *name, const char *text)
{
	struct err err = ERR_INIT;
	char path[512], *slash;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	CHECK_OK(file_make_dir(path, 0700, &err));
	*slash = '/';
	if (access(path, F_OK)) {
		CHECK_OK(file_write(path, text, strlen(text), 0600, &err));
		return;
	}
	/* in place, as the kernel's files are: kept descriptors see it */
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static const char proc_v1[] = "9:name=systemd:/docker/" ID "\n8:pids:/docker/" ID "\n7:blkio:/docker/" ID
                              "\n4:memory:/docker/" ID "\n2:cpu,cpuacct:/docker/" ID "\n0::/docker/" ID "\n";

static const char net_dev[] = "Inter-|   Receive                                                |  Transmit\n"
                              " face |bytes    packets errs drop fifo frame compressed multicast|bytes    "
                              "packets errs drop fifo colls carrier compressed\n"
                              "    lo: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0\n"
                              "  eth0: 1660 20 0 0 0 0 0 0 700 6 0 0 0 0 0 0\n"
                              "  eth1:12345678901 3 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
                              "broken line\n"
                              "  half: 1 2 3\n";

static void put_v1(void)
{
	put("proc/77/cgroup", proc_v1);
	put("proc/77/net/dev", net_dev);
	put("sys/cpuacct/docker/" ID "/cpuacct.usage", "520871459\n");
	put("sys/memory/docker/" ID "/memory.usage_in_bytes", "1171456\n");
	put("sys/memory/docker/" ID "/memory.limit_in_bytes", "209715200\n");
	put("sys/memory/docker/" ID "/memory.stat",
	    "cache 839680\ninactive_file 1\ntotal_cache 839680\ntotal_inactive_file 671744\n");
	put("sys/pids/docker/" ID "/pids.current", "3\n");
	put("sys/blkio/docker/" ID "/blkio.throttle.io_service_bytes",
	    "254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 0\n254:0 Total 12288\n8:0 Read 1\n8:0 Write "
	    "2\nTotal 12291\n");
}

static struct cgroup_roots roots(void)
{
	static char proc[128], sys[128];

	snprintf(proc, sizeof(proc), "%s/proc", dir);
	snprintf(sys, sizeof(sys), "%s/sys", dir);
	return (struct cgroup_roots){ proc, sys };
}

static void cgroup_v1_is_read(void **state)
{
	struct cgroup_roots where = roots();
	struct stats_counters c;
	struct cgroup cgroup;

	(void)state;
	put_v1();
	CHECK_OK(cgroup_open(&where, 77, ID, true, &cgroup, NULL));
	assert_false(cgroup.v2);
	assert_int_equal(cgroup_descriptors(&cgroup), 6);
	CHECK_OK(cgroup_read(&cgroup, 5 * SECOND, &c));
	assert_int_equal(c.at_ns, 5 * SECOND);
	assert_int_equal(c.cpu_ns, 520871459);
	assert_int_equal(c.system_ns, -1);
	assert_int_equal(c.memory_bytes, 1171456 - 671744);
	assert_int_equal(c.memory_limit, 209715200);
	assert_int_equal(c.pids, 3);
	assert_int_equal(c.read_bytes, 4097);
	assert_int_equal(c.write_bytes, 8194);
	assert_int_equal(c.rx_bytes, 12345678901 + 1660);
	assert_int_equal(c.tx_bytes, 701);
	put("sys/cpuacct/docker/" ID "/cpuacct.usage", "900000000\n");
	CHECK_OK(cgroup_read(&cgroup, 6 * SECOND, &c));
	assert_int_equal(c.cpu_ns, 900000000);
	cgroup_close(&cgroup);
	assert_int_equal(cgroup_descriptors(&cgroup), 0);
	assert_int_equal(cgroup_read(&cgroup, 1, &c), -ENOENT);
}

static void host_network_is_not_the_containers(void **state)
{
	struct cgroup_roots where = roots();
	struct stats_counters c;
	struct cgroup cgroup;

	(void)state;
	put_v1();
	CHECK_OK(cgroup_open(&where, 77, ID, false, &cgroup, NULL));
	CHECK_OK(cgroup_read(&cgroup, 1, &c));
	assert_int_equal(c.rx_bytes, -1);
	cgroup_close(&cgroup);
}

#define SCOPE "system.slice/docker-" ID ".scope"

static void cgroup_v2_is_read(void **state)
{
	struct cgroup_roots where = roots();
	struct stats_counters c;
	struct cgroup cgroup;

	(void)state;
	/* systemd within the container: its first process is one level further down */
	put("proc/88/cgroup", "0::/" SCOPE "/init.scope\n");
	put("sys/" SCOPE "/cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n");
	put("sys/" SCOPE "/memory.current", "5000000\n");
	put("sys/" SCOPE "/memory.max", "max\n");
	put("sys/" SCOPE "/memory.stat",
	    "anon 3000000\nfile 2000000\ninactive_anon 0\ninactive_file 1500000\n");
	put("sys/" SCOPE "/pids.current", "12\n");
	put("sys/" SCOPE "/io.stat",
	    "8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n8:0 rbytes=1 "
	    "wbytes=2\n");
	CHECK_OK(cgroup_open(&where, 88, ID, true, &cgroup, NULL));
	assert_true(cgroup.v2);
	CHECK_OK(cgroup_read(&cgroup, 1, &c));
	assert_int_equal(c.cpu_ns, 1500000000);
	assert_int_equal(c.memory_bytes, 3500000);
	assert_int_equal(c.memory_limit, -1);
	assert_int_equal(c.pids, 12);
	assert_int_equal(c.read_bytes, 1459201);
	assert_int_equal(c.write_bytes, 314773506);
	assert_int_equal(c.rx_bytes, -1); /* no /proc/88/net/dev in this tree */
	put("sys/" SCOPE "/memory.max", "9000000\n");
	cgroup_close(&cgroup);
	CHECK_OK(cgroup_open(&where, 88, ID, true, &cgroup, NULL));
	assert_int_equal(cgroup.memory_limit, 9000000);
	cgroup_close(&cgroup);
}

static void strangers_are_not_read(void **state)
{
	static const char *const texts[] = {
		"",
		"0::/\n",
		"2:cpuacct:/docker/5a8136aea7cc20618fd661155c82ba9696dc42a2ad12c6fda0da787276aa5564\n",
		"0::/../" ID "\n",
		"nonsense",
		"2:cpuacct\n",
	};
	struct cgroup_roots where = roots();
	struct cgroup cgroup;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(cgroup_open(&where, 99, ID, true, &cgroup, &err), -ENOENT);
	assert_int_equal(cgroup_open(&where, 0, ID, true, &cgroup, &err), -ENOENT);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		put("proc/66/cgroup", texts[i]);
		assert_int_equal(cgroup_open(&where, 66, ID, true, &cgroup, &err), -ENOENT);
	}
}

static void controllers_are_found(void **state)
{
	char path[CGROUP_PATH_BYTES];

	(void)state;
	CHECK_OK(cgroup_find(proc_v1, "cpuacct", ID, path));
	assert_string_equal(path, "/docker/" ID);
	assert_int_equal(cgroup_find(proc_v1, "acct", ID, path), -ENOENT);
	assert_int_equal(cgroup_find(proc_v1, "cpuset", ID, path), -ENOENT);
	CHECK_OK(cgroup_find("0::/machine.slice/libpod-" ID ".scope/container\n", "", ID, path));
	assert_string_equal(path, "/machine.slice/libpod-" ID ".scope");
}

static void inner_interfaces_are_known(void **state)
{
	static const struct {
		const char *name;
		bool inner;
	} table[] = { { "lo", true }, { "veth04bea4c", true }, { "br-1d9ffae0adf1", true },
		{ "docker0", true }, { "eth0", false }, { "enp3s0", false }, { "bridge0", false },
		{ "bond0", false }, { "wg0", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		assert_int_equal(netdev_is_inner(table[i].name), table[i].inner);
}

static void mounts_are_chosen(void **state)
{
	static const struct {
		const char *line;
		bool shown;
		const char *mount, *device, *type;
	} table[] = {
		{ "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw", true, "/", "/dev/vda", "ext4" },
		{ "42 27 8:1 /data /mnt/my\\040disk rw shared:1 master:2 - xfs /dev/sdb1 rw", true,
		    "/mnt/my disk", "/dev/sdb1", "xfs" },
		{ "27 1 0:60 / / rw - overlay overlay rw", true, "/", "overlay", "overlay" },
		{ "46 42 0:39 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw", false, "", "",
		    "" },
		{ "22 27 0:21 / /proc rw - proc proc rw", false, "", "", "" },
		{ "23 27 0:21 / /run rw - tmpfs tmpfs rw", false, "", "", "" },
		{ "23 27 7:1 / /snap/core/1 ro - squashfs /dev/loop1 ro", false, "", "", "" },
		{ "24 27 0:50 / /mnt/nfs rw - nfs4 server:/x rw", false, "", "", "" },
		{ "", false, "", "", "" },
		{ "27 1 254:0 / /x", false, "", "", "" },
		{ "27 1 254:0 / /x rw -", false, "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct machine_mount mount;

		assert_int_equal(
		    machine_mount_parse(table[i].line, strlen(table[i].line), &mount), table[i].shown);
		if (!table[i].shown)
			continue;
		assert_string_equal(mount.mount, table[i].mount);
		assert_string_equal(mount.device, table[i].device);
		assert_string_equal(mount.type, table[i].type);
	}
}

static void put_machine(const char *cpu, const char *devices)
{
	put("proc/stat", cpu);
	put("proc/meminfo", "MemTotal:       16000 kB\nMemFree:  1000 kB\nMemAvailable:   6000 kB\n");
	put("proc/loadavg", "0.52 1.25 2.00 3/412 777\n");
	put("proc/uptime", "4363.02 8000.11\n");
	put("proc/net/dev", devices);
	put("proc/self/mountinfo",
	    "27 1 254:0 / / rw - ext4 /dev/root rw\n42 27 254:0 /a /tmp rw - ext4 /dev/root rw\n");
}

static void a_machine_is_read(void **state)
{
	struct machine machine;
	struct host_now now = { 0 };
	AUTO_JSON *disks = NULL, *networks = NULL;
	char proc[128];

	(void)state;
	snprintf(proc, sizeof(proc), "%s/proc", dir);
	machine_init(&machine, proc);
	put_machine("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1 1 1\n",
	    " eth0: 1000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n");
	machine_read(&machine, 10 * SECOND, &now);
	assert_true(now.cpu_percent < 0 && now.rx_rate < 0);
	assert_true(now.memory_bytes == 10000.0 * 1024 && now.memory_total == 16000.0 * 1024);
	assert_true(now.load1 == 0.52 && now.load5 == 1.25 && now.load15 == 2);
	assert_true(now.uptime_s == 4363.02);
	put_machine("cpu  130 0 120 840 10 0 0 0 0 0\n",
	    " eth0: 3000 1 0 0 0 0 0 0 1500 1 0 0 0 0 0 0\n veth1: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n"
	    " eth1: 7 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0\n ifb0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
	machine_read(&machine, 20 * SECOND, &now);
	assert_true(now.cpu_percent == 50); /* 50 of 100 jiffies busy; waiting for disks is idle */
	assert_true(now.rx_rate == 200 && now.tx_rate == 100);
	CHECK_OK(json_parse(now.networks_json, strlen(now.networks_json), &networks, NULL));
	assert_int_equal(json_count(networks), 2);
	assert_string_equal(json_str(json_object_array_get_idx(networks, 0), "name", ""), "eth0");
	CHECK_OK(json_parse(now.disks_json, strlen(now.disks_json), &disks, NULL));
	assert_int_equal(json_count(disks), 1); /* one device, however often it is mounted */
	assert_string_equal(json_str(json_object_array_get_idx(disks, 0), "mount", ""), "/");
	assert_true(json_num(json_object_array_get_idx(disks, 0), "total", 0) > 0);
	/* counters that went back: a replaced interface */
	put_machine("cpu  1 0 1 8 0 0 0 0 0 0\n", " eth0: 10 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n");
	machine_read(&machine, 30 * SECOND, &now);
	assert_true(now.cpu_percent < 0 && now.rx_rate < 0);
	machine_release(&machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cgroup_v1_is_read, make, drop),
		cmocka_unit_test_setup_teardown(host_network_is_not_the_containers, make, drop),
		cmocka_unit_test_setup_teardown(cgroup_v2_is_read, make, drop),
		cmocka_unit_test_setup_teardown(strangers_are_not_read, make, drop),
		cmocka_unit_test(controllers_are_found),
		cmocka_unit_test(inner_interfaces_are_known),
		cmocka_unit_test(mounts_are_chosen),
		cmocka_unit_test_setup_teardown(a_machine_is_read, make, drop),
	};

	return cmocka_run_group_tests_name("sample files", tests, NULL, NULL);
}
