/* SPDX-License-Identifier: MIT */
/*
 * Implements `awry doctor`, which checks whether programs, or one command, can be recorded on this machine, and prints what works, what does not, and what
 * mends it. The checks themselves are in doctor_*.c.
 */
#include "viewer/cli/doctor.h"

#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "viewer/cli/cli.h"
#include "viewer/cli/run_python.h"

#define JSON_VERSION 1
#define LINE_COLUMNS 110u
#define HEALTH_WIDTH 8u
#define NAME_WIDTH   12u

enum { OPTION_JSON = 1000, OPTION_PYTHON };

struct arguments {
	bool json;
	char *python;
	char **words; /* of the command; NULL: none */
};

/* clang-format off */
static const struct {
	const char *name;
	aw__check_function *function;
	enum { OF_ALL, OF_COMMAND, OF_PYTHON } of; /* what it is about */
} checks[] = {
	{ "awry", aw__doctor_program, OF_ALL },
	{ "recorder", aw__doctor_recorder, OF_ALL },
	{ "adapters", aw__doctor_adapters, OF_ALL },
	{ "symbols", aw__doctor_symbols, OF_ALL },
	{ "kernel", aw__doctor_kernel, OF_ALL },
	{ "system-calls", aw__doctor_calls, OF_ALL },
	{ "seccomp", aw__doctor_filter, OF_ALL },
	{ "ptrace", aw__doctor_ptrace, OF_ALL },
	{ "proc", aw__doctor_proc, OF_ALL },
	{ "folder", aw__doctor_folder, OF_ALL },
	{ "memory", aw__doctor_memory, OF_ALL },
	{ "limits", aw__doctor_limits, OF_ALL },
	{ "variables", aw__doctor_variables, OF_ALL },
	{ "trial", aw__doctor_trial, OF_ALL },
	{ "recordings", aw__doctor_recordings, OF_ALL },
	{ "command", aw__doctor_file, OF_COMMAND },
	{ "runtime", aw__doctor_library, OF_COMMAND },
	{ "python", aw__doctor_interpreter, OF_PYTHON },
	{ "package", aw__doctor_package, OF_PYTHON },
};

static const struct {
	const char *text;   /* in JSON, too */
	const char *colour;
} healths[] = {
	[AW__HEALTH_OK] = { "ok", "\033[32m" },
	[AW__HEALTH_UNKNOWN] = { "unknown", "\033[2m" },
	[AW__HEALTH_WARNING] = { "warning", "\033[33m" },
	[AW__HEALTH_MISSING] = { "missing", "\033[1;31m" },
};
/* clang-format on */

#define CHECK_COUNT (sizeof(checks) / sizeof(checks[0]))

/* ---- what the checks call ---- */

void aw__check_fact(struct aw__check *check, const char *format, ...)
{
	va_list arguments;

	if (check->fact.length > 0)
		aw__buffer_text(&check->fact, "; ");
	va_start(arguments, format);
	aw__buffer_vformat(&check->fact, format, arguments);
	va_end(arguments);
}

void aw__check_remark(struct aw__check *check, enum aw__health health, const char *format, ...)
{
	va_list arguments;

	if (health > check->health)
		check->health = health;
	if (check->remark_count == AW__MOST_REMARKS)
		return;
	va_start(arguments, format);
	aw__buffer_vformat(&check->remarks[check->remark_count++].text, format, arguments);
	va_end(arguments);
}

void aw__check_mend(struct aw__check *check, const char *format, ...)
{
	va_list arguments;

	if (check->remark_count == 0)
		return;
	va_start(arguments, format);
	/* the remarks beyond the last place have no place for this either */
	if (check->remarks[check->remark_count - 1].mend.length == 0)
		aw__buffer_vformat(&check->remarks[check->remark_count - 1].mend, format,
				   arguments);
	va_end(arguments);
}

static void finish(struct aw__check *check)
{
	aw__buffer_finish(&check->fact);
	for (size_t i = 0; i < check->remark_count; i++) {
		aw__buffer_finish(&check->remarks[i].text);
		aw__buffer_finish(&check->remarks[i].mend);
	}
}

/* ---- text ---- */

