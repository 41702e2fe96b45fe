// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The type section [valid-type]: groups are made canonical one after the other, then each declared
// subtype is compared with its supertype.

#include "libwasm/binary/limits.h"
#include "libwasm/validate/errors.h"
#include "libwasm/validate/module_rules.h"

namespace wasm::validate {

namespace {

// A type index as TypeStore::AddGroup wants it: a TypeId, or a number within the group.
uint32_t ToGroupNumber(uint32_t index, const RecGroup& group, const std::vector<TypeId>& ids) {
  return index >= group.first ? TypeStore::kRecBit | (index - group.first) : ids[index];
}

ValType ToGroupNumber(ValType type, const RecGroup& group, const std::vector<TypeId>& ids) {
  if (!type.is_ref() || !type.heap_type().is_concrete()) return type;
  return ValType::Ref(HeapType::Concrete(ToGroupNumber(type.heap_type().concrete(), group, ids)),
                      type.is_nullable());
}

}  // namespace

bool ModuleRules::CheckTypes() {
  vm_.type_ids.reserve(m_.types.size());
  c_.types.reserve(m_.types.size());
  for (const RecGroup& group : m_.rec_groups)
    if (!CheckRecGroup(group)) return false;
  return true;
}

bool ModuleRules::CheckTypeRefs(const SubType& type, uint32_t limit) {
  const auto check = [&](ValType t) {
    if (!c_.all_features && !HasType(c_.features, t))
      return sink_.Malformed(0, t.is_ref() ? "malformed reference type" : "malformed value type");
    if (t.is_ref() && t.heap_type().is_concrete() && t.heap_type().concrete() >= limit)
      return sink_.Invalid(0, errors::Unknown("type", t.heap_type().concrete()));
    return true;
  };
  for (ValType t : type.comp.func.params)
    if (!check(t)) return false;
  for (ValType t : type.comp.func.results)
    if (!check(t)) return false;
  for (const FieldType& field : type.comp.fields)
    if (!check(field.type)) return false;
  return true;
}

// [valid-rectype]
bool ModuleRules::CheckRecGroup(const RecGroup& group) {
  std::vector<SubType> types(m_.types.begin() + group.first,
                             m_.types.begin() + group.first + group.size);
  for (uint32_t i = 0; i < group.size; ++i) {
    SubType& type = types[i];
    if (!CheckTypeRefs(type, group.first + group.size)) return false;
    for (uint32_t& super : type.supertypes) {
      // A supertype stands before its subtypes.
      if (super >= group.first + i) return sink_.Invalid(0, errors::Unknown("type", super));
      super = ToGroupNumber(super, group, vm_.type_ids);
    }
    for (ValType& t : type.comp.func.params) t = ToGroupNumber(t, group, vm_.type_ids);
    for (ValType& t : type.comp.func.results) t = ToGroupNumber(t, group, vm_.type_ids);
    for (FieldType& f : type.comp.fields) f.type = ToGroupNumber(f.type, group, vm_.type_ids);
  }
  // Depths are bounded before displays are built.
  std::vector<uint32_t> depths(group.size);
  for (uint32_t i = 0; i < group.size; ++i) {
    for (uint32_t super : types[i].supertypes)
      depths[i] = 1 + ((super & TypeStore::kRecBit) != 0 ? depths[super & ~TypeStore::kRecBit]
                                                         : c_.store.Get(super).depth);
    if (depths[i] > limits::kSubtypeDepth)
      return sink_.Invalid(
          0, "sub type hierarchy too deep: the limit is " + std::to_string(limits::kSubtypeDepth));
  }
  Result<TypeId> first = c_.store.AddGroup(types);
  if (!first.has_value()) return sink_.Invalid(0, first.error().message());
  for (uint32_t i = 0; i < group.size; ++i) {
    vm_.type_ids.push_back(*first + i);
    c_.types.push_back(&c_.store.Get(*first + i));
  }
  for (uint32_t i = 0; i < group.size; ++i)
    if (!CheckSubType(group.first + i)) return false;
  return true;
}

// [valid-subtype]
bool ModuleRules::CheckSubType(uint32_t index) {
  const SubType& syntax = m_.types[index];
  if (syntax.supertypes.empty()) return true;
  const uint32_t super = syntax.supertypes[0];
  if (m_.types[super].is_final ||
      !c_.store.Matches(c_.types[index]->type.comp, c_.types[super]->type.comp))
    return sink_.Invalid(0, errors::SubTypeMismatch(index, super));
  return true;
}

}  // namespace wasm::validate
