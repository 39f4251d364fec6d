# SPDX-License-Identifier: MIT
import asyncio
from error_story import *

def V(text="v"): return raised(ValueError(text))
shown(raised(ExceptionGroup("one", [V()])))
shown(raised(ExceptionGroup("two\nlines", [V("a\nb"), raised(TypeError())])))
inner = raised(ExceptionGroup("inner", [V("i1"), V("i2")]))
shown(raised(ExceptionGroup("last is a group", [V("first"), inner])))
inner = raised(ExceptionGroup("inner", [V("i1"), V("i2")]))
shown(raised(ExceptionGroup("first is a group", [inner, V("last")])))
deep = V("bottom")
for i in range(5):
    deep = raised(ExceptionGroup(f"level {i}", [V(f"beside {i}"), deep, V(f"after {i}")]))
    deep.add_note(f"note of {i}\nof two lines")
shown(deep)
shown(raised(BaseExceptionGroup("base", [raised(asyncio.CancelledError()), raised(KeyboardInterrupt("k"))])))
shown(raised(ExceptionGroup("", [V("")])))
twelve = [V(str(i)) for i in range(12)]
shown(raised(ExceptionGroup("twelve", twelve)))
