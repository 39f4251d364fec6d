#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""examples/chat: guests over TCP and a unix socket hear each other, also through a program; and the tree names
the function that serves each of them.

    chat.py AWRY EXAMPLES_FOLDER
"""
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import check, main, World  # noqa: E402

CHAT = os.path.join(os.path.abspath(sys.argv[2]), "chat")


class Guest:
    def __init__(self, family, address):
        self.socket = socket.socket(family)
        self.socket.settimeout(20)
        self.socket.connect(address)
        self.lines = self.socket.makefile("rb")

    def say(self, text):
        self.socket.sendall(text)

    def hears(self, text):
        line = self.lines.readline()
        check(line == text, line, "instead of", text)

    def leave(self):
        self.lines.close()
        self.socket.close()


def talk(port, path, look):
    anna = Guest(socket.AF_INET, ("127.0.0.1", port))
    ben = Guest(socket.AF_UNIX, path)
    anna.say(b"!cat the first is heard by all\n")  # so that both are in the room
    anna.hears(b"the first is heard by all\n")
    ben.say(b"!cat and the second\n")
    anna.hears(b"and the second\n")
    while (line := ben.lines.readline()) != b"and the second\n":
        check(line == b"the first is heard by all\n", line)
    anna.say(b"hello\nben\n")
    ben.hears(b"hello\n")
    ben.hears(b"ben\n")
    served = [task["coroutine"] for task in look() if task["coroutine"]["function"] == "welcome"]
    check(len(served) == 2, "anna's and ben's tasks are not called by what serves them")
    check(all(os.path.basename(coroutine["file"]) == "chat.c" for coroutine in served), "defined in", served)
    ben.say(b"!rev abc\n")
    anna.hears(b"cba\n")
    ben.hears(b"cba\n")
    anna.say(b"!no-such-program x\n")
    ben.hears(b"[Errno 2] No such file or directory: 'no-such-program'\n")
    anna.hears(b"[Errno 2] No such file or directory: 'no-such-program'\n")
    anna.say(b"!oops\n")
    anna.hears(b"!PROGRAM TEXT\n")
    anna.say(b"x" * 5000 + b"\n")  # too long: only her connection is closed
    try:
        check(anna.lines.read() == b"", "still in the room")
    except ConnectionResetError:
        pass  # the rest of her line arrived after the server had closed the connection
    anna.leave()
    carl = Guest(socket.AF_INET, ("127.0.0.1", port))
    carl.say(b"anybody?\n")
    ben.hears(b"!PROGRAM TEXT\n")
    ben.hears(b"anybody?\n")
    ben.leave()
    carl.say(b"!rev 321\n")
    carl.hears(b"123\n")
    carl.leave()


def guests_hear_each_other():
    with World(sys.argv[1]) as world:
        path = world.path("socket")
        with world.start(CHAT, path) as process:
            try:
                talk(int(process.stdout.readline()), path,
                     lambda: world.json("tree", str(process.pid))["tasks"])
                check(process.poll() is None, "it has ended:", process.stderr.read() if process.poll() else "")
            finally:
                process.send_signal(signal.SIGTERM)
            check(process.stderr.read() == "", "something is printed to stderr")


main(guests_hear_each_other)
