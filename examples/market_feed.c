/* SPDX-License-Identifier: MIT */
/*
 * A market data feed: a server that replays a recording over TCP, and clients that check what they get.
 *
 *	awry run -- ./market_feed [-n CLIENTS] [-m MESSAGES] [-r MESSAGES_PER_SECOND] [-l SECONDS] [FEED.ndjson]
 *
 * It works, but it has eight bugs that are typical of such programs. Its output does not show them:
 *
 *	never-retrieved    each message is checked by a task of its own, whose error is never retrieved;
 *	                   about 3 in 100 messages are broken
 *	never-awaited      progress() is called, and its coroutine forgotten
 *	leaked-task        a task waits for an acknowledgement that was never requested from the server
 *	blocked-loop       the book is saved with a call that blocks
 *	swallowed-cancel   the heartbeat of a client is cancelled at the client's end, and returns normally
 *	orphan-task        the monitor of a connection goes on after its client has ended, and nothing refers to it
 *	deadlock           two tasks acquire the locks of the book and of the ledger in opposite order
 *	unclosed-handle    the server is never stopped
 */
#include <awry.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

AW_ERROR_TYPE(TradingSystemError, aw_Exception);
AW_ERROR_TYPE(DataProcessingError, TradingSystemError);

enum { SAVE_EVERY = 5000, PROGRESS_EVERY = 4000 };

static struct {
	char **lines;
	size_t count;
	long clients, messages, rate, linger;
	uint16_t port;
	long seen, prices;
} feed = { .clients = 3, .messages = -1 };

/* ---- checking ---- */

static aw_error *store_price(void *arg, void **ret)
{
	AW_TRY(aw_sleep(AW_MS(1))); /* as long as a database takes */
	feed.prices++;
	return NULL;
}

static aw_error *check_price(const char *symbol, const json_t *price)
{
	const char *text = json_string_value(price);
	char *end;
	double value;

	if (text == NULL)
		return aw_raise(aw_TypeError, "price of %s is %s", symbol,
				price != NULL ? "no string" : "missing");
	value = strtod(text, &end);
	if (*text == '\0' || *end != '\0' || !isfinite(value) || value <= 0)
		return aw_raise(aw_ValueError, "invalid price for %s: %.40s", symbol, text);
	return aw_await(aw_call(store_price, NULL), NULL);
}

static aw_error *check_mids(const json_t *mids)
{
	const char *symbol;
	json_t *price;

	if (!json_is_object(mids))
		return aw_raise(aw_KeyError, "'data'");
	json_object_foreach((json_t *)mids, symbol, price)
		AW_TRY(check_price(symbol, price));
	return NULL;
}

static aw_error *check_trade(void *arg, void **ret)
{
	const json_t *trade = arg;
	const char *coin = json_string_value(json_object_get(trade, "coin"));

	if (coin == NULL)
		return aw_raise(aw_KeyError, "'coin'");
	return check_price(coin, json_object_get(trade, "px"));
}

/* All trades of a message at once, each in a task of the group. */
static aw_error *check_trades(const json_t *trades)
{
	aw_group *group;

	if (!json_is_array(trades))
		return aw_raise(aw_KeyError, "'data'");
	group = aw_group_open("trades");
	for (size_t i = 0; i < json_array_size(trades); i++)
		aw_group_spawn(group, check_trade, json_array_get(trades, i));
	return aw_group_close(&group, NULL);
}

static aw_error *check_book(const json_t *book)
{
	const char *coin = json_string_value(json_object_get(book, "coin"));
	const json_t *levels = json_object_get(book, "levels");

	if (coin == NULL || !json_is_array(levels))
		return aw_raise(aw_KeyError, "%s", coin == NULL ? "'coin'" : "'levels'");
	for (size_t side = 0; side < json_array_size(levels); side++) {
		const json_t *best = json_array_get(json_array_get(levels, side), 0);

		AW_TRY(check_price(coin, json_object_get(best, "px")));
	}
	return NULL;
}

static aw_error *check(const json_t *message, const json_error_t *flaw)
{
	const char *channel = json_string_value(json_object_get(message, "channel"));
	const json_t *data = json_object_get(message, "data");

	if (message == NULL)
		return aw_raise(aw_ValueError, "%s at column %d", flaw->text, flaw->column);
	if (channel == NULL)
		return aw_raise(aw_KeyError, "'channel'");
	if (strcmp(channel, "allMids") == 0)
		return check_mids(data);
	if (strcmp(channel, "l2Book") == 0)
		return check_book(data);
	if (strcmp(channel, "trades") == 0)
		return check_trades(data);
	return aw_raise(aw_LookupError, "unknown channel %.40s", channel);
}

static aw_error *process(void *arg, void **ret)
{
	const char *line = arg;
	json_error_t flaw;
	json_t *message = json_loads(line, JSON_REJECT_DUPLICATES, &flaw);
	aw_error *err = check(message, &flaw);

	json_decref(message);
	if (err != NULL && !aw_error_is(err, aw_CancelledError))
		err = aw_raise_from(err, DataProcessingError, "message %ld cannot be used",
				    (long)feed.seen);
	return err;
}

/* ---- the bugs ---- */

static aw_error *progress(void *arg, void **ret)
{
	printf("%ld messages\n", feed.seen);
	return NULL;
}

static aw_error *await_acknowledgement(void *arg, void **ret)
{
	return aw_await((aw_future *)arg, NULL);
}

static void save_book(void)
{
	const struct timespec disk = { .tv_nsec = 150000000 };

	nanosleep(&disk, NULL);
}

