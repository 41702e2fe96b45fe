// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The memory layout that the interpreter, the runtime and compiled code share: plain structs whose
// offsets are part of the contract. Everything else about these objects lives in runtime/*.h.
//
// Values travel in eight-byte slots: i32 zero-extended, f32 as its bits zero-extended, v128 in two
// consecutive slots, references as below. Call arrays and the interpreter's stack use the same
// form, so calls between engines and to the host copy nothing.

#ifndef TRENAIL_LIBWASM_RUNTIME_VM_LAYOUT_H_
#define TRENAIL_LIBWASM_RUNTIME_VM_LAYOUT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "libwasm/runtime/trap.h"
#include "libwasm/types/type_store.h"
#include "libwasm/types/types.h"

namespace wasm {
struct CodeInfo;
class ValidatedModule;
}  // namespace wasm

namespace wasm::runtime {

class Store;
class InstanceData;
struct Instance;
struct FuncInst;
struct VMThread;

using Slot = uint64_t;

// A reference [syntax-ref]: 0 is null; an odd word is an i31 (value << 1 | 1, 32 bits used);
// anything else is the address of a FuncInst (func hierarchy) or of a heap object (any, extern, exn
// hierarchies). Externalised internal references keep their bits [exec-extern.convert_any].
using Ref = uint64_t;
inline constexpr Ref kNullRef = 0;
constexpr bool IsI31(Ref ref) { return (ref & 1) != 0; }
constexpr Ref MakeI31(uint32_t value) { return uint64_t{value & 0x7fffffffu} << 1 | 1; }
constexpr uint32_t I31GetU(Ref ref) { return static_cast<uint32_t>(ref >> 1); }
constexpr uint32_t I31GetS(Ref ref) {
  return static_cast<uint32_t>(static_cast<int32_t>(static_cast<uint32_t>(ref)) >> 1);
}

// What every access to a memory needs. `size` in bytes; grows only, read again after every call.
// In a shared memory `base` never changes and `size` is stored with release order.
struct VMMemory {
  uint8_t* base = nullptr;
  std::atomic<uint64_t> size = 0;
  // For the interpreter: below it an access of up to eight bytes may begin.
  std::atomic<uint64_t> fast_size = 0;
  uint64_t bytes() const { return size.load(std::memory_order_relaxed); }
  void SetSize(uint64_t bytes, std::memory_order order) {
    size.store(bytes, order);
    fast_size.store(bytes < 8 ? 0 : bytes - 7, order);
  }
};

struct VMTable {
  Ref* elements = nullptr;
  uint64_t size = 0;  // elements
};

// A global's value at a stable address; v128 uses both slots.
struct alignas(16) VMGlobal {
  Slot value[2] = {0, 0};
};

// How anything is called from outside its engine: arguments in `slots`, results out in place (the
// array holds max(param_slots, result_slots)). Returns kNone, or why it did not return; details are
// in the thread. Host functions, interpreted functions and compiled functions all have one.
using ArrayEntry = Trap (*)(VMThread* thread, FuncInst* func, Slot* slots);

enum class FuncKind : uint8_t { kInterpreted, kHost, kCompiled };

// A function instance [syntax-funcinst]: what a funcref points to. Lives as long as its store.
struct FuncInst {
  TypeId type_id = kNoTypeId;
  FuncKind kind = FuncKind::kInterpreted;
  uint32_t func_index = 0;       // in its module; 0 for host functions
  Instance* instance = nullptr;  // null for host functions
  ArrayEntry entry = nullptr;
  void* host_data =
      nullptr;  // kHost: the HostFunction behind the entry; kCompiled: the array thunk
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
  // How compiled code calls it (native/abi.h): type_id once more if `native` is set, kNoTypeId
  // otherwise, so that one comparison says whether the fast call may be made.
  TypeId native_type_id = kNoTypeId;
  const void* native = nullptr;
  const void* native_tail = nullptr;  // its entry for guaranteed tail calls; null if it makes none
  void* native_context = nullptr;
};

// A module instance [syntax-moduleinst] as running code sees it. `memory0` first: it is the
// hottest. Pointers into arrays owned by InstanceData; index spaces hold imports first.
struct Instance {
  VMMemory* memory0 = nullptr;     // never null: an empty memory stands in
  std::atomic<uint32_t> poll = 0;  // nonzero: call Poll() at the next loop or call
  uint32_t num_imported_functions = 0;
  VMThread* thread = nullptr;  // the store's thread
  // Code of the module's functions by full index (imports included, null there); a null entry of a
  // defined function means: not validated yet, call EnsureCode.
  const std::atomic<const CodeInfo*>* code = nullptr;
  FuncInst** functions = nullptr;  // imports: always set; defined: made on demand by FuncRef()
  VMGlobal** globals = nullptr;
  VMTable** tables = nullptr;
  VMMemory** memories = nullptr;
  struct TagInst** tags = nullptr;
  const TypeId* type_ids = nullptr;  // canonical type of each type index
  const TypeStore* types = nullptr;
  const uint8_t* bytes = nullptr;  // the module's bytes
  InstanceData* data = nullptr;    // the owning object: everything that is not hot

