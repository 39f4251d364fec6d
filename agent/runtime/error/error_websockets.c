/* SPDX-License-Identifier: MIT */
/*
 * Raises the exceptions of the Python package websockets, with its messages and attributes (close codes, headers,
 * HTTP responses).
 */
#include <awry/websockets.h>

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

enum {
	CLOSE_OK = 1000,
	CLOSE_GOING_AWAY = 1001,
	CLOSE_NO_STATUS = 1005,
	CLOSE_ABNORMAL = 1006,
};

static const struct {
	int code;
	const char *words;
} closes[] = {
	{ CLOSE_OK, "OK" },
	{ CLOSE_GOING_AWAY, "going away" },
	{ 1002, "protocol error" },
	{ 1003, "unsupported data" },
	{ CLOSE_NO_STATUS, "no status received [internal]" },
	{ CLOSE_ABNORMAL, "abnormal closure [internal]" },
	{ 1007, "invalid frame payload data" },
	{ 1008, "policy violation" },
	{ 1009, "message too big" },
	{ 1010, "mandatory extension" },
	{ 1011, "internal error" },
	{ 1012, "service restart" },
	{ 1013, "try again later" },
	{ 1014, "bad gateway" },
	{ 1015, "TLS handshake failure [internal]" },
};

/* ---- the end of a connection ---- */

static const char *words_of(int code)
{
	if (code >= 3000 && code < 4000)
		return "registered";
	if (code >= 4000 && code < 5000)
		return "private use";
	for (size_t i = 0; i < sizeof(closes) / sizeof(closes[0]); i++)
		if (closes[i].code == code)
			return closes[i].words;
	return "unknown";
}

static const char *reason_of(const aw_ws_close *close)
{
	return close->reason != NULL ? close->reason : "";
}

static void describe(struct aw__buffer *out, const char *before, const aw_ws_close *close)
{
	aw__buffer_format(out, "%s %d (%s)", before, close->code, words_of(close->code));
	if (reason_of(close)[0] != '\0')
		aw__buffer_format(out, " %s", reason_of(close));
}

static void describe_both(struct aw__buffer *out, const aw_ws_close *rcvd, const aw_ws_close *sent,
			  bool rcvd_then_sent)
{
	if (rcvd == NULL && sent == NULL) {
		aw__buffer_text(out, "no close frame received or sent");
	} else if (rcvd == NULL) {
		describe(out, "sent", sent);
		aw__buffer_text(out, "; no close frame received");
	} else if (sent == NULL) {
		describe(out, "received", rcvd);
		aw__buffer_text(out, "; no close frame sent");
	} else if (rcvd_then_sent) {
		describe(out, "received", rcvd);
		describe(out, "; then sent", sent);
	} else {
		describe(out, "sent", sent);
		describe(out, "; then received", rcvd);
	}
}

static bool is_ok(const aw_ws_close *close)
{
	return close != NULL && (close->code == CLOSE_OK || close->code == CLOSE_GOING_AWAY ||
				 close->code == CLOSE_NO_STATUS);
}

aw_error *aw__raise_connection_closed(const char *file, int line, const char *function,
				      const aw_ws_close *rcvd, const aw_ws_close *sent,
				      bool rcvd_then_sent)
{
	aw_error_type *type =
		is_ok(rcvd) && is_ok(sent) ? aw_ConnectionClosedOK : aw_ConnectionClosedError;
	struct aw__buffer text = AW__BUFFER_EMPTY;
	aw_error *err;

	describe_both(&text, rcvd, sent, rcvd_then_sent);
	err = aw__raise(file, line, function, type, "%s", aw__buffer_string(&text));
	aw__buffer_finish(&text);
	if (rcvd != NULL) {
		err = aw_error_with_int(err, "rcvd_code", rcvd->code);
		err = aw_error_with_str(err, "rcvd_reason", reason_of(rcvd));
	}
	if (sent != NULL) {
		err = aw_error_with_int(err, "sent_code", sent->code);
		err = aw_error_with_str(err, "sent_reason", reason_of(sent));
	}
	if (rcvd != NULL && sent != NULL)
		err = aw_error_with_int(err, "rcvd_then_sent", rcvd_then_sent);
	err = aw_error_with_int(err, "code", rcvd != NULL ? rcvd->code : CLOSE_ABNORMAL);
	return aw_error_with_str(err, "reason", rcvd != NULL ? reason_of(rcvd) : "");
}

/* ---- headers and parameters: missing, empty or invalid ---- */

