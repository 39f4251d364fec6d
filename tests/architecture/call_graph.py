# SPDX-License-Identifier: MIT
"""The call graph of the libraries, from their machine code: direct calls and jumps, also between the libraries.

Calls by pointer are not followed.
"""
import re
import subprocess
from collections import defaultdict

BLOCK = re.compile(r"([0-9a-f]+) <(.+)>:$")
CALL = re.compile(r"\t(?:bnd |notrack )?(?:call|j\w+|bl?|b\.\w+|cbn?z|tbn?z)\s+(?:\S+, )*([0-9a-f]+) <[^>+]+>")


def _tool(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


class CallGraph:
    def __init__(self, libraries):
        self.names = {}  # (library, address) → name; several functions of a library may share a static name
        self.callers = defaultdict(set)
        self.exported = {}
        calls = [call for library in libraries for call in self._read(library)]
        for caller, callee in calls:
            self.callers[self._target(callee)].add(caller)

    def _read(self, library):
        for line in _tool("nm", "--dynamic", "--defined-only", "--format=posix", library):
            name, kind, address = line.split()[:3]
            if kind in "TW":
                self.exported[name.split("@")[0]] = (library, int(address, 16))
        inside = None
        for line in _tool("objdump", "--disassemble", "--no-show-raw-insn", "--wide", library):
            if match := BLOCK.match(line):
                inside = (library, int(match[1], 16))
                self.names[inside] = match[2]
            elif match := CALL.search(line):
                yield inside, (library, int(match[1], 16))

    def _target(self, node):
        """The target of a call: an entry of the procedure linkage table stands for the exported function."""
        name = self.names.get(node, "")
        return self.exported.get(name.removesuffix("@plt"), node) if name.endswith("@plt") else node

    def exported_that_reach(self, wanted):
        """The exported functions from which a function of one of these names can be reached."""
        seen = {node for node, name in self.names.items() if name in wanted}
        todo = list(seen)
        while todo:
            fresh = self.callers[todo.pop()] - seen
            seen |= fresh
            todo.extend(fresh)
        return {name for name, node in self.exported.items() if node in seen}
