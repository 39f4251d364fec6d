#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The public headers keep the form from which the manual is generated.

    check_headers.py ROOT

Each declaration has a comment that begins with a sentence; each function that may fail lists its errors; a tag begins its
own line, in the order of the table; a @param names a parameter. Each struct can grow without breaking existing programs: it
begins with its size, has reserved fields, or is in COMPLETE. Prints a line for each violation, and then exits with 1.
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "man"))
import headers  # noqa: E402

NOT_DOCUMENTED = ("awry/compiler.h", "awry/error_types.h")

# Structs that will have no further fields, and why.
READ_ONLY = "only the library makes one, and programs look at it through a pointer: it may grow at its end"
COMPLETE = {
    "aw_name": "the two texts of getnameinfo(), as long as they can be",
    "aw_outcome": "a result or an error",
    "aw_ws_close": "a close frame of RFC 6455",
    "aw_ws_header": "a name and a value",
    "aw_error_meta": "a key and a value",
    "aw_error_record": READ_ONLY,
    "aw_tls_certificate": READ_ONLY,
    "aw_agent_registers": "what a walk of a stack begins with",
    "aw_agent_task": "one cache line for each task; all but id and stack are the agent's own, and may become a pointer to more",
    "aw_agent_interpreter": "an interpreter of another shape gets a struct and a function of its own",
}
MID_LINE_TAG = re.compile(rf"\S.*[^\s(`] +(?:{'|'.join(headers.TAGS)}): ")


def is_private(entry):
    return re.search(r"(^|\s)(aw__|AW__)|_H$", entry.name) or entry.name in ("AW_AGENT_API", "")


def check_entry(entry):
    if is_private(entry):
        return
    doc = entry.doc
    if doc is None:
        if entry.name.startswith("aw_") or entry.kind == "type":
            yield "has no comment"
        return
    if not re.match(r"[A-Z0-9`\"'(].*[.?:;)]$", doc.summary, re.S):
        yield "its comment does not begin with a sentence: " + doc.summary[:60]
    if entry.fallible and not {"Errors", "Returns"} & set(doc.tags) and not re.search(r"\b[Aa]s (`)?aw_\w+\(\)", doc.summary):
        yield "returns an error, and has neither Errors: nor Returns:"
    known = list(doc.tags)
    if known != sorted(known, key=headers.TAGS.index):
        yield "tags are not in the order " + " ".join(headers.TAGS) + ": " + " ".join(known)
    for line in doc.lines:
        if MID_LINE_TAG.match(line):
            yield "a tag in the middle of a line: " + line.strip()[:60]
    for name, text in doc.params:
        if entry.parameters is not None and name not in entry.parameters:
            yield f"@param {name}: no such parameter among {', '.join(entry.parameters) or 'none'}"
        if not text:
            yield f"@param {name} says nothing"


def check_struct(entry):
    """Check that a struct can grow: by a size, by reserved fields, or by an entry in COMPLETE."""
    if entry.kind != "type" or not re.match(r"(?:typedef )?struct \w+ \{", entry.text) or entry.name.startswith("aw__"):
        return
    fields = re.sub(r"/\*.*?\*/", "", entry.text.split("{", 1)[1], flags=re.S)
    grows = re.match(r"\s*size_t size;", fields) or re.search(r"\breserved(?:\[\d+\])?;", fields)
    if not grows and entry.name not in COMPLETE:
        yield "cannot grow: it needs a first field `size_t size`, a field `reserved`, or a reason in COMPLETE"
    if grows and entry.name in COMPLETE:
        yield "can grow, and is in COMPLETE"


def check(root):
    for header in headers.read_all(os.path.join(root, "include")):
        if header.name in NOT_DOCUMENTED:
            continue
        if header.doc is None:
            yield f"include/{header.name}: has no introduction"
        for entry in header.entries:
            for problem in [*check_entry(entry), *check_struct(entry)]:
                yield f"include/{header.name}:{entry.line}: {entry.name}: {problem}"


if __name__ == "__main__":
    problems = list(check(sys.argv[1]))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
