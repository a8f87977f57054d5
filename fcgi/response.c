#include "fcgi/response.h"

#include "lib/base/die.h"

static const char common_headers[] =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cache-Control: no-store\r\n";

const char *status_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{ 200, "OK" },
		{ 303, "See Other" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "Unknown";
}

void response_init(struct response *response)
{
	*response = (struct response){ .status = 200, .type = "text/html; charset=utf-8" };
	sb_init(&response->headers, RESPONSE_HEAD_MAX);
	sb_init(&response->body, RESPONSE_BODY_MAX);
}

void response_release(struct response *response)
{
	sb_release(&response->headers);
	sb_release(&response->body);
}

void response_reset(struct response *response)
{
	response->status = 200;
	response->type = "text/html; charset=utf-8";
	sb_reset(&response->headers);
	sb_reset(&response->body);
}

void response_header(struct response *response, const char *name, const char *value)
{
	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f) {
			response_text(response, 500, "An answer with a broken header was held back.\n");
			return;
		}
	}
	sb_addf(&response->headers, "%s: %s\r\n", name, value);
}

void response_cookie(struct response *response, const char *name, const char *value, const char *path,
    bool secure, long max_age_s)
{
	char age[48] = "";

	if (max_age_s >= 0)
		snprintf(age, sizeof(age), "; Max-Age=%ld", max_age_s);
	sb_addf(&response->headers, "Set-Cookie: %s=%s; Path=%s%s; HttpOnly; SameSite=Lax%s\r\n", name, value,
	    path, age, secure ? "; Secure" : "");
}

void response_text(struct response *response, int status, const char *text)
{
	response->status = status;
	response->type = "text/plain; charset=utf-8";
	sb_reset(&response->body);
	sb_add(&response->body, text);
}

void response_write(const struct response *response, bool head, struct sb *out)
{
	sb_addf(out, "Status: %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s", response->status,
	    status_phrase(response->status), response->type, response->body.len, common_headers);
	sb_add_mem(out, response->headers.data, response->headers.len);
	sb_add(out, "\r\n");
	if (!head)
		sb_add_mem(out, response->body.data, response->body.len);
}
