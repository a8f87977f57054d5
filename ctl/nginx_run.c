/* dockmonctl nginx: becomes nginx. Where an earlier master was killed (kill -9, out of memory), its workers live
 * on, hold the port and answer by the old configuration. Their listening sockets are taken over, so that no
 * connection is refused, and they are told to finish what they have. */
#include "ctl/ctl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/query.h"

#define STAT_BYTES 512
#define FD_LAST 63 /* nginx opens its listening sockets early */
#define SOCKETS_MAX 16
#define SOCKETS_BYTES 256

/* Listening sockets of orphans, as nginx takes them by its variable NGINX: "5;6;". */
struct sockets {
	char text[SOCKETS_BYTES];
	ino_t inodes[SOCKETS_MAX];
	size_t count;
};

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

/* Keeps fd open over exec if it is a listening socket that is not kept yet, else closes it. */
static void keep_listener(struct sockets *sockets, int fd)
{
	size_t used = strlen(sockets->text);
	int listens = 0;
	socklen_t bytes = sizeof(listens);
	struct stat st;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &bytes) || !listens || fstat(fd, &st) ||
	    sockets->count == SOCKETS_MAX) {
		close(fd);
		return;
	}
	for (size_t i = 0; i < sockets->count; i++) {
		if (sockets->inodes[i] == st.st_ino) {
			close(fd);
			return;
		}
	}
	fcntl(fd, F_SETFD, 0);
	sockets->inodes[sockets->count++] = st.st_ino;
	snprintf(sockets->text + used, sizeof(sockets->text) - used, "%d;", fd);
}

/* Without the right to (not root), or on an old kernel, nothing is taken: nginx then binds anew. */
static void take_listeners(pid_t pid, struct sockets *sockets)
{
	AUTO_FD process = pidfd_open(pid, 0);

	for (int theirs = 3; process >= 0 && theirs <= FD_LAST; theirs++) {
		int fd = pidfd_getfd(process, theirs, 0);

		if (fd >= 0)
			keep_listener(sockets, fd);
	}
}

/* Its workers are in its process group, as supervisord gives each program its own. How many there were. */
static int relieve_orphans(int64_t master, struct sockets *sockets)
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
		take_listeners((pid_t)pid, sockets);
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
	struct sockets sockets = { .count = 0 };
	int told = relieve_orphans(last_master(&ctl->settings), &sockets);

	if (told)
		fprintf(stderr,
		    "dockmonctl: takes over %zu sockets of %d workers of an nginx that was killed\n",
		    sockets.count, told);
	if (sockets.count)
		setenv("NGINX", sockets.text, 1);
	settings_data_path(&ctl->settings, "nginx/nginx.conf", conf);
	execlp("nginx", "nginx", "-c", conf, "-e", "stderr", "-g", "daemon off;", (char *)NULL);
	err_set(&err, -errno, "cannot run nginx: %s (Debian package: nginx)", strerror(errno));
	return ctl_fail(&err);
}
