/* SPDX-License-Identifier: MIT */
/* Makes errors from OpenSSL's, with the types, attributes and messages of CPython's Modules/_ssl.c. */
#include "agent/tls/tls.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum {
	TEXT_BYTES = 512,
};

static const struct {
	int library;
	const char *name;
} libraries[] = {
	{ ERR_LIB_SSL, "SSL" },	  { ERR_LIB_X509, "X509" }, { ERR_LIB_PEM, "PEM" },
	{ ERR_LIB_ASN1, "ASN1" }, { ERR_LIB_EVP, "EVP" },   { ERR_LIB_BIO, "BIO" },
	{ ERR_LIB_RSA, "RSA" },	  { ERR_LIB_EC, "EC" },	    { ERR_LIB_CRYPTO, "CRYPTO" },
};

static const char *library_of(unsigned long code)
{
	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		if (libraries[i].library == ERR_GET_LIB(code))
			return libraries[i].name;
	return NULL;
}

/* WRONG_VERSION_NUMBER for "wrong version number"; empty for reasons that all libraries share. */
static void reason_of(unsigned long code, char *to, size_t size)
{
	const char *words = ERR_reason_error_string(code);
	size_t length = 0;

	if (words != NULL && (ERR_GET_REASON(code) & ERR_RFLAG_COMMON) == 0)
		for (; words[length] != '\0' && length + 1 < size; length++)
			to[length] = isalnum((unsigned char)words[length])
					     ? (char)toupper((unsigned char)words[length])
					     : '_';
	to[length] = '\0';
}

static void why_unverified(const SSL *ssl, long code, char *to, size_t size)
{
	X509_VERIFY_PARAM *param = SSL_get0_param((SSL *)(uintptr_t)ssl);
	char *address = NULL;
	const char *host;

	if (code == X509_V_ERR_HOSTNAME_MISMATCH) {
		host = X509_VERIFY_PARAM_get0_host(param, 0);
		snprintf(to, size, "Hostname mismatch, certificate is not valid for '%s'.",
			 host != NULL ? host : "");
	} else if (code == X509_V_ERR_IP_ADDRESS_MISMATCH) {
		address = X509_VERIFY_PARAM_get1_ip_asc(param);
		snprintf(to, size, "IP address mismatch, certificate is not valid for '%s'.",
			 address != NULL ? address : "");
		OPENSSL_free(address);
	} else {
		snprintf(to, size, "%s", X509_verify_cert_error_string(code));
	}
}

static aw_error *with_details(aw_error *err, int number, unsigned long code, const char *reason)
{
	const char *library = library_of(code);

	err = aw_error_with_int(err, "errno", number);
	if (library != NULL)
		err = aw_error_with_str(err, "library", library);
	return reason[0] != '\0' ? aw_error_with_str(err, "reason", reason) : err;
}

static aw_error *unverified(const SSL *ssl, unsigned long code, const char *reason)
{
	long verdict = SSL_get_verify_result(ssl);
	char why[TEXT_BYTES];
	aw_error *err;

	why_unverified(ssl, verdict, why, sizeof(why));
	err = aw_raise(aw_SSLCertVerificationError, "[SSL: %s] %s: %s", reason,
		       ERR_reason_error_string(code), why);
	err = with_details(err, SSL_ERROR_SSL, code, reason);
	err = aw_error_with_int(err, "verify_code", verdict);
	return aw_error_with_str(err, "verify_message", why);
}

static aw_error *from_code(const SSL *ssl, unsigned long code)
{
	const char *words = ERR_reason_error_string(code), *library = library_of(code);
	char reason[TEXT_BYTES];
	aw_error *err;

	if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
		return aw_raise(aw_MemoryError, NULL);
	if (ERR_SYSTEM_ERROR(code))
		return aw_error_from_errno(ERR_GET_REASON(code), NULL);
	reason_of(code, reason, sizeof(reason));
	if (ssl != NULL && ERR_GET_LIB(code) == ERR_LIB_SSL &&
	    ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return unverified(ssl, code, reason);
	if (words == NULL)
		words = "unknown error";
	if (library != NULL && reason[0] != '\0')
		err = aw_raise(aw_SSLError, "[%s: %s] %s", library, reason, words);
	else if (library != NULL)
		err = aw_raise(aw_SSLError, "[%s] %s", library, words);
	else
		err = aw_raise(aw_SSLError, "%s", words);
	return with_details(err, ssl != NULL ? SSL_ERROR_SSL : ERR_GET_REASON(code), code, reason);
}

static aw_error *without_code(aw_error_type *type, int number, const char *words)
{
	aw_error *err = aw_raise(type, "%s", words);

	return aw_error_with_int(err, "errno", number);
}

aw_error *aw__tls_error(const SSL *ssl, int result)
{
	int number = ssl != NULL ? SSL_get_error(ssl, result) : SSL_ERROR_SSL;
	unsigned long code = ERR_peek_last_error();
	aw_error *err;

	if (number == SSL_ERROR_ZERO_RETURN)
		err = without_code(aw_SSLZeroReturnError, number,
				   "TLS/SSL connection has been closed (EOF)");
	else if (code != 0)
		err = from_code(ssl, code);
	else if (number == SSL_ERROR_SYSCALL)
		err = without_code(aw_SSLEOFError, SSL_ERROR_SYSCALL,
				   "EOF occurred in violation of protocol");
	else
		err = without_code(aw_SSLError, number, "A failure in the SSL library occurred");
	ERR_clear_error();
	return err;
}
