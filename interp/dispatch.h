// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How handlers are written and how control passes from one to the next. A handler is one source for
// three forms of dispatch:
//
//   speed     handlers tail-call each other with the machine state in registers; the next handler
//   is
//             looked up by the next two bytes, in a table per number of cached operands
//   small     the same, but one byte and no cached operands: compact
//   portable  handlers return to a loop and keep the state in memory: any compiler
//
// In the tail-calling forms a hot handler must not touch the native stack. Its rare cases therefore
// tail-call a handler of their own (TAIL) instead of calling a function; interp/golden_test.py
// looks at the outcome.

#ifndef TRENAIL_INTERP_DISPATCH_H_
#define TRENAIL_INTERP_DISPATCH_H_

#include <cstdint>
#include <cstring>

#include "interp/tuning.h"
#include "libwasm/module/module.h"
#include "libwasm/module/side_table.h"
#include "libwasm/runtime/trap.h"
#include "libwasm/runtime/vm_layout.h"

namespace wasm::interp {

using runtime::Frame;
using runtime::FuncInst;
using runtime::Instance;
using runtime::Ref;
using runtime::Slot;
using runtime::VMMemory;
using runtime::VMThread;

// What a chain of handlers ends with: a Trap, or (portable) kGoOn.
using Status = uint32_t;
inline constexpr Status kGoOn = 0x100;

template <typename T>
[[gnu::always_inline]] inline T LoadBytes(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// The machine state, parameters of every handler:
//   table     the dispatch table in use; see tables.h
//   instance  of the running function
//   frame     its control frame
//   mem       its memory 0, or an empty memory if that has 64-bit addresses: then every fast path
//             fails, and the slow one computes with 64 bits
//   locals    its first local; operands follow the locals
//   pc        first byte of the instruction
//   sp        first free slot of the operand stack in memory
//   r0, r1    the cached top of the operand stack: at depth 1 r0, at depth 2 r0 and above it r1
//   stp       side-table position at pc
// The order decides the registers: r1 is in rcx, where x86-64 wants shift counts.

#ifdef TRENAIL_DISPATCH_PORTABLE

struct Machine {
  const void* table;
  Instance* instance;
  Frame* frame;
  VMMemory* mem;
  Slot* locals;
  const uint8_t* pc;
  Slot* sp;
  uint64_t r1;
  uint64_t r0;
  const SideTableEntry* stp;
};
using Handler = Status(Machine*);

#define INTERP_STATE                                                        \
  [[maybe_unused]] Machine *machine, [[maybe_unused]] const void *&table,   \
      [[maybe_unused]] Instance *&instance, [[maybe_unused]] Frame *&frame, \
      [[maybe_unused]] VMMemory *&mem, [[maybe_unused]] Slot *&locals,      \
      [[maybe_unused]] const uint8_t *&pc, [[maybe_unused]] Slot *&sp,      \
      [[maybe_unused]] uint64_t &r1, [[maybe_unused]] uint64_t &r0,         \
      [[maybe_unused]] const SideTableEntry *&stp
#define DECLARE_HANDLER(Name) extern "C" Status trenail_op_##Name(Machine*)
#define HANDLER(Name)                                                                              \
  static inline Status Name##_body(INTERP_STATE);                                                  \
  DECLARE_HANDLER(Name);                                                                           \
  extern "C" Status trenail_op_##Name(Machine* m) {                                                \
    return Name##_body(m, m->table, m->instance, m->frame, m->mem, m->locals, m->pc, m->sp, m->r1, \
                       m->r0, m->stp);                                                             \
  }                                                                                                \
  static inline Status Name##_body(INTERP_STATE)
#define COLD_HANDLER(Name) HANDLER(Name)
#define HANDLER_NOINLINE(Name) HANDLER(Name)
#define TAIL(Name) return trenail_op_##Name(machine)
#define TAIL_POINTER(handler) return (handler)(machine)

#else

#define INTERP_STATE                                                                         \
  [[maybe_unused]] const void *table, [[maybe_unused]] Instance *instance,                   \
      [[maybe_unused]] Frame *frame, [[maybe_unused]] VMMemory *mem,                         \
      [[maybe_unused]] Slot *locals, [[maybe_unused]] const uint8_t *pc,                     \
      [[maybe_unused]] Slot *sp, [[maybe_unused]] uint64_t r1, [[maybe_unused]] uint64_t r0, \
      [[maybe_unused]] const SideTableEntry *stp
#define INTERP_ARGS table, instance, frame, mem, locals, pc, sp, r1, r0, stp

