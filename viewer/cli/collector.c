/* SPDX-License-Identifier: MIT */
/*
 * Sends the requests of `awry export otlp --endpoint` to an OpenTelemetry collector over HTTP. It reads the OTEL_
 * variables, compresses, and retries requests that may succeed later.
 */
#include "viewer/cli/collector.h"

#include <ctype.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "viewer/cli/cli.h"

#define PREFIX		"OTEL_EXPORTER_OTLP_"
#define SIGNALS		2
#define TRIES		5
#define FIRST_WAIT_MS	500u
#define LONGEST_WAIT_MS 30000u
#define ANSWER_BYTES	65536u

/* The destination of one signal (traces or logs), and how it is sent. */
struct route {
	char *url, *certificate;
	struct curl_slist *headers;
	long timeout_ms;
	bool gzip;
};

struct aw__collector {
	CURL *curl;
	struct route routes[SIGNALS];
	bool json;
	struct aw__buffer answer, packed;
};

static const struct {
	const char *name, *path;
} signals[SIGNALS] = {
	[AW__EXPORT_TRACES] = { "TRACES", "v1/traces" },
	[AW__EXPORT_LOGS] = { "LOGS", "v1/logs" },
};

/* A variable of one signal, or of both; NULL if it is not set, or empty. */
static const char *variable(int signal, const char *name)
{
	char space[96];
	const char *value;

	snprintf(space, sizeof(space), PREFIX "%s_%s", signals[signal].name, name);
	value = getenv(space);
	if (value != NULL && value[0] != '\0')
		return value;
	snprintf(space, sizeof(space), PREFIX "%s", name);
	value = getenv(space);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *aw__collector_environment(void)
{
	const char *both = getenv(PREFIX "ENDPOINT");

	if (both != NULL && both[0] != '\0')
		return both;
	return variable(AW__EXPORT_TRACES, "ENDPOINT") != NULL &&
			       variable(AW__EXPORT_LOGS, "ENDPOINT") != NULL
		       ? ""
		       : NULL;
}

/* Parse "key=value,key=value", percent-encoded; `take` gets each pair. False if it is malformed. */
static bool pairs(const char *text, bool (*take)(void *arg, const char *key, const char *value),
		  void *arg)
{
	char *copy = aw__alloc_must_copy(text, strlen(text)), *rest = copy, *pair;
	bool good = true;

	while (good && (pair = strsep(&rest, ",")) != NULL) {
		char *equals = strchr(pair, '='), *value = NULL;

		while (isspace((unsigned char)*pair))
			pair++;
		if (*pair == '\0')
			continue;
		if (equals != NULL && equals > pair) {
			*equals = '\0';
			value = curl_easy_unescape(NULL, equals + 1, 0, NULL);
		}
		good = value != NULL && take(arg, pair, value);
		curl_free(value);
	}
	aw__alloc_free(copy);
	return good;
}

/* A header with a line break could start another one: it is refused. */
static bool take_header(void *arg, const char *key, const char *value)
{
	struct route *route = arg;
	struct aw__buffer line = AW__BUFFER_EMPTY;
	bool good = true;

	aw__buffer_format(&line, "%s: %s", key, value);
	for (size_t i = 0; i < line.length; i++)
		good = good && (unsigned char)line.data[i] >= 0x20 && line.data[i] != 0x7f;
	if (good)
		route->headers = curl_slist_append(route->headers, aw__buffer_string(&line));
	aw__buffer_finish(&line);
	return good;
}

static bool set_url(struct route *route, int signal, const char *endpoint,
		    struct aw__problem *problem)
{
	char space[96];
	struct aw__buffer url = AW__BUFFER_EMPTY;
	const char *own;

	snprintf(space, sizeof(space), PREFIX "%s_ENDPOINT", signals[signal].name);
	own = getenv(space);
	/* an endpoint from the command line wins over the variable */
	if (own != NULL && own[0] != '\0' && endpoint == aw__collector_environment())
		aw__buffer_text(&url, own);
	else
		aw__buffer_format(
			&url, "%s%s%s", endpoint,
			endpoint[0] != '\0' && endpoint[strlen(endpoint) - 1] == '/' ? "" : "/",
			signals[signal].path);
	route->url = aw__alloc_must_copy(aw__buffer_string(&url), url.length);
	aw__buffer_finish(&url);
	return strncmp(route->url, "http://", 7) == 0 || strncmp(route->url, "https://", 8) == 0 ||
	       aw__problem_set(problem, "%.200s: an endpoint begins with http:// or https://",
			       route->url);
}

static bool set_timeout(struct route *route, int signal, struct aw__problem *problem)
{
	const char *value = variable(signal, "TIMEOUT");
	char *end;

	route->timeout_ms = 10000;
	if (value == NULL)
		return true;
	route->timeout_ms = strtol(value, &end, 10);
	return (*end == '\0' && route->timeout_ms > 0 && route->timeout_ms <= 86400000) ||
	       aw__problem_set(problem,
			       PREFIX "TIMEOUT is '%.60s'; allowed are milliseconds, 1 to 86400000",
			       value);
}

static bool set_route(struct aw__collector *collector, int signal, const char *endpoint,
		      struct aw__problem *problem)
{
	struct route *route = &collector->routes[signal];
	const char *headers = variable(signal, "HEADERS");
	const char *compression = variable(signal, "COMPRESSION");
	const char *certificate = variable(signal, "CERTIFICATE");

	if (!set_url(route, signal, endpoint, problem) || !set_timeout(route, signal, problem))
		return false;
	route->headers = curl_slist_append(
		route->headers, collector->json ? "Content-Type: application/json"
						: "Content-Type: application/x-protobuf");
	if (headers != NULL && !pairs(headers, take_header, route))
		return aw__problem_set(problem,
				       PREFIX "HEADERS is not a list of key=value, key=value");
	if (compression != NULL && strcmp(compression, "gzip") != 0 &&
	    strcmp(compression, "none") != 0)
		return aw__problem_set(problem,
				       PREFIX "COMPRESSION is '%.60s'; allowed are gzip and none",
				       compression);
	route->gzip = compression != NULL && strcmp(compression, "gzip") == 0;
	if (route->gzip)
		route->headers = curl_slist_append(route->headers, "Content-Encoding: gzip");
	if (certificate != NULL)
		route->certificate = aw__alloc_must_copy(certificate, strlen(certificate));
	return true;
}

static bool set_protocol(struct aw__collector *collector, struct aw__problem *problem)
{
	const char *protocol = variable(AW__EXPORT_TRACES, "PROTOCOL");

	if (protocol == NULL || strcmp(protocol, "http/protobuf") == 0)
		return true;
	collector->json = strcmp(protocol, "http/json") == 0;
	return collector->json ||
	       aw__problem_set(problem,
			       PREFIX
			       "PROTOCOL is '%.60s'; allowed are http/protobuf and http/json",
			       protocol);
}

struct aw__collector *aw__collector_create(const char *endpoint, struct aw__problem *problem)
{
	struct aw__collector *collector = aw__alloc_must_zeroed(1, sizeof(*collector));
	bool good = set_protocol(collector, problem);

	curl_global_init(CURL_GLOBAL_DEFAULT);
	collector->curl = curl_easy_init();
	if (collector->curl == NULL)
		good = aw__problem_set(problem, "libcurl cannot be used");
	for (int signal = 0; good && signal < SIGNALS; signal++)
		good = set_route(collector, signal, endpoint, problem);
	if (good)
		return collector;
	aw__collector_destroy(collector);
	return NULL;
}

void aw__collector_destroy(struct aw__collector *collector)
{
	if (collector == NULL)
		return;
	curl_easy_cleanup(collector->curl);
	for (int signal = 0; signal < SIGNALS; signal++) {
		curl_slist_free_all(collector->routes[signal].headers);
		aw__alloc_free(collector->routes[signal].url);
		aw__alloc_free(collector->routes[signal].certificate);
	}
	aw__buffer_finish(&collector->answer);
	aw__buffer_finish(&collector->packed);
	aw__alloc_free(collector);
	curl_global_cleanup();
}

bool aw__collector_json(const struct aw__collector *collector)
{
	return collector->json;
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *arg)
{
	struct aw__collector *collector = arg;

	if (collector->answer.length + size * count <= ANSWER_BYTES)
		aw__buffer_append(&collector->answer, bytes, size * count);
	return size * count;
}

static bool compress_body(struct aw__buffer *out, const void *body, size_t length)
{
	z_stream stream = { 0 };
	size_t most;
	char *room;
	bool done;

	aw__buffer_clear(out);
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	most = deflateBound(&stream, length);
	room = aw__buffer_reserve(out, most);
	stream.next_in = (Bytef *)(uintptr_t)body;
	stream.avail_in = (uInt)length;
	stream.next_out = (Bytef *)room;
	stream.avail_out = (uInt)most;
	done = room != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
	out->length = done ? stream.total_out : 0;
	deflateEnd(&stream);
	return done;
}

static void prepare(struct aw__collector *collector, const struct route *route, const void *body,
		    size_t length, char words[CURL_ERROR_SIZE])
{
	CURL *curl = collector->curl;

	aw__buffer_clear(&collector->answer);
	words[0] = '\0';
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, route->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, route->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, route->headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "awry");
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, collector);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	if (route->certificate != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, route->certificate);
}

