/* crypto: OpenSSL and libargon2 behind the few calls we need. Failures of the library itself
 * (no entropy, out of memory) are fatal (die). */
#ifndef DOCKMON_BASE_CRYPTO_H
#define DOCKMON_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32
#define SHA256_HEX_BYTES 65
#define TOKEN_BYTES 44 /* 256 random bits as base64url (43 characters) and the NUL */
#define PASSWORD_HASH_BYTES 128

void crypto_random(void *bytes_r, size_t len);
void crypto_sha256(const void *bytes, size_t len, uint8_t digest_r[SHA256_BYTES]);
void crypto_hmac_sha256(
    const void *key, size_t key_len, const void *bytes, size_t len, uint8_t mac_r[SHA256_BYTES]);
/* Same length compared in constant time. */
bool crypto_equal(const void *a, const void *b, size_t len);
/* hex_r takes 2 * len + 1 bytes. */
void crypto_hex(const void *bytes, size_t len, char *hex_r);

/* A new secret of 256 random bits (session, API key): base64url without padding. */
void crypto_token(char token_r[TOKEN_BYTES]);
/* A code for people to type: groups of four out of 32 unmistakable characters, "XXXX-XXXX-XXXX" (60 bits). */
#define CODE_BYTES 15
void crypto_code(char code_r[CODE_BYTES]);

/* argon2id, 19 MiB, t=2, p=1 (OWASP's second setting): the encoded string. ~50 ms. */
void password_hash(const char *password, char encoded_r[PASSWORD_HASH_BYTES]);
/* Constant effort for every encoded hash; false for a wrong password or a broken hash. */
bool password_verify(const char *encoded, const char *password);
/* "3.0.15": of OpenSSL, at run time. */
const char *crypto_library_version(void);
/* A valid hash that nothing matches: verify against it when the account does not exist. */
const char *password_nobody(void);

#endif
