// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a function body to LLVM IR: one more visitor over the body. Each instruction is validated
// first, which keeps the types, and then translated if it can be reached. Operands are SSA values,
// locals are allocas that LLVM promotes, labels are blocks with a phi per operand. Instructions
// without a lowering of their own call the runtime's builtin of their row.

#ifndef TRENAIL_AOTC_FUNCTION_TRANSLATOR_H_
#define TRENAIL_AOTC_FUNCTION_TRANSLATOR_H_

#include <llvm/Analysis/TargetFolder.h>
#include <llvm/IR/IRBuilder.h>

#include <initializer_list>
#include <span>
#include <vector>

#include "aotc/partition.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/validate/func_validator.h"

namespace wasm::aotc {

class FunctionTranslator {
 public:
  // `plan`: of the module that the functions are of.
  FunctionTranslator(Partition& partition, const ModulePlan& plan,
                     validate::FuncValidator& validator);

  // Translates one validated defined function into the partition. False only if the body is not
  // valid after all; the error is in the sink.
  bool Translate(uint32_t function, ErrorSink* sink);
  // Likewise, into a body that takes the place of calls (inlined_calls.h).
  bool TranslateInlined(const InlinedBody& body, ErrorSink* sink);

  // ---- the visitor ----
  template <Opcode op, typename Imm>
  bool Visit(Op<op> tag, const Imm& imm) {
    Begin();
    if constexpr (ChangesControl(op)) SpendFuel();
    if (!v_.Visit(tag, imm)) return false;
    if (live_ || IsStructural(op)) Emit(tag, imm);
    return true;
  }
  template <typename Imm>
  bool VisitSimple(Opcode op, const Imm& imm) {
    Begin();
    if (!v_.VisitSimple(op, imm)) return false;
    if (live_) EmitSimple(op, imm);
    return true;
  }

 private:
  using Builder = llvm::IRBuilder<llvm::TargetFolder>;
  using Values = llvm::SmallVector<llvm::Value*, 8>;
  using Types = std::span<const ValType>;
  using FrameKind = validate::FuncValidator::FrameKind;

  struct Operand {
    llvm::Value* value;
    ValType type;
  };
  struct Frame {
    FrameKind kind = FrameKind::kBlock;
    bool dead = false;                      // opened in unreachable code: nothing is translated
    size_t height = 0;                      // operands below the parameters
    llvm::BasicBlock* target = nullptr;     // of branches: loop header or end
    llvm::BasicBlock* end = nullptr;        // what follows; a loop's too
    llvm::BasicBlock* otherwise = nullptr;  // if: the else part, until it begins
    std::vector<ValType> params;
    std::vector<ValType> results;
    llvm::SmallVector<llvm::PHINode*, 2> phis;  // of the end
    llvm::SmallVector<llvm::PHINode*, 2> loop_phis;
    Values if_params;
    // try: where exceptions from inside arrive.
    bool is_try = false;                      // protects the code being translated
    llvm::BasicBlock* landing_pad = nullptr;  // made on first use
    llvm::BasicBlock* dispatch = nullptr;     // decides, with the exception in `exception`
    llvm::PHINode* exception = nullptr;
    const uint8_t* catches = nullptr;  // try_table: its clauses
    uint32_t num_catches = 0;
    llvm::BasicBlock* cursor = nullptr;  // legacy: where the next clause is tested
    llvm::Value* caught = nullptr;       // legacy: the exception, inside a catch
  };

  static constexpr bool IsStructural(Opcode op) {
    return op == Opcode::Block || op == Opcode::Loop || op == Opcode::If || op == Opcode::Else ||
           op == Opcode::End || op == Opcode::TryTable || op == Opcode::LegacyTry ||
           op == Opcode::LegacyCatch || op == Opcode::LegacyCatchAll ||
           op == Opcode::LegacyDelegate;
  }

  // Where control may go elsewhere or come from elsewhere: instructions counted so far are paid.
  static constexpr bool ChangesControl(Opcode op) {
    return (op >= Opcode::Unreachable && op <= Opcode::TryTable && op != Opcode::Block) ||
           op == Opcode::BrOnNull || op == Opcode::BrOnNonNull || op == Opcode::BrOnCast ||
           op == Opcode::BrOnCastFail;
  }

  void Begin();
  const IrTypes& t() const { return p_.types(); }
  const validate::ModuleContext& c() const { return v_.context(); }
  const Module& module() const { return v_.context().module; }

  // ---- one per row that is SPECIAL ----
#define SPECIAL(Name, prefix, code, text, Imm, Feature, flags) \
  void Emit(Op<Opcode::Name>, const imm::Imm& imm);
#include "libwasm/opcodes/instructions.def"