static bool may_pass(CURLcode code, long status)
{
	if (code != CURLE_OK)
		return code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT ||
		       code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
		       code == CURLE_GOT_NOTHING || code == CURLE_COULDNT_RESOLVE_HOST;
	return status == 429 || status == 502 || status == 503 || status == 504;
}

/* Wait as long as Retry-After says; otherwise exponential back-off with a jitter of half the delay. */
static void wait_before(struct aw__collector *collector, unsigned attempt)
{
	uint64_t wait_ms = (uint64_t)FIRST_WAIT_MS << attempt;
	struct timespec time;
	curl_off_t after = 0;

	wait_ms = wait_ms / 2 + aw__clock_monotonic_ns() % wait_ms;
	curl_easy_getinfo(collector->curl, CURLINFO_RETRY_AFTER, &after);
	if (after > 0)
		wait_ms = (uint64_t)after * 1000;
	if (wait_ms > LONGEST_WAIT_MS)
		wait_ms = LONGEST_WAIT_MS;
	time.tv_sec = (time_t)(wait_ms / 1000);
	time.tv_nsec = (long)(wait_ms % 1000) * 1000000;
	nanosleep(&time, NULL);
}

static void tell_partial(struct aw__collector *collector, enum aw__export_signal signal)
{
	struct aw__buffer words = AW__BUFFER_EMPTY;
	uint64_t rejected;

	if (aw__export_partial_success(collector->answer.data, collector->answer.length,
				       collector->json, &rejected, &words))
		aw__cli_warn("%s: %" PRIu64 " %s were not taken%s%s", collector->routes[signal].url,
			     rejected, signal == AW__EXPORT_TRACES ? "spans" : "log records",
			     words.length > 0 ? ": " : "", aw__buffer_string(&words));
	aw__buffer_finish(&words);
}

