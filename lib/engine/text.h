/* text: words out of engines' replies, made safe to keep: bounded, never cut within a character. */
#ifndef DOCKMON_ENGINE_TEXT_H
#define DOCKMON_ENGINE_TEXT_H

#include <stddef.h>

#include "lib/base/arena.h"

/* A copy of at most max_bytes bytes of UTF-8, ended at a character. NULL gives "". */
const char *text_cut(const char *text, size_t max_bytes, struct arena *arena);

/* The same of an output of several lines: white space at both ends goes. */
const char *text_cut_trimmed(const char *text, size_t max_bytes, struct arena *arena);

#endif
