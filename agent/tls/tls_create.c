/* SPDX-License-Identifier: MIT */
/* Creates the state of one TLS connection, with the server name that a client checks the certificate against. */
#include "agent/tls/tls.h"
#include "base/alloc.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#define HANDSHAKE_TIMEOUT AW_SEC(60)
#define SHUTDOWN_TIMEOUT  AW_SEC(30)

static bool is_address(const char *name)
{
	ASN1_OCTET_STRING *address = a2i_IPADDRESS(name);

	ERR_clear_error();
	ASN1_OCTET_STRING_free(address);
	return address != NULL;
}

/* Send the server's name (SNI), unless it is an address, and require it in the certificate. */
static aw_error *expect_server(struct aw__tls *tls, const char *name)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(tls->ssl);
	bool address;
	int good;

	if (name == NULL || name[0] == '\0') {
		if (!tls->context->check_host)
			return NULL;
		return aw_raise(aw_ValueError, "check_hostname requires server_hostname");
	}
	if (name[0] == '.')
		return aw_raise(aw_ValueError,
				"server_hostname cannot be an empty string or start with "
				"a leading dot.");
	address = is_address(name);
	if (!address && SSL_set_tlsext_host_name(tls->ssl, name) != 1)
		return aw__tls_error(NULL, 0);
	if (!tls->context->check_host)
		return NULL;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (address)
		good = X509_VERIFY_PARAM_set1_ip_asc(param, name);
	else
		good = X509_VERIFY_PARAM_set1_host(param, name, strlen(name));
	return good == 1 ? NULL : aw__tls_error(NULL, 0);
}

static aw_error *set_up(struct aw__tls *tls, const char *server_name)
{
	ERR_clear_error();
	tls->ssl = SSL_new(tls->context->ssl);
	if (tls->ssl == NULL)
		return aw__tls_error(NULL, 0);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (tls->in == NULL || tls->out == NULL) {
		BIO_free(tls->in);
		BIO_free(tls->out);
		return aw__tls_error(NULL, 0);
	}
	BIO_set_mem_eof_return(tls->in, -1); /* empty is not the end: more will come */
	BIO_set_mem_eof_return(tls->out, -1);
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	if (tls->context->server) {
		SSL_set_accept_state(tls->ssl);
		return NULL;
	}
	SSL_set_connect_state(tls->ssl);
	return expect_server(tls, server_name);
}

aw_error *aw__tls_create(aw_stream *stream, aw_tls_context *context,
			 const struct aw_tls_start_options *options, struct aw__tls **ret_tls)
{
	struct aw__tls *tls = aw__alloc_zeroed(1, sizeof(*tls));
	aw_error *err;

	if (tls == NULL)
		return aw_raise(aw_MemoryError, NULL);
	tls->stream = stream;
	tls->context = aw_tls_context_ref(context);
	tls->handshake_timeout =
		options->handshake_timeout > 0 ? options->handshake_timeout : HANDSHAKE_TIMEOUT;
	tls->shutdown_timeout =
		options->shutdown_timeout > 0 ? options->shutdown_timeout : SHUTDOWN_TIMEOUT;
	err = set_up(tls, options->server_name);
	if (err != NULL)
		goto fail;
	*ret_tls = tls;
	return NULL;
fail:
	aw__tls_destroy(tls);
	return err;
}

void aw__tls_destroy(void *state)
{
	struct aw__tls *tls = state;

	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	aw_tls_context_unref(tls->context);
	aw__alloc_free(tls);
}
