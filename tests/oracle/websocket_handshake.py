# SPDX-License-Identifier: MIT
from websocket_twin import *

def story(e, *names):
    print(f"{type(e).__name__}: {e}")
    print(*(f"{n}={getattr(e, n)}" for n in names), isinstance(e, InvalidHandshake), isinstance(e, InvalidHeader))

for cls in InvalidHeader, InvalidHeaderValue, InvalidUpgrade:
    for value in None, "", "x y":
        story(cls("Upgrade", value), "name", "value")
story(InvalidHeaderFormat("Sec-WebSocket-Extensions", "expected token", "a; =", 3), "name", "value", "error", "header", "pos")
story(InvalidOrigin("http://evil"), "name", "value", "origin")
story(InvalidOrigin(None), "name", "value", "origin")
story(DuplicateParameter("a"), "name")
story(InvalidParameterName("b"), "name")
for value in None, "", "9":
    story(InvalidParameterValue("c", value), "name", "value")
headers = [("Server", "s"), ("Retry-After", "5")]
e = InvalidStatus(Response(503, headers, b"busy\0\xff"))
story(e)
print(e.response.status_code, len(e.response.headers), e.response.body)
e = InvalidStatusCode(404, headers)
story(e, "status_code")
print(len(e.headers))
e = AbortHandshake(403, headers, b"forbidden")
story(e, "status", "body")
print("".join(f"{n}: {v}\r\n" for n, v in e.headers).split("\r\n"))
story(AbortHandshake(200, []), "status", "body")
story(RedirectHandshake("wss://elsewhere/x"), "uri")
story(InvalidURI("http://x", "scheme isn't ws or wss"), "uri", "msg")
for cls in SecurityError, InvalidMessage, NegotiationError, InvalidState, PayloadTooBig, ProtocolError:
    story(cls("words"))
    story(cls())
print(issubclass(InvalidState, AssertionError), issubclass(ProtocolError, AssertionError))
