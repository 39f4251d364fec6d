#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The completions of bash, zsh and fish: zsh gets keys in a terminal, fish and bash are asked for their completions.

    completions.py AWRY FOLDER

A shell that is not installed is skipped.
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, FOLDER = sys.argv[1], os.path.abspath(sys.argv[2])
# A command line, and the words that must be offered for it, and that must not.
CASES = (
    ("awry re", ("report", "record", "recover"), ("run",)),
    ("awry report --f", ("--format", "--fail-on", "--force", "--filter"), ("--json",)),
    ("awry report --format s", ("sarif",), ("json",)),
    ("awry export --format s", ("speedscope", "sqlite"), ("sarif",)),
    ("awry run --fail-on never-", ("never-retrieved", "never-awaited"), ("deadlock",)),
    ("awry que", ("query",), ("diff",)),
    ("awry query run.awry l", ("leaks", "lost-errors"), ("waits",)),
    ("awry query --c", ("--csv",), ("--json",)),
    ("awry doc", ("doctor",), ("diff",)),
    ("awry doctor --", ("--json", "--python"), ("--format",)),
    ("awry diff --a", ("--allow",), ("--json",)),
    ("awry diff --fail-on ", ("any", "new", "more", "slower"), ("deadlock",)),
)
ZSH = "autoload -U compinit; compinit -u -D; LISTMAX=0; zstyle ':completion:*' verbose no; bindkey '^I' complete-word; PS1=READY;"


def environment(world):
    folder = os.path.dirname(os.path.abspath(AWRY))
    return dict(world.environment, PATH=folder + ":" + os.environ["PATH"], TERM="dumb", HOME=world.path("."),
                ZDOTDIR=world.path("."), LC_ALL="C.UTF-8")


def until(fd, wanted, seconds=30):
    """The terminal's output until a pattern matches, or the time is over."""
    text, end = "", time.monotonic() + seconds
    while time.monotonic() < end and not re.search(wanted, text):
        if select.select([fd], [], [], 0.2)[0]:
            text += os.read(fd, 65536).decode(errors="replace")
    return text


def by_keys(world, command, begin, line):
    """Type a line and Tab; returns the shell's list."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(command, stdin=secondary, stdout=secondary, stderr=secondary, env=environment(world),
                               start_new_session=True)
    world.processes.append(process)
    os.close(secondary)
    os.write(primary, begin.encode() + b"\n")
    check("READY" in until(primary, "(?s)READY.*READY" if "READY" in begin else "READY"), command, "does not start")
    os.write(primary, line.encode() + b"\t\t")
    text = until(primary, "(?!)", 3)
    process.kill()
    process.wait()
    os.close(primary)
    return text


def expect(shell, line, text, offered, missing):
    """A single candidate is completed at once, after the typed text."""
    for word in offered:
        rest = word[len(line.rsplit(" ", 1)[1]):]
        check(word in text or line + rest in text, shell, repr(line), "does not offer", word, repr(text))
    for word in missing:
        check(not re.search(r"(^|\s)" + word + r"(\s|$)", text), shell, repr(line), "offers", word, repr(text))


def fish_offers():
    if shutil.which("fish") is None:
        return
    with World(AWRY) as world:
        for line, offered, missing in CASES:
            done = subprocess.run(["fish", "--no-config", "-c", f"source {FOLDER}/awry.fish; complete -C '{line}'"],
                                  env=environment(world), capture_output=True, text=True, timeout=300)
            check(done.returncode == 0 and not done.stderr, done.stderr)
            expect("fish", line, done.stdout, offered, missing)


def zsh_offers():
    if shutil.which("zsh") is None:
        return
    with World(AWRY) as world:
        for line, offered, missing in CASES:
            text = by_keys(world, ["zsh", "-f", "-i"], f"fpath=({FOLDER} $fpath); " + ZSH, line)
            expect("zsh", line, text, offered, missing)


def bash_offers():
    with World(AWRY) as world:
        for line, offered, missing in CASES:
            words = line.split(" ")
            script = (f"source {FOLDER}/awry.bash; COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}'); "
                      f"COMP_CWORD={len(words) - 1}; _awry; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
            done = subprocess.run(["bash", "--norc", "-c", script], env=environment(world), capture_output=True,
                                  text=True, timeout=300)
            check(done.returncode == 0 and not done.stderr, done.stderr)
            expect("bash", line, done.stdout, offered, missing)


main(fish_offers, zsh_offers, bash_offers)
