// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/bind/guest.h"

#include <algorithm>

#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/encode/signature.h"
#include "libcomponent/wit/encode.h"

namespace component::bind {

using wasm::ValType;

std::string CString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string CoreType(ValType type) {
  switch (type.code()) {
    case ValType::kI64:
      return "int64_t";
    case ValType::kF32:
      return "float";
    case ValType::kF64:
      return "double";
    default:
      return "int32_t";
  }
}

namespace {
// PREFIX_f32_of, in a namespace of C++ as F32Of.
std::string Conversion(const std::string& prefix, std::string_view c, std::string_view cpp) {
  return prefix + std::string(prefix.ends_with(':') ? cpp : c);
}
}  // namespace

std::string FromSlot(ValType type, const std::string& slot, const std::string& prefix) {
  switch (type.code()) {
    case ValType::kI64:
      return "(int64_t)" + slot;
    case ValType::kF32:
      return Conversion(prefix, "_f32_of", "F32Of") + "(" + slot + ")";
    case ValType::kF64:
      return Conversion(prefix, "_f64_of", "F64Of") + "(" + slot + ")";
    default:
      return "(int32_t)" + slot;
  }
}

std::string ToSlot(ValType type, const std::string& value, const std::string& prefix) {
  switch (type.code()) {
    case ValType::kI64:
      return "(uint64_t)" + value;
    case ValType::kF32:
      return Conversion(prefix, "_bits_of_f32", "BitsOf") + "(" + value + ")";
    case ValType::kF64:
      return Conversion(prefix, "_bits_of_f64", "BitsOf") + "(" + value + ")";
    default:
      return "(uint32_t)" + value;
  }
}

std::string ImportModule(const Place& place) { return place.interface ? place.name : "$root"; }
std::string ExportModule(const Place& place) { return "[export]" + ImportModule(place); }
std::string ExportName(const Place& place, std::string_view function) {
  return (place.interface ? place.name + "#" : "") + std::string(function);
}

std::map<std::pair<uint32_t, const Place*>, StreamSource> FindStreams(const Model& model) {
  std::map<std::pair<uint32_t, const Place*>, StreamSource> out;
  const auto add = [&](const Place& place, const wit::Function& function, bool exported) {
    const auto found = encode::StreamsAndFutures(model.resolve(), function);
    for (size_t i = 0; i < found.size(); ++i) {
      out.try_emplace({found[i].value, &place},
                      StreamSource{exported ? ExportModule(place) : ImportModule(place),
                                   "-" + std::to_string(i) + "]" + function.name});
    }
  };
  for (const Place& place : model.places()) {
    for (const wit::Function* function : place.functions) add(place, *function, place.is_export);
    for (const wit::Function* function : place.export_functions) add(place, *function, true);
  }
  return out;
}

void WriteWorldSection(Text& text, const Model& model) {
  const std::vector<uint8_t> bytes = binary::EncodeComponent(
      wit::EncodeModuleWorld(model.resolve(), model.world_id(), wit::StringEncoding::kUtf8));
  text.Line("#ifdef __wasm__");
  text.Comment("The world, for `trenail component new`.");
  text.Line("__asm__(");
  const std::string name = "component-type:" + model.resolve().NameOf(model.world_id());
  text.Line("    \".section \\\".custom_section." + name + "\\\",\\\"\\\",@\\n\"");
  for (size_t i = 0; i < bytes.size(); i += 16) {
    std::string line = "    \".byte ";
    for (size_t k = i; k < std::min(i + 16, bytes.size()); ++k)
      line += (k == i ? "" : ",") + std::to_string(bytes[k]);
    text.Line(line + "\\n\"");
  }
  text.Line("    \".text\\n\");");
  text.Line("#endif");
}

}  // namespace component::bind
