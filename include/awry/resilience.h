/* SPDX-License-Identifier: MIT */
/**
 * awry/resilience.h - handling errors: retry, circuit breaker, fallback, recovery, statistics.
 *
 * Each attempt, change of a breaker, fallback and decision is reported to the recorder, so that viewers can
 * show with an error that it was attempt 4 of 5, and since when the breaker is open.
 *
 * Only Exceptions are handled: a CancelledError, KeyboardInterrupt or SystemExit is returned at once.
 *
 * Context: inside a task, on the loop's thread; an object is used by one loop.
 */
#ifndef AWRY_RESILIENCE_H
#define AWRY_RESILIENCE_H

#include <awry/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A clock, so that tests need not wait. Where a clock is expected, NULL means the loop's clock. */
typedef struct aw_clock {
	aw_ns (*now)(void *arg);		       /* NULL: aw_now() */
	aw_error *(*sleep)(aw_ns duration, void *arg); /* NULL: aw_sleep() */
	void *arg;
	void *reserved[2]; /* 0: for later versions */
} aw_clock;

/* -------------------------------------------------------------------------------------------------
 * The context of an error
 */

/** Additional data about an error; key and value are strings. */
typedef struct aw_error_meta {
	const char *key;
	const char *value;
} aw_error_meta;

/** What the program was doing when an error occurred. A NULL string counts as "". */
typedef struct aw_error_context_info {
	const char *component;
	const char *operation;
	aw_ns timestamp; /* on a clock of the program's choice */
	unsigned int retry_count;
	const aw_error_meta *metadata; /* `metadata_count` of them */
	size_t metadata_count;
	void *reserved[2]; /* 0: for later versions */
} aw_error_context_info;

/**
 * Attach the context to an error as attributes, so that it is passed on and shown with it.
 *
 * Attributes: str component, operation; int timestamp, retry_count; for each key of the metadata a str
 * "metadata.KEY".
 *
 * @param err  consumed; NULL gives NULL
 *
 * Errors: out of memory, `err` without some of the attributes
 * Since: 0.1
 */
AW_API AW_MUST_USE aw_error *aw_error_with_context(aw_error *err,
						   const aw_error_context_info *info);

/* -------------------------------------------------------------------------------------------------
 * Circuit breaker
 */

/** A circuit breaker: it stops calls to a service that keeps failing, so that callers need not wait for it. */
typedef struct aw_breaker aw_breaker;

/** A call that a breaker refused. Attributes: str breaker; int since, until, in ns on the breaker's clock. */
extern AW_API aw_error_type aw_CircuitBreakerOpenError[1];

/** The state of a breaker. */
enum aw_breaker_state {
	AW_BREAKER_CLOSED,    /* calls pass */
	AW_BREAKER_OPEN,      /* calls are refused */
	AW_BREAKER_HALF_OPEN, /* a few calls pass, on trial */
};

/** Called when the state has changed. It must not destroy the breaker. */
typedef void aw_breaker_fn(aw_breaker *breaker, enum aw_breaker_state state, void *arg);

/** Options of a breaker; 0 is the default of each. */
struct aw_breaker_options {
	size_t size;		/* of this struct; AW_BREAKER_OPTS() sets it */
	const char *name;	/* copied; for messages and viewers; NULL: none */
	unsigned int threshold; /* failures in a row until it opens; 0: 5 */
	aw_ns recovery_ns;	/* how long it stays open; 0: a minute */
	unsigned int trials;	/* calls on trial at once, which must succeed to close it; 0: 1 */
	const aw_error_type *expected; /* errors that count as failures; NULL: aw_Exception */
	const aw_clock *clock;	       /* borrowed, must outlive the breaker */
	aw_breaker_fn *on_change;      /* NULL: none */
	void *arg;
};

#define AW_BREAKER_OPTS(...) AW__OPTS(aw_breaker_options, __VA_ARGS__)

/**
 * Make a breaker in the state closed.
 *
 * @param options  NULL for the defaults
 *
 * Returns NULL if there is no memory; aw_breaker_call() then gives a MemoryError.
 * Owner: the caller, until aw_breaker_destroy()
 * Context: any, also outside of a loop
 * Since: 0.1
 */
