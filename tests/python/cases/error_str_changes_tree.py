# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# expect: never-retrieved x30 text~Hostile
# The __str__() and __repr__() of a lost error change its tree while it is reported
import asyncio
import gc


class Hostile(Exception):
    def __str__(self):
        self.parent.__cause__ = self.parent.__context__ = None
        self.parent.__notes__.clear()
        return "a message"


class Attribute:
    def __repr__(self):
        self.error.__dict__.clear()
        self.error.filename = None
        gc.collect()
        return "Attribute()"


async def fail(number):
    error = OSError(number, "failed", "file")
    error.__cause__ = Hostile()
    error.__cause__.parent = error
    error.__cause__.__cause__ = KeyError([number])
    error.add_note("note " * 100 + str(number))
    error.attribute = Attribute()
    error.attribute.error = error
    error.filename = [error.attribute, "file" * 100 + str(number)]
    error.more = "more " * 100 + str(number)
    raise error


async def main():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    for number in range(1, 31):
        asyncio.create_task(fail(number))
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("done")


asyncio.run(main())
