/* SPDX-License-Identifier: MIT */
/* repr() and str() of exceptions with quotes, control characters and other difficult texts. */
#include "error_story.h"

static void repr_end(aw_error *err, const char *after)
{
	char *repr = aw_error_repr(err);

	printf("%s%s", repr, after);
	free(repr);
	aw_error_unref(err);
}

/* A KeyError's argument is a key, and its message is the key's repr(). */
static aw_error *make(aw_error_type *type, const char *text)
{
	return type == aw_KeyError ? aw_raise_key(text) : aw_raise(type, "%s", text);
}

int main(void)
{
	static const char *const texts[] = {
		"plain",     "it's",	    "say \"hi\"", "both ' and \"", "two\nlines",
		"tab\tcr\r", "back\\slash", "\x1b\x7f",	  "grün ☃ 𝄞",	   "\u00ad\u200e\u2028",
		"%s %d",
	};
	static aw_error_type *const types[] = {
		aw_ValueError,	      aw_TypeError,
		aw_RuntimeError,      aw_KeyError,
		aw_IndexError,	      aw_OSError,
		aw_MemoryError,	      aw_TimeoutError,
		aw_KeyboardInterrupt, aw_NotImplementedError,
		aw_StopIteration,     aw_EOFError,
		aw_UserWarning,	      aw_SyntaxError,
	};
	static aw_error_type *const bare[] = { aw_CancelledError, aw_InvalidStateError,
					       aw_QueueFull, aw_SendfileNotAvailableError };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		/* an error without arguments, which only SyntaxError prints as None */
		printf("[%s] ", types[i] == aw_SyntaxError ? "None" : "");
		repr_end(aw_raise(types[i], NULL), "\n");
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++)
			repr_end(make(types[i], texts[j]), "\n");
		for (size_t j = 0; types[i] == aw_KeyError && j < sizeof(texts) / sizeof(texts[0]);
		     j++) {
			aw_error *err = make(types[i], texts[j]);

			puts(aw_error_message(err));
			aw_error_unref(err);
		}
	}
	for (size_t i = 0; i < 4; i++) {
		repr_end(aw_raise(bare[i], NULL), " ");
		repr_end(aw_raise(bare[i], "words"), "\n");
	}
	return 0;
}
