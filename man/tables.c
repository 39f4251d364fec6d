/* SPDX-License-Identifier: MIT */
/* tables keys|findings: what the manual says of them, from the tables that the programs obey. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "proto/finding.h"
#include "viewer/tui/keys.h"

/* Text that scdoc is to leave as it is. */
static void plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("\\*_#[]<>~`", *text) != NULL)
			putchar('\\');
		putchar(*text);
	}
}

static void keys(void)
{
	for (const struct aw__key_spec *spec = aw__keys_table; spec->action != AW__DO_NOTHING;
	     spec++) {
		putchar('*');
		plain(spec->names);
		printf("*\n\t");
		plain(spec->help);
		printf("\n\n");
	}
}

static void findings(void)
{
	for (int kind = 1; kind < AW__FINDING_KINDS; kind++) {
		const struct aw__finding_spec *spec = aw__finding_spec((uint64_t)kind);

		putchar('*');
		plain(spec->id);
		printf("*\n\t");
		plain(spec->meaning);
		printf("\n\n\t");
		plain(spec->advice);
		if (spec->threshold != NULL) {
			printf("\n\n\t");
			plain(spec->threshold);
		}
		printf("\n\n");
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "keys") == 0)
		keys();
	else if (argc == 2 && strcmp(argv[1], "findings") == 0)
		findings();
	else
		return 2;
	return fflush(stdout) == 0 ? 0 : 1;
}