  // ---- rows with a signature, by the shape of their immediate ----
  void EmitSimple(Opcode op, const imm::None&);
  void EmitSimple(Opcode op, const imm::MemArg& imm);
  void EmitSimple(Opcode op, const imm::MemArgLane& imm);
  void EmitSimple(Opcode op, const imm::Lane& imm);
  void EmitSimple(Opcode op, const imm::Lanes16& imm);
  void EmitSimple(Opcode op, const imm::ConstI32& imm);
  void EmitSimple(Opcode op, const imm::ConstI64& imm);
  void EmitSimple(Opcode op, const imm::ConstF32& imm);
  void EmitSimple(Opcode op, const imm::ConstF64& imm);
  void EmitSimple(Opcode op, const imm::ConstV128& imm);
  void EmitSimple(Opcode op, const imm::MemIdx& imm);
  void EmitSimple(Opcode op, const imm::FenceByte& imm);
  // Inline lowerings; false: there is none.
  bool EmitNumeric(Opcode op);                                              // translate_numeric.cc
  bool EmitVector(Opcode op);                                               // translate_simd.cc
  bool EmitVectorLane(Opcode op, unsigned lane);                            // …simd_access.cc
  bool EmitVectorAccess(Opcode op, const imm::MemArg& imm, unsigned lane);  // …simd_access.cc
  bool EmitAtomic(Opcode op, const imm::MemArg& imm);                       // translate_atomic.cc
  bool EmitLoadStore(Opcode op, const imm::MemArg& imm);                    // translate_memory.cc

  // ---- operands ----
  void Push(llvm::Value* value, ValType type) { stack_.push_back({value, type}); }
  // Of the type that validation gave it.
  void Push(llvm::Value* value) { Push(value, v_.TypeAt(0)); }
  llvm::Value* Pop() {
    llvm::Value* value = stack_.back().value;
    stack_.pop_back();
    return value;
  }
  Values PopN(size_t count);
  // As a vector of lanes.
  llvm::Value* PopAs(llvm::Type* type) { return b_.CreateBitCast(Pop(), type); }
  void PushV128(llvm::Value* value) { Push(b_.CreateBitCast(value, t().v128), ValType::kV128); }
  llvm::Value* AsBool(llvm::Value* i32);
  void PushBool(llvm::Value* i1) { Push(b_.CreateZExt(i1, t().i32), ValType::kI32); }

  // ---- control ----
  Frame& frame(uint32_t label) { return frames_[frames_.size() - 1 - label]; }
  void OpenFrame(FrameKind kind);
  void MakeEnd(Frame& f);
  void SetReachable(llvm::BasicBlock* block);
  void SetUnreachable();
  // Hands `values` to the label's phis and branches there, or adds the edge of a branch that the
  // caller makes.
  void AddEdge(Frame& f, std::span<llvm::Value* const> values);
  Values Top(size_t count);
  size_t LabelArity(const Frame& f) const {
    return f.kind == FrameKind::kLoop ? f.params.size() : f.results.size();
  }
  void BranchIf(llvm::Value* condition, uint32_t label);
  void EndFrame();
  void Return(std::span<llvm::Value* const> values);
  llvm::BasicBlock* NewBlock(const char* name = "");

  // ---- traps and calls ----
  void TrapIf(llvm::Value* condition, Trap trap);
  void EmitTrap(Trap trap);
  llvm::Value* CallBuiltin(native::Builtin builtin, std::initializer_list<llvm::Value*> args,
                           bool may_throw = false);
  // The builtin of the row: pops `operands` values, pushes what validation says is there now.
  void EmitGeneric(Opcode op, size_t operands, size_t results, uint64_t a, uint64_t b);
  void EmitGenericSimple(Opcode op, uint64_t a, uint64_t b);
  llvm::Value* Slots(size_t count);
  void StoreSlots(std::span<llvm::Value* const> values, llvm::Value* slots);
  Values LoadSlots(Types types, llvm::Value* slots);
  // A call or, inside a try, an invoke.
  llvm::CallBase* Call(llvm::FunctionType* type, llvm::Value* callee,
                       std::span<llvm::Value* const> args, llvm::CallingConv::ID cc,
                       bool may_throw);
  void CallFunction(uint32_t function);
  void CallIndirect(const imm::CallIndirect& imm, const FuncType& type);
  void CallFuncInst(llvm::Value* func, const FuncType& type, std::span<llvm::Value* const> args,
                    const Binding* binding = nullptr);
  // What is known of an import, if calls of it should be inlined.
  const Binding* InlinableBinding(uint32_t import, llvm::FunctionType* type);
  void TailCall(uint32_t function);
  void TailCallFuncInst(llvm::Value* func, const FuncType& type);
  llvm::Value* ResolveIndirect(const imm::CallIndirect& imm, llvm::Value* element);
  // Calls through `native` with `context`, results as values.
  Values CallNative(llvm::FunctionType* type, llvm::Value* callee, llvm::Value* context,
                    const FuncType& func_type, std::span<llvm::Value* const> args,
                    llvm::CallingConv::ID cc);
  llvm::Value* ResultBuffer(const FuncType& type);
  void KeepRootsAlive();
  bool IsRooted(ValType type) const;
  void Poll();
  void SpendFuel();

