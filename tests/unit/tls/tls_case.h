/* SPDX-License-Identifier: MIT */
/* What the tests of TLS share: both ends of a connection, in one process. */
#ifndef AW__TEST_TLS_CASE_H
#define AW__TEST_TLS_CASE_H

#include "tests/unit/runtime/runtime_case.h"

#include <awry/tls.h>

typedef aw_error *client_fn(aw_stream *stream);

/** One conversation: who speaks, and how. NULL options are the defaults of the tests. */
struct tls_case {
	const struct aw_tls_options *server, *client; /* NULL: "server"; who trusts the ca */
	const struct aw_tls_server_options *server_start;
	const struct aw_tls_start_options *client_start;
	aw_stream_fn *serve; /* NULL: echoes */
	client_fn *talk;     /* NULL: connects, and no more */
	const char *host;    /* NULL: localhost */
};

/** The path of a file that tests/certificates/make.sh made. */
#define MADE(name) CERTIFICATES name

/** A server's options, by the name of its certificate. */
#define SERVER(name, ...)                                                                          \
	AW_TLS_OPTS(.certificate_file = MADE(name ".pem"), .key_file = MADE(name ".key"),          \
		    __VA_ARGS__)
/** Those of a client that trusts our ca. */
#define CLIENT(...) AW_TLS_OPTS(.ca_file = MADE("ca.pem"), __VA_ARGS__)

/** Hold it, in a task. */
aw_error *tls_converse(const struct tls_case *story);
/** Hold it in a loop of its own, and trace its error; the clock is real. */
void tls_run(const struct tls_case *story);
aw_error *tls_echo(aw_stream *stream, void *arg);

/** Close the stream, wait until it is, and give it up. Errors: of closing it. */
aw_error *tls_close(aw_stream *stream);

/** Tell whether the connection broke, as the kernel or TLS says it. */
bool tls_is_connection_error(const aw_error *err);

#endif
