// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same, compiled for programs: with exceptions and RTTI.

#ifndef TRENAIL_CI_PCH_HEADERS_PROGRAMS_H_
#define TRENAIL_CI_PCH_HEADERS_PROGRAMS_H_

#include ".ci/pch/headers/libraries.h"

#endif  // TRENAIL_CI_PCH_HEADERS_PROGRAMS_H_
