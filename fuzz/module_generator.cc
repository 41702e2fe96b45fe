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
#include <optional>
#include <string>
#include <utility>

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

Entropy Entropy::Replay(const Choices& choices) {
  Entropy entropy(uint64_t{0});
  entropy.replay_ = &choices;
  return entropy;
}

uint64_t Entropy::Next() {
  const uint64_t value = Draw();
  if (record_ != nullptr) record_->push_back(value);
  return value;
}

uint64_t Entropy::Draw() {
  if (replay_ != nullptr) return replayed_ < replay_->size() ? (*replay_)[replayed_++] : 0;
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
constexpr uint32_t kSubType = 3;       // a subtype of the struct, with (mut f32) behind its fields
constexpr uint32_t kTagTypes = 4;      // (func (param i32)), (func), (func (param i64 f64))
constexpr uint32_t kNumTags = 3;
constexpr uint32_t kCaughtType = kTagTypes + kNumTags;  // (func (result i32 exnref))
constexpr uint32_t kFirstFuncType = kCaughtType + 1;
constexpr uint32_t kFuncTable = 0;
constexpr uint32_t kAnyTable = 1;
constexpr uint32_t kNumTables = 2;
constexpr uint32_t kTableSize = 8;
constexpr uint32_t kMemory64 = 1;
constexpr uint32_t kSharedMemory = 2;
constexpr uint32_t kPassiveData = 0;
constexpr uint32_t kPassiveDataSize = 64;
constexpr uint32_t kActiveDataSize = 160;
constexpr uint32_t kPassiveElem = 1;

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
      if (i > 0 && entropy_.OneIn(2)) {  // so that there is something to call, also in the tail
        sig = functions_[entropy_.Below(i)];
        if (entropy_.OneIn(2)) sig.params.clear();
        functions_.push_back(std::move(sig));
        continue;
      }
      for (uint32_t n = entropy_.Below(4); n > 0; --n) sig.params.push_back(AnyType());
      for (uint32_t n = entropy_.Below(3); n > 0; --n) sig.results.push_back(AnyType());
      functions_.push_back(std::move(sig));
    }
    for (ValType type : value_types_) globals_.push_back(type);

    Bytes out = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
    Section(out, 1, TypeSection());
    Section(out, 3, FunctionSection());
    Section(out, 4, TableSection());
    Bytes memories = {static_cast<uint8_t>(NumMemories()), 0x01, 1, 4, 0x05, 1, 4};
    if (options_.atomics) Append(memories, {0x03, 1, 2});
    Section(out, 5, memories);
    Bytes tags = {kNumTags};
    for (uint32_t i = 0; i < kNumTags; ++i) Append(tags, {0, static_cast<uint8_t>(kTagTypes + i)});
    Section(out, 13, tags);
    Section(out, 6, GlobalSection());
    Section(out, 7, ExportSection());
    Section(out, 9, ElementSection());
    Section(out, 12, Bytes{3});
    Section(out, 10, CodeSection());
    Bytes data = {3, 1};
    auto random = [&](uint32_t count) {
      U32(data, count);
      while (count-- > 0) data.push_back(static_cast<uint8_t>(entropy_.Next()));
    };
    random(kPassiveDataSize);
    Append(data, {0, 0x41, 0x08, 0x0b});  // memory 0, at 8
    random(kActiveDataSize);
    Append(data, {2, kMemory64, 0x42, 0x00, 0x0b});
    random(kActiveDataSize);
    Section(out, 11, data);
    return out;
  }

 private:
  static ValType StructRef() { return ValType::Ref(HeapType::Concrete(kStructType), true); }
  static ValType ArrayRef() { return ValType::Ref(HeapType::Concrete(kArrayType), true); }

  ValType AnyType() {
    return value_types_[entropy_.Below(static_cast<uint32_t>(value_types_.size()))];
  }

  uint32_t NumMemories() const { return options_.atomics ? 3 : 2; }
  uint32_t NumFunctions() const { return static_cast<uint32_t>(functions_.size()); }
  uint32_t CallsGlobal() const { return static_cast<uint32_t>(globals_.size()); }
  // Functions that the element segments hold, and so declare.
  uint32_t NumElements() const { return std::min(kTableSize - 1, NumFunctions()); }
  // Of the types [t] -> [t], one for each type of numbers, behind those of the functions.
  uint32_t NumNumbers() const { return options_.simd ? 5 : 4; }
  std::optional<uint32_t> RoundType(ValType type) const {
    for (uint32_t i = 0; i < NumNumbers(); ++i)
      if (value_types_[i] == type) return kFirstFuncType + NumFunctions() + i;
    return std::nullopt;
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
    U32(out, kFirstFuncType + NumFunctions() + NumNumbers());
    const Bytes fields = {0x7f, 1, 0x7e, 1, 0x7c, 1, 0x78, 1, 0x63, 0x6e, 1};
    Append(out, {0x50, 0, 0x5f, 5});
    Append(out, fields);
    Append(out, {0x5e, 0x77, 1});
    Append(out, {0x5e, 0x63, kStructType, 1});
    Append(out, {0x50, 1, kStructType, 0x5f, 6});
    Append(out, fields);
    Append(out, {0x7d, 1});
    Append(out, {0x60, 1, 0x7f, 0, 0x60, 0, 0, 0x60, 2, 0x7e, 0x7c, 0});
    Append(out, {0x60, 0, 2, 0x7f, 0x69});
    for (const FuncSig& sig : functions_) {
      out.push_back(0x60);
      U32(out, static_cast<uint32_t>(sig.params.size()));
      for (ValType type : sig.params) WriteValType(out, type);
      U32(out, static_cast<uint32_t>(sig.results.size()));
      for (ValType type : sig.results) WriteValType(out, type);
    }
    for (uint32_t i = 0; i < NumNumbers(); ++i) {
      const uint8_t code = value_types_[i].code();
      Append(out, {0x60, 1, code, 1, code});
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
    U32(out, CallsGlobal() + 1);
    for (ValType type : globals_) {
      WriteValType(out, type);
      out.push_back(1);
      out_ = &out;
      Leaf(type, /*constant=*/true);
      out.push_back(0x0b);
    }
    Append(out, {0x7f, 1, 0x41});
    wasm::WriteSignedLeb(out, int32_t{kInitialCalls});
    out.push_back(0x0b);
    return out;
  }
  Bytes ExportSection() {
    Bytes out;
    U32(out, NumFunctions() + NumMemories() + kNumTables + CallsGlobal() + 1);
    auto add = [&](const std::string& name, uint8_t kind, uint32_t index) {
      Name(out, name);
      out.push_back(kind);
      U32(out, index);
    };
    for (uint32_t i = 0; i < functions_.size(); ++i) add("f" + std::to_string(i), 0, i);
    for (uint32_t i = 0; i < NumMemories(); ++i) add("m" + std::to_string(i), 2, i);
    for (uint32_t i = 0; i < kNumTables; ++i) add("t" + std::to_string(i), 1, i);
    for (uint32_t i = 0; i < globals_.size(); ++i) add("g" + std::to_string(i), 3, i);
    add("calls", 3, CallsGlobal());
    return out;
  }
  Bytes ElementSection() {
    // An active segment that fills part of the function table, with a hole behind it, and a passive
    // one.
    Bytes out = {2};
    for (const Bytes& mode : {Bytes{0x00, 0x41, 0x00, 0x0b}, Bytes{0x01, 0x00}}) {
      Append(out, mode);
      U32(out, NumElements());
      for (uint32_t i = 0; i < NumElements(); ++i) U32(out, i);
    }
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
    U32(header, extra + 2 * kMaxLoops + kNumScratch);
    for (uint32_t i = 0; i < extra; ++i) {
      const ValType type = AnyType();
      locals_.push_back(type);
      header.push_back(1);
      WriteValType(header, type);
    }
    // Counters and indices of loops: i32 locals that nothing else sets. Then what CanonicalNan
    // needs.
    first_counter_ = static_cast<uint32_t>(locals_.size());
    loops_ = 0;
    indices_.clear();
    for (uint32_t i = 0; i < 2 * kMaxLoops; ++i) Append(header, {1, 0x7f});
    for (uint8_t code : {0x7d, 0x7c, options_.simd ? 0x7b : 0x7c}) Append(header, {1, code});

    Bytes code;
    out_ = &code;
    labels_.push_back(functions_[index].results);
    CountCall();
    for (uint32_t n = 2 + entropy_.Below(8); n > 0; --n) Statement();
    for (ValType type : functions_[index].results) Expr(type);
    code.push_back(0x0b);
    Append(header, code);
    return header;
  }

  void CountCall() {
    Emit(Opcode::GlobalGet);
    Imm(CallsGlobal());
    Emit(Opcode::I32Eqz);
    Emit(Opcode::If);
    Byte(0x40);
    Emit(Opcode::Unreachable);
    Emit(Opcode::End);
    Emit(Opcode::GlobalGet);
    Imm(CallsGlobal());
    SmallConst(1);
    Emit(Opcode::I32Sub);
    Emit(Opcode::GlobalSet);
    Imm(CallsGlobal());
  }

  void Byte(uint8_t byte) { out_->push_back(byte); }
  void Imm(uint32_t value) { U32(*out_, value); }
  template <typename... Immediates>
  void Emit(Opcode op, Immediates... immediates) {
    const OpcodeInfo& info = Info(op);
    if (info.prefix != 0) {
      Byte(info.prefix);
      Imm(info.code);
    } else {
      Byte(static_cast<uint8_t>(info.code));
    }
    (Imm(immediates), ...);
    --budget_;
  }
  void SmallConst(int32_t value) {
    Emit(Opcode::I32Const);
    wasm::WriteSignedLeb(*out_, value);
  }
  bool Spent() const { return budget_ <= 0 || depth_ > 12; }

  // A constant that is often interesting.
  uint64_t Interesting() {
    // clang-format off
    static constexpr uint64_t kValues[] = {
        0, 1, 2, 7, 8, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000,
        0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000, ~uint64_t{0},
        0x3f800000, 0x7fc00000, 0x7fa00000, 0xff800000, 0x4f000000, 0x3ff0000000000000,
        0x7ff8000000000000, 0x7ff4000000000000, 0x41e0000000000000, 0x43e0000000000000,
    };
    // clang-format on
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
        Emit(Opcode::LocalGet,
             candidates[entropy_.Below(static_cast<uint32_t>(candidates.size()))]);
        return;
      }
      if (entropy_.OneIn(3)) {
        for (uint32_t i = 0; i < globals_.size(); ++i)
          if (globals_[i] == type) {
            Emit(Opcode::GlobalGet, i);
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
      return Emit(Opcode::RefFunc, entropy_.Below(NumElements()));
    }
    if ((type == wasm::kI31Ref || type == wasm::kAnyRef) && entropy_.OneIn(2)) {
      Leaf(ValType::kI32, constant);
      Emit(Opcode::RefI31);
      return;
    }
    if ((type == StructRef() || type == wasm::kAnyRef) && entropy_.OneIn(2)) {
      return Emit(Opcode::StructNewDefault, entropy_.OneIn(3) ? kSubType : kStructType);
    }
    if (type == ArrayRef() && entropy_.OneIn(2)) {
      Emit(Opcode::I32Const);
      wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(20)));
      return Emit(Opcode::ArrayNewDefault, kArrayType);
    }
    Emit(Opcode::RefNull);
    WriteHeapType(*out_, type.heap_type());
  }

  // An address that is in bounds more often than not; in a loop often one that moves with it.
  void Address(AddrType addr, bool aligned) {
    if (!indices_.empty() && !entropy_.OneIn(aligned ? 8 : 3)) {
      Emit(Opcode::LocalGet, indices_[entropy_.Below(static_cast<uint32_t>(indices_.size()))]);
      if (entropy_.OneIn(3)) {
        SmallConst(static_cast<int32_t>(entropy_.Below(5)));
        Emit(Opcode::I32Shl);
      }
      if (entropy_.OneIn(6)) {
        SmallConst(static_cast<int32_t>(Interesting()));
        Emit(entropy_.OneIn(4) ? Opcode::I32And : Opcode::I32Add);
      }
      if (addr == AddrType::kI64)
        Emit(entropy_.OneIn(2) ? Opcode::I64ExtendI32U : Opcode::I64ExtendI32S);
      return;
    }
    if (entropy_.OneIn(6)) {
      Expr(AddrValType(addr));
      if (entropy_.OneIn(4)) return;
      const bool wide = addr == AddrType::kI64;
      Emit(wide ? Opcode::I64Const : Opcode::I32Const);
      wasm::WriteSignedLeb(*out_, aligned ? 0xfff0 : 0xffff);
      Emit(wide ? Opcode::I64And : Opcode::I32And);
      return;
    }
    Emit(addr == AddrType::kI64 ? Opcode::I64Const : Opcode::I32Const);
    const uint32_t bound = entropy_.OneIn(2) ? 0x100 : 0x10040;
    wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(bound)) & ~15);
  }

  // ---- NaNs
  // ----------------------------------------------------------------------------------------

  enum class Floats : uint8_t { kNone, kF32, kF64, kF32x4, kF64x2 };
  // What an instruction makes, if it may make a NaN of any bits [aux-nans].
  static Floats Arithmetic(const OpcodeInfo& info) {
    const std::string_view text = info.text;
    const size_t dot = text.find('.');
    if (dot == std::string_view::npos || info.instr_class == InstrClass::kMemory)
      return Floats::kNone;
    const std::string_view shape = text.substr(0, dot);
    const Floats made = shape == "f32"     ? Floats::kF32
                        : shape == "f64"   ? Floats::kF64
                        : shape == "f32x4" ? Floats::kF32x4
                        : shape == "f64x2" ? Floats::kF64x2
                                           : Floats::kNone;
    const std::string_view name = text.substr(dot + 1);
    for (std::string_view exact : {"const", "abs", "neg", "copysign", "eq", "ne", "lt", "gt", "le",
                                   "ge", "pmin", "pmax", "splat", "extract_lane", "replace_lane"})
      if (name == exact) return Floats::kNone;
    if (name.starts_with("convert") || name.starts_with("reinterpret")) return Floats::kNone;
    return made;
  }
  // A comparison, or a conversion to integers: all NaNs are the same to it.
  static bool TellsNoNansApart(const OpcodeInfo& info) {
    const SigType result = info.signature.results[0];
    const std::string_view text = info.text;
    return info.signature.num_results == 1 &&
           (result == SigType::kI32 || result == SigType::kI64) && info.prefix != 0xfd &&
           text.find("reinterpret") == std::string_view::npos &&
           info.instr_class != InstrClass::kMemory;
  }
  // The NaNs of the value on the stack become two: a quiet one and a signalling one. The latter
  // never comes out of arithmetic, so the difference shows an engine that forgot to make it quiet.
  void CanonicalNan(Floats floats) {
    if (!options_.canonical_nans || floats == Floats::kNone) return;
    const bool wide = floats == Floats::kF64;
    const uint32_t scratch = first_counter_ + 2 * kMaxLoops;
    switch (floats) {
      case Floats::kF32:
      case Floats::kF64: {
        const uint32_t local = scratch + (wide ? 1 : 0);
        Emit(Opcode::LocalTee, local);
        Get(local);
        Emit(wide ? Opcode::I64ReinterpretF64 : Opcode::I32ReinterpretF32);
        Emit(wide ? Opcode::I64Const : Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, wide ? int64_t{1} << 51 : int64_t{1} << 22);
        Emit(wide ? Opcode::I64And : Opcode::I32And);
        Emit(wide ? Opcode::I64Const : Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, wide ? 0x7ff0000000000001 : int64_t{0x7f800001});
        Emit(wide ? Opcode::I64Or : Opcode::I32Or);
        Emit(wide ? Opcode::F64ReinterpretI64 : Opcode::F32ReinterpretI32);
        Get(local);
        Get(local);
        Emit(wide ? Opcode::F64Eq : Opcode::F32Eq);
        Emit(Opcode::Select);
        return;
      }
      default: {
        const bool two = floats == Floats::kF64x2;
        const uint32_t local = scratch + 2;
        auto lanes = [&](uint64_t value) {
          Emit(Opcode::V128Const);
          for (int i = 0; i < (two ? 2 : 4); ++i) Fixed(value, two ? 8 : 4);
        };
        Emit(Opcode::LocalTee, local);
        Get(local);
        lanes(two ? uint64_t{1} << 51 : uint64_t{1} << 22);
        Emit(Opcode::V128And);
        lanes(two ? 0x7ff0000000000001 : 0x7f800001);
        Emit(Opcode::V128Or);
        Get(local);
        Get(local);
        Emit(two ? Opcode::F64x2Eq : Opcode::F32x4Eq);
        Emit(Opcode::V128Bitselect);
        return;
      }
    }
  }
  void Get(uint32_t local) { Emit(Opcode::LocalGet, local); }

  // Operands and immediates of a row of the table. With `any_nan` nobody looks at a NaN's bits.
  void Row(Opcode op, bool any_nan = false) {
    const OpcodeInfo& info = Info(op);
    uint32_t memory = entropy_.OneIn(2) ? entropy_.Below(NumMemories()) : 0;
    const bool is_wait = op == Opcode::MemoryAtomicWait32 || op == Opcode::MemoryAtomicWait64;
    if (is_wait && !entropy_.OneIn(8)) memory = kSharedMemory;
    const AddrType addr = memory == kMemory64 ? AddrType::kI64 : AddrType::kI32;
    const Floats made = Arithmetic(info);
    for (int i = 0; i < info.signature.num_params; ++i) {
      const SigType type = info.signature.params[i];
      if (is_wait && i == 2) {  // a time that passes
        Emit(Opcode::I64Const);
        wasm::WriteSignedLeb(*out_, static_cast<int64_t>(entropy_.Below(1000)));
      } else if (type != SigType::kAddr) {
        // Chains of arithmetic stay chains; but not across the kinds of vectors.
        any_nan_ = (made == Floats::kF32 || made == Floats::kF64 || TellsNoNansApart(info)) &&
                   (type == SigType::kF32 || type == SigType::kF64);
        Expr(ToValType(type, addr));
        any_nan_ = false;
      } else if (i == 0 && info.instr_class == InstrClass::kMemory) {
        // Only the first address of an access is one; the other is a length or a number of pages.
        Address(addr, info.prefix == 0xfe);
      } else {
        Leaf(AddrValType(addr));
      }
    }
    Emit(op);
    auto memarg = [&] {
      const uint32_t align =
          info.prefix == 0xfe ? info.access_log2 : entropy_.Below(info.access_log2 + 1u);
      Imm(align | (memory != 0 ? 0x40 : 0));
      if (memory != 0) Imm(memory);
      const uint32_t granule = 1u << info.access_log2;
      Imm(entropy_.OneIn(60) ? 0xffffff00 : entropy_.Below(64) * granule);
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
    else if (!any_nan)
      CanonicalNan(made);
  }
  static uint32_t Lanes(std::string_view text) {  // "i16x8.…" has eight
    return text.substr(0, 5) == "i8x16" ? 16 : static_cast<uint32_t>(text[4] - '0');
  }

  void BlockType(ValType type) { WriteValType(*out_, type); }

  void Expr(ValType type) {
    if (Spent()) {
      any_nan_ = false;
      return Leaf(type);
    }
    ++depth_;
    ExprUnbounded(type);
    --depth_;
  }
  void ExprUnbounded(ValType type) {
    const bool any_nan = std::exchange(any_nan_, false);
    if (entropy_.OneIn(3)) return Leaf(type);
    if (type == wasm::kExnRef) return Leaf(type);
    switch (entropy_.Below(13)) {
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
          Emit(Opcode::SelectTyped, 1);
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
            return Emit(Opcode::LocalTee, i);
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
        Emit(Opcode::BrIf, 0);
        labels_.pop_back();
        Emit(Opcode::End);
        return;
      }
      case 7:
        if (RoundType(type)) return RoundLoop(type);
        break;
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
    Row(rows[entropy_.Below(static_cast<uint32_t>(rows.size()))], any_nan);
  }

  // Most of the time a reference to something: of what is null, there is a new one.
  void NonNull(ValType type) {
    if (entropy_.OneIn(10)) return Expr(type);
    Emit(Opcode::Block);
    BlockType(type);
    labels_.push_back({type});
    Expr(type);
    Emit(Opcode::BrOnNonNull, 0);
    if (type == wasm::kI31Ref) {
      SmallConst(static_cast<int32_t>(Interesting()));
      Emit(Opcode::RefI31);
    } else if (type == StructRef()) {
      Emit(Opcode::StructNewDefault, entropy_.OneIn(3) ? kSubType : kStructType);
    } else {
      SmallConst(32);
      Emit(Opcode::ArrayNewDefault, kArrayType);
    }
    labels_.pop_back();
    Emit(Opcode::End);
  }
  // A number out of an object or a reference; false if there is none of this type.
  bool FromAggregate(ValType type) {
    if (type == ValType(ValType::kI32)) {
      switch (entropy_.Below(12)) {
        case 0:
          NonNull(StructRef());
          Emit(Opcode::StructGet, kStructType, 0);
          return true;
        case 1:
          NonNull(StructRef());
          Emit(Opcode::StructGetS, kStructType, 3);
          return true;
        case 2:
          NonNull(ArrayRef());
          Leaf(ValType::kI32);
          Emit(Opcode::ArrayGetU, kArrayType);
          return true;
        case 3:
          NonNull(ArrayRef());
          Emit(Opcode::ArrayLen);
          return true;
        case 4:
          NonNull(wasm::kI31Ref);
          Emit(entropy_.OneIn(2) ? Opcode::I31GetS : Opcode::I31GetU);
          return true;
        case 5:
          Expr(wasm::kAnyRef);
          Emit(entropy_.OneIn(2) ? Opcode::RefTest : Opcode::RefTestNull);
          AnyHeapType();
          return true;
        case 8:
          NonNull(StructRef());
          Emit(Opcode::StructGetU, kStructType, 3);
          return true;
        case 9:
          NonNull(ArrayRef());
          SmallI32(30);
          Emit(Opcode::ArrayGetS, kArrayType);
          return true;
        case 10:
          Emit(Opcode::TableSize, entropy_.Below(kNumTables));
          return true;
        case 11:
          return BranchOnReference();
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
    if (type == ValType(ValType::kF32)) {
      Expr(StructRef());
      Emit(Opcode::RefCastNull);
      wasm::WriteSignedLeb(*out_, int32_t{kSubType});
      Emit(Opcode::StructGet, kSubType, 5);
      return true;
    }
    if (type == ValType(ValType::kI64) || type == ValType(ValType::kF64)) {
      NonNull(StructRef());
      Emit(Opcode::StructGet, kStructType, type == ValType(ValType::kI64) ? 1 : 2);
      return true;
    }
    return false;
  }
  // A heap type below any.
  void AnyHeapType() {
    static constexpr uint8_t kAbstract[] = {0x6e, 0x6d, 0x6c, 0x6b, 0x6a, 0x71};
    const uint32_t n = entropy_.Below(4 + std::size(kAbstract));
    if (n < 4)
      wasm::WriteSignedLeb(*out_, static_cast<int32_t>(n));
    else
      Byte(kAbstract[n - 4]);
  }
  // block (result i32) { block (result anyref) { …; br_on_… 0; drop; i32 1; br 1 }; drop; i32 2 }
  bool BranchOnReference() {
    Emit(Opcode::Block);
    BlockType(ValType::kI32);
    labels_.push_back({ValType::kI32});
    const uint32_t kind = entropy_.Below(4);
    Emit(Opcode::Block);
    if (kind == 0)
      Byte(0x40);
    else
      BlockType(wasm::kAnyRef);
    labels_.push_back(kind == 0 ? std::vector<ValType>{} : std::vector<ValType>{wasm::kAnyRef});
    Expr(wasm::kAnyRef);
    switch (kind) {
      case 0:
        Emit(Opcode::BrOnNull, 0);
        Emit(Opcode::Drop);
        break;
      case 1:
        Emit(Opcode::BrOnNonNull, 0);
        break;
      default:
        Emit(kind == 2 ? Opcode::BrOnCast : Opcode::BrOnCastFail);
        Byte(entropy_.OneIn(2) ? 1 : 3);
        Imm(0);
        Byte(0x6e);
        AnyHeapType();
        Emit(Opcode::Drop);
        break;
    }
    Expr(ValType::kI32);
    Emit(Opcode::Br, 1);
    labels_.pop_back();
    Emit(Opcode::End);
    if (kind != 0) Emit(Opcode::Drop);
    Expr(ValType::kI32);
    labels_.pop_back();
    Emit(Opcode::End);
    return true;
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
      const bool sub = entropy_.OneIn(3);
      if (sub) Expr(ValType::kF32);
      return Emit(Opcode::StructNew, sub ? kSubType : kStructType);
    }
    if (type == ArrayRef()) {
      if (entropy_.OneIn(4)) {
        const uint32_t length = entropy_.Below(5);
        for (uint32_t i = 0; i < length; ++i) Expr(ValType::kI32);
        return Emit(Opcode::ArrayNewFixed, kArrayType, length);
      }
      Expr(ValType::kI32);
      Emit(Opcode::I32Const);
      wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(40)));
      if (entropy_.OneIn(2)) {
        return Emit(Opcode::ArrayNew, kArrayType);
      }
      return Emit(Opcode::ArrayNewData, kArrayType, kPassiveData);
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
      return Emit(Opcode::TableGet, kFuncTable);
    }
    switch (entropy_.Below(5)) {  // anyref
      case 0:
        Emit(Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(kTableSize + 1)));
        return Emit(Opcode::TableGet, kAnyTable);
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

  // Some function that `wanted` accepts, from a random one on.
  template <typename Wanted>
  std::optional<uint32_t> FindFunction(Wanted wanted) {
    const uint32_t start = entropy_.Below(NumFunctions());
    for (uint32_t n = 0; n < NumFunctions(); ++n) {
      const uint32_t i = (start + n) % NumFunctions();
      if (wanted(functions_[i])) return i;
    }
    return std::nullopt;
  }
  // Arguments and one of the three ways to call, or to call in the tail.
  void CallFunction(uint32_t index, bool tail) {
    for (ValType param : functions_[index].params) Expr(param);
    switch (index < NumElements() ? entropy_.Below(4) : 0) {
      case 1:  // sometimes a hole, or a function of whatever type
        SmallConst(
            static_cast<int32_t>(entropy_.OneIn(8) ? entropy_.Below(kTableSize + 1) : index));
        Emit(tail ? Opcode::ReturnCallIndirect : Opcode::CallIndirect);
        Imm(kFirstFuncType + index);
        return Imm(kFuncTable);
      case 2:
        Emit(Opcode::RefFunc, index);
        Emit(tail ? Opcode::ReturnCallRef : Opcode::CallRef);
        return Imm(kFirstFuncType + index);
      default:
        Emit(tail ? Opcode::ReturnCall : Opcode::Call);
        return Imm(index);
    }
  }
  // Calls a function whose first result has type `type`, or makes do with a leaf.
  void Call(ValType type) {
    const auto callee = FindFunction(
        [&](const FuncSig& sig) { return !sig.results.empty() && sig.results[0] == type; });
    if (!callee) return Leaf(type);
    CallFunction(*callee, false);
    for (size_t n = functions_[*callee].results.size(); n > 1; --n) Emit(Opcode::Drop);
  }
  // Leaves the function under a condition: by a tail call, return, unreachable or throw.
  void Leave() {
    Expr(ValType::kI32);
    Emit(Opcode::If);
    Byte(0x40);
    labels_.push_back({});
    switch (entropy_.Below(6)) {
      case 0:
        Emit(Opcode::Unreachable);
        break;
      case 1:
        for (ValType type : functions_[function_].results) Expr(type);
        Emit(Opcode::Return);
        break;
      case 2:
        Throw();
        break;
      default: {
        const auto callee = FindFunction(
            [&](const FuncSig& sig) { return sig.results == functions_[function_].results; });
        CallFunction(*callee, true);  // it is at least itself
        break;
      }
    }
    labels_.pop_back();
    Emit(Opcode::End);
  }
  void Throw() {
    if (!options_.exceptions) return;
    const uint32_t tag = entropy_.Below(kNumTags);
    if (tag == 0) Expr(ValType::kI32);
    if (tag == 2) {
      Expr(ValType::kI64);
      Expr(ValType::kF64);
    }
    Emit(Opcode::Throw, tag);
  }

  // block (result t) { block (result what is caught) { try_table (…) … t br 1 } … t }
  void TryTable(ValType type) {
    Emit(Opcode::Block);
    BlockType(type);
    labels_.push_back({type});
    Emit(Opcode::Block);
    // The clauses, all of them to the label outside; each one's values are its label's.
    std::vector<ValType> caught;
    Bytes clauses;
    switch (entropy_.Below(5)) {
      case 0:
        caught = {ValType::kI32};
        BlockType(ValType::kI32);
        clauses = {1, 0x00, 0, 0};
        break;
      case 1:
        caught = {ValType::kI32, wasm::kExnRef};
        Imm(kCaughtType);
        clauses = {1, 0x01, 0, 0};
        break;
      case 2:
        Byte(0x40);
        clauses = {1, 0x00, 1, 0};
        break;
      case 3:
        Byte(0x40);
        clauses = {2, 0x00, 1, 0, 0x02, 0};
        break;
      default:
        caught = {wasm::kExnRef};
        BlockType(wasm::kExnRef);
        clauses = {2, 0x01, 1, 0, 0x03, 0};
        break;
    }
    labels_.push_back(caught);
    Emit(Opcode::TryTable);
    Byte(0x40);
    Append(*out_, clauses);
    labels_.push_back({});
    if (entropy_.OneIn(3)) {
      if (entropy_.OneIn(2)) Statement();
      Throw();
    } else {
      Statement();
      Statement();
    }
    labels_.pop_back();
    Emit(Opcode::End);
    Expr(type);
    Emit(Opcode::Br, 1);
    labels_.pop_back();
    Emit(Opcode::End);
    if (!caught.empty() && caught.back() == wasm::kExnRef) {
      if (entropy_.OneIn(3)) {
        Emit(Opcode::ThrowRef);
      } else {
        Emit(Opcode::Drop);
        if (caught.size() == 2) Emit(Opcode::Drop);
      }
    } else if (!caught.empty()) {
      // The payload is worth a look.
      const uint32_t local = first_counter_;
      for (uint32_t i = 0; i < local; ++i)
        if (locals_[i] == ValType(ValType::kI32)) {
          Emit(Opcode::LocalTee, i);
          break;
        }
      Emit(Opcode::Drop);
    }
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
    switch (entropy_.Below(16)) {
      case 0:
      case 1: {
        const uint32_t local = entropy_.Below(first_counter_);
        Expr(locals_[local]);
        return Emit(Opcode::LocalSet, local);
      }
      case 2: {
        const uint32_t global = entropy_.Below(static_cast<uint32_t>(globals_.size()));
        Expr(globals_[global]);
        return Emit(Opcode::GlobalSet, global);
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
      case 10:
        if (entropy_.OneIn(2)) return Leave();
        [[fallthrough]];
      default:
        return Row(statements_[entropy_.Below(static_cast<uint32_t>(statements_.size()))]);
    }
  }

  // The counter and the index of a new loop are set. The loop's label is not to be branched to by
  // anything but EndLoop: else nobody counts.
  struct LoopState {
    uint32_t counter;
    uint32_t index;
  };
  std::optional<LoopState> BeginLoop() {
    if (loops_ == kMaxLoops) return std::nullopt;
    const LoopState loop = {first_counter_ + loops_, first_counter_ + kMaxLoops + loops_};
    ++loops_;
    // Enough rounds for unrolled and vectorised code, but not in all of several nested loops.
    SmallConst(
        static_cast<int32_t>(1 + entropy_.Below(indices_.empty() && entropy_.OneIn(3) ? 70 : 6)));
    Emit(Opcode::LocalSet, loop.counter);
    static constexpr int32_t kStarts[] = {0, 0, 0, 8, 64, 0xff00, 0xfff0, -16, -1, 0x7ffffff0};
    SmallConst(kStarts[entropy_.Below(std::size(kStarts))]);
    Emit(Opcode::LocalSet, loop.index);
    return loop;
  }
  void EnterLoop(const LoopState& loop, std::vector<ValType> types) {
    labels_.push_back(std::move(types));
    loop_labels_.push_back(labels_.size() - 1);
    indices_.push_back(loop.index);
  }
  // Counts, and goes round with what is on the stack.
  void EndLoop(const LoopState& loop) {
    static constexpr int32_t kSteps[] = {1,  1,  1, 2,  4,  8,      8,
                                         16, 16, 3, -1, -8, 0x1000, 0x40000000};
    Get(loop.index);
    SmallConst(kSteps[entropy_.Below(std::size(kSteps))]);
    Emit(Opcode::I32Add);
    Emit(Opcode::LocalSet, loop.index);
    Get(loop.counter);
    SmallConst(1);
    Emit(Opcode::I32Sub);
    Emit(Opcode::LocalTee, loop.counter);
    if (entropy_.OneIn(3)) {  // and another bound, as producers write it
      static constexpr int32_t kBounds[] = {16, 64, 0xfff8, 0x10000, -1};
      SmallConst(0);
      Get(loop.index);
      SmallConst(kBounds[entropy_.Below(std::size(kBounds))]);
      Emit(entropy_.OneIn(2) ? Opcode::I32LtU : Opcode::I32LtS);
      Emit(Opcode::Select);
    }
    Emit(Opcode::BrIf, 0);
    indices_.pop_back();
    loop_labels_.pop_back();
    labels_.pop_back();
    Emit(Opcode::End);
  }
  void Loop() {
    const auto loop = BeginLoop();
    if (!loop) return;
    Emit(Opcode::Loop);
    Byte(0x40);
    EnterLoop(*loop, {});
    Statement();
    Statement();
    EndLoop(*loop);
  }
  // A loop with a parameter: a value goes round.
  void RoundLoop(ValType type) {
    const auto loop = BeginLoop();
    if (!loop) return Leaf(type);
    Expr(type);
    Emit(Opcode::Loop, *RoundType(type));
    EnterLoop(*loop, {type});
    uint32_t local = 0;
    while (local < first_counter_ && locals_[local] != type) ++local;
    if (local < first_counter_) {
      Emit(Opcode::LocalSet, local);
    } else {
      Emit(Opcode::Drop);
    }
    Statement();
    Expr(type);
    EndLoop(*loop);
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
    Emit(Opcode::BrIf, label);
    for (size_t i = 0; i < types.size(); ++i) Emit(Opcode::Drop);
  }
  void BrTable() {
    Emit(Opcode::Block);
    Byte(0x40);
    Emit(Opcode::Block);
    Byte(0x40);
    Expr2(ValType::kI32);
    Emit(Opcode::BrTable, 3);
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
    switch (entropy_.Below(options_.gc ? 16 : 4)) {
      case 0:
        SmallI32(70000);
        SmallI32(256);
        SmallI32(300);
        return Emit(Opcode::MemoryFill, 0);
      case 1:
        SmallI32(66000);
        SmallI32(66000);
        SmallI32(300);
        return Emit(Opcode::MemoryCopy, 0, 0);
      case 2:
        SmallI32(66000);
        SmallI32(kPassiveDataSize);
        SmallI32(16);
        return Emit(Opcode::MemoryInit, kPassiveData, 0);
      case 3:
        SmallI32(kTableSize);
        Expr(wasm::kFuncRef);
        SmallI32(3);
        return Emit(Opcode::TableFill, kFuncTable);
      case 4:
        SmallI32(kTableSize + 1);
        Expr(wasm::kAnyRef);
        return Emit(Opcode::TableSet, kAnyTable);
      case 5:
        Expr(wasm::kAnyRef);
        SmallI32(3);
        Emit(Opcode::TableGrow, kAnyTable);
        Emit(Opcode::Drop);
        return;
      case 6:
        SmallI32(kTableSize);
        SmallI32(kTableSize);
        SmallI32(4);
        return Emit(Opcode::TableCopy, kFuncTable, kFuncTable);
      case 7:
        SmallI32(kTableSize);
        SmallI32(kTableSize);
        SmallI32(4);
        return Emit(Opcode::TableInit, kPassiveElem, kFuncTable);
      case 8:
        if (entropy_.OneIn(3)) {
          Emit(Opcode::ElemDrop, kPassiveElem);
        } else if (entropy_.OneIn(3)) {
          Emit(Opcode::DataDrop, kPassiveData);
        }
        return;
      case 9:
        SmallI32(kTableSize + 1);
        Expr(wasm::kFuncRef);
        return Emit(Opcode::TableSet, kFuncTable);
      case 10: {  // between memories: the length has the smaller address type
        const uint32_t to = entropy_.Below(NumMemories()), from = entropy_.Below(NumMemories());
        for (uint32_t memory : {to, from}) {
          Emit(memory == kMemory64 ? Opcode::I64Const : Opcode::I32Const);
          wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(66000)));
        }
        Emit(to == kMemory64 && from == kMemory64 ? Opcode::I64Const : Opcode::I32Const);
        wasm::WriteSignedLeb(*out_, static_cast<int32_t>(entropy_.Below(300)));
        return Emit(Opcode::MemoryCopy, to, from);
      }
      case 11:
        SmallI32(200);
        SmallI32(200);
        SmallI32(40);
        return Emit(Opcode::MemoryCopy, 0, 0);
      default:
        SmallI32(kTableSize);
        Expr(wasm::kAnyRef);
        SmallI32(4);
        return Emit(Opcode::TableFill, kAnyTable);
    }
  }
  void Mutate() {
    switch (entropy_.Below(8)) {
      case 0:
        NonNull(StructRef());
        Expr(wasm::kAnyRef);
        return Emit(Opcode::StructSet, kStructType, 4);
      case 1:
        NonNull(StructRef());
        Expr(ValType::kI32);
        return Emit(Opcode::StructSet, kStructType, 3);
      case 2:
        NonNull(ArrayRef());
        SmallI32(20);
        Expr(ValType::kI32);
        return Emit(Opcode::ArraySet, kArrayType);
      case 3:
        NonNull(ArrayRef());
        SmallI32(10);
        Expr(ValType::kI32);
        SmallI32(10);
        return Emit(Opcode::ArrayFill, kArrayType);
      case 4:
        NonNull(ArrayRef());
        SmallI32(20);
        NonNull(ArrayRef());
        SmallI32(20);
        SmallI32(10);
        return Emit(Opcode::ArrayCopy, kArrayType, kArrayType);
      case 5:
        NonNull(ArrayRef());
        SmallI32(10);
        SmallI32(kPassiveDataSize);
        SmallI32(10);
        return Emit(Opcode::ArrayInitData, kArrayType, kPassiveData);
      case 6: {
        const bool wide = entropy_.OneIn(2);
        NonNull(StructRef());
        Expr(wide ? ValType(ValType::kI64) : ValType(ValType::kF64));
        return Emit(Opcode::StructSet, kStructType, wide ? 1 : 2);
      }
      default:
        Expr(StructRef());
        SmallI32(8);
        Emit(Opcode::ArrayNew, kRefArrayType);
        SmallI32(8);
        Emit(Opcode::ArrayGet, kRefArrayType);
        Emit(Opcode::Drop);
    }
  }

  static constexpr uint32_t kMaxLoops = 4;
  static constexpr uint32_t kNumScratch = 3;

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
  std::vector<uint32_t> indices_;  // of the loops around
  bool any_nan_ = false;           // for the next Expr alone
  int budget_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<uint8_t> GenerateModule(Entropy& entropy, const GeneratorOptions& options) {
  return Generator(entropy, options).Generate();
}

}  // namespace trenail::fuzz
