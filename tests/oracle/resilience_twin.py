# SPDX-License-Identifier: MIT
"""Retry, breaker, fallback, severity and statistics in simple Python: the model that <awry/resilience.h> is compared with.

The clock jumps instead of waiting.
"""
import asyncio

MASK = (1 << 64) - 1


class Clock:
    def __init__(self):
        self.ns = 0

    async def sleep(self, ns):
        print(f"sleep {ns}")
        self.ns += ns
        await asyncio.sleep(0)


class Chance:
    def __init__(self, seed):
        self.state = seed

    def random(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) / (1 << 53)


def script(calls):
    """A function that fails by a script; the last letter stands for all further calls."""
    count = 0

    async def call():
        nonlocal count
        letter = calls[min(count, len(calls) - 1)]
        count += 1
        print("call", count)
        cls = {"V": ValueError, "O": OSError, "T": TimeoutError, "K": KeyError, "C": asyncio.CancelledError,
               "R": RuntimeError, "E": ConnectionRefusedError}.get(letter)
        if cls is not None:
            raise cls(f"call {count}")
        return count
    return call


async def retry(fn, clock, attempts=5, base=10**8, factor=2.0, cap=30 * 10**9, jitter=0.0, seed=1, types=(Exception,),
                classify=None, deadline=None):
    chance = Chance(seed)
    earlier = []
    for attempt in range(1, attempts + 1):
        try:
            return await fn()
        except Exception as e:
            last = e
        stop = attempt == attempts or not isinstance(last, types)
        if not stop:
            delay = min(float(base) * factor ** (attempt - 1), cap)
            delay = int(delay)
            if jitter > 0:
                delay -= int(delay * jitter * chance.random())
            if classify is not None:
                verdict = classify(last, attempt, delay)
                stop = verdict is None
                delay = delay if stop else verdict
            if deadline is not None and clock.ns + delay > deadline:
                stop = True
        if stop:
            last.attempt, last.attempts = attempt, attempts
            shown = earlier[-8:]
            if len(shown) < len(earlier):
                last.add_note(f"attempts before these: {len(earlier) - len(shown)}")
            for number, e in enumerate(shown, len(earlier) - len(shown) + 1):
                last.add_note(f"attempt {number}: {type(e).__name__}: {e}")
            raise last
        earlier.append(last)
        await clock.sleep(delay)


class CircuitBreakerOpenError(Exception):
    pass


class Breaker:
    def __init__(self, clock, threshold=5, recovery=60 * 10**9, expected=Exception, trials=1):
        self.clock, self.threshold, self.recovery, self.expected, self.trials = clock, threshold, recovery, expected, trials
        self.failures = self.on_trial = self.successes = self.generation = 0
        self.state, self.since = "closed", clock.ns

    def become(self, state):
        self.state, self.since = state, self.clock.ns
        self.generation += 1
        self.on_trial = self.successes = 0
        print("breaker", state, self.failures)

    async def call(self, fn):
        if self.state == "open" and self.clock.ns - self.since > self.recovery:
            self.become("half_open")
        if self.state == "open" or self.state == "half_open" and self.on_trial + self.successes >= self.trials:
            e = CircuitBreakerOpenError(f"Circuit breaker is {self.state.upper()} - service unavailable")
            e.since, e.until = self.since, self.since + self.recovery
            raise e
        generation = self.generation
        self.on_trial += 1
        try:
            result = await fn()
        except self.expected:
            if generation == self.generation:
                self.on_trial -= 1
                self.failures += 1
                if self.state == "half_open" or self.failures >= self.threshold:
                    self.become("open")
            raise
        except BaseException:
            if generation == self.generation:
                self.on_trial -= 1
            raise
        if generation == self.generation:
            self.on_trial -= 1
            if self.state == "half_open":
                self.successes += 1
            if self.state != "half_open" or self.successes >= self.trials:
                self.failures = 0
                if self.state != "closed":
                    self.become("closed")
        return result


class Fallback:
    def __init__(self, *services):
        self.services = services
        self.health = {name: "unknown" for name, _ in services}
        self.failures = {name: 0 for name, _ in services}
        self.all = "unknown"

    def set(self, name, health):
        if self.health[name] != health:
            self.health[name] = health
            print(name, health)

    def set_all(self, health):
        if self.all != health:
            self.all = health
            print("all", health)

    async def call(self):
        async def from_here(services):
            (name, fn), *rest = services
            try:
                result = await fn()
            except Exception as e:
                e.service = name
                self.failures[name] += 1
                self.set(name, "down" if self.failures[name] >= 3 else "degraded")
                if rest:
                    return await from_here(rest)
                self.set_all("down")
                raise
            self.failures[name] = 0
            self.set(name, "healthy")
            self.set_all("healthy" if name == self.services[0][0] else "degraded")
            return result
        return await from_here(self.services)


class RiskManagementError(Exception):
    pass


def severity(e, component, retry_count):
    if isinstance(e, RiskManagementError):
        return "critical"
    if isinstance(e, (ConnectionError, OSError, asyncio.TimeoutError)):
        return "low" if retry_count < 3 else "medium" if retry_count < 10 else "high"
    if isinstance(e, asyncio.CancelledError):
        return "low"
    if isinstance(e, (ValueError, KeyError, TypeError)):
        return "medium" if "market_data" in component else "high"
    if isinstance(e, asyncio.IncompleteReadError):
        return "medium"
    return "high"


class Handler:
    def __init__(self, clock, history=1000):
        self.clock, self.max_history = clock, history
        self.counts, self.history = {}, []

    async def handle(self, e, component, operation, retry_count):
        how = severity(e, component, retry_count)
        print(f"{how.upper()} ERROR in {component}.{operation}: {type(e).__name__}: {e} (retry #{retry_count})")
        key = f"{component}.{type(e).__name__}"
        self.counts[key] = self.counts.get(key, 0) + 1
        self.history.append((self.clock.ns, component, operation, type(e).__name__, str(e), retry_count))
        self.history = self.history[-self.max_history:]
        if how == "low":
            await self.clock.sleep(10**8)
            return True
        if how == "medium":
            seconds = min(2 ** retry_count, 30)
            print(f"Backing off for {seconds}s before retry")
            await self.clock.sleep(seconds * 10**9)
            return True
        if how == "high":
            if retry_count < 5:
                await self.clock.sleep(60 * 10**9)
                return True
            print(f"Too many retries for {component}")
            return False
        print(f"Critical error in {component}: {e}")
        print("emergency shutdown")
        return False
