# SPDX-License-Identifier: MIT
import asyncio
import builtins
import socket
import ssl

mine = {getattr(builtins, n) for n in dir(builtins)
        if isinstance(getattr(builtins, n), type) and issubclass(getattr(builtins, n), BaseException)}
mine |= {asyncio.CancelledError, asyncio.InvalidStateError, asyncio.SendfileNotAvailableError,
         asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.QueueEmpty, asyncio.QueueFull,
         asyncio.BrokenBarrierError, asyncio.TimeoutError, socket.gaierror, socket.herror,
         ssl.SSLError, ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLCertVerificationError}
for cls in sorted(mine, key=lambda c: c.__name__):
    up = [base.__name__ for base in sorted(cls.__mro__, key=lambda c: c.__name__) if base in mine]
    print(cls.__name__, len(up), *up)
print(len(mine))
