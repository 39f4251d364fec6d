# SPDX-License-Identifier: MIT
"""The command ``awry``, and ``python -m awry``: replaces the interpreter by the program awry."""
from __future__ import annotations

import os
import sys

from _awry.places import PROGRAM


def _arguments(given: list[str]) -> list[str]:
    """``run`` starts Python files and modules under this interpreter, unless --python names another; ``doctor`` checks it."""
    if given[:1] in (["run"], ["doctor"]) and sys.executable:
        return ["awry", given[0], f"--python={sys.executable}", *given[1:]]
    return ["awry", *given]


def main() -> None:
    """Run the program awry with the arguments of this command.

    It does not return. If the program cannot be started, it prints one line on stderr that says why, and exits with 1.
    """
    try:
        os.execv(PROGRAM, _arguments(sys.argv[1:]))
    except OSError as error:
        sys.exit(f"awry: cannot start {PROGRAM}: {error.strerror}")


if __name__ == "__main__":
    main()
