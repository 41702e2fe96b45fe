// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the tests of lifting and lowering share: types by construction, with the layouts that
// validation works out, and an instance that is nothing but bytes, a bump allocator which notes how
// it is called (run_tests.py: Heap), and a table of handles.

#ifndef TRENAIL_LIBCOMPONENT_ABI_ABI_TEST_UTIL_H_
#define TRENAIL_LIBCOMPONENT_ABI_ABI_TEST_UTIL_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/memory.h"
#include "libcomponent/abi/traps.h"

namespace component::abi {

class TypeBuilder {
 public:
  const ValType* Prim(ValKind kind) { return Finish({.kind = kind}); }
  const ValType* String() { return Prim(ValKind::kString); }
  const ValType* List(const ValType* element) {
    return Finish({.kind = ValKind::kList, .element = element});
  }
  const ValType* List(const ValType* element, uint32_t length) {
    return Finish({.kind = ValKind::kFixedLengthList, .element = element, .length = length});
  }
  const ValType* Map(const ValType* key, const ValType* value) {
    return Finish({.kind = ValKind::kMap, .element = Tuple({key, value})});
  }
  const ValType* Record(std::vector<ValType::Field> fields) {
    return Finish({.kind = ValKind::kRecord, .fields = std::move(fields)});
  }
  const ValType* Tuple(const std::vector<const ValType*>& types) {
    ValType tuple{.kind = ValKind::kTuple};
    for (size_t i = 0; i < types.size(); ++i) tuple.fields.push_back({std::to_string(i), types[i]});
    return Finish(std::move(tuple));
  }
  const ValType* Variant(std::vector<ValType::Field> cases) {
    return Finish({.kind = ValKind::kVariant, .fields = std::move(cases)});
  }
  const ValType* Enum(const std::vector<std::string>& labels) {
    return Finish({.kind = ValKind::kEnum, .fields = Labels(labels)});
  }
  const ValType* Option(const ValType* type) {
    return Finish({.kind = ValKind::kOption, .fields = {{"none", nullptr}, {"some", type}}});
  }
  const ValType* Result(const ValType* ok, const ValType* error) {
    return Finish({.kind = ValKind::kResult, .fields = {{"ok", ok}, {"error", error}}});
  }
  const ValType* Flags(const std::vector<std::string>& labels) {
    return Finish({.kind = ValKind::kFlags, .fields = Labels(labels)});
  }
  const ValType* Flags(uint32_t count) {
    std::vector<std::string> labels;
    for (uint32_t i = 0; i < count; ++i) labels.push_back("f" + std::to_string(i));
    return Flags(labels);
  }
  const ValType* Handle(ValKind kind, ResourceId resource = kNoResource) {
    return Finish({.kind = kind, .resource = resource});
  }

 private:
  static std::vector<ValType::Field> Labels(const std::vector<std::string>& labels) {
    std::vector<ValType::Field> fields;
    for (const std::string& label : labels) fields.push_back({label, nullptr});
    return fields;
  }

  const ValType* Finish(ValType type) {
    if (type.is_variant()) {
      const size_t n = type.fields.size();
      type.discriminant_size = n <= 1u << 8 ? 1 : n <= 1u << 16 ? 2 : 4;
    } else if (type.kind == ValKind::kFlags) {
      const size_t n = type.fields.size();
      type.discriminant_size = n <= 8 ? 1 : n <= 16 ? 2 : 4;
    }
    for (const PtrType ptr : {PtrType::kI32, PtrType::kI64}) Lay(type, ptr);
    types_.push_back(std::move(type));
    return &types_.back();
  }

  static wasm::ValType Join(wasm::ValType a, wasm::ValType b) {
    if (a == b) return a;
    const auto narrow = [](wasm::ValType t) {
      return t == wasm::ValType(wasm::ValType::kI32) || t == wasm::ValType(wasm::ValType::kF32);
    };
    return narrow(a) && narrow(b) ? wasm::ValType::kI32 : wasm::ValType::kI64;
  }

