// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All addresses in the metadata are distances, which the linker resolves for good: an artefact is
// mapped as it lies in the file.

#include "aotc/artefact_object.h"

#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Triple.h>

#include <bit>
#include <cstring>
#include <map>
#include <memory>

#include "aotc/target.h"
#include "libwasm/native/abi.h"
#include "libwasm/support/sha256.h"

namespace wasm::aotc {
namespace {

using llvm::Constant;
using llvm::ConstantExpr;
using llvm::ConstantInt;
using llvm::GlobalValue;
using llvm::GlobalVariable;
using native::ArtefactHeader;

// The features of cpu_features.def that the code may use and not every processor of the
// architecture has.
std::string RequiredFeatures(const llvm::TargetMachine& machine) {
  const llvm::MCSubtargetInfo& has = *machine.getMCSubtargetInfo();
  const llvm::Triple& triple = machine.getTargetTriple();
  const std::unique_ptr<llvm::MCSubtargetInfo> every(machine.getTarget().createMCSubtargetInfo(
      triple.str(), triple.isX86() ? "x86-64" : "generic", ""));
  std::string text;
  [[maybe_unused]] const auto add = [&](const char* name) {
    const std::string feature = std::string("+") + name;
    if (!has.checkFeatures(feature) || every->checkFeatures(feature)) return;
    if (!text.empty()) text += ',';
    text += name;
  };
  if (triple.isX86()) {
#define X86_FEATURE(name, builtin) add(name);
#include "libwasm/native/cpu_features.def"
  } else {
#define ARM_FEATURE(name, word, bit) add(name);
#include "libwasm/native/cpu_features.def"
  }
  return text;
}

// An empty module whose only content is a symbol in the section of code, at its beginning.
std::unique_ptr<llvm::Module> ModuleWithMark(llvm::LLVMContext& context,
                                             const llvm::TargetMachine& machine,
                                             const std::string& symbol) {
  auto module = std::make_unique<llvm::Module>(symbol, context);
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  module->setPICLevel(llvm::PICLevel::BigPIC);
  module->setUwtable(llvm::UWTableKind::Async);
  module->setModuleInlineAsm(std::string(".section ") + kTextSection + ",\"ax\",@progbits\n" +
                             ".globl " + symbol + "\n.hidden " + symbol + "\n" + symbol + ":\n");
  return module;
}

Result<std::string> Emit(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return std::unexpected(Error(ErrorKind::kHost, "LLVM cannot write objects for this target"));
  passes.run(module);
  return std::string(bytes.data(), bytes.size());
}

class MetadataBuilder {
 public:
  MetadataBuilder(llvm::Module& module, const CompiledObjects& code, const std::string& symbol,
                  bool leads, bool of_component)
      : module_(module),
        context_(module.getContext()),
        code_(code),
        leads_(leads),
        of_component_(of_component),
        i8_(llvm::Type::getInt8Ty(context_)),
        i32_(llvm::Type::getInt32Ty(context_)),
        i64_(llvm::Type::getInt64Ty(context_)),
        ptr_(llvm::PointerType::get(context_, 0)) {
    llvm::Type* bytes8 = llvm::ArrayType::get(i8_, 8);
    llvm::Type* bytes32 = llvm::ArrayType::get(i8_, 32);
    header_type_ =
        llvm::StructType::get(context_, {bytes8, i32_, i32_, i64_, i64_, bytes32, i32_, i32_, i32_,
                                         i32_, i32_, i32_, i32_, i32_, i32_, i32_});
    header_ = new GlobalVariable(module_, header_type_, true, GlobalValue::ExternalLinkage, nullptr,
                                 symbol);
    header_->setSection(leads_ ? ".trenail.header" : ".trenail.headers");
    header_->setAlignment(llvm::Align(8));
    // It is never replaced by another module's: distances to it are known when linking.
    header_->setDSOLocal(true);
  }

