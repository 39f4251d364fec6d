/* SPDX-License-Identifier: MIT */
/**
 * awry/resilience.h - what to do about errors: retry, circuit breaker, fallback, recovery, statistics.
 *
 * Each attempt, trip, fallback and decision is told to the recorder, so that viewers show beside an
 * error that it was the 4th try of 5, and since when the breaker is open.
 *
 * None of these ever touches what is no Exception: a CancelledError, KeyboardInterrupt or SystemExit
 * passes at once.
 *
 * Context: inside of a task, on the loop's thread; an object is used by one loop.
 */
#ifndef AWRY_RESILIENCE_H
#define AWRY_RESILIENCE_H

#include <awry/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A clock, so that tests need not wait. Where one is wanted, NULL is the loop's own. */
typedef struct aw_clock {
	aw_ns (*now)(void *arg);		       /* NULL: aw_now() */
	aw_error *(*sleep)(aw_ns duration, void *arg); /* NULL: aw_sleep() */
	void *arg;
	void *reserved[2]; /* 0: for later versions */
} aw_clock;

/* -------------------------------------------------------------------------------------------------
 * The context of an error
 */

/** A key and a value that say more about an error; both are strings. */
typedef struct aw_error_meta {
	const char *key;
	const char *value;
} aw_error_meta;

/** What was being done when an error came up. Strings may be NULL, as "". */
typedef struct aw_error_context_info {
	const char *component;
	const char *operation;
	aw_ns timestamp; /* on whatever clock the program uses */
	unsigned int retry_count;
	const aw_error_meta *metadata; /* `metadata_count` of them */
	size_t metadata_count;
	void *reserved[2]; /* 0: for later versions */
} aw_error_context_info;

/**
 * Attach the context to an error, so that it travels and is shown with it.
 *
 * Attributes: str component, operation; int timestamp, retry_count; a str for each key of the metadata,
 * as "metadata.KEY".
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

/** A breaker: it spares a service that fails again and again, and those who would wait for it. */
typedef struct aw_breaker aw_breaker;

/** A call that a breaker refused. Attributes: str breaker, int since, until: its clock's ns. */
extern AW_API aw_error_type aw_CircuitBreakerOpenError[1];

/** What a breaker does with calls. */
enum aw_breaker_state {
	AW_BREAKER_CLOSED,    /* they pass */
	AW_BREAKER_OPEN,      /* they are refused */
	AW_BREAKER_HALF_OPEN, /* a few pass, on trial */
};

/** Called when the state has changed. It must not destroy the breaker. */
typedef void aw_breaker_fn(aw_breaker *breaker, enum aw_breaker_state state, void *arg);

/** How a breaker is made; 0 is the default of each. */
struct aw_breaker_options {
	size_t size;		/* of this struct; AW_BREAKER_OPTS() sets it */
	const char *name;	/* copied; for messages and viewers; NULL: none */
	unsigned int threshold; /* failures in a row until it opens; 0: 5 */
	aw_ns recovery_ns;	/* how long it stays open; 0: a minute */
	unsigned int trials; /* calls that may be on trial at once, and that must succeed; 0: 1 */
	const aw_error_type *expected; /* what counts as a failure; NULL: aw_Exception */
	const aw_clock *clock;	       /* borrowed, outlives the breaker */
	aw_breaker_fn *on_change;      /* NULL: none */
	void *arg;
};

#define AW_BREAKER_OPTS(...) AW__OPTS(aw_breaker_options, __VA_ARGS__)

/**
 * Make a breaker, closed.
 *
 * @param options  NULL for the defaults
 *
 * Returns NULL if there is no memory; a call through that tells.
 * Owner: the caller, until aw_breaker_destroy()
 * Context: any, outside of a loop too
 * Since: 0.1
 */
AW_API aw_breaker *aw_breaker_create(const struct aw_breaker_options *options);
/** Free a breaker through which no call is under way. NULL is ignored. */
AW_API void aw_breaker_destroy(aw_breaker *breaker);

/**
 * Call fn(arg, ret) through the breaker.
 *
 * A failure is an error of the expected type; any other passes, and counts for nothing. `threshold`
 * failures in a row open the breaker; a success closes the row. Once it was open for longer than
 * `recovery_ns`, the next call makes it half-open and goes on trial: `trials` successes close it, one
 * failure opens it again. What a call that began before the last change ends with does not count.
 *
 * Errors: CircuitBreakerOpenError, without calling; the function's own; MemoryError for a NULL breaker
 * Since: 0.1
 */
