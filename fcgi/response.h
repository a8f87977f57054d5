/* response: status, headers and body of one answer, written as CGI. */
#ifndef DOCKMON_FCGI_RESPONSE_H
#define DOCKMON_FCGI_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/sb.h"

#define RESPONSE_BODY_MAX (8 * 1024 * 1024)
#define RESPONSE_HEAD_MAX (16 * 1024)

struct response {
	int status;
	const char *type;  /* Content-Type; borrowed (a constant) */
	struct sb headers; /* owned: further header lines */
	struct sb body;    /* owned */
};

void response_init(struct response *response); /* 200, HTML, empty */
void response_release(struct response *response);
/* Forgets what was said so far, also the headers. */
void response_reset(struct response *response);

/* A header line. A value with control characters is a bug of the caller: the line is left out and
 * the answer becomes a 500. */
void response_header(struct response *response, const char *name, const char *value);
/* HttpOnly, SameSite=Lax, Path=`path`, and Secure if asked. max_age_s < 0: as long as the browser
 * runs; 0: deletes it. name and value are plain tokens. */
void response_cookie(struct response *response, const char *name, const char *value, const char *path,
    bool secure, long max_age_s);
/* A short text of a constant, for programs. */
void response_text(struct response *response, int status, const char *text);

/* Appends the whole answer; without its body for HEAD. */
void response_write(const struct response *response, bool head, struct sb *out);

const char *status_phrase(int status);

#endif
