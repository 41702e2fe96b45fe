// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "aotc/partition.h"

#include <llvm/IR/IRBuilder.h>

#include "aotc/objects.h"

namespace wasm::aotc {

namespace {

constexpr const char* kPlaceNames[] = {"memory", "instance", "global", "table",
                                       "size",   "heap",     "slots"};

llvm::Value* FieldOf(llvm::IRBuilder<>& b, llvm::Value* base, size_t offset, llvm::Type* type) {
  return b.CreateLoad(type, b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset));
}

}  // namespace

Partition::Partition(const ModulePlan& plan, llvm::TargetMachine& machine, const std::string& name)
    : plan_(plan),
      module_(std::make_unique<llvm::Module>(name, context_)),
      types_(context_),
      cpu_(machine.getTargetCPU()),
      features_(machine.getTargetFeatureString()) {
  module_->setTargetTriple(machine.getTargetTriple().str());
  module_->setDataLayout(machine.createDataLayout());
  module_->setPICLevel(llvm::PICLevel::SmallPIC);
  module_->setUwtable(llvm::UWTableKind::Async);
  module_->addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  module_->addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
  debug_ = std::make_unique<llvm::DIBuilder>(*module_);
  file_ = debug_->createFile("module.wasm", "");
  debug_->createCompileUnit(llvm::dwarf::DW_LANG_C, file_, "trenail", true, "", 0, "",
                            llvm::DICompileUnit::LineTablesOnly);
  llvm::MDBuilder md(context_);
  llvm::MDNode* root = md.createTBAARoot("trenail");
  for (size_t i = 0; i < static_cast<size_t>(Place::kNum); ++i) {
    llvm::MDNode* type = md.createTBAAScalarTypeNode(kPlaceNames[i], root);
    tbaa_[i] = md.createTBAAStructTagNode(type, type, 0);
  }
  empty_ = llvm::MDNode::get(context_, {});
  unlikely_ = md.createBranchWeights(1, 1 << 20);
  likely_ = md.createBranchWeights(1 << 20, 1);
  generic_type_ = llvm::FunctionType::get(types_.void_type,
                                          {types_.ptr, types_.ptr, types_.i64, types_.i64}, false);
}

void Partition::SetAttributes(llvm::Function* function) {
  function->addFnAttr("target-cpu", cpu_);
  // A level of x86-64 says what there is, not what is fast; LLVM would tune for its first
  // processor.
  if (cpu_.starts_with("x86-64")) function->addFnAttr("tune-cpu", "generic");
  if (!features_.empty()) function->addFnAttr("target-features", features_);
  // Frames larger than a page touch every page, so that none steps over the guard of the stack.
  function->addFnAttr("probe-stack", "inline-asm");
  // Recursion that WebAssembly asks for must reach the end of the stack, and traces show all
  // frames.
  function->addFnAttr("disable-tail-calls", "true");
  function->setSection(kTextSection);
  function->setUWTableKind(llvm::UWTableKind::Async);
}

llvm::DIFile* Partition::SourceFile(const ModulePlan& plan, uint32_t file) {
  llvm::DIFile*& result = source_files_[{&plan, file}];
  if (result == nullptr) {
    const SourceTable::File& source = plan.source.files[file];
    result = debug_->createFile(source.path, source.directory);
  }
  return result;
}

void Partition::Finish() { debug_->finalize(); }

llvm::Function* Partition::Declare(const std::string& name, const FuncType& type,
                                   llvm::CallingConv::ID cc) {
  if (llvm::Function* known = module_->getFunction(name)) return known;
  auto* function =
      llvm::Function::Create(types_.Native(type), llvm::Function::ExternalLinkage, name, *module_);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->setCallingConv(cc);
  function->addParamAttr(0, llvm::Attribute::SwiftSelf);
  function->addParamAttr(0, llvm::Attribute::NonNull);
  function->addParamAttr(0, llvm::Attribute::NoUndef);
  return function;
}

llvm::Function* Partition::Entry(const ModulePlan& plan, uint32_t function) {
  return Declare(plan.EntryName(function), plan.TypeOf(function), llvm::CallingConv::C);
}

