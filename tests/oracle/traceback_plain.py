# SPDX-License-Identifier: MIT
import asyncio
from error_story import *

def note(e, *notes):
    for n in notes:
        e.add_note(n)
    return raised(e)

shown(raised(ValueError("bad")))
shown(raised(ValueError()))
shown(raised(ValueError("two\nlines")))
shown(raised(KeyError("key")))
shown(raised(FileNotFoundError(2, "No such file or directory", "x")))
shown(note(ValueError("bad"), "first", "second\nand third", "", "\n", "trailing\n"))
shown(note(RuntimeError(), "of no message"))
shown(raised(asyncio.CancelledError("why")))
shown(raised(asyncio.IncompleteReadError(b"ab", 10)))
shown(raised(asyncio.LimitOverrunError("Separator is not found", 7)))
shown(raised(KeyboardInterrupt()))
shown(raised(TimeoutError()))
