#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Input that awry cannot use: one clear line, the right exit status, never a crash; and the readable part is
still shown.

    bad_input.py AWRY EXAMPLES_FOLDER [every]     every: cut the trace at each byte, not at each ninth
"""
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]
STEP = 1 if sys.argv[3:] == ["every"] else 9
PREAMBLE = b"\x91awry\r\n\x1a"


def small_trace(world):
    path = world.path("small.awry")
    done = world.call(os.path.join(EXAMPLES, "lost_error"), AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=path)
    check(done.returncode == 0, done.stderr)
    with open(path, "rb") as file:
        return file.read()


def write(world, name, data):
    path = world.path(name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def refused(world, status, pattern, *arguments, **variables):
    """awry must exit with this status, and print one matching line on stderr."""
    done = world.run_awry(*arguments, **variables)
    check(done.returncode == status, arguments, "exited with", done.returncode, "not", status, ":", done.stderr)
    lines = [line for line in done.stderr.splitlines() if line and not line.startswith("Try ")]
    check(len(lines) == 1, arguments, "said more or less than one line:", done.stderr)
    check(re.search(pattern, lines[0]), arguments, "said", lines[0], "and not", pattern)
    return done


def frames(data):
    """The offsets of the frames, and the end."""
    edges, at = [], len(PREAMBLE)
    while at < len(data):
        edges.append(at)
        at += 8 + struct.unpack_from("<I", data, at)[0]
    return edges + [at]


def a_cut_trace():
    with World(AWRY) as world:
        data = small_trace(world)
        edges = frames(data)
        whole = world.good("report", write(world, "whole.awry", data))
        seen_whole = 0
        for length in range(0, len(data), STEP):
            done = world.run_awry("report", write(world, "cut.awry", data[:length]))
            check(done.returncode in (0, 1), length, "bytes: exit", done.returncode, done.stderr)
            check(len(done.stderr.splitlines()) <= 1, length, "bytes:", done.stderr)
            if length not in edges:
                check(done.returncode == 1 and done.stderr, length, "bytes: nothing was said of the cut")
            seen_whole += "not consumed" in done.stdout
        check("not consumed" in whole and seen_whole > 0, "a trace that lacks its end alone shows nothing")


def a_flipped_bit():
    with World(AWRY) as world:
        data = small_trace(world)
        for at in range(0, len(data), STEP * 3):
            flipped = bytearray(data)
            flipped[at] ^= 1 << at % 8
            done = world.run_awry("report", write(world, "flipped.awry", bytes(flipped)))
            check(done.returncode in (0, 1), "byte", at, "exit", done.returncode, done.stderr)
            check(done.returncode == 1 and done.stderr, "byte", at, "was flipped and nothing was said:", done.stderr)
            check(len(done.stderr.splitlines()) <= 3, "byte", at, done.stderr)


def a_frame_of_4_gib():
    with World(AWRY) as world:
        data = small_trace(world)
        edge = frames(data)[-2]
        path = write(world, "huge.awry", data[:edge] + b"\xff\xff\xff\xff" + data[edge + 4:])
        done = refused(world, 1, r"4294967295.*1048576", "report", path)
        check("not consumed" in done.stdout, "what came before it is not shown:", done.stdout)


def another_major_version():
    with World(AWRY) as world:
        hello = b"\x0a\x02\x08\x07"  # Message.hello { protocol_major: 7 }
        frame = struct.pack("<II", len(hello), xxh32(hello)) + hello
        refused(world, 1, r"7\.0.*1\.", "report", write(world, "newer.awry", PREAMBLE + frame))


def no_recording_at_all():
    with World(AWRY) as world:
        refused(world, 1, r"empty", "report", write(world, "empty.awry", b""))
        refused(world, 1, r"folder|directory", "report", world.files)
        refused(world, 1, r"neither|not an? ", "report", write(world, "text.awry", b"hello, world\n" * 99))
        refused(world, 1, r"No such file", "report", world.path("nothing.awry"))
        refused(world, 1, r"no .*process|no .*box|not .*debug", "report", str(os.getpid()))


def a_box_whose_process_id_was_reused():
    with World(AWRY) as world:
        process = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-l", "3600", AWRY_STDERR="none")
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
        [box] = [name for name in os.listdir(world.boxes) if name.endswith(".box")]
        # The pid of this process with another start time: as if the pid was reused.
        pid, _, rest = box.split("-")
        reused = f"{os.getpid()}-1-{rest}"
        os.rename(os.path.join(world.boxes, box), os.path.join(world.boxes, reused))
        listed = world.good("ps")
        check(" gone " in listed, "ps does not call it gone:", listed)
        report = world.good("report", os.path.join(world.boxes, reused))
        check("never-retrieved" in report, report)
        check(world.good("report", str(os.getpid())) == report, "by its pid it is another report")


def a_foreign_users_socket():
    if os.geteuid() != 0:
        print("# not root: no other user to be")
        return
    with World(AWRY) as world, socket.socket(socket.AF_UNIX) as server:
        path = world.path("foreign.sock")
        os.chmod(world.files, 0o755)
        server.bind(path)
        server.listen()
        os.chmod(path, 0o777)
        copy = shutil.copy(AWRY, world.path("awry"))  # other users may not be able to read the build folder
        done = subprocess.run([copy, "report", path], env=world.environment, capture_output=True, text=True,
                              timeout=300, user=65534, group=65534, extra_groups=[])
        check(done.returncode == 1, "exited with", done.returncode, done.stderr)
        check(re.fullmatch(r"awry report: .*belongs to user 0; .*\n", done.stderr), done.stderr)


def bad_variables():
    with World(AWRY) as world:
        for name, value, allowed in (("RING_BYTES", "banana", "64KiB to 1GiB"), ("STACK_DEPTH", "65", "0 to 64"),
                                     ("DETAIL", "all", "tasks or steps"), ("LISTEN", "tcp:1", "unix:"),
                                     ("BLOCKED_MS", "-1", "1 to"), ("DEBUG", "yes", "1 (on) or 0")):
            done = world.call(os.path.join(EXAMPLES, "never_awaited"), AWRY_STDERR="none",
                              **{"AWRY_DEBUG": "1", f"AWRY_{name}": value})
            lines = done.stderr.splitlines()
            check(done.returncode == 0 and len(lines) == 1, name, done.returncode, done.stderr)
            check(f"AWRY_{name}='{value}'" in lines[0] and allowed in lines[0], lines[0])
        done = world.call(os.path.join(EXAMPLES, "never_awaited"), AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRCE="x")
        check(len(done.stderr.splitlines()) == 1 and "AWRY_TRCE" in done.stderr and "AWRY_TRACE" in done.stderr,
              done.stderr)
        check(os.listdir(world.boxes) == [], "left behind:", os.listdir(world.boxes))


def bad_usage():
    with World(AWRY) as world:
        trace = write(world, "own.awry", small_trace(world))
        refused(world, 1, r"own\.awry: is the recording itself", "export", trace, "--format", "json", "-o", trace)
        refused(world, 1, r"nowhere/x\.awry: cannot be created: No such file", "run", "-o", world.path("nowhere/x.awry"), "--",
                "true")
        refused(world, 2, r"frobnicate.*run, attach|frobnicate", "frobnicate")
        done = world.run_awry("run", "--fail-on", "any,bogus>3", "--", "true")
        check(done.returncode == 2 and "allowed are any, never-retrieved" in done.stderr and
              "\n  any,bogus>3\n      ^^^^^\n" in done.stderr, done.returncode, done.stderr)
        refused(world, 2, r"format|text.*json", "report", "--format", "xml", "x")
        refused(world, 127, r"no-such-command", "run", "--", "no-such-command")


def xxh32(data):
    """XXH32 with seed 0, for inputs of less than 16 bytes."""
    p2, p3, p4, p5 = 2246822519, 3266489917, 668265263, 374761393
    mask = 0xFFFFFFFF
    h, at = (p5 + len(data)) & mask, 0
    while at + 4 <= len(data):
        h = (h + struct.unpack_from("<I", data, at)[0] * p3) & mask
        h = ((h << 17 | h >> 15) & mask) * p4 & mask
        at += 4
    for byte in data[at:]:
        h = (h + byte * p5) & mask
        h = ((h << 11 | h >> 21) & mask) * 2654435761 & mask
    h = (h ^ h >> 15) * p2 & mask
    h = (h ^ h >> 13) * p3 & mask
    return h ^ h >> 16


main(a_cut_trace, a_flipped_bit, a_frame_of_4_gib, another_major_version, no_recording_at_all,
     a_box_whose_process_id_was_reused, a_foreign_users_socket, bad_variables, bad_usage)
