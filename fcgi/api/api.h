/* api: handlers that answer programs, not people. Each is a handler_fn. */
#ifndef DOCKMON_FCGI_API_API_H
#define DOCKMON_FCGI_API_API_H

#include "fcgi/call.h"

/* health.c: JSON, without a session; 503 when the store fails or the collector is late. */
int health_show(struct call *call);
/* stream.c: checks who may see the topic and hands the browser to the collector. */
int stream_open(struct call *call);
int live_stream(struct call *call);

#endif
