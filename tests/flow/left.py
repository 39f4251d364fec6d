#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Stale boxes: how they are listed, which of them are kept, and that the box of a live process is never removed.

    left.py AWRY EXAMPLES_FOLDER LEAVER EXITS
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, LEAVER = map(os.path.abspath, sys.argv[1:4])
EXITS = int(sys.argv[4])
QUIET = {"AWRY_STDERR": "none"}
KEPT, KEPT_BYTES = 16, 64 << 20


def leave(world, how):
    return world.call(LEAVER, how, AWRY_DEBUG="1", **QUIET)


def sizes(world):
    return sorted((os.stat(os.path.join(world.boxes, name)).st_blocks * 512
                   for name in os.listdir(world.boxes) if name.endswith(".box")), reverse=True)


def a_crash_outlives_many_harmless_exits():
    with World(AWRY) as world:
        crashed = world.start(LEAVER, "crash", **QUIET)
        crashed.wait()
        for i in range(EXITS):
            done = leave(world, ("exit-inside", "exec", "exit")[i % 3])
            check(done.returncode == 0, done)
        leave(world, "exit")
        check(world.state(crashed) == "gone", "the crash is not listed")
        errors = world.json("errors", str(crashed.pid))["errors"]
        check([e["message"] for e in errors] == ["lost before the crash"], errors)
        # A process that ends at once may not remove boxes; one that finds twice as many removes them first.
        check(len(sizes(world)) <= 2 * KEPT + 1 and sum(sizes(world)[:KEPT]) <= KEPT_BYTES, sizes(world))


def an_orderly_end_leaves_nothing():
    with World(AWRY) as world:
        for how in ("quick", ""):
            leave(world, how)
            check(os.listdir(world.boxes) == [], how, os.listdir(world.boxes))
        for how in ("exit", "exit-inside", "exec"):
            world.good("run", "--", LEAVER, how)
            check(os.listdir(world.boxes) == [], how, os.listdir(world.boxes))
        world.run_awry("run", "--", LEAVER, "crash")
        check(len(sizes(world)) == 1, "the crash is gone")


def boxes_do_not_exceed_their_bound():
    """A process removes other boxes down to a bound that includes its own."""
    with World(AWRY) as world:
        for _ in range(KEPT + 4):
            process = world.start(LEAVER, "wait", **QUIET)
            check(process.stdout.readline() == "ready\n", process.stderr)
            world.wait_for("others to be removed", lambda: len(sizes(world)) <= KEPT)
            world.crash(process)
        check(len(sizes(world)) == KEPT and set(states(world)) == {"gone"}, states(world))


def a_child_that_leaves_by_exit_is_not_called_crashed():
    """Only the child's parent knows how it ended, not awry run."""
    with World(AWRY) as world:
        world.good("run", "--", "sh", "-c", f"{LEAVER} exit-inside; true")
        check(states(world) == ["gone"], states(world))
        check("crash" not in world.good("ps"), world.good("ps"))


def exec_is_told_from_a_crash():
    with World(AWRY) as world:
        process = world.start(LEAVER, "sleep", **QUIET)
        world.wait_for("exec", lambda: world.state(process) == "replaced")
        world.crash(process)
        check(world.state(process) == "gone", "nothing noted that it called exec")
        again = world.start(LEAVER, "sleep", **QUIET)
        world.wait_for("exec", lambda: world.state(again) == "replaced")

        def somebody_tidies():
            leave(world, "exit")
            return world.state(again) is None

        world.wait_for("it to be removed: it has no finding", somebody_tidies)


def unshare(world, command, *namespaces, **variables):
    return subprocess.Popen(["unshare", "--fork", "--kill-child", *namespaces, "sh", "-c", command],
                            env=dict(world.environment, AWRY_DEBUG="1", **QUIET, **variables),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def can_unshare():
    return subprocess.run(["unshare", "--fork", "--pid", "--mount", "true"], capture_output=True).returncode == 0


def states(world):
    return [row["state"] for row in world.json("ps")["processes"]]


def a_living_box_stays(world, process):
    """The box of a live process stays, however many other processes remove stale boxes."""
    check(process.stdout.readline() == "ready\n", process.stderr)
    for _ in range(KEPT + 4):
        leave(world, "exit-inside")
    leave(world, "exit-inside")
    check(states(world).count("alive") == 1, states(world))


def a_box_of_another_pid_namespace_lives():
    if not can_unshare():
        print("skipped: no right to make namespaces")
        return
    with World(AWRY) as world:
        process = unshare(world, f"{LEAVER} wait", "--pid", "--mount-proc")
        world.processes.append(process)
        a_living_box_stays(world, process)
        process.kill()
        process.wait()
        world.wait_for("its end to be seen", lambda: "alive" not in states(world))


def without_proc_a_living_process_is_alive():
    if not can_unshare():
        print("skipped: no right to make namespaces")
        return
    with World(AWRY) as world:
        process = world.start(LEAVER, "wait", **QUIET)
        check(process.stdout.readline() == "ready\n", process.stderr)
        seen = unshare(world, f"mount -t tmpfs none /proc && {AWRY} ps --json", "--mount")
        out, err = seen.communicate()
        check('"alive"' in out, out, err)
        blind = unshare(world, f"mount -t tmpfs none /proc && exec {LEAVER} wait", "--mount")
        world.processes.append(blind)
        check(blind.stdout.readline() == "ready\n", blind.stderr)
        check(states(world) == ["alive", "alive"], states(world))
        blind.kill()
        blind.wait()
        world.wait_for("its end to be seen", lambda: states(world).count("alive") == 1)


def a_box_on_overlayfs_lives():
    if not can_unshare():
        print("skipped: no right to make namespaces")
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as top, World(AWRY) as world:
        for name in ("lower", "upper", "work", "merged"):
            os.mkdir(os.path.join(top, name), 0o700)
        tidy = "; ".join([f"{LEAVER} exit-inside"] * (KEPT + 4))
        script = (f"cd {top} && mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work merged || exit 99;"
                  f"mkdir -m 700 merged/awry; export AWRY_RUNTIME_DIR={top}/merged/awry;"
                  f"{LEAVER} wait > ready & pid=$!; while ! grep -q ready ready; do sleep 0.05; done; {tidy};"
                  f"AWRY_DEBUG=0 {AWRY} ps | grep \"^$pid .*alive\"; status=$?; kill $pid; exit $status")
        process = unshare(world, script, "--mount")
        out, err = process.communicate()
        if process.returncode == 99:
            print("skipped: no overlayfs here")
            return
        check(process.returncode == 0, process.returncode, out, err)


main(
    a_crash_outlives_many_harmless_exits,
    an_orderly_end_leaves_nothing,
    boxes_do_not_exceed_their_bound,
    a_child_that_leaves_by_exit_is_not_called_crashed,
    exec_is_told_from_a_crash,
    a_box_of_another_pid_namespace_lives,
    without_proc_a_living_process_is_alive,
    a_box_on_overlayfs_lives,
)