/* Print a text that may have anything in it, broken between words, each line below the first one's beginning. */
static void print_text(struct aw__buffer *out, const struct aw__buffer *text, bool ascii)
{
	const size_t indent = HEALTH_WIDTH + NAME_WIDTH + 2;
	struct aw__buffer escaped = AW__BUFFER_EMPTY;
	size_t column = indent;

	aw__text_escape(&escaped, aw__buffer_string(text), text->length, ascii);
	for (const char *word = aw__buffer_string(&escaped); *word != '\0';) {
		const size_t length = strcspn(word, " ");
		const size_t width = aw__text_width(word, length);

		if (column > indent && column + 1 + width > LINE_COLUMNS) {
			aw__buffer_format(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			aw__buffer_char(out, ' ');
			column++;
		}
		aw__buffer_append(out, word, length);
		column += width;
		word += length + strspn(word + length, " ");
	}
	aw__buffer_char(out, '\n');
	aw__buffer_finish(&escaped);
}

static void print_check(struct aw__buffer *out, const char *name, const struct aw__check *check,
			const struct aw__report_options *look)
{
	const int indent = HEALTH_WIDTH + NAME_WIDTH + 2;
	const char *colour = look->colour ? healths[check->health].colour : "";

	aw__buffer_format(out, "%s%-*s%s %-*s ", colour, (int)HEALTH_WIDTH,
			  healths[check->health].text, look->colour ? "\033[0m" : "",
			  (int)NAME_WIDTH, name);
	if (check->fact.length > 0)
		print_text(out, &check->fact, look->ascii);
	for (size_t i = 0; i < check->remark_count; i++) {
		const struct aw__remark *remark = &check->remarks[i];
		struct aw__buffer mend = AW__BUFFER_EMPTY;

		if (i > 0 || check->fact.length > 0)
			aw__buffer_format(out, "%*s", indent, "");
		print_text(out, &remark->text, look->ascii);
		if (remark->mend.length == 0)
			continue;
		aw__buffer_format(&mend, "to mend: %s", aw__buffer_string(&remark->mend));
		aw__buffer_format(out, "%*s", indent, "");
		print_text(out, &mend, look->ascii);
		aw__buffer_finish(&mend);
	}
}

static void count_in_words(struct aw__buffer *out, size_t count, const char *one, const char *more)
{
	if (count > 0)
		aw__buffer_format(out, "%s%zu %s", out->length > 0 ? ", " : "", count,
				  count == 1 ? one : more);
}

static void print_sum(struct aw__buffer *out, const size_t counts[])
{
	struct aw__buffer sum = AW__BUFFER_EMPTY;

	count_in_words(&sum, counts[AW__HEALTH_MISSING], "problem", "problems");
	count_in_words(&sum, counts[AW__HEALTH_WARNING], "warning", "warnings");
	count_in_words(&sum, counts[AW__HEALTH_UNKNOWN], "unknown", "unknown");
	aw__buffer_format(out, "\n%s\n",
			  sum.length > 0 ? aw__buffer_string(&sum) : "everything is in place");
	aw__buffer_finish(&sum);
}

/* ---- JSON ---- */

static json_t *json_of(const struct aw__buffer *text)
{
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	json_t *string;

	aw__text_valid(&valid, aw__buffer_string(text), text->length);
	string = json_string(aw__buffer_string(&valid));
	aw__buffer_finish(&valid);
	return string;
}

static json_t *json_of_check(const char *name, const struct aw__check *check)
{
	json_t *remarks = json_array();

	for (size_t i = 0; i < check->remark_count; i++)
		json_array_append_new(remarks,
				      json_pack("{so so}", "text", json_of(&check->remarks[i].text),
						"mend", json_of(&check->remarks[i].mend)));
	return json_pack("{ss ss so so}", "name", name, "status", healths[check->health].text,
			 "fact", json_of(&check->fact), "remarks", remarks);
}

static json_t *json_of_words(char *const *words)
{
	json_t *array;

	if (words == NULL)
		return json_null();
	array = json_array();
	for (size_t i = 0; words[i] != NULL; i++) {
		const struct aw__buffer word = { .data = words[i], .length = strlen(words[i]) };

		json_array_append_new(array, json_of(&word));
	}
	return array;
}

static void print_json(struct aw__buffer *out, const struct aw__doctor *doctor, json_t *list,
		       const size_t counts[])
{
	json_t *document = json_pack("{si so si si si so}", "version", JSON_VERSION, "command",
				     json_of_words(doctor->command.words), "problems",
				     (int)counts[AW__HEALTH_MISSING], "warnings",
				     (int)counts[AW__HEALTH_WARNING], "unknown",
				     (int)counts[AW__HEALTH_UNKNOWN], "checks", list);
	char *text = json_dumps(document, JSON_INDENT(2));

	if (text != NULL) {
		aw__text_json(out, text, strlen(text));
		aw__buffer_char(out, '\n');
	}
	free(text);
	json_decref(document);
}

/* ---- the command ---- */

/* The settings that are allowed; what is not, the check of the variables tells. */
static void read_settings(struct aw__settings *ret)
{
	const char *name, *allowed;
	char variable[64];

	aw__settings_default(ret);
	for (size_t i = 0; (name = aw__settings_name(i)) != NULL; i++) {
		const char *value;

		snprintf(variable, sizeof(variable), "AWRY_%s", name);
		value = getenv(variable);
		if (value != NULL)
			(void)aw__settings_set(ret, name, value, &allowed);
	}
}

static int examine(const struct arguments *arguments)
{
	static struct aw__doctor doctor; /* too large for a small stack */
	const struct aw__report_options look = aw__cli_options(STDOUT_FILENO);
	struct aw__buffer out = AW__BUFFER_EMPTY;
	size_t counts[AW__HEALTH_MISSING + 1] = { 0 };
	json_t *list = json_array();
	int status;

	read_settings(&doctor.settings);
	if (arguments->words != NULL) {
		doctor.command.words = aw__python_command(arguments->words, arguments->python);
		aw__doctor_find(&doctor.command);
	}
	for (size_t i = 0; i < CHECK_COUNT; i++) {
		struct aw__check check = { 0 };

		if ((checks[i].of == OF_COMMAND && doctor.command.words == NULL) ||
		    (checks[i].of == OF_PYTHON && !doctor.command.is_python))
			continue;
		checks[i].function(&doctor, &check);
		counts[check.health]++;
		if (arguments->json)
			json_array_append_new(list, json_of_check(checks[i].name, &check));
		else
			print_check(&out, checks[i].name, &check, &look);
		finish(&check);
	}
	if (arguments->json)
		print_json(&out, &doctor, json_incref(list), counts);
	else
		print_sum(&out, counts);
	json_decref(list);
	if (doctor.command.words != arguments->words)
		aw__alloc_free(doctor.command.words);
	status = aw__cli_page(&out);
	aw__buffer_finish(&out);
	return status != AW__EXIT_DONE || counts[AW__HEALTH_MISSING] == 0 ? status
									  : AW__EXIT_FAILED;
}

static const struct argp_option options[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON: docs/schema/doctor-1.json", 0 },
	{ "python", OPTION_PYTHON, "PROGRAM", 0,
	  "The interpreter of app.py and -m module, as for awry run; by default python3", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;
	char path[PATH_MAX];

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case OPTION_PYTHON:
		if (!aw__python_find_command(arg, path) || access(path, X_OK) != 0)
			aw__cli_usage(state, "--python: cannot run '%s'; expected an interpreter",
				      arg);
		arguments->python = arg;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->words = state->argv + state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Check whether programs can be recorded here, and print what works, what does not, and "
	"what mends it. "
	"With CMD, check also whether that command can be recorded. CMD is not run; if it is a "
	"Python command, its interpreter is asked for its version.\v"
	"Examples:\n"
	"  awry doctor\n"
	"  awry doctor -- python3 app.py\n"
	"  awry doctor --json -- ./server --port 8080\n"
	"\n"
	"The status of a check is ok, warning (a part of what awry shows is lost), missing "
	"(nothing is recorded) or "
	"unknown. Exits with 1 if something is missing.";

int aw__command_doctor(int argc, char **argv)
{
	static const struct argp_child children[] = { { &aw__paging_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = { options, parse, "[-- CMD ARGS...]", doc, children,
					  NULL,	   NULL };
	struct arguments arguments = { 0 };

	aw__cli_parse(&argp, argc, argv, ARGP_IN_ORDER, &arguments);
	return examine(&arguments);
}