  void Build(std::span<const uint8_t> wasm, std::span<const uint8_t> stripped,
             const std::string& cpu_features) {
    MakePersonality();
    GlobalVariable* records = MakeRecords();
    GlobalVariable* stripped_bytes =
        Bytes({reinterpret_cast<const char*>(stripped.data()), stripped.size()}, ".trenail.wasm");
    GlobalVariable* features = Bytes(cpu_features, leads_ ? ".trenail.cpu" : ".trenail.cpus");
    const Sha256Hash hash = Sha256(wasm);
    Constant* fields[] = {
        llvm::ConstantDataArray::getString(
            context_, llvm::StringRef(ArtefactHeader::kMagic, sizeof ArtefactHeader::kMagic),
            false),
        Int(native::kAbiVersion),
        Int(code_.header_flags),
        ConstantInt::get(i64_, native::kFingerprint),
        ConstantInt::get(i64_, 0),
        llvm::ConstantDataArray::get(context_, llvm::ArrayRef<uint8_t>(hash.data(), hash.size())),
        Int(static_cast<uint32_t>(code_.functions.size())),
        HeaderDistance(records, 7),
        HeaderDistance(stripped_bytes, 8),
        Int(static_cast<uint32_t>(stripped.size())),
        HeaderDistance(features, 10),
        Int(static_cast<uint32_t>(cpu_features.size())),
        HeaderDistance(Symbol(kCodeBegin), 12),
        HeaderDistance(Symbol(kCodeEnd), 13),
        HeaderDistance(slot_, 14),
        of_component_ ? HeaderDistance(Record(), 15) : Int(0),
    };
    static_assert(sizeof(ArtefactHeader) == 104);
    header_->setInitializer(llvm::ConstantStruct::get(header_type_, fields));
  }

 private:
  Constant* Int(uint32_t value) { return ConstantInt::get(i32_, value); }

  // A hidden symbol of another object.
  llvm::Function* Symbol(const std::string& name) {
    auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context_), false);
    auto* symbol = llvm::cast<llvm::Function>(module_.getOrInsertFunction(name, type).getCallee());
    symbol->setVisibility(GlobalValue::HiddenVisibility);
    symbol->setDSOLocal(true);
    return symbol;
  }

  // Of the component: in an object of its own.
  Constant* Record() {
    auto* record = new GlobalVariable(module_, i8_, true, GlobalValue::ExternalLinkage, nullptr,
                                      native::kComponentSymbol);
    record->setDSOLocal(true);
    return record;
  }

  GlobalVariable* Bytes(llvm::StringRef bytes, const char* section) {
    Constant* data = llvm::ConstantDataArray::getString(context_, bytes, false);
    auto* variable =
        new GlobalVariable(module_, data->getType(), true, GlobalValue::PrivateLinkage, data);
    variable->setSection(section);
    variable->setAlignment(llvm::Align(1));
    return variable;
  }

  // target - (base + offset), 32 bits.
  Constant* Distance(Constant* target, GlobalVariable* base, uint64_t offset) {
    // In this shape, a difference of addresses in one file, LLVM knows that nothing is relocated
    // when loading, and leaves the data read-only.
    Constant* from = ConstantExpr::getPtrToInt(
        ConstantExpr::getInBoundsGetElementPtr(i8_, base, ConstantInt::get(i64_, offset)), i64_);
    return ConstantExpr::getTrunc(
        ConstantExpr::getSub(ConstantExpr::getPtrToInt(target, i64_), from), i32_);
  }
  Constant* HeaderDistance(Constant* target, unsigned field) {
    const auto* layout = module_.getDataLayout().getStructLayout(header_type_);
    return Distance(target, header_, layout->getElementOffset(field));
  }

