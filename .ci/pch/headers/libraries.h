// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What nearly every file includes: the standard library, and the vocabulary (layer 0), whose tables
// of instructions are worked out by the compiler. Nothing above: a change to a header that is
// listed here compiles everything anew.

#ifndef TRENAIL_CI_PCH_HEADERS_LIBRARIES_H_
#define TRENAIL_CI_PCH_HEADERS_LIBRARIES_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstring>
#include <expected>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "libwasm/opcodes/visit.h"
#include "libwasm/support/error.h"

#endif  // TRENAIL_CI_PCH_HEADERS_LIBRARIES_H_
