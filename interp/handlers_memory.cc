// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loads, stores and bulk memory instructions [exec-memory]. A load or store has three handlers: one
// for short memargs, one or two for longer offsets (speed build), and an exact one for all the
// rest, which also decides about traps.

#include "interp/control.h"
#include "interp/handlers.h"
#include "interp/leb.h"
#include "interp/memory_access.h"
#include "libwasm/runtime/instance.h"
#include "libwasm/runtime/ops_memory.h"

namespace wasm::interp {

// One access with an offset whose length in the code is known: the rest of the handler.
#define LOAD_FAST(D, Name, type, MemType, offset, length)                          \
  do {                                                                             \
    const uint64_t address = static_cast<uint32_t>(PEEK(D, 0)) + uint64_t{offset}; \
    if (MaybeOutOfBounds(mem, address)) [[unlikely]]                               \
      TAIL_DEPTH(Name##_Exact, D);                                                 \
    const auto raw = LoadBytes<MemoryBits<MemType>>(mem->base + address);          \
    POP(D, 1);                                                                     \
    PUSH(AfterPop(D), (Extend<RowType::type>(raw)));                               \
    pc += length;                                                                  \
    NEXT(AfterPush(AfterPop(D)));                                                  \
  } while (false)
#define STORE_FAST(D, Name, type, MemType, offset, length)                         \
  do {                                                                             \
    const uint64_t address = static_cast<uint32_t>(PEEK(D, 1)) + uint64_t{offset}; \
    if (MaybeOutOfBounds(mem, address)) [[unlikely]]                               \
      TAIL_DEPTH(Name##_Exact, D);                                                 \
    const auto raw = static_cast<MemoryBits<MemType>>(PEEK(D, 0));                 \
    std::memcpy(mem->base + address, &raw, sizeof(raw));                           \
    POP(D, 2);                                                                     \
    pc += length;                                                                  \
    NEXT(AfterPop(D, 2));                                                          \
  } while (false)

// The key of the speed build has told an alignment with a memory index, for the exact form, from
// one without.
#ifdef TRENAIL_DISPATCH_SPEED
#define ACCESS_HANDLERS(D, Name, type, MemType, FAST)                           \
  HANDLER(Name##_##D##_FarthestOffset) {                                        \
    if (pc[4] < 0x80) FAST(D, Name, type, MemType, (ReadFourBytes(pc + 2)), 5); \
    FAST(D, Name, type, MemType, (ReadFourBytes(pc + 2)), 6);                   \
  }                                                                             \
  HANDLER(Name##_##D##_FarOffset) {                                             \
    if (pc[3] < 0x80) {                                                         \
      const uint32_t low = (pc[2] & 0x7fu) | pc[3] << 7;                        \
      FAST(D, Name, type, MemType, low, 4);                                     \
    }                                                                           \
    if (!IsFiveBytes(pc + 2)) TAIL(Name##_##D##_FarthestOffset);                \
    if (pc[6] >= 0x80) [[unlikely]]                                             \
      TAIL_DEPTH(Name##_Exact, D);                                              \
    FAST(D, Name, type, MemType, (ReadFiveBytes(pc + 2)), 7);                   \
  }                                                                             \
  HANDLER(Name##_##D) {                                                         \
    const uint64_t offset = pc[2];                                              \
    if (offset >= 0x80) [[unlikely]]                                            \
      TAIL(Name##_##D##_FarOffset);                                             \
    FAST(D, Name, type, MemType, offset, 3);                                    \
  }
#else
#define ACCESS_HANDLERS(D, Name, type, MemType, FAST) \
  HANDLER(Name##_##D) {                               \
    if (!IsShortMemArg(pc + 1)) [[unlikely]]          \
      TAIL(Name##_Exact_0);                           \
    FAST(D, Name, type, MemType, pc[2], 3);           \
  }
#endif

#ifdef TRENAIL_DISPATCH_SPEED
#define SPILL_EXACT(Name)        \
  COLD_HANDLER(Name##_Exact_1) { \
    FLUSH(1);                    \
    TAIL(Name##_Exact_0);        \
  }                              \
  COLD_HANDLER(Name##_Exact_2) { \
    FLUSH(2);                    \
    TAIL(Name##_Exact_0);        \
  }
#else
#define SPILL_EXACT(Name)
#endif

#define LOAD_0x00(Name, type, MemType)                                           \
  COLD_HANDLER(Name##_Exact_0) {                                                 \
    TrustedReader reader(pc + 1);                                                \
    const imm::MemArg memarg = imm::Read(reader, imm::Tag<imm::MemArg>());       \
    const uint8_t* const at = Locate(instance, memarg, sp[-1], sizeof(MemType)); \
    if (at == nullptr) [[unlikely]]                                              \
      RAISE(Trap::kMemoryOutOfBounds);                                           \
    sp[-1] = Extend<RowType::type>(LoadBytes<MemoryBits<MemType>>(at));          \
    pc = reader.position();                                                      \
    NEXT(0);                                                                     \
  }                                                                              \
  SPILL_EXACT(Name)                                                              \
  INTERP_DEPTHS(ACCESS_HANDLERS, Name, type, MemType, LOAD_FAST)
#define STORE_0x00(Name, type, MemType)                                    \
  COLD_HANDLER(Name##_Exact_0) {                                           \
    TrustedReader reader(pc + 1);                                          \
    const imm::MemArg memarg = imm::Read(reader, imm::Tag<imm::MemArg>()); \
    uint8_t* const at = Locate(instance, memarg, sp[-2], sizeof(MemType)); \
    if (at == nullptr) [[unlikely]]                                        \
      RAISE(Trap::kMemoryOutOfBounds);                                     \
    const auto raw = static_cast<MemoryBits<MemType>>(sp[-1]);             \
    std::memcpy(at, &raw, sizeof(raw));                                    \
    sp -= 2;                                                               \
    pc = reader.position();                                                \
    NEXT(0);                                                               \
  }                                                                        \
  SPILL_EXACT(Name)                                                        \
  INTERP_DEPTHS(ACCESS_HANDLERS, Name, type, MemType, STORE_FAST)
#define LOAD_0xfd(Name, type, MemType)
#define STORE_0xfd(Name, type, MemType)
#define LOAD(Name, prefix, code, text, type, MemType, Feature) LOAD_##prefix(Name, type, MemType)
#define STORE(Name, prefix, code, text, type, MemType, Feature) STORE_##prefix(Name, type, MemType)
#include "libwasm/opcodes/instructions.def"

// [exec-memory.size] Pages of 64 KiB of memory 0 inline; other page sizes and memories by the
// runtime.
#define MEMORY_SIZE_HANDLER(D, _)                             \
  HANDLER(MemorySize_##D) {                                   \
    TrustedReader reader(pc + 1);                             \
    const MemIdx memory(reader.ReadU32());                    \
    const uint64_t pages = rt::MemorySize(*instance, memory); \
    pc = reader.position();                                   \
    PUSH(D, pages);                                           \
    NEXT(AfterPush(D));                                       \
  }
INTERP_DEPTHS(MEMORY_SIZE_HANDLER, )

HANDLER(MemoryGrow_0) {  // [exec-memory.grow]
  SYNC();
  TrustedReader reader(pc + 1);
  const MemIdx memory(reader.ReadU32());
  const bool is64 =
      instance->data->module().memories[memory.value].type.addr_type == AddrType::kI64;
  const uint64_t before = rt::MemoryGrow(*instance, memory, sp[-1]);
  sp[-1] = is64 ? before : static_cast<uint32_t>(before);
  pc = reader.position();
  NEXT(0);
}

// Bulk instructions. Their prefix and number take two bytes; LongPrefix arranges for that.
#define BULK_HANDLER(Name, Imm, operands, ...)                                   \
  HANDLER(Name##_0) {                                                            \
    SYNC();                                                                      \
    TrustedReader reader(pc + 2);                                                \
    [[maybe_unused]] const imm::Imm i = imm::Read(reader, imm::Tag<imm::Imm>()); \
    Slot* const a = sp - (operands);                                             \
    const Trap trap = (__VA_ARGS__);                                             \
    if (trap != Trap::kNone) [[unlikely]]                                        \
      RAISE(trap);                                                               \
    sp = a;                                                                      \
    pc = reader.position();                                                      \
    NEXT(0);                                                                     \
  }
BULK_HANDLER(MemoryFill, MemIdx, 3,
             rt::MemoryFill(*instance, i, a[0], static_cast<uint32_t>(a[1]), a[2]))
BULK_HANDLER(MemoryCopy, MemoryCopy, 3, rt::MemoryCopy(*instance, i.dst, i.src, a[0], a[1], a[2]))
BULK_HANDLER(MemoryInit, MemoryInit, 3,
             rt::MemoryInit(*instance, i.data, i.memory, a[0], static_cast<uint32_t>(a[1]),
                            static_cast<uint32_t>(a[2])))
BULK_HANDLER(DataDrop, DataIdx, 0, (rt::DataDrop(*instance, i.data), Trap::kNone))

}  // namespace wasm::interp
