// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The host module `spectest` that the official scripts import.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_SPECTEST_H_
#define TRENAIL_SPEC_TESTS_RUNNER_SPECTEST_H_

#include "libwasm/libwasm.h"

namespace trenail::spec {

// Its print functions print nothing. Errors: as of making memories and tables.
Result<void> DefineSpectest(Store& store, Linker& linker);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_SPECTEST_H_
