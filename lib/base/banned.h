/* banned: forced into every file by the build (-include). It pulls in the headers that declare
 * the dangerous functions, then forbids their use: unbounded copies, non-reentrant clocks,
 * shells. Use sb_* (lib/base/sb.h), snprintf, localtime_r, and an argv instead. */
#ifndef DOCKMON_BASE_BANNED_H
#define DOCKMON_BASE_BANNED_H

#define _GNU_SOURCE 1
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* macros in glibc's fortified headers, depending on the compiler */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll
#pragma GCC poison gmtime localtime ctime asctime
#pragma GCC poison system popen tmpnam mktemp

#endif
