# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# The program has set an exception handler of the loop, which handles the error
import asyncio


def handler(loop, context):
    print("handled:", context["message"].split("(")[0], repr(context["exception"]))


def tick():
    raise AttributeError("owner")


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    loop.call_soon(tick)
    await asyncio.sleep(0.05)


asyncio.run(main())
