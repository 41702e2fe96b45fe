// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// FAST: the short cut through the commonest instructions: those with plain immediates, operands of
// exactly the right types and at most one result, and the blocks and branches between them. It is
// not another validator: what it does not recognise at a glance, right or wrong, it leaves to the
// rules, before it has changed anything. Reader and operand stack stay in registers here.
//
// It reads on behind the body, into what the module has there, instead of asking at each byte; if
// an instruction turns out to have crossed the body's end, the body starts over without the short
// cut, for the error's sake. docs/side-table.md says what all this measures.

#include <array>

#include "libwasm/validate/func_validator.h"

namespace wasm::validate {

namespace {

enum class FastKind : uint8_t {
  kSlow,
  kConst,
  kFloatConst,
  kOneOperand,
  kTwoOperands,
  kLoad,
  kStore,
  kLocalGet,
  kLocalSet,
  kLocalTee,
  kGlobalGet,
  kGlobalSet,
  kDrop,
  kSelect,
  kBlock,
  kLoop,
  kIf,
  kElse,
  kEnd,
  kBr,
  kBrIf,
  kReturn,
  kUnreachable,
  kCall,
  kCallIndirect,
  kVector,
};

// What a one-byte opcode takes and gives, as codes of value types.
struct FastRow {
  FastKind kind = FastKind::kSlow;
  uint8_t first = 0;   // the operand below; kLoad, kStore: log2 of the access; constants: bytes
  uint8_t second = 0;  // the operand on top
  uint8_t result = 0;
};

// What an instruction behind the prefix 0xfd takes and gives.
struct VectorRow {
  enum class Kind : uint8_t { kSlow, kPlain, kMemory, kMemoryLane, kLane, kSkip };
  Kind kind = Kind::kSlow;
  uint8_t access_log2 = 0;
  uint8_t bound = 0;  // lanes; kSkip: bytes of the immediate
  uint8_t num_params = 0;
  std::array<uint8_t, 3> params{};
  uint8_t result = 0;    // 0: none
  int8_t more_wide = 0;  // by how many the v128 on the stack become more
};

constexpr uint8_t Code(SigType type) {
  return static_cast<uint8_t>(ToValType(type, AddrType::kI32).code());
}

constexpr FastKind KindOfSpecial(Opcode op) {
  switch (op) {
    case Opcode::LocalGet:
      return FastKind::kLocalGet;
    case Opcode::LocalSet:
      return FastKind::kLocalSet;
    case Opcode::LocalTee:
      return FastKind::kLocalTee;
    case Opcode::GlobalGet:
      return FastKind::kGlobalGet;
    case Opcode::GlobalSet:
      return FastKind::kGlobalSet;
    case Opcode::Drop:
      return FastKind::kDrop;
    case Opcode::Select:
      return FastKind::kSelect;
    case Opcode::Block:
      return FastKind::kBlock;
    case Opcode::Loop:
      return FastKind::kLoop;
    case Opcode::If:
      return FastKind::kIf;
    case Opcode::Else:
      return FastKind::kElse;
    case Opcode::End:
      return FastKind::kEnd;
    case Opcode::Br:
      return FastKind::kBr;
    case Opcode::BrIf:
      return FastKind::kBrIf;
    case Opcode::Return:
      return FastKind::kReturn;
    case Opcode::Unreachable:
      return FastKind::kUnreachable;
    case Opcode::Call:
      return FastKind::kCall;
    case Opcode::CallIndirect:
      return FastKind::kCallIndirect;
    default:
      return FastKind::kSlow;
  }
}

// From the rows of the one table.
constexpr std::array<FastRow, 256> kFastRows = [] {
  std::array<FastRow, 256> rows{};
  for (size_t byte = 0; byte < rows.size(); ++byte) {
    if (byte == 0xfd) rows[byte].kind = FastKind::kVector;
    if (kPlainCodes[byte] == kNoOpcode) continue;
    const Opcode op = static_cast<Opcode>(kPlainCodes[byte]);
    const OpcodeInfo& info = Info(op);
    const Signature& sig = info.signature;
    FastRow& row = rows[byte];
    if (info.instr_class == InstrClass::kSpecial) row.kind = KindOfSpecial(op);
    if (info.instr_class == InstrClass::kMemory) {
      row.first = info.access_log2;
      row.kind = sig.num_results == 1 ? FastKind::kLoad : FastKind::kStore;
      if (sig.num_results == 1)
        row.result = Code(sig.results[0]);
      else
        row.second = Code(sig.params[1]);
    }
    if (info.instr_class != InstrClass::kSimple || sig.num_results != 1) continue;
    if (info.imm == ImmKind::kConstI32 || info.imm == ImmKind::kConstI64) {
      row = {FastKind::kConst, 0, 0, Code(sig.results[0])};
    } else if (info.imm == ImmKind::kConstF32) {
      row = {FastKind::kFloatConst, 4, 0, Code(sig.results[0])};
    } else if (info.imm == ImmKind::kConstF64) {
      row = {FastKind::kFloatConst, 8, 0, Code(sig.results[0])};
    } else if (info.imm == ImmKind::kNone && info.feature == Feature::kMvp && sig.num_params == 1) {
      row = {FastKind::kOneOperand, 0, Code(sig.params[0]), Code(sig.results[0])};
    } else if (info.imm == ImmKind::kNone && info.feature == Feature::kMvp && sig.num_params == 2) {
      row = {FastKind::kTwoOperands, Code(sig.params[0]), Code(sig.params[1]),
             Code(sig.results[0])};
    }
  }
  return rows;
}();

constexpr std::array<VectorRow, kMaxPrefixedCode> kVectorRows = [] {
  std::array<VectorRow, kMaxPrefixedCode> rows{};
  for (size_t code = 0; code < rows.size(); ++code) {
    if (kFdCodes[code] == kNoOpcode) continue;
    const OpcodeInfo& info = Info(static_cast<Opcode>(kFdCodes[code]));
    const Signature& sig = info.signature;
    VectorRow& row = rows[code];
    if (info.instr_class == InstrClass::kSpecial || sig.num_params > 3 || sig.num_results > 1)
      continue;
    row.num_params = sig.num_params;
    for (size_t i = 0; i < sig.num_params; ++i) {
      row.params[i] = Code(sig.params[i]);
      if (row.params[i] == ValType::kV128) --row.more_wide;
    }
    if (sig.num_results == 1) row.result = Code(sig.results[0]);
    if (row.result == ValType::kV128) ++row.more_wide;
    row.access_log2 = info.access_log2;
    switch (info.imm) {
      case ImmKind::kNone:
        row.kind = VectorRow::Kind::kPlain;
        break;
      case ImmKind::kMemArg:
        row.kind = VectorRow::Kind::kMemory;
        break;
      case ImmKind::kMemArgLane:
        row.kind = VectorRow::Kind::kMemoryLane;
        row.bound = static_cast<uint8_t>(16 >> info.access_log2);
        break;
      case ImmKind::kLane:
        row.kind = VectorRow::Kind::kLane;
        row.bound = static_cast<uint8_t>(NumLanes(info.text));
        break;
      case ImmKind::kConstV128:
        row.kind = VectorRow::Kind::kSkip;
        row.bound = 16;
        break;
      default:
        break;
    }
  }
  return rows;
}();

// No instruction that is taken here, and no byte that is looked at, reaches further.
constexpr ptrdiff_t kMargin = 32;

// Linkers pad what they may have to change to the greatest length, so long integers are common in
// modules that were not optimised behind them.

// The length of an integer of `max_bytes` at most, of which the first four are known not to be the
// last. In the last byte that there may be, the bits of `last_mask` are the sign, or 0. Returns 0
// if it is malformed.
[[gnu::noinline]] int LongLeb(const uint8_t* p, int max_bytes, uint8_t last_mask, bool is_signed) {
  int i = 4;
  while (i < max_bytes && p[i] >= 0x80) ++i;
  if (i >= max_bytes) return 0;
  if (i < max_bytes - 1 || (p[i] & last_mask) == 0) return i + 1;
  return is_signed && (p[i] & last_mask) == last_mask ? i + 1 : 0;
}

// The length of an integer of at most four bytes, which fits every type; 0 if it is longer.
inline int ShortLeb(const uint8_t* p) {
  if (p[0] < 0x80) [[likely]]
    return 1;
  return p[1] < 0x80 ? 2 : p[2] < 0x80 ? 3 : p[3] < 0x80 ? 4 : 0;
}

// The length of a number constant, or of an unsigned integer of 32 bits; 0 if it is malformed.
inline int ConstLeb(const uint8_t* p, ValType::Code type) {
  const int length = ShortLeb(p);
  if (length != 0) [[likely]]
    return length;
  return type == ValType::kI32 ? LongLeb(p, 5, 0x78, true) : LongLeb(p, 10, 0x7f, true);
}
inline int OffsetLeb(const uint8_t* p) {
  const int length = ShortLeb(p);
  return length != 0 ? length : LongLeb(p, 5, 0x70, false);
}

struct IndexAndNext {
  size_t index;
  const uint8_t* next;  // null: malformed
};
[[gnu::noinline]] IndexAndNext ReadLongIndex(const uint8_t* p) {
  const int length = OffsetLeb(p);
  size_t index = 0;
  for (int i = 0; i < length; ++i) index |= size_t{p[i] & 0x7fu} << (7 * i);
  return {index, length != 0 ? p + length : nullptr};
}

// Reads an index at `p` and goes behind it; false if it is malformed.
inline bool ReadIndex(const uint8_t*& p, size_t& index) {
  index = *p;
  if (index < 0x80) [[likely]] {
    ++p;
    return true;
  }
  const IndexAndNext result = ReadLongIndex(p);
  index = result.index;
  p = result.next;
  return p != nullptr;
}

bool Is(ValType type, uint8_t code) { return type.bits() == code; }
ValType ToType(uint8_t code) { return static_cast<ValType::Code>(code); }

}  // namespace

bool FuncValidator::RunFast() {
  const std::span<const uint8_t> bytes = c_.module.bytes.span();
  const uint8_t* const end = r_->end();
  const uint8_t* p = r_->position();
  if (bytes.data() + bytes.size() - end < kMargin) {
    // The body is among the last: where no instruction can cross the module's end.
    if (end - p < kMargin) return true;
  }
  const uint8_t* const limit = bytes.data() + bytes.size() - end < kMargin ? end - kMargin : end;
  ValType* top = top_;
  ValType* floor = floor_;
  ptrdiff_t extra = extra_;
  // How far the stack has been and may go, each less the second slots of v128.
  ValType* high = high_ - extra;
  ValType* last = stack_.get() + capacity_ - 1 - extra;
  const ValType* const locals = locals_.data();
  const size_t num_locals = locals_.size();

#define PUSH(pushed)                \
  do {                              \
    if (top == high) [[unlikely]] { \
      if (top == last) goto slow;   \
      ++high;                       \
    }                               \
    *top++ = (pushed);              \
  } while (false)
#define PC(at) static_cast<uint32_t>((at) - code_begin_)

  const auto set_extra = [&](ptrdiff_t value) {
    high -= value - extra;
    last -= value - extra;
    extra = value;
  };
  const auto has_operands = [&](ptrdiff_t count) { return top - floor >= count; };
  // Whether the operands of the innermost block are exactly `types`, of which there are one or
  // none; or, in unreachable code, nothing.
  const auto holds_exactly = [&](std::span<const ValType> types) {
    const ptrdiff_t operands = top - floor;
    if (operands == 0) return types.empty() || frame().unreachable;
    return operands == 1 && types.size() == 1 && top[-1] == types[0];
  };
  const auto set_unreachable = [&] {
    CtrlFrame& f = frame();
    top = floor;
    set_extra(f.extra);
    f.unreachable = true;
  };
  const auto open_frame = [&](CtrlFrame& f, FrameKind kind) {
    f.kind = kind;
    f.height = static_cast<uint32_t>(top - stack_.get());
    f.extra = static_cast<uint32_t>(extra);
    f.init_height = static_cast<uint32_t>(inits_.size());
    floor = top;
    ++num_frames_;
  };
  const auto is_short_block_type = [](uint8_t byte) {
    return byte == 0x40 || (byte >= ValType::kF64 && byte <= ValType::kI32);
  };

  while (p < limit) {
    const FastRow& row = kFastRows[*p];
    const uint8_t* next = p + 1;
    int length;
    size_t index;
    switch (row.kind) {
      case FastKind::kSlow:
        goto slow;
      case FastKind::kConst:
        if ((length = ConstLeb(p + 1, static_cast<ValType::Code>(row.result))) == 0) goto slow;
        PUSH(ToType(row.result));
        p += 1 + length;
        continue;
      case FastKind::kFloatConst:
        PUSH(ToType(row.result));
        p += 1 + row.first;
        continue;
      case FastKind::kOneOperand:
        if (!has_operands(1) || !Is(top[-1], row.second)) goto slow;
        top[-1] = ToType(row.result);
        ++p;
        continue;
      case FastKind::kTwoOperands:
        if (!has_operands(2) || !Is(top[-1], row.second) || !Is(top[-2], row.first)) goto slow;
        --top;
        top[-1] = ToType(row.result);
        ++p;
        continue;
      case FastKind::kLoad:
        if (!has_plain_memory_ || p[1] > row.first || !has_operands(1) ||
            !Is(top[-1], ValType::kI32) || (length = OffsetLeb(p + 2)) == 0)
          goto slow;
        top[-1] = ToType(row.result);
        p += 2 + length;
        continue;
      case FastKind::kStore:
        if (!has_plain_memory_ || p[1] > row.first || !has_operands(2) ||
            !Is(top[-1], row.second) || !Is(top[-2], ValType::kI32) ||
            (length = OffsetLeb(p + 2)) == 0)
          goto slow;
        top -= 2;
        p += 2 + length;
        continue;

      // Locals without default value have bookkeeping of their own.
      case FastKind::kLocalGet: {
        if (!ReadIndex(next, index) || index >= num_locals) goto slow;
        const ValType type = locals[index];
        if (type.is_num()) [[likely]] {
          PUSH(type);
        } else {
          if (!type.is_defaultable()) goto slow;
          if (type.is_vec()) {
            if (top + 2 > last) goto slow;
            set_extra(extra + 1);
          } else if (top == last) {
            goto slow;
          }
          *top++ = type;
          if (top > high) high = top;
        }
        p = next;
        continue;
      }
      case FastKind::kLocalSet: {
        if (!ReadIndex(next, index) || index >= num_locals || !has_operands(1)) goto slow;
        const ValType type = locals[index];
        if (top[-1] != type || !type.is_defaultable()) goto slow;
        --top;
        if (type.is_vec()) [[unlikely]]
          set_extra(extra - 1);
        p = next;
        continue;
      }
      case FastKind::kLocalTee: {
        if (!ReadIndex(next, index) || index >= num_locals || !has_operands(1)) goto slow;
        const ValType type = locals[index];
        if (top[-1] != type || !type.is_defaultable()) goto slow;
        p = next;
        continue;
      }
      case FastKind::kGlobalGet: {
        if (!ReadIndex(next, index) || index >= c_.globals.size() || c_.globals[index].is_vec())
          goto slow;
        PUSH(c_.globals[index]);
        p = next;
        continue;
      }
      case FastKind::kGlobalSet: {
        if (!ReadIndex(next, index) || index >= c_.globals.size() || !has_operands(1) ||
            top[-1] != c_.globals[index] || top[-1].is_vec() ||
            !c_.module.globals[index].type.is_mutable)
          goto slow;
        --top;
        p = next;
        continue;
      }

      // In wide bodies these own an entry.
      case FastKind::kDrop:
        if (!has_operands(1) || wide_) goto slow;
        --top;
        ++p;
        continue;
      case FastKind::kSelect:
        if (!has_operands(3) || wide_ || !Is(top[-1], ValType::kI32) || top[-2] != top[-3] ||
            !top[-2].is_num())
          goto slow;
        top -= 2;
        ++p;
        continue;

      case FastKind::kBlock: {
        if (!is_short_block_type(p[1])) goto slow;
        CtrlFrame& f = NextFrame();
        if (p[1] != 0x40) f.value = ToType(p[1]);
        p += 2;
        open_frame(f, FrameKind::kBlock);
        continue;
      }
      case FastKind::kLoop: {
        if (!is_short_block_type(p[1])) goto slow;
        CtrlFrame& f = NextFrame();
        if (p[1] != 0x40) f.value = ToType(p[1]);
        p += 2;
        f.begin_pc = PC(p);
        f.begin_position = table_.position();
        open_frame(f, FrameKind::kLoop);
        continue;
      }
      case FastKind::kIf: {
        if (!is_short_block_type(p[1]) || !has_operands(1) || !Is(top[-1], ValType::kI32))
          goto slow;
        CtrlFrame& f = NextFrame();
        if (p[1] != 0x40) f.value = ToType(p[1]);
        --top;
        f.begin_position = table_.position();
        SideTableBuilder::Chain alone;
        table_.AddForward(PC(p), &alone, 0, 0);
        p += 2;
        open_frame(f, FrameKind::kIf);
        continue;
      }
      case FastKind::kElse: {
        CtrlFrame& f = frame();
        if (f.kind != FrameKind::kIf || f.type != nullptr || inits_.size() != f.init_height ||
            !holds_exactly(f.results()))
          goto slow;
        top = floor;
        set_extra(f.extra);
        table_.AddForward(PC(p), &f.chain, 0, 0);
        ++p;
        table_.ResolveOne(f.begin_position, PC(p), table_.position());
        f.kind = FrameKind::kElse;
        f.unreachable = false;
        continue;
      }
      case FastKind::kEnd: {
        CtrlFrame& f = frame();
        if (f.kind > FrameKind::kElse || f.kind == FrameKind::kFunc || legacy_ ||
            f.type != nullptr || inits_.size() != f.init_height || !holds_exactly(f.results()))
          goto slow;
        if (f.value.is_bot()) {
          if (f.kind == FrameKind::kIf) {
            SideTableBuilder::Chain alone{.first_entry = f.begin_position,
                                          .last_entry = f.begin_position};
            SideTableBuilder::Concatenate(&table_, &f.chain, alone);
          }
        } else {
          if (f.kind == FrameKind::kIf || f.value.is_vec()) goto slow;
          // What is missing in unreachable code.
          if (top == floor) PUSH(f.value);
        }
        ++p;
        set_extra(f.extra);
        --num_frames_;
        CtrlFrame& outer = frame();
        floor = stack_.get() + outer.height + (outer.is_catch() ? 1 : 0);
        // An `end` that follows has nothing to do, so that one branch may skip them all.
        if (*p == 0x0b && num_frames_ > 1)
          SideTableBuilder::Concatenate(&table_, &outer.chain, f.chain);
        else
          table_.Resolve(f.chain, PC(p), table_.position());
        continue;
      }
      case FastKind::kBr:
      case FastKind::kBrIf: {
        const ptrdiff_t condition = row.kind == FastKind::kBrIf ? 1 : 0;
        if (p[1] >= 0x80 || p[1] >= num_frames_ ||
            (condition != 0 && (!has_operands(1) || !Is(top[-1], ValType::kI32))))
          goto slow;
        CtrlFrame& target = frames_[num_frames_ - 1 - p[1]];
        const std::span<const ValType> types = target.label_types();
        if (!types.empty() && (types.size() > 1 || !has_operands(1 + condition) ||
                               top[-1 - condition] != types[0] || types[0].is_vec()))
          goto slow;
        top -= condition;
        const uint32_t keep = static_cast<uint32_t>(types.size());
        const uint32_t slots = static_cast<uint32_t>(top - stack_.get() + extra);
        const uint32_t below = target.height + target.extra + keep;
        const uint32_t drop = slots > below ? slots - below : 0;
        if (target.kind == FrameKind::kLoop)
          table_.AddBackward(PC(p), target.begin_pc, target.begin_position, keep, drop);
        else
          table_.AddForward(PC(p), &target.chain, keep, drop);
        p += 2;
        if (condition == 0) set_unreachable();
        continue;
      }
      case FastKind::kReturn: {
        const ResultType& results = func_type_->results;
        if (!results.empty() && (results.size() > 1 || !has_operands(1) || top[-1] != results[0]))
          goto slow;
        set_unreachable();
        ++p;
        continue;
      }
      case FastKind::kUnreachable:
        set_unreachable();
        ++p;
        continue;

      case FastKind::kCall:
      case FastKind::kCallIndirect: {
        const CanonType* canon;
        ptrdiff_t table_operand = 0;
        if (!ReadIndex(next, index)) goto slow;
        if (row.kind == FastKind::kCall) {
          if (index >= c_.functions.size()) goto slow;
          canon = c_.functions[index];
        } else {
          size_t table;
          if (!ReadIndex(next, table) || table != 0 || c_.tables.empty() ||
              c_.tables[0] != kFuncRef || c_.module.tables[0].type.addr_type != AddrType::kI32 ||
              index >= c_.types.size() || !has_operands(1) || !Is(top[-1], ValType::kI32))
            goto slow;
          canon = c_.types[index];
          if (canon->type.comp.kind != CompType::Kind::kFunc) goto slow;
          table_operand = 1;
        }
        const FuncType& type = canon->type.comp.func;
        const size_t num_params = type.params.size();
        const size_t num_results = type.results.size();
        if (!has_operands(static_cast<ptrdiff_t>(num_params) + table_operand) || num_results > 1)
          goto slow;
        ValType* const arguments = top - table_operand - num_params;
        for (size_t i = 0; i < num_params; ++i)
          if (arguments[i] != type.params[i] || arguments[i].is_vec()) goto slow;
        if (num_results != 0) {
          const ValType result = type.results[0];
          if (result.is_vec() || arguments == last) goto slow;
          *arguments = result;
          top = arguments + 1;
          if (top > high) high = top;
        } else {
          top = arguments;
        }
        p = next;
        continue;
      }

      case FastKind::kVector: {
        if (!wide_ || !ReadIndex(next, index) || index >= kVectorRows.size()) goto slow;
        const VectorRow& vector = kVectorRows[index];
        switch (vector.kind) {
          case VectorRow::Kind::kSlow:
            goto slow;
          case VectorRow::Kind::kPlain:
            break;
          case VectorRow::Kind::kMemory:
          case VectorRow::Kind::kMemoryLane:
            if (!has_plain_memory_ || next[0] > vector.access_log2 ||
                (length = OffsetLeb(next + 1)) == 0)
              goto slow;
            next += 1 + length;
            if (vector.kind == VectorRow::Kind::kMemory) break;
            [[fallthrough]];
          case VectorRow::Kind::kLane:
            if (*next++ >= vector.bound) goto slow;
            break;
          case VectorRow::Kind::kSkip:
            next += vector.bound;
            break;
        }
        if (!has_operands(vector.num_params)) goto slow;
        ValType* const arguments = top - vector.num_params;
        for (size_t i = 0; i < vector.num_params; ++i)
          if (!Is(arguments[i], vector.params[i])) goto slow;
        ValType* const after = arguments + (vector.result != 0 ? 1 : 0);
        if (after > last - vector.more_wide) goto slow;
        if (vector.result != 0) *arguments = ToType(vector.result);
        top = after;
        set_extra(extra + vector.more_wide);
        if (top > high) high = top;
        p = next;
        continue;
      }
      default:
        __builtin_unreachable();
    }
  }
slow:
#undef PUSH
#undef PC
  if (p > end) [[unlikely]]
    return Restart(&no_fast_path_);
  top_ = top;
  floor_ = floor;
  extra_ = extra;
  high_ = high + extra;
  r_->SetPosition(p);
  return true;
}

}  // namespace wasm::validate
