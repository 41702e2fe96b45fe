// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Type-directed generation: Expr(t) emits code that leaves one value of type t, Statement emits
// code that leaves the stack as it was. A budget per function bounds the size; when it is spent,
// only leaves are chosen.

#include "fuzz/module_generator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "libwasm/opcodes/opcode.h"
#include "libwasm/support/leb128.h"
#include "libwasm/types/types.h"

namespace trenail::fuzz {

using wasm::AddrType;
using wasm::FieldType;
using wasm::HeapType;
using wasm::ImmKind;
using wasm::Info;
using wasm::InstrClass;
using wasm::Opcode;
using wasm::OpcodeInfo;
using wasm::SigType;
using wasm::ValType;

Entropy::Entropy(std::span<const uint8_t> bytes) : bytes_(bytes) {
  for (uint8_t byte : bytes) state_ = (state_ ^ byte) * 0x100000001b3ull;
}

uint64_t Entropy::Next() {
  if (bytes_.size() >= 2) {
    const uint64_t value = bytes_[0] | uint64_t{bytes_[1]} << 8;
    bytes_ = bytes_.subspan(2);
    return value;
  }
  state_ += 0x9e3779b97f4a7c15ull;  // splitmix64
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

namespace {

using Bytes = std::vector<uint8_t>;

void Append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }
void U32(Bytes& out, uint32_t value) { wasm::WriteUnsignedLeb(out, value); }
void Name(Bytes& out, const std::string& name) {
  U32(out, static_cast<uint32_t>(name.size()));
  out.insert(out.end(), name.begin(), name.end());
}
void Section(Bytes& out, uint8_t id, const Bytes& contents) {
  out.push_back(id);
  U32(out, static_cast<uint32_t>(contents.size()));
  Append(out, contents);
}
void WriteHeapType(Bytes& out, HeapType type) {
  if (type.is_concrete())
    wasm::WriteSignedLeb(out, type.concrete());
  else
    out.push_back(type.abstract());
}
void WriteValType(Bytes& out, ValType type) {
  out.push_back(type.code());
  if (type.is_ref()) WriteHeapType(out, type.heap_type());
}

// The fixed skeleton of every module: the indices below are used by the bodies.
constexpr uint32_t kStructType = 0;  // (struct (mut i32) (mut i64) (mut f64) (mut i8) (mut anyref))
constexpr uint32_t kArrayType = 1;   // (array (mut i16))
constexpr uint32_t kRefArrayType = 2;  // (array (mut (ref null $struct)))
constexpr uint32_t kTagTypes = 3;      // (func (param i32)), then (func)
constexpr uint32_t kFirstFuncType = 5;
constexpr uint32_t kNumTags = 2;
constexpr uint32_t kFuncTable = 0;
constexpr uint32_t kAnyTable = 1;
constexpr uint32_t kTableSize = 8;
constexpr uint32_t kNumMemories = 2;  // the second one has 64-bit addresses
constexpr uint32_t kPassiveData = 0;
constexpr uint32_t kPassiveDataSize = 64;

struct FuncSig {
  std::vector<ValType> params;
  std::vector<ValType> results;
};

class Generator {
 public:
  Generator(Entropy& entropy, const GeneratorOptions& options)
      : entropy_(entropy), options_(options) {
    value_types_ = {ValType::kI32, ValType::kI64, ValType::kF32, ValType::kF64};
    if (options.simd) value_types_.push_back(ValType::kV128);
    if (options.gc)
      for (ValType type : {wasm::kAnyRef, wasm::kI31Ref, wasm::kExternRef, wasm::kFuncRef,
                           StructRef(), ArrayRef()})
        value_types_.push_back(type);
    CollectRows();
  }

  std::vector<uint8_t> Generate() {
    const uint32_t count = 1 + entropy_.Below(options_.max_functions);
    for (uint32_t i = 0; i < count; ++i) {
      FuncSig sig;
      for (uint32_t n = entropy_.Below(4); n > 0; --n) sig.params.push_back(AnyType());
      for (uint32_t n = entropy_.Below(3); n > 0; --n) sig.results.push_back(AnyType());
      functions_.push_back(std::move(sig));
    }
    for (ValType type : value_types_) globals_.push_back(type);

    Bytes out = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
    Section(out, 1, TypeSection());
    Section(out, 3, FunctionSection());
    Section(out, 4, TableSection());
    Section(out, 5, Bytes{kNumMemories, 0x01, 1, 4, 0x05, 1, 4});
    Section(out, 13, Bytes{kNumTags, 0, kTagTypes, 0, kTagTypes + 1});
    Section(out, 6, GlobalSection());
    Section(out, 7, ExportSection());
    Section(out, 9, ElementSection());
    Section(out, 12, Bytes{1});
    Section(out, 10, CodeSection());
    Bytes data = {1, 1, kPassiveDataSize};
    for (uint32_t i = 0; i < kPassiveDataSize; ++i)
      data.push_back(static_cast<uint8_t>(entropy_.Next()));
    Section(out, 11, data);
    return out;
  }

 private:
  static ValType StructRef() { return ValType::Ref(HeapType::Concrete(kStructType), true); }
  static ValType ArrayRef() { return ValType::Ref(HeapType::Concrete(kArrayType), true); }

  ValType AnyType() {
    return value_types_[entropy_.Below(static_cast<uint32_t>(value_types_.size()))];
  }

  // ---- the table's rows, by result
  // -----------------------------------------------------------------

  static constexpr std::array<SigType, 6> kSigTypes = {
      SigType::kI32, SigType::kI64, SigType::kF32, SigType::kF64, SigType::kV128, SigType::kAddr};
  static int SigIndex(SigType type) { return static_cast<int>(type); }

  bool Wanted(const OpcodeInfo& info) const {
    if (info.instr_class == InstrClass::kSpecial) return false;
    if (info.prefix == 0xfe && !options_.atomics) return false;
    if (info.prefix == 0xfd && !options_.simd) return false;
    // References have generators of their own.
    auto plain = [](SigType type) { return type <= SigType::kAddr; };
    for (int i = 0; i < info.signature.num_params; ++i)
      if (!plain(info.signature.params[i])) return false;
    for (int i = 0; i < info.signature.num_results; ++i)
      if (!plain(info.signature.results[i])) return false;
    return true;
  }
  void CollectRows() {
    rows_.resize(kSigTypes.size());
    for (int i = 0; i < wasm::kNumOpcodes; ++i) {
      const OpcodeInfo& info = wasm::kOpcodeInfo[static_cast<size_t>(i)];
      if (!Wanted(info)) continue;
      const Opcode op = static_cast<Opcode>(i);
      if (info.signature.num_results == 1)
        rows_[SigIndex(info.signature.results[0])].push_back(op);
      else
        statements_.push_back(op);  // stores, and what leaves several values (dropped again)
    }
  }

  // ---- sections
  // ------------------------------------------------------------------------------------

  Bytes TypeSection() {
    Bytes out;
    U32(out, kFirstFuncType + static_cast<uint32_t>(functions_.size()));
    Append(out, {0x5f, 5, 0x7f, 1, 0x7e, 1, 0x7c, 1, 0x78, 1, 0x63, 0x6e, 1});
    Append(out, {0x5e, 0x77, 1});
    Append(out, {0x5e, 0x63, kStructType, 1});
    Append(out, {0x60, 1, 0x7f, 0, 0x60, 0, 0});
    for (const FuncSig& sig : functions_) {
      out.push_back(0x60);
      U32(out, static_cast<uint32_t>(sig.params.size()));
      for (ValType type : sig.params) WriteValType(out, type);
      U32(out, static_cast<uint32_t>(sig.results.size()));
      for (ValType type : sig.results) WriteValType(out, type);
    }
    return out;
  }
  Bytes FunctionSection() {
    Bytes out;
    U32(out, static_cast<uint32_t>(functions_.size()));
    for (uint32_t i = 0; i < functions_.size(); ++i) U32(out, kFirstFuncType + i);
    return out;
  }
  Bytes TableSection() {
    Bytes out = {2};
    Append(out, {0x70, 0x00, kTableSize});
    Append(out, {0x63, 0x6e, 0x01, kTableSize, 2 * kTableSize});
    return out;
  }
  Bytes GlobalSection() {
    Bytes out;
    U32(out, static_cast<uint32_t>(globals_.size()));
    for (ValType type : globals_) {
      WriteValType(out, type);
      out.push_back(1);
      out_ = &out;
      Leaf(type, /*constant=*/true);
      out.push_back(0x0b);
    }
    return out;
  }
  Bytes ExportSection() {
    Bytes out;
    U32(out, static_cast<uint32_t>(functions_.size() + globals_.size()) + kNumMemories);
    auto add = [&](const std::string& name, uint8_t kind, uint32_t index) {
      Name(out, name);
      out.push_back(kind);
      U32(out, index);
    };
    for (uint32_t i = 0; i < functions_.size(); ++i) add("f" + std::to_string(i), 0, i);
    for (uint32_t i = 0; i < kNumMemories; ++i) add("m" + std::to_string(i), 2, i);
    for (uint32_t i = 0; i < globals_.size(); ++i) add("g" + std::to_string(i), 3, i);
    return out;
  }
  Bytes ElementSection() {
    // One active segment that fills part of the function table, with a hole behind it.
    Bytes out = {1, 0x00, 0x41, 0x00, 0x0b};
    const uint32_t count =
        std::min<uint32_t>(kTableSize - 1, static_cast<uint32_t>(functions_.size()));
    U32(out, count);
    for (uint32_t i = 0; i < count; ++i) U32(out, i);
    return out;
  }
  Bytes CodeSection() {
    Bytes out;
    U32(out, static_cast<uint32_t>(functions_.size()));
    for (uint32_t i = 0; i < functions_.size(); ++i) {
      const Bytes body = Body(i);
      U32(out, static_cast<uint32_t>(body.size()));
      Append(out, body);
    }
    return out;
  }

  // ---- bodies
  // --------------------------------------------------------------------------------------

  Bytes Body(uint32_t index) {
    function_ = index;
    locals_ = functions_[index].params;
    labels_.clear();
    depth_ = 0;
    budget_ = static_cast<int>(options_.instructions_per_function);
    Bytes header;
    const uint32_t extra = 2 + entropy_.Below(5);
    U32(header, extra + kMaxLoops);
    for (uint32_t i = 0; i < extra; ++i) {
      const ValType type = AnyType();
      locals_.push_back(type);
      header.push_back(1);
      WriteValType(header, type);
    }
    // Counters of loops: i32 locals that nothing else sets.
    first_counter_ = static_cast<uint32_t>(locals_.size());
    loops_ = 0;
    for (uint32_t i = 0; i < kMaxLoops; ++i) Append(header, {1, 0x7f});

    Bytes code;
    out_ = &code;
    labels_.push_back(functions_[index].results);
    for (uint32_t n = 2 + entropy_.Below(8); n > 0; --n) Statement();
    for (ValType type : functions_[index].results) Expr(type);
    code.push_back(0x0b);
    Append(header, code);
    return header;
  }

  void Byte(uint8_t byte) { out_->push_back(byte); }
  void Imm(uint32_t value) { U32(*out_, value); }
  void Emit(Opcode op) {
    const OpcodeInfo& info = Info(op);
    if (info.prefix != 0) {
      Byte(info.prefix);
      Imm(info.code);
    } else {
      Byte(static_cast<uint8_t>(info.code));
    }
    --budget_;
  }
  bool Spent() const { return budget_ <= 0 || depth_ > 12; }

  // A constant that is often interesting.
  uint64_t Interesting() {
    static constexpr uint64_t kValues[] = {0,
                                           1,
                                           2,
                                           7,
                                           8,
                                           31,
                                           32,
                                           63,
                                           64,
                                           0x7f,
                                           0x80,
                                           0xff,
                                           0x100,
                                           0x7fff,
                                           0x8000,
                                           0xffff,
                                           0x10000,
                                           0x7fffffff,
                                           0x80000000,
                                           0xffffffff,
                                           0x7fffffffffffffff,
                                           0x8000000000000000,
                                           ~uint64_t{0},
                                           0x3f800000,
                                           0x7fc00000,
                                           0x7fa00000,
                                           0xff800000,
                                           0x4f000000,
                                           0x3ff0000000000000,
                                           0x7ff8000000000000,
                                           0x7ff4000000000000,
                                           0x41e0000000000000,
                                           0x43e0000000000000};
    switch (entropy_.Below(3)) {
      case 0:
        return kValues[entropy_.Below(std::size(kValues))];
      case 1:
        return entropy_.Below(300);
      default:
        return entropy_.Next() | entropy_.Next() << 32;
    }
  }
  void Fixed(uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) Byte(static_cast<uint8_t>(value >> (8 * i)));
  }

  // A value without operands. In a constant expression nothing but constants will do.
  void Leaf(ValType type, bool constant = false) {
    if (!constant) {
      std::vector<uint32_t> candidates;
      for (uint32_t i = 0; i < locals_.size(); ++i)
        if (locals_[i] == type) candidates.push_back(i);
      if (!candidates.empty() && !entropy_.OneIn(4)) {
        Emit(Opcode::LocalGet);
        Imm(candidates[entropy_.Below(static_cast<uint32_t>(candidates.size()))]);
        return;
      }
      if (entropy_.OneIn(3)) {
        for (uint32_t i = 0; i < globals_.size(); ++i)
          if (globals_[i] == type) {
            Emit(Opcode::GlobalGet);
            Imm(i);
            return;
          }
      }
    }
    switch (type.code()) {
      case ValType::kI32:
        Emit(Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, static_cast<int32_t>(Interesting()));
        return;
      case ValType::kI64:
        Emit(Opcode::I64Const);
        wasm::WriteSignedLeb(*out_, static_cast<int64_t>(Interesting()));
        return;
      case ValType::kF32:
        Emit(Opcode::F32Const);
        return Fixed(Interesting(), 4);
      case ValType::kF64:
        Emit(Opcode::F64Const);
        return Fixed(Interesting(), 8);
      case ValType::kV128:
        Emit(Opcode::V128Const);
        Fixed(Interesting(), 8);
        return Fixed(Interesting(), 8);
      default:
        break;
    }
    // References.
    if (type == wasm::kFuncRef && !constant && entropy_.OneIn(2)) {
      // Only functions of the element segment are declared [valid-ref.func].
      Emit(Opcode::RefFunc);
      return Imm(entropy_.Below(
          std::min<uint32_t>(kTableSize - 1, static_cast<uint32_t>(functions_.size()))));
    }
    if ((type == wasm::kI31Ref || type == wasm::kAnyRef) && entropy_.OneIn(2)) {
      Leaf(ValType::kI32, constant);
      Emit(Opcode::RefI31);
      return;
    }
    if ((type == StructRef() || type == wasm::kAnyRef) && entropy_.OneIn(2)) {
      Emit(Opcode::StructNewDefault);
      return Imm(kStructType);
    }
    if (type == ArrayRef() && entropy_.OneIn(2)) {
      Emit(Opcode::I32Const);
      wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(20)));
      Emit(Opcode::ArrayNewDefault);
      return Imm(kArrayType);
    }
    Emit(Opcode::RefNull);
    WriteHeapType(*out_, type.heap_type());
  }

  // An address that is in bounds more often than not.
  void Address(AddrType addr) {
    if (entropy_.OneIn(6)) return Expr(AddrValType(addr));
    Emit(addr == AddrType::kI64 ? Opcode::I64Const : Opcode::I32Const);
    wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(0x10040)) & ~15);
  }

  // Operands and immediates of a row of the table.
  void Row(Opcode op) {
    const OpcodeInfo& info = Info(op);
    const uint32_t memory = entropy_.OneIn(3) ? 1 : 0;
    const AddrType addr = memory == 1 ? AddrType::kI64 : AddrType::kI32;
    for (int i = 0; i < info.signature.num_params; ++i) {
      const SigType type = info.signature.params[i];
      if (type != SigType::kAddr) Expr(ToValType(type, addr));
      // Only the first address of an access is one; the other is a length or a number of pages.
      else if (i == 0 && info.instr_class == InstrClass::kMemory)
        Address(addr);
      else
        Leaf(AddrValType(addr));
    }
    Emit(op);
    auto memarg = [&] {
      const uint32_t align =
          info.prefix == 0xfe ? info.access_log2 : entropy_.Below(info.access_log2 + 1u);
      Imm(align | (memory != 0 ? 0x40 : 0));
      if (memory != 0) Imm(memory);
      const uint32_t granule = 1u << info.access_log2;
      Imm(entropy_.OneIn(10) ? 0xffffff00 : entropy_.Below(64) * granule);
    };
    switch (info.imm) {
      case ImmKind::kNone:
        break;
      case ImmKind::kMemArg:
        memarg();
        break;
      case ImmKind::kMemArgLane:
        memarg();
        Byte(static_cast<uint8_t>(entropy_.Below(16u >> info.access_log2)));
        break;
      case ImmKind::kLane:
        Byte(static_cast<uint8_t>(entropy_.Below(Lanes(info.text))));
        break;
      case ImmKind::kLanes16:
        for (int i = 0; i < 16; ++i) Byte(static_cast<uint8_t>(entropy_.Below(32)));
        break;
      case ImmKind::kConstI32:
        wasm::WriteSignedLeb(*out_, static_cast<int32_t>(Interesting()));
        break;
      case ImmKind::kConstI64:
        wasm::WriteSignedLeb(*out_, static_cast<int64_t>(Interesting()));
        break;
      case ImmKind::kConstF32:
        Fixed(Interesting(), 4);
        break;
      case ImmKind::kConstF64:
        Fixed(Interesting(), 8);
        break;
      case ImmKind::kConstV128:
        Fixed(Interesting(), 8);
        Fixed(Interesting(), 8);
        break;
      case ImmKind::kMemIdx:
        Imm(memory);
        break;
      case ImmKind::kFenceByte:
        Byte(0);
        break;
      default:
        __builtin_trap();  // a shape that no row with a fixed signature has
    }
    if (info.signature.num_results > 1)
      for (int i = 0; i < info.signature.num_results; ++i) Emit(Opcode::Drop);
  }
  static uint32_t Lanes(std::string_view text) {  // "i16x8.…" has eight
    return text.substr(0, 5) == "i8x16" ? 16 : static_cast<uint32_t>(text[4] - '0');
  }

  void BlockType(ValType type) { WriteValType(*out_, type); }

  void Expr(ValType type) {
    if (Spent()) return Leaf(type);
    ++depth_;
    ExprUnbounded(type);
    --depth_;
  }
  void ExprUnbounded(ValType type) {
    if (entropy_.OneIn(3)) return Leaf(type);
    switch (entropy_.Below(12)) {
      case 0: {  // block
        Emit(Opcode::Block);
        BlockType(type);
        labels_.push_back({type});
        if (entropy_.OneIn(2)) Statement();
        Expr(type);
        labels_.pop_back();
        Emit(Opcode::End);
        return;
      }
      case 1: {  // if
        Expr(ValType::kI32);
        Emit(Opcode::If);
        BlockType(type);
        labels_.push_back({type});
        Expr(type);
        Emit(Opcode::Else);
        Expr(type);
        labels_.pop_back();
        Emit(Opcode::End);
        return;
      }
      case 2: {  // select
        Expr(type);
        Expr(type);
        Expr(ValType::kI32);
        if (type.is_ref() || entropy_.OneIn(2)) {
          Emit(Opcode::SelectTyped);
          Imm(1);
          WriteValType(*out_, type);
        } else {
          Emit(Opcode::Select);
        }
        return;
      }
      case 3: {  // local.tee
        for (uint32_t i = 0; i < first_counter_; ++i)
          if (locals_[i] == type) {
            Expr(type);
            Emit(Opcode::LocalTee);
            return Imm(i);
          }
        return Leaf(type);
      }
      case 4:
        return Call(type);
      case 5:
        if (options_.exceptions) return TryTable(type);
        break;
      case 6: {  // br_if with a value
        Emit(Opcode::Block);
        BlockType(type);
        labels_.push_back({type});
        Expr(type);
        Expr(ValType::kI32);
        Emit(Opcode::BrIf);
        Imm(0);
        labels_.pop_back();
        Emit(Opcode::End);
        return;
      }
      default:
        break;
    }
    if (type.is_ref()) return Reference(type);
    if (options_.gc && entropy_.OneIn(6) && FromAggregate(type)) return;
    const SigType sig = type == ValType(ValType::kI32)   ? SigType::kI32
                        : type == ValType(ValType::kI64) ? SigType::kI64
                        : type == ValType(ValType::kF32) ? SigType::kF32
                        : type == ValType(ValType::kF64) ? SigType::kF64
                                                         : SigType::kV128;
    const auto& rows = rows_[SigIndex(sig)];
    Row(rows[entropy_.Below(static_cast<uint32_t>(rows.size()))]);
  }

  // A number out of an object or a reference; false if there is none of this type.
  bool FromAggregate(ValType type) {
    if (type == ValType(ValType::kI32)) {
      switch (entropy_.Below(8)) {
        case 0:
          Expr(StructRef());
          Emit(Opcode::StructGet);
          Imm(kStructType);
          Imm(0);
          return true;
        case 1:
          Expr(StructRef());
          Emit(Opcode::StructGetS);
          Imm(kStructType);
          Imm(3);
          return true;
        case 2:
          Expr(ArrayRef());
          Leaf(ValType::kI32);
          Emit(Opcode::ArrayGetU);
          Imm(kArrayType);
          return true;
        case 3:
          Expr(ArrayRef());
          Emit(Opcode::ArrayLen);
          return true;
        case 4:
          Expr(wasm::kI31Ref);
          Emit(Opcode::I31GetS);
          return true;
        case 5:
          Expr(wasm::kAnyRef);
          Emit(Opcode::RefTest);
          wasm::WriteSignedLeb(*out_, kStructType);
          return true;
        case 6:
          Expr(AnyType2());
          Emit(Opcode::RefIsNull);
          return true;
        default:
          Expr(StructRef());
          Expr(wasm::kI31Ref);
          Emit(Opcode::RefEq);
          return true;
      }
    }
    if (type == ValType(ValType::kI64) || type == ValType(ValType::kF64)) {
      Expr(StructRef());
      Emit(Opcode::StructGet);
      Imm(kStructType);
      Imm(type == ValType(ValType::kI64) ? 1 : 2);
      return true;
    }
    return false;
  }
  ValType AnyType2() {
    static const ValType kRefs[] = {wasm::kAnyRef, wasm::kFuncRef, wasm::kExternRef, wasm::kI31Ref};
    return kRefs[entropy_.Below(4)];
  }

  void Reference(ValType type) {
    if (type == StructRef()) {
      if (entropy_.OneIn(3)) {
        Expr(wasm::kAnyRef);
        Emit(Opcode::RefCastNull);
        wasm::WriteSignedLeb(*out_, kStructType);
        return;
      }
      Expr(ValType::kI32);
      Expr(ValType::kI64);
      Expr(ValType::kF64);
      Expr(ValType::kI32);
      Expr(wasm::kAnyRef);
      Emit(Opcode::StructNew);
      return Imm(kStructType);
    }
    if (type == ArrayRef()) {
      Expr(ValType::kI32);
      Emit(Opcode::I32Const);
      wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(40)));
      if (entropy_.OneIn(2)) {
        Emit(Opcode::ArrayNew);
        return Imm(kArrayType);
      }
      Emit(Opcode::ArrayNewData);
      Imm(kArrayType);
      return Imm(kPassiveData);
    }
    if (type == wasm::kI31Ref) {
      Expr(ValType::kI32);
      Emit(Opcode::RefI31);
      return;
    }
    if (type == wasm::kExternRef) {
      Expr(wasm::kAnyRef);
      Emit(Opcode::ExternConvertAny);
      return;
    }
    if (type == wasm::kFuncRef) {
      Emit(Opcode::I32Const);
      wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(kTableSize + 1)));
      Emit(Opcode::TableGet);
      return Imm(kFuncTable);
    }
    switch (entropy_.Below(5)) {  // anyref
      case 0:
        Emit(Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(kTableSize + 1)));
        Emit(Opcode::TableGet);
        return Imm(kAnyTable);
      case 1:
        Expr(wasm::kExternRef);
        Emit(Opcode::AnyConvertExtern);
        return;
      case 2:
        return Expr(ArrayRef());
      case 3:
        return Expr(StructRef());
      default:
        return Expr(wasm::kI31Ref);
    }
  }

  // Calls a function behind this one whose first result has type `type`, or makes do with a leaf.
  void Call(ValType type) {
    for (uint32_t i = function_ + 1; i < functions_.size(); ++i) {
      const FuncSig& callee = functions_[i];
      if (callee.results.empty() || callee.results[0] != type) continue;
      for (ValType param : callee.params) Expr(param);
      const bool indirect = i < kTableSize - 1 && entropy_.OneIn(3);
      if (indirect) {
        Emit(Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, entropy_.OneIn(8) ? kTableSize - 1 : i);
        Emit(Opcode::CallIndirect);
        Imm(kFirstFuncType + i);
        Imm(kFuncTable);
      } else {
        Emit(Opcode::Call);
        Imm(i);
      }
      for (size_t n = callee.results.size(); n > 1; --n) Emit(Opcode::Drop);
      return;
    }
    Leaf(type);
  }

  // block (result type) { block (result i32) { try_table (catch tag0 0) (catch_all 1…) … } … }
  void TryTable(ValType type) {
    Emit(Opcode::Block);
    BlockType(type);
    labels_.push_back({type});
    Emit(Opcode::Block);
    BlockType(ValType::kI32);
    labels_.push_back({ValType::kI32});
    Emit(Opcode::TryTable);
    Byte(0x40);
    Imm(1);
    Byte(0x00);
    Imm(0);
    Imm(0);
    labels_.push_back({});
    if (entropy_.OneIn(3)) {
      Expr(ValType::kI32);
      Emit(Opcode::Throw);
      Imm(0);
    } else {
      Statement();
    }
    labels_.pop_back();
    Emit(Opcode::End);
    Expr(type);
    Emit(Opcode::Br);
    Imm(1);
    labels_.pop_back();
    Emit(Opcode::End);
    Emit(Opcode::Drop);
    Expr(type);
    labels_.pop_back();
    Emit(Opcode::End);
  }

  void Statement() {
    if (Spent()) return;
    ++depth_;
    StatementUnbounded();
    --depth_;
  }
  void StatementUnbounded() {
    switch (entropy_.Below(14)) {
      case 0:
      case 1: {
        const uint32_t local = entropy_.Below(first_counter_);
        Expr(locals_[local]);
        Emit(Opcode::LocalSet);
        return Imm(local);
      }
      case 2: {
        const uint32_t global = entropy_.Below(static_cast<uint32_t>(globals_.size()));
        Expr(globals_[global]);
        Emit(Opcode::GlobalSet);
        return Imm(global);
      }
      case 3: {
        Expr(AnyType());
        Emit(Opcode::Drop);
        return;
      }
      case 4: {
        Expr(ValType::kI32);
        Emit(Opcode::If);
        Byte(0x40);
        labels_.push_back({});
        Statement();
        if (entropy_.OneIn(2)) {
          Emit(Opcode::Else);
          Statement();
        }
        labels_.pop_back();
        Emit(Opcode::End);
        return;
      }
      case 5:
        return Loop();
      case 6:
        return Branch();
      case 7:
        return BrTable();
      case 8:
        return Bulk();
      case 9:
        if (options_.gc) return Mutate();
        [[fallthrough]];
      default:
        return Row(statements_[entropy_.Below(static_cast<uint32_t>(statements_.size()))]);
    }
  }

  void Loop() {
    if (loops_ == kMaxLoops) return;
    const uint32_t counter = first_counter_ + loops_++;
    Emit(Opcode::I32Const);
    wasm::WriteSignedLeb(*out_, static_cast<int32_t>(1 + entropy_.Below(6)));
    Emit(Opcode::LocalSet);
    Imm(counter);
    Emit(Opcode::Loop);
    Byte(0x40);
    // Branches of the body must not go round: label 0 is a block inside the loop.
    labels_.push_back({});
    loop_labels_.push_back(labels_.size() - 1);
    Statement();
    Statement();
    Emit(Opcode::LocalGet);
    Imm(counter);
    Emit(Opcode::I32Const);
    Byte(1);
    Emit(Opcode::I32Sub);
    Emit(Opcode::LocalTee);
    Imm(counter);
    Emit(Opcode::BrIf);
    Imm(0);
    loop_labels_.pop_back();
    labels_.pop_back();
    Emit(Opcode::End);
  }
  bool IsLoop(size_t label) const {
    return std::find(loop_labels_.begin(), loop_labels_.end(), label) != loop_labels_.end();
  }

  // br_if to a label, with what it takes.
  void Branch() {
    const uint32_t label = entropy_.Below(static_cast<uint32_t>(labels_.size()));
    const size_t position = labels_.size() - 1 - label;
    if (IsLoop(position)) return;
    const std::vector<ValType> types = labels_[position];
    for (ValType type : types) Expr(type);
    Expr(ValType::kI32);
    Emit(Opcode::BrIf);
    Imm(label);
    for (size_t i = 0; i < types.size(); ++i) Emit(Opcode::Drop);
  }
  void BrTable() {
    Emit(Opcode::Block);
    Byte(0x40);
    Emit(Opcode::Block);
    Byte(0x40);
    Expr2(ValType::kI32);
    Emit(Opcode::BrTable);
    Imm(3);
    for (uint8_t label : {0, 1, 0, 1}) Byte(label);
    Emit(Opcode::End);
    labels_.push_back({});
    Statement();
    labels_.pop_back();
    Emit(Opcode::End);
  }
  // An expression inside two blocks that are not in labels_.
  void Expr2(ValType type) {
    labels_.push_back({});
    labels_.push_back({});
    Expr(type);
    labels_.pop_back();
    labels_.pop_back();
  }

  void SmallI32(uint32_t bound) {
    Emit(Opcode::I32Const);
    wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(bound)));
  }
  void Bulk() {
    switch (entropy_.Below(options_.gc ? 8 : 4)) {
      case 0:
        SmallI32(70000);
        SmallI32(256);
        SmallI32(300);
        Emit(Opcode::MemoryFill);
        return Imm(0);
      case 1:
        SmallI32(66000);
        SmallI32(66000);
        SmallI32(300);
        Emit(Opcode::MemoryCopy);
        Imm(0);
        return Imm(0);
      case 2:
        SmallI32(66000);
        SmallI32(kPassiveDataSize);
        SmallI32(16);
        Emit(Opcode::MemoryInit);
        Imm(kPassiveData);
        return Imm(0);
      case 3:
        SmallI32(kTableSize);
        Expr(wasm::kFuncRef);
        SmallI32(3);
        Emit(Opcode::TableFill);
        return Imm(kFuncTable);
      case 4:
        SmallI32(kTableSize + 1);
        Expr(wasm::kAnyRef);
        Emit(Opcode::TableSet);
        return Imm(kAnyTable);
      case 5:
        Expr(wasm::kAnyRef);
        SmallI32(3);
        Emit(Opcode::TableGrow);
        Imm(kAnyTable);
        Emit(Opcode::Drop);
        return;
      case 6:
        SmallI32(kTableSize);
        SmallI32(kTableSize);
        SmallI32(4);
        Emit(Opcode::TableCopy);
        Imm(kFuncTable);
        return Imm(kFuncTable);
      default:
        SmallI32(kTableSize);
        Expr(wasm::kAnyRef);
        SmallI32(4);
        Emit(Opcode::TableFill);
        return Imm(kAnyTable);
    }
  }
  void Mutate() {
    switch (entropy_.Below(5)) {
      case 0:
        Expr(StructRef());
        Expr(wasm::kAnyRef);
        Emit(Opcode::StructSet);
        Imm(kStructType);
        return Imm(4);
      case 1:
        Expr(StructRef());
        Expr(ValType::kI32);
        Emit(Opcode::StructSet);
        Imm(kStructType);
        return Imm(3);
      case 2:
        Expr(ArrayRef());
        SmallI32(20);
        Expr(ValType::kI32);
        Emit(Opcode::ArraySet);
        return Imm(kArrayType);
      case 3:
        Expr(ArrayRef());
        SmallI32(10);
        Expr(ValType::kI32);
        SmallI32(10);
        Emit(Opcode::ArrayFill);
        return Imm(kArrayType);
      default:
        Expr(StructRef());
        SmallI32(8);
        Emit(Opcode::ArrayNew);
        Imm(kRefArrayType);
        SmallI32(8);
        Emit(Opcode::ArrayGet);
        Imm(kRefArrayType);
        Emit(Opcode::Drop);
    }
  }

  static constexpr uint32_t kMaxLoops = 3;

  Entropy& entropy_;
  const GeneratorOptions& options_;
  std::vector<ValType> value_types_;
  std::vector<std::vector<Opcode>> rows_;
  std::vector<Opcode> statements_;
  std::vector<FuncSig> functions_;
  std::vector<ValType> globals_;

  Bytes* out_ = nullptr;
  uint32_t function_ = 0;
  std::vector<ValType> locals_;
  std::vector<std::vector<ValType>> labels_;
  std::vector<size_t> loop_labels_;
  uint32_t first_counter_ = 0;
  uint32_t loops_ = 0;
  int budget_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<uint8_t> GenerateModule(Entropy& entropy, const GeneratorOptions& options) {
  return Generator(entropy, options).Generate();
}

}  // namespace trenail::fuzz
