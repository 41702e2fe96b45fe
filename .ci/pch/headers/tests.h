// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The same for tests, and what they are written with.

#ifndef TRENAIL_CI_PCH_HEADERS_TESTS_H_
#define TRENAIL_CI_PCH_HEADERS_TESTS_H_

#include <catch2/catch_test_macros.hpp>

#include ".ci/pch/headers/libraries.h"

#endif  // TRENAIL_CI_PCH_HEADERS_TESTS_H_
