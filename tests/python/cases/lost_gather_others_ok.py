# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# return_exceptions=True: every error is in the list, and checked
import asyncio


async def price(shop, delay):
    await asyncio.sleep(delay)
    if shop == "c":
        return 42
    raise LookupError(f"no price at {shop}")


async def main():
    results = await asyncio.gather(price("a", 0.01), price("b", 0.02), price("c", 0.03), return_exceptions=True)
    for r in results:
        print("failed:" if isinstance(r, Exception) else "price:", r)


asyncio.run(main())