llvm::Function* Partition::Callee(const ModulePlan& plan, uint32_t function) {
  if (plan.makes_tail_calls[function] == 0) return Entry(plan, function);
  return Declare(plan.TailName(function), plan.TypeOf(function), llvm::CallingConv::Tail);
}

llvm::Function* Partition::Inlined(const Binding& binding) {
  for (const InlinedBody& known : inlined_)
    if (known.binding == &binding) return known.function;
  const ModulePlan& plan = *plan_.modules[binding.module];
  InlinedBody& body = inlined_.emplace_back(InlinedBody{.binding = &binding, .plan = &plan});
  body.symbol = Entry(plan, binding.function);
  body.function =
      llvm::Function::Create(body.symbol->getFunctionType(), llvm::Function::InternalLinkage,
                             body.symbol->getName() + ".inlined", *module_);
  body.function->copyAttributesFrom(body.symbol);
  body.function->setVisibility(llvm::GlobalValue::DefaultVisibility);
  return body.function;
}

llvm::FunctionType* Partition::BuiltinType(native::Builtin builtin) {
  static constexpr const char* kSignatures[] = {
#define BUILTIN(Name, signature) signature,
#include "libwasm/native/builtins.def"
  };
  const char* signature = kSignatures[static_cast<size_t>(builtin)];
  auto type = [this](char letter) -> llvm::Type* {
    switch (letter) {
      case 'i':
        return types_.i32;
      case 'l':
        return types_.i64;
      case 'p':
        return types_.ptr;
      default:
        return types_.void_type;
    }
  };
  llvm::SmallVector<llvm::Type*, 8> params;
  for (const char* p = signature + 1; *p != '\0'; ++p) params.push_back(type(*p));
  return llvm::FunctionType::get(type(signature[0]), params, false);
}

llvm::Function* Partition::Personality() {
  const std::string name = kPersonalitySymbol;
  if (llvm::Function* known = module_->getFunction(name)) return known;
  auto* function = llvm::Function::Create(llvm::FunctionType::get(types_.i32, true),
                                          llvm::Function::ExternalLinkage, name, *module_);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  return function;
}

llvm::Function* Partition::ArrayCall(const FuncType& type) {
  llvm::Function*& function = outlined_["array." + SignatureName(type)];
  if (function != nullptr) return function;
  llvm::FunctionType* native = types_.Native(type);
  llvm::SmallVector<llvm::Type*, 16> params(native->params());
  params.insert(params.begin() + 1, types_.ptr);
  function = llvm::Function::Create(llvm::FunctionType::get(native->getReturnType(), params, false),
                                    llvm::Function::InternalLinkage,
                                    "trenail.call_array." + SignatureName(type), *module_);
  function->addParamAttr(0, llvm::Attribute::SwiftSelf);
  function->addFnAttr(llvm::Attribute::NoInline);
  function->addFnAttr(llvm::Attribute::Cold);
  SetAttributes(function);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context_, "", function));
  const unsigned first = type.results.size() > 1 ? 3 : 2;
  size_t param_slots = 0;
  size_t result_slots = 0;
  for (ValType param : type.params) param_slots += param.slots();
  for (ValType result : type.results) result_slots += result.slots();
  auto* slots = b.CreateAlloca(
      llvm::ArrayType::get(types_.i64, std::max({param_slots, result_slots, size_t{1}})));
  slots->setAlignment(llvm::Align(16));
  auto at = [&](llvm::Value* base, size_t byte) {
    return b.CreateConstInBoundsGEP1_64(types_.i8, base, byte);
  };
  size_t slot = 0;
  for (size_t i = 0; i < type.params.size(); ++i) {
    llvm::Value* value = function->getArg(first + static_cast<unsigned>(i));
    if (type.params[i].code() == ValType::kI32) value = b.CreateZExt(value, types_.i64);
    if (type.params[i].code() == ValType::kF32)
      value = b.CreateZExt(b.CreateBitCast(value, types_.i32), types_.i64);
    b.CreateAlignedStore(value, at(slots, 8 * slot), llvm::Align(8));
    slot += type.params[i].slots();
  }
  llvm::Value* instance = function->getArg(0);
  llvm::Value* builtins = FieldOf(b, instance, offsetof(runtime::Instance, builtins), types_.ptr);
  llvm::Value* builtin =
      FieldOf(b, builtins, 8 * static_cast<size_t>(native::Builtin::kCallArray), types_.ptr);
  b.CreateCall(BuiltinType(native::Builtin::kCallArray), builtin,
               {instance, function->getArg(1), slots});
  slot = 0;
  llvm::Value* only = nullptr;
  for (size_t i = 0; i < type.results.size(); ++i) {
    llvm::Value* value =
        b.CreateAlignedLoad(types_.Of(type.results[i]), at(slots, 8 * slot), llvm::Align(8));
    slot += type.results[i].slots();
    only = value;
    if (type.results.size() > 1)
      b.CreateAlignedStore(value, at(function->getArg(2), kResultStride * i), llvm::Align(16));
  }
  if (type.results.size() == 1) {
    b.CreateRet(only);
  } else {
    b.CreateRetVoid();
  }
  return function;
}

