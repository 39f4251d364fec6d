# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# expect: none
# Errors with many attributes, among them objects of the program: all are caught, and awry runs none of the program's code
import asyncio


class Meta(type):
    def __getattribute__(cls, name):
        if name in ("__module__", "__qualname__", "__name__"):
            print("asked for", name)
        return super().__getattribute__(name)


class Failure(Exception, metaclass=Meta):
    pass


class Path:
    def __repr__(self):
        print("shown")
        return "Path()"

    __str__ = __repr__


async def fail(error):
    raise error


async def main():
    errors = [Failure(), OSError(2, "no such file"), SyntaxError("wrong"), ImportError("missing"),
              UnicodeDecodeError("utf-8", b"x", 0, 1, "wrong"), ValueError("many"), ValueError(b"bytes")]
    errors[1].filename = Path()
    errors[2].msg = Path()
    errors[3].msg = Path()
    errors[4].object = b"y"
    for number in range(500):
        setattr(errors[5], f"attribute{number}", Path())
    for error in errors:
        try:
            await asyncio.create_task(fail(error))
        except Exception as caught:
            print(caught is error)


asyncio.run(main())
