# SPDX-License-Identifier: MIT
import asyncio
from net import exactly, line, read, until
from tls import converse, serving, told, trusting

async def server(reader, writer):
    print("server", writer.get_extra_info("ssl_object").version(), writer.get_extra_info("peercert"))
    while data := await reader.readline():
        writer.writelines([b"<", data.strip(), b">", b"\n"])
        await writer.drain()

async def eof(writer):
    writer.write_eof()

async def client(reader, writer):
    tls = writer.get_extra_info("ssl_object")
    peer = writer.get_extra_info("peercert")
    print(tls.version(), tls.cipher()[0], tls.selected_alpn_protocol())
    print("subject", ",".join({"commonName": "CN", "organizationName": "O"}[k] + "=" + v
                              for [(k, v)] in reversed(peer["subject"])))
    print("names", ", ".join(f"{kind}:{name}" for kind, name in peer["subjectAltName"]))
    print("until", peer["notAfter"])
    print(writer.can_write_eof(), writer.is_closing(), reader.at_eof())
    await told(eof(writer))
    writer.write(b"one\ntwo\nthree\nfour\n")
    await line(reader)
    await read(reader, 3)
    await exactly(reader, 4)
    await until(reader, b"ee>")
    await line(reader)
    await line(reader)
    await told(writer.drain())
    writer.close()
    print(writer.is_closing())
    await told(writer.wait_closed())
    await read(reader, 1)
    print(reader.at_eof())

async def main():
    here, there = serving(), trusting()
    here.set_alpn_protocols(["h2", "awry", "http/1.1"])
    there.set_alpn_protocols(["spdy/1", "http/1.1", "awry"])
    await converse(server, client, here, there)
    there.set_alpn_protocols(["spdy/1"])
    await converse(server, client, here, there)
    await converse(server, client, here, trusting(), server_hostname="127.0.0.1")

asyncio.run(main())
