# SPDX-License-Identifier: MIT
import asyncio
import builtins

texts = ["plain", "it's", 'say "hi"', "both ' and \"", "two\nlines", "tab\tcr\r", "back\\slash", "\x00\x1b\x7f"[1:],
         "grün ☃ 𝄞", "\u00ad\u200e\u2028", "%s %d"]
for name in ("ValueError", "TypeError", "RuntimeError", "KeyError", "IndexError", "OSError", "MemoryError", "TimeoutError",
             "KeyboardInterrupt", "NotImplementedError", "StopIteration", "EOFError", "UserWarning", "SyntaxError"):
    cls = getattr(builtins, name)
    print(f"[{cls()}]", repr(cls()))
    for text in texts:
        print(repr(cls(text)))
    if name == "KeyError":
        for text in texts:
            print(str(cls(text)))
for cls in asyncio.CancelledError, asyncio.InvalidStateError, asyncio.QueueFull, asyncio.SendfileNotAvailableError:
    print(repr(cls()), repr(cls("words")))
