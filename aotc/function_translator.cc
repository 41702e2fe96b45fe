// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The frame of a function's translation: entry, locals, what every instruction may need. The
// instructions are in translate_*.cc, by chapter of the specification.

#include "aotc/function_translator.h"

#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <utility>

namespace wasm::aotc {

using llvm::BasicBlock;
using llvm::ConstantInt;
using llvm::Value;
using runtime::FuncInst;
using runtime::Instance;

FunctionTranslator::FunctionTranslator(Partition& partition, const ModulePlan& plan,
                                       validate::FuncValidator& validator)
    : p_(partition),
      plan_(plan),
      v_(validator),
      b_(partition.context(), llvm::TargetFolder(partition.module().getDataLayout())),
      entry_(partition.context(), llvm::TargetFolder(partition.module().getDataLayout())) {}

bool FunctionTranslator::Translate(uint32_t function, ErrorSink* sink) {
  function_index_ = function;
  type_ = &plan_.TypeOf(function);
  is_tailcc_ = plan_.makes_tail_calls[function] != 0;
  inlined_ = nullptr;
  f_ = p_.Callee(plan_, function);
  return TranslateBody(sink);
}

bool FunctionTranslator::TranslateInlined(const InlinedBody& body, ErrorSink* sink) {
  function_index_ = body.binding->function;
  type_ = &plan_.TypeOf(function_index_);
  is_tailcc_ = false;
  inlined_ = &body;
  f_ = body.function;
  return TranslateBody(sink);
}

bool FunctionTranslator::TranslateBody(ErrorSink* sink) {
  const uint32_t function = function_index_;
  p_.SetAttributes(f_);

  const ByteRange body = module().functions[function].body;
  CheckedReader reader(module().Bytes(body), body.begin, sink);
  if (!v_.Begin(FuncIdx(function), &reader)) return false;

  BeginPositions(body.begin);

  stack_.clear();
  frames_.clear();
  locals_.clear();
  local_roots_.clear();
  operand_roots_.clear();
  on_entry_.clear();
  slots_ = result_buffer_ = nullptr;
  num_slots_ = result_buffer_size_ = 0;
  has_calls_ = false;
  reachable_ = true;
  unpaid_fuel_ = 0;
  inlined_bytes_ = 0;

  entry_block_ = BasicBlock::Create(p_.context(), "entry", f_);
  BasicBlock* begin = NewBlock("body");
  entry_.SetInsertPoint(entry_block_);
  b_.SetInsertPoint(begin);
  const llvm::DebugLoc first = PositionOf(body.begin);
  entry_.SetCurrentDebugLocation(first);
  b_.SetCurrentDebugLocation(first);

  instance_ = f_->getArg(0);
  unsigned arg = 1;
  if (type_->results.size() > 1) results_ = f_->getArg(arg++);
  const auto local_types = v_.locals();
  for (size_t i = 0; i < local_types.size(); ++i) {
    llvm::Type* type = t().Of(local_types[i]);
    llvm::AllocaInst* local = entry_.CreateAlloca(type);
    locals_.push_back(local);
    Value* value = i < type_->params.size() ? static_cast<Value*>(f_->getArg(arg++))
                                            : llvm::Constant::getNullValue(type);
    entry_.CreateStore(value, local);
    llvm::AllocaInst* root = nullptr;
    if (IsRooted(local_types[i])) {
      root = entry_.CreateAlloca(type);
      entry_.CreateStore(value, root, true);
    }
    local_roots_.push_back(root);
  }

  // The function's own block [exec-invoke]; its end is the return.
  OpenFrame(FrameKind::kFunc);
  if (plan_.options->interruptible) Poll();
  while (!v_.done())
    if (!v_.ReadInstruction(*this)) return false;

  if (slots_ != nullptr) slots_->setOperand(0, ConstantInt::get(t().i32, num_slots_));
  if (result_buffer_ != nullptr)
    result_buffer_->setOperand(0, ConstantInt::get(t().i32, result_buffer_size_));

  // Functions that call must leave the callee and the runtime enough of the native stack. What is
  // inlined takes none that its caller does not have.
  if (has_calls_ && inlined_ == nullptr) {
    auto* name = llvm::MDNode::get(p_.context(),
                                   llvm::MDString::get(p_.context(), plan_.is_x86 ? "rsp" : "sp"));
    Value* sp = entry_.CreateIntrinsic(llvm::Intrinsic::read_register, {t().i64},
                                       {llvm::MetadataAsValue::get(p_.context(), name)});
    Value* at =
        entry_.CreateConstInBoundsGEP1_64(t().i8, instance_, offsetof(Instance, stack_limit));
    auto* limit = entry_.CreateAlignedLoad(t().i64, at, llvm::Align(8));
    limit->setMetadata(llvm::LLVMContext::MD_tbaa, p_.tbaa(Place::kInstance));
    BasicBlock* overflow = NewBlock("overflow");
    entry_.CreateCondBr(entry_.CreateICmpULT(sp, limit), overflow, begin, p_.unlikely());
    b_.SetInsertPoint(overflow);
    b_.SetCurrentDebugLocation(first);
    EmitTrap(Trap::kStackExhausted);
  } else {
    entry_.CreateBr(begin);
  }

  if (is_tailcc_) {  // the entry for everybody else
    llvm::Function* outer = p_.Entry(plan_, function);
    p_.SetAttributes(outer);
    llvm::IRBuilder<> b(BasicBlock::Create(p_.context(), "entry", outer));
    llvm::SmallVector<Value*, 16> args;
    for (llvm::Argument& parameter : outer->args()) args.push_back(&parameter);
    llvm::CallInst* call = b.CreateCall(f_, args);
    call->setCallingConv(llvm::CallingConv::Tail);
    call->addParamAttr(0, llvm::Attribute::SwiftSelf);
    if (call->getType()->isVoidTy()) {
      b.CreateRetVoid();
    } else {
      b.CreateRet(call);
    }
  }
  return true;
}

void FunctionTranslator::Begin() {
  live_ = reachable_;
  if (live_) ++unpaid_fuel_;
  b_.SetCurrentDebugLocation(PositionOf(v_.instruction_offset()));
}

namespace {
const SourceTable kNoSource;
}  // namespace

void FunctionTranslator::BeginPositions(uint32_t begin) {
  // The function's first line, where its source is known.
  const SourceTable& source = p_.names_sources() ? plan_.source : kNoSource;
  const auto row = std::ranges::lower_bound(source.rows, begin, {}, &SourceTable::Row::begin);
  const uint32_t end = begin + module().functions[function_index_].body.size();
  const SourceTable::Row* first = nullptr;
  if (row != source.rows.end() && row->begin < end && row->line != 0)
    first = source.Find(row->begin);
  last_source_ = first;
  llvm::DIBuilder& debug = p_.debug();
  llvm::DIFile* file = first == nullptr ? p_.debug_file() : p_.SourceFile(plan_, first->file);
  const uint32_t line = first == nullptr ? begin : first->line;
  const std::string& name = plan_.symbols[function_index_];
  subprogram_ =
      debug.createFunction(file, name, f_->getName(), file, line,
                           debug.createSubroutineType(debug.getOrCreateTypeArray({})), line,
                           llvm::DINode::FlagZero, llvm::DISubprogram::SPFlagDefinition);
  f_->setSubprogram(subprogram_);
}

llvm::DILocation* FunctionTranslator::PositionOf(uint32_t offset) {
  if (!p_.names_sources()) return llvm::DILocation::get(p_.context(), offset, 0, subprogram_);
  // What has no line of its own keeps the last one: a row without a line has no discriminator.
  const SourceTable::Row* row = plan_.source.Find(offset);
  if (row != nullptr && row->line != 0) last_source_ = row;
  llvm::DIFile* file =
      last_source_ == nullptr ? p_.debug_file() : p_.SourceFile(plan_, last_source_->file);
  auto* scope = llvm::DILexicalBlockFile::get(p_.context(), subprogram_, file, offset);
  return llvm::DILocation::get(p_.context(), last_source_ == nullptr ? 1 : last_source_->line, 0,
                               scope);
}

BasicBlock* FunctionTranslator::NewBlock(const char* name) {
  return BasicBlock::Create(p_.context(), name, f_);
}

FunctionTranslator::Values FunctionTranslator::PopN(size_t count) {
  Values values(count);
  for (size_t i = count; i-- > 0;) values[i] = Pop();
  return values;
}

FunctionTranslator::Values FunctionTranslator::Top(size_t count) {
  Values values;
  for (size_t i = stack_.size() - count; i < stack_.size(); ++i) values.push_back(stack_[i].value);
  return values;
}

Value* FunctionTranslator::AsBool(Value* value) {
  if (auto* extended = llvm::dyn_cast<llvm::ZExtInst>(value))
    if (extended->getSrcTy()->isIntegerTy(1)) return extended->getOperand(0);
  return b_.CreateICmpNE(value, ConstantInt::get(value->getType(), 0));
}

// ---- places ------------------------------------------------------------------------------------

llvm::LoadInst* FunctionTranslator::Load(llvm::Type* type, Value* at, Place place, unsigned align) {
  llvm::LoadInst* load = b_.CreateAlignedLoad(type, at, llvm::Align(align));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, p_.tbaa(place));
  return load;
}

