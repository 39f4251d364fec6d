#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The pictures of the viewer in the README are what scripts/screenshot makes now: well-formed SVG of the same size, with the same text but for numbers.

    screenshot.py AWRY
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [f"{PROJECT}/tests"]
from awry_test import check, main  # noqa: E402

AWRY = os.path.abspath(sys.argv[1])
SVG = "{http://www.w3.org/2000/svg}"
THEMES = {"light": "#ffffff", "dark": "#0d1117"}
TEXTS = ("never-awaited", "blocked-loop", "held-error", "deadlock", "orders  take_orders at shop.py:23", "ConnectionError",
         "the bank did not answer for Bob", 'group.create_task(take_orders(queue), name="orders")')


# lines of the program are kept
VARIES = re.compile(r"shop\.py:\d+|(?:\d\d:\d\d:\d\d)+|#?\d+(?:\.\d+)?…?")


def read(path, work):
    """The size, the frames' colours, and the rows of text, in which numbers are replaced by #."""
    root = ElementTree.parse(path).getroot()
    check(root.tag == f"{SVG}svg", path, root.tag)
    rows = {}
    for text in root.iter(f"{SVG}text"):
        rows.setdefault(int(text.get("y")), []).append(text.text)
    lines = [" ".join("".join(rows[y]).replace(work, "WORK").split()) for y in sorted(rows)]
    masked = [VARIES.sub(lambda found: found[0] if found[0].startswith("shop.py:") else "#", line) for line in lines]
    frames = [rect.get("fill") for rect in root.iter(f"{SVG}rect") if rect.get("rx")]
    return root.get("width"), root.get("height"), frames, masked, "\n".join("".join(rows[y]) for y in sorted(rows))


def the_pictures_are_of_this_viewer():
    with tempfile.TemporaryDirectory(prefix="awry-") as folder:  # a short name, for long lines
        work = f"{folder}/w"
        done = subprocess.run([f"{PROJECT}/scripts/screenshot", "--work", work, AWRY, folder], capture_output=True, text=True)
        check(done.returncode == 0, done.stderr)
        for theme, paper in THEMES.items():
            width, height, frames, rows, _ = read(f"{folder}/viewer-{theme}.svg", work)
            committed = read(f"{PROJECT}/docs/pictures/viewer-{theme}.svg", "/tmp/shop")
            check(len(frames) == 3 and set(frames) == {paper}, theme, frames)
            check((width, height) == committed[:2] and 800 < int(width) < 900, width, height, committed[:2])
            differing = [pair for pair in zip(rows, committed[3]) if pair[0] != pair[1]]
            check(not differing and len(rows) == len(committed[3]), "scripts/screenshot makes other pictures:", differing)
            for text in TEXTS:
                check(text in committed[4], theme, "lacks", text)


def no_path_of_a_machine_is_in_them():
    for theme in THEMES:
        with open(f"{PROJECT}/docs/pictures/viewer-{theme}.svg", encoding="utf-8") as file:
            found = set(re.findall(r"/(?:\w[\w.-]*/)+", re.sub(r'xmlns="[^"]*"', "", file.read())))
        check(found == {"/tmp/shop/"}, theme, found)


def a_work_folder_that_exists_is_left_alone():
    with tempfile.TemporaryDirectory(prefix="awry-test-shop-") as folder:
        done = subprocess.run([f"{PROJECT}/scripts/screenshot", "--work", folder, AWRY, folder], capture_output=True, text=True)
        check(done.returncode == 1 and done.stderr == f"screenshot: cannot make the folder {folder}: File exists\n", done)
        check(os.listdir(folder) == [], os.listdir(folder))


if shutil.which("tmux") is None:
    print("there is no tmux")
    sys.exit(77)
main(the_pictures_are_of_this_viewer, no_path_of_a_machine_is_in_them, a_work_folder_that_exists_is_left_alone)
