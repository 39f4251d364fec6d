/* SPDX-License-Identifier: MIT */
/** awry.h - the whole runtime: includes its other headers. */
#ifndef AWRY_H
#define AWRY_H

#include <awry/address.h>
#include <awry/compose.h>
#include <awry/context.h>
#include <awry/error.h>
#include <awry/filter.h>
#include <awry/loop.h>
#include <awry/process.h>
#include <awry/server.h>
#include <awry/resilience.h>
#include <awry/stream.h>
#include <awry/sync.h>
#include <awry/task.h>
#include <awry/thread.h>
#include <awry/version.h>
#include <awry/websockets.h>
#include <awry/with.h>

#endif
