#include "collector/sample/machine.h"

#include <sys/statvfs.h>

#include "lib/base/die.h"
#include "lib/base/file.h"

#define PROC_MAX_BYTES (1024 * 1024)
#define JSON_MAX_BYTES (64 * 1024)
#define DISKS_MAX 64
#define NS_PER_S 1e9

void machine_init(struct machine *m, const char *proc)
{
	*m = (struct machine){ .proc = proc };
	sb_init(&m->disks_json, JSON_MAX_BYTES);
	sb_init(&m->networks_json, JSON_MAX_BYTES);
}

void machine_release(struct machine *m)
{
	sb_release(&m->disks_json);
	sb_release(&m->networks_json);
}

static bool read_proc(const struct machine *m, const char *name, struct sb *sb)
{
	char path[256];

	sb_reset(sb);
	snprintf(path, sizeof(path), "%s/%s", m->proc, name);
	return !file_read(path, sb, NULL);
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guest is within user. */
static void read_cpu(struct machine *m, const char *text, struct host_now *now)
{
	int64_t total = 0, idle = 0, busy;
	char *end;

	text += strcspn(text, " ");
	for (int field = 0; field < 8; field++, text = end) {
		int64_t value = strtoll(text, &end, 10);

		if (end == text)
			break;
		total += value;
		idle += field == 3 || field == 4 ? value : 0;
	}
	busy = total - idle;
	now->cpu_percent = -1;
	if (m->total && total > m->total && busy >= m->busy)
		now->cpu_percent = 100.0 * (double)(busy - m->busy) / (double)(total - m->total);
	m->busy = busy;
	m->total = total;
}

static double meminfo_bytes(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? (double)strtoll(at + strlen(name), NULL, 10) * 1024 : -1;
}

static void read_memory(const char *text, struct host_now *now)
{
	double available = meminfo_bytes(text, "MemAvailable:");

	now->memory_total = meminfo_bytes(text, "MemTotal:");
	now->memory_bytes = available >= 0 && now->memory_total >= 0 ? now->memory_total - available : -1;
}

static void read_load(const char *text, struct host_now *now)
{
	char *end;

	now->load1 = strtod(text, &end);
	now->load5 = strtod(end, &end);
	now->load15 = strtod(end, &end);
}

static const struct netdev *find_device(const struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->device_count; i++) {
		if (!strcmp(m->devices[i].name, name))
			return &m->devices[i];
	}
	return NULL;
}

static double rate(int64_t before, int64_t now, double elapsed_s)
{
	return elapsed_s > 0 && now >= before ? (double)(now - before) / elapsed_s : -1;
}

static void add_network(struct sb *sb, const char *name, double rx_rate, double tx_rate)
{
	sb_add(sb, sb->len > 1 ? ",{\"name\":" : "{\"name\":");
	sb_add_json(sb, name);
	sb_addf(sb, ",\"rx_rate\":%.1f,\"tx_rate\":%.1f}", rx_rate, tx_rate);
}

static void read_networks(struct machine *m, const char *text, double elapsed_s, struct host_now *now)
{
	struct netdev fresh[MACHINE_DEVICES_MAX];
	size_t count = 0;

	now->rx_rate = now->tx_rate = -1;
	sb_reset(&m->networks_json);
	sb_add_char(&m->networks_json, '[');
	while (count < MACHINE_DEVICES_MAX && netdev_next(&text, &fresh[count])) {
		const struct netdev *device = &fresh[count], *before = find_device(m, device->name);
		double rx_rate = before ? rate(before->rx_bytes, device->rx_bytes, elapsed_s) : -1;
		double tx_rate = before ? rate(before->tx_bytes, device->tx_bytes, elapsed_s) : -1;

		if (netdev_is_inner(device->name) || (!device->rx_bytes && !device->tx_bytes))
			continue;
		add_network(&m->networks_json, device->name, rx_rate, tx_rate);
		if (rx_rate >= 0)
			now->rx_rate = (now->rx_rate < 0 ? 0 : now->rx_rate) + rx_rate;
		if (tx_rate >= 0)
			now->tx_rate = (now->tx_rate < 0 ? 0 : now->tx_rate) + tx_rate;
		count++;
	}
	sb_add_char(&m->networks_json, ']');
	memcpy(m->devices, fresh, count * sizeof(*fresh));
	m->device_count = count;
}

