#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each public function that allocates is called by a test that lets each of its allocations fail.

    check_memory.py ROOT LIBRARY...

A function allocates if an allocation is reachable from it in the libraries' code, or if its comment in the header mentions
memory. A test counts if it calls aw__alloc_fail_at() with a number that is not a literal, as in a loop. All names in the
functions, tables and macros of its file that are reachable from the test, and in files that the tests of its folder
share, count as called. A macro counts as the function that it calls, if it calls one only.
Prints a line for each function that no such test calls, and then exits with 1.
"""
import os
import pathlib
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "man"))
import headers  # noqa: E402
from call_graph import CallGraph  # noqa: E402

ALLOCATIONS = {"aw__alloc", "aw__alloc_zeroed", "aw__alloc_resize", "aw__alloc_copy"}
SPEAKS_OF_MEMORY = re.compile(r"\bMemoryError\b|\b[Oo]ut of memory\b|\bno memory\b")
WALKS = re.compile(r"\baw__alloc_fail_at\((?!\d+\))")
FOLDERS = ("tests/unit/runtime", "tests/unit/tls")

# Functions that no such test calls by name, and the reasons.
BLOCKS = "behind AW_WITH_GROUP() and its kin, which call more functions than one: memory__ends_in_blocks"
EXCEPTIONS = {
    "aw__with_end": BLOCKS,
    "aw__with_leave": BLOCKS,
    "aw__with_left": BLOCKS,
}

CHUNK = re.compile(r"^(?=[A-Za-z#_])", re.M)
ATTRIBUTE = re.compile(r"\b__attribute__\(\((?:[^()]|\([^()]*\))*\)\)\s*")
MACRO = re.compile(r"#define (\w+)")
TABLE_OF_FUNCTIONS = re.compile(r"[\w\s*]*\(\*(?:const )?(\w+)\[")
FUNCTION_OR_TABLE = re.compile(r"[\w\s*]*?\b(\w+)(?:\(|\[[^]]*\]\s*=|\s*=)")
WORD = re.compile(r"\b[A-Za-z_]\w*\b")


def chunks_of(text):
    """The text of each function, table and macro of a C file, by name."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)
    text = re.sub(r"\\\n\s*", " ", text)
    text = ATTRIBUTE.sub("", text)
    found = {}
    for chunk in CHUNK.split(text):
        match = MACRO.match(chunk) or "{" in chunk and (TABLE_OF_FUNCTIONS.match(chunk) or FUNCTION_OR_TABLE.match(chunk))
        if match:
            found[match[1]] = chunk
    return found


def reached(chunks, name):
    seen, todo = {name}, [name]
    while todo:
        fresh = set(WORD.findall(chunks[todo.pop()])) & chunks.keys() - seen
        seen |= fresh
        todo.extend(fresh)
    return seen


def called_by_walks(root):
    """All words in the tests that let allocations fail in a loop."""
    words = set()
    for folder in FOLDERS:
        texts = {path.name: path.read_text() for path in pathlib.Path(root, folder).glob("*.[ch]")}
        shared = {}
        for name, text in texts.items():
            if not name.startswith("test_"):
                shared.update(chunks_of(text))
        for name, text in texts.items():
            if name.startswith("test_"):
                chunks = {**shared, **chunks_of(text)}
                for test in set(WORD.findall(chunks.get("main", ""))) & chunks.keys():
                    parts = [chunks[part] for part in reached(chunks, test)]
                    if any(map(WALKS.search, parts)):
                        words.update(*map(WORD.findall, parts))
    return words


def behind_macros(entries):
    """By macro: the function that it calls, directly or by another macro, if it is only one."""
    macros = {entry.name: set(re.findall(r"\b(aw_\w+)\b(?=\()|(aw__\w+)\(", entry.text)) for entry in entries
              if entry.kind == "macro"}
    return {name: next(iter(calls)) for name, calls in
            ((name, {a or b for a, b in found} - {name}) for name, found in macros.items()) if len(calls) == 1}


def check(root, libraries, exceptions):
    entries = [entry for header in headers.read_all(os.path.join(root, "include")) for entry in header.entries]
    graph = CallGraph(libraries)
    documented = {entry.name for entry in entries if entry.kind == "function" and entry.name in graph.exported
                  and entry.doc is not None and SPEAKS_OF_MEMORY.search(" ".join(entry.doc.lines))}
    allocating = graph.exported_that_reach(ALLOCATIONS) & {entry.name for entry in entries} | documented
    words = called_by_walks(root)
    for macro, function in behind_macros(entries).items():
        if macro in words:
            words.add(function)
            words.add(behind_macros(entries).get(function, function))
    for name in sorted(allocating - words - exceptions.keys()):
        yield f"{name} allocates, and no test lets its allocations fail in a loop"
    for name in sorted(exceptions.keys() - (allocating - words)):
        yield f"{name} is excused, and need not be"
    if len(allocating) < 2:
        yield "nothing allocates: the libraries cannot be read"


if __name__ == "__main__":
    problems = list(check(sys.argv[1], sys.argv[2:], EXCEPTIONS))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
