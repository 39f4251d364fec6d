/* SPDX-License-Identifier: MIT */
/*
 * A circuit breaker: after three failures in a row the service is not called for a while, then tried once.
 *
 * The document writes the breaker itself, and raises a plain Exception when it refuses; here it is aw_breaker, whose
 * CircuitBreakerOpenError has the breaker's name, and since and until when it is open. The document's recovery takes
 * 30 s, its twins' 200 ms; and its components do nothing, so the twins print their calls.
 */
#include <awry.h>

#include <stdio.h>

/* The outcome of the next call: an error of this type and message; without a type, a result. */
struct outcome {
	aw_error_type *type;
	const char *message;
};

static aw_error *service(void *arg, void **ret)
{
	const struct outcome *outcome = arg;

	if (outcome->type != NULL)
		return aw_raise(outcome->type, "%s", outcome->message);
	*ret = "connected";
	return NULL;
}

static void call(aw_breaker *breaker, aw_error_type *type, const char *message)
{
	struct outcome outcome = { type, message };
	void *result = NULL;
	aw_error *err = aw_breaker_call(breaker, service, &outcome, &result);
	const char *said = err == NULL ? result : aw_error_message(err);

	if (aw_error_is(err, aw_CircuitBreakerOpenError))
		said = "Circuit breaker is OPEN - service unavailable";
	printf("%s: %s, %u failures\n", said, aw_breaker_state_name(aw_breaker_state(breaker)),
	       aw_breaker_failures(breaker));
	aw_error_unref(err);
}

static aw_error *amain(void *arg, void **ret)
{
	aw_breaker *breaker = aw_breaker_create(AW_BREAKER_OPTS(.name = "websocket", .threshold = 3,
								.recovery_ns = AW_MS(200),
								.expected = aw_ConnectionError));
	aw_error *err;

	call(breaker, NULL, NULL);
	call(breaker, aw_ConnectionError, "refused");
	call(breaker, aw_ValueError, "no failure of the service");
	call(breaker, NULL, NULL);
	call(breaker, aw_ConnectionError, "refused 0");
	call(breaker, aw_ConnectionError, "refused 1");
	call(breaker, aw_ConnectionError, "refused 2");
	call(breaker, NULL, NULL);
	err = aw_sleep(AW_MS(300));
	call(breaker, aw_ConnectionError, "still refused");
	call(breaker, NULL, NULL);
	if (err == NULL)
		err = aw_sleep(AW_MS(300));
	call(breaker, NULL, NULL);
	aw_breaker_destroy(breaker);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