bool aw__collector_send(void *arg, enum aw__export_signal signal, const void *body, size_t length,
			struct aw__problem *problem)
{
	struct aw__collector *collector = arg;
	const struct route *route = &collector->routes[signal];
	char words[CURL_ERROR_SIZE];
	CURLcode code = CURLE_OK;
	long status = 0;

	if (route->gzip) {
		if (!compress_body(&collector->packed, body, length))
			return aw__problem_set(problem, "a request could not be compressed");
		body = collector->packed.data;
		length = collector->packed.length;
	}
	for (unsigned attempt = 0; attempt < TRIES; attempt++) {
		prepare(collector, route, body, length, words);
		code = curl_easy_perform(collector->curl);
		status = 0;
		curl_easy_getinfo(collector->curl, CURLINFO_RESPONSE_CODE, &status);
		if (code == CURLE_OK && status >= 200 && status < 300) {
			tell_partial(collector, signal);
			return true;
		}
		if (!may_pass(code, status) || attempt + 1 == TRIES)
			break;
		wait_before(collector, attempt);
	}
	if (code != CURLE_OK)
		return aw__problem_set(problem, "%.200s: %s", route->url,
				       words[0] != '\0' ? words : curl_easy_strerror(code));
	return aw__problem_set(problem, "%.200s: the collector answered with status %ld",
			       route->url, status);
}

static bool take_label(void *arg, const char *key, const char *value)
{
	aw__export_add_label(arg, key, value);
	return true;
}

void aw__collector_add_labels(struct aw__export *export)
{
	const char *name = getenv("OTEL_SERVICE_NAME");
	const char *attributes = getenv("OTEL_RESOURCE_ATTRIBUTES");

	if (name != NULL && name[0] != '\0')
		aw__export_add_label(export, "service.name", name);
	if (attributes != NULL && !pairs(attributes, take_label, export))
		aw__cli_warn(
			"OTEL_RESOURCE_ATTRIBUTES is not a list of key=value, key=value: all from "
			"its first fault on is left out");
}
