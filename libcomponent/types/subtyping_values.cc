// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Equality of value and function types: that of their trees, but for names of types.

#include "libcomponent/types/subtyping.h"

namespace component {

namespace {

// Smaller types are compared anew rather than remembered.
constexpr uint32_t kRememberedSize = 16;

}  // namespace

std::string_view KindName(ValKind kind) {
  if (kind == ValKind::kFixedLengthList) return "fixed-length list";
  switch (kind) {
#define PRIM_TYPE(Name, word) \
  case ValKind::k##Name:      \
    return word;
#define COMPOUND_TYPE PRIM_TYPE
#include "libcomponent/syntax/val_types.def"
  }
  return "?";
}

bool Matcher::Equal(const ValType& sub, const ValType& super) {
  // Without resources the same tree is the same type, whatever the sides map.
  if (&sub == &super && !sub.contains_resource) return true;
  if (sub.kind != super.kind) {
    if (sub.is_primitive() && super.is_primitive())
      return Fail("expected primitive `" + std::string(KindName(super.kind)) +
                  "` found primitive `" + std::string(KindName(sub.kind)) + '`');
    return Fail("expected " + std::string(KindName(super.kind)) + ", found " +
                std::string(KindName(sub.kind)));
  }
  if (super.is_primitive()) return true;
  if (!Spend()) return false;
  if (super.extent.size < kRememberedSize) return EqualCompound(sub, super);
  const auto pair = Pair(&sub, &super);
  if (equal_.contains(pair)) return true;
  if (!EqualCompound(sub, super)) return false;
  equal_.insert(pair);
  return true;
}

bool Matcher::EqualCompound(const ValType& sub, const ValType& super) {
  switch (super.kind) {
    case ValKind::kRecord:
      return EqualFields(sub, super);
    case ValKind::kVariant:
      return EqualCases(sub, super);
    case ValKind::kTuple:
      return EqualTuples(sub, super);
    case ValKind::kFlags:
      return EqualLabels(sub, super, "flags");
    case ValKind::kEnum:
      return EqualLabels(sub, super, "enum");
    case ValKind::kOption:
      return Equal(*sub.fields[1].type, *super.fields[1].type) || In("type mismatch in option");
    case ValKind::kResult:
      return EqualOptional(sub.fields[0].type, super.fields[0].type, "ok") &&
             EqualOptional(sub.fields[1].type, super.fields[1].type, "err");
    case ValKind::kFixedLengthList:
      if (sub.length != super.length)
        return Fail("expected fixed size " + std::to_string(super.length) + ", found size " +
                    std::to_string(sub.length));
      [[fallthrough]];
    case ValKind::kList:
      return Equal(*sub.element, *super.element) || In("type mismatch in list element");
    case ValKind::kMap:
      return Equal(*sub.element, *super.element) || In("type mismatch in map");
    case ValKind::kStream:
      return EqualOptional(sub.element, super.element, "stream element");
    case ValKind::kFuture:
      return EqualOptional(sub.element, super.element, "future value");
    case ValKind::kOwn:
    case ValKind::kBorrow: {
      const ResourceId expected = Resolve(Side::kSuper, super.resource);
      return (expected != kNoResource && Resolve(Side::kSub, sub.resource) == expected) ||
             Fail("resource types are not the same");
    }
    default:
      return true;
  }
}

bool Matcher::EqualOptional(const ValType* sub, const ValType* super, std::string_view what) {
  if (super == nullptr && sub == nullptr) return true;
  if (super == nullptr) return Fail("expected " + std::string(what) + " type to not be present");
  if (sub == nullptr) return Fail("expected " + std::string(what) + " type, but found none");
  return Equal(*sub, *super) || In("type mismatch in " + std::string(what) + " variant");
}

bool Matcher::EqualFields(const ValType& sub, const ValType& super) {
  if (sub.fields.size() != super.fields.size())
    return Fail("expected " + std::to_string(super.fields.size()) + " fields, found " +
                std::to_string(sub.fields.size()));
  for (size_t i = 0; i < super.fields.size(); ++i) {
    const ValType::Field& expected = super.fields[i];
    const ValType::Field& offered = sub.fields[i];
    if (offered.label != expected.label)
      return Fail("expected field name `" + expected.label + "`, found `" + offered.label + '`');
    if (!Equal(*offered.type, *expected.type))
      return In("type mismatch in record field `" + expected.label + '`');
  }
  return true;
}

bool Matcher::EqualCases(const ValType& sub, const ValType& super) {
  if (sub.fields.size() != super.fields.size())
    return Fail("expected " + std::to_string(super.fields.size()) + " cases, found " +
                std::to_string(sub.fields.size()));
  for (size_t i = 0; i < super.fields.size(); ++i) {
    const ValType::Field& expected = super.fields[i];
    const ValType::Field& offered = sub.fields[i];
    if (offered.label != expected.label)
      return Fail("expected case named `" + expected.label + "`, found `" + offered.label + '`');
    if (expected.type == nullptr && offered.type != nullptr)
      return Fail("expected case `" + expected.label + "` to have no type");
    if (expected.type != nullptr && offered.type == nullptr)
      return Fail("expected case `" + expected.label + "` to have a type, found none");
    if (expected.type != nullptr && !Equal(*offered.type, *expected.type))
      return In("type mismatch in variant case `" + expected.label + '`');
  }
  return true;
}

bool Matcher::EqualTuples(const ValType& sub, const ValType& super) {
  if (sub.fields.size() != super.fields.size())
    return Fail("expected " + std::to_string(super.fields.size()) + " types, found " +
                std::to_string(sub.fields.size()));
  for (size_t i = 0; i < super.fields.size(); ++i)
    if (!Equal(*sub.fields[i].type, *super.fields[i].type))
      return In("type mismatch in tuple field " + std::to_string(i));
  return true;
}

bool Matcher::EqualLabels(const ValType& sub, const ValType& super, std::string_view what) {
  bool equal = sub.fields.size() == super.fields.size();
  for (size_t i = 0; equal && i < super.fields.size(); ++i)
    equal = sub.fields[i].label == super.fields[i].label;
  return equal || Fail("mismatch in " + std::string(what) + " elements");
}

bool Matcher::Equal(const FuncType& sub, const FuncType& super) {
  if (&sub == &super && !sub.contains_resource) return true;
  if (sub.is_async != super.is_async)
    return Fail(super.is_async ? "expected async function, found sync function"
                               : "expected sync function, found async function");
  if (sub.params.size() != super.params.size())
    return Fail("expected " + std::to_string(super.params.size()) + " parameters, found " +
                std::to_string(sub.params.size()));
  for (size_t i = 0; i < super.params.size(); ++i) {
    const ValType::Field& expected = super.params[i];
    const ValType::Field& offered = sub.params[i];
    if (offered.label != expected.label)
      return Fail("expected parameter named `" + expected.label + "`, found `" + offered.label +
                  '`');
    if (!Equal(*offered.type, *expected.type))
      return In("type mismatch in function parameter `" + expected.label + '`');
  }
  if (super.result == nullptr && sub.result == nullptr) return true;
  if (super.result == nullptr) return Fail("expected no result, found one");
  if (sub.result == nullptr) return Fail("expected a result, found none");
  return Equal(*sub.result, *super.result) || In("type mismatch with result type");
}

}  // namespace component
