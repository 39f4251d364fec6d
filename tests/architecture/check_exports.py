#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The libraries export the names that the headers declare and their maps list, each function in the library that its page names.

    check_exports.py ROOT LIBRARY...

A name is exported with the version under which the map (agent/LIBRARY.map) lists it. The map may list a private function
(aw__…) if a public macro calls it; the comment after it names one. Prints a line for each problem, and then exits with 1.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "man"))
import headers  # noqa: E402

NODE = re.compile(r"^(\w+(?:\.\w+)*) \{(.*?)^\}", re.M | re.S)
LISTED = re.compile(r"^\t(\w+);(?: /\* (\w+)\(\) \*/)?$", re.M)


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
    """By function: the library that its manual page names."""
    return {entry.name: headers.LIBRARIES.get(header.name, "awry")
            for header in headers.read_all(os.path.join(root, "include")) for entry in header.functions}


def macros_of(root):
    """The words in each macro of the headers, and in the macros that it uses."""
    words = {}
    for header in headers.read_all(os.path.join(root, "include")):
        for name, text in re.findall(r"^#\s*define (\w+)((?:\\\n|[^\n])*)", header.source, re.M):
            words.setdefault(name, set()).update(re.findall(r"\b[aA][wW]_\w+", text))
    changed = True
    while changed:
        changed = False
        for found in words.values():
            more = set().union(*(words[name] for name in found if name in words)) - found
            found |= more
            changed = changed or bool(more)
    return words


def exported(library):
    """The names that a library exports, with their versions (None: no version)."""
    text = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", library],
                          capture_output=True, text=True, check=True).stdout
    found = {}
    for line in text.splitlines():
        name, kind = line.split()[:2]
        if kind in "TDBRVW" and not name.startswith("__odr_asan."):  # AddressSanitizer's own
            name, _, version = name.partition("@")
            found[name] = version.lstrip("@") or None
    return found


def name_of(library):
    return os.path.basename(library).removeprefix("lib").split(".so")[0]


def read_map(path):
    """The names in a map, each with its version and the macro in its comment."""
    with open(path) as file:
        text = file.read()
    return {name: (version, macro) for version, names in NODE.findall(text) for name, macro in LISTED.findall(names)}


def check_map(path, have, macros):
    listed = read_map(path)
    for name in sorted(have.keys() | listed.keys()):
        version, macro = listed.get(name, (None, ""))
        if have.get(name) != version or version is None:
            yield f"{path}: {name} is listed under {version}, and exported under {have.get(name)}"
        if name.startswith("aw__") and (macro.startswith(("aw__", "AW__")) or name not in macros.get(macro, ())):
            yield f"{path}: {name} is private, and {macro or 'no macro that its comment names'} does not call it"


def check(root, libraries):
    want, have = set(declared(root)), {library: exported(library) for library in libraries}
    names, all_names, macros = library_of(root), set().union(*have.values()), macros_of(root)
    for name in sorted(want - all_names):
        yield f"{name} is declared, but no library exports it"
    for name in sorted(all_names - want):
        yield f"{name} is exported, but no header declares it"
    for library, found in have.items():
        yield from check_map(os.path.join(root, "agent", name_of(library) + ".map"), found, macros)
        for function in sorted(found):
            if names.get(function, name_of(library)) != name_of(library):
                yield f"{function} is in {name_of(library)}, and its manual page says {names[function]}"
    if len(want) < 100:
        yield "hardly anything is declared: the headers cannot be read"


if __name__ == "__main__":
    problems = list(check(sys.argv[1], sys.argv[2:]))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
