/* SPDX-License-Identifier: MIT */
#ifndef AW__ERROR_GROUP_H
#define AW__ERROR_GROUP_H

#include "agent/runtime/error/error_node.h"

/**
 * Copy a group with other members, at least one, and take their references on success.
 * NULL: no memory, nothing changed.
 */
aw_error *aw__error_group_like(const aw_error *group, aw_error *const *members, size_t count);

#endif
