#include "fcgi/url.h"

#include <inttypes.h>
#include <stdarg.h>

#include "lib/base/die.h"
#include "lib/base/utf8.h"

const char *url_path(struct call *call, const char *format, ...)
{
	char path[256];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return arena_printf(&call->arena, "%s%s", call->web->settings.base_path, path);
}

void url_begin(struct url *url, const struct call *call, const char *path)
{
	sb_init(&url->text, URL_BYTES_MAX);
	sb_addf(&url->text, "%s%s", call->web->settings.base_path, path);
	url->mark = '?';
}

void url_add(struct url *url, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	sb_addf(&url->text, "%c%s=", url->mark, name);
	sb_add_url(&url->text, value);
	url->mark = '&';
}

void url_add_int(struct url *url, const char *name, int64_t value)
{
	sb_addf(&url->text, "%c%s=%" PRId64, url->mark, name, value);
	url->mark = '&';
}

const char *url_end(struct url *url, struct call *call)
{
	const char *text = sb_failed(&url->text) ? "#" : arena_strdup(&call->arena, url->text.data);

	sb_release(&url->text);
	return text;
}

static bool is_gate(const char *path)
{
	static const char *const gates[] = { "/login", "/logout", "/setup" };

	for (size_t i = 0; i < ARRAY_LEN(gates); i++) {
		size_t len = strlen(gates[i]);

		if (!strncmp(path, gates[i], len) && (!path[len] || strchr("?#/", path[len])))
			return true;
	}
	return false;
}

bool next_is_local(const char *next)
{
	if (next[0] != '/' || next[1] == '/' || strlen(next) > NEXT_BYTES_MAX || !utf8_valid(next))
		return false;
	for (const char *p = next; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '\\')
			return false;
	}
	return !is_gate(next);
}

void url_add_clean(struct sb *sb, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c))
			sb_addf(sb, "%%%02X", c);
		else
			sb_add_char(sb, (char)c);
	}
}

const char *next_of_request(struct call *call)
{
	AUTO_SB text = SB_INIT(URL_BYTES_MAX);

	for (const char *p = call->request.path; *p; p++) {
		char one[2] = { *p, '\0' };

		if (*p == '/')
			sb_add_char(&text, '/');
		else
			sb_add_url(&text, one);
	}
	if (*call->request.query_text) {
		sb_add_char(&text, '?');
		url_add_clean(&text, call->request.query_text);
	}
	return sb_failed(&text) || !next_is_local(text.data) ? "/" : arena_strdup(&call->arena, text.data);
}
