#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A runtime folder that is shared with processes of another pid namespace, such as another container's.

    neighbours.py AWRY EXAMPLES_FOLDER
"""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]
MANY = 30


def put_box(world, pid):
    """Create an empty box without a process."""
    path = os.path.join(world.boxes, f"{pid}-1-0.box")
    with open(path, "wb") as file:
        file.write(bytes(8192))
    return path


def run_a_program(world):
    world.call(os.path.join(EXAMPLES, "lost_error"), AWRY_DEBUG="1", AWRY_STDERR="none")


def a_box_with_a_listening_socket_is_never_removed():
    with World(AWRY) as world:
        # no process can have these ids; the newest and the oldest boxes are kept, so this one is in the middle
        others = [put_box(world, 2000000001 + i) for i in range(MANY)]
        box = put_box(world, 2000000000)
        path = box.removesuffix("box") + "sock"
        with socket.socket(socket.AF_UNIX) as neighbour:
            neighbour.bind(path)
            neighbour.listen()
            others += [put_box(world, 2100000001 + i) for i in range(MANY)]
            run_a_program(world)
            check(os.path.exists(box) and os.path.exists(path), "a neighbour's box was removed")
            left = sum(os.path.exists(other) for other in others)
            check(left < 2 * MANY, "nothing was removed at all")
        run_a_program(world)
        check(not os.path.exists(box) and not os.path.exists(path), "nobody listens any more, and the box is there")


def run_socket(world):
    names = [name for name in os.listdir(world.boxes) if name.startswith("run-")]
    return os.path.join(world.boxes, names[0]) if names else None


def the_socket_of_a_killed_run_is_removed():
    with World(AWRY) as world:
        killed = world.start(AWRY, "run", "--", "sh", "-c", "read line")
        world.wait_for("its socket", lambda: run_socket(world))
        path = run_socket(world)
        world.crash(killed)
        killed.stdin.close()
        check(os.path.exists(path), "it was removed though its owner was killed")
        living = world.start(AWRY, "run", "--", "sh", "-c", "read line; exit 3")
        world.wait_for("its socket", lambda: len(os.listdir(world.boxes)) == 2)
        with open(os.path.join(world.boxes, "run-7.socket"), "w", encoding="ascii"):
            pass
        run_a_program(world)
        left = sorted(name for name in os.listdir(world.boxes) if not name.endswith(".box"))
        check(left == sorted([f"run-{living.pid}.sock", "run-7.socket"]), left, "is left, of", path)
        out, err = living.communicate("\n", timeout=300)
        check(living.returncode == 3 and "nothing was recorded" in err, living.returncode, out, err)


main(the_socket_of_a_killed_run_is_removed, a_box_with_a_listening_socket_is_never_removed)
