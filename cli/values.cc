// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of --invoke; see values.h.

#include "cli/values.h"

#include "cli/invoke.h"

namespace trenail::cli {
namespace {

std::optional<CoreType> CoreTypeOf(ValType type) {
  if (type == ValType::kI32) return CoreType::kI32;
  if (type == ValType::kI64) return CoreType::kI64;
  if (type == ValType::kF32) return CoreType::kF32;
  if (type == ValType::kF64) return CoreType::kF64;
  if (type == ValType::kV128) return CoreType::kV128;
  return std::nullopt;
}

Result<Value> ToValue(const std::string& text, ValType type) {
  if (std::optional<CoreType> core = CoreTypeOf(type)) {
    CoreBits bits = TRY(ParseCoreValue(text, *core));
    return Value::FromSlots(type, bits.low, bits.high);
  }
  if (text == "null" && type.is_nullable()) return Value::Null(type.heap_type());
  return std::unexpected(
      Error(ErrorKind::kHost, "\"" + text + "\" is no " + ToString(type) +
                                  (type.is_nullable() ? ": only null can be written for a reference"
                                                      : ": such a reference cannot be written")));
}

std::string Format(const Value& value) {
  if (std::optional<CoreType> core = CoreTypeOf(value.type())) {
    return FormatCoreValue({value.low(), value.high()}, *core);
  }
  switch (value.ref_kind()) {
    case RefKind::kNull:
      return "null";
    case RefKind::kI31:
      return "i31(" + std::to_string(value.i31()) + ")";
    case RefKind::kStruct:
      return "struct";
    case RefKind::kArray:
      return "array";
    case RefKind::kFunc:
      return "func";
    case RefKind::kException:
      return "exception";
    case RefKind::kHost:
      return "host";
  }
  return "?";
}

}  // namespace

Result<std::vector<Value>> ToValues(std::span<const std::string> arguments, const FuncType& type,
                                    std::string_view function) {
  if (arguments.size() != type.params.size()) {
    ExternType external;
    external.kind = ExternKind::kFunc;
    external.func = type;
    return std::unexpected(
        Error(ErrorKind::kHost, std::string(function) + " takes " +
                                    std::to_string(type.params.size()) + " arguments, not " +
                                    std::to_string(arguments.size()) + ": " + ToString(external)));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    Result<Value> value = ToValue(arguments[i], type.params[i]);
    if (!value) {
      return std::unexpected(Error(ErrorKind::kHost, "argument " + std::to_string(i + 1) + " of " +
                                                         std::string(function) + ": " +
                                                         value.error().message()));
    }
    values.push_back(std::move(*value));
  }
  return values;
}

std::string FormatResults(std::span<const Value> results) {
  if (results.empty()) return "";
  if (results.size() == 1) return Format(results[0]);
  std::string text = "(";
  for (const Value& result : results) {
    if (text.size() > 1) text += ", ";
    text += Format(result);
  }
  return text + ")";
}

}  // namespace trenail::cli
