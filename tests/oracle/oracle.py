#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run both halves of a pair, and compare what they print line by line.

    oracle.py NAME.py PROGRAM

The output of a line of the Python half that ends in `# differs: REASON` may differ. Reasons are a bug of CPython 3.11
that was fixed later, or a feature that C does not have.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

PYTHON = "/usr/bin/python3"


def run(*command):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWRY_", "PYTHON"))}
    environment["PYTHONHASHSEED"] = "0"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150)
    return done.returncode, done.stdout.splitlines()


def excuses_of(story):
    """The story's lines whose output may differ: reasons by line number."""
    with open(story) as file:
        found = [(number, re.search(r"\bprint\(.*\)\s+# differs: (\S.*)", line)) for number, line in enumerate(file, 1)]
    return {number: match[1] for number, match in found if match}


def told(story):
    """The lines that CPython prints, and for each the line of the story that printed it."""
    with tempfile.NamedTemporaryFile(prefix="awry-oracle-") as notes:
        status, expected = run(PYTHON, "-X", "utf8", os.path.join(os.path.dirname(__file__), "printed_by.py"), story, notes.name)
        lines = [int(line) for line in notes.read().split()]
    if len(lines) != len(expected):
        sys.exit(f"{len(expected)} lines were printed, and {len(lines)} are known to be the story's")
    return status, expected, lines


def pieces(expected, got):
    """The differences: line by line if both have as many lines, else those of difflib."""
    if len(expected) == len(got):
        return [(i, i + 1, i, i + 1) for i in range(len(got)) if expected[i] != got[i]]
    codes = difflib.SequenceMatcher(None, expected, got, autojunk=False).get_opcodes()
    return [code[1:] for code in codes if code[0] != "equal"]


def unexcused(expected, got, lines, excuses):
    """The differences without a reason, and the excuses that were used."""
    used, wrong = set(), []
    for a, b, c, d in pieces(expected, got):
        if d - c > b - a or not set(lines[a:b]) <= excuses.keys():
            wrong += [f"-{line}" for line in expected[a:b]] + [f"+{line}" for line in got[c:d]]
        used.update(lines[a:b])
    return wrong, used & excuses.keys()


def compare(story, program):
    excuses = excuses_of(story)
    if excuses:
        status, expected, lines = told(story)
    else:
        status, expected = run(PYTHON, "-X", "utf8", story)
        lines = [0] * len(expected)
    got_status, got = run(program)
    if not expected:
        sys.exit(f"{story} prints nothing: it proves nothing")
    wrong, used = unexcused(expected, got, lines, excuses)
    if wrong:
        sys.exit("\n".join(["--- CPython", "+++ awry", *wrong]))
    if used != excuses.keys():
        sys.exit(f"{story}: nothing differs at line {min(excuses.keys() - used)}, which says that it does")
    if status != got_status:
        sys.exit(f"exit status {status} under CPython, {got_status} here")
    print(f"{len(expected)} lines, {sum(line in excuses for line in lines)} of them excused")
    for reason in excuses.values():
        print("excused:", reason)


if __name__ == "__main__":
    compare(os.path.abspath(sys.argv[1]), sys.argv[2])