  // The routine that the runtime puts into the slot does the work; the artefact knows no symbol of
  // the runtime.
  void MakePersonality() {
    slot_ = new GlobalVariable(module_, ptr_, false, GlobalValue::InternalLinkage,
                               llvm::ConstantPointerNull::get(ptr_), "trenail_personality_slot");
    auto* type = llvm::FunctionType::get(i32_, {i32_, i32_, i64_, ptr_, ptr_}, false);
    personality_ =
        llvm::Function::Create(type, GlobalValue::ExternalLinkage, kPersonalitySymbol, module_);
    personality_->setVisibility(GlobalValue::HiddenVisibility);
    personality_->setDSOLocal(true);
    personality_->setSection(kTextSection);
    personality_->addFnAttr(llvm::Attribute::NoUnwind);
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context_, "", personality_));
    llvm::SmallVector<llvm::Value*, 5> args;
    for (llvm::Argument& arg : personality_->args()) args.push_back(&arg);
    llvm::CallInst* call =
        builder.CreateCall(type, builder.CreateLoad(ptr_, slot_, /*isVolatile=*/true), args);
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    builder.CreateRet(call);
  }

  llvm::Type* TypeOf(uint8_t letter) {
    switch (letter) {
      case 'i':
        return i32_;
      case 'f':
        return llvm::Type::getFloatTy(context_);
      case 'd':
        return llvm::Type::getDoubleTy(context_);
      case 'v':
        return llvm::FixedVectorType::get(i64_, 2);
      default:
        return i64_;
    }
  }
  static unsigned SlotsOf(uint8_t letter) { return letter == 'v' ? 2 : 1; }

  llvm::Value* LoadSlot(llvm::IRBuilder<>& builder, llvm::Value* slots, unsigned slot,
                        uint8_t letter) {
    llvm::Value* at = builder.CreateConstInBoundsGEP1_64(i64_, slots, slot);
    return builder.CreateAlignedLoad(TypeOf(letter), at, llvm::Align(8));
  }
  void StoreSlot(llvm::IRBuilder<>& builder, llvm::Value* slots, unsigned slot, uint8_t letter,
                 llvm::Value* value) {
    if (letter == 'f') value = builder.CreateBitCast(value, i32_);
    if (letter == 'f' || letter == 'i') value = builder.CreateZExt(value, i64_);
    llvm::Value* at = builder.CreateConstInBoundsGEP1_64(i64_, slots, slot);
    builder.CreateAlignedStore(value, at, llvm::Align(8));
  }

  llvm::Function* Thunk(const NativeSignature& signature) {
    llvm::Function*& thunk = thunks_[signature];
    if (thunk != nullptr) return thunk;
    auto* thunk_type = llvm::FunctionType::get(i32_, {ptr_, ptr_, ptr_}, false);
    // The number keeps the name unique; the letters make it readable.
    std::string name = "trenail_thunk_";
    for (uint8_t letter : signature.params) name += static_cast<char>(letter);
    name += '_';
    for (uint8_t letter : signature.results) name += static_cast<char>(letter);
    thunk = llvm::Function::Create(thunk_type, GlobalValue::InternalLinkage, name, module_);
    thunk->setSection(kTextSection);
    thunk->setPersonalityFn(personality_);
    thunk->setUWTableKind(llvm::UWTableKind::Async);
    llvm::Value* code = thunk->getArg(0);
    llvm::Value* callee_context = thunk->getArg(1);
    llvm::Value* slots = thunk->getArg(2);

    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context_, "", thunk));
    const bool to_buffer = signature.results.size() > 1;
    llvm::SmallVector<llvm::Type*, 16> types{ptr_};
    llvm::SmallVector<llvm::Value*, 16> args{callee_context};
    llvm::AllocaInst* buffer = nullptr;
    if (to_buffer) {
      buffer =
          builder.CreateAlloca(llvm::ArrayType::get(i8_, kResultStride * signature.results.size()));
      buffer->setAlignment(llvm::Align(kResultStride));
      types.push_back(ptr_);
      args.push_back(buffer);
    }
    unsigned slot = 0;
    for (uint8_t letter : signature.params) {
      types.push_back(TypeOf(letter));
      args.push_back(LoadSlot(builder, slots, slot, letter));
      slot += SlotsOf(letter);
    }
    llvm::Type* result = signature.results.size() == 1 ? TypeOf(signature.results[0])
                                                       : llvm::Type::getVoidTy(context_);
    auto* returned = llvm::BasicBlock::Create(context_, "", thunk);
    auto* caught = llvm::BasicBlock::Create(context_, "", thunk);
    llvm::InvokeInst* call = builder.CreateInvoke(llvm::FunctionType::get(result, types, false),
                                                  code, returned, caught, args);
    call->addParamAttr(0, llvm::Attribute::SwiftSelf);

    builder.SetInsertPoint(returned);
    slot = 0;
    for (size_t i = 0; i < signature.results.size(); ++i) {
      const uint8_t letter = signature.results[i];
      llvm::Value* value = call;
      if (to_buffer) {
        llvm::Value* at = builder.CreateConstInBoundsGEP1_64(i8_, buffer, kResultStride * i);
        value = builder.CreateAlignedLoad(TypeOf(letter), at, llvm::Align(kResultStride));
      }
      StoreSlot(builder, slots, slot, letter, value);
      slot += SlotsOf(letter);
    }
    builder.CreateRet(Int(0));

    builder.SetInsertPoint(caught);
    llvm::LandingPadInst* pad =
        builder.CreateLandingPad(llvm::StructType::get(context_, {ptr_, i32_}), 1);
    pad->addClause(llvm::ConstantPointerNull::get(ptr_));
    builder.CreateRet(Int(1));
    return thunk;
  }

  GlobalVariable* MakeRecords() {
    using native::FunctionRecord;
    auto* record_type = llvm::StructType::get(context_, {i32_, i32_, i32_, i32_, i32_});
    auto* type = llvm::ArrayType::get(record_type, code_.functions.size());
    auto* records = new GlobalVariable(module_, type, true, GlobalValue::InternalLinkage, nullptr,
                                       "trenail_functions");
    records->setSection(".trenail.functions");
    records->setAlignment(llvm::Align(4));
    std::vector<Constant*> rows;
    rows.reserve(code_.functions.size());
    for (const CompiledFunction& function : code_.functions) {
      const uint64_t at = rows.size() * sizeof(FunctionRecord);
      const auto distance = [&](Constant* target) { return Distance(target, records, at); };
      Constant* none = Int(0);
      Constant* fields[] = {none, none, none, none, Int(function.body)};
      if (!function.symbol.empty()) {
        fields[0] = distance(Symbol(function.symbol));
        fields[2] = distance(Thunk(function.signature));
      }
      if (!function.tail_symbol.empty()) fields[1] = distance(Symbol(function.tail_symbol));
      if (!function.positions.empty())
        fields[3] = distance(Bytes(function.positions, ".trenail.positions"));
      rows.push_back(llvm::ConstantStruct::get(record_type, fields));
    }
    records->setInitializer(llvm::ConstantArray::get(type, rows));
    return records;
  }

  // Distance of results in the buffer of several (native/abi.h).
  static constexpr uint64_t kResultStride = 16;

  llvm::Module& module_;
  llvm::LLVMContext& context_;
  const CompiledObjects& code_;
  const bool leads_;
  const bool of_component_;
  llvm::IntegerType* i8_;
  llvm::IntegerType* i32_;
  llvm::IntegerType* i64_;
  llvm::PointerType* ptr_;
  llvm::StructType* header_type_;
  GlobalVariable* header_;
  GlobalVariable* slot_ = nullptr;
  llvm::Function* personality_ = nullptr;
  std::map<NativeSignature, llvm::Function*> thunks_;
};

}  // namespace

