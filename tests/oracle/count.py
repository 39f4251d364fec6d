#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Check that the README has the right numbers of pairs and of excused prints.

    count.py ROOT NAME…     NAME…: the pairs that ctest runs
"""
import glob
import os
import re
import sys


def main(root, *names):
    folder = os.path.join(root, "tests", "oracle")
    stories = {os.path.basename(path)[:-2] for path in glob.glob(os.path.join(folder, "*.c"))}
    wrong = [f"{name} is not run" for name in sorted(stories - set(names))]
    excused = 0
    for name in names:
        with open(os.path.join(folder, name + ".py")) as file:
            excused += len(re.findall(r"print\(.*\)\s+# differs: \S", file.read()))
    words = f"{len(names)} pairs, {excused} excused lines"
    with open(os.path.join(root, "README.md")) as file:
        readme = " ".join(file.read().split())
    if words not in readme:
        wrong.append(f"the README does not say \"{words}\"")
    print(words)
    sys.exit("\n".join(wrong) or None)


main(*sys.argv[1:])