llvm::Function* Partition::SlowIndirect(const FuncType& type) {
  llvm::Function*& function = outlined_["indirect." + SignatureName(type)];
  if (function != nullptr) return function;
  llvm::FunctionType* native = types_.Native(type);
  llvm::SmallVector<llvm::Type*, 16> params{types_.ptr, types_.i32, types_.i32, types_.i64};
  params.append(native->param_begin() + 1, native->param_end());
  llvm::Function* made = llvm::Function::Create(
      llvm::FunctionType::get(native->getReturnType(), params, false),
      llvm::Function::InternalLinkage, "trenail.call_indirect." + SignatureName(type), *module_);
  function = made;
  made->addParamAttr(0, llvm::Attribute::SwiftSelf);
  made->addFnAttr(llvm::Attribute::NoInline);
  made->addFnAttr(llvm::Attribute::Cold);
  SetAttributes(made);
  llvm::IRBuilder<> b(llvm::BasicBlock::Create(context_, "", made));
  llvm::Value* instance = made->getArg(0);
  llvm::Value* builtins = FieldOf(b, instance, offsetof(runtime::Instance, builtins), types_.ptr);
  llvm::Value* builtin =
      FieldOf(b, builtins, 8 * static_cast<size_t>(native::Builtin::kResolveIndirect), types_.ptr);
  llvm::Value* func = b.CreateCall(BuiltinType(native::Builtin::kResolveIndirect), builtin,
                                   {instance, made->getArg(1), made->getArg(2), made->getArg(3)});
  llvm::Value* code = FieldOf(b, func, offsetof(runtime::FuncInst, native), types_.ptr);
  auto* direct = llvm::BasicBlock::Create(context_, "", made);
  auto* array = llvm::BasicBlock::Create(context_, "", made);
  b.CreateCondBr(b.CreateIsNotNull(code), direct, array);
  auto finish = [&](llvm::CallInst* call) {
    if (native->getReturnType()->isVoidTy()) {
      b.CreateRetVoid();
    } else {
      b.CreateRet(call);
    }
  };
  b.SetInsertPoint(direct);
  llvm::SmallVector<llvm::Value*, 16> args{
      FieldOf(b, func, offsetof(runtime::FuncInst, native_context), types_.ptr)};
  for (unsigned i = 4; i < made->arg_size(); ++i) args.push_back(made->getArg(i));
  llvm::CallInst* call = b.CreateCall(native, code, args);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  finish(call);
  b.SetInsertPoint(array);
  args[0] = instance;
  args.insert(args.begin() + 1, func);
  llvm::Function* array_call = ArrayCall(type);
  call = b.CreateCall(array_call, args);
  call->addParamAttr(0, llvm::Attribute::SwiftSelf);
  finish(call);
  return made;
}

}  // namespace wasm::aotc
