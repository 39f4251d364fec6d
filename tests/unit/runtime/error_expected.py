# SPDX-License-Identifier: MIT
"""Print error_expected.h: what CPython 3.11 prints for the trees that test_error_print.c builds.

    python3 error_expected.py > error_expected.h
"""
import traceback


class TradingSystemError(Exception):
    pass


class CancelledError(BaseException):
    pass


CancelledError.__module__ = "builtins"


def raised(exc, line, name, cause=None, context=None):
    code = compile("\n" * (line - 1) + "raise X", "f.c", "exec").replace(co_name=name)
    try:
        exec(code, {"X": exc})
    except BaseException as e:
        e.__traceback__ = e.__traceback__.tb_next
        e.__context__ = context
        if cause is not None:
            e.__cause__ = cause
        return e


def emit(name, e):
    lines = "".join(traceback.format_exception(e)).splitlines(True)
    quoted = ['"%s"' % l.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for l in lines]
    print("static const char %s[] =\n\t" % name + "\n\t".join(quoted) + ";")


def noted(e, *notes):
    for note in notes:
        e.add_note(note)
    return e


def bad():
    return raised(ValueError("bad price"), 12, "parse")


def no_order():
    return raised(TradingSystemError("no order"), 30, "order", cause=bad())


print("/* SPDX-License-Identifier: MIT */")
print("/* Made by error_expected.py with CPython 3.11. */")
print("/* clang-format off */")
emit("plain", bad())
emit("no_message", raised(RuntimeError(), 3, "f"))
emit("with_notes", noted(raised(ValueError("two\nlines"), 4, "f"), "first", "second\nand third"))
emit("caused", no_order())
emit("handled", raised(OSError("late"), 31, "cleanup", context=bad()))
b = raised(TypeError("b"), 2, "b", cause=raised(LookupError("a"), 1, "a"))
emit("chain", raised(ValueError("c"), 3, "c", context=b))
e = raised(TypeError("alone"), 5, "f", context=bad())
e.__suppress_context__ = True
emit("from_none", e)
emit("group", raised(ExceptionGroup("two failed", [bad(), raised(TypeError("t"), 13, "g")]), 20, "run"))
emit("one", raised(BaseExceptionGroup("", [raised(CancelledError(), 1, "c")]), 21, "run"))
seen = noted(raised(ValueError("n"), 2, "n"), "seen\ntwice")
inner = noted(raised(ExceptionGroup("inner", [seen, no_order()]), 8, "inner"), "inner note")
ij = [raised(IndexError("i"), 9, "i"), raised(TypeError("j"), 10, "j")]
last = raised(ExceptionGroup("last", ij), 11, "last")
ctx = raised(ExceptionGroup("ctx", [raised(IndexError("x"), 3, "x")]), 4, "y")
outer = raised(ExceptionGroup("outer", [inner, raised(OSError("m"), 7, "m", context=ctx), last]), 22, "outer")
emit("nested", raised(RuntimeError("top"), 40, "main", cause=outer))
