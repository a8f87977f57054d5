#include "lib/base/grant.h"

#include <errno.h>
#include <inttypes.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"

int grant_key_read(const char *path, struct grant_key *key_r, struct err *err_r)
{
	AUTO_SB text = SB_INIT(GRANT_KEY_BYTES + 1);
	int result = file_read(path, &text, err_r);

	if (result)
		return result;
	if (text.len != GRANT_KEY_BYTES)
		return err_set(
		    err_r, -EINVAL, "%s is not %d bytes long: run `dockmonctl init`", path, GRANT_KEY_BYTES);
	memcpy(key_r->bytes, text.data, GRANT_KEY_BYTES);
	return 0;
}

static void sign(const struct grant_key *key, const char *text, size_t len, char hex_r[SHA256_HEX_BYTES])
{
	uint8_t mac[SHA256_BYTES];

	crypto_hmac_sha256(key->bytes, sizeof(key->bytes), text, len, mac);
	crypto_hex(mac, sizeof(mac), hex_r);
}

void grant_sign(const struct grant_key *key, const char *params, int64_t now_ms, struct sb *sb)
{
	AUTO_SB text = SB_INIT(QUERY_BYTES_MAX);
	char hex[SHA256_HEX_BYTES];

	sb_addf(&text, "%s&until=%" PRId64, params, now_ms + GRANT_LIFE_MS);
	sign(key, text.data, text.len, hex);
	sb_addf(sb, "%s&sig=%s", text.data, hex);
}

/* Its end is the last field, put there by grant_sign: an earlier one of that name means nothing. */
static int64_t end_of(const struct query *query)
{
	int64_t until_ms;

	if (!query->count || strcmp(query->fields[query->count - 1].name, "until") != 0 ||
	    parse_int(query->fields[query->count - 1].value, 0, INT64_MAX, &until_ms))
		return 0;
	return until_ms;
}

int grant_open(
    const struct grant_key *key, const char *text, int64_t now_ms, struct query *query_r, struct err *err_r)
{
	const char *mark = strstr(text, "&sig=");
	struct query query;
	char hex[SHA256_HEX_BYTES];
	int result;

	if (!mark || strlen(mark + 5) != SHA256_HEX_BYTES - 1)
		return err_set(err_r, -EACCES, "the request carries no grant");
	sign(key, text, (size_t)(mark - text), hex);
	if (!crypto_equal(hex, mark + 5, SHA256_HEX_BYTES - 1))
		return err_set(err_r, -EACCES, "the grant is not signed by the web worker");
	result = query_parse(text, (size_t)(mark - text), &query, err_r);
	if (result)
		return result;
	if (end_of(&query) < now_ms) {
		query_release(&query);
		return err_set(err_r, -EACCES, "the grant has ended");
	}
	*query_r = query;
	return 0;
}
