/* SPDX-License-Identifier: MIT */
/**
 * awry/websockets.h - the errors of a WebSocket connection, with their messages and attributes.
 *
 * The types are in <awry/error_types.h>. Here are functions for the errors that in Python's library carry
 * more than a message. The others (InvalidMessage, SecurityError, ProtocolError, PayloadTooBig,
 * InvalidState, …) are made with aw_raise(). The message is that of Python's class, and Python's
 * attributes become attributes of the error as follows:
 *
 *	rcvd, sent        a Close becomes two attributes, int rcvd_code and str rcvd_reason (sent_…);
 *	                  none if there was no such frame. int rcvd_then_sent, 0 or 1, if there were both.
 *	                  int code and str reason are those of rcvd; if there is none, 1006 and ""
 *	headers           a str: "Name: value\r\n" for each, in order; int header_count
 *	response          int status_code, str headers, bytes body
 *	value = None      the attribute is left out
 *
 * Context: any thread; never blocks. Errors: MemoryError, without a message, if there is no memory;
 * an attribute is left out if there is no memory for it. Strings are copied.
 * Source: websockets.exceptions, websockets.frames
 * Since: 0.1
 */
#ifndef AWRY_WEBSOCKETS_H
#define AWRY_WEBSOCKETS_H

#include <awry/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The code and reason of a close frame. */
typedef struct aw_ws_close {
	int code;
	const char *reason; /* NULL is "" */
} aw_ws_close;

/** One header of a request or response. */
typedef struct aw_ws_header {
	const char *name;
	const char *value;
} aw_ws_header;

/** The parts of a handshake response that errors show. */
typedef struct aw_ws_response {
	int status;
	const aw_ws_header *headers; /* `header_count` of them */
	size_t header_count;
	const void *body; /* `body_length` bytes; may be NULL if the length is 0 */
	size_t body_length;
	void *reserved[2]; /* 0: for later versions */
} aw_ws_response;

/**
 * Make a ConnectionClosed.
 *
 * "received 1011 (internal error) oops; then sent 1000 (OK)" and the like.
 *
 * The type is ConnectionClosedOK if both frames were exchanged with codes 1000, 1001 or 1005 (none),
 * else ConnectionClosedError.
 *
 * @param rcvd            the close frame that was received; NULL: none
 * @param sent            the close frame that was sent; NULL: none
 * @param rcvd_then_sent  if there were both: true if `rcvd` came first
 */
#define aw_raise_connection_closed(rcvd, sent, rcvd_then_sent)                                     \
	aw__raise_connection_closed(AW_HERE, rcvd, sent, rcvd_then_sent)

/**
 * Make an InvalidHeader.
 *
 * "invalid Upgrade header: x", "empty …", "missing …". Attributes: name, value.
 *
 * @param type   aw_InvalidHeader or one that derives from it: InvalidHeaderValue, InvalidUpgrade
 * @param value  NULL: the header is missing (None in Python)
 */
#define aw_raise_invalid_header(type, name, value)                                                 \
	aw__raise_invalid_header(AW_HERE, type, name, value)
/**
 * Make an InvalidHeaderFormat.
 *
 * "invalid NAME header: ERROR at POS in HEADER". Attributes: name, value, error, header, pos.
 */
#define aw_raise_invalid_header_format(name, error, header, pos)                                   \
	aw__raise_invalid_header_format(AW_HERE, name, error, header, pos)
/**
 * Make an InvalidOrigin.
 *
 * "invalid Origin header: ORIGIN"; with NULL, "missing Origin header". Attributes: name, value, origin.
 */
#define aw_raise_invalid_origin(origin) aw__raise_invalid_origin(AW_HERE, origin)
/**
 * Make an InvalidStatus.
 *
 * "server rejected WebSocket connection: HTTP 503". Attributes: status_code, headers, header_count,
 * body.
 */
#define aw_raise_invalid_status(response) aw__raise_status(AW_HERE, aw_InvalidStatus, response)
/**
 * Make an InvalidStatusCode.
 *
 * The message is that of an InvalidStatus. Attributes: status_code, headers, header_count.
 */
#define aw_raise_invalid_status_code(response)                                                     \
	aw__raise_status(AW_HERE, aw_InvalidStatusCode, response)
/**
 * Make an AbortHandshake.
 *
 * "HTTP 403, 2 headers, 9 bytes". Attributes: status, headers, header_count, body.
 */
#define aw_raise_abort_handshake(response) aw__raise_abort_handshake(AW_HERE, response)
/**
 * Make a RedirectHandshake.
 *
 * "redirect to URI". Attributes: uri.
 */
#define aw_raise_redirect_handshake(uri) aw__raise_redirect_handshake(AW_HERE, uri)
/**
 * Make a DuplicateParameter.
 *
 * "duplicate parameter: NAME". Attributes: name.
 */
#define aw_raise_duplicate_parameter(name)                                                         \
	aw__raise_parameter(AW_HERE, aw_DuplicateParameter, "duplicate parameter", name)
/**
 * Make an InvalidParameterName.
 *
 * "invalid parameter name: NAME". Attributes: name.
 */
#define aw_raise_invalid_parameter_name(name)                                                      \
	aw__raise_parameter(AW_HERE, aw_InvalidParameterName, "invalid parameter name", name)
/**
 * Make an InvalidParameterValue.
 *
 * "invalid value for parameter NAME: VALUE", "empty …"; NULL: "missing …". Attributes: name, value.
 */
#define aw_raise_invalid_parameter_value(name, value)                                              \
	aw__raise_invalid_parameter_value(AW_HERE, name, value)
/**
 * Make an InvalidURI.
 *
 * "URI isn't a valid URI: MSG". Attributes: uri, msg.
 */
#define aw_raise_invalid_uri(uri, msg) aw__raise_invalid_uri(AW_HERE, uri, msg)

AW_API AW_MUST_USE aw_error *
aw__raise_connection_closed(const char *file, int line, const char *function,
			    const aw_ws_close *rcvd, const aw_ws_close *sent, bool rcvd_then_sent);
AW_API AW_MUST_USE aw_error *aw__raise_invalid_header(const char *file, int line,
						      const char *function, aw_error_type *type,
						      const char *name, const char *value);
AW_API AW_MUST_USE aw_error *aw__raise_invalid_header_format(const char *file, int line,
							     const char *function, const char *name,
							     const char *error, const char *header,
							     int64_t pos);
AW_API AW_MUST_USE aw_error *aw__raise_invalid_origin(const char *file, int line,
						      const char *function, const char *origin);
AW_API AW_MUST_USE aw_error *aw__raise_status(const char *file, int line, const char *function,
					      aw_error_type *type, const aw_ws_response *response);
AW_API AW_MUST_USE aw_error *aw__raise_abort_handshake(const char *file, int line,
						       const char *function,
						       const aw_ws_response *response);
AW_API AW_MUST_USE aw_error *aw__raise_redirect_handshake(const char *file, int line,
							  const char *function, const char *uri);
AW_API AW_MUST_USE aw_error *aw__raise_parameter(const char *file, int line, const char *function,
						 aw_error_type *type, const char *what,
						 const char *name);
AW_API AW_MUST_USE aw_error *aw__raise_invalid_parameter_value(const char *file, int line,
							       const char *function,
							       const char *name, const char *value);
AW_API AW_MUST_USE aw_error *aw__raise_invalid_uri(const char *file, int line, const char *function,
						   const char *uri, const char *msg);

#ifdef __cplusplus
}
#endif

#endif
