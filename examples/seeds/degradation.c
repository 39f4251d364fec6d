/* SPDX-License-Identifier: MIT */
/*
 * Graceful degradation: when the first service fails, the next one answers.
 *
 * The document writes the handler itself; here it is aw_fallback. The document's services do nothing; the twins'
 * services print, and main calls them.
 */
#include <awry.h>

#include <stdio.h>
#include <string.h>

struct price {
	const char *symbol, *source;
	int price;
};

/* A service's name, and the fallback that it belongs to. */
struct handler {
	const char *service;
	aw_fallback *fallback;
};

struct request {
	struct handler *handler;
	struct price price;
};

/* Called first by each service that replaces a failed one. */
static void tell_of_the_primary(const struct handler *handler)
{
	printf("⚠️  Primary %s failed, using fallback: %s\n", handler->service,
	       aw_error_message(aw_fallback_service(handler->fallback, 0).last_error));
}

static aw_error *live_market_data(void *arg, void **ret)
{
	struct request *request = arg;

	if (strcmp(request->price.symbol, "BTC") != 0)
		return aw_raise(aw_ConnectionError, "no live data for %s", request->price.symbol);
	request->price.price = 50000;
	request->price.source = "live";
	return NULL;
}

static aw_error *cached_market_data(void *arg, void **ret)
{
	struct request *request = arg;

	tell_of_the_primary(request->handler);
	printf("📊 Using cached data for %s\n", request->price.symbol);
	request->price.price = 0;
	request->price.source = "cache";
	return NULL;
}

static aw_error *execute_order(void *arg, void **ret)
{
	return aw_raise(aw_ConnectionError, "the exchange is gone");
}

static aw_error *emergency_execution(void *arg, void **ret)
{
	struct request *request = arg;

	tell_of_the_primary(request->handler);
	printf("⚠️  Using emergency order execution\n");
	return aw_raise(aw_RuntimeError, "no emergency desk");
}

static aw_error *get_market_data(struct handler *handler, const char *symbol)
{
	struct request request = { handler, { .symbol = symbol } };
	bool healthy;

	AW_TRY(aw_fallback_call(handler->fallback, &request, NULL));
	healthy = aw_fallback_service(handler->fallback, 0).health == AW_HEALTH_HEALTHY;
	printf("%s: %d from %s, healthy: %s\n", symbol, request.price.price, request.price.source,
	       healthy ? "True" : "False");
	return NULL;
}

static aw_error *order(struct handler *handler)
{
	struct request request = { .handler = handler };
	aw_error *err = aw_fallback_call(handler->fallback, &request, NULL);
	const aw_error *before = aw_error_context(err);

	if (!aw_error_is(err, aw_Exception))
		return err;
	printf("❌ Fallback for %s also failed: %s\n", handler->service, aw_error_message(err));
	printf("%s: %s; while handling %s: %s\n", aw_error_name(err), aw_error_message(err),
	       aw_error_name(before), aw_error_message(before));
	return aw_error_unref(err);
}

static aw_fallback *pair(const char *name, aw_coro_fn *primary, aw_coro_fn *fallback)
{
	const struct aw_service services[] = { { .name = "primary", .fn = primary },
					       { .name = "fallback", .fn = fallback } };

	return aw_fallback_create(
		AW_FALLBACK_OPTS(.name = name, .services = services, .service_count = 2));
}

static aw_error *amain(void *arg, void **ret)
{
	static const char *const symbols[] = { "BTC", "ETH", "BTC" };
	struct handler data = { "market_data",
				pair("market_data", live_market_data, cached_market_data) };
	struct handler orders = { "order_execution",
				  pair("order_execution", execute_order, emergency_execution) };
	aw_error *err = NULL;

	for (size_t i = 0; err == NULL && i < 3; i++)
		err = get_market_data(&data, symbols[i]);
	if (err == NULL)
		err = order(&orders);
	aw_fallback_destroy(data.fallback);
	aw_fallback_destroy(orders.fallback);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
