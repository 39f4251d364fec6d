/* SPDX-License-Identifier: MIT */
/*
 * Prints the rows of `awry query`. JSON and CSV are written row by row. Text is aligned by the widths of the first rows,
 * which are kept until then; rows after them are written as they come.
 */
#include "viewer/cli/query_print.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"

#define FLUSH_BYTES  65536u
#define MEASURED     500u /* rows that determine the widths */
#define MOST_COLUMNS 60u  /* of the terminal, that a column is padded to */

struct printer {
	struct aw__query *query;
	enum aw__query_form form;
	int columns;
	struct aw__buffer out;
	uint64_t rows;
	bool ascii;
	bool escape;   /* CSV on a terminal */
	size_t *width; /* of each column, of the aligned text */
	char **cells;  /* of the measured rows, escaped */
	bool *right;   /* whether each is a number */
	size_t held;   /* how many rows are in `cells` */
};

/* A closed pipe (| head) ends the work without a message. */
static int write_out(struct printer *printer)
{
	struct aw__buffer *out = &printer->out;
	int status = AW__EXIT_DONE;

	if (out->failed)
		status = aw__cli_fail("out of memory");
	else if (out->length > 0 && !aw__cli_write(STDOUT_FILENO, out->data, out->length))
		status = aw__cli_pipe_broke(errno)
				 ? AW__EXIT_FAILED
				 : aw__cli_fail("standard output: %s", strerror(errno));
	aw__buffer_clear(out);
	return status;
}

static void put_hex(struct aw__buffer *out, const struct aw__query_value *value)
{
	aw__buffer_text(out, "x'");
	for (size_t i = 0; i < value->length; i++)
		aw__buffer_format(out, "%02x", (unsigned char)value->text[i]);
	aw__buffer_char(out, '\'');
}

/* ---- JSON ---- */

static void put_string(struct aw__buffer *out, const char *text, size_t length)
{
	struct aw__buffer valid = AW__BUFFER_EMPTY;
	json_t *string;
	char *json;

	aw__text_valid(&valid, text, length);
	string = json_stringn(aw__buffer_string(&valid), valid.length);
	json = json_dumps(string, JSON_ENCODE_ANY);
	if (json != NULL)
		aw__text_json(out, json, strlen(json));
	else
		out->failed = true;
	free(json);
	json_decref(string);
	aw__buffer_finish(&valid);
}

/* A column's key; of columns with one name, the later ones get a number: "name", "name_2". */
static void put_key(struct printer *printer, int column)
{
	struct aw__buffer key = AW__BUFFER_EMPTY;
	const char *name = aw__sqlite_query_name(printer->query, column);
	unsigned nth = 1;

	for (int i = 0; i < column; i++)
		nth += strcmp(aw__sqlite_query_name(printer->query, i), name) == 0;
	aw__buffer_text(&key, name);
	if (nth > 1)
		aw__buffer_format(&key, "_%u", nth);
	put_string(&printer->out, aw__buffer_string(&key), key.length);
	aw__buffer_finish(&key);
}

static void put_json(struct aw__buffer *out, const struct aw__query_value *value)
{
	struct aw__buffer hex = AW__BUFFER_EMPTY;

	switch (value->kind) {
	case AW__QUERY_NULL:
		aw__buffer_text(out, "null");
		break;
	case AW__QUERY_INTEGER:
	case AW__QUERY_REAL: /* JSON has no infinity */
		aw__buffer_text(out, strstr(value->text, "Inf") != NULL ? "null" : value->text);
		break;
	case AW__QUERY_TEXT:
		put_string(out, value->text, value->length);
		break;
	case AW__QUERY_BLOB:
		put_hex(&hex, value);
		put_string(out, aw__buffer_string(&hex), hex.length);
		break;
	}
	aw__buffer_finish(&hex);
}

