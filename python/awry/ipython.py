# SPDX-License-Identifier: MIT
"""The magic %awry for IPython and Jupyter: ``%load_ext awry`` begins to record the kernel, and ``%awry`` shows its tasks or findings."""
from __future__ import annotations

import sys

import awry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {"": ("tree",), "tree": ("tree",), "findings": ("report",), "errors": ("errors",)}


def magic(line: str) -> None:
    """Print what awry knows of this process.

    %awry            the live tasks: which created which, and where each waits
    %awry findings   the findings so far, with their stacks
    %awry errors     the exceptions of tasks so far, retrieved or not
    """
    arguments = ARGUMENTS.get(line.strip())
    if arguments is None:
        print(f"%awry: unknown argument {line.strip()!r}; expected tree, findings or errors", file=sys.stderr)
    elif not awry.is_recording():
        print("%awry: nothing is recorded so far: no event loop has run since recording began", file=sys.stderr)
    else:
        try:
            print(awry._ask(*arguments), end="")
        except (OSError, RuntimeError) as error:
            print(f"%awry: {error}", file=sys.stderr)


def load(shell: Any) -> None:
    """Begin to record, and define %awry in this shell."""
    awry.start()
    shell.register_magic_function(magic, "line", "awry")
