/* SPDX-License-Identifier: MIT */
/* TLS contexts (aw_tls_context): the settings that all connections of a client or server share. */
#include "agent/tls/tls.h"
#include "agent/tls/tls_files.h"
#include "base/alloc.h"
#include "base/options_copy.h"

#include <openssl/err.h>
#include <string.h>
#include <strings.h>

enum {
	ALPN_WIRE_MAX = 65535, /* bytes */
};

/* ---- application protocols */

static aw_error *alpn_length(const char *const *names, size_t *ret_length)
{
	size_t total = 0;

	for (size_t i = 0; names[i] != NULL; i++) {
		size_t length = strlen(names[i]);

		if (length == 0 || length > AW__TLS_ALPN_MAX)
			return aw_raise(aw_ValueError,
					"an ALPN protocol has 1 to 255 bytes, not %zu", length);
		total += length + 1;
	}
	if (total > ALPN_WIRE_MAX)
		return aw_raise(aw_ValueError, "too many ALPN protocols");
	*ret_length = total;
	return NULL;
}

/* Store each name after its length, in the wire format of RFC 7301. */
static aw_error *set_alpn(struct aw_tls_context *context, const char *const *names)
{
	size_t total = 0, at = 0;

	AW_TRY(alpn_length(names, &total));
	if (total == 0)
		return NULL;
	context->alpn = aw__alloc(total);
	if (context->alpn == NULL)
		return aw_raise(aw_MemoryError, NULL);
	for (size_t i = 0; names[i] != NULL; i++) {
		size_t length = strlen(names[i]);

		context->alpn[at++] = (unsigned char)length;
		memcpy(context->alpn + at, names[i], length);
		at += length;
	}
	context->alpn_length = (unsigned int)total;
	/* 0 means success here */
	if (!context->server &&
	    SSL_CTX_set_alpn_protos(context->ssl, context->alpn, context->alpn_length) != 0)
		return aw__tls_error(NULL, 0);
	return NULL;
}

