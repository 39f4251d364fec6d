#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The agent and its viewers: the data that each of them gets, and the limits for bad ones.

    stream.py AWRY EXAMPLES_FOLDER FLOOD
"""
import contextlib
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, FLOOD = sys.argv[1:4]
PREAMBLE = b"\x91awry\r\n\x1a"
MOST_VIEWERS = 16
QUIET = {"AWRY_STDERR": "none", "AWRY_BLOCKED_MS": "60000"}


class Viewer:
    """A viewer that keeps the bytes that it receives. With the right greeting, it waits until it is accepted."""

    def __init__(self, path, greeting=PREAMBLE, let_in=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        # a viewer may be rejected before it has sent its greeting
        with contextlib.suppress(*() if let_in else (BrokenPipeError,)):
            self.socket.sendall(greeting)
        self.bytes = self.socket.recv(1) if let_in and greeting == PREAMBLE else b""

    def read(self, quiet=None):
        """Read to the end, or until nothing has come for `quiet` seconds."""
        self.socket.settimeout(quiet or 20)
        try:
            while portion := self.socket.recv(1 << 16):
                self.bytes += portion
        except ConnectionResetError:
            pass
        except TimeoutError:
            check(quiet, "neither data nor an end")
        return self

    def close(self):
        self.socket.close()

    def save(self, world, name):
        path = world.path(name)
        with open(path, "wb") as file:
            file.write(self.bytes)
        return path


def flood(world, *arguments, **variables):
    """Start a flood; returns it when it is ready, and the path of its socket."""
    process = world.start(FLOOD, "-w", *arguments, **QUIET, **variables)
    check(process.stdout.readline() == "ready\n", "the flood does not begin")
    world.wait_for("the socket", world.sockets)
    [path] = world.sockets()
    return process, path


def let_go(process):
    process.stdin.write("\n")
    process.stdin.flush()


def finish(process):
    """Let the flood run; returns the microseconds that its tasks took."""
    let_go(process)
    spent, said = process.communicate(timeout=150)
    check(process.returncode == 0 and said == "", process.returncode, said)
    return int(spent)


def all_viewers_get_the_same():
    with World(AWRY) as world:
        process, path = flood(world, "-e", "10", "1000")
        viewers = [Viewer(path) for _ in range(3)]
        recorders = []
        for number in range(2):
            trace = world.path(f"recorded-{number}.awry")
            recorders.append((subprocess.Popen([AWRY, "record", str(process.pid), "-o", trace],
                                               env=world.environment), trace))
            world.processes.append(recorders[-1][0])
        time.sleep(0.3)
        finish(process)
        traces = [viewer.read().save(world, f"viewer-{i}.awry") for i, viewer in enumerate(viewers)]
        for recorder, trace in recorders:
            check(recorder.wait(timeout=120) == 0, "awry record exited with", recorder.returncode)
            traces.append(trace)
        for trace in traces:
            statistics = world.json("stats", trace)
            check(statistics["goodbye"] and statistics["lost_events"] == 0, trace, statistics)
            check(statistics["tasks"]["created"] == 1001, trace, statistics["tasks"])
            check(statistics["findings"] == {"never-retrieved": 100}, trace, statistics["findings"])
        first = world.good("report", traces[0])
        for trace in traces[1:]:
            check(world.good("report", trace) == first, trace, "tells another story")
        check(os.listdir(world.boxes) == [], "left behind:", os.listdir(world.boxes))


def a_late_viewer_gets_earlier_events():
    with World(AWRY) as world:
        process, path = flood(world, "-e", "10", "-k", "5", "-s", "60", "1000")
        let_go(process)
        process.stdout.readline()
        trace = Viewer(path).read(quiet=0.3).save(world, "late.awry")
        live = world.json("tree", trace)["tasks"]
        check(sorted(task["coroutine"]["function"] for task in live) == ["begin"] + ["kept"] * 5, live)
        check(world.json("stats", trace)["findings"] == {"never-retrieved": 100}, world.good("stats", trace))
        errors = world.json("errors", trace)["errors"]
        check(errors[-1]["message"] == "task 1000 failed", errors[-1])


def a_viewer_that_does_not_read_loses_events_and_slows_nothing():
    tasks = 300000
    with World(AWRY) as world:
        alone, watched = [], []
        for _ in range(3):
            process, path = flood(world, str(tasks), AWRY_RING_BYTES="64KiB")
            alone.append(finish(process))
            process, path = flood(world, "-s", "60", str(tasks), AWRY_RING_BYTES="64KiB")
            viewer = Viewer(path)
            let_go(process)
            watched.append(int(process.stdout.readline()))
            trace = viewer.read(quiet=0.3).save(world, "stalled.awry")
            world.crash(process)
            for name in os.listdir(world.boxes):
                os.unlink(os.path.join(world.boxes, name))
            statistics = world.json("stats", trace)
            check(statistics["lost_events"] > tasks, "lost:", statistics["lost_events"])
            told = statistics["tasks"]["created"] + statistics["tasks"]["finished"]
            check(told < 2 * tasks, "everything was told after all:", told)
            check(statistics["source"]["damaged_frames"] == 0, statistics["source"])
            check(statistics["losses"]["records"] > tasks, statistics["losses"])
            report = world.good("report", trace)
            check("records of task events were overwritten before they were read" in report, report)
        check(min(watched) < 2 * min(alone) + 20000, "microseconds alone", alone, "with it", watched)


def a_viewer_that_dies_does_not_disturb_others():
    with World(AWRY) as world:
        process, path = flood(world, "-e", "10", "1000")
        good = Viewer(path)
        for length in (0, 1, 11, 300):
            dying = Viewer(path)
            dying.socket.recv(length) if length > 0 else None
            dying.close()
            dying = Viewer(path, PREAMBLE[:length % 8])
            dying.close()
        # An incomplete control frame.
        half = Viewer(path, PREAMBLE + struct.pack("<II", 2, 0)[:6])
        half.close()
        # A process in the middle of a read.
        recorder = subprocess.Popen([AWRY, "record", str(process.pid), "-o", world.path("never.awry")],
                                    env=world.environment)
        time.sleep(0.1)
        let_go(process)
        recorder.kill()
        recorder.wait()
        _, said = process.communicate(timeout=120)
        check(process.returncode == 0 and said == "", process.returncode, said)
        trace = good.read().save(world, "good.awry")
        check(world.json("stats", trace)["findings"] == {"never-retrieved": 100}, world.good("stats", trace))


def a_viewer_that_sends_garbage_is_dropped_alone():
    nonsense = (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                bytes(range(256)) * 16,
                PREAMBLE + b"\xff\xff\xff\xff" * 4,
                PREAMBLE + struct.pack("<II", 4, 0) + b"\1\2\3\4",
                PREAMBLE + struct.pack("<II", 200000, 0) + b"x" * 1000)
    with World(AWRY) as world:
        process, path = flood(world, "-e", "10", "1000")
        good = Viewer(path)
        for words in nonsense:
            bad = Viewer(path, words)
            bad.read()
            bad.close()
        finish(process)
        trace = good.read().save(world, "good.awry")
        statistics = world.json("stats", trace)
        check(statistics["goodbye"] and statistics["findings"] == {"never-retrieved": 100}, statistics)


def a_viewer_too_many_is_rejected():
    with World(AWRY) as world:
        process, path = flood(world, "-e", "10", "1000")
        viewers = [Viewer(path) for _ in range(MOST_VIEWERS)]
        turned_away = Viewer(path, let_in=False).read()
        check(turned_away.bytes == PREAMBLE, "a viewer more than there is room for got", turned_away.bytes)
        viewers[3].close()
        time.sleep(0.1)
        viewers[3] = Viewer(path)
        finish(process)
        for number, viewer in enumerate(viewers):
            trace = viewer.read().save(world, "one.awry")
            statistics = world.json("stats", trace)
            check(statistics["findings"] == {"never-retrieved": 100}, "viewer", number, statistics)


def no_other_user_can_open_them():
    with World(AWRY) as world:
        folder = os.path.join(world.boxes, "new")
        world.boxes, old = folder, world.boxes
        mask = os.umask(0)
        try:
            process, path = flood(world, "1", AWRY_RUNTIME_DIR=folder)
        finally:
            os.umask(mask)
        modes = {os.path.splitext(name)[1]: stat.S_IMODE(os.lstat(os.path.join(folder, name)).st_mode)
                 for name in os.listdir(folder)}
        check(modes == {".box": 0o600, ".sock": 0o600}, {k: oct(v) for k, v in modes.items()})
        check(stat.S_IMODE(os.lstat(folder).st_mode) == 0o700, oct(os.lstat(folder).st_mode))
        finish(process)
        world.boxes = old


def where_it_listens():
    with World(AWRY) as world:
        path = world.path("mine.sock")
        for leftover in (False, True):
            process = world.start(FLOOD, "-w", "1", AWRY_LISTEN="unix:" + path, **QUIET)
            process.stdout.readline()
            check(stat.S_IMODE(os.lstat(path).st_mode) == 0o600, oct(os.lstat(path).st_mode))
            check(world.sockets() == [], "two sockets:", world.sockets())
            check("0 findings" in world.good("report", path), world.good("report", path))
            if leftover:
                finish(process)
                check(not os.path.exists(path), "it was left behind")
            else:
                world.crash(process)  # the next process finds a socket that nobody listens on
        with open(path, "w") as file:
            file.write("precious")
        process = world.start(FLOOD, "1", AWRY_LISTEN="unix:" + path, **QUIET)
        _, said = process.communicate(timeout=120)
        check(process.returncode == 0 and len(said.splitlines()) == 1 and path in said, said)
        with open(path) as file:
            check(file.read() == "precious", "it overwrote a file")


def off_means_off():
    with World(AWRY) as world:
        process = world.start(FLOOD, "-w", "-e", "1", "5", AWRY_LISTEN="off", **QUIET)
        process.stdout.readline()
        check(world.sockets() == [], "listens:", world.sockets())
        check("0 findings" in world.good("report", str(process.pid)), "its box cannot be read")
        finish(process)
        done = world.call(os.path.join(EXAMPLES, "lost_error"), AWRY_DEBUG="1", AWRY_STDERR="none")
        check(done.stderr == "", "AWRY_STDERR=none:", done.stderr)
        done = world.call(os.path.join(EXAMPLES, "lost_error"), AWRY_DEBUG="1", AWRY_STDERR="findings")
        check("never retrieved" in done.stderr, "AWRY_STDERR=findings:", done.stderr)


def another_user_is_sent_nothing():
    if os.geteuid() != 0:
        print("# not root: no other user to be")
        return
    ask = ("import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); "
           "print(len(s.recv(100)))")
    with World(AWRY) as world:
        os.chmod(world.files, 0o755)
        path = world.path("open.sock")
        process = world.start(FLOOD, "-s", "60", "10", AWRY_LISTEN="unix:" + path, **QUIET)
        world.wait_for("the socket", lambda: os.path.exists(path))
        process.stdout.readline()
        os.chmod(path, 0o777)
        for user, sent in ((0, True), (65534, False)):
            done = subprocess.run(["/usr/bin/python3", "-c", ask, path], user=user, capture_output=True, text=True,
                                  timeout=120)
            check(done.returncode == 0 and (int(done.stdout) > 0) == sent, "user", user, done.stdout, done.stderr)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    main(another_user_is_sent_nothing, all_viewers_get_the_same, a_late_viewer_gets_earlier_events,
         a_viewer_that_does_not_read_loses_events_and_slows_nothing,
         a_viewer_that_dies_does_not_disturb_others, a_viewer_that_sends_garbage_is_dropped_alone,
         a_viewer_too_many_is_rejected, no_other_user_can_open_them, where_it_listens, off_means_off)