Result<std::string> MakeDataObject(const std::string& target, const std::string& symbol,
                                   std::string_view bytes) {
  auto machine = TRY(MakeTargetMachine(ResolveTarget(target), "", "", 0));
  llvm::LLVMContext context;
  llvm::Module module(symbol, context);
  module.setTargetTriple(machine->getTargetTriple().str());
  module.setDataLayout(machine->createDataLayout());
  Constant* data = llvm::ConstantDataArray::getString(context, {bytes.data(), bytes.size()}, false);
  auto* variable =
      new GlobalVariable(module, data->getType(), true, GlobalValue::ExternalLinkage, data, symbol);
  variable->setVisibility(GlobalValue::HiddenVisibility);
  return Emit(module, *machine);
}

Result<std::string> MakePointersObject(const std::string& target, const std::string& symbol,
                                       std::span<const std::string> symbols) {
  auto machine = TRY(MakeTargetMachine(ResolveTarget(target), "", "", 0));
  llvm::LLVMContext context;
  llvm::Module module(symbol, context);
  module.setTargetTriple(machine->getTargetTriple().str());
  module.setDataLayout(machine->createDataLayout());
  llvm::PointerType* pointer = llvm::PointerType::get(context, 0);
  std::vector<Constant*> pointers;
  for (const std::string& name : symbols) {
    auto* to = new GlobalVariable(module, llvm::Type::getInt8Ty(context), true,
                                  GlobalValue::ExternalLinkage, nullptr, name);
    to->setVisibility(GlobalValue::HiddenVisibility);
    pointers.push_back(to);
  }
  pointers.push_back(llvm::ConstantPointerNull::get(pointer));
  auto* type = llvm::ArrayType::get(pointer, pointers.size());
  auto* variable = new GlobalVariable(module, type, true, GlobalValue::ExternalLinkage,
                                      llvm::ConstantArray::get(type, pointers), symbol);
  variable->setVisibility(GlobalValue::HiddenVisibility);
  return Emit(module, *machine);
}

