/* SPDX-License-Identifier: MIT */
/* Setup and teardown of a test with one model; the teardown fails if memory is left. */
#ifndef AW__TEST_MODEL_CASE_H
#define AW__TEST_MODEL_CASE_H

int model_case_set_up(void **state);
int model_case_tear_down(void **state);

#endif
