/* SPDX-License-Identifier: MIT */
/* Regular expressions, by PCRE2, with bounds on what a pattern may cost, for filter_match.c. */
#include "viewer/model/filter_internal.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/alloc.h"

#define MATCH_LIMIT 100000u
#define DEPTH_LIMIT 1000u
#define HEAP_KIB    1024u

struct aw__regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

struct aw__regex *aw__regex_create(const char *pattern, size_t length, struct aw__problem *problem)
{
	struct aw__regex *regex = aw__alloc_must_zeroed(1, sizeof(*regex));
	PCRE2_UCHAR words[200] = "";
	PCRE2_SIZE at = 0;
	int error = 0;

	regex->code = pcre2_compile((PCRE2_SPTR)pattern, length,
				    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
				    &error, &at, NULL);
	if (regex->code == NULL) {
		pcre2_get_error_message(error, words, sizeof(words));
		aw__problem_set(problem, "%s, at character %zu of the regular expression", words,
				(size_t)at + 1);
		aw__regex_destroy(regex);
		return NULL;
	}
	regex->data = pcre2_match_data_create(1, NULL);
	regex->context = pcre2_match_context_create(NULL);
	if (regex->data == NULL || regex->context == NULL)
		aw__alloc_exhausted();
	pcre2_set_match_limit(regex->context, MATCH_LIMIT);
	pcre2_set_depth_limit(regex->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(regex->context, HEAP_KIB);
	return regex;
}

void aw__regex_destroy(struct aw__regex *regex)
{
	if (regex == NULL)
		return;
	pcre2_match_context_free(regex->context);
	pcre2_match_data_free(regex->data);
	pcre2_code_free(regex->code);
	aw__alloc_free(regex);
}

bool aw__regex_matches(const struct aw__regex *regex, const char *text, uint64_t *gave_up)
{
	int found = pcre2_match(regex->code, (PCRE2_SPTR)text, strlen(text), 0, 0, regex->data,
				regex->context);

	if (found < 0 && found != PCRE2_ERROR_NOMATCH)
		++*gave_up;
	return found >= 0;
}
