#include "collector/sample/cgroup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "collector/sample/netdev.h"
#include "lib/base/file.h"
#include "lib/base/sb.h"

#define READ_BYTES (16 * 1024)
#define PROC_CGROUP_MAX_BYTES (64 * 1024)

const struct cgroup_roots cgroup_system = { "/proc", "/sys/fs/cgroup" };

struct file_place {
	const char *controller, *name;
};

static const struct file_place places_v1[CGROUP_FILE_COUNT] = {
	[CGROUP_CPU] = { "cpuacct", "cpuacct.usage" },
	[CGROUP_MEMORY] = { "memory", "memory.usage_in_bytes" },
	[CGROUP_MEMORY_STAT] = { "memory", "memory.stat" },
	[CGROUP_PIDS] = { "pids", "pids.current" },
	[CGROUP_IO] = { "blkio", "blkio.throttle.io_service_bytes_recursive" },
};

static const struct file_place places_v2[CGROUP_FILE_COUNT] = {
	[CGROUP_CPU] = { "", "cpu.stat" },
	[CGROUP_MEMORY] = { "", "memory.current" },
	[CGROUP_MEMORY_STAT] = { "", "memory.stat" },
	[CGROUP_PIDS] = { "", "pids.current" },
	[CGROUP_IO] = { "", "io.stat" },
};

/* "cpu,cpuacct" holds "cpuacct"; "" holds only "". */
static bool list_holds(const char *list, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	if (!word_len)
		return !len;
	while (len) {
		const char *comma = memchr(list, ',', len);
		size_t part = comma ? (size_t)(comma - list) : len;

		if (part == word_len && !strncmp(list, word, part))
			return true;
		part += comma != NULL;
		list += part;
		len -= part;
	}
	return false;
}

/* "/system.slice/docker-ID.scope/init.scope" ends after the part with the id. */
static int cut_path(const char *path, size_t len, const char *engine_id, char path_r[CGROUP_PATH_BYTES])
{
	const char *id = memmem(path, len, engine_id, strlen(engine_id));
	const char *end;

	if (!id || memmem(path, len, "..", 2))
		return -ENOENT;
	end = memchr(id, '/', len - (size_t)(id - path));
	len = end ? (size_t)(end - path) : len;
	if (len >= CGROUP_PATH_BYTES)
		return -ENOENT;
	memcpy(path_r, path, len);
	path_r[len] = '\0';
	return 0;
}

int cgroup_find(
    const char *text, const char *controller, const char *engine_id, char path_r[CGROUP_PATH_BYTES])
{
	while (*text) {
		size_t line = strcspn(text, "\n");
		const char *list = memchr(text, ':', line), *path;

		if (list) {
			list++;
			path = memchr(list, ':', line - (size_t)(list - text));
			if (path && list_holds(list, (size_t)(path - list), controller))
				return cut_path(
				    path + 1, line - (size_t)(path + 1 - text), engine_id, path_r);
		}
		text += line + (text[line] == '\n');
	}
	return -ENOENT;
}

static int open_file(
    const struct cgroup_roots *roots, const struct file_place *place, const char *name, const char *path)
{
	char full[2 * CGROUP_PATH_BYTES];

	if (snprintf(full, sizeof(full), "%s%s%s%s/%s", roots->sys, *place->controller ? "/" : "",
	        place->controller, path, name) >= (int)sizeof(full))
		return -1;
	return open(full, O_RDONLY | O_CLOEXEC);
}

static ssize_t read_at(int fd, char *buffer)
{
	ssize_t got = fd < 0 ? -1 : pread(fd, buffer, READ_BYTES - 1, 0);

	buffer[got > 0 ? got : 0] = '\0';
	return got;
}

static int64_t number_of(const char *text)
{
	char *end;
	int64_t value = strtoll(text, &end, 10);

	return end == text || value < 0 ? -1 : value;
}

/* The number after "name " at the beginning of a line. */
static int64_t member(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (!strncmp(text, name, len) && text[len] == ' ')
			return number_of(text + len + 1);
	}
	return -1;
}

/* v2: "max" = none; v1: a number beyond all memory. */
static int64_t read_limit(const struct cgroup_roots *roots, const struct cgroup *c, const char *path)
{
	static const struct file_place v1 = { "memory", NULL }, v2 = { "", NULL };
	AUTO_FD fd =
	    open_file(roots, c->v2 ? &v2 : &v1, c->v2 ? "memory.max" : "memory.limit_in_bytes", path);
	char text[READ_BYTES];

	return read_at(fd, text) > 0 ? number_of(text) : -1;
}

