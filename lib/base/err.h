/* err: the sentence that goes with an error code. Written once, where the facts are known,
 * by the function that fails; shown or logged by whoever decides what happens next. */
#ifndef DOCKMON_BASE_ERR_H
#define DOCKMON_BASE_ERR_H

#include <stddef.h>

#define ERR_TEXT_BYTES 320

struct err {
	char text[ERR_TEXT_BYTES]; /* what happened, why, what to do; "" = nothing said */
};

#define ERR_INIT          \
	{                 \
		{         \
			0 \
		}         \
	}

/* Sets the text (cut at ERR_TEXT_BYTES - 1) and returns `code`, so that a failing function reads
 * `return err_set(err_r, -EINVAL, "…")`. err_r may be NULL. code is a negative -Exxx. */
int err_set(struct err *err_r, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " before a text that is there already; returns `code`. */
int err_prefix(struct err *err_r, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
