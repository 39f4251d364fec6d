#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hostile recordings, and a socket with a hostile server: every command of awry ends in time, takes bounded memory,
and lets no control characters reach the terminal.

    hostile.py AWRY MAKE_HOSTILE [limit] [every]     limit: with bounds on memory and output, for builds without a sanitizer
                                                     every: also the formats that are slow with chains
"""
import json
import os
import re
import resource
import socket
import struct
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, MAKE = sys.argv[1:3]
LIMITED, EVERY = "limit" in sys.argv[3:], "every" in sys.argv[3:]
SECONDS = 60 if EVERY else 15 if LIMITED else 120  # of processor time; a sanitizer is slow
LONG_OF_CHAINS = ("chrome", "perfetto", "otlp", "speedscope", "folded", "pprof")  # each task with its stack up to main
BYTES = 2 << 30
BINARY = ("perfetto", "pprof", "sqlite")
CASES = ("escapes", "bidi", "bad_utf8", "long_names", "dangling", "circles", "chains", "clocks")
# characters that a terminal would act on, or show in reverse; newlines are the commands' own
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


def formats(world):
    told = world.good("export", "--help").split("Formats:\n")[1].split("\n\n")[0]
    names = re.findall(r"^  (\w+)  ", told, re.M)
    check(len(names) >= 9, told)
    return names


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def ask(world, *arguments):
    """Run awry: it must exit with 0, or with 1 and a message."""
    before = processor_seconds()
    done = subprocess.run([AWRY, *arguments], env=world.environment, capture_output=True, timeout=20 * SECONDS,
                          preexec_fn=limit if LIMITED else None)
    took = processor_seconds() - before  # processor time, which does not depend on other load
    check(done.returncode in (0, 1), *arguments, "exited with", done.returncode, done.stderr[-2000:])
    check(done.returncode == 0 or done.stderr, *arguments, "failed without a word")
    check(took < SECONDS, *arguments, "took", round(took), "s of the processor")
    for name, data in (("stdout", done.stdout), ("stderr", done.stderr)):
        text = data.decode("utf-8", "strict")
        found = ACTIVE.search(text)
        check(not found, *arguments, "wrote", repr(found and found[0]), "to", name)
    return done


def hostile(world, case):
    path = world.path(case + ".awry")
    subprocess.run([MAKE, case, path], check=True)
    return path


def every_command_survives_every_case():
    with World(AWRY) as world:
        for case in CASES:
            path = hostile(world, case)
            for command in ("report", "errors", "tree", "stats"):
                ask(world, command, path)
                json.loads(ask(world, command, "--json", path).stdout)
            for table in ("tasks", "errors", "findings", "strings", "lost_errors"):
                ask(world, "query", path, f"SELECT * FROM {table}")
                json.loads(ask(world, "query", "--json", path, f"SELECT * FROM {table}").stdout)
            for name in formats(world):
                if case == "chains" and name in LONG_OF_CHAINS and not EVERY:
                    continue
                ask(world, "export", path, "--format", name, "-o", world.path("out"))
                if name not in BINARY:
                    with open(world.path("out"), encoding="utf-8") as file:
                        found = ACTIVE.search(file.read())
                    check(not found, case, name, "has", repr(found and found[0]))
                os.unlink(world.path("out"))
            for name in ("sarif", "junit", "html", "github"):
                ask(world, "report", "--format", name, path)


def a_small_recording_does_not_make_large_exports():
    """12,000 tasks whose stacks have 64 frames with names of 4 KiB: every format counts the omitted parts."""
    with World(AWRY) as world:
        path, out = hostile(world, "bomb"), world.path("out")
        size = os.path.getsize(path)
        check(size < 2 << 20, "the bomb has", size, "bytes")
        for command in [("errors",), ("errors", "--json"), ("tree", "--json")] + [
                ("report", "--format", name) for name in ("text", "json", "sarif", "junit", "github", "html")]:
            text = ask(world, *command, path).stdout.decode()
            check(len(text) < 200 << 20, *command, "wrote", len(text), "bytes")
            check(command[0] == "tree" or re.search("left[ _]out", text), *command, "does not say that something is left out")
            check("github" not in command or text.count("\n::") > 50, "hardly anything is there")
        for name in formats(world):
            done = ask(world, "export", path, "--format", name, "-o", out)
            check(os.path.getsize(out) < 320 << 20, name, "has", os.path.getsize(out), "bytes")
            if name not in ("dot", "json"):  # these do not grow by it
                check(done.returncode == 1 and b" events or stacks are left out: " in done.stderr, name, done.stderr)
            os.unlink(out)
        check(b"findings are not printed, only counted" in ask(world, "attach", path).stderr, "attach")


def nothing_is_older_than_the_process():
    with World(AWRY) as world:
        path = hostile(world, "early")
        report = world.json("report", path)
        check([f["first_ns"] for f in report["findings"]] == [3 * 10 ** 9] and report["findings"][0]["time_ns"] == 3 * 10 ** 9,
              report["findings"])
        lines = [json.loads(line) for line in world.good("export", path, "--format", "json", "-o", "-").splitlines()]
        times = [line["time_ns"] for line in lines if line["item"] == "event"]
        check(times == [3 * 10 ** 9, 3 * 10 ** 9, 3 * 10 ** 9, 4 * 10 ** 9], times)
        check("1,000 ms" in world.good("stats", path) or "1.0 s" in world.good("stats", path), world.good("stats", path))
        world.good("index", path)
        check(world.json("report", path)["findings"] == report["findings"], "by its index it is another")


def a_chain_is_whole():
    with World(AWRY) as world:
        path = hostile(world, "chains")
        check(world.json("stats", path)["tasks"]["created"] == 100000, "tasks are missing")
        report = world.good("report", path)
        check("link" in report and len(report) < 1 << 20, "the report has", len(report), "bytes")


def a_circle_is_named_and_not_followed():
    with World(AWRY) as world:
        path = hostile(world, "circles")
        check(len(world.good("errors", path)) < 1 << 16, "it goes round and round")


def a_name_of_4_mib():
    """A frame above the size limit, which no recorder writes: it is refused, and the message has its length."""
    with World(AWRY) as world:
        path = world.path("long.awry")
        with open(hostile(world, "escapes"), "rb") as file:
            whole = file.read()
        with open(path, "wb") as file:
            file.write(whole + struct.pack("<II", 4 << 20, 0) + b"x" * (4 << 20))
        done = ask(world, "report", path)
        check(done.returncode == 1 and b"4194304" in done.stderr, done.stderr)


def a_frame_that_never_ends():
    """A server on a socket greets, begins a frame, and then sends single bytes with pauses."""
    with World(AWRY) as world:
        path = os.path.join(world.boxes, "x.sock")
        with open(hostile(world, "escapes"), "rb") as file:
            whole = file.read()
        hello = whole[:8 + 8 + struct.unpack_from("<I", whole, 8)[0]]
        over = threading.Event()

        def trickle():
            peer, _ = server.accept()
            try:
                peer.sendall(hello + struct.pack("<II", 1 << 20, 0))
                while not over.wait(0.05):
                    peer.sendall(b"x")
            except OSError:
                pass
            peer.close()

        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            thread = threading.Thread(target=trickle)
            thread.start()
            try:
                done = ask(world, "report", path)
            finally:
                over.set()
                thread.join()
        check(done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr)


tests = [every_command_survives_every_case, nothing_is_older_than_the_process, a_chain_is_whole, a_circle_is_named_and_not_followed,
         a_name_of_4_mib, a_frame_that_never_ends]
if LIMITED:
    tests.append(a_small_recording_does_not_make_large_exports)
main(*tests)
