// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a component imports and exports, and its types.

#include "libcomponent/c_api/handles.h"

using namespace trenail::c_api;  // NOLINT: the functions of the header stand outside
using component::Sort;

static_assert(TRENAIL_TYPE_MAP == static_cast<int>(component::ValKind::kMap));
static_assert(TRENAIL_TYPE_RECORD == static_cast<int>(component::ValKind::kRecord));

size_t trenail_component_num_imports(const trenail_component_t* component) {
  return component->component.imports().size();
}
const trenail_item_t* trenail_component_import(const trenail_component_t* component, size_t index) {
  return ToC(&component->component.imports()[index]);
}
size_t trenail_component_num_exports(const trenail_component_t* component) {
  return component->component.exports().size();
}
const trenail_item_t* trenail_component_export(const trenail_component_t* component, size_t index) {
  return ToC(&component->component.exports()[index]);
}

// ---- items

const char* trenail_item_name(const trenail_item_t* item) { return FromC(item).name.name.c_str(); }
trenail_item_kind_t trenail_item_kind(const trenail_item_t* item) {
  switch (FromC(item).type.sort) {
    case Sort::kCoreModule:
      return TRENAIL_ITEM_MODULE;
    case Sort::kValue:
      return TRENAIL_ITEM_VALUE;
    case Sort::kType:
      return TRENAIL_ITEM_TYPE;
    case Sort::kComponent:
      return TRENAIL_ITEM_COMPONENT;
    case Sort::kInstance:
      return TRENAIL_ITEM_INSTANCE;
    default:
      return TRENAIL_ITEM_FUNC;
  }
}
size_t trenail_item_num_exports(const trenail_item_t* item) {
  const component::InstanceType* const instance = FromC(item).type.instance;
  return instance != nullptr ? instance->exports.size() : 0;
}
const trenail_item_t* trenail_item_export(const trenail_item_t* item, size_t index) {
  return ToC(&FromC(item).type.instance->exports[index]);
}
const trenail_functype_t* trenail_item_functype(const trenail_item_t* item) {
  return ToC(FromC(item).type.func);
}
const trenail_valtype_t* trenail_item_valtype(const trenail_item_t* item) {
  const component::ExternType& type = FromC(item).type;
  return ToC(type.sort == Sort::kType ? type.type.val : type.value);
}

// ---- function types

bool trenail_functype_is_async(const trenail_functype_t* type) { return FromC(type).is_async; }
size_t trenail_functype_num_params(const trenail_functype_t* type) {
  return FromC(type).params.size();
}
const char* trenail_functype_param_name(const trenail_functype_t* type, size_t index) {
  return FromC(type).params[index].label.c_str();
}
const trenail_valtype_t* trenail_functype_param(const trenail_functype_t* type, size_t index) {
  return ToC(FromC(type).params[index].type);
}
const trenail_valtype_t* trenail_functype_result(const trenail_functype_t* type) {
  return ToC(FromC(type).result);
}

// ---- value types

trenail_type_kind_t trenail_valtype_kind(const trenail_valtype_t* type) {
  return static_cast<trenail_type_kind_t>(FromC(type).kind);
}
size_t trenail_valtype_num_fields(const trenail_valtype_t* type) {
  return FromC(type).fields.size();
}
const char* trenail_valtype_field_name(const trenail_valtype_t* type, size_t index) {
  return FromC(type).fields[index].label.c_str();
}
const trenail_valtype_t* trenail_valtype_field(const trenail_valtype_t* type, size_t index) {
  return ToC(FromC(type).fields[index].type);
}
const trenail_valtype_t* trenail_valtype_element(const trenail_valtype_t* type) {
  return ToC(FromC(type).element);
}
uint32_t trenail_valtype_length(const trenail_valtype_t* type) { return FromC(type).length; }
