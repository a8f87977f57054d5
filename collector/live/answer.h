/* answer: requests of the listener, from libmicrohttpd's callbacks to the hub's streams. */
#ifndef DOCKMON_COLLECTOR_ANSWER_H
#define DOCKMON_COLLECTOR_ANSWER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/grant.h"

struct hub;
struct client;

struct serving {
	struct grant_key key;
	struct hub *hub; /* borrowed */
	struct client *clients_head;
	size_t clients;
	bool woken; /* MHD has to run: something is to be sent */
};

/* libmicrohttpd's callbacks; `arg` is the struct serving. begin: a request line has come (MHD's
 * URI_LOG_CALLBACK). request: its headers too. end: it is over (NOTIFY_COMPLETED). */
void *answer_begin(void *arg, const char *uri, struct MHD_Connection *connection);
enum MHD_Result answer_request(void *arg, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload_data, size_t *upload_data_size,
    void **client);
void answer_end(
    void *arg, struct MHD_Connection *connection, void **client, enum MHD_RequestTerminationCode code);

/* Ends every stream: each is at its end when MHD next runs. */
void answer_end_all(struct serving *serving);

#endif
