#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the libraries export is what the headers declare, no more and no less, and each function is in the library that its page names.

    check_exports.py ROOT LIBRARY...
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "man"))
import headers  # noqa: E402


def declared(root):
    for header in headers.read_all(os.path.join(root, "include")):
        if header.name == "awry/error_types.h":
            for name in re.findall(r"^\s+X\((\w+),", header.source, re.M):
                yield "aw_" + name
        inline = set(re.findall(r"static inline [\w *]*?\b(aw_\w+)\(", header.source))
        for entry in header.entries:
            if entry.kind in ("function", "variable") and entry.name not in inline:
                yield entry.name


def library_of(root):
    """The library that each function's page of the manual names."""
    return {entry.name: headers.LIBRARIES.get(header.name, "awry")
            for header in headers.read_all(os.path.join(root, "include")) for entry in header.functions}


def exported(library):
    text = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", library],
                          capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        name, kind = line.split()[:2]
        if kind in "TDBRVW" and not name.startswith("__odr_asan."):  # AddressSanitizer's own
            yield name.split("@")[0]


def main(root, *libraries):
    want, have = set(declared(root)), {name for library in libraries for name in exported(library)}
    for name in sorted(want - have):
        print(f"{name} is declared, but no library exports it")
    for name in sorted(have - want):
        print(f"{name} is exported, but no header declares it")
    wrong, named = False, library_of(root)
    for library in libraries:
        name = os.path.basename(library).removeprefix("lib").split(".so")[0]
        for function in sorted(exported(library)):
            if named.get(function, name) != name:
                print(f"{function} is in {name}, and its manual page says {named[function]}")
                wrong = True
    if len(want) < 100 or want != have or wrong:
        sys.exit(1)


main(*sys.argv[1:])
