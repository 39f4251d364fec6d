#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""awry run reports how its command ended and which processes still run; and a process has a limit of viewers.

    run_end.py AWRY EXAMPLES_FOLDER
"""
import os
import re
import signal
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = map(os.path.abspath, sys.argv[1:3])
LOST, FEED = (os.path.join(EXAMPLES, name) for name in ("lost_error", "market_feed"))
PREAMBLE = b"\x91awry\r\n\x1a"
MOST_VIEWERS = 16


def how_the_command_ended_is_reported():
    with World(AWRY) as world:
        def run(status, said, script, *options):
            done = world.run_awry("run", *options, "--", "sh", "-c", script)
            check(done.returncode == status and re.search(said, done.stderr, re.M), options, script, "exited with",
                  done.returncode, "and said", done.stderr)
            return done

        segv = r"^awry run: sh: killed by SIGSEGV \(Segmentation fault\)(, core dumped)?"
        run(-signal.SIGSEGV, segv + "$", f"{LOST}; kill -SEGV $$")
        run(66, segv + "; the exit status is 66 instead$", f"{LOST}; kill -SEGV $$", "--fail-on", "any")
        run(-(signal.SIGRTMIN + 3), r"^awry run: sh: killed by SIGRTMIN\+3 \(Real-time signal 3\)$",
            f"kill -{signal.SIGRTMIN + 3} $$")
        run(-signal.SIGRTMAX, r"^awry run: sh: killed by SIGRTMIN\+30 \(", f"kill -{int(signal.SIGRTMAX)} $$")
        run(66, "^awry run: sh: exited with 3; the exit status is 66 instead$", f"{LOST}; exit 3", "--fail-on", "any")
        for done in (run(3, "finding", f"{LOST}; exit 3"), run(66, "finding", LOST, "--fail-on", "any")):
            check("exited with" not in done.stderr and "killed" not in done.stderr, done.stderr)


def a_daemon_that_still_runs_is_reported():
    with World(AWRY) as world:
        begun = "while ! test -e $AWRY_RUNTIME_DIR/$!-*.box; do sleep 0.02; done; "
        for program, until, said in ((f"{FEED} -m 0", begun, r"^awry run: sh: ended, but its process (\d+) still runs; to watch it: "
                               r"awry attach \1 \(black box: \S+/\1-\S+\.box\)$"),
                              ("sleep 60", "", r"^awry run: sh: ended, but its process (\d+) still runs, and has recorded nothing so far$")):
            done = world.run_awry("run", "--", "sh", "-c", f"setsid {program} >/dev/null 2>&1 & {until}echo $!")
            pid = int(done.stdout)
            try:
                found = re.search(said, done.stderr, re.M)
                check(done.returncode == 0 and found and int(found[1]) == pid, pid, done.stderr)
                check("nothing was recorded" not in done.stderr, done.stderr)
            finally:
                os.kill(pid, signal.SIGKILL)


def connect(world, greeting):
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(world.sockets()[0])
    peer.sendall(greeting)
    return peer


def feed(world):
    process = world.start(FEED, "-m", "200", "-l", "3600", AWRY_STDERR="none")
    process.stdout.readline()
    return str(process.pid)


def one_viewer_too_many_is_told_so():
    with World(AWRY) as world:
        pid = feed(world)
        peers = [connect(world, PREAMBLE) for _ in range(MOST_VIEWERS)]
        for peer in peers:
            check(peer.recv(4096)[:8] == PREAMBLE, "a viewer is not served")
        for command in (("record", pid, "-o", world.path("x.awry")), ("attach", pid), ("report", world.sockets()[0])):
            done = world.run_awry(*command)
            check(done.returncode == 1 and re.search(rf": has {MOST_VIEWERS} viewers already, and serves no more; end one of them\n$",
                                                     done.stderr), command, done)
        check("never-retrieved" in world.good("report", pid), "its black box needs no viewer")
        peers.pop().close()
        world.wait_for("room", lambda: world.run_awry("report", world.sockets()[0]).returncode == 0)
        for peer in peers:
            peer.close()


def idle_viewers_give_way():
    with World(AWRY) as world:
        feed(world)
        peers = [connect(world, b"") for _ in range(MOST_VIEWERS)]
        world.wait_for("one of them to give way", lambda: world.run_awry("report", world.sockets()[0]).returncode == 0)
        for peer in peers:
            peer.close()


main(how_the_command_ended_is_reported, a_daemon_that_still_runs_is_reported, one_viewer_too_many_is_told_so, idle_viewers_give_way)
