# SPDX-License-Identifier: MIT
import asyncio
from enum import Enum
from datetime import datetime, timedelta
from typing import Callable, Any, Optional

class CircuitState(Enum):
    CLOSED = "closed"      # Normal operation
    OPEN = "open"          # Failing, reject calls
    HALF_OPEN = "half_open"  # Testing if service recovered

class CircuitBreaker:
    def __init__(self,
                 failure_threshold: int = 5,
                 recovery_timeout: float = 60.0,
                 expected_exception: type = Exception):
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.expected_exception = expected_exception
        
        self.failure_count = 0
        self.last_failure_time: Optional[datetime] = None
        self.state = CircuitState.CLOSED

    async def __call__(self, func: Callable, *args, **kwargs) -> Any:
        """Execute function with circuit breaker protection"""
        
        if self.state == CircuitState.OPEN:
            if self._should_attempt_reset():
                self.state = CircuitState.HALF_OPEN
            else:
                raise Exception("Circuit breaker is OPEN - service unavailable")
        
        try:
            result = await func(*args, **kwargs)
            self._on_success()
            return result
            
        except self.expected_exception as e:
            self._on_failure()
            raise

    def _should_attempt_reset(self) -> bool:
        """Check if enough time has passed to attempt reset"""
        if self.last_failure_time is None:
            return True
        
        return datetime.now() - self.last_failure_time > timedelta(seconds=self.recovery_timeout)

    def _on_success(self):
        """Handle successful operation"""
        self.failure_count = 0
        self.state = CircuitState.CLOSED

    def _on_failure(self):
        """Handle failed operation"""
        self.failure_count += 1
        self.last_failure_time = datetime.now()
        
        if self.failure_count >= self.failure_threshold:
            self.state = CircuitState.OPEN

async def main():
    breaker = CircuitBreaker(failure_threshold=3, recovery_timeout=0.2, expected_exception=ConnectionError)
    outcomes = []

    async def service():
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return "connected"

    async def call(outcome=None):
        outcomes[:] = [outcome]
        try:
            said = await breaker(service)
        except Exception as e:
            said = str(e)
        print(f"{said}: {breaker.state.value}, {breaker.failure_count} failures")

    await call()
    await call(ConnectionError("refused"))
    await call(ValueError("no failure of the service"))
    await call()
    for n in range(3):
        await call(ConnectionError(f"refused {n}"))
    await call()
    await asyncio.sleep(0.3)
    await call(ConnectionError("still refused"))
    await call()
    await asyncio.sleep(0.3)
    await call()

asyncio.run(main())
