# SPDX-License-Identifier: MIT
from resilience_twin import *

KINDS = [ValueError, OSError, TimeoutError, KeyError, UnicodeError]

class Stats:
    def __init__(self, history, keys):
        self.room, self.keys, self.uncounted, self.total = history, keys, 0, 0
        self.counts, self.history = {}, []

    def add(self, e, component, now):
        self.total += 1
        key = (component, type(e))
        if key in self.counts or len(self.counts) < self.keys:
            self.counts[key] = self.counts.get(key, 0) + 1
        else:
            self.uncounted += 1
        self.history = (self.history + [(now, component, type(e).__name__, str(e))])[-self.room:]

    def count(self, component=None, cls=None, kind=False):
        return sum(n for (c, t), n in self.counts.items() if component in (None, c)
                   and (cls is None or t is cls or kind and issubclass(t, cls)))

    def rate(self, now, window):
        return sum(max(0, now - window) < h[0] <= now for h in self.history) * 10**9 / window

for room, keys in (10, 100), (3, 4), (1, 1), (1000, 7):
    stats = Stats(room, keys)
    chance, now = Chance(room), 0
    for i in range(200):
        cls = KINDS[int(chance.random() * 5)]
        component = ("feed", "orders", "")[int(chance.random() * 3)]
        now += int(chance.random() * 10**9)
        stats.add(cls(f"error {i}") if cls is not KeyError else cls(i), component, now)
        if i % 50 == 49:
            print(stats.total, stats.uncounted, stats.count(), len(stats.history))
            for component in None, "feed", "orders", "", "other":
                print(component, *(stats.count(component, c) for c in KINDS), *(stats.count(component, c, True) for c in
                      (ValueError, OSError, LookupError, Exception, asyncio.CancelledError)))
            print(*(f"{stats.rate(now, w * 10**9):.3f}" for w in (1, 2, 10, 1000)), f"{stats.rate(now // 2, 10**9):.3f}")
            print(stats.history[-1], stats.history[0])
    for (component, cls), n in stats.counts.items():
        print(component, cls.__name__, n)
