#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""oracle.py finds differences: a pair that differs fails; with a valid excuse it passes."""
import os
import subprocess
import sys
import tempfile

ORACLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.py")
PLAIN = 'print("one")\nprint("two")\n'
EXCUSED = 'print("one")\nfor i in range(2):\n    print("two", i)  # differs: it is told otherwise\nprint("three")\n'
IDLE = 'if False:\n    print("two")  # differs: it is never told\nprint("one")\n'
# (story, output of the C half, whether the pair passes, words of oracle.py's message)
CASES = [
    (PLAIN, "one\ntwo\n", True, "2 lines, 0 of them excused"),
    (PLAIN, "one\nthree\n", False, "+three"),
    (PLAIN, "one\n", False, "-two"),
    (PLAIN, "one\ntwo\nthree\n", False, "+three"),
    (PLAIN, "two\none\n", False, "-one"),
    (EXCUSED, "one\nTWO 0\ntwo 1\nthree\n", True, "4 lines, 2 of them excused"),
    (EXCUSED, "one\ntwo 1\nthree\n", True, "4 lines"),
    (EXCUSED, "ONE\ntwo 0\ntwo 1\nthree\n", False, "+ONE"),
    (EXCUSED, "one\ntwo 0\nTWO 1\nTHREE\n", False, "+THREE"),
    (EXCUSED, "one\ntwo 0\ntwo 1\nmore\nthree\n", False, "+more"),
    (EXCUSED, "one\ntwo 0\ntwo 1\nthree\n", False, "nothing differs at line 3"),
    (IDLE, "one\n", False, "nothing differs at line 2"),
    ("", "", False, "it proves nothing"),
    (PLAIN + "raise SystemExit(3)\n", "one\ntwo\n", False, "exit status 3"),
]


def main():
    failures = 0
    with tempfile.TemporaryDirectory(prefix="awry-test-") as folder:
        story, other = os.path.join(folder, "story.py"), os.path.join(folder, "other")
        for text, printed, passes, words in CASES:
            with open(story, "w") as file:
                file.write(text)
            with open(other, "w") as file:
                file.write(f"#!/bin/sh\nprintf %s '{printed}'\n")
            os.chmod(other, 0o755)
            done = subprocess.run(["/usr/bin/python3", ORACLE, story, other], capture_output=True, text=True)
            if (done.returncode == 0) != passes or words not in done.stdout + done.stderr:
                failures += 1
                print(f"of {text!r} and {printed!r}: {done.returncode} {done.stdout}{done.stderr}")
    sys.exit(failures > 0)


main()
