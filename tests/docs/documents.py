# SPDX-License-Identifier: MIT
"""Runs the blocks of a document, section by section, and compares what they print with what the document says.

The blocks of a section (below a heading of level 2) share a folder that is empty at first, and one bash:

    ```python FILE        is written to FILE; without a name, it is run by python
    ```ini|yaml|… FILE    is written to FILE
    ```diff FILE          FILE must contain the lines that begin with - or a space, once; they are replaced by those with + or a space.
                          Then the program runs under awry, and must have no finding
    ```console            "$ COMMAND" is typed; the lines below it are what it must print, on stdout and stderr together
    indented by 4         Python; a pytest mark; or commands, each followed by two spaces and what it does

In an output, … stands for any text, and a line that is only … for any lines. Durations, addresses, process ids and the width of gaps may differ, and lines of ^ and ~,
which some versions of CPython print below a line of source, are left out. A block of another kind is given to the caller, who must know it.
"""
import ast
import os
import re
import selectors
import shutil
import signal
import subprocess
import tempfile
import time

from awry_test import Failure, check

DURATION = r"\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s|seconds|min|h)\b|\d+m\d\ds\b"
VARIES = re.compile(rf"(?P<duration>{DURATION})|(?P<address>0x[0-9a-f]+)|(?P<process>(?<=process )\d+|(?<=pid )\d+)")
MARKS = re.compile(r"^ *[\^~][\^~ ]*$")  # below a line of source, in tracebacks


class Block:
    """A block: its language ("" if it is indented), its file's name, its text, and the number of its first line in the document."""

    def __init__(self, language, name, text, line):
        self.language, self.name, self.text, self.line = language, name, text, line


class Section:
    def __init__(self, title):
        self.title, self.blocks = title, []


def read(path):
    """The sections of a document."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    sections, at = [Section("")], 0
    while at < len(lines):
        line, begin = lines[at], at + 1
        if line.startswith("```"):
            language, _, name = line[3:].partition(" ")
            end = lines.index("```", at + 1)
            text = "\n".join(lines[at + 1:end]) + "\n"
            check(language, f"{path}:{at + 1}: a block without a language")
            sections[-1].blocks.append(Block(language, name, text, begin + 1))
            at = end
        elif line.startswith("    ") and lines[at - 1] == "":
            found = []
            while at < len(lines) and (lines[at].startswith("    ") or
                                       (lines[at] == "" and at + 1 < len(lines) and lines[at + 1].startswith("    "))):
                found.append(lines[at][4:])
                at += 1
            sections[-1].blocks.append(Block("", "", "\n".join(found) + "\n", begin))
        elif line.startswith("## "):
            sections.append(Section(line[3:]))
        at += 1
    return sections


def same(expected, printed):
    """Whether a command printed what the document says."""
    return re.fullmatch(pattern(expected), "\n".join(outside_marks(printed)) + "\n") is not None


def outside_marks(text):
    return [line.rstrip() for line in text.rstrip("\n").split("\n") if not MARKS.match(line)]


def pattern(expected):
    parts = []
    for line in outside_marks(expected):
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
            continue
        at = len(line) - len(line.lstrip())
        words = [" " * at]
        for found in VARIES.finditer(line):
            words += literal(line[at:found.start()]), {"duration": f"(?:{DURATION})", "address": "0x[0-9a-f]+", "process": r"\d+"}[found.lastgroup]
            at = found.end()
        parts.append("".join([*words, literal(line[at:])]) + r"\n")
    return "".join(parts)


def literal(text):
    return ".*".join(" +".join(map(re.escape, re.split("  +", part))) for part in text.split("…"))


def commands(text):
    """The commands of a console block: pairs of a command and its output."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> ") and found and not found[-1][1]:
            found[-1] = (found[-1][0] + "\n" + line[2:], [])
        else:
            check(found, "a console block must begin with a command:", line)
            found[-1][1].append(line)
    return [(command, "\n".join(output) + "\n") for command, output in found]


def is_python(text):
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


