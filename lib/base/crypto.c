#include "lib/base/crypto.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "lib/base/die.h"

#define ARGON2_KIB (19 * 1024)
#define ARGON2_PASSES 2
#define ARGON2_LANES 1
#define SALT_BYTES 16

void crypto_random(void *bytes_r, size_t len)
{
	if (RAND_bytes(bytes_r, (int)len) != 1)
		die("no random numbers from OpenSSL");
}

void crypto_sha256(const void *bytes, size_t len, uint8_t digest_r[SHA256_BYTES])
{
	if (!EVP_Digest(bytes, len, digest_r, NULL, EVP_sha256(), NULL))
		die("SHA-256 failed");
}

void crypto_hmac_sha256(
    const void *key, size_t key_len, const void *bytes, size_t len, uint8_t mac_r[SHA256_BYTES])
{
	unsigned int mac_len = 0;

	if (!HMAC(EVP_sha256(), key, (int)key_len, bytes, len, mac_r, &mac_len) || mac_len != SHA256_BYTES)
		die("HMAC-SHA-256 failed");
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_hex(const void *bytes, size_t len, char *hex_r)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++) {
		hex_r[2 * i] = digits[p[i] >> 4];
		hex_r[2 * i + 1] = digits[p[i] & 15];
	}
	hex_r[2 * len] = '\0';
}

void crypto_token(char token_r[TOKEN_BYTES])
{
	uint8_t bytes[32];
	unsigned char text[48];

	crypto_random(bytes, sizeof(bytes));
	EVP_EncodeBlock(text, bytes, sizeof(bytes));
	for (int i = 0; i < TOKEN_BYTES - 1; i++) {
		char c = (char)text[i];

		token_r[i] = c == '+' ? '-' : c == '/' ? '_' : c;
	}
	token_r[TOKEN_BYTES - 1] = '\0';
	OPENSSL_cleanse(bytes, sizeof(bytes));
}

void crypto_code(char code_r[CODE_BYTES])
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	uint8_t bytes[12];
	size_t out = 0;

	crypto_random(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i && i % 4 == 0)
			code_r[out++] = '-';
		code_r[out++] = letters[bytes[i] & 31];
	}
	code_r[out] = '\0';
}

void password_hash(const char *password, char encoded_r[PASSWORD_HASH_BYTES])
{
	uint8_t salt[SALT_BYTES];
	int rc;

	crypto_random(salt, sizeof(salt));
	rc = argon2id_hash_encoded(ARGON2_PASSES, ARGON2_KIB, ARGON2_LANES, password, strlen(password), salt,
	    sizeof(salt), SHA256_BYTES, encoded_r, PASSWORD_HASH_BYTES);
	if (rc != ARGON2_OK)
		die("argon2id failed: %s", argon2_error_message(rc));
}

bool password_verify(const char *encoded, const char *password)
{
	return argon2id_verify(encoded, password, strlen(password)) == ARGON2_OK;
}

const char *password_nobody(void)
{
	return "$argon2id$v=19$m=19456,t=2,p=1$ZG9ja21vbi1ub2JvZHktMQ$"
	       "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

const char *crypto_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
