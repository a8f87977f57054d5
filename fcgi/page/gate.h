/* gate: limits on guessing, shared by sign-in, setup code and change of password. The log of logins
 * is the counter, so that all workers and a restart count the same. */
#ifndef DOCKMON_FCGI_PAGE_GATE_H
#define DOCKMON_FCGI_PAGE_GATE_H

#include <stdint.h>

#include "fcgi/call.h"

#define GATE_FAILURES_MAX 10
#define GATE_WINDOW_MS (5 * 60 * 1000)

/* How long until `name` has less than `max` refused attempts within the window; 0: now. */
int64_t gate_wait_ms(struct call *call, const char *name, int64_t max, int64_t window_ms);
/* "Too many attempts for this account. Try again in 4 min."; what: " for this account" or "". */
const char *gate_wait_text(struct call *call, const char *what, int64_t wait_ms);
/* Writes the log of logins; result: ok, refused, locked, signed out. In an accepted POST. */
void gate_record(struct call *call, const char *name, const char *result);

#endif
