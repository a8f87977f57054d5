/* sb: bounded, growable byte string. Always NUL-terminated.
 * The first append past `cap` bytes drops the contents and latches `failed`; later appends do
 * nothing. Build freely, then ask sb_failed() once. Out of memory is fatal (die). */
#ifndef DOCKMON_BASE_SB_H
#define DOCKMON_BASE_SB_H

#include <stdbool.h>
#include <stddef.h>

struct sb {
	char *data;   /* owned; "" before the first append; may hold NUL bytes before `len` */
	size_t len;   /* bytes, without the final NUL */
	size_t alloc; /* bytes allocated; 0 while data points to a constant */
	size_t cap;   /* len never passes this */
	bool failed;
};

/* For declarations: struct sb s = SB_INIT(4096); */
#define SB_INIT(cap_bytes)                           \
	{                                            \
		(char *)"", 0, 0, (cap_bytes), false \
	}
/* AUTO_SB s = SB_INIT(4096); is released at the end of its scope. */
#define AUTO_SB __attribute__((cleanup(sb_release))) struct sb

void sb_init(struct sb *sb, size_t cap_bytes); /* cannot fail */
void sb_release(struct sb *sb);                /* usable again afterwards, with the same cap */
void sb_reset(struct sb *sb);                  /* empties and clears failed, keeps the memory */

void sb_add(struct sb *sb, const char *text);
void sb_add_mem(struct sb *sb, const void *bytes, size_t len);
void sb_add_char(struct sb *sb, char c);
void sb_addf(struct sb *sb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Escaped for an HTML text node or a quoted attribute: < > & " ' become references. */
void sb_add_html(struct sb *sb, const char *text);
/* A JSON string with its quotes (RFC 8259 §7); bytes that are not UTF-8 become U+FFFD. */
void sb_add_json(struct sb *sb, const char *text);
/* A CSS string with its quotes; everything but letters, digits, bytes >= 0x80 and " .,%/:_-" is written as \HHHHHH. */
void sb_add_css(struct sb *sb, const char *text);
/* Percent-encoded for one query value or path segment (RFC 3986 unreserved stay). */
void sb_add_url(struct sb *sb, const char *text);

/* Removes the first `len` bytes (a consumer that has read them). len <= sb->len. */
void sb_drop(struct sb *sb, size_t len);
/* Shortens to `len` bytes. len <= sb->len. */
void sb_cut(struct sb *sb, size_t len);

bool sb_failed(const struct sb *sb);
/* Owned: the caller frees. NULL if failed. The sb is empty afterwards. */
char *sb_take(struct sb *sb);

#endif
