// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of the runtime: modules put together by hand, as a decoder and a validator would leave
// them, and an engine whose functions are C++ callables.

#ifndef TRENAIL_LIBWASM_RUNTIME_RUNTIME_TEST_UTIL_H_
#define TRENAIL_LIBWASM_RUNTIME_RUNTIME_TEST_UTIL_H_

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "libwasm/module/validated_module.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/store.h"

namespace wasm::runtime {

// Runs function N of any module by calling functions[N]. Each activation has a frame, so traces and
// callers can be tested.
class FakeEngine : public ExecutionEngine {
 public:
  using Body = std::function<Trap(Instance&, Slot*)>;
  inline static std::map<uint32_t, Body> functions;

  const char* name() const override { return "fake"; }
  ArrayEntry entry() const override { return Enter; }
  FuncKind func_kind() const override { return FuncKind::kInterpreted; }

 private:
  static Trap Enter(VMThread* thread, FuncInst* func, Slot* slots) {
    if (thread->frame_top == thread->frame_limit) return Trap::kStackExhausted;
    *thread->frame_top++ = Frame{
        .pc = func->instance->bytes, .instance = func->instance, .func_index = func->func_index};
    const Trap trap = functions.at(func->func_index)(*func->instance, slots);
    if (trap == Trap::kNone) --thread->frame_top;
    return trap;
  }
};

class ModuleBuilder {
 public:
  Module module;

  ByteRange Bytes(std::initializer_list<uint8_t> bytes) {
    const auto begin = static_cast<uint32_t>(bytes_.size());
    bytes_.insert(bytes_.end(), bytes);
    return {begin, static_cast<uint32_t>(bytes_.size())};
  }
  // Instructions without the final `end`.
  ConstExpr Expr(std::initializer_list<uint8_t> code) {
    ByteRange range = Bytes(code);
    bytes_.push_back(0x0b);
    ++range.end;
    return {range};
  }
  TypeIdx Type(CompType comp) {
    module.rec_groups.push_back({static_cast<uint32_t>(module.types.size()), 1, false});
    module.types.push_back({true, {}, std::move(comp)});
    return TypeIdx(static_cast<uint32_t>(module.types.size() - 1));
  }
  TypeIdx Func(ResultType params, ResultType results) {
    return Type({CompType::Kind::kFunc, {std::move(params), std::move(results)}, {}});
  }
  TypeIdx Struct(std::vector<FieldType> fields) {
    return Type({CompType::Kind::kStruct, {}, std::move(fields)});
  }
  TypeIdx Array(ValType element) {
    return Type({CompType::Kind::kArray, {}, {FieldType{element, true}}});
  }
  // Imports come before everything defined, as in a module.
  void Import(std::string_view module_name, std::string_view name, ExternKind kind) {
    uint32_t index = 0;
    switch (kind) {
      case ExternKind::kFunc:
        index = module.num_imported_functions++;
        break;
      case ExternKind::kTable:
        index = module.num_imported_tables++;
        break;
      case ExternKind::kMemory:
        index = module.num_imported_memories++;
        break;
      case ExternKind::kGlobal:
        index = module.num_imported_globals++;
        break;
      case ExternKind::kTag:
        index = module.num_imported_tags++;
        break;
    }
    module.imports.push_back({module_name, name, kind, index, 0});
  }
  void Export(std::string_view name, ExternKind kind, uint32_t index) {
    module.exports.push_back({name, kind, index, 0});
  }
  void DefineFunc(TypeIdx type) { module.functions.push_back({type, {}, 0}); }
  void DefineMemory(uint64_t min, std::optional<uint64_t> max = {}, bool shared = false) {
    module.memories.push_back({MemType{.limits = {min, max}, .shared = shared}, 0});
  }
  void DefineTable(uint64_t min, ValType element = kFuncRef, std::optional<uint64_t> max = {}) {
    module.tables.push_back({TableType{.limits = {min, max}, .element = element}, {}, 0});
  }
  void DefineGlobal(GlobalType type, ConstExpr init) { module.globals.push_back({type, init, 0}); }
  void DefineData(std::initializer_list<uint8_t> bytes, std::optional<ConstExpr> offset = {}) {
    DataSegment segment;
    segment.mode = offset ? SegmentMode::kActive : SegmentMode::kPassive;
    if (offset) segment.memory_offset = *offset;
    segment.bytes = Bytes(bytes);
    module.datas.push_back(segment);
  }
  // `items` as in the binary format: function indices, or expressions with their ends.
  void DefineElem(ValType type, bool uses_exprs, uint32_t count,
                  std::initializer_list<uint8_t> items, std::optional<ConstExpr> offset = {}) {
    ElemSegment segment;
    segment.mode = offset ? SegmentMode::kActive : SegmentMode::kPassive;
    if (offset) segment.table_offset = *offset;
    segment.type = type;
    segment.uses_exprs = uses_exprs;
    segment.count = count;
    segment.items = Bytes(items);
    module.elems.push_back(segment);
  }

  std::shared_ptr<const ValidatedModule> Build(TypeStore& types) {
    module.bytes = ModuleBytes(bytes_);
    auto validated = std::make_shared<ValidatedModule>(
        std::make_shared<const Module>(std::move(module)), &types);
    for (const SubType& type : validated->module().types) {
      SubType canonical = type;
      for (ValType& param : canonical.comp.func.params) param = validated->Canonical(param);
      for (ValType& result : canonical.comp.func.results) result = validated->Canonical(result);
      for (FieldType& field : canonical.comp.fields) field.type = validated->Canonical(field.type);
      validated->type_ids.push_back(types.AddGroup({&canonical, 1}).value());
    }
    return validated;
  }

 private:
  std::vector<uint8_t> bytes_;
};

// A store over fresh types.
struct TestStore {
  explicit TestStore(const StoreLimits& limits = {}) : store(types, &engine, limits) {}

  Result<Instance*> Instantiate(ModuleBuilder& builder, std::vector<Extern> imports = {}) {
    return store.Instantiate(builder.Build(*types), imports, "test");
  }

  std::shared_ptr<TypeStore> types = std::make_shared<TypeStore>();
  FakeEngine engine;
  Store store;
};

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_RUNTIME_TEST_UTIL_H_
