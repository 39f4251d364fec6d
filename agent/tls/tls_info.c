/* SPDX-License-Identifier: MIT */
/* Queries of a TLS connection: version, cipher, protocol (ALPN) and the peer's certificate. */
#include "agent/tls/tls.h"
#include "base/alloc.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum {
	DIGEST_BYTES = 32,
};

static const struct aw__tls *agreed(const aw_stream *stream)
{
	const struct aw__tls *tls = aw_filter_state(stream, &aw__tls_ops);

	return tls != NULL && SSL_is_init_finished(tls->ssl) ? tls : NULL;
}

const char *aw_tls_version(const aw_stream *stream)
{
	const struct aw__tls *tls = agreed(stream);

	return tls != NULL ? SSL_get_version(tls->ssl) : NULL;
}

const char *aw_tls_cipher(const aw_stream *stream)
{
	const struct aw__tls *tls = agreed(stream);

	return tls != NULL ? SSL_get_cipher_name(tls->ssl) : NULL;
}

const char *aw_tls_alpn(const aw_stream *stream)
{
	const struct aw__tls *tls = agreed(stream);

	return tls != NULL && tls->alpn[0] != '\0' ? tls->alpn : NULL;
}

const char *aw_tls_server_name(const aw_stream *stream)
{
	const struct aw__tls *tls = agreed(stream);

	return tls != NULL ? SSL_get_servername(tls->ssl, TLSEXT_NAMETYPE_host_name) : NULL;
}

bool aw_tls_is_truncated(const aw_stream *stream)
{
	const struct aw__tls *tls = aw_filter_state(stream, &aw__tls_ops);

	return tls != NULL && tls->truncated;
}

/* Take the content of a BIO as a string, to be freed by aw__alloc_free(). NULL if there is no memory, or writing
 * had failed. */
static char *taken(BIO *bio, int written)
{
	char *data = NULL, *copy = NULL;
	long size = BIO_get_mem_data(bio, &data);

	if (written >= 0)
		copy = aw__alloc_copy(size > 0 ? data : "", size > 0 ? (size_t)size : 0);
	(void)BIO_reset(bio);
	return copy;
}

static char *name_text(BIO *bio, const X509_NAME *name)
{
	return taken(bio, X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253));
}

static char *time_text(BIO *bio, const ASN1_TIME *when)
{
	return taken(bio, ASN1_TIME_print(bio, when) == 1 ? 0 : -1);
}

static char *names_text(BIO *bio, const X509 *x509)
{
	int at = X509_get_ext_by_NID(x509, NID_subject_alt_name, -1);

	if (at < 0)
		return aw__alloc_copy("", 0);
	return taken(bio, X509V3_EXT_print(bio, X509_get_ext(x509, at), 0, 0) == 1 ? 0 : -1);
}

static char *fingerprint(const X509 *x509)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char text[2 * DIGEST_BYTES + 1];
	unsigned int length = 0;

	if (X509_digest(x509, EVP_sha256(), digest, &length) != 1 || length != DIGEST_BYTES)
		return NULL;
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	return aw__alloc_copy(text, 2 * DIGEST_BYTES);
}

static bool describe(struct aw_tls_certificate *certificate, X509 *x509)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool good;

	if (bio == NULL)
		return false;
	certificate->subject = name_text(bio, X509_get_subject_name(x509));
	certificate->issuer = name_text(bio, X509_get_issuer_name(x509));
	certificate->names = names_text(bio, x509);
	certificate->not_before = time_text(bio, X509_get0_notBefore(x509));
	certificate->not_after = time_text(bio, X509_get0_notAfter(x509));
	certificate->fingerprint = fingerprint(x509);
	good = certificate->subject != NULL && certificate->issuer != NULL &&
	       certificate->names != NULL && certificate->not_before != NULL &&
	       certificate->not_after != NULL && certificate->fingerprint != NULL;
	BIO_free(bio);
	return good;
}

aw_error *aw_tls_peer(const aw_stream *stream, struct aw_tls_certificate **ret_certificate)
{
	const struct aw__tls *tls = agreed(stream);
	struct aw_tls_certificate *certificate;
	X509 *x509;

	if (tls == NULL)
		return aw_raise(aw_ValueError, "this stream does not speak TLS");
	x509 = SSL_get0_peer_certificate(tls->ssl);
	if (x509 == NULL) {
		*ret_certificate = NULL;
		return NULL;
	}
	certificate = aw__alloc_zeroed(1, sizeof(*certificate));
	if (certificate == NULL)
		return aw_raise(aw_MemoryError, NULL);
	if (!describe(certificate, x509))
		goto fail;
	*ret_certificate = certificate;
	return NULL;
fail:
	ERR_clear_error();
	aw_tls_certificate_free(certificate);
	return aw_raise(aw_MemoryError, NULL);
}

void aw_tls_certificate_free(struct aw_tls_certificate *certificate)
{
	if (certificate == NULL)
		return;
	aw__alloc_free(certificate->subject);
	aw__alloc_free(certificate->issuer);
	aw__alloc_free(certificate->names);
	aw__alloc_free(certificate->not_before);
	aw__alloc_free(certificate->not_after);
	aw__alloc_free(certificate->fingerprint);
	aw__alloc_free(certificate);
}