/* Copies one field of mountinfo, up to a space, with \040 and the like decoded. */
static const char *take_field(const char *p, const char *end, char *out, size_t bytes)
{
	size_t used = 0;

	for (; p < end && *p != ' '; p++) {
		char c = *p;

		if (c == '\\' && end - p > 3) {
			c = (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0'));
			p += 3;
		}
		if (used + 1 < bytes)
			out[used++] = c;
	}
	out[used] = '\0';
	return p < end ? p + 1 : p;
}

static bool is_real_type(const char *type)
{
	static const char *const real[] = { "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs",
		"reiserfs", "bcachefs", "vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "nilfs2", "hfsplus",
		"ufs" };

	for (size_t i = 0; i < ARRAY_LEN(real); i++) {
		if (!strcmp(type, real[i]))
			return true;
	}
	return false;
}

bool machine_mount_parse(const char *line, size_t len, struct machine_mount *mount_r)
{
	const char *end = line + len, *p = line;
	struct machine_mount mount = { 0 };
	char skip[256];

	for (int i = 0; i < 4; i++)
		p = take_field(p, end, skip, sizeof(skip));
	p = take_field(p, end, mount.mount, sizeof(mount.mount));
	do
		p = take_field(p, end, skip, sizeof(skip));
	while (p < end && strcmp(skip, "-"));
	p = take_field(p, end, mount.type, sizeof(mount.type));
	take_field(p, end, mount.device, sizeof(mount.device));
	if (mount.mount[0] != '/' || (!is_real_type(mount.type) && strcmp(mount.mount, "/")))
		return false;
	*mount_r = mount;
	return true;
}

static void add_disk(struct sb *sb, const struct machine_mount *mount)
{
	struct statvfs fs;
	double unit, used, size;

	if (statvfs(mount->mount, &fs) || !fs.f_blocks)
		return;
	unit = (double)fs.f_frsize;
	used = (double)(fs.f_blocks - fs.f_bfree) * unit;
	/* as df: what root alone may use is not there for others */
	size = used + (double)fs.f_bavail * unit;
	sb_add(sb, sb->len > 1 ? ",{\"mount\":" : "{\"mount\":");
	sb_add_json(sb, mount->mount);
	sb_add(sb, ",\"device\":");
	sb_add_json(sb, mount->device);
	sb_add(sb, ",\"type\":");
	sb_add_json(sb, mount->type);
	sb_addf(sb, ",\"total\":%.0f,\"used\":%.0f,\"inodes\":%llu,\"inodes_used\":%llu}", size, used,
	    (unsigned long long)fs.f_files, (unsigned long long)(fs.f_files - fs.f_ffree));
}

/* Each device once, by its shortest mount point: bind mounts and subvolumes are the same disk. */
static void keep_mount(struct machine_mount *list, size_t *count, const struct machine_mount *mount)
{
	for (size_t i = 0; i < *count; i++) {
		if (strcmp(list[i].device, mount->device))
			continue;
		if (strlen(mount->mount) < strlen(list[i].mount))
			list[i] = *mount;
		return;
	}
	if (*count < DISKS_MAX)
		list[(*count)++] = *mount;
}

static void read_disks(struct machine *m, const char *text)
{
	struct machine_mount *list = xcalloc(DISKS_MAX, sizeof(*list)), mount;
	size_t count = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (machine_mount_parse(text, len, &mount))
			keep_mount(list, &count, &mount);
		text += len + (text[len] == '\n');
	}
	sb_reset(&m->disks_json);
	sb_add_char(&m->disks_json, '[');
	for (size_t i = 0; i < count; i++)
		add_disk(&m->disks_json, &list[i]);
	sb_add_char(&m->disks_json, ']');
	free(list);
}

void machine_read(struct machine *m, int64_t now_ns, struct host_now *now_r)
{
	double elapsed_s = m->at_ns ? (double)(now_ns - m->at_ns) / NS_PER_S : 0;
	AUTO_SB text = SB_INIT(PROC_MAX_BYTES);

	now_r->cpu_percent = now_r->memory_bytes = now_r->memory_total = now_r->uptime_s = -1;
	now_r->load1 = now_r->load5 = now_r->load15 = now_r->rx_rate = now_r->tx_rate = -1;
	if (read_proc(m, "stat", &text))
		read_cpu(m, text.data, now_r);
	if (read_proc(m, "meminfo", &text))
		read_memory(text.data, now_r);
	if (read_proc(m, "loadavg", &text))
		read_load(text.data, now_r);
	if (read_proc(m, "uptime", &text))
		now_r->uptime_s = strtod(text.data, NULL);
	if (read_proc(m, "net/dev", &text))
		read_networks(m, text.data, elapsed_s, now_r);
	if (read_proc(m, "self/mountinfo", &text))
		read_disks(m, text.data);
	now_r->disks_json = sb_failed(&m->disks_json) ? "[]" : m->disks_json.data;
	now_r->networks_json = sb_failed(&m->networks_json) ? "[]" : m->networks_json.data;
	m->at_ns = now_ns;
}
