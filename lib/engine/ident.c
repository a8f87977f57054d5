#include "lib/engine/ident.h"

#include <ctype.h>
#include <errno.h>

#define DIGEST_PREFIX "sha256:"
#define TAG_MAX_BYTES 128

static bool is_lower_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)text[i]) && (text[i] < 'a' || text[i] > 'f'))
			return false;
	}
	return true;
}

bool engine_id_valid(const char *id)
{
	return id && strnlen(id, ENGINE_ID_LEN + 1) == ENGINE_ID_LEN && is_lower_hex(id, ENGINE_ID_LEN);
}

static bool is_digest(const char *text)
{
	size_t skip = strlen(DIGEST_PREFIX);

	return !strncmp(text, DIGEST_PREFIX, skip) && engine_id_valid(text + skip);
}

static bool is_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)name[i]) && !strchr("._-/:[]", name[i]))
			return false;
	}
	return len && isalnum((unsigned char)name[len - 1]) &&
	    (isalnum((unsigned char)name[0]) || name[0] == '[');
}

static bool is_tag(const char *tag)
{
	size_t len = strlen(tag);

	if (!len || len > TAG_MAX_BYTES || (!isalnum((unsigned char)tag[0]) && tag[0] != '_'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)tag[i]) && !strchr("._-", tag[i]))
			return false;
	}
	return true;
}

/* The colon of a tag is the last one after the last slash: others belong to a port. */
static size_t name_len(const char *text, size_t len)
{
	for (size_t i = len; i && text[i - 1] != '/'; i--) {
		if (text[i - 1] == ':')
			return i - 1;
	}
	return len;
}

int image_reference_parse(
    const char *text, struct arena *arena, struct image_reference *reference_r, struct err *err_r)
{
	struct image_reference ref = { "", "", "" };
	size_t len = strcspn(text, "@"), name;

	if (strlen(text) > IMAGE_REFERENCE_MAX_BYTES)
		return err_set(
		    err_r, -EINVAL, "an image reference has at most %d bytes", IMAGE_REFERENCE_MAX_BYTES);
	if (is_digest(text) || engine_id_valid(text)) {
		ref.digest = is_digest(text) ? arena_strdup(arena, text)
		                             : arena_printf(arena, DIGEST_PREFIX "%s", text);
		*reference_r = ref;
		return 0;
	}
	name = name_len(text, len);
	ref.name = arena_strndup(arena, text, name);
	if (name < len)
		ref.tag = arena_strndup(arena, text + name + 1, len - name - 1);
	if (text[len])
		ref.digest = arena_strdup(arena, text + len + 1);
	if (!is_name(text, name) || (name < len && !is_tag(ref.tag)) || (text[len] && !is_digest(ref.digest)))
		return err_set(err_r, -EINVAL, "\"%.100s\" is no image reference (name:tag@sha256:…)", text);
	*reference_r = ref;
	return 0;
}
