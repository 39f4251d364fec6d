# SPDX-License-Identifier: MIT
"""Shared by the pairs about errors: tracebacks without frames and modules of types, which differ in C."""
import re
import traceback

FRAME = traceback.StackSummary.from_list([("f", 1, "f", "")])


def raised(e, cause=None, context=None, none=False):
    """Raise and catch e, so that it gets a traceback, and a cause or context."""
    try:
        if none:
            raise e from None
        if cause is not None:
            raise e from cause
        raise e
    except BaseException:
        pass
    if context is not None:
        e.__context__ = context
    return e


def bare(e):
    """Cut tracebacks to one frame: C keeps only the place of the raise."""
    if e is None:
        return
    if e.stack:
        e.stack = FRAME
    for part in [e.__cause__, e.__context__, *(e.exceptions or [])]:
        bare(part)


def shown(e, **limits):
    """Print the traceback of e; types have no modules in C."""
    limits.setdefault("max_group_width", 10**9)
    limits.setdefault("max_group_depth", 10**9)
    kept = traceback.TracebackException(type(e), e, e.__traceback__, **limits)
    bare(kept)
    print(re.sub(r"\b(asyncio\.\w+|socket|errors)\.(?=[A-Za-z]+(Error|Full|Empty)\b)", "", "".join(kept.format())), end="")


def tree(e, depth=0):
    """Print a group and its members, a line each."""
    if e is None:
        print("  " * depth + "None")
        return
    print("  " * depth + f"{type(e).__name__}: {e.message if isinstance(e, BaseExceptionGroup) else e}"
          f" {getattr(e, '__notes__', [])}")
    for child in getattr(e, "exceptions", ()):
        tree(child, depth + 1)


def parts(e):
    """Print an error's cause and context."""
    def name(part):
        return "None" if part is None else f"{type(part).__name__}({getattr(part, 'message', part)})"
    print(f"{name(e)} cause {name(e.__cause__)} context {name(e.__context__)} {e.__suppress_context__}")
