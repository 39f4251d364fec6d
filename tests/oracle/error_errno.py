# SPDX-License-Identifier: MIT
import os

for number in range(1, 134):
    e = OSError(number, os.strerror(number))
    up = [c.__name__ for c in (ConnectionError, OSError, Exception) if isinstance(e, c)]
    print(f"{number} {type(e).__name__}: {e}", e.errno, e.strerror, repr(e), *up)
