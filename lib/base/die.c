#include "lib/base/die.h"

#include <stdarg.h>

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("fatal: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void *xcalloc(size_t count, size_t size_bytes)
{
	void *p = calloc(count ? count : 1, size_bytes ? size_bytes : 1);

	if (!p)
		die("out of memory (%zu x %zu bytes)", count, size_bytes);
	return p;
}

void *xreallocarray(void *old, size_t count, size_t size_bytes)
{
	void *p = reallocarray(old, count ? count : 1, size_bytes ? size_bytes : 1);

	if (!p)
		die("out of memory (%zu x %zu bytes)", count, size_bytes);
	return p;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, size_t max_bytes)
{
	char *copy = strndup(text, max_bytes);

	if (!copy)
		die("out of memory (string)");
	return copy;
}

void auto_free(void *pointer_to_pointer)
{
	void **p = pointer_to_pointer;

	free(*p);
	*p = NULL;
}
