/* SPDX-License-Identifier: MIT */
/* A case that has a model of its own, and leaves nothing behind. */
#ifndef AW__TEST_MODEL_CASE_H
#define AW__TEST_MODEL_CASE_H

int model_case_set_up(void **state);
int model_case_tear_down(void **state);

#endif
