#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recording is stopped and started again, while threads are in hooks: each recording is complete, and nothing grows.

    restarts.py AWRY EXAMPLES_FOLDER PROGRAM RECORDINGS forks|alone
"""
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM, COUNT, FORKS = sys.argv[1:6]
PREAMBLE = b"\x91awry\r\n\x1a"


def measured(done):
    """The lines of measure(), each with address space and memory in KiB, mappings, and descriptors and threads plus 2."""
    check(done.returncode == 0, done)
    lines = [line.split() for line in done.stdout.splitlines()]
    check([line[0] for line in lines] == ["begin", "end"], done.stdout)
    return [[int(word) for word in line[1:]] for line in lines]


def names(world, trace):
    report = json.loads(world.good("report", trace, "--json"))
    check(all(finding["kind"] == "destroyed-pending" for finding in report["findings"]), report["findings"])
    return [finding["task"]["name"] for finding in report["findings"]]


def recordings(world):
    return sorted(name for name in os.listdir(world.files) if name.endswith(".awry"))


def each_recording_is_complete():
    with World(AWRY) as world:
        count = int(COUNT)
        measured(world.call(PROGRAM, world.files, COUNT, FORKS))
        check(os.listdir(world.boxes) == [], os.listdir(world.boxes))
        children, kept = set(), 0
        for name in sorted(os.listdir(world.files)):
            is_child = name.startswith("child") or not name.endswith(".awry")
            found = names(world, world.path(name))
            check(found == (["child"] if is_child else ["here"]), name, found)
            if is_child:
                children.add(name.startswith("child"))
                continue
            count -= 1
            statistics = world.json("stats", world.path(name))
            check(statistics["goodbye"] and statistics["lost_events"] == 0, statistics)
            kept += world.good("tree", world.path(name)).count(", created before recording began")
        check(count == 0 and children == ({True, False} if FORKS == "forks" else set()), os.listdir(world.files))
        check(kept >= 32 * 4, kept)


def check_flat(begin, end):
    # threads that were in a hook keep the box of their last recording mapped; a sanitizer keeps freed memory
    mappings, resident = (200, 65536) if begin[0] > 1 << 30 else (16, 8192)
    check(end[3:] == begin[3:], "descriptors, threads:", begin, end)
    check(end[2] < begin[2] + mappings, "mappings:", begin, end)
    check(end[0] < begin[0] + 5 * 40000 and end[1] < begin[1] + resident, "memory:", begin, end)


def nothing_grows():
    with World(AWRY) as world:
        check_flat(*measured(world.call(PROGRAM, world.files, COUNT, FORKS)))


def a_sleeping_thread_does_not_block_restarts():
    with World(AWRY) as world:
        check_flat(*measured(world.call(PROGRAM, world.files, "idle", FORKS)))
        check(len(recordings(world)) > 40 - 1, recordings(world))


def a_viewer_sees_the_end_and_another_one_the_next():
    with World(AWRY) as world:
        process = world.start(PROGRAM, world.files, "attach")
        boxes = []
        for name in "first", "second":
            check(process.stdout.readline() == "recording\n", "the program said something else")
            world.wait_for("its socket", lambda: len(world.sockets()) == 1)
            boxes.append(world.sockets())
            with socket.socket(socket.AF_UNIX) as viewer:
                viewer.settimeout(20)
                viewer.connect(boxes[-1][0])
                viewer.sendall(PREAMBLE)
                received = viewer.recv(1)  # the viewer is accepted
                process.stdin.write("\n")
                process.stdin.flush()
                while portion := viewer.recv(1 << 16):
                    received += portion
            with open(world.path(name + ".recorded"), "wb") as file:
                file.write(received)
            check(names(world, world.path(name + ".recorded")) == [name], name)
            check(world.json("stats", world.path(name + ".recorded"))["goodbye"], name, "no goodbye")
        check(process.wait(timeout=60) == 0, process.stderr.read())
        check(names(world, world.path("0.awry")) == ["first"] and names(world, world.path("1.awry")) == ["second"], "traces")


main(each_recording_is_complete, nothing_grows, a_sleeping_thread_does_not_block_restarts, a_viewer_sees_the_end_and_another_one_the_next)