  // ---- places ----
  llvm::Value* InstanceField(size_t offset, llvm::Type* type, bool invariant,
                             Place place = Place::kInstance);
  llvm::Value* Field(llvm::Value* base, size_t offset, llvm::Type* type, bool invariant,
                     Place place = Place::kInstance);
  llvm::LoadInst* Load(llvm::Type* type, llvm::Value* at, Place place, unsigned align);
  llvm::StoreInst* Store(llvm::Value* value, llvm::Value* at, Place place, unsigned align);
  // Loaded once per function, in the entry.
  llvm::Value* OnEntry(uint64_t key, llvm::function_ref<llvm::Value*()> make);
  llvm::Value* GlobalAt(uint32_t global);
  void SetGlobal(uint32_t global);
  void KeepOrder();
  llvm::Value* TableAt(uint32_t table);
  llvm::Value* MemoryAt(uint32_t memory);
  llvm::Value* TypeIdAt(uint32_t type);
  bool IsGuarded(uint32_t memory) const;
  llvm::Value* GuardedBase(uint32_t memory);
  // The place of an access of `size` bytes; traps or will fault if it is out of bounds.
  llvm::Value* Address(const imm::MemArg& imm, llvm::Value* index, unsigned size);
  void MarkGuarded(llvm::LoadInst* load, uint32_t memory);
  // The memory's size in bytes; other threads may let a shared one grow.
  llvm::Value* MemoryBytes(uint32_t memory);
  llvm::Value* AtomicAddress(const imm::MemArg& imm, llvm::Value* index, unsigned size);

  // ---- numerics ----
  llvm::Value* Opaque(llvm::Value* value);
  llvm::Value* FloatArith(unsigned opcode, llvm::Value* a, llvm::Value* b);
  llvm::Value* SecondUnlessBeyond(llvm::Value* a, llvm::Value* b, bool is_min);
  llvm::Value* MinMax(llvm::Value* a, llvm::Value* b, bool is_min);
  llvm::Value* Divide(Opcode op, llvm::Value* a, llvm::Value* b);
  llvm::Value* TrapTrunc(llvm::Value* value, llvm::Type* to, bool is_signed);
  llvm::Value* RoundingIntrinsic(llvm::Intrinsic::ID id, llvm::Value* value);

  // ---- vectors: translate_simd*.cc ----
  // The type that the instruction's name begins with.
  llvm::FixedVectorType* LanesOf(Opcode op) const;
  bool EmitWholeVector(Opcode op);
  bool EmitVectorInt(Opcode op);
  bool EmitVectorFloat(Opcode op);
  bool EmitVectorWiden(Opcode op);
  bool EmitVectorConvert(Opcode op);
  void VectorUnary(Opcode op, llvm::function_ref<llvm::Value*(llvm::Value*)> make);
  void VectorBinary(Opcode op, llvm::function_ref<llvm::Value*(llvm::Value*, llvm::Value*)> make);
  void VectorCompare(Opcode op, llvm::CmpInst::Predicate predicate);
  llvm::Value* LaneBits(llvm::CmpInst::Predicate predicate, llvm::Value* a);
  llvm::Value* AllTrue(llvm::Value* a);
  llvm::Value* Swizzle(llvm::Value* bytes, llvm::Value* indices);
  llvm::Value* Average(llvm::Value* a, llvm::Value* b);
  llvm::Value* Q15Multiply(llvm::Value* a, llvm::Value* b);
  llvm::Value* Half(llvm::Value* vector, bool high);
  // The lanes of one half, extended.
  llvm::Value* Widen(llvm::Value* vector, llvm::Type* to, bool high, bool is_signed);
  // A half and as many zeros behind it.
  llvm::Value* ZeroHigh(llvm::Value* half);
  llvm::Value* Narrow(llvm::Value* a, llvm::Value* b, llvm::FixedVectorType* to, bool is_signed);
  llvm::Value* ExtaddPairwise(llvm::Value* a, llvm::FixedVectorType* to, bool is_signed);
  llvm::Value* Dot(llvm::Value* a, llvm::Value* b, llvm::FixedVectorType* to);
  llvm::Value* RelaxedDot(llvm::Value* a, llvm::Value* b, llvm::FixedVectorType* to);
  llvm::Value* TruncSat32(llvm::Value* a, bool is_signed);

