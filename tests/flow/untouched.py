#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program's descriptors, signals, limits and so on are the same in debug mode, and the agent adds nothing to them.

    untouched.py AWRY EXAMPLES_FOLDER UNTOUCHED THINGS
"""
import difflib
import os
import pty
import resource
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, UNTOUCHED, THINGS = sys.argv[1:5]


def run(world, mode, limit=None, **variables):
    def restrict():
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return subprocess.run([UNTOUCHED, mode], env={**world.environment, "AWRY_DEBUG": "1", **variables},
                          preexec_fn=restrict, capture_output=True, text=True, timeout=300)


def one_that_closes_all_descriptors_has_no_spinning_thread():
    with World(AWRY) as world:
        result = run(world, "close", AWRY_TRACE=world.path("t.awry"), AWRY_STDERR="none")
        check(result.returncode == 0 and int(result.stdout) < 300, result)
        check(result.stderr == "", result)
        check("ValueError" in world.good("report", world.path("t.awry")), "the recording ended with the descriptors")


def a_program_with_little_memory_is_not_ended():
    with World(AWRY) as world:
        for mebibytes in range(60, 640, 10):
            result = run(world, "lose", limit=mebibytes << 20)
            check(result.returncode == 0 and result.stdout == "done\n", mebibytes, result)
        # depending on addresses, one run in about fifty has just room for a thread's heap of 64 MiB, and none after that
        for _ in range(100):
            result = run(world, "lose", limit=70 << 20)
            check(result.returncode == 0 and result.stdout == "done\n", result)


def a_program_with_a_full_stderr_pipe_ends():
    with World(AWRY) as world:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            while True:
                os.write(writing, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writing, True)
        done = subprocess.run([UNTOUCHED, "lose"], env={**world.environment, "AWRY_DEBUG": "1"},
                              stdout=subprocess.PIPE, stderr=writing, text=True, timeout=120)
        check(done.returncode == 0 and done.stdout == "done\n", done)
        os.close(reading)
        os.close(writing)


# ---- a program that does many things, and prints the results ----

# A low threshold, so that the watchdog samples every call that blocks.
LOOKED_AT = {"AWRY_DEBUG": "1", "AWRY_BLOCKED_MS": "10", "AWRY_STDERR": "none"}


def start_things(world, *before, **variables):
    return subprocess.Popen([*before, THINGS], env={**world.environment, **variables}, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=world.files)


def end_things(process):
    """Let it start; returns its output, and how it ended."""
    out, err = process.communicate("go\n", timeout=500)
    return out.splitlines() + [f"exited with {process.returncode}"], err


class Plain:
    """The output without debug mode, determined once."""
    lines = None

    @classmethod
    def of(cls, world):
        if cls.lines is None:
            cls.lines, err = end_things(start_things(world))
            check(len(cls.lines) > 60 and cls.lines[-1] == "exited with 7", cls.lines, err)
        return cls.lines


def check_things(world, seen, err=""):
    differing = [line for line in difflib.unified_diff(Plain.of(world), seen, "without debug mode", "with", n=0, lineterm="")]
    check(not differing, "\n".join(["it shows:", *differing, err[-2000:]]))


def things_are_the_same_twice():
    with World(AWRY) as world:
        check_things(world, *end_things(start_things(world)))


def things_are_the_same_in_debug_mode():
    with World(AWRY) as world:
        check_things(world, *end_things(start_things(world, **LOOKED_AT)))


def things_are_the_same_while_findings_are_told():
    with World(AWRY) as world:
        seen, err = end_things(start_things(world, **{**LOOKED_AT, "AWRY_STDERR": "findings"}))
        check("never retrieved" in err and "blocked" in err, "nothing was told:", err)
        check_things(world, seen, err)


def things_are_the_same_while_steps_are_written():
    with World(AWRY) as world:
        trace = world.path("things.awry")
        check_things(world, *end_things(start_things(world, AWRY_DETAIL="steps", AWRY_TRACE=trace, **LOOKED_AT)))
        kinds = {finding["kind"] for finding in world.report(trace)["findings"]}
        check({"never-retrieved", "blocked-loop"} <= kinds, kinds)


def has_socket(pid):
    folder = f"/proc/{pid}/fd"
    try:
        return any(os.readlink(os.path.join(folder, fd)).startswith("socket:") for fd in os.listdir(folder))
    except OSError:  # closed meanwhile
        return False


def things_are_the_same_while_they_are_recorded():
    with World(AWRY) as world:
        process = start_things(world, **LOOKED_AT)
        trace = world.path("live.awry")
        world.wait_for("the program", lambda: world.state(process) == "alive")
        recorder = subprocess.Popen([AWRY, "record", str(process.pid), "-o", trace], env=world.environment,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        world.processes.append(recorder)
        world.wait_for("the connection", lambda: has_socket(recorder.pid))
        seen, err = end_things(process)
        check(recorder.wait(20) == 0, recorder.stderr.read())
        recorder.stderr.close()
        check_things(world, seen, err)
        check(any(f["kind"] == "never-retrieved" for f in world.report(trace)["findings"]), "nothing was recorded")


def drain(terminal, shown):
    try:
        while data := os.read(terminal, 65536):
            shown.append(data)
    except OSError:
        pass


def things_are_the_same_with_a_viewer_attached():
    with World(AWRY) as world:
        process = start_things(world, **LOOKED_AT)
        world.wait_for("the program", lambda: world.state(process) == "alive")
        terminal, end = pty.openpty()
        viewer = subprocess.Popen([AWRY, "attach", str(process.pid)], env={**world.environment, "TERM": "xterm-256color"},
                                  stdin=end, stdout=end, stderr=end, start_new_session=True)
        os.close(end)
        world.processes.append(viewer)
        shown = []
        reader = threading.Thread(target=drain, args=(terminal, shown))
        reader.start()
        world.wait_for("the viewer", lambda: b"FINDING" in b"".join(shown))
        seen, err = end_things(process)
        os.write(terminal, b"q")
        check(viewer.wait(20) == 0, b"".join(shown)[-2000:])
        os.close(terminal)
        reader.join()
        check_things(world, seen, err)
        check(b"never-retrieved" in b"".join(shown), "the viewer saw nothing")


def things_are_the_same_under_run():
    with World(AWRY) as world:
        check_things(world, *end_things(start_things(world, AWRY, "run", "--", AWRY_BLOCKED_MS="10")))


main(
    things_are_the_same_twice,
    things_are_the_same_in_debug_mode,
    things_are_the_same_while_findings_are_told,
    things_are_the_same_while_steps_are_written,
    things_are_the_same_while_they_are_recorded,
    things_are_the_same_with_a_viewer_attached,
    things_are_the_same_under_run,
    a_program_with_a_full_stderr_pipe_ends,
    one_that_closes_all_descriptors_has_no_spinning_thread,
    a_program_with_little_memory_is_not_ended,
)
