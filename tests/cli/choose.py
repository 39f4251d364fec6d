#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""awry attach without a target: the only process that lives, or a list to choose from.

    choose.py AWRY EXAMPLES_FOLDER
"""
import os
import pty
import re
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]


class Terminal:
    """awry attach on a terminal of its own."""

    def __init__(self, world):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([AWRY, "attach"], stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True, env=dict(world.environment, TERM="xterm"))
        world.processes.append(self.process)
        os.close(slave)
        self.text = ""

    def wait_for(self, pattern):
        """What came up to it, and with it; the rest stays."""
        end = time.monotonic() + 20
        while not (found := re.search(pattern, self.text)):
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            check(ready, "waited too long for", pattern, "in", repr(self.text))
            self.text += os.read(self.master, 65536).decode(errors="replace")
        came, self.text = self.text[:found.end()], self.text[found.end():]
        return came

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        status = self.process.wait(timeout=20)
        os.close(self.master)
        return status


def start(world):
    process = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-n", "1", "-l", "60",
                          AWRY_STDERR="none")
    process.stdout.readline()
    return process


def without_a_terminal_it_only_says_what_there_is():
    with World(AWRY) as world:
        done = world.run_awry("attach")
        check(done.returncode == 2 and "no debuggable process" in done.stderr, done)
        check(len(done.stderr.splitlines()) == 1, done.stderr)
        one, two = start(world), start(world)
        done = world.run_awry("attach")
        check(done.returncode == 2 and len(done.stderr.splitlines()) == 1, done)
        check(str(one.pid) in done.stderr and str(two.pid) in done.stderr, done.stderr)


def the_only_one_is_shown_at_once():
    with World(AWRY) as world:
        start(world)
        world.crash(start(world))
        terminal = Terminal(world)
        came = terminal.wait_for("market_feed")
        check("Which one" not in came, repr(came))
        terminal.type("q")
        check(terminal.end() == 0, "q")


def a_list_to_choose_from():
    with World(AWRY) as world:
        one, two, dead = start(world), start(world), start(world)
        world.crash(dead)
        terminal = Terminal(world)
        came = terminal.wait_for(r"Which one, 1 to 3\? \(Enter: none\) ")
        rows = {int(pid): (int(number), state) for number, pid, state in
                re.findall(r"^(\d+) +(\d+) +(\w+) .*market_feed\r$", came, re.MULTILINE)}
        check({pid: state for pid, (_, state) in rows.items()}
              == {one.pid: "alive", two.pid: "alive", dead.pid: "crashed"}, repr(came))
        for nonsense in ("0", "4", "x", "-1", "1x"):
            terminal.type(nonsense + "\n")
            terminal.wait_for("Which one")
        terminal.type("\n")
        check(terminal.end() == 0, "leaving is no failure")
        for answer in (str(rows[dead.pid][0]), str(one.pid)):
            terminal = Terminal(world)
            terminal.wait_for("Which one")
            terminal.type(answer + "\n")
            terminal.wait_for("market_feed .*" if answer == str(one.pid) else "never")
            terminal.type("q")
            check(terminal.end() == 0, "chosen", answer)


main(without_a_terminal_it_only_says_what_there_is, the_only_one_is_shown_at_once, a_list_to_choose_from)