AW_API aw_breaker *aw_breaker_create(const struct aw_breaker_options *options);
/** Free a breaker that no running call uses. NULL is ignored. */
AW_API void aw_breaker_destroy(aw_breaker *breaker);

/**
 * Call fn(arg, ret) through the breaker.
 *
 * A failure is an error of the expected type; any other error is returned, and not counted. `threshold`
 * failures in a row open the breaker; a success resets the count. After it was open for longer than
 * `recovery_ns`, the next call makes it half-open and is on trial: `trials` successes close it, one
 * failure opens it again. The outcome of a call that began before the last change is not counted.
 *
 * Errors: CircuitBreakerOpenError, and fn is not called; the function's own; MemoryError for a NULL breaker
 * Since: 0.1
 */
#define aw_breaker_call(breaker, fn, arg, ret) aw__breaker_call(AW_HERE, breaker, fn, arg, ret)
AW_API AW_MUST_USE aw_error *aw__breaker_call(const char *file, int line, const char *function,
					      aw_breaker *breaker, aw_coro_fn *fn, void *arg,
					      void **ret);

/** Get the state after the last call: an open breaker becomes half-open only with the next call. */
AW_API enum aw_breaker_state aw_breaker_state(const aw_breaker *breaker);
/** Count the failures in a row. */
AW_API unsigned int aw_breaker_failures(const aw_breaker *breaker);
/** Get the time of the last change of state, on the breaker's clock. */
AW_API aw_ns aw_breaker_since(const aw_breaker *breaker);
/** Get a state's name: "closed", "open" or "half_open". */
AW_API const char *aw_breaker_state_name(enum aw_breaker_state state);

/* -------------------------------------------------------------------------------------------------
 * Retry
 */

/** The decision of a classifier. */
enum aw_retry_verdict {
	AW_RETRY_AGAIN, /* try again after the delay */
	AW_RETRY_STOP,	/* do not retry this error */
};

/**
 * Decide whether to retry after an error. Called for errors of the types to be retried, except that of the last attempt.
 *
 * @param attempt   the number of the attempt that failed; the first is 1
 * @param io_delay  the delay before the next attempt; may be changed
 */
typedef enum aw_retry_verdict aw_retry_classify_fn(const aw_error *err, unsigned int attempt,
						   aw_ns *io_delay, void *arg);

/** As base_ns: no delay. */
#define AW_NO_DELAY UINT64_MAX

/** How to retry; 0 is the default of each. */
struct aw_retry_options {
	size_t size;	       /* of this struct; AW_RETRY_OPTS() sets it */
	const char *name;      /* for viewers; NULL: the function's name */
	unsigned int attempts; /* the most attempts, including the first; 0: 5 */
	aw_ns base_ns;	       /* the first delay; 0: 100 ms; AW_NO_DELAY: none */
	double factor;	       /* each further delay is longer by this factor; 0: 2 */
	aw_ns cap_ns;	       /* the longest delay; 0: 30 s */
	double jitter;	       /* 0 to 1: the random part of each delay */
	uint64_t seed;	       /* the same seed gives the same delays; 0: a new one each time */
	aw_ns deadline;	       /* on the clock: no attempt begins after it; 0: none */
	const aw_error_type *const *types; /* AW_TYPES(…): errors to retry; NULL: any Exception */
	aw_retry_classify_fn *classify;	   /* NULL: all errors of these types are retried */
	void *classify_arg;
	aw_breaker *breaker;   /* each attempt goes through it; NULL: none */
	const aw_clock *clock; /* NULL: the loop's */
};

