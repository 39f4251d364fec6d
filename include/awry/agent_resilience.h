/* SPDX-License-Identifier: MIT */
/**
 * awry/agent_resilience.h - reporting retries, circuit breakers, fallbacks and recoveries to the recorder.
 *
 * For runtimes that use awry/agent.h. Report the errors first, with aw_agent_error(). These functions, too, are in libawry-agent:
 * link with -lawry-agent.
 *
 * Context: any thread; not from a signal handler.
 */
#ifndef AWRY_AGENT_RESILIENCE_H
#define AWRY_AGENT_RESILIENCE_H

#include <awry/agent.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How an attempt of a retry ended. */
enum aw_agent_attempt_outcome {
	AW_ATTEMPT_SUCCEEDED = 0, /* after failed attempts */
	AW_ATTEMPT_FAILED,	  /* another attempt follows */
	AW_ATTEMPT_GAVE_UP,	  /* it was the last attempt, or its error is final */
	AW_ATTEMPT_OUTCOMES
};

/** One attempt of a retry. */
struct aw_agent_attempt {
	uint64_t retry;	   /* the retry's id */
	const char *name;  /* what is tried; NULL: unknown */
	uint64_t attempt;  /* its number, from 1 on */
	uint64_t attempts; /* the most attempts that are made */
	uint64_t error;	   /* 0: none, or not reported yet */
	uint64_t delay_ns; /* until the next attempt */
	uint64_t breaker;  /* the circuit breaker that was used; 0: none */
	enum aw_agent_attempt_outcome outcome;
	uint32_t reserved; /* 0: for later versions */
	const struct aw_agent_task *task;
};

/** An attempt failed, or succeeded after others had failed. */
AW_AGENT_API void aw_agent_attempt(const struct aw_agent_attempt *attempt);

/** The state of a circuit breaker. */
enum aw_agent_breaker_state {
	AW_BREAKER_IS_CLOSED = 0,
	AW_BREAKER_IS_OPEN,
	AW_BREAKER_IS_HALF_OPEN,
	AW_BREAKER_STATES
};

/** A circuit breaker. */
struct aw_agent_breaker {
	uint64_t id;
	const char *name; /* NULL: none */
	enum aw_agent_breaker_state state;
	uint32_t reserved;    /* 0: for later versions */
	uint64_t failures;    /* in a row */
	uint64_t recovery_ns; /* how long it stays open */
	uint64_t error;	      /* the error that opened it; 0: none */
};

/** A circuit breaker changed its state. */
AW_AGENT_API void aw_agent_breaker(const struct aw_agent_breaker *breaker);

/** A call of one service of a fallback. */
struct aw_agent_service {
	uint64_t fallback; /* the fallback's id */
	const char *name;  /* the service's; NULL: none */
	uint64_t service;  /* its index, from 0 on */
	uint64_t services; /* number of services in the fallback */
	uint64_t failures; /* of this service, in a row */
	uint64_t error;	   /* 0: none, or not reported yet */
	bool failed;
	uint8_t reserved[7]; /* 0: for later versions */
	const struct aw_agent_task *task;
};

/** A service failed, or succeeded after an earlier one of the fallback had failed. */
AW_AGENT_API void aw_agent_service(const struct aw_agent_service *service);

/** What was decided about an error. */
struct aw_agent_recovery {
	uint64_t error;
	uint64_t severity; /* 0 low, 1 medium, 2 high, 3 critical */
	uint64_t retry_count;
	uint64_t delay_ns;
	bool again;	       /* true: it will be tried again */
	uint8_t reserved[7];   /* 0: for later versions */
	const char *component; /* NULL: none */
	const char *operation; /* NULL: none */
};

/** An error was handled. */
AW_AGENT_API void aw_agent_recovery(const struct aw_agent_recovery *recovery);

#ifdef __cplusplus
}
#endif

#endif