static void subscribe(void)
{
	aw_future *acknowledged = aw_future_create();

	aw_task_unref(aw_spawn(await_acknowledgement, acknowledged));
	aw_call_later(AW_MS(20), (aw_callback_fn *)(void (*)(void))aw_future_unref, acknowledged);
}

static aw_error *beat(void *arg, void **ret)
{
	aw_error *err = NULL;

	while (err == NULL)
		err = aw_sleep(AW_SEC(30));
	aw_error_unref(err); /* drops the CancelledError, and so returns normally */
	return NULL;
}

static aw_error *monitor(void *arg, void **ret)
{
	for (;;)
		AW_TRY(aw_sleep(AW_SEC(30)));
}

static aw_lock book_lock, ledger_lock;

static aw_error *with_both(aw_lock *one, aw_lock *other)
{
	aw_error *err;

	AW_TRY(aw_lock_acquire(one));
	err = aw_sleep(AW_MS(1));
	if (err == NULL)
		err = aw_lock_acquire(other);
	if (err == NULL)
		err = aw_lock_release(other);
	return err != NULL ? err : aw_lock_release(one);
}

static aw_error *rebalance(void *arg, void **ret)
{
	return with_both(&book_lock, &ledger_lock);
}

static aw_error *settle(void *arg, void **ret)
{
	return with_both(&ledger_lock, &book_lock);
}

static void take(char *line)
{
	feed.seen++;
	aw_task_unref(aw_spawn(process, line)); /* its error can never be retrieved */
	if (feed.seen % PROGRESS_EVERY == 0)
		(void)aw_call(progress, NULL);
	if (feed.seen % SAVE_EVERY == 0)
		save_book();
}

/* ---- the network ---- */

static aw_error *serve(aw_stream *stream, void *arg)
{
	const aw_ns start = aw_now();

	for (long i = 0; i < feed.messages || feed.messages == 0; i++) {
		const char *line = feed.lines[(size_t)i % feed.count];

		if (feed.rate > 0)
			AW_TRY(aw_sleep_until(start + (aw_ns)i * 1000000000u / (aw_ns)feed.rate));
		AW_TRY(aw_stream_write(stream, line, strlen(line)));
		AW_TRY(aw_stream_write(stream, "\n", 1));
		AW_TRY(aw_stream_drain(stream));
	}
	return aw_stream_write_eof(stream);
}

static aw_error *client(void *arg, void **ret)
{
	const char *line;
	aw_stream *stream;
	aw_task *heart;
	aw_error *err;
	size_t length;

	AW_TRY(aw_stream_connect("127.0.0.1", feed.port, &stream));
	subscribe();
	aw_task_unref(aw_spawn(monitor, NULL));
	heart = aw_spawn(beat, NULL);
	for (long i = 0;; i++) {
		err = aw_stream_read_line(stream, &line, &length);
		if (err != NULL || length == 0)
			break;
		take(feed.lines[(size_t)i % feed.count]); /* the same text, in memory that stays */
		if (i % 64 == 63)
			err = aw_yield();
		if (err != NULL)
			break;
	}
	aw_stream_unref(stream);
	aw_task_cancel(heart, "the client has ended");
	if (err == NULL)
		err = aw_await(heart, NULL);
	aw_task_unref(heart);
	return err;
}

static aw_error *amain(void *arg, void **ret)
{
	aw_task *books[2];
	aw_server *server;
	aw_group *group;

	AW_TRY(aw_server_start("127.0.0.1", 0, serve, NULL, &server));
	feed.port = aw_server_port(server);
	aw_lock_init(&book_lock);
	aw_lock_init(&ledger_lock);
	books[0] = aw_spawn(rebalance, NULL);
	books[1] = aw_spawn(settle, NULL);
	group = aw_group_open("clients");
	for (long i = 0; i < feed.clients; i++)
		aw_group_spawn(group, client, AW_PTR(i));
	AW_TRY(aw_group_close(&group, NULL));
	AW_TRY(aw_sleep(AW_MS(50))); /* until all prices are stored */
	printf("%ld messages, %ld prices stored\n", feed.seen, feed.prices);
	fflush(stdout);
	AW_TRY(aw_sleep(AW_SEC((aw_ns)feed.linger)));
	for (size_t i = 0; i < 2; i++)
		aw_task_unref(books[i]); /* the end of the run cancels them */
	return NULL;
}

/* ---- the start ---- */

static void load(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	while ((length = getline(&line, &size, file)) >= 0) {
		feed.lines = realloc(feed.lines, (feed.count + 1) * sizeof(*feed.lines));
		line[strcspn(line, "\n")] = '\0';
		feed.lines[feed.count++] = strdup(line);
	}
	free(line);
	fclose(file);
}

static void unload(void)
{
	for (size_t i = 0; i < feed.count; i++)
		free(feed.lines[i]);
	free(feed.lines);
}

int main(int argc, char **argv)
{
	int option, status;

	while ((option = getopt(argc, argv, "n:m:r:l:")) != -1) {
		switch (option) {
		case 'n':
			feed.clients = atol(optarg);
			break;
		case 'm':
			feed.messages = atol(optarg);
			break;
		case 'r':
			feed.rate = atol(optarg);
			break;
		case 'l':
			feed.linger = atol(optarg);
			break;
		default:
			fprintf(stderr,
				"usage: market_feed [-n CLIENTS] [-m MESSAGES (0: for ever)] "
				"[-r MESSAGES_PER_SECOND] [-l SECONDS] [FEED]\n");
			return 2;
		}
	}
	load(optind < argc ? argv[optind] : FEED_PATH);
	if (feed.messages < 0)
		feed.messages = (long)feed.count;
	status = aw_exit_status(aw_run(amain, NULL, NULL));
	unload();
	return status;
}
