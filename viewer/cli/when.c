/* SPDX-License-Identifier: MIT */
/*
 * Parses the times of --since and --until: relative to the recording's beginning or end, or to another time, or a
 * date with its zone.
 */
#include "viewer/cli/when.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "viewer/model/task_filter.h"

#define S UINT64_C(1000000000)

struct moment {
	char sign; /* '-' from the end, '+' from a base, ' ' from the beginning, '@' since 1970 */
	uint64_t ns;
};

/* ".678": its length. */
static size_t fraction(const char *text, uint64_t *ret_ns)
{
	uint64_t unit = S / 10;
	size_t length = 1;

	*ret_ns = 0;
	if (text[0] != '.' || !isdigit((unsigned char)text[1]))
		return 0;
	for (; isdigit((unsigned char)text[length]); length++, unit /= 10)
		*ret_ns += (uint64_t)(text[length] - '0') * unit;
	return length;
}

/* "Z" or "+02:00", to the text's end. */
static bool zone(const char *text, int64_t *ret_seconds)
{
	*ret_seconds = 0;
	if ((text[0] == 'Z' || text[0] == 'z') && text[1] == '\0')
		return true;
	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':' ||
	    strspn(text + 1, "0123456789") != 2 || strspn(text + 4, "0123456789") != 2)
		return false;
	*ret_seconds = atol(text + 1) * 3600 + atol(text + 4) * 60;
	if (text[0] == '-')
		*ret_seconds = -*ret_seconds;
	return true;
}

static bool date(const char *text, struct moment *ret)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%d", &tm);
	int64_t seconds, east;
	uint64_t ns;

	if (rest == NULL || strchr("Tt ", *rest) == NULL || *rest == '\0')
		return false;
	rest = strptime(rest + 1, "%H:%M:%S", &tm);
	if (rest == NULL)
		return false;
	rest += fraction(rest, &ns);
	if (!zone(rest, &east))
		return false;
	seconds = timegm(&tm) - east;
	if (seconds < 0 || seconds > INT64_MAX / (int64_t)S - 1)
		return false;
	*ret = (struct moment){ '@', (uint64_t)seconds * S + ns };
	return true;
}

static bool understand(const char *text, struct moment *ret, struct aw__problem *problem)
{
	const char *number = text + (*text == '-' || *text == '+');
	size_t length = aw__filter_duration(number, &ret->ns);

	ret->sign = number > text ? *text : ' ';
	if ((length > 0 && number[length] == '\0') || date(text, ret))
		return true;
	return aw__problem_set(
		problem,
		"invalid time '%.60s'; expected 10s (after the recording's beginning), -5s (before "
		"its end), +2.5s (after --since), with ns, us, ms, s, min, h or d, or a date such "
		"as 2026-11-21T03:04:05Z",
		text);
}

bool aw__when_is_one(const char *text, struct aw__problem *problem)
{
	struct moment moment;

	return understand(text, &moment, problem);
}

static uint64_t later(uint64_t from_ns, uint64_t ns)
{
	return ns < UINT64_MAX - from_ns ? from_ns + ns : UINT64_MAX;
}

bool aw__when_parse(const char *text, const struct aw__model *model, uint64_t base_ns,
		    uint64_t *ret_ns, struct aw__problem *problem)
{
	const struct aw__model_counts *counts = aw__model_counts(model);
	const struct aw__hello *hello = aw__model_hello(model);
	struct moment moment;

	if (!understand(text, &moment, problem))
		return false;
	if (moment.sign == '@' && hello == NULL)
		return aw__problem_set(problem,
				       "'%.60s': the recording has no date to compare with", text);
	if (moment.sign == '@') {
		uint64_t ago_ns = hello->realtime_ns - moment.ns;

		*ret_ns = moment.ns >= hello->realtime_ns
				  ? later(hello->monotonic_ns, moment.ns - hello->realtime_ns)
			  : ago_ns < hello->monotonic_ns ? hello->monotonic_ns - ago_ns
							 : 0;
	} else if (moment.sign == '-') {
		*ret_ns = moment.ns < counts->last_ns ? counts->last_ns - moment.ns : 0;
	} else {
		*ret_ns = later(moment.sign == '+' && base_ns != 0 ? base_ns : counts->first_ns,
				moment.ns);
	}
	return true;
}
