# SPDX-License-Identifier: MIT
"""What the tests of whole programs share: a runtime folder of their own, running awry, failing."""
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
    """A folder for boxes, another for files, and what runs in them. Nothing of it is left behind."""

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
        """A debugged program, its stdout in a pipe."""
        process = subprocess.Popen(command, env=dict(self.environment, AWRY_DEBUG="1", **variables),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.processes.append(process)
        return process

    def call(self, *command, **variables):
        """A command to its end: an object with returncode, stdout and stderr."""
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
        """The report, in which each stack stands with its ancestors, a list of parts, instead of as a number."""
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
        """What `awry ps` calls it; None if it is not there."""
        rows = [row for row in self.json("ps")["processes"] if row["pid"] == process.pid]
        return rows[0]["state"] if rows else None

    def sockets(self):
        return [os.path.join(self.boxes, name) for name in os.listdir(self.boxes) if name.endswith(".sock")]

    def wait_for(self, what, condition, seconds=120, seen=lambda: ""):
        """Until the condition holds; `seen` tells what there is if it never does."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= end:
                raise Failure(f"waited too long for {what} {seen()}")
            time.sleep(0.01)


def main(*tests):
    """Run the tests that are named in the arguments after the first two, or all."""
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