#define AW_RETRY_OPTS(...) AW__OPTS(aw_retry_options, __VA_ARGS__)
#if defined(__cplusplus)
} /* a template cannot have C linkage */
template <typename type> using aw__array = type[];
template <typename type, size_t count> inline type *aw__first(type (&&items)[count])
{
	return items;
}
extern "C" {
#define AW__TYPES(...) aw__first(aw__array<const aw_error_type *const>{ __VA_ARGS__ })
#else
#define AW__TYPES(...) ((const aw_error_type *const[]){ __VA_ARGS__ })
#endif
/** A list of error types: AW_TYPES(aw_OSError, aw_EOFError). In C++ it lives as long as the full expression. */
#define AW_TYPES(...) AW__TYPES(__VA_ARGS__, (aw_error_type *)0)

/**
 * Call fn(arg, ret) until it succeeds, with growing delays between attempts.
 *
 * The n-th delay is d - d * jitter * r, where d = base * factor^(n-1), at most the cap, and r, in [0, 1),
 * is made of the upper 53 bits of the n-th number of splitmix64(seed).
 *
 * On failure the error of the last attempt is returned. It has the attributes int attempt, int attempts
 * and str retry (the name); if the breaker is not closed, also str breaker, int breaker_state,
 * breaker_failures and, on the loop's clock, breaker_since; and a note for each of the newest eight earlier
 * attempts. Errors of earlier attempts are not its context: the attempt was not made while such an error
 * was being handled.
 *
 * Cancellation ends the retry at once. During a delay, the CancelledError has the last attempt's error as
 * its context.
 *
 * @param options  NULL for the defaults
 * @param ret      set on success; NULL if not wanted
 *
 * Errors: the last attempt's (out of memory, some attributes or notes are missing); CancelledError; at once,
 * an error that is not an Exception, or not of `types`
 * Since: 0.1
 */
#define aw_retry(options, fn, arg, ret) aw__retry(AW_HERE, options, #fn, fn, arg, ret)
AW_API AW_MUST_USE aw_error *aw__retry(const char *file, int line, const char *function,
				       const struct aw_retry_options *options, const char *name,
				       aw_coro_fn *fn, void *arg, void **ret);

/* -------------------------------------------------------------------------------------------------
 * Fallback
 */

/** A fallback: several services for the same purpose, the preferred one first. */
typedef struct aw_fallback aw_fallback;

/** One service of a fallback. */
struct aw_service {
	const char *name;    /* copied */
	aw_coro_fn *fn;	     /* called with the argument of aw_fallback_call() */
	aw_breaker *breaker; /* borrowed: the calls go through it; NULL: none */
	void *reserved[2];   /* 0: for later versions */
};

/** The health of one service, or of a fallback as a whole. */
enum aw_health {
	AW_HEALTH_UNKNOWN, /* not called yet */
	AW_HEALTH_HEALTHY, /* the last call succeeded; whole: the first service did */
	AW_HEALTH_DEGRADED, /* the last call failed; whole: another service than the first succeeded */
	AW_HEALTH_DOWN,	    /* `down_after` calls in a row failed; whole: all services failed */
};

/** The health of one service. Times are on the fallback's clock; 0: never. */
struct aw_service_health {
	const char *name;
	enum aw_health health;
	uint64_t calls, failures;
	unsigned int failures_in_row;
	aw_ns last_success, last_failure;
	const aw_error *last_error; /* borrowed, valid until the next call; NULL: none */
	void *reserved[4];	    /* 0: for later versions */
};

/** Called when the health of a service has changed; `service` is SIZE_MAX for the fallback as a whole. */
typedef void aw_fallback_fn(aw_fallback *fallback, size_t service, enum aw_health health,
			    void *arg);

/** Options of a fallback. */
struct aw_fallback_options {
	size_t size;			   /* of this struct; AW_FALLBACK_OPTS() sets it */
	const char *name;		   /* copied; NULL: none */
	const struct aw_service *services; /* `service_count` of them, at least one; copied */
	size_t service_count;
	unsigned int down_after;   /* failures in a row; 0: 3 */
	const aw_clock *clock;	   /* borrowed; NULL: the loop's */
	aw_fallback_fn *on_health; /* NULL: none */
	void *arg;
};

#define AW_FALLBACK_OPTS(...) AW__OPTS(aw_fallback_options, __VA_ARGS__)

/**
 * Make a fallback over some services.
 *
 * Returns NULL if there is no memory; aw_fallback_call() then gives a MemoryError.
 * Owner: the caller, until aw_fallback_destroy()
 * Since: 0.1
 */
AW_API aw_fallback *aw_fallback_create(const struct aw_fallback_options *options);
/** Free a fallback that no running call uses. NULL is ignored. */
AW_API void aw_fallback_destroy(aw_fallback *fallback);

/**
 * Call the services in order, until one succeeds.
 *
 * @param ret  set on success; NULL if not wanted
 *
 * Errors: if all fail, the last service's error. Each error has the one before it as its context, and its
 * service's name as the str attribute `service`. At once, an error that is not an Exception; MemoryError
 * for a NULL fallback
 * Since: 0.1
 */
AW_API AW_MUST_USE aw_error *aw_fallback_call(aw_fallback *fallback, void *arg, void **ret);
/** Get the health of the fallback as a whole. */
AW_API enum aw_health aw_fallback_health(const aw_fallback *fallback);
/** Get the health of one service; all zeroes beyond the last. */
AW_API struct aw_service_health aw_fallback_service(const aw_fallback *fallback, size_t index);
/** Get the name of a health: "unknown", "healthy", "degraded" or "down". */
AW_API const char *aw_health_name(enum aw_health health);

/* -------------------------------------------------------------------------------------------------
 * Statistics
 */

/** Statistics of errors: counts by component and type, and the newest errors. */
typedef struct aw_error_stats aw_error_stats;

/** One of the newest errors; texts that are too long are cut. */
struct aw_error_record {
	aw_ns time; /* the context's timestamp */
	const aw_error_type *type;
	unsigned int retry_count;
	char component[48];
	char operation[48];
	char message[128];
};

/** Options of statistics; 0 is the default of each. */
struct aw_error_stats_options {
	size_t size;	/* of this struct; AW_ERROR_STATS_OPTS() sets it */
	size_t history; /* how many of the newest errors are kept; 0: 1,000 */
	size_t keys;	/* how many pairs of component and type are counted; 0: 256 */
};

#define AW_ERROR_STATS_OPTS(...) AW__OPTS(aw_error_stats_options, __VA_ARGS__)

/**
 * Make empty statistics.
 *
 * All memory is allocated now: at most 256 bytes for each error of the history, and 64 for each key.
 * Counting needs no memory, and never fails.
 *
 * @param options  NULL for the defaults
 *
 * Returns NULL if there is no memory; the other functions ignore a NULL.
 * Owner: the caller, until aw_error_stats_destroy()
 * Since: 0.1
 */
AW_API aw_error_stats *aw_error_stats_create(const struct aw_error_stats_options *options);
/** Free statistics. NULL is ignored. */
AW_API void aw_error_stats_destroy(aw_error_stats *stats);
/** Count an error; a NULL error is ignored. `info` may be NULL. */
AW_API void aw_error_stats_add(aw_error_stats *stats, const aw_error *err,
			       const aw_error_context_info *info);
/** Count all errors. */
AW_API uint64_t aw_error_stats_total(const aw_error_stats *stats);
/**
 * Count the errors of a component and a type.
 *
 * @param component  NULL: any
 * @param type       exactly this type, not those derived from it; NULL: any
 */
AW_API uint64_t aw_error_stats_count(const aw_error_stats *stats, const char *component,
				     const aw_error_type *type);
/** As aw_error_stats_count(), including types that derive from `type`. */
AW_API uint64_t aw_error_stats_count_kind(const aw_error_stats *stats, const char *component,
					  const aw_error_type *type);
/** Count the errors that are only in the total, since there were more keys than are kept. */
AW_API uint64_t aw_error_stats_uncounted(const aw_error_stats *stats);

/** The count of one pair of component and type. */
struct aw_error_stats_key {
	const char *component;
	const aw_error_type *type;
	uint64_t count;
	void *reserved[2]; /* 0: for later versions */
};

/** Get a pair and its count, in the order of first occurrence; all zeroes beyond the last. */
AW_API struct aw_error_stats_key aw_error_stats_key_at(const aw_error_stats *stats, size_t index);
/** Get one of the newest errors; 0 is the newest. NULL beyond those that are kept. */
AW_API const struct aw_error_record *aw_error_stats_recent(const aw_error_stats *stats,
							   size_t index);
/**
 * Get the rate of errors per second in the window before `now`.
 *
 * Shape: a lower bound, if the window contains more errors than the history keeps
 * Units: window in ns; `now` on the clock of the contexts
 */
AW_API double aw_error_stats_rate(const aw_error_stats *stats, aw_ns now, aw_ns window);

/* -------------------------------------------------------------------------------------------------
 * Recovery
 */

/** How severe an error is. */
enum aw_severity {
	AW_SEVERITY_LOW,      /* retry at once */
	AW_SEVERITY_MEDIUM,   /* retry with growing delays */
	AW_SEVERITY_HIGH,     /* retry rarely: an operator should look at it */
	AW_SEVERITY_CRITICAL, /* stop */
	AW_SEVERITIES
};

/** A rule for the severity of errors: the first rule that matches decides. */
struct aw_severity_rule {
	const aw_error_type *type;  /* this type, and those that derive from it */
	const char *component;	    /* matches if the component's name contains it; NULL: any */
	unsigned int retries_below; /* matches if the retry count is below it; 0: any */
	enum aw_severity severity;
	void *reserved[2]; /* 0: for later versions */
};

/** What to do about errors of one severity. */
struct aw_strategy {
	aw_ns base_ns; /* delay before the next attempt */
	double factor; /* multiplies the delay for each retry so far; 0: constant delay */
	aw_ns cap_ns;  /* the longest delay; 0: no limit */
	unsigned int retries_below; /* give up from this retry count on; 0: never */
	bool stop;		    /* do not retry at all */
	bool emergency;		    /* call the emergency function, then stop */
	void *reserved[2];	    /* 0: for later versions */
};

/** Write a line to the log; `severity` is that of the line. */
typedef void aw_recovery_log_fn(enum aw_severity severity, const char *text, void *arg);
/** Do what is necessary before the stop; may await. aw_recover() returns its error. */
typedef aw_error *aw_recovery_emergency_fn(const aw_error *err, const aw_error_context_info *info,
					   void *arg);

/** How to recover from errors; all zeroes: the defaults. */
struct aw_recovery {
	const struct aw_severity_rule
		*rules; /* `rule_count` of them; checked before the built-in rules */
	size_t rule_count;
	const struct aw_strategy *strategies; /* by enum aw_severity; NULL: the built-in ones */
	aw_error_stats *stats;		      /* NULL: none */
	aw_recovery_log_fn *log;	      /* NULL: none */
	aw_recovery_emergency_fn *emergency;  /* NULL: none */
	void *arg;
	const aw_clock *clock; /* NULL: the loop's */
	void *reserved[4];     /* 0: for later versions */
};

/**
 * Get the severity of an error.
 *
 * Built-in rules: an OSError (which includes ConnectionError and TimeoutError) is LOW for the first 3
 * retries, MEDIUM for the first 10, then HIGH; a CancelledError is LOW; a ValueError, KeyError or TypeError
 * is MEDIUM if the component's name contains "market_data", else HIGH; an IncompleteReadError is MEDIUM;
 * any other error is HIGH.
 *
 * @param recovery  NULL: only the built-in rules
 * @param info      NULL: no component, no retries
 *
 * Since: 0.1
 */
AW_API enum aw_severity aw_severity_of(const struct aw_recovery *recovery, const aw_error *err,
				       const aw_error_context_info *info);
/** Get a severity's name: "low", "medium", "high" or "critical". */
AW_API const char *aw_severity_name(enum aw_severity severity);

/**
 * Handle an error: determine its severity, log and count it, wait as long as its severity requires, and
 * decide whether to try again.
 *
 * Built-in strategies: LOW waits 0.1 s; MEDIUM waits 2^retry_count s, at most 30; HIGH waits a minute, for
 * 5 retries, then gives up; CRITICAL calls the emergency function and stops.
 *
 * @param recovery   NULL: the built-in rules and strategies
 * @param err        borrowed
 * @param ret_again  set on success: true to try again
 *
 * Errors: CancelledError; the clock's; the emergency function's. Out of memory, the log gets only the
 * error's message
 * Since: 0.1
 */
AW_API AW_MUST_USE aw_error *aw_recover(const struct aw_recovery *recovery, const aw_error *err,
					const aw_error_context_info *info, bool *ret_again);

#ifdef __cplusplus
}
#endif

#endif
