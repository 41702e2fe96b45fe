// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Component values of scripts: how arguments become values of a function's types, and whether
// results are as expected.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_VALUES_H_
#define TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_VALUES_H_

#include <span>
#include <string>

#include "libcomponent/libcomponent.h"
#include "libcomponent/text/script_values.h"

namespace trenail::spec {

using ComponentScriptValue = component::text::ScriptValue;

// `type` may be null for a scalar whose type is not known. Errors: kHost if it does not fit.
Result<ComponentValue> ToComponentValue(const ComponentScriptValue& value,
                                        const component::ValType* type);

bool Matches(const ComponentValue& value, const component::ValType* type,
             const ComponentScriptValue& pattern);

// In short; "nothing" for no value.
std::string ToText(const ComponentValue& value, const component::ValType* type);
std::string ToText(std::span<const ComponentScriptValue> values);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_COMPONENT_VALUES_H_
