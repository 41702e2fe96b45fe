// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/runtime/adapter_module.h"

#include <initializer_list>
#include <span>
#include <string_view>

#include "libcomponent/abi/memory.h"

namespace component::runtime {
namespace {

using Slot = AdapterShape::Slot;

constexpr uint8_t kI32 = 0x7f, kI64 = 0x7e, kF32 = 0x7d, kF64 = 0x7c, kEmpty = 0x40;

uint8_t CoreType(const Slot& slot) {
  switch (slot.kind) {
    case ValKind::kS64:
    case ValKind::kU64:
      return kI64;
    case ValKind::kF32:
      return kF32;
    case ValKind::kF64:
      return kF64;
    default:
      return kI32;
  }
}

bool AddSlots(const ValType& type, size_t limit, std::vector<Slot>& slots) {
  switch (type.kind) {
    case ValKind::kRecord:
    case ValKind::kTuple:
      for (const ValType::Field& field : type.fields)
        if (!AddSlots(*field.type, limit, slots)) return false;
      return true;
    case ValKind::kFixedLengthList:
      for (uint32_t i = 0; i < type.length; ++i)
        if (!AddSlots(*type.element, limit, slots)) return false;
      return true;
    case ValKind::kFlags:
      slots.push_back({type.kind, abi::FlagsMask(type)});
      break;
    case ValKind::kEnum:
      slots.push_back({type.kind, static_cast<uint32_t>(type.fields.size())});
      break;
    default:
      if (type.kind > ValKind::kChar) return false;
      slots.push_back({type.kind, 0});
      break;
  }
  return slots.size() <= limit;
}

// The binary format, as far as adapters need it.
class Writer {
 public:
  void Byte(uint8_t byte) { bytes_.push_back(byte); }
  void Bytes(std::initializer_list<uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void U32(uint32_t value) {
    for (; value >= 0x80; value >>= 7) Byte(static_cast<uint8_t>(value | 0x80));
    Byte(static_cast<uint8_t>(value));
  }
  void S32(int32_t value) {
    for (; value < -64 || value > 63; value >>= 7) Byte(static_cast<uint8_t>(value | 0x80));
    Byte(static_cast<uint8_t>(value & 0x7f));
  }
  void Name(std::string_view name) { Sized({name.begin(), name.end()}); }
  void Sized(std::span<const char> bytes) {
    U32(static_cast<uint32_t>(bytes.size()));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void Section(uint8_t id, const Writer& contents) {
    Byte(id);
    Append(contents);
  }
  void Append(const Writer& contents) {  // with its size
    U32(static_cast<uint32_t>(contents.bytes_.size()));
    bytes_.insert(bytes_.end(), contents.bytes_.begin(), contents.bytes_.end());
  }
  std::vector<uint8_t> Take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

enum Instruction : uint8_t {
  kUnreachable = 0x00,
  kBlock = 0x02,
  kIf = 0x04,
  kEnd = 0x0b,
  kBr = 0x0c,
  kCall = 0x10,
  kSelect = 0x1b,
  kTryTable = 0x1f,
  kLocalGet = 0x20,
  kLocalSet = 0x21,
  kGlobalGet = 0x23,
  kGlobalSet = 0x24,
  kI32Const = 0x41,
  kF32Const = 0x43,
  kF64Const = 0x44,
  kI32Eqz = 0x45,
  kI32Eq = 0x46,
  kI32GeU = 0x4f,
  kF32Ne = 0x5c,
  kF64Ne = 0x62,
  kI32And = 0x71,
  kI32Or = 0x72,
  kI32Shl = 0x74,
  kI32ShrS = 0x75,
};

// The function itself.
class Body {
 public:
  Body(const AdapterShape& shape, bool exceptions)
      : shape_(shape),
        exceptions_(exceptions),
        enter_(shape.post_return ? 2 : 1),
        result_(static_cast<uint32_t>(shape.params.size())) {}

  Writer Write() {
    out_.U32(static_cast<uint32_t>(shape_.results.size()));
    for (const Slot& slot : shape_.results) out_.Bytes({1, CoreType(slot)});
    TrapUnlessFlag(kCallerMayLeave, AdapterTrap::kCannotLeave);
    for (uint32_t i = 0; i < shape_.entering; ++i)
      TrapUnlessFlag(enter_ + i, AdapterTrap::kCannotEnter);
    for (uint32_t i = 0; i < shape_.entering; ++i) SetFlag(enter_ + i, 0);
    for (uint32_t i = 0; i < shape_.params.size(); ++i) Convert(shape_.params[i], i);
    CallGuarded([this] {
      for (uint32_t i = 0; i < shape_.params.size(); ++i) Local(kLocalGet, i);
      Call(kCallee);
      if (!shape_.results.empty()) Local(kLocalSet, result_);
    });
    if (shape_.post_return) {
      // It gets the result as the callee gave it, but a bad one traps before.
      const bool keeps = !shape_.results.empty() && !IsUnchecked(shape_.results[0]);
      if (keeps) CheckOnly(shape_.results[0], result_);
      SetFlag(kCalleeMayLeave, 0);
      CallGuarded([this] {
        if (!shape_.results.empty()) Local(kLocalGet, result_);
        Call(kPostReturn);
      });
      SetFlag(kCalleeMayLeave, 1);
    }
    for (const Slot& slot : shape_.results) Convert(slot, result_);
    for (uint32_t i = 0; i < shape_.entering; ++i) SetFlag(enter_ + i, 1);
    if (!shape_.results.empty()) Local(kLocalGet, result_);
    out_.Byte(kEnd);
    return std::move(out_);
  }

 private:
  static constexpr uint32_t kTrap = 0, kCallee = 1, kPostReturn = 2;
  static constexpr uint32_t kCallerMayLeave = 0, kCalleeMayLeave = 1;

  static bool IsUnchecked(const Slot& slot) {
    return slot.kind != ValKind::kChar && slot.kind != ValKind::kEnum;
  }

  void Local(Instruction instruction, uint32_t index) {
    out_.Byte(instruction);
    out_.U32(index);
  }
  void Const(uint32_t value) {
    out_.Byte(kI32Const);
    out_.S32(static_cast<int32_t>(value));
  }
  void Call(uint32_t function) {
    out_.Byte(kCall);
    out_.U32(function);
  }
  void SetFlag(uint32_t global, uint32_t value) {
    Const(value);
    out_.Byte(kGlobalSet);
    out_.U32(global);
  }
  void TrapUnlessFlag(uint32_t global, AdapterTrap trap) {
    out_.Byte(kGlobalGet);
    out_.U32(global);
    out_.Bytes({kI32Eqz, kIf, kEmpty});
    Const(static_cast<uint32_t>(trap));
    Const(0);
    Const(0);
    EndInTrap();
    out_.Byte(kEnd);
  }
  void EndInTrap() {
    Call(kTrap);
    out_.Byte(kUnreachable);
  }

  // [cabi:call_and_trap_on_throw]
  template <typename Calls>
  void CallGuarded(Calls calls) {
    if (!exceptions_) return calls();
    constexpr uint8_t kCatchAll = 0x02;
    out_.Bytes({kBlock, kEmpty, kBlock, kEmpty, kTryTable, kEmpty, 1, kCatchAll, 0});
    calls();
    out_.Bytes({kEnd, kBr, 1, kEnd});
    Const(static_cast<uint32_t>(AdapterTrap::kUncaughtException));
    Const(0);
    Const(0);
    EndInTrap();
    out_.Byte(kEnd);
  }

  // The part of Convert that traps.
  void CheckOnly(const Slot& slot, uint32_t local) {
    const bool is_char = slot.kind == ValKind::kChar;
    Local(kLocalGet, local);
    Const(is_char ? 0x110000 : slot.count);
    out_.Byte(kI32GeU);
    if (is_char) {  // or a surrogate
      Local(kLocalGet, local);
      Const(0xfffff800);
      out_.Byte(kI32And);
      Const(0xd800);
      out_.Bytes({kI32Eq, kI32Or});
    }
    out_.Bytes({kIf, kEmpty});
    Const(static_cast<uint32_t>(is_char ? AdapterTrap::kBadChar : AdapterTrap::kBadDiscriminant));
    Local(kLocalGet, local);
    Const(slot.count);
    EndInTrap();
    out_.Byte(kEnd);
  }

  // [cabi:lift_flat] and [cabi:lower_flat] of one core value, in place.
  void Convert(const Slot& slot, uint32_t local) {
    switch (slot.kind) {
      case ValKind::kBool:
        Local(kLocalGet, local);
        out_.Bytes({kI32Eqz, kI32Eqz});
        break;
      case ValKind::kU8:
        And(local, 0xff);
        break;
      case ValKind::kU16:
        And(local, 0xffff);
        break;
      case ValKind::kFlags:
        And(local, slot.count);
        break;
      case ValKind::kS8:
        SignExtend(local, 24);
        break;
      case ValKind::kS16:
        SignExtend(local, 16);
        break;
      case ValKind::kF32:
        out_.Bytes({kF32Const, 0, 0, 0xc0, 0x7f});
        SelectIfNan(local, kF32Ne);
        break;
      case ValKind::kF64:
        out_.Bytes({kF64Const, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f});
        SelectIfNan(local, kF64Ne);
        break;
      case ValKind::kChar:
      case ValKind::kEnum:
        return CheckOnly(slot, local);
      default:
        return;
    }
    Local(kLocalSet, local);
  }
  void And(uint32_t local, uint32_t mask) {
    Local(kLocalGet, local);
    Const(mask);
    out_.Byte(kI32And);
  }
  void SignExtend(uint32_t local, uint32_t bits) {
    Local(kLocalGet, local);
    Const(bits);
    out_.Byte(kI32Shl);
    Const(bits);
    out_.Byte(kI32ShrS);
  }
  void SelectIfNan(uint32_t local, Instruction differs) {
    for (int i = 0; i < 3; ++i) Local(kLocalGet, local);
    out_.Bytes({differs, kSelect});
  }

  const AdapterShape& shape_;
  const bool exceptions_;
  const uint32_t enter_;   // the first may_enter
  const uint32_t result_;  // the local
  Writer out_;
};

void WriteType(Writer& out, std::span<const Slot> params, std::span<const Slot> results) {
  out.Byte(0x60);
  out.U32(static_cast<uint32_t>(params.size()));
  for (const Slot& slot : params) out.Byte(CoreType(slot));
  out.U32(static_cast<uint32_t>(results.size()));
  for (const Slot& slot : results) out.Byte(CoreType(slot));
}

}  // namespace

std::string AdapterShape::Key() const {
  std::string key = std::to_string(entering) + (post_return ? "p" : "");
  for (const std::vector<Slot>* slots : {&params, &results}) {
    key += ':';
    for (const Slot& slot : *slots) {
      key += static_cast<char>('a' + static_cast<int>(slot.kind));
      if (slot.count != 0) key += std::to_string(slot.count);
    }
  }
  return key;
}

std::optional<AdapterShape> ShapeOf(const FuncType& type) {
  AdapterShape shape;
  for (const ValType::Field& param : type.params)
    if (!AddSlots(*param.type, kMaxFlatParams, shape.params)) return std::nullopt;
  if (type.result != nullptr && !AddSlots(*type.result, kMaxFlatResults, shape.results))
    return std::nullopt;
  return shape;
}

std::vector<uint8_t> AdapterModule(const AdapterShape& shape, bool exceptions) {
  const Slot number{ValKind::kU32, 0};
  const Slot numbers[] = {number, number, number};
  Writer types, imports, functions, exports, code, module;
  types.U32(3);
  WriteType(types, numbers, {});
  WriteType(types, shape.params, shape.results);
  WriteType(types, shape.results, {});

  const uint32_t num_functions = shape.post_return ? 3 : 2;
  const uint32_t num_globals = num_functions - 1 + shape.entering;
  imports.U32(num_functions + num_globals);
  for (uint32_t type = 0; type < num_functions; ++type) {
    constexpr std::string_view kNames[] = {"trap", "callee", "post-return"};
    imports.Name("");
    imports.Name(kNames[type]);
    imports.Bytes({0x00, static_cast<uint8_t>(type)});
  }
  for (uint32_t i = 0; i < num_globals; ++i) {
    imports.Name("");
    imports.Name("flag");
    imports.Bytes({0x03, kI32, 0x01});
  }
  functions.Bytes({1, 1});
  exports.U32(1);
  exports.Name("");
  exports.Bytes({0x00, static_cast<uint8_t>(num_functions)});
  code.U32(1);
  code.Append(Body(shape, exceptions).Write());

  module.Bytes({0x00, 'a', 's', 'm', 1, 0, 0, 0});
  module.Section(1, types);
  module.Section(2, imports);
  module.Section(3, functions);
  module.Section(7, exports);
  module.Section(10, code);
  return module.Take();
}

}  // namespace component::runtime
