/* SPDX-License-Identifier: MIT */
/* Handshake errors of websockets: headers, statuses, redirects and URIs, with messages and attributes. */
#include "error_story.h"

static void str(const aw_error *err, const char *key)
{
	printf("%s=%s ", key, aw_error_str(err, key, "None"));
}

/* Print and unref an error, with its str attributes `keys`. */
static void story(aw_error *err, const char *const *keys, const char *more)
{
	show(err);
	for (; keys != NULL && *keys != NULL; keys++)
		str(err, *keys);
	printf("%s%s %s\n", more, truth(aw_error_is(err, aw_InvalidHandshake)),
	       truth(aw_error_is(err, aw_InvalidHeader)));
	aw_error_unref(err);
}

#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void headers(void)
{
	aw_error_type *const types[] = { aw_InvalidHeader, aw_InvalidHeaderValue,
					 aw_InvalidUpgrade };
	const char *const values[] = { NULL, "", "x y" };

	for (size_t i = 0; i < 9; i++)
		story(aw_raise_invalid_header(types[i / 3], "Upgrade", values[i % 3]),
		      KEYS("name", "value"), "");
	story(aw_raise_invalid_header_format("Sec-WebSocket-Extensions", "expected token",
					     "a; =", 3),
	      KEYS("name", "value", "error", "header"), "pos=3 ");
	story(aw_raise_invalid_origin("http://evil"), KEYS("name", "value", "origin"), "");
	story(aw_raise_invalid_origin(NULL), KEYS("name", "value", "origin"), "");
	story(aw_raise_duplicate_parameter("a"), KEYS("name"), "");
	story(aw_raise_invalid_parameter_name("b"), KEYS("name"), "");
	for (size_t i = 0; i < 3; i++)
		story(aw_raise_invalid_parameter_value("c", i < 2 ? values[i] : "9"),
		      KEYS("name", "value"), "");
}

static void responses(void)
{
	static const aw_ws_header both[] = { { "Server", "s" }, { "Retry-After", "5" } };
	aw_ws_response response = { 503, both, 2, "busy\0\xff", 6 };
	aw_error *err = aw_raise_invalid_status(&response);
	char more[64];
	size_t length;
	const char *body = aw_error_bytes(err, "body", &length);

	printf("InvalidStatus: %s\n%s %s\n", aw_error_message(err),
	       truth(aw_error_is(err, aw_InvalidHandshake)),
	       truth(aw_error_is(err, aw_InvalidHeader)));
	printf("%d %d %s\n", (int)aw_error_int(err, "status_code", 0),
	       (int)aw_error_int(err, "header_count", 0),
	       length == 6 && memcmp(body, "busy\0\xff", 6) == 0 ? "b'busy\\x00\\xff'" : "?");
	aw_error_unref(err);
	response.status = 404;
	err = aw_raise_invalid_status_code(&response);
	snprintf(more, sizeof(more), "status_code=%d ", (int)aw_error_int(err, "status_code", 0));
	story(err, NULL, more);
	printf("2\n");
	response = (aw_ws_response){ 403, both, 2, "forbidden", 9 };
	err = aw_raise_abort_handshake(&response);
	body = aw_error_bytes(err, "body", NULL);
	snprintf(more, sizeof(more), "status=%d body=b'%s' ", (int)aw_error_int(err, "status", 0),
		 body);
	story(aw_error_ref(err), NULL, more);
	printf("%s\n",
	       strcmp(aw_error_str(err, "headers", ""), "Server: s\r\nRetry-After: 5\r\n") == 0
		       ? "['Server: s', 'Retry-After: 5', '']"
		       : "?");
	aw_error_unref(err);
	story(aw_raise_abort_handshake(&((aw_ws_response){ 200 })), NULL, "status=200 body=b'' ");
}

int main(void)
{
	aw_error_type *const plain[] = { aw_SecurityError, aw_InvalidMessage, aw_NegotiationError,
					 aw_InvalidState,  aw_PayloadTooBig,  aw_ProtocolError };

	headers();
	responses();
	story(aw_raise_redirect_handshake("wss://elsewhere/x"), KEYS("uri"), "");
	story(aw_raise_invalid_uri("http://x", "scheme isn't ws or wss"), KEYS("uri", "msg"), "");
	for (size_t i = 0; i < 6; i++) {
		story(aw_raise(plain[i], "words"), NULL, "");
		story(aw_raise(plain[i], NULL), NULL, "");
	}
	printf("%s %s\n", truth(aw_error_type_is(aw_InvalidState, aw_AssertionError)),
	       truth(aw_error_type_is(aw_ProtocolError, aw_AssertionError)));
	return 0;
}
