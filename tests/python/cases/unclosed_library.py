# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unclosed-handle x1 line=20 text~(?=.*"detail": "client session, dropped here; where it was opened is not known")(?=.*main at THIS.py:30)
# A library's session is dropped, and warns about itself and about a part of it: one finding, with the place where it was dropped
import asyncio
import warnings


class Connector:
    def __init__(self, loop):
        self._loop = loop

    def __del__(self, _warn=warnings.warn):
        _warn(f"Unclosed connector {self!r}", ResourceWarning, source=self)


class Session(Connector):
    def __del__(self, _warn=warnings.warn):
        _warn(f"Unclosed client session {self!r}", ResourceWarning, source=self)

    def __init__(self):
        super().__init__(asyncio.get_running_loop())
        self._connector = Connector(self._loop)


async def main():
    session = Session()
    await asyncio.sleep(0.01)
    del session
    await asyncio.sleep(0.01)


asyncio.run(main())
