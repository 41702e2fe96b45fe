// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The custom section `producers` [tool-conventions:ProducersSection]: which languages and tools
// made a module.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_PRODUCERS_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_PRODUCERS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace component::encode {

inline constexpr std::string_view kProducersSection = "producers";

class Producers {
 public:
  // A later version of one name in one field replaces an earlier one.
  void Add(std::string_view field, std::string_view name, std::string_view version);
  // Takes over what the payload of a section says; of a damaged one what stands before the damage.
  void Read(std::span<const uint8_t> payload);
  bool empty() const { return fields_.empty(); }
  std::vector<uint8_t> Write() const;

 private:
  using Values = std::vector<std::pair<std::string, std::string>>;
  std::vector<std::pair<std::string, Values>> fields_;
};

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_PRODUCERS_H_
