/* SPDX-License-Identifier: MIT */
/*
 * Certificate verification: trusted, self-signed, chained and expired certificates, host names and addresses that
 * do or do not match, and the wrong CA.
 */
#include "tls_pair.h"

static aw_error *server(aw_stream *stream, void *arg)
{
	char byte;

	AW_TRY(say(stream, "hi\n"));
	return aw_stream_read(stream, &byte, 1, NULL);
}

static aw_error *client(aw_stream *stream)
{
	return show_line(stream);
}

static aw_error *tell(const char *certificate, const char *ca, const char *host)
{
	struct talk talk = { .server = server,
			     .client = client,
			     .certificate = certificate,
			     .ca = ca,
			     .host = host };
	aw_error *err = converse_tls(&talk);

	show(err);
	if (aw_error_is(err, aw_SSLCertVerificationError))
		printf("%d %s %s %s %d\n", (int)aw_error_int(err, "verify_code", -1),
		       aw_error_str(err, "verify_message", ""), aw_error_str(err, "library", ""),
		       aw_error_str(err, "reason", ""), (int)aw_error_int(err, "errno", -1));
	printf("%s %s %s\n", truth(aw_error_is(err, aw_ValueError)),
	       truth(aw_error_is(err, aw_OSError)), truth(aw_error_is(err, aw_SSLError)));
	aw_error_unref(err);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	AW_TRY(tell("server", NULL, NULL));
	AW_TRY(tell("server", NULL, "127.0.0.1"));
	AW_TRY(tell("chain", NULL, NULL));
	AW_TRY(tell("alone", NULL, NULL));
	AW_TRY(tell("alone", "alone", NULL));
	AW_TRY(tell("other", NULL, NULL));
	AW_TRY(tell("other", NULL, "127.0.0.1"));
	AW_TRY(tell("other", NULL, "other.example"));
	AW_TRY(tell("server", NULL, "LOCALHOST"));
	AW_TRY(tell("expired", NULL, NULL));
	AW_TRY(tell("server", "stranger", NULL));
	return tell("server", "server", NULL);
}

ORACLE_MAIN