using Handler = Status __attribute__((preserve_none)) (const void*, Instance*, Frame*, VMMemory*,
                                                       Slot*, const uint8_t*, Slot*, uint64_t,
                                                       uint64_t, const SideTableEntry*);

// C linkage: the generated tables name handlers by their symbols.
#define DECLARE_HANDLER(Name)              \
  extern "C" [[gnu::visibility("hidden")]] \
  __attribute__((preserve_none)) Status trenail_op_##Name(INTERP_STATE)
#define HANDLER(Name)    \
  DECLARE_HANDLER(Name); \
  __attribute__((preserve_none)) Status trenail_op_##Name(INTERP_STATE)
#define COLD_HANDLER(Name) \
  DECLARE_HANDLER(Name);   \
  [[gnu::noinline, gnu::cold]] __attribute__((preserve_none)) Status trenail_op_##Name(INTERP_STATE)
#define HANDLER_NOINLINE(Name) \
  DECLARE_HANDLER(Name);       \
  [[gnu::noinline]] __attribute__((preserve_none)) Status trenail_op_##Name(INTERP_STATE)
#define TAIL(Name) [[clang::musttail]] return trenail_op_##Name(INTERP_ARGS)
#define TAIL_POINTER(handler) [[clang::musttail]] return (handler)(INTERP_ARGS)

#endif

// ---- the next instruction ----------------------------------------------------------------------

inline constexpr uint32_t kKeys = 1u << 16;

#if defined(TRENAIL_DISPATCH_SPEED)

// A table holds, for each depth and each pair of bytes, where the handler is in 32 bits: its
// address in programs that are linked to a fixed place below 4 GiB (TRENAIL_FIXED_HANDLERS), which
// saves an addition per instruction; else its distance from the table.
#ifdef TRENAIL_FIXED_HANDLERS
using TableEntry = uint32_t;
inline constexpr bool kFixedHandlers = true;
#else
using TableEntry = int32_t;
inline constexpr bool kFixedHandlers = false;
#endif
[[gnu::always_inline]] inline Handler* Lookup(const void* table, const uint8_t* pc,
                                              uint32_t depth) {
  const TableEntry* entries = static_cast<const TableEntry*>(table) + depth * kKeys;
  const auto entry =
      static_cast<uintptr_t>(static_cast<intptr_t>(entries[LoadBytes<uint16_t>(pc)]));
  return reinterpret_cast<Handler*>(kFixedHandlers ? entry
                                                   : reinterpret_cast<uintptr_t>(table) + entry);
}
#define NEXT(depth) TAIL_POINTER(::wasm::interp::Lookup(table, pc, depth))

#else

// A table holds the handler of each byte; values never stay in registers between instructions.
[[gnu::always_inline]] inline Handler* Lookup(const void* table, const uint8_t* pc) {
  return static_cast<Handler* const*>(table)[*pc];
}
#define INTERP_FLUSH_NEXT(depth)          \
  if constexpr ((depth) >= 1) *sp++ = r0; \
  if constexpr ((depth) == 2) *sp++ = r1
#ifdef TRENAIL_DISPATCH_SMALL
#define NEXT(depth)                                  \
  do {                                               \
    INTERP_FLUSH_NEXT(depth);                        \
    TAIL_POINTER(::wasm::interp::Lookup(table, pc)); \
  } while (false)
#else
#define NEXT(depth)               \
  do {                            \
    INTERP_FLUSH_NEXT(depth);     \
    return ::wasm::interp::kGoOn; \
  } while (false)
#endif

#endif

// Stops with `trap`, at the instruction at pc.
#define RAISE(trap)                   \
  do {                                \
    r0 = static_cast<uint64_t>(trap); \
    TAIL(RaiseTrap);                  \
  } while (false)

// Moves cached operands into memory, so that execution goes on as at depth 0.
#define FLUSH(depth)                        \
  do {                                      \
    if constexpr ((depth) >= 1) *sp++ = r0; \
    if constexpr ((depth) == 2) *sp++ = r1; \
  } while (false)

// Before anything outside the interpreter that may look at the stacks: collect garbage, trace,
// interrupt or call back. Operands that must survive lie below sp.
#define SYNC()                               \
  do {                                       \
    frame->pc = pc;                          \
    instance->thread->stack_top = sp;        \
    instance->thread->frame_top = frame + 1; \
  } while (false)

}  // namespace wasm::interp

#endif  // TRENAIL_INTERP_DISPATCH_H_
