# SPDX-License-Identifier: MIT
from error_story import *

def a(): return raised(ValueError("a"))
shown(raised(TypeError("b"), cause=a()))
shown(raised(TypeError("b"), context=a()))
shown(raised(TypeError("b"), context=a(), none=True))
shown(raised(KeyError("c"), cause=raised(TypeError("b"), context=a())))
shown(raised(KeyError("c"), context=raised(TypeError("b"), cause=a())))
try:
    try:
        raise TypeError("handled")
    except TypeError:
        try:
            raise ValueError("a")
        except ValueError as e:
            raise KeyError("c") from e
except KeyError as e:
    shown(e)
    parts(e.__cause__)
e = a()
for i in range(6):
    e = raised(RuntimeError(f"step {i}"), **{("cause" if i % 2 else "context"): e})
    e.add_note(f"note {i}")
shown(e)
try:
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            {}["missing"]
    except KeyError as e:
        raise OSError("outer") from e
except OSError as e:
    shown(e)
try:
    try:
        raise ValueError("first")
    finally:
        raise TypeError("from finally")
except TypeError as e:
    shown(e)
    parts(e)
