#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""TLS between awry and CPython's ssl, each as client and as server, also while awry records.

    tls.py AWRY EXAMPLES_FOLDER CERTIFICATES_FOLDER
"""
import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile

AWRY, EXAMPLES, MADE = sys.argv[1:4]
ECHO = os.path.join(EXAMPLES, "tls_echo")
BIG = "x" * 50_000


def made(name):
    return os.path.join(MADE, name)


def expect(condition, *words):
    if not condition:
        sys.exit(" ".join(map(str, words)))


async def run(*command, **variables):
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                                 env={**os.environ, **variables})
    out, err = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode, out.decode(), err.decode()


async def their_echo(reader, writer):
    while data := await reader.read(1000):
        writer.write(data)
        await writer.drain()
    writer.close()


async def our_client(version):
    """Our client and CPython's server, in both versions of the protocol."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made("chain.pem"), made("chain.key"))
    context.maximum_version = version
    server = await asyncio.start_server(their_echo, "127.0.0.1", 0, ssl=context)
    port = str(server.sockets[0].getsockname()[1])
    status, out, err = await run(ECHO, "ask", "localhost", port, made("ca.pem"), "one", BIG, "three")
    expect((status, err) == (0, ""), "the client exited with", status, err)
    first, *lines = out.splitlines()
    expect(first.startswith({"TLSv1_2": "TLSv1.2, ", "TLSv1_3": "TLSv1.3, "}[version.name]), version, first)
    expect(lines == ["one", BIG, "three"], "the lines are", [line[:20] for line in lines])
    status, out, err = await run(ECHO, "ask", "localhost", port, "system", "one")
    expect(status == 1 and "SSLCertVerificationError" in err, "trusted by the system:", status, out, err)
    server.close()


async def our_server(version, boxes):
    """CPython's client and our server, which is recorded, and viewed meanwhile."""
    child = await asyncio.create_subprocess_exec(
        ECHO, "serve", made("server.pem"), made("server.key"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "AWRY_DEBUG": "1", "AWRY_RUNTIME_DIR": boxes})
    port = int(await child.stdout.readline())
    context = ssl.create_default_context(cafile=made("ca.pem"))
    context.maximum_version = version
    reader, writer = await asyncio.open_connection("localhost", port, ssl=context, family=2)
    expect(writer.get_extra_info("ssl_object").version().replace(".", "_") == version.name, version)
    for line in "one", BIG, "three":
        writer.write(line.encode() + b"\n")
        expect((await reader.readline()).decode() == line + "\n", "no echo of", line[:20])
    status, out, err = await run(AWRY, "tree", str(child.pid), AWRY_RUNTIME_DIR=boxes)
    expect(status == 0 and "waiting: read #" in out, "nobody reads:", status, out, err)
    status, out, err = await run(AWRY, "tree", "--json", str(child.pid), AWRY_RUNTIME_DIR=boxes)
    places = [(task["coroutine"]["function"], os.path.basename(task["coroutine"]["file"] or ""))
              for task in json.loads(out)["tasks"]]
    expect(("echo", "tls_echo.c") in places, "the connection's task is not called by its function:", places)
    writer.close()
    await writer.wait_closed()
    plain, talker = await asyncio.open_connection("127.0.0.1", port)
    talker.write(b"GET / HTTP/1.0\r\n\r\n")
    await plain.read()
    talker.close()
    child.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(child.communicate(), 60)
    expect(b"no handshake: SSLError: [SSL: HTTP_REQUEST] http request" in err, "the server said", err)
    expect(b"never retrieved" not in err and b"unclosed" not in err, "findings:", err)


async def main(boxes):
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        await our_client(version)
        await our_server(version, boxes)


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(asyncio.wait_for(main(folder), 100))