  static void Lay(ValType& type, PtrType ptr) {
    ValType::Layout& layout = type.layouts[static_cast<int>(ptr)];
    std::vector<wasm::ValType> flat;
    const auto scalar = [&](uint32_t size, wasm::ValType core) {
      layout.alignment = layout.size = size;
      flat = {core};
    };
    using enum wasm::ValType::Code;
    switch (type.kind) {
      case ValKind::kBool:
      case ValKind::kS8:
      case ValKind::kU8:
        scalar(1, kI32);
        break;
      case ValKind::kS16:
      case ValKind::kU16:
        scalar(2, kI32);
        break;
      case ValKind::kS64:
      case ValKind::kU64:
        scalar(8, kI64);
        break;
      case ValKind::kF32:
        scalar(4, kF32);
        break;
      case ValKind::kF64:
        scalar(8, kF64);
        break;
      case ValKind::kString:
      case ValKind::kList:
      case ValKind::kMap: {
        const wasm::ValType pointer = ptr == PtrType::kI32 ? kI32 : kI64;
        layout.alignment = PtrSize(ptr);
        layout.size = 2 * PtrSize(ptr);
        flat = {pointer, pointer};
        break;
      }
      case ValKind::kFixedLengthList: {
        const ValType::Layout& element = type.element->layout(ptr);
        layout.alignment = element.alignment;
        layout.size = type.length * element.size;
        layout.flat_count = type.length * element.flat_count;
        if (layout.flat_count <= kMaxFlatParams)
          for (uint32_t i = 0; i < type.length; ++i)
            flat.insert(flat.end(), element.flat.begin(), element.flat.end());
        layout.flat = flat;
        return;
      }
      case ValKind::kRecord:
      case ValKind::kTuple: {
        uint64_t at = 0;
        for (const ValType::Field& field : type.fields) {
          const ValType::Layout& inner = field.type->layout(ptr);
          layout.alignment = std::max(layout.alignment, inner.alignment);
          at = AlignTo(at, inner.alignment);
          layout.offsets.push_back(static_cast<uint32_t>(at));
          at += inner.size;
          layout.flat_count += inner.flat_count;
          flat.insert(flat.end(), inner.flat.begin(), inner.flat.end());
        }
        layout.size = static_cast<uint32_t>(AlignTo(at, layout.alignment));
        if (layout.flat_count <= kMaxFlatParams) layout.flat = flat;
        return;
      }
      case ValKind::kVariant:
      case ValKind::kEnum:
      case ValKind::kOption:
      case ValKind::kResult: {
        uint32_t size = 0, alignment = 1, count = 0;
        for (const ValType::Field& field : type.fields) {
          if (field.type == nullptr) continue;
          const ValType::Layout& inner = field.type->layout(ptr);
          size = std::max(size, inner.size);
          alignment = std::max(alignment, inner.alignment);
          count = std::max(count, inner.flat_count);
          for (size_t i = 0; i < inner.flat.size(); ++i) {
            if (i < flat.size())
              flat[i] = Join(flat[i], inner.flat[i]);
            else
              flat.push_back(inner.flat[i]);
          }
        }
        layout.payload_offset = static_cast<uint32_t>(AlignTo(type.discriminant_size, alignment));
        layout.alignment = std::max(alignment, type.discriminant_size);
        layout.size = static_cast<uint32_t>(
            AlignTo(uint64_t{layout.payload_offset} + size, layout.alignment));
        layout.flat_count = count + 1;
        flat.insert(flat.begin(), kI32);
        if (layout.flat_count <= kMaxFlatParams) layout.flat = flat;
        return;
      }
      case ValKind::kFlags:
        scalar(type.discriminant_size, kI32);
        break;
      default:
        scalar(4, kI32);
        break;
    }
    layout.flat_count = static_cast<uint32_t>(flat.size());
    layout.flat = flat;
  }

  std::deque<ValType> types_;
};

struct FakeObject : HandleObject {
  explicit FakeObject(uint32_t id) : id(id) {}
  uint32_t id;
};

class Heap : public InstanceAccess {
 public:
  explicit Heap(size_t size) : bytes(size) {}
  explicit Heap(std::vector<uint8_t> contents) : bytes(std::move(contents)) {}

  Bytes Memory() override { return bytes; }
  wasm::Result<uint64_t> Reallocate(uint64_t old, uint64_t old_size, uint64_t alignment,
                                    uint64_t new_size) override {
    calls.push_back({old, old_size, alignment, new_size});
    if (answer) return *answer;
    if (old != 0 && new_size < old_size) return AlignTo(old, static_cast<uint32_t>(alignment));
    const uint64_t ptr = AlignTo(last, static_cast<uint32_t>(alignment));
    last = ptr + new_size;
    if (last > bytes.size()) {
      if (!grows) return Trap("the heap is full");
      bytes.resize(last);
    }
    if (old_size != 0) std::memmove(&bytes[ptr], &bytes[old], old_size);
    return ptr;
  }

  wasm::Result<Value> LiftOwn(uint32_t i, const ValType&) override {
    Value value = TRY(LiftBorrow(i, {}));
    handles.erase(i);
    return value;
  }
  wasm::Result<Value> LiftBorrow(uint32_t i, const ValType&) override {
    return Lift(i, Value::Kind::kHandle);
  }
  wasm::Result<Value> LiftStream(uint32_t i, const ValType&) override {
    return Lift(i, Value::Kind::kStream);
  }
  wasm::Result<Value> LiftFuture(uint32_t i, const ValType&) override {
    return Lift(i, Value::Kind::kFuture);
  }
  wasm::Result<Value> LiftErrorContext(uint32_t i) override {
    return Lift(i, Value::Kind::kErrorContext);
  }
  wasm::Result<uint32_t> LowerOwn(const Value& value, const ValType&) override {
    return Lower(value);
  }
  wasm::Result<uint32_t> LowerBorrow(const Value& value, const ValType&) override {
    return Lower(value);
  }
  wasm::Result<uint32_t> LowerStream(const Value& value, const ValType&) override {
    return Lower(value);
  }
  wasm::Result<uint32_t> LowerFuture(const Value& value, const ValType&) override {
    return Lower(value);
  }
  wasm::Result<uint32_t> LowerErrorContext(const Value& value) override { return Lower(value); }

  std::vector<uint8_t> bytes;
  uint64_t last = 0;
  bool grows = false;
  std::optional<uint64_t> answer;  // of every call
  std::vector<std::array<uint64_t, 4>> calls;
  std::map<uint32_t, std::shared_ptr<HandleObject>> handles;
  uint32_t next_handle = 1;

 private:
  wasm::Result<Value> Lift(uint32_t i, Value::Kind kind) {
    const auto found = handles.find(i);
    if (found == handles.end()) return Trap("unknown handle index " + std::to_string(i));
    return Value::Object(kind, found->second);
  }
  wasm::Result<uint32_t> Lower(const Value& value) {
    handles[next_handle] = value.object();
    return next_handle++;
  }
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_ABI_TEST_UTIL_H_
