// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The component values that a script passes to functions and compares their results with, such as
// `(list.const (u8.const 1))`.

#ifndef TRENAIL_LIBCOMPONENT_TEXT_SCRIPT_VALUES_H_
#define TRENAIL_LIBCOMPONENT_TEXT_SCRIPT_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libwasm/text/cursor.h"
#include "libwasm/text/wast_script.h"

namespace component::text {

struct ScriptValue {
  enum class Kind : uint8_t {
    kBool,
    kS8,
    kU8,
    kS16,
    kU16,
    kS32,
    kU32,
    kS64,
    kU64,
    kF32,
    kF64,
    kChar,
    kString,   // text
    kList,     // children
    kRecord,   // labels, children
    kTuple,    // children
    kVariant,  // text: the case; children: nothing or its value
    kEnum,     // text: the case
    kOption,   // children: nothing or one value
    kResult,   // is_error; children: nothing or one value
    kFlags,    // labels: those set, in the order written
  };
  Kind kind = Kind::kBool;
  // kBool: 0 or 1; integers, sign-extended; the bits of floats; kChar: the code point.
  uint64_t bits = 0;
  // A float where any NaN of a kind will do: in results only.
  wasm::text::NanPattern nan = wasm::text::NanPattern::kNone;
  bool is_error = false;
  std::string text;
  std::vector<std::string> labels;
  std::vector<ScriptValue> children;
};

// At an opening parenthesis: whether a component value stands there; f32.const and f64.const are
// core values as well.
bool AtComponentValue(const wasm::text::Cursor& in);
// `pattern`: a result, in which NaN patterns may stand.
bool ParseComponentValue(wasm::text::Cursor& in, bool pattern, ScriptValue* value);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_SCRIPT_VALUES_H_