static int open_all(
    const struct cgroup_roots *roots, const char *text, const char *engine_id, struct cgroup *c)
{
	const struct file_place *places = c->v2 ? places_v2 : places_v1;
	char path[CGROUP_PATH_BYTES];

	for (int i = 0; i < CGROUP_NETWORK; i++) {
		if (cgroup_find(text, places[i].controller, engine_id, path))
			continue;
		c->fds[i] = open_file(roots, &places[i], places[i].name, path);
		if (c->fds[i] < 0 && i == CGROUP_IO && !c->v2) /* kernels before 4.20 */
			c->fds[i] = open_file(roots, &places[i], "blkio.throttle.io_service_bytes", path);
		if (c->fds[i] < 0 && (errno == EMFILE || errno == ENFILE))
			return -EMFILE;
		if (i == CGROUP_MEMORY && c->fds[i] >= 0)
			c->memory_limit = read_limit(roots, c, path);
	}
	return c->fds[CGROUP_CPU] < 0 ? -ENOENT : 0;
}

static int open_network(const struct cgroup_roots *roots, int64_t pid, struct cgroup *c)
{
	char path[CGROUP_PATH_BYTES];

	snprintf(path, sizeof(path), "%s/%lld/net/dev", roots->proc, (long long)pid);
	c->fds[CGROUP_NETWORK] = open(path, O_RDONLY | O_CLOEXEC);
	return c->fds[CGROUP_NETWORK] < 0 && (errno == EMFILE || errno == ENFILE) ? -EMFILE : 0;
}

int cgroup_open(const struct cgroup_roots *roots, int64_t pid, const char *engine_id, bool own_network,
    struct cgroup *cgroup_r, struct err *err_r)
{
	struct cgroup c = { .fds = { -1, -1, -1, -1, -1, -1 }, .memory_limit = -1 };
	AUTO_SB text = SB_INIT(PROC_CGROUP_MAX_BYTES);
	char path[CGROUP_PATH_BYTES];
	int result;

	if (pid <= 0)
		return err_set(err_r, -ENOENT, "the container has no process");
	snprintf(path, sizeof(path), "%s/%lld/cgroup", roots->proc, (long long)pid);
	result = file_read(path, &text, err_r);
	if (result)
		return result == -EMFILE || result == -ENFILE ? -EMFILE : -ENOENT;
	c.v2 = cgroup_find(text.data, "cpuacct", engine_id, path) != 0;
	result = open_all(roots, text.data, engine_id, &c);
	if (!result && own_network)
		result = open_network(roots, pid, &c);
	if (result) {
		cgroup_close(&c);
		return err_set(
		    err_r, result, "no cgroup files of container %.12s on this machine", engine_id);
	}
	*cgroup_r = c;
	return 0;
}

void cgroup_close(struct cgroup *c)
{
	for (int i = 0; i < CGROUP_FILE_COUNT; i++)
		file_auto_close(&c->fds[i]);
}

int cgroup_descriptors(const struct cgroup *c)
{
	int count = 0;

	for (int i = 0; i < CGROUP_FILE_COUNT; i++)
		count += c->fds[i] >= 0;
	return count;
}

static void read_memory(const struct cgroup *c, char *text, struct stats_counters *counters)
{
	int64_t usage = read_at(c->fds[CGROUP_MEMORY], text) > 0 ? number_of(text) : -1;

	if (usage >= 0 && read_at(c->fds[CGROUP_MEMORY_STAT], text) > 0)
		usage = stats_memory(usage, member(text, c->v2 ? "inactive_file" : "total_inactive_file"));
	counters->memory_bytes = usage;
	counters->memory_limit = c->memory_limit;
}

/* v1: "254:0 Read 4096"; v2: "254:0 rbytes=4096 wbytes=0 …". */
static void read_io(const struct cgroup *c, char *text, struct stats_counters *counters)
{
	const char *read_mark = c->v2 ? " rbytes=" : " Read ", *write_mark = c->v2 ? " wbytes=" : " Write ";

	if (read_at(c->fds[CGROUP_IO], text) < 0)
		return;
	counters->read_bytes = counters->write_bytes = 0;
	for (const char *p = text; (p = strstr(p, read_mark)); p++)
		counters->read_bytes += number_of(p + strlen(read_mark));
	for (const char *p = text; (p = strstr(p, write_mark)); p++)
		counters->write_bytes += number_of(p + strlen(write_mark));
}

static void read_network(const struct cgroup *c, char *text, struct stats_counters *counters)
{
	struct netdev_sum sum;

	if (read_at(c->fds[CGROUP_NETWORK], text) <= 0)
		return;
	sum = netdev_sum(text);
	counters->rx_bytes = sum.rx_bytes;
	counters->tx_bytes = sum.tx_bytes;
}

int cgroup_read(const struct cgroup *c, int64_t now_ns, struct stats_counters *counters_r)
{
	struct stats_counters counters;
	char text[READ_BYTES];

	stats_counters_init(&counters);
	if (read_at(c->fds[CGROUP_CPU], text) <= 0)
		return -ENOENT;
	counters.at_ns = now_ns;
	counters.cpu_ns = c->v2 ? member(text, "usage_usec") : number_of(text);
	if (c->v2 && counters.cpu_ns >= 0)
		counters.cpu_ns *= 1000;
	read_memory(c, text, &counters);
	if (read_at(c->fds[CGROUP_PIDS], text) > 0)
		counters.pids = number_of(text);
	read_io(c, text, &counters);
	read_network(c, text, &counters);
	*counters_r = counters;
	return 0;
}