llvm::StoreInst* FunctionTranslator::Store(Value* value, Value* at, Place place, unsigned align) {
  llvm::StoreInst* store = b_.CreateAlignedStore(value, at, llvm::Align(align));
  store->setMetadata(llvm::LLVMContext::MD_tbaa, p_.tbaa(place));
  return store;
}

Value* FunctionTranslator::Field(Value* base, size_t offset, llvm::Type* type, bool invariant,
                                 Place place) {
  Value* at = b_.CreateConstInBoundsGEP1_64(t().i8, base, offset);
  llvm::LoadInst* load = Load(type, at, place, type->isIntegerTy(32) ? 4 : 8);
  if (invariant) load->setMetadata(llvm::LLVMContext::MD_invariant_load, p_.empty_node());
  return load;
}

Value* FunctionTranslator::InstanceField(size_t offset, llvm::Type* type, bool invariant,
                                         Place place) {
  return Field(instance_, offset, type, invariant, place);
}

Value* FunctionTranslator::OnEntry(uint64_t key, llvm::function_ref<Value*()> make) {
  for (const auto& [known, value] : on_entry_)
    if (known == key) return value;
  // What `make` builds goes to the entry block, which dominates all others.
  const auto at = b_.saveIP();
  const llvm::DebugLoc where = b_.getCurrentDebugLocation();
  b_.SetInsertPoint(entry_block_);
  b_.SetCurrentDebugLocation(entry_.getCurrentDebugLocation());
  Value* value = make();
  b_.restoreIP(at);
  b_.SetCurrentDebugLocation(where);
  on_entry_.emplace_back(key, value);
  return value;
}

