# SPDX-License-Identifier: MIT
from error_story import *

def story(fn):
    try:
        fn()
    except BaseException as e:
        parts(e)
        if e.__context__ is not None:
            parts(e.__context__)
        shown(e)

def from_none():
    try:
        raise ValueError("a")
    except ValueError:
        raise TypeError("b") from None

def again():
    try:
        raise ValueError("a")
    except ValueError as e:
        raise e

def in_chain():
    try:
        try:
            raise ValueError("a")
        except ValueError as e:
            a = e
            raise TypeError("b")
    except TypeError as b:
        raise a from None

def then_cause():
    try:
        raise ValueError("a")
    except ValueError as e:
        e2 = TypeError("b")
        e2.add_note("made while handling")
        raise e2 from KeyError("c")

def replaced():
    e = RuntimeError("r")
    try:
        raise e from ValueError("first")
    except RuntimeError:
        pass
    raise e from KeyError("second")

for fn in from_none, again, then_cause, replaced:
    print(fn.__name__)
    story(fn)
print("in_chain")
try:
    in_chain()
except ValueError as e:
    print(type(e).__name__, e.__context__ is None or type(e.__context__).__name__, e.__suppress_context__)
