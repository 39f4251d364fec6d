# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# expect: never-awaited x7 text~load
# Coroutines are forgotten, and CPython tracks their origins for awry: the program does not see it, until it turns tracking on itself
import asyncio
import sys
import types
import warnings


async def load():
    await asyncio.sleep(0)


def look():
    coroutine = load()
    print(sys.get_coroutine_origin_tracking_depth(), coroutine.cr_origin)
    coroutine.close()


def forget():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load()
    print([str(warning.message) for warning in caught])


async def main():
    look()
    forget()
    forget()
    look()
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    await asyncio.sleep(0.01)
    look()
    forget()
    kept = load()
    loop.set_debug(False)
    await asyncio.sleep(0.01)
    look()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del kept
    print([str(warning.message) for warning in caught])
    forget()
    loop.set_debug(True)  # still on when the loop ends
    await asyncio.sleep(0.01)


async def alone():
    look()
    forget()


sys.addaudithook(lambda event, _: print(event) if "origin_tracking" in event else None)
asyncio.run(alone())
asyncio.run(main(), debug=False)
look()
sys.set_coroutine_origin_tracking_depth(depth=2)
look()
sys.set_coroutine_origin_tracking_depth(0)
asyncio.run(alone())
print(types.CoroutineType.cr_origin)
