/* dockmonctl keep: what needs root while DockMon runs. Renews the certificate in time, and tells
 * the About page about nginx, whose memory only root (or nginx's own user) may read. */
#include "ctl/ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/query.h"
#include "lib/store/program.h"

#define ROUND_S 60
#define ROUNDS_PER_CERTIFICATE (6 * 60)

static pid_t read_nginx_pid(const struct settings *settings, int64_t *started_ms_r)
{
	AUTO_SB text = SB_INIT(64);
	char path[SETTINGS_PATH_BYTES];
	struct stat st;
	int64_t pid;

	settings_run_path(settings, "nginx.pid", path);
	if (stat(path, &st) || file_read(path, &text, NULL) || !text.len)
		return 0;
	sb_cut(&text, strcspn(text.data, "\n"));
	*started_ms_r = (int64_t)st.st_mtim.tv_sec * 1000;
	return parse_int(text.data, 2, INT32_MAX, &pid) || kill((pid_t)pid, 0) ? 0 : (pid_t)pid;
}

static void tell_process(struct store *store, int64_t pid, int64_t started_ms)
{
	struct program nginx = { .name = "nginx",
		.pid = pid,
		.version = "",
		.started_ms = started_ms,
		.beat_ms = clock_wall_ms(),
		.pss_bytes = program_pss(pid) };

	if (program_put(store, &nginx))
		log_warning("cannot store nginx's figures: %s", store_error(store));
}

/* The master and its workers, each as a program of its own. */
static void tell_nginx(const struct settings *settings, struct store *store)
{
	AUTO_SB children = SB_INIT(4096);
	int64_t started_ms = 0;
	pid_t master = read_nginx_pid(settings, &started_ms);
	char path[64], *end;

	if (!master)
		return;
	tell_process(store, master, started_ms);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)master, (int)master);
	if (file_read(path, &children, NULL))
		return;
	for (char *p = children.data; *p; p = end + (*end == ' ')) {
		long pid = strtol(p, &end, 10);

		if (end == p)
			return;
		tell_process(store, pid, started_ms);
	}
}

static void renew(const struct settings *settings)
{
	struct err err = ERR_INIT;
	int64_t started_ms;
	int result = ctl_renew_certificate(settings, &err);
	pid_t nginx;

	if (result < 0)
		log_error("certificate: %s", err.text);
	if (result <= 0)
		return;
	log_info("a new self-signed certificate was made");
	nginx = read_nginx_pid(settings, &started_ms);
	if (nginx && !kill(nginx, SIGHUP))
		log_info("nginx reads the new certificate");
}

int ctl_keep(struct ctl *ctl)
{
	struct store *store = NULL;
	struct err err = ERR_INIT;

	if (store_open(ctl->settings.data_dir, STORE_CTL, &store, &err))
		return ctl_fail(&err);
	for (unsigned round = 0;; round++) {
		if (round % ROUNDS_PER_CERTIFICATE == 0)
			renew(&ctl->settings);
		tell_nginx(&ctl->settings, store);
		/* the first time soon, when nginx is up */
		sleep(round ? ROUND_S : 3);
	}
}
