// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/object_header.h"

namespace trenail::cli {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Identifier(std::string_view text) {
  std::string name;
  for (char c : text) name += IsLetter(c) || IsDigit(c) ? c : '_';
  if (name.empty() || IsDigit(name[0])) name.insert(name.begin(), '_');
  return name;
}

}  // namespace

std::string ModuleSymbol(std::string_view output) {
  std::string_view stem = output.substr(output.rfind('/') + 1);
  if (const size_t dot = stem.rfind('.'); dot != std::string_view::npos && dot != 0)
    stem = stem.substr(0, dot);
  return Identifier(stem) + "_module";
}

bool IsSymbol(std::string_view name) { return !name.empty() && Identifier(name) == name; }

std::string ObjectHeader(std::string_view file, std::string_view symbol) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  std::string guard = "TRENAIL_OBJECT_" + Identifier(name) + "_";
  for (char& c : guard)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const std::string module(symbol);
  return "/* Made by trenail compile. A module compiled to native code, part of this program:\n"
         " *\n"
         " *   auto artefact = trenail::Artefact::Linked(" +
         module +
         ");\n"
         " *   auto module = trenail::Module::FromArtefact(engine, *artefact);\n"
         " */\n"
         "#ifndef " +
         guard + "\n#define " + guard +
         "\n\n"
         "#ifdef __cplusplus\n"
         "extern \"C\" {\n"
         "#endif\n\n"
         "extern const unsigned char " +
         module +
         "[];\n\n"
         "#ifdef __cplusplus\n"
         "}\n"
         "#endif\n\n"
         "#endif /* " +
         guard + " */\n";
}

}  // namespace trenail::cli
