/* SPDX-License-Identifier: MIT */
/*
 * Quotes from a feed that fails: calls are retried, a circuit breaker stops them, and a cache replaces the feed.
 *
 *	awry run -- ./resilient_feed [SECONDS]
 *
 * It prints the quotes. Without debug mode it does not show that the settlement failed, as its error is never retrieved.
 * `awry errors` shows which attempt failed, and since when the breaker is open.
 */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>

AW_ERROR_TYPE(TradingSystemError, aw_Exception);
AW_ERROR_TYPE(FeedError, TradingSystemError);

static aw_breaker *breaker;

/* The connection: only the third call succeeds. */
static aw_error *ask(void *arg, void **ret)
{
	static int calls;

	if (++calls != 3)
		return aw_raise(aw_ConnectionResetError, "the feed hung up, call %d", calls);
	*ret = (void *)"42.5, live";
	return aw_sleep(AW_MS(1));
}

static aw_error *live(void *arg, void **ret)
{
	return aw_retry(AW_RETRY_OPTS(.name = "live", .attempts = 3, .base_ns = AW_MS(10),
				      .jitter = 0.5, .types = AW_TYPES(aw_OSError),
				      .breaker = breaker),
			ask, arg, ret);
}

static aw_error *cached(void *arg, void **ret)
{
	*ret = (void *)"42.4, from the cache";
	return NULL;
}

/* Settling a trade needs the live feed: there is no fallback. */
static aw_error *settle(void *arg, void **ret)
{
	const aw_error_context_info info = { .component = "orders", .operation = "settle" };
	aw_error *err = live(arg, ret);

	return aw_error_with_context(err, &info);
}

static void on_health(aw_fallback *feeds, size_t service, enum aw_health health, void *arg)
{
	if (service == SIZE_MAX)
		printf("the feeds are %s\n", aw_health_name(health));
}

static aw_error *quote(aw_fallback *feeds, const char *symbol)
{
	void *price = NULL;

	AW_TRY(aw_fallback_call(feeds, (void *)symbol, &price));
	printf("%s %s\n", symbol, (const char *)price);
	return NULL;
}

static aw_error *amain(void *arg, void **ret)
{
	static const struct aw_service services[] = { { .name = "live", .fn = live },
						      { .name = "cache", .fn = cached } };
	aw_fallback *feeds = aw_fallback_create(
		AW_FALLBACK_OPTS(.services = services, .service_count = 2, .on_health = on_health));
	aw_error *err;

	breaker = aw_breaker_create(AW_BREAKER_OPTS(.name = "feed", .threshold = 4));
	err = quote(feeds, "BTC");
	if (err == NULL)
		err = quote(feeds, "ETH");
	aw_task_unref(aw_spawn(settle, NULL)); /* its error can never be retrieved */
	if (err == NULL)
		err = aw_sleep(AW_MS(100));
	printf("done\n");
	fflush(stdout);
	if (err == NULL && arg != NULL)
		err = aw_sleep(AW_SEC(atoi(arg)));
	aw_fallback_destroy(feeds);
	aw_breaker_destroy(breaker);
	return err;
}

int main(int argc, char **argv)
{
	return aw_exit_status(aw_run(amain, argc > 1 ? argv[1] : NULL, NULL));
}
