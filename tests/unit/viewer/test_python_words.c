/* SPDX-License-Identifier: MIT */
/* Tests of the reading of a Python interpreter's command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "viewer/cli/python_words.h"

#define MOST_WORDS 8

/* The words of `line`, separated by spaces. */
static void read_line(const char *line, char space[256], struct aw__python_words *ret)
{
	const char *words[MOST_WORDS];
	size_t count = 0;
	char *rest = NULL;

	assert_true(strlen(line) < 256);
	strcpy(space, line);
	for (const char *word = strtok_r(space, " ", &rest); word != NULL && count < MOST_WORDS;
	     word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	aw__python_words_read(words, count, ret);
}

static void runs(const char *line, enum aw__python_program program, const char *name)
{
	struct aw__python_words words;
	char space[256];

	read_line(line, space, &words);
	if (words.program != program)
		fail_msg("'%s': program %d, not %d", line, (int)words.program, (int)program);
	if (name == NULL ? words.name != NULL : words.name == NULL || strcmp(words.name, name) != 0)
		fail_msg("'%s': %s, not %s", line, words.name, name);
}

static void python_words__the_program_is_found_behind_the_options(void **state)
{
	(void)state;
	runs("app.py", AW__PYTHON_FILE, "app.py");
	runs("-X dev -W ignore -B app.py -m x", AW__PYTHON_FILE, "app.py");
	runs("-Xdev -Wignore app.py", AW__PYTHON_FILE, "app.py");
	runs("-BX dev app.py", AW__PYTHON_FILE, "app.py");
	runs("--check-hash-based-pycs always app.py", AW__PYTHON_FILE, "app.py");
	runs("-- -m", AW__PYTHON_FILE, "-m");
	runs("-m module app.py", AW__PYTHON_MODULE, "module");
	runs("-Imodule", AW__PYTHON_MODULE, "odule");
	runs("-Im module", AW__PYTHON_MODULE, "module");
	runs("-c pass", AW__PYTHON_CODE, NULL);
	runs("-ucpass", AW__PYTHON_CODE, NULL);
}

static void python_words__a_command_line_may_have_no_program(void **state)
{
	(void)state;
	runs("", AW__PYTHON_PROMPT, NULL);
	runs("-i", AW__PYTHON_PROMPT, NULL);
	runs("- app.py", AW__PYTHON_PROMPT, NULL);
	runs("-X", AW__PYTHON_PROMPT, NULL);
	runs("-m", AW__PYTHON_NOTHING, NULL);
	runs("-c", AW__PYTHON_NOTHING, NULL);
	runs("-V app.py", AW__PYTHON_NOTHING, NULL);
	runs("--version app.py", AW__PYTHON_NOTHING, NULL);
}

static void python_words__options_for_packages_are_noted(void **state)
{
	static const struct {
		const char *line;
		bool no_site, isolated, no_user;
	} cases[] = {
		{ "app.py -S -I -s", false, false, false }, { "-S app.py", true, false, false },
		{ "-I app.py", false, true, true },	    { "-s app.py", false, false, true },
		{ "-BSIm app -s", true, true, true },	    { "-W S app.py", false, false, false },
		{ "-XS app.py", false, false, false },
	};
	struct aw__python_words words;
	char space[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_line(cases[i].line, space, &words);
		if (words.no_site != cases[i].no_site || words.isolated != cases[i].isolated ||
		    words.no_user != cases[i].no_user)
			fail_msg("'%s': %d %d %d", cases[i].line, words.no_site, words.isolated,
				 words.no_user);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(python_words__the_program_is_found_behind_the_options),
		cmocka_unit_test(python_words__a_command_line_may_have_no_program),
		cmocka_unit_test(python_words__options_for_packages_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
