// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Debian 12 has Catch2 2, one header; the tests use the header names of Catch2 3.
#pragma once
#include <catch2/catch.hpp>
