// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts of validation errors, one function per kind of error, so that rules stay short. Each
// begins as the official suite expects.

#ifndef TRENAIL_LIBWASM_VALIDATE_ERRORS_H_
#define TRENAIL_LIBWASM_VALIDATE_ERRORS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "libwasm/types/types.h"

namespace wasm::validate {

// Writes types as the text format does; concrete heap types are TypeIds, named by the index of the
// first type of the module with that id.
class TypePrinter {
 public:
  explicit TypePrinter(std::span<const uint32_t> type_ids) : type_ids_(type_ids) {}
  std::string Print(ValType type) const;
  std::string Print(HeapType type) const;
  std::string Print(std::span<const ValType> types) const;  // "[i32 i64]"

 private:
  std::span<const uint32_t> type_ids_;
};

namespace errors {

// "unknown local 3": an index beyond its space.
std::string Unknown(std::string_view what, uint64_t index);
std::string OperandMismatch(const TypePrinter& printer, std::span<const ValType> required,
                            std::span<const ValType> present);
std::string BlockMismatch(const TypePrinter& printer, std::span<const ValType> required,
                          std::span<const ValType> present);
std::string NotASubtype(const TypePrinter& printer, ValType sub, ValType super);
std::string SubTypeMismatch(uint32_t sub, uint32_t super);
std::string LimitExceeded(std::string_view what, uint64_t limit);

}  // namespace errors
}  // namespace wasm::validate

#endif  // TRENAIL_LIBWASM_VALIDATE_ERRORS_H_
