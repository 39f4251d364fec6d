# SPDX-License-Identifier: MIT
import asyncio

async def fed(data, eof=True):
    reader = asyncio.StreamReader(limit=8)
    reader.feed_data(data)
    if eof:
        reader.feed_eof()
    return reader

async def main():
    for partial, expected in (b"", 1), (b"ab", 10), (b"\x00\xff'", 4), (b"x" * 100, 101):
        try:
            await (await fed(partial)).readexactly(expected)
        except asyncio.IncompleteReadError as e:
            print(repr(e), e.partial, e.expected, isinstance(e, EOFError))
    try:
        await (await fed(b"no line")).readuntil()
    except asyncio.IncompleteReadError as e:
        print(repr(e), e.partial, e.expected)
    for data in b"123456789", b"12345678\n", b"1234567890123456\n":
        try:
            await (await fed(data, False)).readuntil()
        except asyncio.LimitOverrunError as e:
            print(repr(e), e.consumed, isinstance(e, EOFError))
    print(repr(asyncio.IncompleteReadError(b"", 0)))

asyncio.run(main())
