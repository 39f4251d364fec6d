# SPDX-License-Identifier: MIT
from websocket_twin import *

def close(c):
    return "None" if c is None else f"{c.code} '{c.reason}'"

def story(rcvd, sent, order=None):
    ok = all(c is not None and c.code in (1000, 1001, 1005) for c in (rcvd, sent))
    e = (ConnectionClosedOK if ok else ConnectionClosedError)(rcvd, sent, order)
    print(f"{type(e).__name__}: {e}")
    print(close(e.rcvd), close(e.sent), e.rcvd_then_sent, e.code, f"'{e.reason}'", isinstance(e, ConnectionClosed))

story(None, None)
story(None, Close(1011))
story(Close(1006), None)
story(Close(1000), Close(1000), True)
story(Close(1000, "bye"), Close(1000, ""), False)
story(Close(1001, "shutdown"), Close(1001), False)
story(Close(1005), Close(1005), True)
story(Close(1000), Close(1011, "oops"), True)
for code in [*range(999, 1017), 2999, 3000, 3999, 4000, 4999, 5000]:
    story(Close(code, "grüße"), Close(1000), code % 2 == 0)
