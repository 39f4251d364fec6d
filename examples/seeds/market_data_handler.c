/* SPDX-License-Identifier: MIT */
/*
 * The exception handler of a trading system: errors have a severity, and each severity its own recovery.
 *
 * The document writes the handler itself; here it is aw_recover() with four rules. Three mistakes of the document are
 * fixed in both twins: it wraps every error into a DataProcessingError, so that it neither retries a lost connection
 * quickly nor ever stops for a risk; it calls two functions that it does not have; and its ConnectionError hides the
 * built-in one, so that it recognises real connection errors only as OSError. The clock is a number here, so that
 * delays of minutes take no time.
 */
#include <awry.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RETRIES = 10 };

static AW_ERROR_TYPE(TradingSystemError, aw_Exception);
static AW_ERROR_TYPE(ConnectionError, TradingSystemError);
static AW_ERROR_TYPE(DataProcessingError, TradingSystemError);
static AW_ERROR_TYPE(RiskManagementError, TradingSystemError);

static const struct aw_severity_rule rules[] = {
	{ ConnectionError, NULL, 3, AW_SEVERITY_LOW },
	{ ConnectionError, NULL, 10, AW_SEVERITY_MEDIUM },
	{ ConnectionError, NULL, 0, AW_SEVERITY_HIGH },
	{ RiskManagementError, NULL, 0, AW_SEVERITY_CRITICAL },
};

/* ---- the clock ---- */

static aw_ns now;

static aw_ns read_clock(void *arg)
{
	return now;
}

static aw_error *sleep_on_clock(aw_ns duration, void *arg)
{
	now += duration;
	return NULL;
}

/* ---- messages ---- */

struct message {
	const char *channel; /* NULL: none */
	struct {
		const char *symbol, *price;
	} prices[2];
	int size;
};

static aw_error *process_mid_prices(const struct message *message)
{
	for (size_t i = 0; i < 2 && message->prices[i].symbol != NULL; i++) {
		double price = strtod(message->prices[i].price, NULL);

		if (price <= 0) {
			aw_error *err = aw_raise(aw_ValueError, "Invalid price for %s: %.1f",
						 message->prices[i].symbol, price);
			aw_error *wrapped =
				aw_raise(DataProcessingError, "Invalid price data for %s: %s",
					 message->prices[i].symbol, aw_error_message(err));

			return aw_raise_in(err, wrapped);
		}
	}
	return NULL;
}

static aw_error *process_trades(const struct message *message)
{
	static int left_to_fail = 4;

	if (left_to_fail > 0) {
		left_to_fail--;
		return aw_raise(ConnectionError, "the feed is gone");
	}
	if (message->size > 100)
		return aw_raise(RiskManagementError, "position limit exceeded");
	return NULL;
}

static aw_error *process_by_channel(const struct message *message)
{
	if (message->channel == NULL)
		return aw_raise(DataProcessingError, "Missing channel field");
	if (strcmp(message->channel, "allMids") == 0)
		return process_mid_prices(message);
	if (strcmp(message->channel, "trades") == 0)
		return process_trades(message);
	return aw_raise(DataProcessingError, "Unknown channel: %s", message->channel);
}

static aw_error *process_message_data(const struct message *message)
{
	aw_error *err = process_by_channel(message);
	aw_error *copy;

	if (err == NULL || aw_error_is(err, ConnectionError) ||
	    aw_error_is(err, RiskManagementError))
		return err;
	copy = aw_error_ref(err);
	err = aw_raise_from(err, DataProcessingError, "Processing failed: %s",
			    aw_error_message(copy));
	aw_error_unref(copy);
	return err;
}

/* ---- recovery ---- */

static void log_line(enum aw_severity severity, const char *text, void *arg)
{
	printf("%s\n", text);
}

static aw_error *emergency_shutdown(const aw_error *err, const aw_error_context_info *info,
				    void *arg)
{
	printf("EMERGENCY SHUTDOWN TRIGGERED\n");
	return NULL;
}

/* Process the message with retries; sets whether it could be processed. */
static aw_error *process_websocket_message(const struct aw_recovery *recovery,
					   const struct message *message, bool *ret_good)
{
	for (unsigned int retry_count = 0; retry_count < MAX_RETRIES; retry_count++) {
		aw_error_context_info info = { .component = "market_data_processor",
					       .operation = "process_websocket_message",
					       .timestamp = now,
					       .retry_count = retry_count };
		aw_error *err = process_message_data(message);
		aw_error *stop;
		bool again = false;

		*ret_good = err == NULL;
		if (err == NULL)
			return NULL;
		stop = aw_recover(recovery, err, &info, &again);
		aw_error_unref(err);
		if (stop != NULL || !again)
			return stop;
	}
	printf("Max retries exceeded for message processing\n");
	return NULL;
}

static aw_error *process_all(const struct aw_recovery *recovery)
{
	static const struct message messages[] = {
		{ .channel = "allMids", .prices = { { "BTC", "50000.5" }, { "ETH", "3000" } } },
		{ .channel = "trades", .size = 1 },
		{ .channel = "trades", .size = 1000 },
		{ .channel = "allMids", .prices = { { "BTC", "-1" } } },
		{ .channel = NULL },
	};

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const char *channel = messages[i].channel;
		bool good = false;

		AW_TRY(process_websocket_message(recovery, &messages[i], &good));
		printf("%s: %s at %g s\n", channel != NULL ? channel : "unknown",
		       good ? "True" : "False", (double)now / 1e9);
	}
	return NULL;
}

static void show(const aw_error_stats *stats)
{
	struct aw_error_stats_key key;

	for (size_t i = 0; (key = aw_error_stats_key_at(stats, i)).count > 0; i++)
		printf("%s.%s: %d\n", key.component, key.type->name, (int)key.count);
	printf("%d in the history, the last: %s\n", (int)aw_error_stats_total(stats),
	       aw_error_stats_recent(stats, 0)->message);
}

static aw_error *amain(void *arg, void **ret)
{
	static const aw_clock clock = { .now = read_clock, .sleep = sleep_on_clock };
	struct aw_recovery recovery = { .rules = rules,
					.rule_count = sizeof(rules) / sizeof(rules[0]),
					.stats = aw_error_stats_create(NULL),
					.log = log_line,
					.emergency = emergency_shutdown,
					.clock = &clock };
	aw_error *err = process_all(&recovery);

	if (err == NULL)
		show(recovery.stats);
	aw_error_stats_destroy(recovery.stats);
	return err;
}

int main(void)
{
	return aw_exit_status(aw_run(amain, NULL, NULL));
}
