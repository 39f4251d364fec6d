#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make feed.ndjson: the messages of a market data socket with errors in it, one message a line.

    python3 make_feed.py > feed.ndjson

Three channels (allMids, l2Book, trades); about 3 in 100 messages are broken, each in one of the ways of
BREAKS. The same seed gives the same bytes. The count of every kind of break goes to stderr.
"""
import collections
import json
import random
import sys

LINES = 12_000
BROKEN = 0.03
SEED = 20251120
START_MS = 1_746_057_600_000

# symbol: price, tick size, usual size of a trade
COINS = {
    "BTC": [94_210.0, 0.5, 0.05],
    "ETH": [1_793.4, 0.1, 1.2],
    "SOL": [146.21, 0.01, 14.0],
    "HYPE": [18.244, 0.001, 90.0],
    "ARB": [0.3391, 0.0001, 2_100.0],
    "DOGE": [0.17432, 0.00001, 9_000.0],
}


class Market:
    def __init__(self, rng):
        self.rng = rng
        self.time = START_MS
        self.tid = 118_906_512_498_719
        self.price = {coin: row[0] for coin, row in COINS.items()}

    def tick(self):
        self.time += self.rng.randint(3, 240)
        for coin, (first, tick, _) in COINS.items():
            step = self.rng.gauss(0, 2.5) * tick
            self.price[coin] = min(max(self.price[coin] + step, first * 0.8), first * 1.2)

    def text(self, coin, ticks=0):
        tick = COINS[coin][1]
        digits = max(0, len(f"{tick:.5f}".rstrip("0").split(".")[1]))
        return f"{round(self.price[coin] / tick) * tick + ticks * tick:.{digits}f}"

    def size(self, coin):
        return f"{COINS[coin][2] * self.rng.lognormvariate(0, 1):.4f}"

    def mids(self):
        return {"channel": "allMids", "data": {coin: self.text(coin) for coin in COINS}}

    def book(self):
        coin = self.rng.choice(list(COINS))
        sides = []
        for sign in (-1, 1):
            at, levels = 0, []
            for _ in range(3):
                at += self.rng.randint(1, 3)
                n = self.rng.randint(1, 19)
                levels.append({"px": self.text(coin, sign * at), "sz": self.size(coin), "n": n})
            sides.append(levels)
        return {"channel": "l2Book", "data": {"coin": coin, "levels": sides, "time": self.time}}

    def trades(self):
        coin = self.rng.choice(list(COINS))
        rows = []
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            self.tid += self.rng.randint(1, 10**9)
            rows.append({
                "coin": coin, "side": self.rng.choice("AB"),
                "px": self.text(coin, self.rng.randint(-1, 1)), "sz": self.size(coin),
                "time": self.time, "tid": self.tid,
            })
        return {"channel": "trades", "data": rows}

    def message(self):
        self.tick()
        return self.rng.choices((self.mids, self.book, self.trades), (35, 25, 40))[0]()


def encode(message):
    return json.dumps(message, separators=(",", ":")).encode()


def somewhere(message, rng):
    """A random object of the message that holds prices, and the key of a price in it."""
    data = message["data"]
    if message["channel"] == "allMids":
        return data, rng.choice(list(data))
    if message["channel"] == "l2Book":
        return rng.choice(rng.choice(data["levels"])), "px"
    return rng.choice(data), "px"


def with_price(value):
    def breaks(message, rng):
        place, key = somewhere(message, rng)
        place[key] = value(place[key])
        return encode(message)
    return breaks


def cut(message, rng):
    line = encode(message)
    return line[:rng.randint(1, len(line) - 1)]


def no_channel(message, rng):
    del message["channel"]
    return encode(message)


def unknown_channel(message, rng):
    message["channel"] = rng.choice(("candle", "webData2", "userFills", "ALLMIDS", ""))
    return encode(message)


def no_data(message, rng):
    del message["data"]
    return encode(message)


def wrong_type(message, rng):
    message["data"] = rng.choice((None, "resync", 17, True, [[]]))
    return encode(message)


def missing_field(message, rng):
    place, key = somewhere(message, rng)
    if message["channel"] == "allMids":
        place.clear()  # an empty snapshot
    else:
        del place[rng.choice(("px", "sz"))]
    return encode(message)


def bad_utf8(message, rng):
    line = encode(message)
    at = line.index(b'"channel":"') + len(b'"channel":"')
    return line[:at] + rng.choice((b"\xff\xfe", b"\xc3(", b"\xed\xa0\x80", b"\xf5")) + line[at:]


def empty(message, rng):
    return rng.choice((b"", b"   ", b"\t"))


def doubled_braces(message, rng):
    line = encode(message)
    return rng.choice((b"{" + line + b"}", line + line, line + b"}"))


def not_an_object(message, rng):
    return rng.choice((b"null", b'"pong"', b"[]", b"42", b"<html>502 Bad Gateway</html>"))


def bare_nan(message, rng):
    place, key = somewhere(message, rng)
    place[key] = float("nan")
    return encode(message)  # Python writes NaN, which is not JSON


BREAKS = {
    "cut": cut,
    "no channel": no_channel,
    "unknown channel": unknown_channel,
    "no data": no_data,
    "wrong type": wrong_type,
    "missing field": missing_field,
    "bad UTF-8": bad_utf8,
    "empty line": empty,
    "doubled braces": doubled_braces,
    "not an object": not_an_object,
    "negative price": with_price(lambda price: "-" + price),
    "zero price": with_price(lambda price: "0.0"),
    "NaN price": with_price(lambda price: "NaN"),
    "bare NaN": bare_nan,
    "price with a comma": with_price(lambda price: price.replace(".", ",") + ",0"),
    "price in words": with_price(lambda price: "n/a"),
    "price a number": with_price(float),
    "huge price": with_price(lambda price: "9" * 400),
    "infinite price": with_price(lambda price: "1e999"),
}


def main():
    rng = random.Random(SEED)
    market = Market(rng)
    counts = collections.Counter()
    for _ in range(LINES):
        message = market.message()
        line = encode(message)
        if rng.random() < BROKEN:
            kind = rng.choice(list(BREAKS))
            counts[kind] += 1
            line = BREAKS[kind](message, rng)
        sys.stdout.buffer.write(line + b"\n")
    for kind, count in sorted(counts.items()):
        print(f"{count:5} {kind}", file=sys.stderr)
    print(f"{sum(counts.values()):5} of {LINES} broken", file=sys.stderr)


if __name__ == "__main__":
    main()
