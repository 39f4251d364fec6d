#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Run the viewer in real terminals (tmux), and compare its screens.

    run.py [--update] [--patience SECONDS] [--jobs N] BIN CASE.keys…

BIN is the build folder. A case is a file of steps, one per line, and beside it CASE.screen, the expected
screen at the end. The steps are:

    size 80x24       the terminal's size; must come first
    env NAME=VALUE   set a variable for the viewer
    run COMMAND      the command (a shell's line) to run instead of: awry attach demo.awry
    keys j Enter …   press keys, by tmux's names
    type TEXT        press the keys of a text
    resize 60x20     change the size
    see TEXT         wait until the terminal shows the text
    gone TEXT        wait until the terminal no longer shows the text
    shot NAME        the terminal must come to show CASE.NAME.screen
    looks NAME       the same, with colours: CASE.NAME.looks
    wide             200x50 and back, with a shot called "wide"
    clipboard TEXT   the text that was copied last must be TEXT
    file NAME TEXT   the file NAME in the case's folder must come to contain TEXT
    signal NAME      send the viewer a signal
    same CASE        the expected screens are those of another case
    mask REGEX       matches are shown as #; with the same width, if the match ends in a space
    do COMMAND       run a shell's line outside the terminal; $FOLDER is the case's folder; processes whose
                     ids it writes into files *.pid are killed at the end

After the viewer has ended, the terminal shows its exit status, and whether the terminal's settings are
restored. A screen is compared again until it is right, or the time (10 s) is over. Exit status:
0 all as expected, 1 not, 77 there is no tmux.
"""
import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# High thresholds, so that a busy machine causes no findings on the screens.
PATIENT = {f"AWRY_{name}_MS": "600000" for name in ("BLOCKED", "STARVED", "BUSY", "DEADLOCK")}
SHELL = """cd {folder}; trap : INT; before=$(stty -g); {env} {command}
echo "status $?"; [ "$before" = "$(stty -g)" ] && echo "terminal restored"; exec sleep 60"""


class Failed(Exception):
    pass


class Terminal:
    """One tmux with one pane. (A tmux that many sessions share has been seen to crash.)"""

    def __init__(self, folder, command, size, patience_s):
        self.socket, self.patience_s = os.path.join(folder, "tmux"), patience_s
        self.before = ""
        self.environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                            "TERM": "tmux-256color", "HOME": folder, "SHELL": "/bin/sh"}
        width, height = size.split("x")
        self.tmux("new-session", "-d", "-x", width, "-y", height, command, ";",
                  "set", "-g", "status", "off", ";",
                  "set", "-g", "default-terminal", "tmux-256color", ";",
                  "set", "-g", "window-size", "manual", ";",
                  "set", "-s", "set-clipboard", "on", ";",
                  "set", "-s", "escape-time", "0", ";",
                  "resize-window", "-x", width, "-y", height)

    def tmux(self, *words, check=True):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, "-f", "/dev/null", *words], check=check,
                              text=True, stdout=subprocess.PIPE, env=self.environment,
                              stderr=None if check else subprocess.DEVNULL)
        return done.stdout

    def resize(self, size):
        width, height = size.split("x")
        self.tmux("resize-window", "-x", width, "-y", height)

    def screen(self, looks=False):
        text = self.tmux("capture-pane", "-p", *(["-e"] if looks else []))
        return "\n".join(line.rstrip() for line in text.split("\n"))

    def wait(self, is_right, look=None):
        look = look or self.screen
        end = time.monotonic() + self.patience_s
        self.before = last = ""
        while True:
            screen = look()
            if is_right(screen) or time.monotonic() > end:
                return screen
            if screen != last:
                self.before, last = last, screen
            time.sleep(0.03)

    def viewer(self):
        shell = int(self.tmux("display", "-p", "#{pane_pid}"))
        return int(pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def close(self):
        self.tmux("kill-server")


class Case:
    def __init__(self, path, folder, options):
        self.path, self.folder, self.options = path, folder, options
        self.steps = [line.partition(" ")[::2] for line in path.read_text().splitlines()
                      if line and not line.startswith("#")]

    def bins(self):
        return ":".join(str(self.options.bin / name) for name in ("viewer/cli", "examples", "tests/tui"))

    def command(self):
        environment = " ".join([*(f"{name}={value}" for name, value in PATIENT.items()),
                                *(shlex.quote(rest) for word, rest in self.steps if word == "env")])
        lines = [rest for word, rest in self.steps if word == "run"]
        command = "; ".join(lines) or "awry attach demo.awry"
        return SHELL.format(folder=shlex.quote(self.folder), command=command,
                            env=f'export PATH="{self.bins()}:$PATH" AWRY_RUNTIME_DIR={self.folder} {environment};')

    def compare(self, name, looks=False):
        masks = [rest for word, rest in self.steps if word == "mask"]
        stem = next((rest for word, rest in self.steps if word == "same"), self.path.stem)
        path = self.path.with_name(f"{stem}{name}.{'looks' if looks else 'screen'}")

        def look():
            screen = self.terminal.screen(looks)
            for mask in masks:
                screen = re.sub(mask, lambda found: "#" * len(found[0]) if found[0][-1] == " " else "#", screen)
            return screen
        if self.options.update and stem == self.path.stem:
            time.sleep(0.4)
            path.write_text(look())
            return
        expected = path.read_text()
        screen = self.terminal.wait(lambda screen: screen == expected, look)
        if screen != expected:
            raise Failed(f"{path.name}: got\n{screen}\n{path.name}: expected\n{expected}\n"
                         f"{path.name}: before it there was\n{self.terminal.before}")

    def wide(self):
        size = self.steps[0][1]
        self.terminal.resize("200x50")
        self.compare(".wide")
        self.terminal.resize(size)

    def wait_for(self, what, is_right, look=None):
        screen = self.terminal.wait(is_right, look)
        if not is_right(screen):
            raise Failed(f"{self.path.name}: {what}:\n{screen}")

    def step(self, word, rest):
        terminal = self.terminal
        if word == "keys":
            terminal.tmux("send-keys", *rest.split())
        elif word == "type":
            terminal.tmux("send-keys", "-l", rest.encode().decode("unicode_escape")
                        if "\\x" in rest else rest)
        elif word == "resize":
            terminal.resize(rest)
        elif word == "wide":
            self.wide()
        elif word in ("shot", "looks"):
            self.compare("." + rest, word == "looks")
        elif word == "signal":
            os.kill(terminal.viewer(), getattr(signal, "SIG" + rest))
        elif word == "see":
            self.wait_for(f"never saw '{rest}'", lambda screen: rest in screen)
        elif word == "gone":
            self.wait_for(f"'{rest}' stayed", lambda screen: rest not in screen)
        elif word == "clipboard":
            self.wait_for(f"'{rest}' was not copied", lambda text: rest == text.rstrip("\n"),
                          lambda: terminal.tmux("show-buffer", check=False))
        elif word == "file":
            name, _, text = rest.partition(" ")
            path = pathlib.Path(self.folder, name)
            self.wait_for(f"{name} is not '{text}'", lambda got: got == text,
                          lambda: path.read_text().strip() if path.exists() else "")
        elif word == "do":
            subprocess.run(["/bin/sh", "-c", rest], check=True, env={
                **os.environ, **PATIENT, "FOLDER": self.folder, "AWRY_RUNTIME_DIR": self.folder, "AWRY_STDERR": "none",
                "PATH": f"{self.bins()}:{os.environ['PATH']}"})
        else:
            raise Failed(f"{self.path.name}: unknown step '{word}'")

    def run(self):
        subprocess.run([f"{self.options.bin}/tests/tui/tui_make_trace", self.folder], check=True)
        self.terminal = Terminal(self.folder, self.command(), self.steps[0][1], self.options.patience)
        try:
            for word, rest in self.steps[1:]:
                if word not in ("env", "run", "same", "mask"):
                    self.step(word, rest)
            self.compare("")
        finally:
            self.terminal.close()
            for path in pathlib.Path(self.folder).glob("*.pid"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(path.read_text()), signal.SIGKILL)


def run(path, options):
    with tempfile.TemporaryDirectory() as folder:
        try:
            Case(path, folder, options).run()
        except Failed as failure:
            print(failure, flush=True)
            return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--patience", type=float, default=10.0)
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("cases", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    if shutil.which("tmux") is None:
        print("there is no tmux")
        return 77
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda path: run(path, options), options.cases))
    print(f"{sum(results)} of {len(results)} as expected")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
