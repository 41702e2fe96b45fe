// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "interp/tables.h"

#include <array>

#include "interp/control.h"
#include "interp/handlers.h"
#include "libwasm/opcodes/opcode.h"
#include "libwasm/support/reader.h"

namespace wasm::interp {

namespace {

#define EXACT_0x00(Name) DECLARE_HANDLER(Name##_Exact_0);
#define EXACT_0xfd(Name)
#define LOAD(Name, prefix, code, text, type, MemType, Feature) EXACT_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) EXACT_##prefix(Name)
#include "libwasm/opcodes/instructions.def"
#undef EXACT_0x00

template <size_t size>
using Handlers = std::array<Handler*, size>;

template <int table_prefix, size_t size>
constexpr Handlers<size> MakeHandlers() {
  Handlers<size> handlers{};
  handlers.fill(&trenail_op_Illegal);
#define INSTR(Name, prefix, code, text, Imm, sig, Feature, flags) \
  if ((prefix) == table_prefix) handlers[code] = &trenail_op_##Name##_0;
#include "libwasm/opcodes/instructions.def"
  if (table_prefix == 0)
    for (size_t prefix = 0xfb; prefix <= 0xfe; ++prefix) handlers[prefix] = &trenail_op_LongPrefix;
  return handlers;
}

constexpr Handlers<256> MakeCareful(Handlers<256> handlers) {
#define CAREFUL(Name) handlers[Info(Opcode::Name).code] = &trenail_op_Careful##Name##_0;
  INTERP_CAREFUL_OPS(CAREFUL)
  INTERP_CAREFUL_DEPTH_OPS(CAREFUL)
#undef CAREFUL
  return handlers;
}

// Loads and stores, else null.
constexpr Handlers<256> MakeExact() {
  Handlers<256> handlers{};
#define EXACT_0x00(Name) handlers[Info(Opcode::Name).code] = &trenail_op_##Name##_Exact_0;
#define LOAD(Name, prefix, code, text, type, MemType, Feature) EXACT_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) EXACT_##prefix(Name)
#include "libwasm/opcodes/instructions.def"
  return handlers;
}
#undef EXACT_0x00
#undef EXACT_0xfd

[[maybe_unused]] constinit const Handlers<256> kExact = MakeExact();
constinit const Handlers<256> kPlain = MakeHandlers<0, 256>();
constinit const Handlers<256> kCareful = MakeCareful(MakeHandlers<0, 256>());
constinit const Handlers<32> kFb = MakeHandlers<0xfb, 32>();
constinit const Handlers<32> kFc = MakeHandlers<0xfc, 32>();
constinit const Handlers<kMaxPrefixedCode> kFd = MakeHandlers<0xfd, kMaxPrefixedCode>();
constinit const Handlers<80> kFe = MakeHandlers<0xfe, 80>();

}  // namespace

Handler* BaseHandler(const uint8_t* pc, bool careful) {
#ifdef TRENAIL_DISPATCH_SPEED
  if (IsLongAlignment(pc[1]) && kExact[*pc] != nullptr) return kExact[*pc];
#endif
  return (careful ? kCareful : kPlain)[*pc];
}

Handler* PrefixedHandler(uint8_t prefix, uint32_t code) {
  auto at = [code](const auto& handlers) {
    return code < handlers.size() ? handlers[code] : &trenail_op_Illegal;
  };
  switch (prefix) {
    case 0xfb:
      return at(kFb);
    case 0xfc:
      return at(kFc);
    case 0xfd:
      return at(kFd);
    default:
      return at(kFe);
  }
}

// Leaves pc such that the immediate is at pc + 2, as if the number had one byte; except for
// branches, whose targets count from the true first byte and which skip the number themselves.
HANDLER(LongPrefix) {
  const uint8_t prefix = pc[0];
  TrustedReader reader(pc + 1);
  const uint32_t code = reader.ReadU32();
  const bool is_branch = prefix == 0xfb && (code == Info(Opcode::BrOnCast).code ||
                                            code == Info(Opcode::BrOnCastFail).code);
  if (!is_branch) pc = reader.position() - 2;
  TAIL_POINTER(PrefixedHandler(prefix, code));
}

#define FUEL_HANDLERS(D, _)                                \
  HANDLER(FuelStep_##D) {                                  \
    FLUSH(D);                                              \
    VMThread* const thread = instance->thread;             \
    if (thread->fuel == 0) [[unlikely]]                    \
      RAISE(Trap::kFuelExhausted);                         \
    thread->fuel -= 1;                                     \
    TAIL_POINTER(BaseHandler(pc, IsCareful(frame->code))); \
  }
INTERP_DEPTHS(FUEL_HANDLERS, )

#ifdef TRENAIL_DISPATCH_SPEED

HANDLER(Spill_1) {
  FLUSH(1);
  NEXT(0);
}
HANDLER(Spill_2) {
  FLUSH(2);
  NEXT(0);
}

// The generated table of ordinary functions.
extern "C" [[gnu::visibility("hidden")]] const TableEntry trenail_dispatch_table[3 * kKeys];

namespace {

alignas(64) TableEntry careful_table[3 * kKeys];
alignas(64) TableEntry fuel_table[3 * kKeys];

TableEntry Entry(const TableEntry* table, Handler* handler) {
  const auto base = kFixedHandlers ? 0 : reinterpret_cast<intptr_t>(table);
  return static_cast<TableEntry>(reinterpret_cast<intptr_t>(handler) - base);
}

// The handlers at depths 1 and 2, where they are not Spill.
template <int depth>
constexpr Handlers<256> MakeDeeper() {
  Handlers<256> handlers{};
  handlers.fill(depth == 1 ? &trenail_op_Spill_1 : &trenail_op_Spill_2);
#define DEEPER(Name) \
  handlers[Info(Opcode::Name).code] = depth == 1 ? &trenail_op_##Name##_1 : &trenail_op_##Name##_2;
#define DEEPER_0x00(Name) DEEPER(Name)
#define DEEPER_0xfc(Name)
#define DEEPER_0xfd(Name)
#define NUMERIC(Name, prefix, code, text, sig, Feature, flags) DEEPER_##prefix(Name)
#define LOAD(Name, prefix, code, text, type, MemType, Feature) DEEPER_##prefix(Name)
#define STORE(Name, prefix, code, text, type, MemType, Feature) DEEPER_##prefix(Name)
#include "libwasm/opcodes/instructions.def"
  INTERP_DEPTH_OPS(DEEPER)
#define CAREFUL(Name) \
  handlers[Info(Opcode::Name).code] = depth == 1 ? &trenail_op_Spill_1 : &trenail_op_Spill_2;
  INTERP_CAREFUL_OPS(CAREFUL)
#define CAREFUL_DEPTH(Name)           \
  handlers[Info(Opcode::Name).code] = \
      depth == 1 ? &trenail_op_Careful##Name##_1 : &trenail_op_Careful##Name##_2;
  INTERP_CAREFUL_DEPTH_OPS(CAREFUL_DEPTH)
  return handlers;
}
constinit const Handlers<256> kCareful1 = MakeDeeper<1>();
constinit const Handlers<256> kCareful2 = MakeDeeper<2>();

bool FillCareful() {
  for (uint32_t key = 0; key < kKeys; ++key) {
    const uint8_t byte = static_cast<uint8_t>(key);
    const uint8_t next = static_cast<uint8_t>(key >> 8);
    Handler* const handler = IsPrefix(byte) && next < 0x80 ? PrefixedHandler(byte, next)
                             : IsLongAlignment(next) && kExact[byte] != nullptr ? kExact[byte]
                                                                                : kCareful[byte];
    careful_table[key] = Entry(careful_table, handler);
    const bool exact = IsLongAlignment(next) && kExact[byte] != nullptr;
    careful_table[kKeys + key] =
        Entry(careful_table, exact ? &trenail_op_Spill_1 : kCareful1[byte]);
    careful_table[2 * kKeys + key] =
        Entry(careful_table, exact ? &trenail_op_Spill_2 : kCareful2[byte]);
  }
  return true;
}
bool FillFuel() {
  Handler* const handlers[] = {&trenail_op_FuelStep_0, &trenail_op_FuelStep_1,
                               &trenail_op_FuelStep_2};
  for (uint32_t depth = 0; depth < 3; ++depth)
    for (uint32_t key = 0; key < kKeys; ++key)
      fuel_table[depth * kKeys + key] = Entry(fuel_table, handlers[depth]);
  return true;
}

}  // namespace

const void* PlainTable() { return trenail_dispatch_table; }
const void* CarefulTable() {
  [[maybe_unused]] static const bool filled = FillCareful();
  return careful_table;
}
const void* FuelTable() {
  [[maybe_unused]] static const bool filled = FillFuel();
  return fuel_table;
}

#else

namespace {
constexpr Handlers<256> MakeFuel() {
  Handlers<256> handlers{};
  handlers.fill(&trenail_op_FuelStep_0);
  return handlers;
}
constinit const Handlers<256> kFuel = MakeFuel();
}  // namespace

const void* PlainTable() { return kPlain.data(); }
const void* CarefulTable() { return kCareful.data(); }
const void* FuelTable() { return kFuel.data(); }

#endif

}  // namespace wasm::interp
