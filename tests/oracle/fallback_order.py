# SPDX-License-Identifier: MIT
from error_story import parts
from resilience_twin import *

async def main():
    fallback = Fallback(("live", script(".VVVV.V")), ("backup", script("V.VV.C")), ("cache", script(".V.V")))
    for step in range(9):
        print("step", step)
        try:
            print("result", await fallback.call())
        except BaseException as e:
            while e is not None:
                parts(e)
                print(getattr(e, "service", None))
                e = e.__context__
    print(fallback.health, fallback.all)

asyncio.run(main())