#define aw_breaker_call(breaker, fn, arg, ret) aw__breaker_call(AW_HERE, breaker, fn, arg, ret)
AW_API AW_MUST_USE aw_error *aw__breaker_call(const char *file, int line, const char *function,
					      aw_breaker *breaker, aw_coro_fn *fn, void *arg,
					      void **ret);

/** The state, as the last call left it: an open breaker becomes half-open by the next call. */
AW_API enum aw_breaker_state aw_breaker_state(const aw_breaker *breaker);
/** How many failures there were in a row. */
AW_API unsigned int aw_breaker_failures(const aw_breaker *breaker);
/** Since when the breaker is in its state, on its clock. */
AW_API aw_ns aw_breaker_since(const aw_breaker *breaker);
/** "closed", "open" or "half_open". */
AW_API const char *aw_breaker_state_name(enum aw_breaker_state state);

/* -------------------------------------------------------------------------------------------------
 * Retry
 */

/** What a classifier says. */
enum aw_retry_verdict {
	AW_RETRY_AGAIN, /* after the delay */
	AW_RETRY_STOP,	/* this error is final */
};

/**
 * Decide about an error that is of one of the types to be retried, and not the last attempt's.
 *
 * @param attempt   that failed; the first is 1
 * @param io_delay  the delay that is to come; may be changed
 */
typedef enum aw_retry_verdict aw_retry_classify_fn(const aw_error *err, unsigned int attempt,
						   aw_ns *io_delay, void *arg);

/** Where a base delay is wanted: none. */
#define AW_NO_DELAY UINT64_MAX

