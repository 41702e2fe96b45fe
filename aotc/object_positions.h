// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The line table of an object of compiled functions, whose lines are byte offsets in the module, as
// tables of positions (native/positions.h).

#ifndef TRENAIL_AOTC_OBJECT_POSITIONS_H_
#define TRENAIL_AOTC_OBJECT_POSITIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aotc/objects.h"

namespace wasm::aotc {

class ObjectPositions {
 public:
  // Where the line table of an object holds the offsets of instructions in the module.
  enum class Column : uint8_t { kLine, kDiscriminator };
  // Of an ELF object; of anything else there are no positions.
  ObjectPositions(const std::string& object, Column column);

  // The table of the function behind `symbol`, encoded. `calls`: what the columns of the object's
  // line table number (inlined_calls.h).
  std::string Of(const std::string& symbol, const std::vector<InlinedCall>& calls) const;

 private:
  struct Row {
    uint64_t address;
    size_t order;
    uint32_t offset;  // 0: none in particular
    uint32_t call;    // 0: none
  };
  std::map<std::string, std::pair<uint64_t, uint64_t>, std::less<>> extents_;
  std::vector<Row> rows_;
};

}  // namespace wasm::aotc

#endif  // TRENAIL_AOTC_OBJECT_POSITIONS_H_