static aw_error *name_and_value(aw_error *err, const char *name, const char *value)
{
	err = aw_error_with_str(err, "name", name);
	return value != NULL ? aw_error_with_str(err, "value", value) : err;
}

aw_error *aw__raise_invalid_header(const char *file, int line, const char *function,
				   aw_error_type *type, const char *name, const char *value)
{
	aw_error *err;

	if (value == NULL || value[0] == '\0')
		err = aw__raise(file, line, function, type, "%s %s header",
				value == NULL ? "missing" : "empty", name);
	else
		err = aw__raise(file, line, function, type, "invalid %s header: %s", name, value);
	return name_and_value(err, name, value);
}

aw_error *aw__raise_invalid_header_format(const char *file, int line, const char *function,
					  const char *name, const char *error, const char *header,
					  int64_t pos)
{
	struct aw__buffer value = AW__BUFFER_EMPTY;
	aw_error *err;

	aw__buffer_format(&value, "%s at %lld in %s", error, (long long)pos, header);
	err = aw__raise_invalid_header(file, line, function, aw_InvalidHeaderFormat, name,
				       aw__buffer_string(&value));
	aw__buffer_finish(&value);
	err = aw_error_with_str(err, "error", error);
	err = aw_error_with_str(err, "header", header);
	return aw_error_with_int(err, "pos", pos);
}

aw_error *aw__raise_invalid_origin(const char *file, int line, const char *function,
				   const char *origin)
{
	aw_error *err =
		aw__raise_invalid_header(file, line, function, aw_InvalidOrigin, "Origin", origin);

	return origin != NULL ? aw_error_with_str(err, "origin", origin) : err;
}

aw_error *aw__raise_parameter(const char *file, int line, const char *function, aw_error_type *type,
			      const char *what, const char *name)
{
	aw_error *err = aw__raise(file, line, function, type, "%s: %s", what, name);

	return aw_error_with_str(err, "name", name);
}

aw_error *aw__raise_invalid_parameter_value(const char *file, int line, const char *function,
					    const char *name, const char *value)
{
	aw_error *err;

	if (value == NULL || value[0] == '\0')
		err = aw__raise(file, line, function, aw_InvalidParameterValue,
				"%s value for parameter %s", value == NULL ? "missing" : "empty",
				name);
	else
		err = aw__raise(file, line, function, aw_InvalidParameterValue,
				"invalid value for parameter %s: %s", name, value);
	return name_and_value(err, name, value);
}

/* ---- responses ---- */

static aw_error *with_headers(aw_error *err, const aw_ws_response *response)
{
	struct aw__buffer all = AW__BUFFER_EMPTY;

	for (size_t i = 0; i < response->header_count; i++)
		aw__buffer_format(&all, "%s: %s\r\n", response->headers[i].name,
				  response->headers[i].value);
	if (!all.failed)
		err = aw_error_with_str(err, "headers", aw__buffer_string(&all));
	aw__buffer_finish(&all);
	return aw_error_with_int(err, "header_count", (int64_t)response->header_count);
}

aw_error *aw__raise_status(const char *file, int line, const char *function, aw_error_type *type,
			   const aw_ws_response *response)
{
	aw_error *err =
		aw__raise(file, line, function, type,
			  "server rejected WebSocket connection: HTTP %d", response->status);

	err = aw_error_with_int(err, "status_code", response->status);
	err = with_headers(err, response);
	if (type == aw_InvalidStatus)
		err = aw_error_with_bytes(err, "body", response->body, response->body_length);
	return err;
}

aw_error *aw__raise_abort_handshake(const char *file, int line, const char *function,
				    const aw_ws_response *response)
{
	aw_error *err = aw__raise(file, line, function, aw_AbortHandshake,
				  "HTTP %d, %zu headers, %zu bytes", response->status,
				  response->header_count, response->body_length);

	err = aw_error_with_int(err, "status", response->status);
	err = with_headers(err, response);
	return aw_error_with_bytes(err, "body", response->body, response->body_length);
}

aw_error *aw__raise_redirect_handshake(const char *file, int line, const char *function,
				       const char *uri)
{
	aw_error *err =
		aw__raise(file, line, function, aw_RedirectHandshake, "redirect to %s", uri);

	return aw_error_with_str(err, "uri", uri);
}

aw_error *aw__raise_invalid_uri(const char *file, int line, const char *function, const char *uri,
				const char *msg)
{
	aw_error *err = aw__raise(file, line, function, aw_InvalidURI, "%s isn't a valid URI: %s",
				  uri, msg);

	return aw_error_with_str(aw_error_with_str(err, "uri", uri), "msg", msg);
}
