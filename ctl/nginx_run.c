/* dockmonctl nginx: becomes nginx. Where an earlier master was killed (kill -9, out of memory), its workers live
 * on, hold the port and answer by the old configuration: they are told to finish, then the new one may bind. */
#include "ctl/ctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/query.h"

#define STAT_BYTES 512
#define LEAVE_US \
	50000 /* how long orphans get to close their sockets; nginx itself tries five times to bind */

struct process {
	char name[32];
	int64_t group;
};

/* -ENOENT: there is no such process. */
static int process_read(int64_t pid, struct process *process_r)
{
	char path[64], text[STAT_BYTES];
	AUTO_FD fd = -1;
	long long group;
	const char *open_at, *close_at;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (got <= 0)
		return -ENOENT;
	text[got] = '\0';
	open_at = strchr(text, '(');
	close_at = strrchr(text, ')');
	if (!open_at || !close_at || sscanf(close_at + 1, " %*c %*d %lld", &group) != 1)
		return -ENOENT;
	snprintf(
	    process_r->name, sizeof(process_r->name), "%.*s", (int)(close_at - open_at - 1), open_at + 1);
	process_r->group = group;
	return 0;
}

static bool is_nginx(int64_t pid, struct process *process_r)
{
	return !process_read(pid, process_r) && !strcmp(process_r->name, "nginx");
}

/* The master that wrote the pid file; 0: none did. */
static int64_t last_master(const struct settings *settings)
{
	char path[SETTINGS_PATH_BYTES];
	AUTO_SB text = SB_INIT(64);
	struct err err = ERR_INIT;
	int64_t pid;

	settings_run_path(settings, "nginx.pid", path);
	if (file_read(path, &text, &err))
		return 0;
	while (text.len && strchr(" \r\n", text.data[text.len - 1]))
		sb_cut(&text, text.len - 1);
	return parse_int(text.data, 2, INT32_MAX, &pid) ? 0 : pid;
}

/* Its workers are in its process group, as supervisord gives each program its own. How many were told. */
static int quit_orphans(int64_t master)
{
	struct process process;
	struct dirent *entry;
	int told = 0;
	DIR *proc;

	if (!master || is_nginx(master, &process))
		return 0;
	proc = opendir("/proc");
	while (proc && (entry = readdir(proc))) {
		int64_t pid;

		if (parse_int(entry->d_name, 2, INT32_MAX, &pid) || !is_nginx(pid, &process) ||
		    process.group != master)
			continue;
		if (!kill((pid_t)pid, SIGQUIT))
			told++;
	}
	if (proc)
		closedir(proc);
	return told;
}

int ctl_nginx(struct ctl *ctl)
{
	char conf[SETTINGS_PATH_BYTES];
	struct err err = ERR_INIT;
	int told = quit_orphans(last_master(&ctl->settings));

	if (told) {
		fprintf(
		    stderr, "dockmonctl: %d workers of an nginx that was killed are told to finish\n", told);
		usleep(LEAVE_US);
	}
	settings_data_path(&ctl->settings, "nginx/nginx.conf", conf);
	execlp("nginx", "nginx", "-c", conf, "-e", "stderr", "-g", "daemon off;", (char *)NULL);
	err_set(&err, -errno, "cannot run nginx: %s (Debian package: nginx)", strerror(errno));
	return ctl_fail(&err);
}
