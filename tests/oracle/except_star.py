# SPDX-License-Identifier: MIT
import asyncio
from error_story import *

def story(e):
    print("story", repr(e))
    try:
        try:
            raise e
        except* ValueError as group:
            print("values")
            tree(group)
        except* (TypeError, OSError) as group:
            print("types or files")
            tree(group)
        except* LookupError as group:
            print("lookups")
            tree(group)
    except BaseException as rest:
        print("left")
        tree(rest)

V, T = ValueError, TypeError
story(ValueError("naked"))
story(KeyError("naked"))
story(MemoryError("naked, not handled"))
story(ExceptionGroup("all", [V("v"), T("t"), KeyError("k"), OSError("o")]))
story(ExceptionGroup("some", [V("v"), MemoryError("m"), ExceptionGroup("in", [IndexError("i"), MemoryError("n"), V("w")])]))
story(BaseExceptionGroup("base", [asyncio.CancelledError("c"), ExceptionGroup("in", [V("v"), T("t")])]))
story(ExceptionGroup("none", [MemoryError("m"), RuntimeError("r")]))
