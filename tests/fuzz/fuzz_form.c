/* Form bodies and query strings. Decoded names and values are valid UTF-8 without NUL and bounded in
 * number; what is escaped for HTML or a URL holds no character that could end its place; where we go
 * after login is a path of ours; encoding again gives the same fields. */
#include <assert.h>
#include <errno.h>

#include "fcgi/url.h"
#include "lib/base/die.h"
#include "lib/base/query.h"
#include "lib/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_html(const char *text)
{
	AUTO_SB html = SB_INIT(8 * QUERY_BYTES_MAX);

	sb_add_html(&html, text);
	assert(!sb_failed(&html));
	assert(!strpbrk(html.data, "<>\"'"));
	for (const char *amp = html.data; (amp = strchr(amp, '&')); amp++)
		assert(strchr(amp, ';') && strchr(amp, ';') - amp <= 6);
}

static void check_next(const char *text)
{
	AUTO_SB url = SB_INIT(8 * QUERY_BYTES_MAX);

	if (!next_is_local(text))
		return;
	assert(text[0] == '/' && text[1] != '/' && text[1] != '\\' && strlen(text) <= NEXT_BYTES_MAX);
	assert(strncmp(text, "/login", 6) || strspn(text + 6, "abcdefghijklmnopqrstuvwxyz-_.%0123456789") ||
	    (text[6] && !strchr("?#/", text[6])));
	url_add_clean(&url, text);
	for (const char *p = url.data; *p; p++)
		assert((unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && !strchr("\\\"<>", *p));
	assert(url.data[0] == '/' && url.data[1] != '/');
}

static void check_again(const struct query *query)
{
	AUTO_SB text = SB_INIT(8 * QUERY_BYTES_MAX);
	struct query again;

	for (size_t i = 0; i < query->count; i++) {
		sb_add(&text, i ? "&" : "");
		sb_add_url(&text, query->fields[i].name);
		sb_add_char(&text, '=');
		sb_add_url(&text, query->fields[i].value);
	}
	if (sb_failed(&text) || text.len > QUERY_BYTES_MAX)
		return;
	assert(!query_parse(text.data, text.len, &again, NULL));
	assert(again.count == query->count);
	for (size_t i = 0; i < again.count; i++)
		assert(!strcmp(again.fields[i].name, query->fields[i].name) &&
		    !strcmp(again.fields[i].value, query->fields[i].value));
	query_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct query query;
	int result = query_parse((const char *)data, size, &query, NULL);

	assert(result == 0 || result == -EINVAL || result == -E2BIG);
	if (result) {
		assert(!query.text && !query.count);
		return 0;
	}
	assert(query.count <= QUERY_FIELDS_MAX);
	for (size_t i = 0; i < query.count; i++) {
		int64_t number = query_int(&query, query.fields[i].name, -5, 1000, 7);

		assert(utf8_valid(query.fields[i].name) && utf8_valid(query.fields[i].value));
		assert(number >= -5 && number <= 1000);
		check_html(query.fields[i].value);
		check_next(query.fields[i].value);
	}
	check_again(&query);
	query_release(&query);
	return 0;
}
