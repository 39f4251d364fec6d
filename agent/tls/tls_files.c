/* SPDX-License-Identifier: MIT */
/*
 * Loads the files of a TLS context for tls_context.c: trusted certificates, our own certificate and its key. A
 * missing file gives the kernel's error, not OpenSSL's.
 */
#include "agent/tls/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <string.h>
#include <unistd.h>

/* Checked here, because OpenSSL reports a missing file in many ways. */
static aw_error *readable(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return aw_error_from_errno(errno, "'%s'", path);
	close(fd);
	return NULL;
}

aw_error *aw__tls_load_trusted(struct aw_tls_context *context, const struct aw_tls_options *options)
{
	const char *file = options->ca_file, *folder = options->ca_folder;

	ERR_clear_error();
	if (file != NULL)
		AW_TRY(readable(file));
	if (folder != NULL)
		AW_TRY(readable(folder));
	if (file != NULL || folder != NULL) {
		if (SSL_CTX_load_verify_locations(context->ssl, file, folder) != 1)
			return aw__tls_error(NULL, 0);
	} else if (SSL_CTX_get_verify_mode(context->ssl) != SSL_VERIFY_NONE) {
		if (SSL_CTX_set_default_verify_paths(context->ssl) != 1)
			return aw__tls_error(NULL, 0);
	}
	return NULL;
}

/* Fails without a password: OpenSSL would ask for it on the terminal. */
static int tell_password(char *to, int size, int writing, void *arg)
{
	const char *password = arg;
	size_t length = password != NULL ? strlen(password) : 0;

	if (password == NULL || length > (size_t)size)
		return -1;
	memcpy(to, password, length);
	return (int)length;
}

static aw_error *load(SSL_CTX *ssl, const struct aw_tls_options *options)
{
	const char *key = options->key_file != NULL ? options->key_file : options->certificate_file;

	AW_TRY(readable(options->certificate_file));
	AW_TRY(readable(key));
	if (SSL_CTX_use_certificate_chain_file(ssl, options->certificate_file) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ssl) != 1)
		return aw__tls_error(NULL, 0);
	return NULL;
}

aw_error *aw__tls_load_identity(SSL_CTX *ssl, const struct aw_tls_options *options)
{
	aw_error *err;

	ERR_clear_error();
	SSL_CTX_set_default_passwd_cb(ssl, tell_password);
	SSL_CTX_set_default_passwd_cb_userdata(ssl, (void *)(uintptr_t)options->key_password);
	err = load(ssl, options);
	/* the caller owns the password, and may free it now */
	SSL_CTX_set_default_passwd_cb_userdata(ssl, NULL);
	return err;
}
