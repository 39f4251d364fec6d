/* SPDX-License-Identifier: MIT */
/* ConnectionClosed errors of websockets: messages and attributes for each pair of close codes. */
#include "error_story.h"

static void close_of(const aw_error *err, const char *code, const char *reason)
{
	int64_t number = aw_error_int(err, code, -1);

	if (number < 0)
		printf("None ");
	else
		printf("%d '%s' ", (int)number, aw_error_str(err, reason, "?"));
}

static void story(const aw_ws_close *rcvd, const aw_ws_close *sent, bool order)
{
	aw_error *err = aw_raise_connection_closed(rcvd, sent, order);
	int64_t then = aw_error_int(err, "rcvd_then_sent", -1);

	show(err);
	close_of(err, "rcvd_code", "rcvd_reason");
	close_of(err, "sent_code", "sent_reason");
	printf("%s %d '%s' %s\n", then < 0 ? "None" : truth(then == 1),
	       (int)aw_error_int(err, "code", -1), aw_error_str(err, "reason", "?"),
	       truth(aw_error_is(err, aw_ConnectionClosed)));
	aw_error_unref(err);
}

#define CLOSE(...) (&(aw_ws_close){ __VA_ARGS__ })

int main(void)
{
	static const int more[] = { 2999, 3000, 3999, 4000, 4999, 5000 };

	story(NULL, NULL, false);
	story(NULL, CLOSE(1011), false);
	story(CLOSE(1006), NULL, false);
	story(CLOSE(1000), CLOSE(1000), true);
	story(CLOSE(1000, "bye"), CLOSE(1000, ""), false);
	story(CLOSE(1001, "shutdown"), CLOSE(1001), false);
	story(CLOSE(1005), CLOSE(1005), true);
	story(CLOSE(1000), CLOSE(1011, "oops"), true);
	for (int code = 999; code < 1017; code++)
		story(CLOSE(code, "grüße"), CLOSE(1000), code % 2 == 0);
	for (size_t i = 0; i < 6; i++)
		story(CLOSE(more[i], "grüße"), CLOSE(1000), more[i] % 2 == 0);
	return 0;
}
