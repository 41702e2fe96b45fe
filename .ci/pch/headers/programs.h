// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same for programs, most of which are tests.

#ifndef TRENAIL_CI_PCH_HEADERS_PROGRAMS_H_
#define TRENAIL_CI_PCH_HEADERS_PROGRAMS_H_

#include ".ci/pch/headers/libraries.h"

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#endif

#endif  // TRENAIL_CI_PCH_HEADERS_PROGRAMS_H_
