// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Canonical definitions [Binary: canon], each written as its shape says.

#include "libcomponent/binary/canon_shape.h"
#include "libcomponent/binary/writers.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/support/leb128.h"

namespace component::binary {

using wasm::WriteUnsignedLeb;

void WriteCanon(Bytes& out, const Canon& canon) {
  const uint16_t shape = CanonShape(canon.kind);
  out.push_back(static_cast<uint8_t>(canon.kind));
  if (shape & kCanonFunc) {
    out.push_back(0x00);
    WriteUnsignedLeb(out, canon.func);
  }
  if (shape & kCanonResult) WriteResultList(out, canon.result);
  if (shape & kCanonShared) out.push_back(canon.shared ? 1 : 0);
  if (shape & kCanonContext) {
    wasm::binary::WriteValType(out, canon.core_type);
    WriteUnsignedLeb(out, canon.slot);
  }
  if (shape & kCanonType) WriteUnsignedLeb(out, canon.type);
  if (shape & kCanonAsync) out.push_back(canon.is_async ? 1 : 0);
  if (shape & kCanonCancel) out.push_back(canon.cancellable ? 1 : 0);
  if (shape & kCanonMemory) WriteUnsignedLeb(out, canon.memory);
  if (shape & kCanonTable) WriteUnsignedLeb(out, canon.table);
  if (shape & kCanonOptions) {
    WriteUnsignedLeb(out, canon.options.size());
    for (const CanonOpt& option : canon.options) {
      out.push_back(static_cast<uint8_t>(option.kind));
      if (HasIndex(option.kind)) WriteUnsignedLeb(out, option.index);
    }
  }
  if (shape & kCanonLiftType) WriteUnsignedLeb(out, canon.type);
}

}  // namespace component::binary
