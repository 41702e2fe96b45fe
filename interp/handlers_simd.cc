// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Vector instructions [exec-vec], made from the table's rows, at depth 0: a vector takes two slots
// and is never cached. A number behind the prefix from 0x80 on takes two bytes; LongPrefix leaves
// pc one byte further, so that handlers find their immediate at pc + 2 in any case.

#include "interp/handlers.h"
#include "interp/memory_access.h"
#include "libwasm/opcodes/immediates.h"
#include "libwasm/runtime/numerics.h"

namespace wasm::interp {

#define NUMERIC_0x00(Name)
#define NUMERIC_0xfc(Name)
#define NUMERIC_0xfd(Name)                                       \
  HANDLER(Name##_0) {                                            \
    using Op = Operator<&num::Name>;                             \
    static_assert(!Op::kTraps);                                  \
    [[maybe_unused]] const Trap trap = Op::Apply<0>(sp, r0, r1); \
    pc += 2;                                                     \
    NEXT(Op::After(0));                                          \
  }
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags) NUMERIC_##prefix(Name)

// num::Name(vector, lane) or num::Name(vector, lane, value).
template <auto fn>
struct LaneOperator;
template <typename R, typename V, R (*fn)(V, uint8_t)>
struct LaneOperator<fn> {
  static constexpr int kDepthAfter = 1;
  [[gnu::always_inline]] static void Apply(uint8_t lane, Slot*& sp, uint64_t& r0) {
    r0 = ToSlot(fn(ReadV128(sp - 2), lane));
    sp -= 2;
  }
};
template <typename V, typename T, V128 (*fn)(V, uint8_t, T)>
struct LaneOperator<fn> {
  static constexpr int kDepthAfter = 0;
  [[gnu::always_inline]] static void Apply(uint8_t lane, Slot*& sp, uint64_t&) {
    WriteV128(sp - 3, fn(ReadV128(sp - 3), lane, FromSlot<T>(sp[-1])));
    sp -= 1;
  }
};
#define NUMERIC_LANE(Name, prefix, code, text, sig, Feature) \
  HANDLER(Name##_0) {                                        \
    using Op = LaneOperator<&num::Name>;                     \
    Op::Apply(pc[2], sp, r0);                                \
    pc += 3;                                                 \
    NEXT(Op::kDepthAfter);                                   \
  }

// Memory accesses: `at` is the place, `lane` the lane if there is one.
#define VECTOR_ACCESS(Name, Imm, MemArgOf, index, size, ...)     \
  HANDLER(Name##_0) {                                            \
    TrustedReader reader(pc + 2);                                \
    const imm::Imm i = imm::Read(reader, imm::Tag<imm::Imm>());  \
    uint8_t* const at = Locate(instance, MemArgOf, index, size); \
    if (at == nullptr) [[unlikely]]                              \
      RAISE(Trap::kMemoryOutOfBounds);                           \
    __VA_ARGS__                                                  \
    pc = reader.position();                                      \
    NEXT(0);                                                     \
  }
#define LOAD_0x00(Name)
#define STORE_0x00(Name)
#define LOAD_0xfd(Name)                        \
  VECTOR_ACCESS(Name, MemArg, i, sp[-1], 16, { \
    WriteV128(sp - 1, LoadBytes<V128>(at));    \
    sp += 1;                                   \
  })
#define STORE_0xfd(Name)                       \
  VECTOR_ACCESS(Name, MemArg, i, sp[-3], 16, { \
    std::memcpy(at, sp - 2, 16);               \
    sp -= 3;                                   \
  })
#define LOAD(Name, prefix, code, text, type, MemType, Feature) LOAD_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) STORE_##prefix(Name)
#define LOAD_VEC(Name, prefix, code, text, RawType, Feature) \
  VECTOR_ACCESS(Name, MemArg, i, sp[-1], sizeof(RawType), {  \
    WriteV128(sp - 1, num::Name(LoadBytes<RawType>(at)));    \
    sp += 1;                                                 \
  })
#define LOAD_LANE(Name, prefix, code, text, RawType, Feature)                       \
  VECTOR_ACCESS(Name, MemArgLane, i.memarg, sp[-3], sizeof(RawType), {              \
    WriteV128(sp - 3, num::Name(ReadV128(sp - 2), i.lane, LoadBytes<RawType>(at))); \
    sp -= 1;                                                                        \
  })
#define STORE_LANE(Name, prefix, code, text, RawType, Feature)         \
  VECTOR_ACCESS(Name, MemArgLane, i.memarg, sp[-3], sizeof(RawType), { \
    const RawType raw = num::Name(ReadV128(sp - 2), i.lane);           \
    std::memcpy(at, &raw, sizeof(raw));                                \
    sp -= 3;                                                           \
  })
#include "libwasm/opcodes/instructions.def"

HANDLER(V128Const_0) {
  std::memcpy(sp, pc + 2, 16);
  sp += 2;
  pc += 18;
  NEXT(0);
}
HANDLER(I8x16Shuffle_0) {
  const auto lanes = LoadBytes<std::array<uint8_t, 16>>(pc + 2);
  WriteV128(sp - 4, num::I8x16Shuffle(ReadV128(sp - 4), ReadV128(sp - 2), lanes));
  sp -= 2;
  pc += 18;
  NEXT(0);
}

}  // namespace wasm::interp