static void json_row(struct printer *printer)
{
	aw__buffer_text(&printer->out, printer->rows > 0 ? ",\n {" : "[\n {");
	for (int i = 0; i < printer->columns; i++) {
		struct aw__query_value value;

		aw__buffer_text(&printer->out, i > 0 ? ", " : "");
		put_key(printer, i);
		aw__buffer_text(&printer->out, ": ");
		aw__sqlite_query_value(printer->query, i, &value);
		put_json(&printer->out, &value);
	}
	aw__buffer_char(&printer->out, '}');
}

/* ---- CSV: RFC 4180; NULL is an empty field, and an empty text is "" ---- */

static void put_field(struct printer *printer, const char *text, size_t length)
{
	struct aw__buffer safe = AW__BUFFER_EMPTY;
	const char *field;

	if (printer->escape)
		aw__text_escape(&safe, text, length, printer->ascii);
	else
		aw__text_valid(&safe, text, length);
	field = aw__buffer_string(&safe);
	if (safe.length > 0 && strlen(field) == safe.length && strpbrk(field, "\",\r\n") == NULL) {
		aw__buffer_append(&printer->out, field, safe.length);
	} else {
		aw__buffer_char(&printer->out, '"');
		for (size_t i = 0; i < safe.length; i++)
			aw__buffer_format(&printer->out, field[i] == '"' ? "\"%c" : "%c", field[i]);
		aw__buffer_char(&printer->out, '"');
	}
	aw__buffer_finish(&safe);
}

static void csv_header(struct printer *printer)
{
	for (int i = 0; i < printer->columns; i++) {
		const char *name = aw__sqlite_query_name(printer->query, i);

		aw__buffer_text(&printer->out, i > 0 ? "," : "");
		put_field(printer, name, strlen(name));
	}
	aw__buffer_text(&printer->out, "\r\n");
}

static void csv_row(struct printer *printer)
{
	for (int i = 0; i < printer->columns; i++) {
		struct aw__query_value value;

		aw__buffer_text(&printer->out, i > 0 ? "," : "");
		aw__sqlite_query_value(printer->query, i, &value);
		if (value.kind == AW__QUERY_BLOB)
			put_hex(&printer->out, &value);
		else if (value.kind != AW__QUERY_NULL)
			put_field(printer, value.text, value.length);
	}
	aw__buffer_text(&printer->out, "\r\n");
}

/* ---- aligned text ---- */

static void put_cell(struct printer *printer, int column, const char *cell, bool right)
{
	const size_t from = printer->out.length;

	aw__buffer_text(&printer->out, cell);
	if (right)
		aw__text_align_right(&printer->out, from, printer->width[column]);
	else if (column + 1 < printer->columns)
		aw__text_pad(&printer->out, from, printer->width[column]);
	aw__buffer_text(&printer->out, column + 1 < printer->columns ? "  " : "\n");
}

static void measure(struct printer *printer, int column, const char *cell)
{
	size_t width = aw__text_width(cell, strlen(cell));

	width = width < MOST_COLUMNS ? width : MOST_COLUMNS;
	if (printer->width[column] < width)
		printer->width[column] = width;
}

static char *make_cell(const struct printer *printer, const char *text, size_t length)
{
	struct aw__buffer cell = AW__BUFFER_EMPTY;
	char *copy;

	aw__text_escape(&cell, text, length, printer->ascii);
	copy = aw__alloc_must_copy(aw__buffer_string(&cell), cell.length);
	aw__buffer_finish(&cell);
	return copy;
}

static char *value_cell(const struct printer *printer, int column, bool *ret_right)
{
	struct aw__buffer hex = AW__BUFFER_EMPTY;
	struct aw__query_value value;
	char *cell;

	aw__sqlite_query_value(printer->query, column, &value);
	*ret_right = value.kind == AW__QUERY_INTEGER || value.kind == AW__QUERY_REAL;
	if (value.kind == AW__QUERY_NULL)
		return make_cell(printer, "NULL", 4);
	if (value.kind != AW__QUERY_BLOB)
		return make_cell(printer, value.text, value.length);
	put_hex(&hex, &value);
	cell = make_cell(printer, aw__buffer_string(&hex), hex.length);
	aw__buffer_finish(&hex);
	return cell;
}