class Shell:
    """A bash that gets one command after the other, in a session of its own."""

    def __init__(self, folder, environment):
        self.environment = environment
        self.process = subprocess.Popen(["bash", "--norc", "--noprofile"], cwd=folder, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.number = 0

    def run(self, command, seconds=120):
        """Returns what the command printed, and its exit status."""
        self.number += 1
        mark = f"@@ end of command {self.number}: "
        # </dev/null: a command must not read the next one
        self.process.stdin.write(f"{{ {command}\n}} </dev/null; printf '\\n{mark}%s\\n' $?\n".encode())
        self.process.stdin.flush()
        end, text = time.monotonic() + seconds, b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while (found := re.search(rb"\n" + re.escape(mark.encode()) + rb"(\d+)\n", text)) is None:
                left = end - time.monotonic()
                if left <= 0 or (selector.select(left) and not (more := os.read(self.process.stdout.fileno(), 65536))):
                    raise Failure(command, "did not end within", seconds, "s, or ended bash; it printed:", text.decode(errors="replace"))
                text += more
        return (text[:found.start()] + text[found.end():]).decode(errors="replace"), int(found[1])

    def close(self):
        """End bash, and what it started in the background."""
        for number in signal.SIGTERM, signal.SIGKILL:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            time.sleep(0.3)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Runner:
    """Runs sections.

    others  a function for each further kind of block, which is called with the block, the section's folder, and its bash
    skip    a regular expression: commands in which it is found are not run, but listed in `skipped`
    """

    def __init__(self, environment, others=None, skip=None):
        self.environment, self.others, self.skip = environment, others or {}, skip and re.compile(skip)
        self.count, self.skipped = 0, []

    def run(self, section, files=None, update=None, **variables):
        """Run a section's blocks in a folder with these files: {name: text}.

        `update` is called with each console block and what its commands printed, instead of a comparison.
        """
        folder = tempfile.mkdtemp(prefix="awry-test-docs-")
        for name, text in (files or {}).items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        shell = Shell(folder, {**self.environment, **variables})
        try:
            for block in section.blocks:
                self.count += 1
                try:
                    self.run_block(block, folder, shell, update)
                except Failure as failure:
                    raise Failure(f'"{section.title}", line {block.line}: {failure}') from None
        finally:
            shell.close()
            shutil.rmtree(folder)

    def run_block(self, block, folder, shell, update):
        if block.language == "console":
            self.console(block, shell, update)
        elif block.language == "diff":
            self.diff(block, folder, shell)
        elif block.language in self.others:
            self.others[block.language](block, folder, shell)
        elif block.name:
            path = os.path.join(folder, block.name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(block.text)
        elif block.language == "python":
            self.python(block.text, folder, shell)
        elif block.language == "":
            self.indented(block, folder, shell)
        else:
            raise Failure("no test runs a block of this kind:", block.language or "indented", block.text)

    def console(self, block, shell, update):
        printed = [(command, expected, *shell.run(command)) for command, expected in commands(block.text) if self.is_run(command)]
        if update is not None:
            update(block, printed)
            return
        for command, expected, output, status in printed:
            check(same(expected, output), f"$ {command}\nprinted:\n{output}\nexpected:\n{expected}")
            check(status == 0 or re.search(r"\btimeout \d|\bpytest\b", command), f"$ {command}\nexited with {status}")

    def is_run(self, command):
        if self.skip and self.skip.search(command):
            self.skipped.append(command)
            return False
        return True

    def indented(self, block, folder, shell):
        if is_python(block.text):
            self.python(block.text, folder, shell)
        elif block.text.startswith("@pytest.") and is_python(block.text + "def test(): pass"):
            if self.is_run("pytest"):
                self.python(f"import pytest\n\n{block.text}def test():\n    pass\n\nif __name__ == '__main__':\n"
                            "    raise SystemExit(pytest.main(['-q', '--awry', '--strict-markers', __file__]))\n", folder, shell)
        else:
            for line in block.text.splitlines():
                command = line.split("  ")[0]
                if command and self.is_run(command):
                    self.usual(command, *shell.run(command))

    def usual(self, command, output, status):
        """A command of a list: it may report findings, but its own use must be right."""
        allowed = {0, *([66] if "--fail-on" in command else []), *([1] if "pytest" in command else [])}
        check(status in allowed and "usage:" not in output.lower(), f"{command}\nexited with {status}, and printed:\n{output}")

    def python(self, text, folder, shell):
        with open(os.path.join(folder, "test_block.py"), "w", encoding="utf-8") as file:
            file.write(text)
        output, status = shell.run("python test_block.py")
        check(status == 0, "python exited with", status, output)

    def diff(self, block, folder, shell):
        path = os.path.join(folder, block.name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for part in re.split(r"^@@.*\n", block.text, flags=re.MULTILINE):
            lines = [line or " " for line in part.splitlines()]
            check(all(line[0] in "-+ " for line in lines), "not a line of a diff:", part)
            old, new = ("".join(line[1:] + "\n" for line in lines if line[0] in kinds) for kinds in ("- ", "+ "))
            if lines:
                check(text.count(old) == 1, f"{block.name} has these lines {text.count(old)} times instead of once:\n{old}")
                text = text.replace(old, new)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        output, status = shell.run(f"awry run --fail-on any {block.name}")
        check(status == 0 and "0 findings" in output, f"mended {block.name} exited with {status}, and printed:\n{output}")
