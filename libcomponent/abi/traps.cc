// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/traps.h"

#include <utility>

namespace component::abi {

using wasm::Error;
using wasm::ErrorKind;

std::unexpected<Error> Trap(std::string text) {
  return std::unexpected(Error(ErrorKind::kTrap, std::move(text)));
}

std::unexpected<Error> BadDiscriminant(uint64_t index, size_t cases) {
  return Trap("invalid variant discriminant: discriminant " + std::to_string(index) +
              " out of range [0.." + std::to_string(cases) + ")");
}

std::unexpected<Error> Mismatch(std::string text) {
  return std::unexpected(Error(ErrorKind::kHost, "a value does not fit its type: " + text));
}

}  // namespace component::abi
