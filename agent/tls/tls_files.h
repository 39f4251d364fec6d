/* SPDX-License-Identifier: MIT */
/* Loads the files of a TLS context. */
#ifndef AW__TLS_FILES_H
#define AW__TLS_FILES_H

#include "agent/tls/tls.h"

/** Load the certificates to trust: those of the options, or, where the peer is to be verified, the system's. */
aw_error *aw__tls_load_trusted(struct aw_tls_context *context,
			       const struct aw_tls_options *options);
/** Load our own certificate chain, and its key. */
aw_error *aw__tls_load_identity(SSL_CTX *ssl, const struct aw_tls_options *options);

#endif
