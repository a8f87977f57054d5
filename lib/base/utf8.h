/* utf8: is this a well-formed sequence? (RFC 3629) */
#ifndef DOCKMON_BASE_UTF8_H
#define DOCKMON_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length in bytes (1 to 4) of the character at `p`, or 0 if the bytes there are not well-formed
 * UTF-8 (overlong, surrogate, above U+10FFFF, cut short). `p` is NUL-terminated; NUL itself is 1. */
size_t utf8_len(const unsigned char *p);

/* True if all of `text` is well-formed. */
bool utf8_valid(const char *text);

#endif
