# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unhandled-error x1 line=38 text~the first
# expect: never-retrieved x1 text~the second
# same: stdout
# uvloop's loops report errors by their own method, and store the program's handler privately: this loop does the same
import asyncio


class Own(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        del self._exception_handler
        self.own_handler = None

    def call_exception_handler(self, context):
        if self.own_handler is None:
            print("reported:", context["message"], repr(context["exception"]))
        else:
            self.own_handler(self, context)

    def get_exception_handler(self):
        return self.own_handler

    def set_exception_handler(self, handler):
        self.own_handler = handler


class Loop(Own):
    pass


Loop.__module__ = "uvloop"


def fail(text):
    raise ValueError(text)


def forget():
    future = asyncio.get_running_loop().create_future()
    future.set_exception(ValueError("the second"))


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(fail, "the first")
    forget()
    await asyncio.sleep(0.01)
    loop.set_exception_handler(lambda loop, context: print("handled:", repr(context["exception"])))
    loop.call_soon(fail, "the third, which the program handles")
    await asyncio.sleep(0.01)


loop = Loop()
try:
    loop.run_until_complete(main())
finally:
    loop.close()
