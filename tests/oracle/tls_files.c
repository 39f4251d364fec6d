/* SPDX-License-Identifier: MIT */
/* Certificate, key and CA files that are missing, wrong, mismatched or locked: the errors and their attributes. */
#include "tls_pair.h"

static void tell(const struct aw_tls_options *options, bool server)
{
	aw_tls_context *context = NULL;
	aw_error *err =
		server ? aw_tls_server(options, &context) : aw_tls_client(options, &context);

	show(err);
	if (err != NULL)
		printf("%s %s %d\n", aw_error_str(err, "library", "None"),
		       aw_error_str(err, "reason", "None"), (int)aw_error_int(err, "errno", -1));
	aw_error_unref(err);
	aw_tls_context_unref(context);
}

static void chain(const char *certificate, const char *key, const char *key_kind,
		  const char *password)
{
	tell(AW_TLS_OPTS(.certificate_file = made(certificate, ".pem"),
			 .key_file = made(key, key_kind), .key_password = password),
	     true);
}

static void trust(const char *name, const char *kind)
{
	tell(AW_TLS_OPTS(.ca_file = made(name, kind)), false);
}

static aw_error *amain(void *arg, void **ret)
{
	chain("server", "server", ".key", NULL);
	chain("chain", "chain", ".key", NULL);
	chain("server", "ca", ".key", NULL);
	chain("nothing", "server", ".key", NULL);
	tell(AW_TLS_OPTS(.certificate_file = made("server", ".key")), true);
	chain("server", "server", ".pem", NULL);
	chain("locked", "locked", ".key", "open sesame");
	trust("nothing", ".pem");
	trust("server", ".key");
	trust("ca", ".pem");
	return NULL;
}

ORACLE_MAIN
