/* SPDX-License-Identifier: MIT */
/* Misuse of the runtime's API: prints one line to stderr, and aborts. */
#ifndef AW__BUG_H
#define AW__BUG_H

#define aw__bug(...) aw__bug_found(__FILE__, __LINE__, __func__, __VA_ARGS__)

/** Assert, in every build, because it is cheap. `text` tells the user what is wrong. */
#define aw__must(truth, text)                                                                      \
	do {                                                                                       \
		if (__builtin_expect(!(truth), 0))                                                 \
			aw__bug(text);                                                             \
	} while (0)

__attribute__((noreturn, cold, format(printf, 4, 5))) void
aw__bug_found(const char *file, int line, const char *function, const char *format, ...);

#endif
