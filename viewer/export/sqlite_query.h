/* SPDX-License-Identifier: MIT */
/*
 * Queries over the tables of the SQLite export, which are built in memory:
 *
 *	export = aw__export_open(&aw__sqlite_query_exporter, NULL);
 *	while (… an item …)
 *		aw__export_item(export, &item);
 *	query = aw__sqlite_query_create(export);
 *	if (aw__sqlite_query_prepare(query, "SELECT …", &problem))
 *		while (aw__sqlite_query_step(query, &problem) == AW__QUERY_ROW)
 *			… aw__sqlite_query_value(query, i, &value)
 *
 * A query can only read: no table changes, no file is opened.
 */
#ifndef AW__EXPORT_SQLITE_QUERY_H
#define AW__EXPORT_SQLITE_QUERY_H

#include "viewer/export/export.h"

extern const struct aw__exporter aw__sqlite_query_exporter;

/** A query with a name; the table ends with a NULL name. */
struct aw__query_named {
	const char *name;
	const char *description; /* one line */
	const char *sql;
};

extern const struct aw__query_named aw__sqlite_named[];
/** The query of that name; NULL if there is none. */
const struct aw__query_named *aw__sqlite_named_find(const char *name);

enum aw__query_kind {
	AW__QUERY_NULL,
	AW__QUERY_INTEGER,
	AW__QUERY_REAL,
	AW__QUERY_TEXT,
	AW__QUERY_BLOB,
};

struct aw__query_value {
	enum aw__query_kind kind;
	const char *
		text; /* of numbers: decimal, with a point in every locale; any bytes of a text or blob */
	size_t length;
};

enum aw__query_status { AW__QUERY_ROW, AW__QUERY_DONE, AW__QUERY_FAILED };

struct aw__query;

/** End the export, and take its database. The caller closes the export. */
struct aw__query *aw__sqlite_query_create(struct aw__export *export);
void aw__sqlite_query_destroy(struct aw__query *query);
/** Compile the one statement of `sql`. False if it is wrong or does not only read. */
bool aw__sqlite_query_prepare(struct aw__query *query, const char *sql,
			      struct aw__problem *problem);
/** Go to the next row. */
enum aw__query_status aw__sqlite_query_step(struct aw__query *query, struct aw__problem *problem);
int aw__sqlite_query_columns(const struct aw__query *query);
/** A column's name; borrowed. */
const char *aw__sqlite_query_name(const struct aw__query *query, int column);
/** A value of this row; valid until the next step. */
void aw__sqlite_query_value(const struct aw__query *query, int column,
			    struct aw__query_value *ret_value);

#endif
