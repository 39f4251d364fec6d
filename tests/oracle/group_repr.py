# SPDX-License-Identifier: MIT
import asyncio

one = ExceptionGroup("one", [ValueError("a")])
two = ExceptionGroup("it's two", [TypeError(), one, OSError(2, "No such file or directory", "x"), KeyError("k")])
base = BaseExceptionGroup("base", [two, asyncio.CancelledError("stop"), KeyboardInterrupt()])
empty = ExceptionGroup("", [Exception("")])
for group in one, two, base:
    print(repr(group))
    print(str(group))
print(str(empty))
deep = ValueError("bottom")
for i in range(50):
    deep = ExceptionGroup(f"level {i}", [deep])
print(repr(deep))
