/* SPDX-License-Identifier: MIT */
/*
 * Retry with growing delays. The document writes with_retry() itself; here it is aw_retry(), with a classifier that
 * retries everything and prints each attempt.
 *
 * The document uses random numbers; its twins use fixed ones, and make one more call that never succeeds.
 */
#include <awry.h>

#include <stdio.h>

static const double *lot;

static aw_error *unreliable_api_call(void *arg, void **ret)
{
	if (*lot++ < 0.7)
		return aw_raise(aw_ConnectionError, "API temporarily unavailable");
	*ret = "Success!";
	return NULL;
}

static enum aw_retry_verdict tell(const aw_error *err, unsigned int attempt, aw_ns *io_delay,
				  void *arg)
{
	printf("Attempt %u failed: %s. Retrying in %gs...\n", attempt, aw_error_message(err),
	       (double)*io_delay / 1e9);
	return AW_RETRY_AGAIN;
}

static aw_error *call(unsigned int max_retries, aw_ns delay)
{
	void *result;
	aw_error *err =
		aw_retry(AW_RETRY_OPTS(.attempts = max_retries + 1, .base_ns = delay,
				       .types = AW_TYPES(aw_ConnectionError), .classify = tell),
			 unreliable_api_call, NULL, &result);

	if (err == NULL)
		printf("Got: %s\n", (const char *)result);
	if (aw_error_is(err, aw_ConnectionError)) {
		printf("All retries failed\n");
		err = aw_error_unref(err);
	}
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	static const double lots[] = { 0.1, 0.5, 0.9, 0.1, 0.1, 0.1 };

	lot = lots;
	AW_TRY(call(5, AW_MS(50)));
	return call(2, AW_MS(10));
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
