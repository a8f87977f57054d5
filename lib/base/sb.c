#include "lib/base/sb.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>

#include "lib/base/die.h"
#include "lib/base/utf8.h"

void sb_init(struct sb *sb, size_t cap_bytes)
{
	*sb = (struct sb)SB_INIT(cap_bytes);
}

void sb_release(struct sb *sb)
{
	if (sb->alloc)
		free(sb->data);
	sb_init(sb, sb->cap);
}

void sb_reset(struct sb *sb)
{
	sb->len = 0;
	sb->failed = false;
	if (sb->alloc)
		sb->data[0] = '\0';
}

static void sb_fail(struct sb *sb)
{
	size_t cap = sb->cap;

	sb_release(sb);
	sb->cap = cap;
	sb->failed = true;
}

/* Makes room for `more` bytes and the NUL. False = over the cap, now failed. */
static bool sb_grow(struct sb *sb, size_t more)
{
	size_t want;

	if (sb->failed)
		return false;
	if (more > sb->cap - sb->len) {
		sb_fail(sb);
		return false;
	}
	if (sb->len + more < sb->alloc)
		return true;
	want = sb->alloc ? sb->alloc * 2 : 64;
	if (want < sb->len + more + 1)
		want = sb->len + more + 1;
	if (want > sb->cap + 1)
		want = sb->cap + 1;
	sb->data = xreallocarray(sb->alloc ? sb->data : NULL, want, 1);
	sb->alloc = want;
	sb->data[sb->len] = '\0';
	return true;
}

void sb_add_mem(struct sb *sb, const void *bytes, size_t len)
{
	if (!len || !sb_grow(sb, len))
		return;
	memcpy(sb->data + sb->len, bytes, len);
	sb->len += len;
	sb->data[sb->len] = '\0';
}

void sb_add(struct sb *sb, const char *text)
{
	sb_add_mem(sb, text, strlen(text));
}

void sb_add_char(struct sb *sb, char c)
{
	sb_add_mem(sb, &c, 1);
}

void sb_addf(struct sb *sb, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		die("bad format: %s", format);
	if (sb_grow(sb, (size_t)len)) {
		vsnprintf(sb->data + sb->len, (size_t)len + 1, format, again);
		sb->len += (size_t)len;
	}
	va_end(again);
}

void sb_add_html(struct sb *sb, const char *text)
{
	for (;;) {
		size_t plain = strcspn(text, "<>&\"'");

		sb_add_mem(sb, text, plain);
		text += plain;
		switch (*text++) {
		case '<': sb_add(sb, "&lt;"); break;
		case '>': sb_add(sb, "&gt;"); break;
		case '&': sb_add(sb, "&amp;"); break;
		case '"': sb_add(sb, "&quot;"); break;
		case '\'': sb_add(sb, "&#39;"); break;
		default: return;
		}
	}
}

static void add_json_char(struct sb *sb, unsigned char c)
{
	switch (c) {
	case '"': sb_add(sb, "\\\""); break;
	case '\\': sb_add(sb, "\\\\"); break;
	case '\n': sb_add(sb, "\\n"); break;
	case '\r': sb_add(sb, "\\r"); break;
	case '\t': sb_add(sb, "\\t"); break;
	default:
		if (c < 0x20 || c == 0x7f || c == '<')
			sb_addf(sb, "\\u%04x", c);
		else
			sb_add_char(sb, (char)c);
	}
}

void sb_add_json(struct sb *sb, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	sb_add_char(sb, '"');
	while (*p) {
		size_t len = utf8_len(p);

		if (len == 0) {
			sb_add(sb, "\\ufffd");
			p++;
		} else if (len == 1) {
			add_json_char(sb, *p++);
		} else {
			sb_add_mem(sb, p, len);
			p += len;
		}
	}
	sb_add_char(sb, '"');
}

static bool is_css_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    strchr(" .,%/:_-", c) || c >= 0x80;
}

void sb_add_css(struct sb *sb, const char *text)
{
	sb_add_char(sb, '"');
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (is_css_plain(*p))
			sb_add_char(sb, (char)*p);
		else
			sb_addf(sb, "\\%06x", *p);
	}
	sb_add_char(sb, '"');
}

void sb_add_url(struct sb *sb, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= 'a' && *p <= 'z') || strchr("-._~", *p);

		if (plain)
			sb_add_char(sb, (char)*p);
		else
			sb_addf(sb, "%%%02X", *p);
	}
}

void sb_drop(struct sb *sb, size_t len)
{
	assert(len <= sb->len);
	if (!len)
		return;
	memmove(sb->data, sb->data + len, sb->len - len + 1);
	sb->len -= len;
}

void sb_cut(struct sb *sb, size_t len)
{
	assert(len <= sb->len);
	if (!sb->alloc)
		return;
	sb->len = len;
	sb->data[len] = '\0';
}

bool sb_failed(const struct sb *sb)
{
	return sb->failed;
}

char *sb_take(struct sb *sb)
{
	char *text;

	if (sb->failed)
		return NULL;
	text = sb->alloc ? sb->data : xstrdup("");
	sb->alloc = 0;
	sb_init(sb, sb->cap);
	return text;
}
