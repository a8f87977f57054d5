/* ident: ids and image references as engines write them. */
#ifndef DOCKMON_ENGINE_IDENT_H
#define DOCKMON_ENGINE_IDENT_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define ENGINE_ID_LEN 64
#define ENGINE_ID_BYTES (ENGINE_ID_LEN + 1)
#define IMAGE_REFERENCE_MAX_BYTES 512

/* Exactly 64 lower-case hexadecimal digits: safe in a path and a URL. NULL is not. */
bool engine_id_valid(const char *id);

/* "registry.example.org:5000/team/app:1.2@sha256:…" in parts, "" where absent. Strings are in the
 * arena. For a bare image id ("sha256:…" or 64 digits) only `digest` is filled. */
struct image_reference {
	const char *name; /* "registry.example.org:5000/team/app" */
	const char *tag;
	const char *digest; /* "sha256:…" */
};

/* -EINVAL with a text: empty, too long, or characters that no reference has. */
int image_reference_parse(
    const char *text, struct arena *arena, struct image_reference *reference_r, struct err *err_r);

#endif
