/* SPDX-License-Identifier: MIT */
/**
 * awry/agent_resilience.h - retries, circuit breakers, fallbacks and recoveries: what is done about errors.
 *
 * For runtimes of awry/agent.h that have them. The errors are told before, by aw_agent_error(). Like that header it is in libawry-agent:
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
	AW_ATTEMPT_SUCCEEDED = 0, /* after others that failed */
	AW_ATTEMPT_FAILED,	  /* another one follows */
	AW_ATTEMPT_GAVE_UP,	  /* it was the last, or its error is final */
	AW_ATTEMPT_OUTCOMES
};

/** One attempt. */
struct aw_agent_attempt {
	uint64_t retry;	   /* the id of the whole */
	const char *name;  /* what is tried; NULL: not known */
	uint64_t attempt;  /* from 1 on */
	uint64_t attempts; /* at most */
	uint64_t error;	   /* 0: none, or it was not told yet */
	uint64_t delay_ns; /* until the next one */
	uint64_t breaker;  /* through which it went; 0: none */
	enum aw_agent_attempt_outcome outcome;
	uint32_t reserved; /* 0: later versions may say here that more follows */
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
	uint32_t reserved;    /* 0: later versions may say here that more follows */
	uint64_t failures;    /* in a row */
	uint64_t recovery_ns; /* how long it stays open */
	uint64_t error;	      /* that opened it; 0: none */
};

/** A circuit breaker changed its state. */
AW_AGENT_API void aw_agent_breaker(const struct aw_agent_breaker *breaker);

/** One service of several was tried. */
struct aw_agent_service {
	uint64_t fallback; /* the id of the whole */
	const char *name;  /* of the service; NULL: none */
	uint64_t service;  /* its index, from 0 on */
	uint64_t services; /* how many there are */
	uint64_t failures; /* of it, in a row */
	uint64_t error;	   /* 0: none, or it was not told yet */
	bool failed;
	uint8_t reserved[7]; /* 0: later versions may say here that more follows */
	const struct aw_agent_task *task;
};

/** A service failed, or answered in place of one that had. */
AW_AGENT_API void aw_agent_service(const struct aw_agent_service *service);

/** What was decided about an error. */
struct aw_agent_recovery {
	uint64_t error;
	uint64_t severity; /* 0 low, 1 medium, 2 high, 3 critical */
	uint64_t retry_count;
	uint64_t delay_ns;
	bool again;
	uint8_t reserved[7];   /* 0: later versions may say here that more follows */
	const char *component; /* NULL: none */
	const char *operation; /* NULL: none */
};

/** An error was handled. */
AW_AGENT_API void aw_agent_recovery(const struct aw_agent_recovery *recovery);

#ifdef __cplusplus
}
#endif

#endif
