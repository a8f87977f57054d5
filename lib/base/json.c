#include "lib/base/json.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>

#include "lib/base/die.h"
#include "lib/base/utf8.h"

void json_auto_put(struct json_object **object)
{
	json_object_put(*object);
	*object = NULL;
}

static int parse_all(struct json_tokener *tokener, const char *text, size_t len,
    struct json_object **object_r, struct err *err_r)
{
	struct json_object *object = json_tokener_parse_ex(tokener, text, (int)len);
	enum json_tokener_error error = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);

	/* a bare number is only known to end when something follows it */
	if (error == json_tokener_continue) {
		object = json_tokener_parse_ex(tokener, "", 1);
		error = json_tokener_get_error(tokener);
		end = len;
	}
	for (; error == json_tokener_success && end < len; end++) {
		if (!strchr(" \t\r\n", text[end]) || !text[end])
			break;
	}
	if (error == json_tokener_success && object && end == len) {
		*object_r = object;
		return 0;
	}
	json_object_put(object);
	if (error == json_tokener_success)
		return err_set(err_r, -EINVAL, "not one JSON document (byte %zu of %zu)", end, len);
	return err_set(
	    err_r, -EINVAL, "not JSON: %s (byte %zu of %zu)", json_tokener_error_desc(error), end, len);
}

/* json-c takes overlong sequences and surrogates for UTF-8, and does not look into member names. */
static bool is_utf8(const char *text, size_t len)
{
	for (size_t i = 0, step; i < len; i += step) {
		const unsigned char *p = (const unsigned char *)text + i;
		unsigned char end[4] = { 0 };

		step = 1;
		if (*p < 0x80)
			continue;
		if (len - i < 4)
			p = memcpy(end, p, len - i);
		step = utf8_len(p);
		if (!step)
			return false;
	}
	return true;
}

int json_parse(const char *text, size_t len, struct json_object **object_r, struct err *err_r)
{
	struct json_tokener *tokener;
	int result;

	if (len > INT_MAX)
		return err_set(err_r, -EINVAL, "JSON text too long");
	if (!is_utf8(text, len))
		return err_set(err_r, -EINVAL, "not JSON: invalid UTF-8");
	tokener = json_tokener_new_ex(JSON_DEPTH_MAX);
	if (!tokener)
		die("out of memory (JSON)");
	json_tokener_set_flags(tokener, JSON_TOKENER_ALLOW_TRAILING_CHARS | JSON_TOKENER_VALIDATE_UTF8);
	result = parse_all(tokener, text, len, object_r, err_r);
	json_tokener_free(tokener);
	return result;
}

struct json_object *json_get(struct json_object *object, const char *member)
{
	struct json_object *found = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, member, &found);
	return found;
}

struct json_object *json_at(struct json_object *object, ...)
{
	const char *member;
	va_list args;

	va_start(args, object);
	while ((member = va_arg(args, const char *)))
		object = json_get(object, member);
	va_end(args);
	return object;
}

const char *json_str(struct json_object *object, const char *member, const char *otherwise)
{
	struct json_object *value = json_get(object, member);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : otherwise;
}

int64_t json_int(struct json_object *object, const char *member, int64_t otherwise)
{
	struct json_object *value = json_get(object, member);

	if (json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double))
		return json_object_get_int64(value);
	return otherwise;
}

double json_num(struct json_object *object, const char *member, double otherwise)
{
	struct json_object *value = json_get(object, member);

	if (json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double))
		return json_object_get_double(value);
	return otherwise;
}

bool json_flag(struct json_object *object, const char *member)
{
	struct json_object *value = json_get(object, member);

	return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

size_t json_count(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

const char *json_text(struct json_object *object)
{
	return json_object_to_json_string_ext(
	    object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}

const char *json_library_version(void)
{
	return json_c_version();
}
