/* SPDX-License-Identifier: MIT */
/* Setup and teardown of tests that use one model each; the teardown fails if memory is left. */
#include "model_case.h"

#include "base/alloc.h"
#include "viewer/model/model.h"

int model_case_set_up(void **state)
{
	*state = aw__model_create();
	return 0;
}

int model_case_tear_down(void **state)
{
	aw__model_destroy(*state);
	return aw__alloc_live() == 0 ? 0 : -1;
}
