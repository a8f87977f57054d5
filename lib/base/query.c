#include "lib/base/query.h"

#include <ctype.h>
#include <errno.h>

#include "lib/base/die.h"
#include "lib/base/utf8.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int query_decode(const char *text, size_t len, int plus_is_space, char *out_r)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '+' && plus_is_space) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < len ? hex_value(text[i + 1]) : -1;
			int low = i + 2 < len ? hex_value(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return -EINVAL;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (!c)
			return -EINVAL;
		out_r[out++] = c;
	}
	out_r[out] = '\0';
	return utf8_valid(out_r) ? 0 : -EINVAL;
}

static size_t count_fields(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '&';
	return count + 1;
}

/* Decodes "name=value" to `out` (two strings); returns the bytes used or -EINVAL. */
static ssize_t decode_field(const char *text, size_t len, char *out)
{
	const char *equal = memchr(text, '=', len);
	size_t name_len = equal ? (size_t)(equal - text) : len;
	size_t used;

	if (query_decode(text, name_len, 1, out))
		return -EINVAL;
	used = strlen(out) + 1;
	if (!equal)
		out[used] = '\0';
	else if (query_decode(equal + 1, len - name_len - 1, 1, out + used))
		return -EINVAL;
	return (ssize_t)(used + strlen(out + used) + 1);
}

static int parse_fields(const char *text, size_t len, struct query *query, struct err *err_r)
{
	size_t used = 0;

	for (size_t at = 0; at < len;) {
		const char *amp = memchr(text + at, '&', len - at);
		size_t field_len = amp ? (size_t)(amp - text) - at : len - at;
		ssize_t done;

		if (field_len) {
			done = decode_field(text + at, field_len, query->text + used);
			if (done < 0)
				return err_set(err_r, -EINVAL,
				    "a form field or query value is not valid UTF-8 or %%-encoding");
			query->fields[query->count].name = query->text + used;
			query->fields[query->count].value =
			    query->text + used + strlen(query->text + used) + 1;
			query->count++;
			used += (size_t)done;
		}
		at += field_len + 1;
	}
	return 0;
}

int query_parse(const char *text, size_t len, struct query *query_r, struct err *err_r)
{
	struct query query = QUERY_INIT;
	size_t fields = count_fields(text, len);
	int result;

	*query_r = query;
	if (len > QUERY_BYTES_MAX || fields > QUERY_FIELDS_MAX)
		return err_set(err_r, -E2BIG, "too long: at most %d fields and %d bytes", QUERY_FIELDS_MAX,
		    QUERY_BYTES_MAX);
	query.text = xcalloc(1, len + 2 * fields + 1);
	query.fields = xcalloc(fields, sizeof(*query.fields));
	result = parse_fields(text, len, &query, err_r);
	if (result)
		query_release(&query);
	else
		*query_r = query;
	return result;
}

void query_release(struct query *query)
{
	free(query->text);
	free(query->fields);
	*query = (struct query)QUERY_INIT;
}

const char *query_get(const struct query *query, const char *name, const char *otherwise)
{
	for (size_t i = 0; i < query->count; i++) {
		if (!strcmp(query->fields[i].name, name))
			return query->fields[i].value;
	}
	return otherwise;
}

int64_t query_int(const struct query *query, const char *name, int64_t min, int64_t max, int64_t otherwise)
{
	const char *text = query_get(query, name, NULL);
	int64_t value;

	return text && !parse_int(text, min, max, &value) ? value : otherwise;
}

int parse_int(const char *text, int64_t min, int64_t max, int64_t *value_r)
{
	char *end;
	long long value;

	if (!isdigit((unsigned char)text[*text == '-']))
		return -EINVAL;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || value < min || value > max)
		return -ERANGE;
	*value_r = value;
	return 0;
}
