# SPDX-License-Identifier: MIT
"""Two tasks send a byte to each other through a socket, each wait eight awaits deep: one poll per round.

    python_waits.py ROUNDS      prints the process's CPU time per round, in nanoseconds
"""
import asyncio
import socket
import sys
import time

ROUNDS = int(sys.argv[1])


async def receive(loop, end, depth):
    if depth > 0:
        return await receive(loop, end, depth - 1)
    return await loop.sock_recv(end, 1)


async def echo(end):
    loop = asyncio.get_running_loop()
    for _ in range(ROUNDS):
        await receive(loop, end, 6)
        await loop.sock_sendall(end, b"x")


async def main():
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)
    ends[1].send(b"x")
    start = time.process_time_ns()
    await asyncio.gather(*map(echo, ends))
    print((time.process_time_ns() - start) / ROUNDS)


asyncio.run(main())
