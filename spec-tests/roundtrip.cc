// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Round trips over every module of the official suites and of the collection of real programs:
// print, parse and decode give the same structure and names, and printing again the same text;
// encode and decode likewise. Modules that the scripts expect to be refused are left out.
//
//   roundtrip [FILE…]     the files (.wasm, .wat, .wast), or all of TRENAIL_CORPORA

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "libwasm/binary/module_decoder.h"
#include "libwasm/binary/module_encoder.h"
#include "libwasm/text/parse_module.h"
#include "libwasm/text/printer.h"
#include "libwasm/text/structurally_equal.h"
#include "libwasm/text/wast_script.h"
#include "spec-tests/corpora.h"
#include "spec-tests/runner/scope.h"

namespace trenail::spec {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

struct Totals {
  int same = 0;
  int different = 0;
};

// What is wrong, or an empty text.
std::string CheckModule(std::span<const uint8_t> bytes) {
  const auto module = wasm::binary::DecodeModule(bytes, {});
  if (!module) return {};  // refused, as many modules of the scripts are meant to be
  const auto encoded = wasm::binary::DecodeModule(wasm::binary::EncodeModule(**module), {});
  if (!encoded) return "encoded anew, it is refused: " + encoded.error().message();
  if (const auto difference = wasm::text::FindDifference(**module, **encoded))
    return "encoded anew: " + *difference;
  const auto text = wasm::text::PrintModule(**module);
  if (!text) return {};  // a malformed body
  const auto parsed = wasm::text::ParseWat(*text);
  if (!parsed) {
    std::string message = "the printed text is refused: " + parsed.error().message();
    if (const auto position = parsed.error().position()) {
      message += " at " + std::to_string(position->line) + ":" + std::to_string(position->column);
      size_t at = 0;
      for (uint32_t line = 1; line < position->line; ++line) at = text->find('\n', at) + 1;
      message += ": " + text->substr(at, std::min<size_t>(text->find('\n', at) - at, 120));
    }
    return message;
  }
  const auto again = wasm::binary::DecodeModule(*parsed, {});
  if (!again) return "parsed from its text, it is refused: " + again.error().message();
  if (const auto difference = wasm::text::FindDifference(**module, **again))
    return "parsed from its text: " + *difference;
  // Text has no way to say that an empty section was there; a custom section behind one moves.
  const auto place = [](const wasm::CustomSection& custom) { return custom.after_section; };
  if (!std::ranges::equal((*module)->customs, (*again)->customs, {}, place, place)) return {};
  const auto second = wasm::text::PrintModule(**again);
  if (!second || *second != *text) return "the second text differs from the first";
  return {};
}

void Check(const std::string& where, std::span<const uint8_t> bytes, Totals& totals) {
  const std::string problem = CheckModule(bytes);
  if (problem.empty()) {
    ++totals.same;
    return;
  }
  ++totals.different;
  std::printf("%s: %s\n", where.c_str(), problem.c_str());
}

// The modules of the commands that want theirs to be well-formed.
void CheckScript(const std::string& path, const std::string& text, Totals& totals) {
  using Kind = wasm::text::Command::Kind;
  wasm::text::ScriptReader reader(text);
  for (;;) {
    const auto form = reader.Next();
    if (!form || !*form) return;
    const auto command = wasm::text::ParseCommand(**form);
    if (!command || !command->module) continue;
    if (command->kind == Kind::kAssertMalformed || command->kind == Kind::kAssertMalformedCustom)
      continue;
    const auto bytes = wasm::text::ScriptModuleBytes(*command->module);
    if (bytes) Check(path + ":" + std::to_string((*form)->position.line), *bytes, totals);
  }
}

void CheckFile(const std::string& path, Totals& totals) {
  const auto contents = ReadFile(path);
  if (!contents) {
    ++totals.different;
    std::printf("%s\n", contents.error().message().c_str());
    return;
  }
  const Bytes bytes(contents->begin(), contents->end());
  if (path.ends_with(".wast")) {
    CheckScript(path, *contents, totals);
  } else if (wasm::binary::IsBinary(bytes)) {
    if (!wasm::binary::IsComponent(bytes)) Check(path, bytes, totals);
  } else if (contents->find("(component") < contents->find("(module")) {
    return;
  } else if (const auto parsed = wasm::text::ParseWat(*contents)) {
    Check(path, *parsed, totals);
  } else {
    ++totals.different;
    std::printf("%s: %s\n", path.c_str(), parsed.error().message().c_str());
  }
}

int Main(int argc, char** argv) {
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) files.push_back(argv[i]);
  if (files.empty()) {
    const std::string corpora = CorporaOrExit();
    // custom-descriptors is a proposal that is not implemented.
    for (const char* folder : {"/modules", "/spec/core", "/spec/custom", "/spec/legacy-exceptions",
                               "/spec/proposals/threads", "/spec/proposals/custom-page-sizes",
                               "/spec/proposals/wide-arithmetic"}) {
      std::error_code error;
      for (const auto& entry : fs::recursive_directory_iterator(corpora + folder, error)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".wasm" || extension == ".wat" || extension == ".wast")
          files.push_back(entry.path().string());
      }
    }
  }
  Totals totals;
  for (const std::string& file : files) CheckFile(file, totals);
  std::printf("%d modules came back as they were, %d did not\n", totals.same, totals.different);
  return totals.different == 0 && totals.same != 0 ? 0 : 1;
}

}  // namespace
}  // namespace trenail::spec

int main(int argc, char** argv) { return trenail::spec::Main(argc, argv); }
