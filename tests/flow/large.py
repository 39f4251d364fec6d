#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Views of a trace are the same with an index as without; a wrong index is ignored.

    large.py AWRY EXAMPLES_FOLDER MAKE_LARGE
"""
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, MAKE_LARGE = map(os.path.abspath, sys.argv[1:4])
VIEWS = (("report",), ("report", "--json"), ("errors",), ("errors", "--json"), ("tree",), ("stats",), ("stats", "--json"))
MOMENTS = ("0ms", "10ms", "0.1s", "1h", "#0", "#1", "#300", "#5000000")


def views(world, trace, *options):
    return [world.good(*view, *options, trace) for view in VIEWS]


def same(world, trace, moments=MOMENTS):
    """Compare every view of a trace at every time, with the index and without."""
    for at in ((), *(("--at", moment) for moment in moments)):
        check(views(world, trace, *at) == views(world, trace, "--no-index", *at), trace, *at, "is another with an index")


def long_trace(world, events=1_200_000):
    trace = world.path("long.awry")
    subprocess.run([MAKE_LARGE, str(events), trace], check=True)
    return trace


def recordings_of_all_kinds():
    with World(AWRY) as world:
        for number, command in enumerate((("market_feed", "-m", "1500", "-n", "2"), ("lost_error",), ("task_group",),
                                          ("never_awaited",))):
            trace = world.path(f"{number}.awry")
            world.call(os.path.join(EXAMPLES, command[0]), *command[1:], AWRY_DEBUG="1", AWRY_STDERR="none",
                       AWRY_DETAIL="steps", AWRY_TRACE=trace)
            before = views(world, trace)
            check("checkpoints" in world.good("index", trace), "no index was made")
            check(views(world, trace) == before, command, "is another since it has an index")
            same(world, trace)


def a_long_one_gets_an_index_when_that_is_asked_for():
    with World(AWRY) as world:
        trace = long_trace(world)
        size = os.path.getsize(trace)
        first = world.good("stats", "--no-index", trace)
        check(os.path.getsize(trace) == size, "--no-index writes")
        with open(trace, "rb") as file:
            before = hashlib.sha256(file.read()).digest()
        check(world.good("stats", trace) == first, "without --no-index it is another")
        same(world, trace, ("300ms", "#262145"))
        with open(trace, "rb") as file:
            check(hashlib.sha256(file.read()).digest() == before, "what only shows it wrote into it")
        world.good("index", trace)
        check(world.good("stats", trace) == first, "building it changes what is shown")
        check(size < os.path.getsize(trace) < size * 1.2, os.path.getsize(trace), "from", size)
        same(world, trace, ("300ms", "1s", "#262145", "#1000000"))
        world.good("index", "--remove", trace)
        check(os.path.getsize(trace) == size, "it is not gone")


def one_that_must_not_be_written():
    with World(AWRY) as world:
        trace = long_trace(world)
        size = os.path.getsize(trace)
        locked = subprocess.Popen(["flock", trace, "sleep", "60"])
        world.processes.append(locked)
        world.wait_for("the lock", lambda: subprocess.run(["flock", "-n", trace, "true"]).returncode != 0)
        check("1,200," in world.good("stats", "--at", "#1200001", trace), "it is not shown")
        check(os.path.getsize(trace) == size, "a locked one was written")
        done = world.run_awry("index", trace)
        check(done.returncode == 1 and "cannot be written" in done.stderr, done)
        locked.send_signal(signal.SIGKILL)


def a_wrong_index_is_made_anew():
    with World(AWRY) as world:
        trace = long_trace(world)
        truth = views(world, trace, "--no-index")
        size = os.path.getsize(trace)
        world.good("index", trace)
        whole = os.path.getsize(trace)
        for offset in (size + 100, (size + whole) // 2, whole - 5000, whole - 30, whole - 3):
            with open(trace, "r+b") as file:
                file.seek(offset)
                byte = file.read(1)
                file.seek(offset)
                file.write(bytes([byte[0] ^ 0x10]))
            for view, text in zip(VIEWS, truth):
                if view[0] == "stats" and offset > whole - 40:
                    continue  # without its last frame the index is taken for a part of the recording
                done = world.run_awry(*view, trace)
                check(done.stdout == text, "flipped at", offset, *view, done.stderr)
                check(len(done.stderr.splitlines()) <= 1, done.stderr)
            if offset < whole - 40:
                check("checkpoints" in world.good("index", trace), "it is not made anew")
                check(os.path.getsize(trace) == whole, os.path.getsize(trace), "and not", whole)
                continue
            with open(trace, "r+b") as file:
                file.seek(offset)
                file.write(byte)


def one_of_another_recording():
    with World(AWRY) as world:
        trace = long_trace(world)
        truth = views(world, trace)
        other = world.path("other.awry")
        subprocess.run([MAKE_LARGE, "1300000", other], check=True)
        size = os.path.getsize(other)
        world.good("index", other)
        world.good("index", "--remove", trace)
        with open(other, "rb") as source, open(trace, "ab") as target:
            source.seek(size)
            target.write(source.read())
        done = world.run_awry("stats", trace)
        check(done.stdout.splitlines()[6:] == truth[5].splitlines()[6:], done.stdout, done.stderr)
        check("it is not used" in done.stderr, done.stderr)


def a_trace_that_is_still_being_written_gets_no_index():
    """`awry index` refuses a trace that is being written; after a kill, the trace is read to its last complete frame."""
    with World(AWRY) as world:
        trace = world.path("growing.awry")
        process = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "1500", "-n", "2", "-l", "3600",
                              AWRY_STDERR="none", AWRY_TRACE=trace)
        process.stdout.readline()
        world.wait_for("the trace", lambda: os.path.getsize(trace) > 1000)
        done = world.run_awry("index", trace)
        check(done.returncode == 1, "a trace that is being written got an index")
        time.sleep(0.3)
        world.crash(process)
        done = world.run_awry("report", trace)
        if done.returncode == 1:  # killed in the middle of a frame, which another test covers
            check("cut short" in done.stderr, done.stderr)
            return
        world.good("index", trace)
        check(world.good("report", trace) == done.stdout, "killed, then indexed, it is another")


def a_cut_one_is_shown_as_before():
    with World(AWRY) as world:
        trace = long_trace(world)
        with open(trace, "r+b") as file:
            file.truncate(os.path.getsize(trace) - 1000)
        size = os.path.getsize(trace)
        one, other = world.run_awry("stats", trace), world.run_awry("stats", "--no-index", trace)
        check(one.returncode == other.returncode == 1 and one.stdout == other.stdout, one, other)
        check(os.path.getsize(trace) == size, "a cut one got an index")


def compressed_by_zstd():
    if shutil.which("zstd") is None:
        print("# there is no zstd")
        return
    with World(AWRY) as world:
        trace = long_trace(world, 100000)
        whole = world.path("whole.awry.zst")
        subprocess.run(["zstd", "-q", trace, "-o", whole], check=True)
        check(views(world, whole)[:5] == views(world, trace)[:5], "a small one in one piece")
        process = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "1500", "-n", "2", "-l", "3600",
                              AWRY_STDERR="none")
        process.stdout.readline()
        world.crash(process)
        for path in ("plain.awry", "packed.awry.zst"):
            world.good("recover", str(process.pid), "-o", world.path(path))
        plain, packed = world.path("plain.awry"), world.path("packed.awry.zst")
        check(views(world, packed)[:5] == views(world, plain)[:5], "packed")
        check(os.path.getsize(packed) < os.path.getsize(plain), "nothing was gained")
        world.good("index", packed)
        same(world, packed, ("1ms", "#100"))
        subprocess.run(["zstd", "-q", "-d", packed, "-o", world.path("again.awry")], check=True)
        check(views(world, world.path("again.awry"))[:5] == views(world, plain)[:5], "unpacked")
        same(world, world.path("again.awry"), ("1ms", "#100"))


def invalid_times():
    with World(AWRY) as world:
        trace = long_trace(world, 1000)
        for moment in ("", "5", "-1s", "#", "#x", "yesterday", "1parsec"):
            done = world.run_awry("stats", "--at", moment, trace)
            check(done.returncode == 2 and "invalid time" in done.stderr, moment, done)


def moments_after_the_end():
    with World(AWRY) as world:
        trace = long_trace(world, 1000)
        for index in ((), ("--no-index",)):
            for moment, words in ("1h", r": is only [\d.]+ m?s long; its end is shown"), ("#2000000", r": has only \d+ events; its end is shown"):
                done = world.run_awry("stats", "--at", moment, *index, trace)
                check(done.returncode == 0 and re.search(words, done.stderr), moment, index, done)
            for moment in "1ns", "#1":
                check(world.run_awry("stats", "--at", moment, *index, trace).stderr == "", moment, index, "is within it")


main(recordings_of_all_kinds, a_long_one_gets_an_index_when_that_is_asked_for, one_that_must_not_be_written,
     a_wrong_index_is_made_anew, one_of_another_recording, a_trace_that_is_still_being_written_gets_no_index, a_cut_one_is_shown_as_before,
     compressed_by_zstd, invalid_times, moments_after_the_end)
