/* SPDX-License-Identifier: MIT */
/*
 * An application's own exception hierarchy: isinstance() over all pairs, and errors that are raised while other
 * errors of the hierarchy are handled.
 */
#include "error_story.h"

static AW_ERROR_TYPE(TradingSystemError, aw_Exception);
static AW_ERROR_TYPE(ConnectionError, TradingSystemError);
static AW_ERROR_TYPE(DataProcessingError, TradingSystemError);
static AW_ERROR_TYPE(RiskManagementError, TradingSystemError);
static AW_ERROR_TYPE(LateData, DataProcessingError);

static void types(void)
{
	const aw_error_type *const all[] = {
		TradingSystemError, ConnectionError, DataProcessingError, RiskManagementError,
		LateData,	    aw_Exception,    aw_BaseException,	  aw_OSError,
		aw_ConnectionError, aw_ValueError,   aw_CancelledError,
	};

	for (size_t i = 0; i < 5; i++) {
		printf("%s", all[i]->name);
		for (size_t j = 0; j < 11; j++)
			printf(" %d", aw_error_type_is(all[i], all[j]));
		for (size_t j = 5; j < 11; j++)
			printf(" %d", aw_error_type_is(all[j], all[i]));
		printf("\n");
	}
}

static aw_error *store(const char *symbol, const char *text)
{
	double price = strtod(text, NULL);
	aw_error *err;

	if (price > 0)
		return NULL;
	err = aw_raise(aw_ValueError, "Invalid price for %s: %.1f", symbol, price);
	return aw_raise_in(err, aw_raise(DataProcessingError, "Invalid price data for %s: %s",
					 symbol, aw_error_message(err)));
}

static aw_error *body(const char *channel)
{
	if (channel == NULL)
		return aw_raise(DataProcessingError, "Missing channel field");
	if (strcmp(channel, "trades") == 0)
		return store("BTC", "-1.0");
	if (strcmp(channel, "l2Book") == 0)
		return aw_raise_key("levels");
	return aw_raise(DataProcessingError, "Unknown channel: %s", channel);
}

static aw_error *process(const char *channel)
{
	aw_error *err = body(channel);

	if (aw_error_is(err, aw_KeyError))
		return aw_raise_in(err, aw_raise(DataProcessingError, "Missing required field: %s",
						 aw_error_message(err)));
	if (aw_error_is(err, aw_Exception)) {
		aw_error *later = aw_raise_in(aw_error_ref(err),
					      aw_raise(DataProcessingError, "Processing failed: %s",
						       aw_error_message(err)));

		return aw_error_from(err, later);
	}
	return err;
}

int main(void)
{
	static const char *const channels[] = { NULL, "trades", "l2Book", "other" };

	types();
	for (size_t i = 0; i < 4; i++) {
		aw_error *err = process(channels[i]);

		shown(err);
		parts(err);
		aw_error_unref(err);
	}
	return 0;
}
