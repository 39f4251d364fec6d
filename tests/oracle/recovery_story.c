/* SPDX-License-Identifier: MIT */
/*
 * A market data processor whose errors are classified, recovered from and counted: the log, the statistics and the
 * emergency.
 */
#include "resilience_story.h"

static AW_ERROR_TYPE(DataProcessingError, aw_Exception);
static AW_ERROR_TYPE(RiskManagementError, aw_Exception);

struct message {
	const char *channel, *symbol, *price;
};

static aw_error *check(const struct message *message)
{
	static int tries;

	if (message->channel == NULL)
		return aw_raise_key("channel");
	if (strcmp(message->channel, "allMids") == 0) {
		if (strtod(message->price, NULL) <= 0)
			return aw_raise(aw_ValueError, "Invalid price for %s: %s", message->symbol,
					message->price);
	} else if (strcmp(message->channel, "trades") == 0) {
		if (++tries < 6)
			return aw_raise(aw_ConnectionResetError, "gone %d", tries);
	} else if (strcmp(message->channel, "risk") == 0) {
		return aw_raise(RiskManagementError, "limit");
	} else {
		return aw_raise(DataProcessingError, "Unknown channel: %s", message->channel);
	}
	return NULL;
}

static aw_error *work(const struct message *message)
{
	aw_error *err = check(message);
	aw_error *cause = aw_error_ref(err);

	if (aw_error_is(err, aw_ValueError))
		err = aw_raise_from(err, DataProcessingError, "Invalid data value: %s",
				    aw_error_message(cause));
	aw_error_unref(cause);
	return err;
}

static void log_line(enum aw_severity severity, const char *text, void *arg)
{
	puts(text);
}

static aw_error *emergency(const aw_error *err, const aw_error_context_info *info, void *arg)
{
	puts("emergency shutdown");
	return NULL;
}

static const struct aw_severity_rule rule = { RiskManagementError, NULL, 0, AW_SEVERITY_CRITICAL };

static aw_error *process(const struct aw_recovery *recovery, const struct message *message,
			 unsigned int most, bool *ret_done)
{
	for (unsigned int count = 0; count < most; count++) {
		aw_error_context_info info = { .component = "market_data_processor",
					       .operation = "process",
					       .timestamp = story_ns,
					       .retry_count = count };
		aw_error *err = work(message), *late;
		bool again = false;

		*ret_done = err == NULL;
		if (err == NULL)
			return NULL;
		late = aw_recover(recovery, err, &info, &again);
		aw_error_unref(err);
		if (late != NULL || !again)
			return late;
	}
	puts("Max retries exceeded");
	return NULL;
}

static void sum_up(const aw_error_stats *stats)
{
	const struct aw_error_record *record;
	struct aw_error_stats_key key;

	for (size_t i = 0; (key = aw_error_stats_key_at(stats, i)).count > 0; i++)
		printf("%s.%s %d\n", key.component, key.type->name, (int)key.count);
	for (size_t i = 0; (record = aw_error_stats_recent(stats, i)) != NULL; i++)
		printf("%" PRIu64 " %s %s %s %s %u\n", record->time, record->component,
		       record->operation, record->type->name, record->message, record->retry_count);
}

static aw_error *amain(void *arg, void **ret)
{
	static const struct message feed[] = {
		{ "allMids", "BTC", "1.5" }, { NULL },	   { "nope" },
		{ "allMids", "BTC", "-1" },  { "trades" }, { "risk" },
	};
	struct aw_recovery recovery = { .rules = &rule,
					.rule_count = 1,
					.log = log_line,
					.emergency = emergency,
					.clock = &story_clock };

	recovery.stats = aw_error_stats_create(AW_ERROR_STATS_OPTS(.history = 5));
	for (size_t i = 0; i < 6; i++) {
		bool done = false;

		AW_TRY(process(&recovery, &feed[i], 8, &done));
		printf("%s %s\n", feed[i].channel != NULL ? feed[i].channel : "unknown",
		       truth(done));
	}
	sum_up(recovery.stats);
	aw_error_stats_destroy(recovery.stats);
	return NULL;
}

ORACLE_MAIN
