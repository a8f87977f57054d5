#include "lib/store/program.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/query.h"
#include "lib/store/sql.h"

#define PROGRAMS_MAX 200

int64_t program_pss(int64_t pid)
{
	AUTO_SB text = SB_INIT(8192);
	char path[64];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%lld/smaps_rollup", (long long)pid);
	if (file_read(path, &text, NULL))
		return 0;
	line = strstr(text.data, "\nPss:");
	return line ? strtoll(line + 5, NULL, 10) * 1024 : 0;
}

int program_put(struct store *store, const struct program *program)
{
	AUTO_STMT q = stmt_use(store, STMT_PROGRAM_BEAT);

	bind_text(q, 1, program->name);
	bind_int(q, 2, program->pid);
	bind_text(q, 3, program->version);
	bind_int(q, 4, program->started_ms);
	bind_int(q, 5, program->beat_ms);
	bind_int(q, 6, program->pss_bytes);
	return stmt_run(q);
}

int program_beat(struct store *store, const char *name, int64_t started_ms, int64_t now_ms)
{
	return program_put(store,
	    &(struct program){ .name = name,
	        .pid = getpid(),
	        .version = DOCKMON_VERSION,
	        .started_ms = started_ms,
	        .beat_ms = now_ms,
	        .pss_bytes = program_pss(getpid()) });
}

bool program_is_alive(const struct program *program)
{
	return program->pid > 0 && (!kill((pid_t)program->pid, 0) || errno == EPERM);
}

static int forget(struct store *store, const struct program *program)
{
	AUTO_STMT q = stmt_use(store, STMT_PROGRAM_END);

	bind_text(q, 1, program->name);
	bind_int(q, 2, program->pid);
	return stmt_run(q);
}

int program_end(struct store *store, const char *name)
{
	return forget(store, &(struct program){ .name = name, .pid = getpid() });
}

int program_prune(struct store *store, int64_t before_ms)
{
	AUTO_ARENA arena = ARENA_INIT;
	struct program *programs;
	size_t count;
	int result = program_list(store, &arena, &programs, &count);

	for (size_t i = 0; !result && i < count; i++) {
		if (programs[i].beat_ms < before_ms && !program_is_alive(&programs[i]))
			result = forget(store, &programs[i]);
	}
	return result;
}

int program_list(struct store *store, struct arena *arena, struct program **programs_r, size_t *count_r)
{
	struct program *programs = NULL;
	size_t count = 0, capacity = 0;
	int result;
	AUTO_STMT q = stmt_use(store, STMT_PROGRAM_LIST);

	bind_int(q, 1, PROGRAMS_MAX);
	while ((result = stmt_step(q)) == 1) {
		programs = arena_grow(arena, programs, count, &capacity, sizeof(*programs));
		programs[count++] = (struct program){
			.name = col_text(q, 0, arena),
			.pid = col_int(q, 1),
			.version = col_text(q, 2, arena),
			.started_ms = col_int(q, 3),
			.beat_ms = col_int(q, 4),
			.pss_bytes = col_int(q, 5),
		};
	}
	if (!result) {
		*programs_r = programs;
		*count_r = count;
	}
	return result;
}

const char *setting_get(struct store *store, const char *name, struct arena *arena, const char *otherwise)
{
	AUTO_STMT q = stmt_use(store, STMT_SETTING_GET);

	bind_text(q, 1, name);
	return stmt_step(q) == 1 ? col_text(q, 0, arena) : otherwise;
}

int64_t setting_get_int(struct store *store, const char *name, int64_t min, int64_t max, int64_t otherwise)
{
	AUTO_ARENA arena = ARENA_INIT;
	const char *text = setting_get(store, name, &arena, "");
	int64_t value;

	return parse_int(text, min, max, &value) ? otherwise : value;
}

int setting_put(struct store *store, const char *name, const char *value)
{
	AUTO_STMT q = stmt_use(store, STMT_SETTING_PUT);

	bind_text(q, 1, name);
	bind_text(q, 2, value);
	return stmt_run(q);
}

int setting_drop(struct store *store, const char *name)
{
	AUTO_STMT q = stmt_use(store, STMT_SETTING_DROP);

	bind_text(q, 1, name);
	return stmt_run(q);
}
