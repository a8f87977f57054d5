/* The self-signed certificate: EC P-256, for the names this machine is reached by. */
#include "ctl/ctl.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"

#define DAYS_VALID 397 /* what browsers accept at most */
#define DAYS_LEFT_MIN 30

void ctl_certificate_paths(
    const struct settings *settings, char cert_r[SETTINGS_PATH_BYTES], char key_r[SETTINGS_PATH_BYTES])
{
	if (settings->tls_cert[0]) {
		snprintf(cert_r, SETTINGS_PATH_BYTES, "%s", settings->tls_cert);
		snprintf(key_r, SETTINGS_PATH_BYTES, "%s", settings->tls_key);
		return;
	}
	settings_data_path(settings, "tls/cert.pem", cert_r);
	settings_data_path(settings, "tls/key.pem", key_r);
}

/* Days until the certificate in that file ends; negative if it is missing, broken or over. */
static int days_left(const char *path)
{
	FILE *file = fopen(path, "re");
	X509 *cert = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	int days = -1, seconds = 0;

	if (cert && !ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert)))
		days = -1;
	X509_free(cert);
	if (file)
		fclose(file);
	return days;
}

/* The host part of DOCKMON_EXTERNAL_URL, "" if there is none or it is no name. */
static void external_host(const struct settings *settings, char out[256])
{
	const char *start = strstr(settings->external_url, "://");
	size_t len;

	out[0] = '\0';
	if (!start)
		return;
	start += 3;
	len = strcspn(start, ":/?#");
	if (len && len < 256 &&
	    strspn(start, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") >= len)
		snprintf(out, 256, "%.*s", (int)len, start);
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;
	int added;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	added = extension && X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
	return added;
}

static bool add_names(X509 *cert, const struct settings *settings)
{
	AUTO_SB names = SB_INIT(1024);
	char host[256] = "", external[256];
	X509_NAME *subject = X509_get_subject_name(cert);

	gethostname(host, sizeof(host) - 1);
	if (!*host ||
	    strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != strlen(host))
		snprintf(host, sizeof(host), "localhost");
	external_host(settings, external);
	sb_addf(&names, "DNS:localhost,IP:127.0.0.1,IP:::1,DNS:%s", host);
	if (*external && strcmp(external, host))
		sb_addf(&names, "%s%s", ",DNS:", external);
	return X509_NAME_add_entry_by_txt(
	           subject, "CN", MBSTRING_UTF8, (const unsigned char *)"DockMon", -1, -1, 0) &&
	    X509_set_issuer_name(cert, subject) && add_extension(cert, NID_subject_alt_name, names.data) &&
	    add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	    add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
	    add_extension(cert, NID_ext_key_usage, "serverAuth");
}

static X509 *make_certificate(const struct settings *settings, EVP_PKEY *key)
{
	X509 *cert = X509_new();
	uint64_t serial;

	crypto_random(&serial, sizeof(serial));
	if (cert && X509_set_version(cert, 2) &&
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -3600) &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), DAYS_VALID * 86400L) && X509_set_pubkey(cert, key) &&
	    add_names(cert, settings) && X509_sign(cert, key, EVP_sha256()))
		return cert;
	X509_free(cert);
	return NULL;
}

static int write_pem(BIO *bio, const char *path, mode_t mode, struct err *err_r)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(bio, &bytes);

	return file_write(path, bytes, (size_t)len, mode, err_r);
}

static int make_pair(
    const struct settings *settings, const char *cert_path, const char *key_path, struct err *err_r)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = key ? make_certificate(settings, key) : NULL;
	BIO *cert_pem = BIO_new(BIO_s_mem()), *key_pem = BIO_new(BIO_s_secmem());
	int result = -EIO;

	if (cert && cert_pem && key_pem && PEM_write_bio_X509(cert_pem, cert) &&
	    PEM_write_bio_PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL)) {
		result = write_pem(key_pem, key_path, 0600, err_r);
		if (!result)
			result = write_pem(cert_pem, cert_path, 0644, err_r);
	} else {
		err_set(err_r, -EIO, "OpenSSL could not make a certificate");
	}
	BIO_free(cert_pem);
	BIO_free(key_pem);
	X509_free(cert);
	EVP_PKEY_free(key);
	return result;
}

int ctl_renew_certificate(const struct settings *settings, struct err *err_r)
{
	char cert[SETTINGS_PATH_BYTES], key[SETTINGS_PATH_BYTES];
	int result;

	ctl_certificate_paths(settings, cert, key);
	if (settings->tls_cert[0]) {
		if (days_left(cert) < 0)
			return err_set(err_r, -EINVAL,
			    "DOCKMON_TLS_CERT: %s is missing, no certificate, or has ended", cert);
		return 0;
	}
	if (days_left(cert) >= DAYS_LEFT_MIN && access(key, F_OK) == 0)
		return 0;
	result = make_pair(settings, cert, key, err_r);
	return result ? result : 1;
}
