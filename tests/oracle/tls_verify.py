# SPDX-License-Identifier: MIT
import asyncio
import ssl
from net import line
from tls import converse, serving, told, trusting

async def server(reader, writer):
    writer.write(b"hi\n")
    await reader.read(1)

async def client(reader, writer):
    await line(reader)

async def tell(certificate, ca="ca", host="localhost"):
    error = await told(converse(server, client, serving(certificate), trusting(ca), server_hostname=host))
    if isinstance(error, ssl.SSLCertVerificationError):
        print(error.verify_code, error.verify_message, error.library, error.reason, error.errno)
    print(isinstance(error, ValueError), isinstance(error, OSError), isinstance(error, ssl.SSLError))

async def main():
    await tell("server")
    await tell("server", host="127.0.0.1")
    await tell("chain")
    await tell("alone")
    await tell("alone", ca="alone")
    await tell("other")
    await tell("other", host="127.0.0.1")
    await tell("other", host="other.example")
    await tell("server", host="LOCALHOST")
    await tell("expired")
    await tell("server", ca="stranger")
    await tell("server", ca="server")

asyncio.run(main())