/* Write the header and the measured rows; a header stands like the first row's value. */
static void release(struct printer *printer)
{
	const size_t columns = (size_t)printer->columns;

	for (int i = 0; i < printer->columns; i++) {
		const char *name = aw__sqlite_query_name(printer->query, i);
		char *cell = make_cell(printer, name, strlen(name));

		measure(printer, i, cell);
		put_cell(printer, i, cell, printer->held > 0 && printer->right[i]);
		aw__alloc_free(cell);
	}
	for (size_t i = 0; i < printer->held * columns; i++) {
		put_cell(printer, (int)(i % columns), printer->cells[i], printer->right[i]);
		aw__alloc_free(printer->cells[i]);
	}
	printer->held = 0;
}

static void aligned_row(struct printer *printer)
{
	if (printer->rows == MEASURED)
		release(printer);
	for (int i = 0; i < printer->columns; i++) {
		size_t at = printer->held * (size_t)printer->columns + (size_t)i;
		bool right;
		char *cell = value_cell(printer, i, &right);

		if (printer->rows < MEASURED) {
			measure(printer, i, cell);
			printer->cells[at] = cell;
			printer->right[at] = right;
		} else {
			put_cell(printer, i, cell, right);
			aw__alloc_free(cell);
		}
	}
	printer->held += printer->rows < MEASURED;
}

/* ---- all forms ---- */

static void begin(struct printer *printer)
{
	const size_t columns = (size_t)printer->columns;

	if (printer->form == AW__QUERY_CSV)
		csv_header(printer);
	if (printer->form != AW__QUERY_ALIGNED)
		return;
	printer->width = aw__alloc_must_zeroed(columns, sizeof(*printer->width));
	printer->cells = aw__alloc_must_zeroed(columns * MEASURED, sizeof(*printer->cells));
	printer->right = aw__alloc_must_zeroed(columns * MEASURED, sizeof(*printer->right));
	for (int i = 0; i < printer->columns; i++) {
		const char *name = aw__sqlite_query_name(printer->query, i);
		char *cell = make_cell(printer, name, strlen(name));

		measure(printer, i, cell);
		aw__alloc_free(cell);
	}
}

static void end(struct printer *printer)
{
	if (printer->form == AW__QUERY_JSON)
		aw__buffer_text(&printer->out, printer->rows > 0 ? "\n]\n" : "[]\n");
	if (printer->form == AW__QUERY_ALIGNED && printer->rows <= MEASURED)
		release(printer);
	aw__alloc_free(printer->width);
	aw__alloc_free(printer->cells);
	aw__alloc_free(printer->right);
}

static int print_rows(struct printer *printer)
{
	static void (*const rows[])(struct printer * printer) = {
		[AW__QUERY_ALIGNED] = aligned_row,
		[AW__QUERY_JSON] = json_row,
		[AW__QUERY_CSV] = csv_row,
	};
	enum aw__query_status status;
	struct aw__problem problem;
	int exit_status = AW__EXIT_DONE;

	while ((status = aw__sqlite_query_step(printer->query, &problem)) == AW__QUERY_ROW &&
	       exit_status == AW__EXIT_DONE) {
		rows[printer->form](printer);
		printer->rows++;
		if (printer->out.length >= FLUSH_BYTES || printer->out.failed)
			exit_status = write_out(printer);
	}
	if (status == AW__QUERY_FAILED)
		exit_status = aw__cli_fail("%s", problem.text);
	return exit_status;
}

int aw__query_print(struct aw__query *query, enum aw__query_form form)
{
	struct printer printer = {
		.query = query,
		.form = form,
		.columns = aw__sqlite_query_columns(query),
		.out = AW__BUFFER_EMPTY,
		.ascii = !aw__text_locale_is_utf8(),
		.escape = isatty(STDOUT_FILENO),
	};
	int status, written;

	begin(&printer);
	status = print_rows(&printer);
	end(&printer);
	written = write_out(&printer);
	aw__buffer_finish(&printer.out);
	return status != AW__EXIT_DONE ? status : written;
}