  llvm::Value* IsZero(llvm::Value* value) {
    if (auto* extended = llvm::dyn_cast<llvm::ZExtInst>(value))
      if (extended->getSrcTy()->isIntegerTy(1)) return b_.CreateNot(extended->getOperand(0));
    return b_.CreateICmpEQ(value, llvm::ConstantInt::get(value->getType(), 0));
  }
  void PushWide(llvm::Value* i128) {  // low half, then high half
    Push(b_.CreateTrunc(i128, t().i64), ValType::kI64);
    Push(b_.CreateTrunc(b_.CreateLShr(i128, 64), t().i64), ValType::kI64);
  }
  bool EmitReferenceSimple(Opcode op);  // translate_reference.cc
  llvm::Value* Element(uint32_t table, llvm::Value* index);
  void EmitRefTest(HeapType type, bool nullable);
  void EmitRefCast(HeapType type, bool nullable);
  llvm::Value* ArrayLength(llvm::Value* ref);
  llvm::Type* StorageType(ValType type) const;
  llvm::Value* LoadField(llvm::Value* at, ValType storage, bool is_signed);
  void StoreField(llvm::Value* value, llvm::Value* at, ValType storage);
  llvm::Value* FieldAt(llvm::Value* ref, const imm::TypeField& imm, ValType* storage);
  llvm::Value* ElementAt(llvm::Value* ref, llvm::Value* index, uint32_t type, ValType* storage);
  void EmitStructGet(const imm::TypeField& imm, bool is_signed);
  void EmitArrayGet(uint32_t type, bool is_signed);

  // ---- exceptions ----
  llvm::BasicBlock* UnwindDest();
  llvm::BasicBlock* DispatchOf(Frame& f);
  void ForwardException(llvm::Value* exception, size_t outer_frames);
  llvm::Value* TagMatches(llvm::Value* exception, uint32_t tag);
  Values ExceptionArgs(llvm::Value* exception, uint32_t tag);
  void BeginLegacyCatch(FrameKind kind, const uint32_t* tag);

  // ---- references ----
  llvm::Value* RefTest(llvm::Value* ref, ValType target, ValType source);
  llvm::Value* IsNull(llvm::Value* ref) {
    return b_.CreateICmpEQ(ref, llvm::ConstantInt::get(t().i64, 0));
  }

  bool TranslateBody(ErrorSink* sink);

  Partition& p_;
  const ModulePlan& plan_;
  validate::FuncValidator& v_;
  Builder b_;
  Builder entry_;  // adds to the end of the entry block
  uint32_t function_index_ = 0;
  const FuncType* type_ = nullptr;
  llvm::Function* f_ = nullptr;
  // Where an instruction is: its offset in the module is the line. Where source lines are wanted,
  // file and line are those of the source, and the offset is the discriminator.
  void BeginPositions(uint32_t begin);
  llvm::DILocation* PositionOf(uint32_t offset);
  llvm::DISubprogram* subprogram_ = nullptr;
  const SourceTable::Row* last_source_ = nullptr;
  bool is_tailcc_ = false;
  const InlinedBody* inlined_ = nullptr;  // what is being translated, if it is one
  uint64_t inlined_bytes_ = 0;            // bodies that take the place of calls
  bool live_ = false;                     // the instruction being visited can be reached
  bool has_calls_ = false;
  bool reachable_ = true;
  llvm::Value* instance_ = nullptr;
  llvm::Value* results_ = nullptr;  // the buffer, if there are several
  llvm::BasicBlock* entry_block_ = nullptr;
  llvm::AllocaInst* slots_ = nullptr;
  size_t num_slots_ = 0;
  llvm::AllocaInst* result_buffer_ = nullptr;
  size_t result_buffer_size_ = 0;
  std::vector<Operand> stack_;
  std::vector<Frame> frames_;
  std::vector<llvm::AllocaInst*> locals_;
  std::vector<llvm::AllocaInst*> local_roots_;  // null where none is needed
  std::vector<llvm::AllocaInst*> operand_roots_;
  std::vector<std::pair<uint64_t, llvm::Value*>> on_entry_;
  uint64_t unpaid_fuel_ = 0;
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_FUNCTION_TRANSLATOR_H_
