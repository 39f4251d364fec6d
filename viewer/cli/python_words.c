/* SPDX-License-Identifier: MIT */
/* Reads the command line of a Python interpreter, for `awry ps` (which program it runs) and `awry doctor` (which options it has). */
#include "viewer/cli/python_words.h"

#include <string.h>

/* Options of one letter that have a value, in the same word or as the next one. */
static const char with_value[] = "WX";

/* Long options that have their value as the next word. */
static bool takes_next(const char *word)
{
	return strcmp(word, "--check-hash-based-pycs") == 0;
}

/* -c and -m end the options: what follows in the word, or the next word, is the program. */
static void end_by(struct aw__python_words *ret, char letter, const char *value)
{
	if (value == NULL)
		return;
	ret->program = letter == 'c' ? AW__PYTHON_CODE : AW__PYTHON_MODULE;
	ret->name = letter == 'm' ? value : NULL;
}

static void note(struct aw__python_words *ret, char letter)
{
	ret->no_site = ret->no_site || letter == 'S';
	ret->isolated = ret->isolated || letter == 'I';
	ret->no_user = ret->no_user || letter == 's' || letter == 'I';
}

/* Read a word like "-Im". Returns how many words it takes; 0: the options end there. */
static size_t read_letters(struct aw__python_words *ret, const char *word, const char *next)
{
	for (const char *at = word + 1; *at != '\0'; at++) {
		const char *value = at[1] != '\0' ? at + 1 : next;

		if (*at == 'c' || *at == 'm') {
			end_by(ret, *at, value);
			return 0;
		}
		if (*at == 'V' || *at == 'h' || *at == '?')
			return 0;
		if (strchr(with_value, *at) != NULL)
			return at[1] != '\0' ? 1 : 2;
		note(ret, *at);
	}
	return 1;
}

void aw__python_words_read(const char *const *words, size_t count, struct aw__python_words *ret)
{
	size_t at = 0;

	memset(ret, 0, sizeof(*ret));
	while (at < count && words[at][0] == '-' && words[at][1] != '\0') {
		const char *word = words[at], *next = at + 1 < count ? words[at + 1] : NULL;
		size_t taken;

		if (strcmp(word, "--") == 0) {
			at++;
			break;
		}
		if (word[1] == '-') {
			if (!takes_next(word))
				return; /* --help, --version */
			taken = 2;
		} else {
			taken = read_letters(ret, word, next);
		}
		if (taken == 0)
			return;
		at += taken;
	}
	if (at >= count || strcmp(words[at], "-") == 0) {
		ret->program = AW__PYTHON_PROMPT;
		return;
	}
	ret->program = AW__PYTHON_FILE;
	ret->name = words[at];
}
