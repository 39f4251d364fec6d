/* SPDX-License-Identifier: MIT */
/* Built against the installed libawry-tls: loads a CA file that does not exist, and prints the error's name. */
#include <awry/tls.h>

#include <stdio.h>

int main(void)
{
	aw_tls_context *context = NULL;
	aw_error *err = aw_tls_client(AW_TLS_OPTS(.ca_file = "/nowhere"), &context);

	puts(aw_error_name(err));
	aw_error_unref(err);
	return 0;
}