  // For compiled code alone (native/abi.h).
  uint8_t* memory0_base = nullptr;        // constant: memory 0 is reserved with its guard
  uintptr_t stack_limit = ~uintptr_t{0};  // functions entered below this address trap
  VMGlobal* own_globals = nullptr;        // defined globals, kOwnGlobalStride bytes apart
  const void* const* builtins = nullptr;
};

// Distance of defined globals in Instance::own_globals; asserted where they are allocated.
inline constexpr size_t kOwnGlobalStride = 32;

// A tag instance [syntax-taginst]; identity is the address.
struct TagInst {
  TypeId type_id = kNoTypeId;
};

// One activation in the interpreter: what a caller keeps while its callee runs, and what a
// backtrace reads. Kept in an array of the thread, never on the native stack.
struct Frame {
  const uint8_t* pc = nullptr;  // suspended: the instruction to continue with; see interp/frame.h
  const void* stp = nullptr;    // side-table position there
  Slot* locals = nullptr;
  const CodeInfo* code = nullptr;
  Instance* instance = nullptr;
  uint32_t func_index = 0;
  uint32_t flags = 0;  // engine's own
};

// One executing thread: the stacks and the pending state. A store has exactly one; where it has
// several stacks, these are the ones it runs on now (guest_stack.h).
struct VMThread {
  // Interpreter value stack and control stack; the limits leave room for one host call's slots.
  Slot* stack_base = nullptr;
  Slot* stack_limit = nullptr;
  Slot* stack_top = nullptr;  // valid while code outside the engine runs: first unused slot
  Frame* frame_base = nullptr;
  Frame* frame_limit = nullptr;
  Frame* frame_top = nullptr;  // valid while code outside the engine runs: one past the newest
  // Native recursion (host -> wasm -> host …) is bounded by this address.
  uintptr_t native_stack_limit = 0;

  // Fuel left; consulted only where fuel_enabled.
  bool fuel_enabled = false;
  uint64_t fuel = 0;
  // Why to stop at the next poll: kNone, kDeadline, … Written by other threads.
  std::atomic<Trap> interrupt = Trap::kNone;

  // Details of the trap that is being reported.
  uint64_t trap_detail = 0;          // kUninitializedElement: the index
  Ref pending_exception = kNullRef;  // kException: the exception object
  void* host_error = nullptr;        // kHostError: an Error* owned by the store
  Store* store = nullptr;
  // Newest activation of compiled code; see native_entry.h.
  struct EntryRecord* native_top = nullptr;
  // The stack is being left for good: host functions return, guest code does not go on.
  bool unwinding = false;
};

// Of which types compiled code may expect guarded memories: those with 32-bit indices, and those
// with 64-bit ones which it brings down to at most kMaxGuardedSize.
inline constexpr uint64_t kMaxGuardedSize = uint64_t{64} << 30;
constexpr bool CanBeGuarded(const MemType& type) {
  return type.page_size_log2 == 16 && (type.addr_type == AddrType::kI32 ||
                                       type.limits.min <= kMaxGuardedSize >> type.page_size_log2);
}

}  // namespace wasm::runtime

#endif  // TRENAIL_LIBWASM_RUNTIME_VM_LAYOUT_H_
