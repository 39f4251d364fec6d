# SPDX-License-Identifier: MIT
"""The errors of a WebSocket connection, implemented after the documentation of websockets.exceptions."""

WORDS = {1000: "OK", 1001: "going away", 1002: "protocol error", 1003: "unsupported data",
         1005: "no status received [internal]", 1006: "abnormal closure [internal]",
         1007: "invalid frame payload data", 1008: "policy violation", 1009: "message too big",
         1010: "mandatory extension", 1011: "internal error", 1012: "service restart",
         1013: "try again later", 1014: "bad gateway", 1015: "TLS handshake failure [internal]"}


class Close:
    def __init__(self, code, reason=""):
        self.code, self.reason = code, reason

    def __str__(self):
        if 3000 <= self.code < 4000:
            words = "registered"
        elif 4000 <= self.code < 5000:
            words = "private use"
        else:
            words = WORDS.get(self.code, "unknown")
        return f"{self.code} ({words})" + (f" {self.reason}" if self.reason else "")


class Response:
    def __init__(self, status_code, headers, body=b""):
        self.status_code, self.headers, self.body = status_code, headers, body


class WebSocketException(Exception):
    pass


class ConnectionClosed(WebSocketException):
    def __init__(self, rcvd, sent, rcvd_then_sent=None):
        self.rcvd, self.sent, self.rcvd_then_sent = rcvd, sent, rcvd_then_sent

    def __str__(self):
        if self.rcvd is None and self.sent is None:
            return "no close frame received or sent"
        if self.rcvd is None:
            return f"sent {self.sent}; no close frame received"
        if self.sent is None:
            return f"received {self.rcvd}; no close frame sent"
        if self.rcvd_then_sent:
            return f"received {self.rcvd}; then sent {self.sent}"
        return f"sent {self.sent}; then received {self.rcvd}"

    @property
    def code(self):
        return 1006 if self.rcvd is None else self.rcvd.code

    @property
    def reason(self):
        return "" if self.rcvd is None else self.rcvd.reason


class ConnectionClosedError(ConnectionClosed):
    pass


class ConnectionClosedOK(ConnectionClosed):
    pass


class InvalidHandshake(WebSocketException):
    pass


class SecurityError(InvalidHandshake):
    pass


class InvalidMessage(InvalidHandshake):
    pass


class InvalidHeader(InvalidHandshake):
    def __init__(self, name, value=None):
        self.name, self.value = name, value

    def __str__(self):
        if self.value is None:
            return f"missing {self.name} header"
        if self.value == "":
            return f"empty {self.name} header"
        return f"invalid {self.name} header: {self.value}"


class InvalidHeaderFormat(InvalidHeader):
    def __init__(self, name, error, header, pos):
        super().__init__(name, f"{error} at {pos} in {header}")
        self.error, self.header, self.pos = error, header, pos


class InvalidHeaderValue(InvalidHeader):
    pass


class InvalidOrigin(InvalidHeader):
    def __init__(self, origin):
        super().__init__("Origin", origin)
        self.origin = origin


class InvalidUpgrade(InvalidHeader):
    pass


class InvalidStatus(InvalidHandshake):
    def __init__(self, response):
        self.response = response

    def __str__(self):
        return f"server rejected WebSocket connection: HTTP {self.response.status_code:d}"


class InvalidStatusCode(InvalidHandshake):
    def __init__(self, status_code, headers):
        self.status_code, self.headers = status_code, headers

    def __str__(self):
        return f"server rejected WebSocket connection: HTTP {self.status_code}"


class NegotiationError(InvalidHandshake):
    pass


class DuplicateParameter(NegotiationError):
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"duplicate parameter: {self.name}"


class InvalidParameterName(NegotiationError):
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"invalid parameter name: {self.name}"


class InvalidParameterValue(NegotiationError):
    def __init__(self, name, value):
        self.name, self.value = name, value

    def __str__(self):
        if self.value is None:
            return f"missing value for parameter {self.name}"
        if self.value == "":
            return f"empty value for parameter {self.name}"
        return f"invalid value for parameter {self.name}: {self.value}"


class AbortHandshake(InvalidHandshake):
    def __init__(self, status, headers, body=b""):
        self.status, self.headers, self.body = status, headers, body

    def __str__(self):
        return f"HTTP {self.status:d}, {len(self.headers)} headers, {len(self.body)} bytes"


class RedirectHandshake(InvalidHandshake):
    def __init__(self, uri):
        self.uri = uri

    def __str__(self):
        return f"redirect to {self.uri}"


class InvalidState(WebSocketException, AssertionError):
    pass


class InvalidURI(WebSocketException):
    def __init__(self, uri, msg):
        self.uri, self.msg = uri, msg

    def __str__(self):
        return f"{self.uri} isn't a valid URI: {self.msg}"


class PayloadTooBig(WebSocketException):
    pass


class ProtocolError(WebSocketException):
    pass


WebSocketProtocolError = ProtocolError
