// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WAVE, the text of component values: {a: 1, b: some("x")}. Labels are those of WIT; which of the
// words `true false inf nan some none ok err` are cases of a type is said by a % before them.
// Errors have a position in the text and say what was expected there.

#ifndef TRENAIL_LIBCOMPONENT_WAVE_WAVE_H_
#define TRENAIL_LIBCOMPONENT_WAVE_WAVE_H_

#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/types/types.h"
#include "libcomponent/value.h"
#include "libwasm/support/error.h"

namespace component::wave {

// Handles, streams, futures and error contexts have no text; a type with one in it is an error
// where such a value would have to stand.
wasm::Result<Value> ParseValue(std::string_view text, const ValType& type);

// A function and the text of its arguments, of which the types are not known yet. Valid as long as
// the text is.
struct Call {
  std::string_view interface;  // "ns:pkg/iface@1.2.3"; empty: the component's own
  std::string_view function;   // "f", "[method]r.m"
  std::string_view callee;     // both, as written: what a core module may have exported
  std::string_view text;       // everything
  size_t arguments = 0;        // where in `text` they begin: behind the parenthesis
  bool has_arguments = false;  // there was a parenthesis
};
// f(1, "x")   ns:pkg/iface.f(…)   ns:pkg/iface@1.2.3.[method]r.m(…)   "any name".f(…)   f
// What it returns refers to the text.
wasm::Result<Call> ParseCall(std::string_view text);
// The arguments of all parameters; optional ones may be left out at the end.
wasm::Result<std::vector<Value>> ParseArguments(const Call& call, const FuncType& type);

// What ParseValue reads back as the same value. The value must be of the type.
std::string Print(const Value& value, const ValType& type);

}  // namespace component::wave

#endif  // TRENAIL_LIBCOMPONENT_WAVE_WAVE_H_
