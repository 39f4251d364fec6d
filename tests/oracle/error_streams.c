/* SPDX-License-Identifier: MIT */
/* IncompleteReadError and LimitOverrunError: messages, repr() and attributes, also for long and binary data. */
#include "error_story.h"

static void bytes(const char *data, size_t length)
{
	char quote = memchr(data, '\'', length) != NULL ? '"' : '\'';

	printf("b%c", quote);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c < 0x20 || c >= 0x7f)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	printf("%c", quote);
}

static void incomplete(const char *partial, size_t length, int64_t expected, bool base)
{
	aw_error *err = aw_raise_incomplete_read(partial, length, expected);
	char *repr = aw_error_repr(err);
	size_t kept;
	const char *data = aw_error_bytes(err, "partial", &kept);
	int64_t wanted = aw_error_int(err, "expected", -1);

	printf("%s ", repr);
	bytes(data, kept);
	if (wanted < 0)
		printf(" None");
	else
		printf(" %d", (int)wanted);
	printf("%s%s\n", base ? " " : "", base ? truth(aw_error_is(err, aw_EOFError)) : "");
	free(repr);
	aw_error_unref(err);
}

static void overrun(const char *message, int64_t consumed)
{
	aw_error *err = aw_raise_limit_overrun(message, consumed);
	char *repr = aw_error_repr(err);

	printf("%s %d %s\n", repr, (int)aw_error_int(err, "consumed", -1),
	       truth(aw_error_is(err, aw_EOFError)));
	free(repr);
	aw_error_unref(err);
}

int main(void)
{
	char many[100];
	aw_error *err;

	memset(many, 'x', sizeof(many));
	incomplete("", 0, 1, true);
	incomplete("ab", 2, 10, true);
	incomplete("\0\xff'", 3, 4, true);
	incomplete(many, sizeof(many), 101, true);
	incomplete("no line", 7, -1, false);
	overrun("Separator is not found, and chunk exceed the limit", 9);
	overrun("Separator is found, but chunk is longer than limit", 16);
	err = aw_raise_incomplete_read(NULL, 0, 0);
	print_repr(err);
	aw_error_unref(err);
	return 0;
}
