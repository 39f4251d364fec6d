/* SPDX-License-Identifier: MIT */
/* Shared by the tests of TLS: both ends of a connection, in one process. */
#ifndef AW__TEST_TLS_CASE_H
#define AW__TEST_TLS_CASE_H

#include "tests/unit/runtime/runtime_case.h"

#include <awry/tls.h>

typedef aw_error *client_fn(aw_stream *stream);

/** One conversation: its options and what both ends do. NULL options are the defaults of the tests. */
struct tls_case {
	const struct aw_tls_options *server, *client; /* NULL: SERVER("server"); CLIENT() */
	const struct aw_tls_server_options *server_start;
	const struct aw_tls_start_options *client_start;
	aw_stream_fn *serve; /* NULL: echoes */
	client_fn *talk;     /* NULL: only connects */
	const char *host;    /* NULL: localhost */
};

/** The path of a file that tests/certificates/make.sh made. */
#define MADE(name) CERTIFICATES name

/** Options of a server, with the certificate of that name. */
#define SERVER(name, ...)                                                                          \
	AW_TLS_OPTS(.certificate_file = MADE(name ".pem"), .key_file = MADE(name ".key"),          \
		    __VA_ARGS__)
/** Options of a client that trusts the tests' CA. */
#define CLIENT(...) AW_TLS_OPTS(.ca_file = MADE("ca.pem"), __VA_ARGS__)

/** Run the conversation in the current task. */
aw_error *tls_converse(const struct tls_case *story);
/** Run the conversation in a new loop with the real clock, and trace its error. */
void tls_run(const struct tls_case *story);
aw_error *tls_echo(aw_stream *stream, void *arg);

/** Close the stream, wait until it is closed, and unref it. Errors: those of closing. */
aw_error *tls_close(aw_stream *stream);

/** Whether the error is a ConnectionError or an SSLError. */
bool tls_is_connection_error(const aw_error *err);

#endif
