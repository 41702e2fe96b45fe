// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/wit_packages.h"

#include <string>
#include <string_view>
#include <utility>

#include "cli/module_file.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/wit/decode.h"
#include "libcomponent/wit/printer.h"

namespace trenail::cli {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

namespace {

namespace wit = component::wit;

Result<Component> Parse(std::span<const uint8_t> bytes) {
  const Engine engine(MakeInterpreter());
  ComponentOptions options(AllComponentFeatures());
  options.adapters = false;
  return Component::Parse(engine, bytes, options);
}

Result<std::string> ReadPackage(std::string_view bytes) {
  const std::span data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const WasmFile file = TRY(WasmIn(FileBytes(data), AllComponentFeatures()));
  if (!file.is_component)
    return std::unexpected(Error(ErrorKind::kMalformed, "this is a core module, not WIT"));
  const Component component = TRY(Parse(file.bytes));
  if (!wit::IsPackage(*component.internal())) {
    return std::unexpected(
        Error(ErrorKind::kInvalid, "this component is not a WIT package in its binary form"));
  }
  const wit::ResolvedPackage package = TRY(wit::Decode(*component.internal()));
  return wit::PrintAll(package.resolve, package.root);
}

}  // namespace

Result<wit::ResolvedPackage> DecodeWit(std::span<const uint8_t> component) {
  return wit::Decode(*TRY(Parse(component)).internal());
}

wit::PackageReader BinaryPackages() { return ReadPackage; }

wit::ResolveOptions ToResolveOptions(const std::string& text, bool all) {
  wit::ResolveOptions options{.features = {}, .all_features = all, .read_binary = BinaryPackages()};
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string name = text.substr(begin, end - begin);
    const bool off = name.starts_with('-');
    if (off || name.starts_with('+')) name.erase(0, 1);
    if (off)
      options.features.erase(name);
    else if (!name.empty())
      options.features.insert(name);
    begin = end + 1;
  }
  return options;
}

}  // namespace trenail::cli