namespace {
// Keys of OnEntry: a kind and an index.
constexpr uint64_t Key(uint32_t kind, uint32_t index) { return uint64_t{kind} << 32 | index; }
}  // namespace

Value* FunctionTranslator::GlobalAt(uint32_t global) {
  const uint32_t imported = module().num_imported_globals;
  if (global >= imported) {
    Value* own = OnEntry(
        Key(1, 0), [&] { return InstanceField(offsetof(Instance, own_globals), t().ptr, true); });
    return b_.CreateConstInBoundsGEP1_64(t().i8, own,
                                         uint64_t{global - imported} * runtime::kOwnGlobalStride);
  }
  return OnEntry(Key(2, global), [&] {
    Value* globals = InstanceField(offsetof(Instance, globals), t().ptr, true);
    return Field(globals, 8 * uint64_t{global}, t().ptr, true);
  });
}

Value* FunctionTranslator::TableAt(uint32_t table) {
  return OnEntry(Key(3, table), [&] {
    Value* tables = InstanceField(offsetof(Instance, tables), t().ptr, true);
    return Field(tables, 8 * uint64_t{table}, t().ptr, true);
  });
}

Value* FunctionTranslator::MemoryAt(uint32_t memory) {
  return OnEntry(Key(4, memory), [&] {
    if (memory == 0) return InstanceField(offsetof(Instance, memory0), t().ptr, true);
    Value* memories = InstanceField(offsetof(Instance, memories), t().ptr, true);
    return Field(memories, 8 * uint64_t{memory}, t().ptr, true);
  });
}