Result<std::string> MakeComponentObject(const std::string& target, std::string_view component,
                                        std::span<const std::string> symbols) {
  auto machine = TRY(MakeTargetMachine(ResolveTarget(target), "", "", 0));
  llvm::LLVMContext context;
  llvm::Module module("component", context);
  module.setTargetTriple(machine->getTargetTriple().str());
  module.setDataLayout(machine->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  llvm::Type* i8 = llvm::Type::getInt8Ty(context);
  llvm::IntegerType* i32 = llvm::Type::getInt32Ty(context);
  llvm::IntegerType* i64 = llvm::Type::getInt64Ty(context);

  Constant* data =
      llvm::ConstantDataArray::getString(context, {component.data(), component.size()}, false);
  auto* bytes =
      new GlobalVariable(module, data->getType(), true, GlobalValue::PrivateLinkage, data);
  bytes->setSection(".trenail.component");
  bytes->setAlignment(llvm::Align(1));

  // ComponentRecord, and behind it the distances of the headers.
  const auto num_modules = static_cast<uint32_t>(symbols.size());
  auto* type = llvm::StructType::get(context, {llvm::ArrayType::get(i8, 8), i32, i32, i32, i32,
                                               llvm::ArrayType::get(i32, num_modules)});
  auto* record = new GlobalVariable(module, type, true, GlobalValue::ExternalLinkage, nullptr,
                                    native::kComponentSymbol);
  record->setSection(".trenail.parts");
  record->setAlignment(llvm::Align(8));
  record->setDSOLocal(true);
  const auto distance = [&](Constant* to, uint64_t at) -> Constant* {
    Constant* from = ConstantExpr::getPtrToInt(
        ConstantExpr::getInBoundsGetElementPtr(i8, record, ConstantInt::get(i64, at)), i64);
    return ConstantExpr::getTrunc(ConstantExpr::getSub(ConstantExpr::getPtrToInt(to, i64), from),
                                  i32);
  };
  using native::ComponentRecord;
  std::vector<Constant*> headers;
  for (uint32_t i = 0; i < num_modules; ++i) {
    auto* header =
        new GlobalVariable(module, i8, true, GlobalValue::ExternalLinkage, nullptr, symbols[i]);
    header->setDSOLocal(true);
    // The first one is found by its name.
    if (i != 0) header->setVisibility(GlobalValue::HiddenVisibility);
    headers.push_back(distance(header, sizeof(ComponentRecord) + sizeof(int32_t) * uint64_t{i}));
  }
  Constant* fields[] = {
      llvm::ConstantDataArray::getString(
          context, llvm::StringRef(ComponentRecord::kMagic, sizeof ComponentRecord::kMagic), false),
      ConstantInt::get(i32, num_modules),
      ConstantInt::get(i32, static_cast<uint32_t>(component.size())),
      distance(bytes, offsetof(ComponentRecord, component)),
      ConstantInt::get(i32, 0),
      llvm::ConstantArray::get(llvm::ArrayType::get(i32, num_modules), headers),
  };
  static_assert(sizeof(ComponentRecord) == 24);
  record->setInitializer(llvm::ConstantStruct::get(type, fields));
  return Emit(module, *machine);
}

Result<FrameObjects> MakeFrameObjects(std::span<const uint8_t> wasm, const CompiledObjects& code,
                                      const CompileOptions& options, const std::string& symbol,
                                      TrenailAotcDebug debug, bool leads, bool of_component) {
  const std::string triple = ResolveTarget(options.target);
  auto machine = TRY(MakeTargetMachine(triple, code.cpu, code.features, 1));
  llvm::LLVMContext context;
  FrameObjects objects;
  {
    auto module = ModuleWithMark(context, *machine, kCodeBegin);
    MetadataBuilder builder(*module, code, symbol, leads, of_component);
    builder.Build(wasm, WithoutBodies(wasm, code.functions, debug), RequiredFeatures(*machine));
    objects.first = TRY(Emit(*module, *machine));
  }
  auto module = ModuleWithMark(context, *machine, kCodeEnd);
  objects.last = TRY(Emit(*module, *machine));
  return objects;
}

}  // namespace wasm::aotc
