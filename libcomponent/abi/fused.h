// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments and results from one guest to another without Values: what LiftFlatValues on one side
// and LowerFlatValues on the other do, with the same results, the same traps and the same calls of
// realloc in the same order. Lifting checks everything before lowering begins, so a Copier goes
// over the source twice: it checks and takes the handles, then it writes. Not copied are its
// limits: a list of any length that memory holds costs the host nothing here.

#ifndef TRENAIL_LIBCOMPONENT_ABI_FUSED_H_
#define TRENAIL_LIBCOMPONENT_ABI_FUSED_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "libcomponent/abi/context.h"
#include "libcomponent/abi/flatten.h"
#include "libcomponent/abi/fused_program.h"

namespace component::abi {

class Copier {
 public:
  // One side: its types, how its options have pointers, and how many flat values it takes.
  struct Side {
    Types types;
    PtrType ptr = PtrType::kI32;
    uint32_t max_flat = 0;
  };
  // The types of both sides are equal but for the resources in them, and outlive the Copier.
  Copier(const Side& from, const Side& to);

  // As LiftFlatValues(from, in) and then LowerFlatValues(to, …, out, out_pointer). The contexts
  // must have the pointers that were announced.
  wasm::Result<uint32_t> Copy(Context& from, std::span<const uint64_t> in, Context& to,
                              std::span<uint64_t> out,
                              std::optional<uint64_t> out_pointer = std::nullopt) const;

  // As LoadListFromValidRange and then StoreListIntoValidRange; the Copier must be of one type.
  wasm::Result<void> CopyElements(Context& from, uint64_t from_ptr, Context& to, uint64_t to_ptr,
                                  uint64_t count) const;

 private:
  // What becomes of a core value if both sides are flat and everything is a scalar.
  struct SlotStep {
    ValKind kind = ValKind::kBool;
    uint32_t mask = 0;  // kFlags
  };
  struct HalfLayout {
    std::vector<const ValType*> types;
    TupleLayout tuple;
    std::vector<uint64_t> offsets;
    PtrType ptr = PtrType::kI32;
    uint32_t max_flat = 0;
    bool in_memory = false;
  };

  static HalfLayout Layout(const Side& side);
  bool AddSlots(const ValType& type);
  wasm::Result<uint32_t> CopySlots(std::span<const uint64_t> in, std::span<uint64_t> out) const;

  HalfLayout from_;
  HalfLayout to_;
  CopyProgram program_;
  std::vector<uint32_t> bodies_;  // by value
  std::vector<SlotStep> slots_;
  bool only_slots_ = false;
};

}  // namespace component::abi

#endif  // TRENAIL_LIBCOMPONENT_ABI_FUSED_H_