Value* FunctionTranslator::GuardedBase(uint32_t memory) {
  if (memory == 0) {
    return OnEntry(Key(7, 0),
                   [&] { return InstanceField(offsetof(Instance, memory0_base), t().ptr, true); });
  }
  Value* vm = MemoryAt(memory);
  return OnEntry(Key(7, memory),
                 [&] { return Field(vm, offsetof(runtime::VMMemory, base), t().ptr, true); });
}

Value* FunctionTranslator::TypeIdAt(uint32_t type) {
  return OnEntry(Key(5, type), [&] {
    Value* ids = InstanceField(offsetof(Instance, type_ids), t().ptr, true);
    return Field(ids, 4 * uint64_t{type}, t().i32, true);
  });
}

// ---- slots, builtins ---------------------------------------------------------------------------

Value* FunctionTranslator::Slots(size_t count) {
  if (slots_ == nullptr) {
    slots_ = entry_.CreateAlloca(t().i64, ConstantInt::get(t().i32, 1));
    slots_->setAlignment(llvm::Align(16));
  }
  num_slots_ = std::max(num_slots_, count);
  return slots_;
}

void FunctionTranslator::StoreSlots(std::span<Value* const> values, Value* slots) {
  size_t slot = 0;
  for (Value* value : values) {
    Value* at = b_.CreateConstInBoundsGEP1_64(t().i64, slots, slot);
    slot += value->getType() == t().v128 ? 2 : 1;
    if (value->getType()->isFloatTy()) value = b_.CreateBitCast(value, t().i32);
    if (value->getType()->isIntegerTy(32)) value = b_.CreateZExt(value, t().i64);
    Store(value, at, Place::kSlots, 8);
  }
}

FunctionTranslator::Values FunctionTranslator::LoadSlots(Types types, Value* slots) {
  Values values;
  size_t slot = 0;
  for (ValType type : types) {
    Value* at = b_.CreateConstInBoundsGEP1_64(t().i64, slots, slot);
    values.push_back(Load(t().Of(type), at, Place::kSlots, 8));
    slot += type.slots();
  }
  return values;
}

Value* FunctionTranslator::CallBuiltin(native::Builtin builtin, std::initializer_list<Value*> args,
                                       bool may_throw) {
  llvm::FunctionType* type = p_.BuiltinType(builtin);
  llvm::SmallVector<Value*, 8> all{instance_};
  all.append(args.begin(), args.end());
  Value* table = OnEntry(
      Key(6, 0), [&] { return InstanceField(offsetof(Instance, builtins), t().ptr, true); });
  Value* callee = Field(table, 8 * static_cast<size_t>(builtin), t().ptr, true);
  return Call(type, callee, all, llvm::CallingConv::C, may_throw);
}

