/* log: one line per message on stderr, where the supervisor keeps it. Programs log, libraries
 * return errors. Control bytes in a message are written as '?', so that nobody forges a line. */
#ifndef DOCKMON_BASE_LOG_H
#define DOCKMON_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG, LOG_LEVEL_COUNT };

/* `program` is borrowed for ever (a constant). Default level: info. */
void log_init(const char *program, enum log_level level);
/* "error", "warning", "info" or "debug", any case; -EINVAL otherwise. */
int log_level_parse(const char *name, enum log_level *level_r);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