/* To have no protocol in common is no error: both ends go on without one. */
static int choose_alpn(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_length,
		       const unsigned char *theirs, unsigned int length, void *arg)
{
	const struct aw_tls_context *context = arg;
	unsigned char *chosen = NULL;

	if (context->alpn == NULL ||
	    SSL_select_next_proto(&chosen, ret_length, context->alpn, context->alpn_length, theirs,
				  length) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*ret_name = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* ---- identities of a server */

static int choose_host(SSL *ssl, int *ret_alert, void *arg)
{
	const struct aw_tls_context *context = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	if (name == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	for (const struct aw__tls_host *host = context->hosts; host != NULL; host = host->next) {
		if (strcasecmp(host->name, name) != 0)
			continue;
		if (SSL_set_SSL_CTX(ssl, host->context->ssl) == NULL)
			return SSL_TLSEXT_ERR_ALERT_FATAL;
		break;
	}
	return SSL_TLSEXT_ERR_OK;
}

aw_error *aw_tls_context_add_host(aw_tls_context *context, const char *name, aw_tls_context *other)
{
	struct aw__tls_host *host;

	if (!context->server || !other->server)
		return aw_raise(aw_ValueError, "only server contexts have hosts");
	if (context == other)
		return aw_raise(aw_ValueError, "this is the same context");
	host = aw__alloc_zeroed(1, sizeof(*host));
	if (host == NULL)
		return aw_raise(aw_MemoryError, NULL);
	host->name = aw__alloc_copy(name, strlen(name));
	if (host->name == NULL)
		goto fail;
	host->context = aw_tls_context_ref(other);
	host->next = context->hosts;
	context->hosts = host;
	return NULL;
fail:
	aw__alloc_free(host);
	return aw_raise(aw_MemoryError, NULL);
}

/* ---- creation */

static aw_error *set_version(struct aw_tls_context *context, int version)
{
	if (version == 0)
		version = AW_TLS_1_2;
	if (version != AW_TLS_1_2 && version != AW_TLS_1_3)
		return aw_raise(aw_ValueError, "unsupported TLS version 0x%04x", version);
	if (SSL_CTX_set_min_proto_version(context->ssl, version) != 1)
		return aw__tls_error(NULL, 0);
	return NULL;
}

static void set_verification(struct aw_tls_context *context, const struct aw_tls_options *options)
{
	int mode = SSL_VERIFY_NONE;

	if (context->server && options->ask_client)
		mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	if (!context->server && !options->no_verify)
		mode = SSL_VERIFY_PEER;
	SSL_CTX_set_verify(context->ssl, mode, NULL);
	context->check_host =
		mode != SSL_VERIFY_NONE && !options->no_host_check && !context->server;
}

static aw_error *set_server(struct aw_tls_context *context)
{
	static const unsigned char id[] = "awry";

	SSL_CTX_set_alpn_select_cb(context->ssl, choose_alpn, context);
	SSL_CTX_set_tlsext_servername_callback(context->ssl, choose_host);
	SSL_CTX_set_tlsext_servername_arg(context->ssl, context);
	/* without it a client with a certificate would be refused when it resumes a session */
	if (SSL_CTX_set_session_id_context(context->ssl, id, sizeof(id) - 1) != 1)
		return aw__tls_error(NULL, 0);
	return NULL;
}

static aw_error *set_up(struct aw_tls_context *context, const struct aw_tls_options *options)
{
	ERR_clear_error();
	context->ssl = SSL_CTX_new(context->server ? TLS_server_method() : TLS_client_method());
	if (context->ssl == NULL)
		return aw__tls_error(NULL, 0);
	SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
						  SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(context->ssl, SSL_MODE_RELEASE_BUFFERS);
	AW_TRY(set_version(context, options->min_version));
	set_verification(context, options);
	AW_TRY(aw__tls_load_trusted(context, options));
	if (options->certificate_file != NULL)
		AW_TRY(aw__tls_load_identity(context->ssl, options));
	if (options->alpn != NULL)
		AW_TRY(set_alpn(context, options->alpn));
	return context->server ? set_server(context) : NULL;
}

static aw_error *create(bool server, const struct aw_tls_options *options,
			aw_tls_context **ret_context)
{
	struct aw_tls_context *context = aw__alloc_zeroed(1, sizeof(*context));
	aw_error *err;

	if (context == NULL)
		return aw_raise(aw_MemoryError, NULL);
	context->refs = 1;
	context->server = server;
	err = set_up(context, options);
	if (err != NULL)
		goto fail;
	*ret_context = context;
	return NULL;
fail:
	aw_tls_context_unref(context);
	return err;
}

aw_error *aw_tls_client(const struct aw_tls_options *options, aw_tls_context **ret_context)
{
	struct aw_tls_options use;

	AW__OPTIONS(aw_tls_options, &use, options);
	return create(false, &use, ret_context);
}

aw_error *aw_tls_server(const struct aw_tls_options *options, aw_tls_context **ret_context)
{
	struct aw_tls_options use;

	AW__OPTIONS(aw_tls_options, &use, options);
	if (use.certificate_file == NULL)
		return aw_raise(aw_ValueError, "a server needs a certificate");
	return create(true, &use, ret_context);
}

aw_tls_context *aw_tls_context_ref(aw_tls_context *context)
{
	if (context != NULL)
		context->refs++;
	return context;
}

aw_tls_context *aw_tls_context_unref(aw_tls_context *context)
{
	if (context == NULL || --context->refs > 0)
		return NULL;
	while (context->hosts != NULL) {
		struct aw__tls_host *host = context->hosts;

		context->hosts = host->next;
		aw_tls_context_unref(host->context);
		aw__alloc_free(host->name);
		aw__alloc_free(host);
	}
	SSL_CTX_free(context->ssl);
	aw__alloc_free(context->alpn);
	aw__alloc_free(context);
	return NULL;
}
