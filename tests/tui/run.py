#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Drive the viewer in a real terminal (tmux), and compare what it shows.

    run.py [--update] [--patience SECONDS] AWRY MAKE_TRACE CASE.keys…

A case is a file of steps, one a line, and beside it CASE.screen, which is what the terminal shows in
the end. The steps are:

    size 80x24       the terminal's size; first of all
    env NAME=VALUE   set for the viewer
    keys j Enter …   press keys, by tmux's names
    type TEXT        press the keys of a text
    resize 60x20     change the size
    see TEXT         wait until the terminal shows it
    signal NAME      send the viewer a signal

After the viewer ended, the terminal shows its exit status, and whether the terminal's settings are
what they were. A screen is looked at again until it is right, or patience (5 s) is over. Exit status:
0 all as expected, 1 not, 77 there is no tmux.
"""
import argparse
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

patience_s = 5.0
SHELL = """trap : INT; before=$(stty -g); {env} {awry} attach {trace}
echo "status $?"; [ "$before" = "$(stty -g)" ] && echo "terminal restored"; exec sleep 60"""


class Terminal:
    def __init__(self, folder, command, size):
        self.socket = os.path.join(folder, "tmux")
        width, height = size.split("x")
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                       "TERM": "tmux-256color", "HOME": folder, "SHELL": "/bin/sh"}
        subprocess.run(["tmux", "-u", "-S", self.socket, "-f", "/dev/null", "new-session", "-d",
                        "-x", width, "-y", height, command], env=environment, check=True)
        self.tmux("set", "-g", "status", "off")
        self.tmux("set", "-g", "default-terminal", "tmux-256color")
        self.resize(size)

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *words], check=True, text=True,
                              stdout=subprocess.PIPE)
        return done.stdout

    def resize(self, size):
        width, height = size.split("x")
        self.tmux("set", "-g", "window-size", "manual")
        self.tmux("resize-window", "-x", width, "-y", height)

    def screen(self):
        return "\n".join(line.rstrip() for line in self.tmux("capture-pane", "-p").split("\n"))

    def wait(self, is_right):
        end = time.monotonic() + patience_s
        while True:
            screen = self.screen()
            if is_right(screen) or time.monotonic() > end:
                return screen
            time.sleep(0.02)

    def signal(self, name):
        shell = int(self.tmux("display", "-p", "#{pane_pid}"))
        children = pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        os.kill(int(children[0]), getattr(signal, "SIG" + name))

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], check=False)


def step(terminal, word, rest):
    if word == "keys":
        for key in rest.split():
            terminal.tmux("send-keys", key)
    elif word == "type":
        terminal.tmux("send-keys", "-l", rest)
    elif word == "resize":
        terminal.resize(rest)
    elif word == "signal":
        terminal.signal(rest)
    elif word == "see":
        if rest not in terminal.wait(lambda screen: rest in screen):
            raise ValueError(f"never saw '{rest}':\n{terminal.screen()}")
    else:
        raise ValueError(f"unknown step '{word}'")


def run(case, awry, make_trace, update):
    steps = [line.partition(" ")[::2] for line in case.read_text().splitlines()
             if line and not line.startswith("#")]
    environment = " ".join(shlex.quote(rest) for word, rest in steps if word == "env")
    expected_path = case.with_suffix(".screen")
    expected = expected_path.read_text() if expected_path.exists() else None
    with tempfile.TemporaryDirectory() as folder:
        trace = os.path.join(folder, "demo.awry")
        subprocess.run([make_trace, trace], check=True)
        command = SHELL.format(awry=shlex.quote(awry), trace=shlex.quote(trace),
                               env="env " + environment if environment else "")
        terminal = Terminal(folder, command, steps[0][1])
        try:
            for word, rest in steps[1:]:
                if word != "env":
                    step(terminal, word, rest)
            if update:
                time.sleep(0.5)
                expected_path.write_text(terminal.screen())
                return True
            screen = terminal.wait(lambda screen: screen == expected)
        finally:
            terminal.close()
    if screen != expected:
        print(f"{case.name}: got\n{screen}\n{case.name}: expected\n{expected}")
    return screen == expected


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--patience", type=float, default=5.0)
    parser.add_argument("awry")
    parser.add_argument("make_trace")
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    global patience_s
    patience_s = arguments.patience
    if shutil.which("tmux") is None:
        print("there is no tmux")
        return 77
    results = [run(case, arguments.awry, arguments.make_trace, arguments.update)
               for case in arguments.cases]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
