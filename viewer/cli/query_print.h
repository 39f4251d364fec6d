/* SPDX-License-Identifier: MIT */
/* Prints the rows of `awry query`, as they come: as aligned text, JSON or CSV. */
#ifndef AW__CLI_QUERY_PRINT_H
#define AW__CLI_QUERY_PRINT_H

#include "viewer/cli/cli.h"
#include "viewer/export/sqlite_query.h"

enum aw__query_form { AW__QUERY_ALIGNED, AW__QUERY_JSON, AW__QUERY_CSV };

/** Print all rows of a prepared query to standard output. Returns the exit status. */
int aw__query_print(struct aw__query *query, enum aw__query_form form);

#endif
