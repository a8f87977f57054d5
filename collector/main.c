/* dockmon-collector: watches engines, keeps the store, serves live streams. Start: settings, lock,
 * key and socket (what may need root), another user, store, loop; the end in reverse order. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "collector/engine_groups.h"
#include "collector/host/watch.h"
#include "collector/keep.h"
#include "collector/live/hub.h"
#include "collector/live/listener.h"
#include "lib/base/die.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/priv.h"
#include "lib/store/migrate.h"

#define LOCK_TRIES 50 /* of 100 ms: the one before may still be ending */

struct collector {
	struct settings settings;
	struct grant_key key;
	int lock_fd;
	int listen_fd; /* -1 once the listener has it */
	struct store *store;
	uv_loop_t loop;
	uv_signal_t terminate, interrupt;
	struct hub *hub;
	struct listener *listener;
	struct keep *keep;
	struct watch *watch;
};

static void usage(FILE *to)
{
	fprintf(to,
	    "dockmon-collector %s: watches container engines for DockMon\n\n"
	    "  dockmon-collector            run in the foreground, log on stderr\n"
	    "  dockmon-collector --version\n"
	    "  dockmon-collector --help\n\n"
	    "Started by root it becomes the user DOCKMON_USER. It needs what `dockmonctl init` prepares.\n"
	    "SIGTERM and SIGINT end it. Settings come from the environment: see `dockmonctl settings`.\n",
	    DOCKMON_VERSION);
}

static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		log_warning("the limit of open files stays as it is: %s", strerror(errno));
}

static int lock_file(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		usleep(100 * 1000);
	}
	return -EWOULDBLOCK;
}

/* One collector per data directory. */
static int take_lock(struct collector *c, struct err *err_r)
{
	char path[SETTINGS_PATH_BYTES];
	struct stat st;
	int result;

	settings_data_path(&c->settings, "dockmon.db", path);
	if (access(path, F_OK))
		return err_set(err_r, -ENOENT, "there is no %s: run `dockmonctl init` first", path);
	settings_data_path(&c->settings, "collector.lock", path);
	c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	if (c->lock_fd < 0)
		return err_set(err_r, -errno, "cannot open %s: %s", path, strerror(errno));
	/* root's file would be in the way of a later start as another user */
	if (geteuid() == 0 && !stat(c->settings.data_dir, &st) && fchown(c->lock_fd, st.st_uid, st.st_gid))
		return err_set(err_r, -errno, "cannot change the owner of %s: %s", path, strerror(errno));
	result = lock_file(c->lock_fd);
	if (result == -EWOULDBLOCK)
		return err_set(err_r, -EEXIST,
		    "another collector works in %s: end it first, or set another DOCKMON_DATA_DIR",
		    c->settings.data_dir);
	return result ? err_set(err_r, result, "cannot lock %s: %s", path, strerror(-result)) : 0;
}

static int open_store(struct collector *c, struct err *err_r)
{
	int result = store_migrate(c->settings.data_dir, err_r);

	return result ? result : store_open(c->settings.data_dir, STORE_COLLECTOR, &c->store, err_r);
}

/* The store is opened as the user that we become, so that its files are that user's. */
static int open_store_as_user(struct collector *c, struct err *err_r)
{
	const struct passwd *pw = geteuid() == 0 ? getpwnam(c->settings.user) : NULL;
	int result = 0;

	if (pw && (setegid(pw->pw_gid) || seteuid(pw->pw_uid)))
		result =
		    err_set(err_r, -errno, "cannot become user %s: %s", c->settings.user, strerror(errno));
	if (!result)
		result = open_store(c, err_r);
	if (pw && (seteuid(0) || setegid(0)))
		die("cannot become root again: %s", strerror(errno));
	return result;
}

/* Everything that needs what only root may; afterwards we are DOCKMON_USER. */
static int prepare(struct collector *c, struct err *err_r)
{
	char path[SETTINGS_PATH_BYTES];
	gid_t groups[PRIV_EXTRA_GROUPS_MAX];
	size_t group_count;
	mode_t old_mask = umask(007);
	int result = take_lock(c, err_r);

	settings_data_path(&c->settings, "grant.key", path);
	if (!result)
		result = grant_key_read(path, &c->key, err_r);
	settings_run_path(&c->settings, "collector/collector.sock", path);
	if (!result)
		result = listener_bind(path, &c->listen_fd, err_r);
	if (!result)
		result = open_store_as_user(c, err_r);
	if (!result) {
		group_count = engine_groups(&c->settings, c->store, groups, PRIV_EXTRA_GROUPS_MAX);
		result = priv_drop(c->settings.user, groups, group_count, err_r);
	}
	umask(old_mask | 007);
	return result;
}

static void on_signal(uv_signal_t *handle, int number)
{
	log_info("%s: ending", number == SIGTERM ? "SIGTERM" : "SIGINT");
	uv_stop(handle->loop);
}

static int start(struct collector *c, struct err *err_r)
{
	int fd = c->listen_fd, result;

	c->hub = hub_create();
	c->listen_fd = -1;
	result = listener_start(&c->loop, fd, &c->key, c->hub, &c->listener, err_r);
	if (result)
		return result;
	c->keep = keep_start(&c->loop, c->store);
	uv_signal_start(&c->terminate, on_signal, SIGTERM);
	uv_signal_start(&c->interrupt, on_signal, SIGINT);
	return watch_start(&c->loop, c->store, c->hub, &c->settings, &c->watch, err_r);
}

static void stop(struct collector *c)
{
	watch_stop(&c->watch);
	keep_stop(&c->keep);
	listener_stop(&c->listener);
	uv_close((uv_handle_t *)&c->terminate, NULL);
	uv_close((uv_handle_t *)&c->interrupt, NULL);
	while (uv_run(&c->loop, UV_RUN_DEFAULT))
		;
	if (uv_loop_close(&c->loop))
		die("handles are left open at the end");
	hub_free(&c->hub);
}

static void release(struct collector *c)
{
	store_close(&c->store);
	file_auto_close(&c->listen_fd);
	file_auto_close(&c->lock_fd);
	uv_library_shutdown();
}

static int run(struct collector *c, struct err *err_r)
{
	int result;

	if (uv_loop_init(&c->loop))
		return err_set(err_r, -EMFILE, "the event loop does not start: out of descriptors?");
	uv_signal_init(&c->loop, &c->terminate);
	uv_signal_init(&c->loop, &c->interrupt);
	result = start(c, err_r);
	if (!result) {
		log_info("dockmon-collector %s runs", DOCKMON_VERSION);
		uv_run(&c->loop, UV_RUN_DEFAULT);
	}
	stop(c);
	return result;
}

static int arguments(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version"))
		return printf("dockmon-collector %s\n", DOCKMON_VERSION), 0;
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return usage(stdout), 0;
	usage(stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct collector collector = { .lock_fd = -1, .listen_fd = -1 };
	struct err err = ERR_INIT;
	int result;

	if (argc > 1)
		return arguments(argc, argv);
	log_init("dockmon-collector", LOG_LEVEL_INFO);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	result = settings_read(&collector.settings, &err);
	if (!result) {
		log_init("dockmon-collector", collector.settings.log_level);
		raise_descriptors();
		result = prepare(&collector, &err);
	}
	if (!result)
		result = run(&collector, &err);
	if (result)
		log_error("%s", err.text);
	release(&collector);
	return result ? 1 : 0;
}
