// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/binary/branch_hints.h"

#include "libwasm/binary/expr_syntax.h"
#include "libwasm/support/reader.h"

namespace wasm::binary {

namespace {

class HintReader {
 public:
  HintReader(const Module& module, const CustomSection& section, ErrorSink* sink)
      : m_(module), r_(module.Bytes(section.payload), section.payload.begin, sink) {}

  bool ReadAll(std::vector<FunctionHints>* out) {
    const uint32_t count = ReadCount();
    for (uint32_t i = 0; i < count && r_.ok(); ++i) {
      const uint8_t* at = r_.position();
      FunctionHints& function = out->emplace_back();
      function.function = FuncIdx(r_.ReadU32());
      if (i > 0 && function.function <= (*out)[i - 1].function)
        return r_.MalformedAt(at, "branch hints: functions out of order");
      if (!ReadFunction(at, &function)) return false;
    }
    return r_.ok() && (r_.AtEnd() || r_.Malformed("branch hints: section size mismatch"));
  }

 private:
  uint32_t ReadCount() {
    const uint8_t* at = r_.position();
    const uint32_t count = r_.ReadU32();
    if (count > r_.remaining()) r_.MalformedAt(at, "length out of bounds");
    return r_.ok() ? count : 0;
  }

  bool ReadFunction(const uint8_t* at, FunctionHints* function) {
    const uint32_t index = function->function.value;
    const uint64_t offset = r_.OffsetOf(at);
    const uint32_t count = ReadCount();
    std::vector<uint32_t> offsets;
    for (uint32_t i = 0; i < count && r_.ok(); ++i) {
      at = r_.position();
      BranchHint hint;
      hint.offset = r_.ReadU32();
      if (!offsets.empty() && hint.offset <= offsets.back())
        return r_.MalformedAt(at, "branch hints: offsets out of order");
      const uint32_t size = r_.ReadU32();
      const uint8_t value = r_.ReadByte();
      if (!r_.ok()) return false;
      if (size != 1 || value > 1) return r_.MalformedAt(at, "branch hints: malformed value");
      hint.likely = value == 1;
      offsets.push_back(hint.offset);
      function->hints.push_back(hint);
    }
    if (!r_.ok()) return false;
    if (index < m_.num_imported_functions || index >= m_.functions.size())
      return r_.sink().Invalid(offset, "unknown function " + std::to_string(index));
    if (!AreHintTargets(m_, m_.functions[index], offsets))
      return r_.sink().Invalid(offset, "@metadata.code.branch_hint annotation: invalid target");
    return true;
  }

  const Module& m_;
  CheckedReader r_;
};

}  // namespace

Result<std::vector<FunctionHints>> ReadBranchHints(const Module& module,
                                                   const CustomSection& section) {
  std::vector<FunctionHints> hints;
  ErrorSink sink;
  if (!HintReader(module, section, &sink).ReadAll(&hints)) return std::unexpected(sink.TakeError());
  return hints;
}

}  // namespace wasm::binary
