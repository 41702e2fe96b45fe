// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions [Binary: canon], each read as its shape says.

#include "libcomponent/binary/canon_shape.h"
#include "libcomponent/binary/limits.h"
#include "libcomponent/binary/section_decoder.h"
#include "libwasm/opcodes/immediates.h"

namespace component::binary {

Canon SectionDecoder::DecodeCanon() {
  Canon canon;
  const uint8_t* at = r_.position();
  const uint8_t code = r_.ReadByte();
  if (CanonName(code).empty()) {
    Refuse(at, "canonical function");
    return canon;
  }
  canon.kind = static_cast<CanonKind>(code);
  const uint16_t shape = CanonShape(canon.kind);
  if (shape & kCanonFunc) {
    at = r_.position();
    if (r_.ReadByte() != 0x00) Refuse(at, "canonical function " + std::string(CanonName(code)));
    canon.func = r_.ReadU32();
  }
  if (shape & kCanonResult) canon.result = DecodeResultList();
  if (shape & kCanonShared) canon.shared = DecodeFlag();
  if (shape & kCanonContext) {
    canon.core_type = wasm::imm::ReadValType(r_);
    canon.slot = r_.ReadU32();
  }
  if (shape & kCanonType) canon.type = r_.ReadU32();
  if (shape & kCanonAsync) canon.is_async = DecodeFlag();
  if (shape & kCanonCancel) canon.cancellable = DecodeFlag();
  if (shape & kCanonMemory) canon.memory = r_.ReadU32();
  if (shape & kCanonTable) canon.table = r_.ReadU32();
  if (shape & kCanonOptions) canon.options = DecodeCanonOpts();
  if (shape & kCanonLiftType) canon.type = r_.ReadU32();
  return canon;
}

// [Binary: opts, canonopt]
std::vector<CanonOpt> SectionDecoder::DecodeCanonOpts() {
  std::vector<CanonOpt> options;
  const uint32_t count = ReadCount(limits::kListElements, "options");
  for (uint32_t i = 0; i < count && r_.ok(); ++i) {
    const uint8_t* at = r_.position();
    const uint8_t kind = r_.ReadByte();
    if (kind > static_cast<uint8_t>(CanonOpt::Kind::kCallback)) {
      Refuse(at, "canonical option");
      break;
    }
    CanonOpt option{.kind = static_cast<CanonOpt::Kind>(kind), .index = 0};
    if (HasIndex(option.kind)) option.index = r_.ReadU32();
    options.push_back(option);
  }
  return options;
}

// [Binary: async?, cancel?, sh?]
bool SectionDecoder::DecodeFlag() {
  const uint8_t* at = r_.position();
  const uint8_t byte = r_.ReadByte();
  if (byte > 1) r_.MalformedAt(at, "invalid boolean value");
  return byte == 1;
}

}  // namespace component::binary