void FunctionTranslator::EmitGeneric(Opcode op, size_t operands, size_t results, uint64_t a,
                                     uint64_t b) {
  KeepRootsAlive();
  const Values values = PopN(operands);
  size_t slots = 0;
  for (Value* value : values) slots += value->getType() == t().v128 ? 2 : 1;
  std::vector<ValType> types;
  size_t result_slots = 0;
  for (size_t i = results; i-- > 0;) {
    types.push_back(v_.TypeAt(i));
    result_slots += types.back().slots();
  }
  Value* array = Slots(std::max(slots, result_slots));
  StoreSlots(values, array);
  Value* table = OnEntry(
      Key(6, 0), [&] { return InstanceField(offsetof(Instance, builtins), t().ptr, true); });
  Value* callee = Field(table, 8 * native::BuiltinIndex(op), t().ptr, true);
  Call(p_.generic_builtin_type(), callee, Values{instance_, array, b_.getInt64(a), b_.getInt64(b)},
       llvm::CallingConv::C, false);
  const Values loaded = LoadSlots(types, array);
  for (size_t i = 0; i < results; ++i) Push(loaded[i], types[i]);
}

void FunctionTranslator::EmitGenericSimple(Opcode op, uint64_t a, uint64_t b) {
  const Signature& signature = Info(op).signature;
  EmitGeneric(op, signature.num_params, signature.num_results, a, b);
}

// ---- traps -------------------------------------------------------------------------------------

void FunctionTranslator::EmitTrap(Trap trap) {
  llvm::CallInst* call =
      b_.CreateIntrinsic(llvm::Intrinsic::ubsantrap, {}, {b_.getInt8(static_cast<uint8_t>(trap))});
  call->addFnAttr(llvm::Attribute::NoMerge);
  call->setDoesNotReturn();
  b_.CreateUnreachable();
}

void FunctionTranslator::TrapIf(Value* condition, Trap trap) {
  if (auto* known = llvm::dyn_cast<ConstantInt>(condition); known != nullptr && known->isZero())
    return;
  BasicBlock* failing = NewBlock();
  BasicBlock* next = NewBlock();
  b_.CreateCondBr(condition, failing, next, p_.unlikely());
  b_.SetInsertPoint(failing);
  EmitTrap(trap);
  b_.SetInsertPoint(next);
}

// ---- references as roots -----------------------------------------------------------------------

// The collector looks at the native stack. What LLVM keeps there may be an address inside an object
// only, so the references themselves are written to places of their own before anything that may
// collect: locals when they are set, operands when a call is made.
bool FunctionTranslator::IsRooted(ValType type) const {
  if (!type.is_ref()) return false;
  const HeapType heap = type.heap_type();
  if (heap.is_concrete())
    return c().store.Get(heap.concrete()).type.comp.kind != CompType::Kind::kFunc;
  switch (heap.abstract()) {
    case HeapType::kFunc:
    case HeapType::kNoFunc:
    case HeapType::kI31:
    case HeapType::kNone:
    case HeapType::kNoExtern:
    case HeapType::kNoExn:
      return false;
    default:
      return true;
  }
}

void FunctionTranslator::KeepRootsAlive() {
  for (size_t i = 0; i < stack_.size(); ++i) {
    if (!IsRooted(stack_[i].type)) continue;
    if (operand_roots_.size() <= i) operand_roots_.resize(i + 1);
    if (operand_roots_[i] == nullptr) {
      operand_roots_[i] = entry_.CreateAlloca(t().i64);
      entry_.CreateStore(ConstantInt::get(t().i64, 0), operand_roots_[i]);
    }
    b_.CreateStore(stack_[i].value, operand_roots_[i], true);
  }
}

void FunctionTranslator::Poll() {
  llvm::LoadInst* poll =
      Load(t().i32, b_.CreateConstInBoundsGEP1_64(t().i8, instance_, offsetof(Instance, poll)),
           Place::kInstance, 4);
  poll->setAtomic(llvm::AtomicOrdering::Monotonic);
  BasicBlock* asked = NewBlock();
  BasicBlock* next = NewBlock();
  b_.CreateCondBr(b_.CreateICmpNE(poll, b_.getInt32(0)), asked, next, p_.unlikely());
  b_.SetInsertPoint(asked);
  CallBuiltin(native::Builtin::kPoll, {});
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
}

