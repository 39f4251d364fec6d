/* SPDX-License-Identifier: MIT */
/* tables keys|findings|exports: prints a part of the manual from the tables that the programs themselves use. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "proto/finding.h"
#include "viewer/export/export.h"
#include "viewer/model/task_filter.h"
#include "viewer/tui/keys.h"

/* Print text, escaped for scdoc. */
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

static void entry(const char *name, const char *text)
{
	putchar('*');
	plain(name);
	printf("*\n\t");
	plain(text);
}

static void choices(const struct aw__filter_field *field)
{
	const char *choice;

	if (field->choice == NULL)
		return;
	printf(": ");
	for (size_t n = 0; (choice = field->choice(n)) != NULL; n++) {
		printf("%s", n > 0 ? ", " : "");
		plain(choice);
	}
}

static void exports(void)
{
	static const char *const types[] = {
		[AW__FILTER_TEXT] = "text",
		[AW__FILTER_CHOICE] = "one of",
		[AW__FILTER_NUMBER] = "a number",
		[AW__FILTER_DURATION] = "a duration",
	};
	const struct aw__exporter *exporter;

	printf("# FORMATS\n\n");
	for (size_t i = 0; (exporter = aw__exporter_at(i)) != NULL; i++) {
		entry(exporter->name, exporter->description);
		printf("\n\n");
	}
	printf("# FILTERS\n\n"
	       "A filter is made of terms, all of which must hold: FIELD OPERATOR VALUE, or a word "
	       "that is "
	       "looked for in name and coroutine. A *-* or *not* before a term negates it; a "
	       "value may be "
	       "\"quoted\"; *:* takes several, with commas between them, of which one must fit.\n\n"
	       "*:* is, or contains; *=* and *!=* is (not); *\\<* *\\<=* *>* *>=* numbers (12, "
	       "1.5k, 3M, 4Ki) and "
	       "durations (250ms, 5s, 2min); *\\~* and *!\\~* a regular expression, which may "
	       "stand between "
	       "slashes.\n\n");
	for (const struct aw__filter_field *field = aw__filter_fields; field->name != NULL;
	     field++) {
		entry(field->name, field->help);
		printf(" (%s", types[field->type]);
		choices(field);
		printf(")\n\n");
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "keys") == 0)
		keys();
	else if (argc == 2 && strcmp(argv[1], "findings") == 0)
		findings();
	else if (argc == 2 && strcmp(argv[1], "exports") == 0)
		exports();
	else
		return 2;
	return fflush(stdout) == 0 ? 0 : 1;
}
