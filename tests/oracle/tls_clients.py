# SPDX-License-Identifier: MIT
import asyncio
import ssl
from net import line
from tls import converse, made, serving, told, trusting

async def server(reader, writer):
    peer = writer.get_extra_info("peercert")
    print("client is", ",".join(f"CN={v}" for [(k, v)] in peer["subject"]))
    writer.write(b"welcome\n")
    await writer.drain()

async def welcomed(reader, writer):
    print("connected")
    await told(line(reader))
    await told(line(reader))
    await told(writer.wait_closed())

async def refused(reader, writer):
    print("connected")
    try:
        print(await reader.readline())  # differs: CPython 3.11 closes without the alert that gives the reason
    except ssl.SSLError as error:
        print(error)
    print(reader.at_eof())  # differs: for the same reason

async def ask(name, client):
    here, there = serving(verify_mode=ssl.CERT_REQUIRED), trusting(name=name)
    here.load_verify_locations(made("ca.pem"))
    await converse(server, client, here, there)

async def main():
    await ask("client", welcomed)
    await ask(None, refused)
    await ask("client", welcomed)

asyncio.run(main())