// A unit per instruction, as in the interpreter, but paid for a stretch of them at once.
void FunctionTranslator::SpendFuel() {
  const uint64_t units = std::exchange(unpaid_fuel_, 0);
  if (!plan_.options->fuel || units == 0 || !reachable_) return;
  Value* thread = InstanceField(offsetof(Instance, thread), t().ptr, true);
  const size_t offset = offsetof(runtime::VMThread, fuel);
  Value* before = Field(thread, offset, t().i64, false);
  BasicBlock* spent = NewBlock();
  BasicBlock* next = NewBlock();
  Value* cost = b_.getInt64(units);
  b_.CreateCondBr(b_.CreateICmpULT(before, cost), spent, next, p_.unlikely());
  b_.SetInsertPoint(spent);
  CallBuiltin(native::Builtin::kOutOfFuel, {});
  b_.CreateUnreachable();
  b_.SetInsertPoint(next);
  Store(b_.CreateSub(before, cost), b_.CreateConstInBoundsGEP1_64(t().i8, thread, offset),
        Place::kInstance, 8);
}

// ---- rows with a signature ---------------------------------------------------------------------

void FunctionTranslator::EmitSimple(Opcode op, const imm::None&) {
  if (!EmitNumeric(op) && !EmitVector(op)) EmitGenericSimple(op, 0, 0);
}
void FunctionTranslator::EmitSimple(Opcode op, const imm::MemArg& imm) {
  if (EmitLoadStore(op, imm) || EmitVectorAccess(op, imm, 0) || EmitAtomic(op, imm)) return;
  EmitGenericSimple(op, imm.memory.value, imm.offset);
}
void FunctionTranslator::EmitSimple(Opcode op, const imm::MemArgLane& imm) {
  if (EmitVectorAccess(op, imm.memarg, imm.lane)) return;
  EmitGenericSimple(op, imm.memarg.memory.value | uint64_t{imm.lane} << 32, imm.memarg.offset);
}
void FunctionTranslator::EmitSimple(Opcode op, const imm::Lane& imm) {
  if (!EmitVectorLane(op, imm.lane)) EmitGenericSimple(op, imm.lane, 0);
}
void FunctionTranslator::EmitSimple(Opcode, const imm::Lanes16& imm) {  // i8x16.shuffle
  auto* bytes = llvm::FixedVectorType::get(t().i8, 16);
  Value* second = PopAs(bytes);
  Value* first = PopAs(bytes);
  int mask[16];
  for (int i = 0; i < 16; ++i) mask[i] = imm.lanes[static_cast<size_t>(i)];
  PushV128(b_.CreateShuffleVector(first, second, mask));
}
void FunctionTranslator::EmitSimple(Opcode, const imm::ConstI32& imm) {
  Push(b_.getInt32(imm.value), ValType::kI32);
}
void FunctionTranslator::EmitSimple(Opcode, const imm::ConstI64& imm) {
  Push(b_.getInt64(imm.value), ValType::kI64);
}
void FunctionTranslator::EmitSimple(Opcode, const imm::ConstF32& imm) {
  Push(llvm::ConstantFP::get(p_.context(),
                             llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, imm.bits))),
       ValType::kF32);
}
void FunctionTranslator::EmitSimple(Opcode, const imm::ConstF64& imm) {
  Push(llvm::ConstantFP::get(p_.context(),
                             llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, imm.bits))),
       ValType::kF64);
}
void FunctionTranslator::EmitSimple(Opcode, const imm::ConstV128& imm) {
  const auto lanes = imm.value.Lanes<uint64_t>();
  Push(llvm::ConstantDataVector::get(p_.context(), llvm::ArrayRef<uint64_t>(lanes.data(), 2)),
       ValType::kV128);
}
void FunctionTranslator::EmitSimple(Opcode, const imm::FenceByte&) {
  b_.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent);
}

}  // namespace wasm::aotc
