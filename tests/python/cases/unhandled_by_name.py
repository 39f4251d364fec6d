# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unhandled-error x1 text~told by hand
# same: stdout
# A library reports an error to a loop, with a keyword argument
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    loop.call_exception_handler(context={"message": "told by hand", "exception": ValueError("x")})
    try:
        loop.call_exception_handler()
    except TypeError as error:
        print(str(error).replace("BaseEventLoop.", ""))
    try:
        loop.call_exception_handler({}, more=1)
    except TypeError as error:
        print(str(error).replace("BaseEventLoop.", ""))


asyncio.run(main())
