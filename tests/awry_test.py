# SPDX-License-Identifier: MIT
"""Shared by the tests of whole programs: a runtime folder for each test, running awry, failures."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


class Failure(Exception):
    pass


def check(condition, *words):
    if not condition:
        raise Failure(" ".join(str(word) for word in words))


class World:
    """A folder for boxes, another for files, and the processes that use them. All are removed at the end."""

    def __init__(self, awry):
        self.awry = os.path.abspath(awry)
        self.boxes = tempfile.mkdtemp(prefix="awry-test-", dir="/dev/shm")
        self.files = tempfile.mkdtemp(prefix="awry-test-")
        self.processes = []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AWRY_")}
        self.environment.update(AWRY_RUNTIME_DIR=self.boxes, LC_ALL="C.UTF-8", TZ="UTC")
        self.environment.pop("WITNESS", None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        shutil.rmtree(self.boxes)
        shutil.rmtree(self.files)

    def path(self, name):
        return os.path.join(self.files, name)

    def start(self, *command, **variables):
        """Start a program in debug mode, with its standard streams in pipes."""
        process = subprocess.Popen(command, env=dict(self.environment, AWRY_DEBUG="1", **variables),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def call(self, *command, **variables):
        """Run a command to its end: returns an object with returncode, stdout and stderr."""
        return subprocess.run(command, env=dict(self.environment, **variables), capture_output=True,
                              text=True, errors="surrogateescape", timeout=300)

    def run_awry(self, *arguments, **variables):
        return self.call(self.awry, *arguments, **variables)

    def good(self, *arguments, **variables):
        done = self.run_awry(*arguments, **variables)
        check(done.returncode == 0, "awry", *arguments, "exited with", done.returncode, done.stderr)
        return done.stdout

    def crash(self, process):
        process.kill()
        process.wait()

    def json(self, *arguments):
        return json.loads(self.good(*arguments, "--json"))

    def report(self, target):
        """The JSON report, in which a stack is a list of parts, with its ancestors, instead of a number."""
        report = self.json("report", target)
        stacks = {stack["id"]: stack for stack in report["stacks"]}

        def parts(at):
            found = []
            while at is not None:
                found.append(stacks[at])
                at = stacks[at]["link"]
            return found

        for finding in report["findings"]:
            for holder in [finding, *finding.get("members", [])]:
                holder["stack"] = parts(holder["stack"])
        return report

    def state(self, process):
        """The process's state in `awry ps`; None if it is not listed."""
        rows = [row for row in self.json("ps")["processes"] if row["pid"] == process.pid]
        return rows[0]["state"] if rows else None

    def sockets(self):
        return [os.path.join(self.boxes, name) for name in os.listdir(self.boxes) if name.endswith(".sock")]

    def wait_for(self, what, condition, seconds=120, seen=lambda: ""):
        """Wait until the condition holds; if it never does, fail with the text of `seen`."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= end:
                raise Failure(f"waited too long for {what} {seen()}")
            time.sleep(0.01)


def main(*tests):
    """Run the tests; exits with 1 if one fails."""
    failed = 0
    for test in tests:
        try:
            test()
            print("ok", test.__name__, flush=True)
        except Failure as failure:
            failed += 1
            print("FAILED", test.__name__, failure, flush=True)
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
