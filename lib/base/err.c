#include "lib/base/err.h"

#include <stdarg.h>

int err_set(struct err *err_r, int code, const char *format, ...)
{
	va_list args;

	if (!err_r)
		return code;
	va_start(args, format);
	vsnprintf(err_r->text, sizeof(err_r->text), format, args);
	va_end(args);
	return code;
}

int err_prefix(struct err *err_r, int code, const char *format, ...)
{
	struct err old;
	va_list args;
	size_t used;

	if (!err_r)
		return code;
	old = *err_r;
	va_start(args, format);
	vsnprintf(err_r->text, sizeof(err_r->text), format, args);
	va_end(args);
	used = strlen(err_r->text);
	snprintf(err_r->text + used, sizeof(err_r->text) - used, ": %s", old.text);
	return code;
}