/** How something is retried; 0 is the default of each. */
struct aw_retry_options {
	size_t size;	       /* of this struct; AW_RETRY_OPTS() sets it */
	const char *name;      /* for viewers; NULL: the function's name */
	unsigned int attempts; /* at most, with the first; 0: 5 */
	aw_ns base_ns;	       /* the first delay; 0: 100 ms; AW_NO_DELAY: none */
	double factor;	       /* each further delay is so many times longer; 0: 2 */
	aw_ns cap_ns;	       /* no delay is longer; 0: 30 s */
	double jitter;	       /* 0 to 1: the part of each delay that is left to chance */
	uint64_t seed;	       /* of chance: the same gives the same delays; 0: another each time */
	aw_ns deadline;	       /* on the clock: no attempt begins after it; 0: none */
	const aw_error_type *const *types; /* AW_TYPES(…): what is retried; NULL: any Exception */
	aw_retry_classify_fn *classify;	   /* NULL: all of these types are */
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
 * Call fn(arg, ret) until it succeeds, with growing delays between.
 *
 * The n-th delay is base * factor^(n-1), at most the cap, d; of it d * jitter * r is taken off, where
 * r, in [0, 1), is the n-th number of splitmix64(seed), its upper 53 bits.
 *
 * The error of the last attempt is returned: with the attributes int attempt, int attempts and str retry
 * (the name); if the breaker is not closed also str breaker, int breaker_state, breaker_failures and, on
 * the loop's clock, breaker_since; and a note for
 * each earlier attempt, of the newest eight. Its context is its own: that attempt did not
 * happen while an earlier one's error was handled.
 *
 * Cancellation passes at once: during a delay, the CancelledError has the last attempt's error as its
 * context.
 *
 * @param options  NULL for the defaults
 * @param ret      set on success; NULL if not wanted
 *
 * Errors: the last attempt's, out of memory without some of what is said of it; CancelledError; what is
 * no Exception, or not of `types`, at once
 * Since: 0.1
 */
#define aw_retry(options, fn, arg, ret) aw__retry(AW_HERE, options, #fn, fn, arg, ret)
AW_API AW_MUST_USE aw_error *aw__retry(const char *file, int line, const char *function,
				       const struct aw_retry_options *options, const char *name,
				       aw_coro_fn *fn, void *arg, void **ret);

/* -------------------------------------------------------------------------------------------------
 * Fallback
 */

/** Services of the same kind, the best first. */
typedef struct aw_fallback aw_fallback;

/** One of them. */
struct aw_service {
	const char *name;    /* copied */
	aw_coro_fn *fn;	     /* called with the argument of the call */
	aw_breaker *breaker; /* borrowed: the calls go through it; NULL: none */
	void *reserved[2];   /* 0: for later versions */
};

/** How a service, or all of them together, are. */
enum aw_health {
	AW_HEALTH_UNKNOWN,  /* not called yet */
	AW_HEALTH_HEALTHY,  /* the last call succeeded; of all: that of the first */
	AW_HEALTH_DEGRADED, /* the last call failed; of all: another than the first answered */
	AW_HEALTH_DOWN,	    /* so many failed in a row; of all: the last call found none */
};

/** What is known of a service. Times are the fallback's clock's; 0: never. */
struct aw_service_health {
	const char *name;
	enum aw_health health;
	uint64_t calls, failures;
	unsigned int failures_in_row;
	aw_ns last_success, last_failure;
	const aw_error *last_error; /* borrowed, valid until the next call; NULL: none */
	void *reserved[4];	    /* 0: for later versions */
};

/** Called when the health of a service has changed; `service` is SIZE_MAX for all together. */
typedef void aw_fallback_fn(aw_fallback *fallback, size_t service, enum aw_health health,
			    void *arg);

/** How a fallback is made. */
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
 * Returns NULL if there is no memory; a call tells.
 * Owner: the caller, until aw_fallback_destroy()
 * Since: 0.1
 */
AW_API aw_fallback *aw_fallback_create(const struct aw_fallback_options *options);
/** Free a fallback that no call uses. NULL is ignored. */
AW_API void aw_fallback_destroy(aw_fallback *fallback);

/**
 * Call the services in their order, until one succeeds.
 *
 * @param ret  set on success; NULL if not wanted
 *
 * Errors: if all fail the last one's, each with the one before it as its context, and with its service's
 * name as the str attribute `service`; what is no Exception at once; MemoryError for a NULL fallback
 * Since: 0.1
 */
AW_API AW_MUST_USE aw_error *aw_fallback_call(aw_fallback *fallback, void *arg, void **ret);
/** How all of them together are. */
AW_API enum aw_health aw_fallback_health(const aw_fallback *fallback);
/** What is known of one of them; all zeroes beyond the last. */
AW_API struct aw_service_health aw_fallback_service(const aw_fallback *fallback, size_t index);
/** "unknown", "healthy", "degraded" or "down". */
AW_API const char *aw_health_name(enum aw_health health);

/* -------------------------------------------------------------------------------------------------
 * Statistics
 */

/** Errors, counted by component and type, and the newest of them. */
typedef struct aw_error_stats aw_error_stats;

/** One of the newest errors; what is too long is cut. */
struct aw_error_record {
	aw_ns time; /* the context's timestamp */
	const aw_error_type *type;
	unsigned int retry_count;
	char component[48];
	char operation[48];
	char message[128];
};

/** How statistics are made; 0 is the default of each. */
struct aw_error_stats_options {
	size_t size;	/* of this struct; AW_ERROR_STATS_OPTS() sets it */
	size_t history; /* how many of the newest errors are kept; 0: 1,000 */
	size_t keys;	/* how many pairs of component and type are counted; 0: 256 */
};

#define AW_ERROR_STATS_OPTS(...) AW__OPTS(aw_error_stats_options, __VA_ARGS__)

/**
 * Make empty statistics.
 *
 * All memory is taken now: 256 bytes for each error of the history, 64 for each key, at most; counting
 * takes none, and never fails.
 *
 * @param options  NULL for the defaults
 *
 * Returns NULL if there is no memory; NULL counts nothing.
 * Owner: the caller, until aw_error_stats_destroy()
 * Since: 0.1
 */
AW_API aw_error_stats *aw_error_stats_create(const struct aw_error_stats_options *options);
/** Free statistics. NULL is ignored. */
AW_API void aw_error_stats_destroy(aw_error_stats *stats);
/** Count an error; NULL is none. `info` may be NULL. */
AW_API void aw_error_stats_add(aw_error_stats *stats, const aw_error *err,
			       const aw_error_context_info *info);
/** How many errors there were in all. */
AW_API uint64_t aw_error_stats_total(const aw_error_stats *stats);
/**
 * Tell how many errors there were of a component and a type.
 *
 * @param component  NULL: of any
 * @param type       this very type, as seen by whoever raised it; NULL: any
 */
AW_API uint64_t aw_error_stats_count(const aw_error_stats *stats, const char *component,
				     const aw_error_type *type);
/** As aw_error_stats_count(), with the types that derive from `type`. */
AW_API uint64_t aw_error_stats_count_kind(const aw_error_stats *stats, const char *component,
					  const aw_error_type *type);
/** How many errors are in the total alone, since there were more keys than are kept. */
AW_API uint64_t aw_error_stats_uncounted(const aw_error_stats *stats);

/** The count of one pair of component and type. */
struct aw_error_stats_key {
	const char *component;
	const aw_error_type *type;
	uint64_t count;
	void *reserved[2]; /* 0: for later versions */
};

/** The pairs in the order in which they came up first; all zeroes beyond the last. */
AW_API struct aw_error_stats_key aw_error_stats_key_at(const aw_error_stats *stats, size_t index);
/** The newest errors, 0 being the very last; NULL beyond what is kept. */
AW_API const struct aw_error_record *aw_error_stats_recent(const aw_error_stats *stats,
							   size_t index);
/**
 * Tell how many errors a second there were in the time before `now`.
 *
 * Shape: a lower bound, if more errors fell into the window than the history keeps
 * Units: window in ns; `now` on the clock of the contexts
 */
AW_API double aw_error_stats_rate(const aw_error_stats *stats, aw_ns now, aw_ns window);

/* -------------------------------------------------------------------------------------------------
 * Recovery
 */

/** How bad an error is. */
enum aw_severity {
	AW_SEVERITY_LOW,      /* retry at once */
	AW_SEVERITY_MEDIUM,   /* retry with growing delays */
	AW_SEVERITY_HIGH,     /* retry rarely: somebody has to look */
	AW_SEVERITY_CRITICAL, /* stop */
	AW_SEVERITIES
};

/** One row of a table that tells how bad errors are: the first row that fits counts. */
struct aw_severity_rule {
	const aw_error_type *type;  /* and what derives from it */
	const char *component;	    /* is part of the component's name; NULL: any */
	unsigned int retries_below; /* the retry count is less; 0: any */
	enum aw_severity severity;
	void *reserved[2]; /* 0: for later versions */
};

/** What to do about errors of one severity. */
struct aw_strategy {
	aw_ns base_ns;		    /* delay before the next try */
	double factor;		    /* times this for each retry so far; 0: always the same */
	aw_ns cap_ns;		    /* no delay is longer; 0: none */
	unsigned int retries_below; /* give up from this retry count on; 0: never */
	bool stop;		    /* do not retry at all */
	bool emergency;		    /* call the emergency function, then stop */
	void *reserved[2];	    /* 0: for later versions */
};

/** Takes a line for the log; `severity` is how bad what it says is. */
typedef void aw_recovery_log_fn(enum aw_severity severity, const char *text, void *arg);
/** Does what has to be done before a stop; may await. Its error is returned by aw_recover(). */
typedef aw_error *aw_recovery_emergency_fn(const aw_error *err, const aw_error_context_info *info,
					   void *arg);

/** Everything that decides about errors; all zeroes is the defaults. */
struct aw_recovery {
	const struct aw_severity_rule
		*rules; /* `rule_count` of them; they go before the built-in ones */
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
 * Tell how bad an error is.
 *
 * Built in: an OSError (so a ConnectionError or TimeoutError, too) is LOW for the first 3 retries, MEDIUM
 * for the first 10, then HIGH; a CancelledError LOW; a ValueError, KeyError or TypeError MEDIUM if the
 * component's name contains "market_data", else HIGH; an IncompleteReadError MEDIUM; anything else HIGH.
 *
 * @param recovery  NULL: the built-in rules alone
 * @param info      NULL: no component, no retries
 *
 * Since: 0.1
 */
AW_API enum aw_severity aw_severity_of(const struct aw_recovery *recovery, const aw_error *err,
				       const aw_error_context_info *info);
/** "low", "medium", "high" or "critical". */
AW_API const char *aw_severity_name(enum aw_severity severity);

/**
 * Handle an error: tell how bad it is, log and count it, wait as its severity wants, and say whether to try
 * again.
 *
 * Built in: LOW waits 0.1 s; MEDIUM 2^retry_count s, at most 30; HIGH a minute, for 5 retries, and gives up
 * then; CRITICAL calls the emergency function and stops.
 *
 * @param recovery   NULL: the built-in rules and strategies
 * @param err        borrowed
 * @param ret_again  set on success: try again
 *
 * Errors: CancelledError, or what the clock or the emergency function returned. Out of memory the log
 * gets the error's message alone
 * Since: 0.1
 */
AW_API AW_MUST_USE aw_error *aw_recover(const struct aw_recovery *recovery, const aw_error *err,
					const aw_error_context_info *info, bool *ret_again);

#ifdef __cplusplus
}
#endif

#endif
