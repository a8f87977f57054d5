/* die: the end of a process that cannot go on (out of memory, a broken invariant).
 * Workers and the collector are restarted by their supervisor. Never used for bad input. */
#ifndef DOCKMON_BASE_DIE_H
#define DOCKMON_BASE_DIE_H

#include <stddef.h>

/* Writes the message to stderr and aborts. Any process, any thread. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Like calloc, realloc, strdup and strndup, but never NULL. The caller owns the result (free()). */
void *xcalloc(size_t count, size_t size_bytes);
void *xreallocarray(void *old, size_t count, size_t size_bytes);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t max_bytes);

/* For the AUTO_FREE macro only. */
void auto_free(void *pointer_to_pointer);

/* AUTO_FREE char *p = NULL; frees p at the end of its scope. */
#define AUTO_FREE __attribute__((cleanup(auto_free)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
