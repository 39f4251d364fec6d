# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-awaited x1 line=18 text~save_row
# The await is missing in front of a call; nothing is saved
import asyncio

saved = []


async def save_row(row):
    await asyncio.sleep(0)
    saved.append(row)


async def main():
    await save_row(1)
    save_row(2)
    await asyncio.sleep(0.02)
    print("saved", saved)


asyncio.run(main())
