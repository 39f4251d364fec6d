# SPDX-License-Identifier: MIT
import asyncio
from error_story import *

class Trading(Exception): pass
class Risk(Trading): pass

def make():
    inner = ExceptionGroup("inner", [ValueError(1), TypeError("t"), Risk("r")])
    inner.add_note("of inner")
    lone = ExceptionGroup("lone", [KeyError("k")])
    deep = ExceptionGroup("d1", [ExceptionGroup("d2", [ExceptionGroup("d3", [UnicodeError("u"), OSError("o")])])])
    outer = BaseExceptionGroup("outer", [inner, asyncio.CancelledError("c"), lone, deep, ValueError(2)])
    outer.add_note("of outer")
    return outer

for cls in (ValueError, UnicodeError, TypeError, Trading, Risk, KeyError, LookupError, OSError, asyncio.CancelledError,
            Exception, BaseException, ExceptionGroup, BaseExceptionGroup, MemoryError):
    group = make()
    matched, rest = group.split(cls)
    print(cls.__name__, "whole" if matched is group else "parts")
    tree(matched)
    tree(rest)
    sub = group.subgroup(cls)
    print((sub is None) == (matched is None))
