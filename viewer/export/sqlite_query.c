/* SPDX-License-Identifier: MIT */
/*
 * Runs the statement of `awry query` over a database in memory. An authorizer refuses everything but reading: a
 * statement comes from the user, but may be copied from elsewhere.
 */
#include "viewer/export/sqlite_query.h"

#include <sqlite3.h>
#include <string.h>

#include "base/alloc.h"
#include "viewer/export/export_internal.h"

struct aw__query {
	sqlite3 *database; /* NULL: out of memory */
	sqlite3_stmt *statement;
};

static bool is_one_of(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (name != NULL && sqlite3_stricmp(*names, name) == 0)
			return true;
	return false;
}

static int authorize(void *arg, int action, const char *first, const char *second,
		     const char *schema, const char *trigger)
{
	/* the last three are of the shell: here they do not exist, unless SQLite was built with them */
	static const char *const functions[] = { "load_extension", "readfile", "writefile", "edit",
						 NULL };
	static const char *const pragmas[] = { "table_info", "table_xinfo", "table_list",
					       "function_list", NULL };

	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_UPDATE: /* by SQLite itself, for json_each(); a query cannot: it is not writable */
		return first != NULL && strcmp(first, "sqlite_master") == 0 ? SQLITE_OK
									    : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return is_one_of(functions, second) ? SQLITE_DENY : SQLITE_OK;
	case SQLITE_PRAGMA:
		return is_one_of(pragmas, first) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

struct aw__query *aw__sqlite_query_create(struct aw__export *export)
{
	struct aw__query *query = aw__alloc_must_zeroed(1, sizeof(*query));

	aw__export_end(export);
	query->database = export->database;
	export->database = NULL;
	if (query->database != NULL) {
		/* sorting needs no temporary file */
		sqlite3_exec(query->database, "PRAGMA temp_store = MEMORY; PRAGMA query_only = ON",
			     NULL, NULL, NULL);
		sqlite3_set_authorizer(query->database, authorize, NULL);
	}
	return query;
}

void aw__sqlite_query_destroy(struct aw__query *query)
{
	if (query == NULL)
		return;
	sqlite3_finalize(query->statement);
	sqlite3_close(query->database);
	aw__alloc_free(query);
}

/* "a, b, c": the tables and views. */
static void list_tables(struct aw__query *query, struct aw__buffer *out)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(
		    query->database,
		    "SELECT group_concat(name, ', ') FROM (SELECT name FROM sqlite_schema"
		    " WHERE type IN ('table', 'view') ORDER BY name)",
		    -1, &statement, NULL) != SQLITE_OK)
		return;
	if (sqlite3_step(statement) == SQLITE_ROW)
		aw__buffer_text(out, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

static bool refuse(struct aw__query *query, int status, struct aw__problem *problem)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	int offset = sqlite3_error_offset(query->database);

	if (status == SQLITE_AUTH)
		aw__buffer_text(&text, "only reading is allowed: ");
	aw__buffer_text(&text, sqlite3_errmsg(query->database));
	if (offset >= 0)
		aw__buffer_format(&text, ", at byte %d of the query", offset + 1);
	if (strstr(aw__buffer_string(&text), "no such ") != NULL) {
		aw__buffer_text(&text, "; tables are ");
		list_tables(query, &text);
	}
	aw__problem_set(problem, "%s", aw__buffer_string(&text));
	aw__buffer_finish(&text);
	return false;
}

/* Whether anything but comments and semicolons follows. */
static bool has_more(struct aw__query *query, const char *rest)
{
	while (*rest != '\0') {
		sqlite3_stmt *statement;
		const char *next;
		int status = sqlite3_prepare_v2(query->database, rest, -1, &statement, &next);

		sqlite3_finalize(statement);
		if (status != SQLITE_OK || statement != NULL || next == rest)
			return true;
		rest = next;
	}
	return false;
}

bool aw__sqlite_query_prepare(struct aw__query *query, const char *sql, struct aw__problem *problem)
{
	const char *rest;
	int status;

	if (query->database == NULL)
		return aw__problem_set(problem, "out of memory");
	status = sqlite3_prepare_v2(query->database, sql, -1, &query->statement, &rest);
	if (status != SQLITE_OK)
		return refuse(query, status, problem);
	if (query->statement == NULL)
		return aw__problem_set(problem, "the query is empty");
	if (has_more(query, rest))
		return aw__problem_set(problem, "only one statement is allowed");
	if (!sqlite3_stmt_readonly(query->statement))
		return aw__problem_set(problem, "only reading is allowed");
	if (sqlite3_bind_parameter_count(query->statement) > 0)
		return aw__problem_set(
			problem,
			"the query has a parameter (?, :name, @name or $name), which has no value");
	return true;
}

enum aw__query_status aw__sqlite_query_step(struct aw__query *query, struct aw__problem *problem)
{
	int status = sqlite3_step(query->statement);

	if (status == SQLITE_ROW)
		return AW__QUERY_ROW;
	if (status == SQLITE_DONE)
		return AW__QUERY_DONE;
	refuse(query, status, problem);
	return AW__QUERY_FAILED;
}

int aw__sqlite_query_columns(const struct aw__query *query)
{
	return sqlite3_column_count(query->statement);
}

const char *aw__sqlite_query_name(const struct aw__query *query, int column)
{
	const char *name = sqlite3_column_name(query->statement, column);

	return name != NULL ? name : "";
}

void aw__sqlite_query_value(const struct aw__query *query, int column,
			    struct aw__query_value *ret_value)
{
	static const enum aw__query_kind kinds[] = {
		[SQLITE_INTEGER] = AW__QUERY_INTEGER, [SQLITE_FLOAT] = AW__QUERY_REAL,
		[SQLITE_TEXT] = AW__QUERY_TEXT,	      [SQLITE_BLOB] = AW__QUERY_BLOB,
		[SQLITE_NULL] = AW__QUERY_NULL,
	};
	sqlite3_stmt *statement = query->statement;
	const void *bytes;

	ret_value->kind = kinds[sqlite3_column_type(statement, column)];
	bytes = ret_value->kind == AW__QUERY_BLOB ? sqlite3_column_blob(statement, column)
						  : sqlite3_column_text(statement, column);
	ret_value->text = bytes != NULL ? bytes : "";
	ret_value->length = bytes != NULL ? (size_t)sqlite3_column_bytes(statement, column) : 0;
}
