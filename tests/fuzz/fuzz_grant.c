/* Signed query strings. Nothing opens that does not end in the key's own signature of all before it;
 * what was signed opens until its end and not after, and not with any byte changed. */
#include <assert.h>
#include <errno.h>

#include "lib/base/crypto.h"
#include "lib/base/grant.h"

#define NOW_MS 1700000000000LL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct grant_key key = { "0123456789abcdef0123456789abcde" };

static int opens(const char *text, int64_t now_ms)
{
	struct query query = QUERY_INIT;
	int result = grant_open(&key, text, now_ms, &query, NULL);

	assert(result <= 0);
	assert(!result || (!query.text && !query.count)); /* untouched on failure */
	query_release(&query);
	return result;
}

static bool is_ours(const char *text)
{
	const char *mark = strstr(text, "&sig=");
	uint8_t mac[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (!mark)
		return false;
	crypto_hmac_sha256(key.bytes, sizeof(key.bytes), text, (size_t)(mark - text), mac);
	crypto_hex(mac, sizeof(mac), hex);
	return !strcmp(mark + 5, hex);
}

static void check_signed(char *params, uint8_t where, uint8_t flip)
{
	AUTO_SB sb = SB_INIT(1024 * 1024);
	int result;
	size_t at;

	grant_sign(&key, params, NOW_MS, &sb);
	result = opens(sb.data, NOW_MS + GRANT_LIFE_MS);
	/* refused for what it says, never for its signature, unless a mark of its own is in it */
	assert(result != -EACCES || strstr(params, "&sig="));
	assert(opens(sb.data, NOW_MS + GRANT_LIFE_MS + 1) != 0);
	at = (size_t)where * sb.len / 256;
	if (!flip || sb.data[at] == (char)flip)
		return;
	sb.data[at] = (char)flip;
	assert(opens(sb.data, NOW_MS) || is_ours(sb.data));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 2 || size > 20000)
		return 0;
	text = calloc(1, size);
	assert(text);
	memcpy(text, data + 2, size - 2);
	if (!opens(text, NOW_MS))
		assert(is_ours(text));
	check_signed(text, data[0], data[1]);
	free(text);
	return 0;
}
