// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WebAssembly's types as LLVM's, and the native calling convention of native/abi.h in IR.

#ifndef TRENAIL_AOTC_IR_TYPES_H_
#define TRENAIL_AOTC_IR_TYPES_H_

#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/LLVMContext.h>

#include <span>
#include <string>

#include "libwasm/types/types.h"

namespace wasm::aotc {

class IrTypes {
 public:
  explicit IrTypes(llvm::LLVMContext& context)
      : i1(llvm::Type::getInt1Ty(context)),
        i8(llvm::Type::getInt8Ty(context)),
        i16(llvm::Type::getInt16Ty(context)),
        i32(llvm::Type::getInt32Ty(context)),
        i64(llvm::Type::getInt64Ty(context)),
        f32(llvm::Type::getFloatTy(context)),
        f64(llvm::Type::getDoubleTy(context)),
        v128(llvm::FixedVectorType::get(i64, 2)),
        ptr(llvm::PointerType::get(context, 0)),
        void_type(llvm::Type::getVoidTy(context)) {}

  llvm::IntegerType* i1;
  llvm::IntegerType* i8;
  llvm::IntegerType* i16;
  llvm::IntegerType* i32;
  llvm::IntegerType* i64;
  llvm::Type* f32;
  llvm::Type* f64;
  llvm::FixedVectorType* v128;
  llvm::PointerType* ptr;
  llvm::Type* void_type;

  llvm::Type* Of(ValType type) const {
    switch (type.code()) {
      case ValType::kI32:
        return i32;
      case ValType::kI64:
        return i64;
      case ValType::kF32:
        return f32;
      case ValType::kF64:
        return f64;
      case ValType::kV128:
        return v128;
      default:
        return i64;  // references
    }
  }

  // (context, [buffer of results], parameters…)
  llvm::FunctionType* Native(const FuncType& type) const {
    llvm::SmallVector<llvm::Type*, 16> params{ptr};
    if (type.results.size() > 1) params.push_back(ptr);
    for (ValType param : type.params) params.push_back(Of(param));
    llvm::Type* result = type.results.size() == 1 ? Of(type.results[0]) : void_type;
    return llvm::FunctionType::get(result, params, false);
  }
};

// A letter per parameter, '_', a letter per result: what distinguishes native signatures.
inline char SignatureLetter(ValType type) {
  switch (type.code()) {
    case ValType::kI32:
      return 'i';
    case ValType::kF32:
      return 'f';
    case ValType::kF64:
      return 'd';
    case ValType::kV128:
      return 'v';
    default:
      return 'l';
  }
}
inline std::string SignatureName(const FuncType& type) {
  std::string name;
  for (ValType param : type.params) name += SignatureLetter(param);
  name += '_';
  for (ValType result : type.results) name += SignatureLetter(result);
  return name;
}

// Distance of results in the buffer of several.
inline constexpr unsigned kResultStride = 16;

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_IR_TYPES_H_
