// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/component_values.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

namespace trenail::spec {
namespace {

using component::ValKind;
using component::ValType;
using Kind = ComponentScriptValue::Kind;

std::unexpected<Error> Mismatch(const ComponentScriptValue& value) {
  return std::unexpected(
      Error(ErrorKind::kHost, "the argument " + ToText(std::span(&value, 1)) + " does not fit"));
}

// A record's field, a case, a flag; -1: none.
int FindLabel(const ValType& type, const std::string& label) {
  for (size_t i = 0; i < type.fields.size(); ++i)
    if (type.fields[i].label == label) return static_cast<int>(i);
  return -1;
}

// The case that the value says, and its payload.
std::pair<int, const ComponentScriptValue*> CaseOf(const ComponentScriptValue& value,
                                                   const ValType& type) {
  const ComponentScriptValue* payload = value.children.empty() ? nullptr : &value.children.front();
  switch (value.kind) {
    case Kind::kVariant:
      return {type.kind == ValKind::kVariant ? FindLabel(type, value.text) : -1, payload};
    case Kind::kEnum:
      return {type.kind == ValKind::kEnum ? FindLabel(type, value.text) : -1, payload};
    case Kind::kOption:
      return {type.kind == ValKind::kOption ? (payload != nullptr ? 1 : 0) : -1, payload};
    case Kind::kResult:
      return {type.kind == ValKind::kResult ? (value.is_error ? 1 : 0) : -1, payload};
    default:
      return {-1, nullptr};
  }
}

// The scalars of scripts are in the order of those of values.
ComponentValue::Kind ScalarKind(Kind kind) {
  return static_cast<ComponentValue::Kind>(static_cast<int>(kind) +
                                           static_cast<int>(ComponentValue::Kind::kBool));
}
static_assert(static_cast<int>(Kind::kString) == 12 &&
              static_cast<int>(ComponentValue::Kind::kString) == 13);

uint64_t BitsOf(const ComponentScriptValue& value) {
  switch (value.kind) {
    case Kind::kU8:
      return value.bits & 0xff;
    case Kind::kU16:
      return value.bits & 0xffff;
    case Kind::kU32:
    case Kind::kF32:
      return value.bits & 0xffffffff;
    default:
      return value.bits;
  }
}

bool IsNan(uint64_t bits, bool is_f64, wasm::text::NanPattern pattern) {
  const uint64_t quiet = is_f64 ? 0x7ff8000000000000 : 0x7fc00000;
  const uint64_t magnitude = bits & (is_f64 ? 0x7fffffffffffffff : 0x7fffffff);
  return pattern == wasm::text::NanPattern::kCanonical ? magnitude == quiet
                                                       : (magnitude & quiet) == quiet;
}

const ValType* ItemType(const ValType& type, size_t i) {
  return type.is_record() ? type.fields[i].type : type.element;
}

}  // namespace

Result<ComponentValue> ToComponentValue(const ComponentScriptValue& value, const ValType* type) {
  switch (value.kind) {
    case Kind::kString:
      return ComponentValue::String(value.text);
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kRecord: {
      if (type == nullptr) return Mismatch(value);
      const size_t count = value.children.size();
      if (type->is_record() && type->fields.size() != count) return Mismatch(value);
      if (!type->is_record() && type->element == nullptr) return Mismatch(value);
      std::vector<ComponentValue> items(count);
      for (size_t i = 0; i < count; ++i) {
        const int at =
            value.kind == Kind::kRecord ? FindLabel(*type, value.labels[i]) : static_cast<int>(i);
        if (at < 0) return Mismatch(value);
        items[static_cast<size_t>(at)] =
            TRY(ToComponentValue(value.children[i], ItemType(*type, static_cast<size_t>(at))));
      }
      return type->is_record() ? ComponentValue::Record(std::move(items))
                               : ComponentValue::List(std::move(items));
    }
    case Kind::kVariant:
    case Kind::kEnum:
    case Kind::kOption:
    case Kind::kResult: {
      if (type == nullptr) return Mismatch(value);
      const auto [index, payload] = CaseOf(value, *type);
      if (index < 0) return Mismatch(value);
      const ValType* const payload_type = type->fields[static_cast<size_t>(index)].type;
      if ((payload == nullptr) != (payload_type == nullptr)) return Mismatch(value);
      if (payload == nullptr) return ComponentValue::Variant(static_cast<uint32_t>(index));
      return ComponentValue::Variant(static_cast<uint32_t>(index),
                                     TRY(ToComponentValue(*payload, payload_type)));
    }
    case Kind::kFlags: {
      if (type == nullptr || type->kind != ValKind::kFlags) return Mismatch(value);
      uint32_t bits = 0;
      for (const std::string& label : value.labels) {
        const int at = FindLabel(*type, label);
        if (at < 0) return Mismatch(value);
        bits |= uint32_t{1} << at;
      }
      return ComponentValue::Flags(bits);
    }
    default:
      return ComponentValue::Scalar(ScalarKind(value.kind), BitsOf(value));
  }
}

bool Matches(const ComponentValue& value, const ValType* type,
             const ComponentScriptValue& pattern) {
  if (pattern.nan != wasm::text::NanPattern::kNone) {
    return value.kind() == ScalarKind(pattern.kind) &&
           IsNan(value.bits(), pattern.kind == Kind::kF64, pattern.nan);
  }
  switch (pattern.kind) {
    case Kind::kString:
      return value.kind() == ComponentValue::Kind::kString && value.string() == pattern.text;
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kRecord: {
      if (type == nullptr || value.items().size() != pattern.children.size()) return false;
      for (size_t i = 0; i < pattern.children.size(); ++i) {
        const int at = pattern.kind == Kind::kRecord ? FindLabel(*type, pattern.labels[i])
                                                     : static_cast<int>(i);
        if (at < 0 || !Matches(value.items()[static_cast<size_t>(at)],
                               ItemType(*type, static_cast<size_t>(at)), pattern.children[i]))
          return false;
      }
      return true;
    }
    case Kind::kVariant:
    case Kind::kEnum:
    case Kind::kOption:
    case Kind::kResult: {
      if (type == nullptr || !type->is_variant()) return false;
      const auto [index, payload] = CaseOf(pattern, *type);
      if (index < 0 || value.case_index() != static_cast<uint32_t>(index) ||
          value.has_payload() != (payload != nullptr))
        return false;
      return payload == nullptr ||
             Matches(value.payload(), type->fields[static_cast<size_t>(index)].type, *payload);
    }
    default: {
      const Result<ComponentValue> expected = ToComponentValue(pattern, type);
      return expected && *expected == value;
    }
  }
}

std::string ToText(const ComponentValue& value, const ValType* type) {
  using ValueKind = ComponentValue::Kind;
  switch (value.kind()) {
    case ValueKind::kUnit:
      return "nothing";
    case ValueKind::kBool:
      return value.boolean() ? "true" : "false";
    case ValueKind::kF32:
    case ValueKind::kF64: {
      char text[40];
      std::snprintf(
          text, sizeof text, "%.17g",
          value.kind() == ValueKind::kF32 ? static_cast<double>(value.f32()) : value.f64());
      return text;
    }
    case ValueKind::kS8:
    case ValueKind::kS16:
    case ValueKind::kS32:
    case ValueKind::kS64:
      return std::to_string(static_cast<int64_t>(value.bits()));
    case ValueKind::kString:
      return "\"" + value.string() + "\"";
    case ValueKind::kList:
    case ValueKind::kRecord: {
      std::string text = value.kind() == ValueKind::kList ? "[" : "{";
      for (size_t i = 0; i < value.items().size(); ++i)
        text += (i == 0 ? "" : ", ") +
                ToText(value.items()[i], type != nullptr ? ItemType(*type, i) : nullptr);
      return text + (value.kind() == ValueKind::kList ? "]" : "}");
    }
    case ValueKind::kVariant: {
      const bool known = type != nullptr && value.case_index() < type->fields.size();
      std::string text = known ? type->fields[value.case_index()].label
                               : "case " + std::to_string(value.case_index());
      if (value.has_payload())
        text += "(" +
                ToText(value.payload(), known ? type->fields[value.case_index()].type : nullptr) +
                ")";
      return text;
    }
    default:
      return std::to_string(value.bits());
  }
}

std::string ToText(std::span<const ComponentScriptValue> values) {
  std::string text;
  for (const ComponentScriptValue& value : values) {
    if (!text.empty()) text += ' ';
    switch (value.kind) {
      case Kind::kString:
        text += "\"" + value.text + "\"";
        break;
      case Kind::kVariant:
      case Kind::kEnum:
        text += value.text;
        break;
      case Kind::kOption:
        text += value.children.empty() ? "none" : "some";
        break;
      case Kind::kResult:
        text += value.is_error ? "error" : "ok";
        break;
      case Kind::kFlags:
        for (const std::string& label : value.labels) text += label + ",";
        break;
      case Kind::kList:
      case Kind::kRecord:
      case Kind::kTuple:
        break;
      default:
        text += std::to_string(static_cast<int64_t>(value.bits));
        break;
    }
    if (!value.children.empty()) text += "(" + ToText(value.children) + ")";
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace trenail::spec
