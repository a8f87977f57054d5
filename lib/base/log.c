#include "lib/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/die.h"

#define LINE_MAX_BYTES 2048

static const char *const level_names[LOG_LEVEL_COUNT] = {
	[LOG_LEVEL_ERROR] = "error",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static const char *log_program = "dockmon";
static enum log_level log_max = LOG_LEVEL_INFO;

void log_init(const char *program, enum log_level level)
{
	log_program = program;
	log_max = level;
}

int log_level_parse(const char *name, enum log_level *level_r)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
		if (!strcasecmp(name, level_names[i])) {
			*level_r = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

static void __attribute__((format(printf, 2, 0)))
log_write(enum log_level level, const char *format, va_list args)
{
	char line[LINE_MAX_BYTES], now[CLOCK_ISO_BYTES];
	int head, body;
	size_t len;
	ssize_t done;

	if (level > log_max)
		return;
	clock_iso(clock_wall_ms(), now);
	head = snprintf(
	    line, sizeof(line), "%s %s[%d] %s: ", now, log_program, (int)getpid(), level_names[level]);
	body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	if (body < 0)
		return;
	len = strlen(line);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[len++] = '\n';
	done = write(STDERR_FILENO, line, len);
	(void)done; /* there is nowhere else to say it */
}

#define LOG_FUNCTION(name, level)               \
	void name(const char *format, ...)      \
	{                                       \
		va_list args;                   \
		va_start(args, format);         \
		log_write(level, format, args); \
		va_end(args);                   \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
