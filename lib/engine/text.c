#include "lib/engine/text.h"

#include <ctype.h>

static size_t cut_len(const char *text, size_t len, size_t max_bytes)
{
	if (len <= max_bytes)
		return len;
	len = max_bytes;
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

const char *text_cut(const char *text, size_t max_bytes, struct arena *arena)
{
	if (!text || !*text)
		return "";
	return arena_strndup(arena, text, cut_len(text, strlen(text), max_bytes));
}

const char *text_cut_trimmed(const char *text, size_t max_bytes, struct arena *arena)
{
	size_t len;

	if (!text)
		return "";
	while (isspace((unsigned char)*text))
		text++;
	len = strlen(text);
	while (len && isspace((unsigned char)text[len - 1]))
		len--;
	return len ? arena_strndup(arena, text, cut_len(text, len, max_bytes)) : "";
}
