# SPDX-License-Identifier: MIT
import websocket_twin as w

mine = {c for c in vars(w).values() if isinstance(c, type) and issubclass(c, BaseException)}
for cls in sorted(mine, key=lambda c: c.__name__):
    up = sorted(b.__name__ for b in cls.__mro__ if issubclass(b, BaseException))
    print(cls.__name__, *up)
print(len(mine), w.WebSocketProtocolError.__name__)
