#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/ci.md: its YAML is valid, each awry command in it has options that --help lists, and valid formats and terms, and an
earlier step writes each file that a later step reads.

    ci_doc.py AWRY
"""
import os
import re
import shlex
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import Failure, World, check, main  # noqa: E402

AWRY = sys.argv[1]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "ci.md")) as page:
    PAGE = page.read()


def scripts(node):
    """The shell lines of a job of GitHub or GitLab."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "script"):
                yield from (value if isinstance(value, list) else value.splitlines())
            else:
                yield from scripts(value)
    elif isinstance(node, list):
        for value in node:
            yield from scripts(value)


def documents():
    texts = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    check(len(texts) == 3, "documents:", len(texts))
    return [yaml.safe_load(text) for text in texts]


def commands(world):
    """The words of each awry command of the page, up to --."""
    lines = [line for document in documents() for line in scripts(document)]
    lines += re.findall(r"^    (awry .*)", PAGE, re.MULTILINE)
    for line in lines:
        words = shlex.split(line)
        if words[0] == "awry":
            yield words[1:words.index("--")] if "--" in words else words[1:]


def check_command(world, words):
    known = re.findall(r"(?:^|\s)(--?[a-zA-Z-]+)", world.good(words[0], "--help"))
    for word in words[1:]:
        if word.startswith("-"):
            check(word.split("=")[0] in known, word, "is not an option of awry", words[0])


def every_option_is_known():
    with World(AWRY) as world:
        found = list(commands(world))
        check(len(found) == 5, "commands:", found)
        for words in found:
            check_command(world, words)
        try:
            check_command(world, ["run", "--fail-no", "any"])
        except Failure:
            return
        raise Failure("an option that is none is taken for one")


def every_run_runs():
    with World(AWRY) as world:
        os.chdir(world.files)
        entry = re.search(r"^    \[allow\]\n(?:    .*\n)+", PAGE, re.MULTILINE)[0]
        with open(".awry-allow", "w") as file:
            file.write(re.sub("^    ", "", entry, flags=re.MULTILINE))
        for words in commands(world):
            if words[0] == "run":
                done = world.run_awry(*words, "--force", "--", "true")
                # A command with --fail-on fails, because nothing was recorded; all others succeed.
                check(done.returncode == (1 if "--fail-on" in words else 0), words, done.stderr)
                check(("nothing to judge" in done.stderr) == ("--fail-on" in words), words, done.stderr)


def each_file_that_is_read_was_written():
    for document in documents()[:2]:
        text = str(document)
        written = {name for line in scripts(document) for name in re.findall(r"(?:-o |=)(awry(?:-%p)?\.[a-z]+)", line)}
        read = {name.replace("*", "%p") for name in re.findall(r"awry(?:-%p|-\*)?\.[a-z]+", text)}
        check(written and read == written, "read:", read, "written:", written)


main(every_option_is_known, every_run_runs, each_file_that_is_read_was_written)
