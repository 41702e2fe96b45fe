// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/parse_instances.h"

#include <utility>

namespace component::text {
namespace {

bool ParseCoreInlineExports(State& s, CoreInstanceDef* instance) {
  while (s.in.TakeForm("export")) {
    CoreInlineExport inline_export;
    if (!s.in.ExpectName(&inline_export.name) || !ParseCoreExternIdx(s, &inline_export.item) ||
        !s.in.ExpectRight())
      return false;
    instance->exports.push_back(std::move(inline_export));
  }
  return true;
}

bool ParseInlineExports(State& s, InstanceDef* instance) {
  while (s.in.TakeForm("export")) {
    InlineExport inline_export;
    if (!ParseExternName(s, &inline_export.name) || !ParseExternIdx(s, &inline_export.item) ||
        !s.in.ExpectRight())
      return false;
    instance->exports.push_back(std::move(inline_export));
  }
  return true;
}

// Whether `(instance` begins an instance on the spot: exports or nothing.
bool AtInlineInstance(const State& s) {
  return s.in.AtForm("instance") &&
         (s.in.Peek(2).kind == TokenKind::kLeft || s.in.Peek(2).kind == TokenKind::kRight);
}

// Behind `( with`.
bool ParseCoreArg(State& s, CoreInstantiateArg* arg) {
  if (!s.in.ExpectName(&arg->name)) return false;
  if (!AtInlineInstance(s)) {
    return s.in.ExpectForm("instance") && ParseItem(s, Sort::kCoreInstance, &arg->instance) &&
           s.in.ExpectRight();
  }
  s.in.TakeForm("instance");
  CoreInstanceDef instance;
  if (!ParseCoreInlineExports(s, &instance)) return false;
  EmitDefinition(s, std::move(instance));
  return Define(s, Sort::kCoreInstance, {}, &arg->instance) && s.in.ExpectRight() &&
         s.in.ExpectRight();
}

bool ParseArg(State& s, InstantiateArg* arg) {
  if (!s.in.ExpectName(&arg->name)) return false;
  if (!AtInlineInstance(s)) return ParseExternIdx(s, &arg->item) && s.in.ExpectRight();
  s.in.TakeForm("instance");
  InstanceDef instance;
  if (!ParseInlineExports(s, &instance)) return false;
  EmitDefinition(s, std::move(instance));
  arg->item.sort = Sort::kInstance;
  return Define(s, Sort::kInstance, {}, &arg->item.index) && s.in.ExpectRight() &&
         s.in.ExpectRight();
}

// The module to instantiate: within core definitions the word `core` is understood.
bool ParseModuleRef(State& s, uint32_t* index) {
  if (TakeSort(s, Sort::kCoreModule, false)) return ParseItem(s, Sort::kCoreModule, index);
  return ParseRef(s, Sort::kCoreModule, index);
}

}  // namespace

bool ParseCoreInstance(State& s) {
  Binder binder;
  if (!ParseBinder(s.m, &binder)) return false;
  if (s.in.TakeForm("alias"))
    return ParseInvertedAlias(s, Sort::kCoreInstance, binder) && s.in.ExpectRight();
  CoreInstanceDef instance;
  if (s.in.TakeForm("instantiate")) {
    instance.instantiate = true;
    if (!ParseModuleRef(s, &instance.module)) return false;
    while (s.in.TakeForm("with"))
      if (!ParseCoreArg(s, &instance.args.emplace_back())) return false;
    if (!s.in.ExpectRight()) return false;
  } else if (!ParseCoreInlineExports(s, &instance)) {
    return false;
  }
  EmitDefinition(s, std::move(instance));
  return Define(s, Sort::kCoreInstance, binder) && s.in.ExpectRight();
}

bool ParseInstanceExpr(State& s, InstanceDef* instance) {
  if (!s.in.TakeForm("instantiate")) return ParseInlineExports(s, instance);
  instance->instantiate = true;
  if (!ParseRef(s, Sort::kComponent, &instance->component)) return false;
  while (s.in.TakeForm("with"))
    if (!ParseArg(s, &instance->args.emplace_back())) return false;
  return s.in.ExpectRight();
}

}  // namespace component::text
