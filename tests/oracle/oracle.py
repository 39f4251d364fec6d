#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run both halves of a pair, and compare what they print line by line.

    oracle.py NAME.py PROGRAM

A line of the Python half that ends in `# differs: REASON` may differ; the reason must be given. It is there
where CPython 3.11 has a bug that was mended later, or where C has nothing of the kind.
"""
import difflib
import os
import re
import subprocess
import sys

PYTHON = "/usr/bin/python3"


def run(*command):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWRY_", "PYTHON"))}
    environment["PYTHONHASHSEED"] = "0"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout.splitlines()


def main():
    story, program = sys.argv[1:3]
    with open(story) as file:
        excused = re.findall(r'print\(.*\)\s+# differs: (\S.*)', file.read())
    status, expected = run(PYTHON, "-X", "utf8", story)
    got_status, got = run(program)
    different = [line for line in difflib.unified_diff(expected, got, "CPython", "awry", lineterm="", n=1)]
    changed = sum(line.startswith("-") and not line.startswith("---") for line in different)
    if not expected:
        sys.exit(f"{story} prints nothing: it proves nothing")
    if changed > len(excused) or (different and not excused):
        sys.exit("\n".join(different))
    if status != got_status and not excused:
        sys.exit(f"exit status {status} under CPython, {got_status} here")
    print(f"{len(expected)} lines, {changed} of them excused")
    for reason in excused:
        print("excused:", reason)


main()
