// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of scripts: how arguments become values of a store, and whether results are as expected.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_VALUES_H_
#define TRENAIL_SPEC_TESTS_RUNNER_VALUES_H_

#include <span>
#include <string>

#include "libwasm/libwasm.h"
#include "spec-tests/runner/script.h"

namespace trenail::spec {

Value ToValue(Store& store, const ScriptValue& value);

bool Matches(const Value& value, const ResultPattern& pattern);

// As in a script: (i32.const 1) (f32.const nan:canonical) …; "nothing" for none.
std::string ToText(std::span<const Value> values);
std::string ToText(std::span<const ResultPattern> patterns);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_VALUES_H_
