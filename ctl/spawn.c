#include "ctl/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"

#define OUTPUT_BYTES_MAX 4096

/* The child's stdout and stderr, the first OUTPUT_BYTES_MAX bytes of it. */
static void read_output(int fd, struct sb *out)
{
	char chunk[1024];
	ssize_t got;

	while ((got = read(fd, chunk, sizeof(chunk))) > 0) {
		if (out->len + (size_t)got <= OUTPUT_BYTES_MAX)
			sb_add_mem(out, chunk, (size_t)got);
	}
	while (out->len && strchr(" \n", out->data[out->len - 1]))
		sb_cut(out, out->len - 1);
}

static int start(const char *const argv[], int output, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", (char *)"LC_ALL=C",
		NULL };
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	rc = posix_spawnp(pid_r, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

int ctl_spawn(const char *const argv[], struct err *err_r)
{
	AUTO_SB output = SB_INIT(OUTPUT_BYTES_MAX);
	int pipe_fds[2], status = 0, result;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return err_set(err_r, -errno, "pipe: %s", strerror(errno));
	result = start(argv, pipe_fds[1], &pid);
	close(pipe_fds[1]);
	if (!result) {
		read_output(pipe_fds[0], &output);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(pipe_fds[0]);
	if (result)
		return err_set(err_r, result, "cannot run %s: %s", argv[0], strerror(-result));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(
		    err_r, -EIO, "%s failed: %s", argv[0], output.len ? output.data : "it said nothing");
	return 0;
}
