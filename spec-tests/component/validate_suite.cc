// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and validates every component of the scripts below component/ in the official suites, and
// runs nothing: what is defined or instantiated must be valid, what is asserted to be malformed or
// invalid must be refused as such. Each text is judged twice: as it was parsed, and when it has
// been encoded and decoded again.
//
//   component_validate_suite [--texts] [PART-OF-A-PATH...]
//     --texts   also lists the assertions whose expected text is no part of the message

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "interp/interp.h"
#include "libcomponent/binary/component_decoder.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/text/wast_script.h"
#include "libcomponent/validate/component_validator.h"
#include "spec-tests/corpora.h"
#include "spec-tests/runner/scope.h"

namespace {

using component::text::Command;
using trenail::Error;
using trenail::ErrorKind;
using trenail::Result;
using trenail::spec::FileScope;
using Kind = wasm::text::Command::Kind;

struct Counts {
  int files = 0;
  int commands = 0;
  int valid = 0;
  int refused = 0;
  int texts_differ = 0;
  int failures = 0;
};

class Suite {
 public:
  Suite(std::string path, const FileScope& scope, bool list_texts, Counts* counts)
      : path_(std::move(path)),
        scope_(scope),
        list_texts_(list_texts),
        counts_(*counts),
        engine_(trenail::MakeInterpreter(), {.features = scope.Apply(trenail::FeatureSet())}) {
    for (const bool on : {false, true})
      for (const std::string& name : on ? scope.on : scope.off)
        if (const auto feature = component::FeatureFromName(name)) features_.Set(*feature, on);
    parse_.features = features_;
    // The two sets that assert one kind where the other asserts another.
    merge_kinds_ = path_.find("missing-features/") != std::string::npos ||
                   path_.find("component/wasmtime/") != std::string::npos;
  }

  void Run() {
    const auto text = trenail::spec::ReadFile(path_);
    if (!text) return Fail(0, text.error().message());
    if (path_.ends_with(".wat")) return RunText(*text);
    component::text::ScriptReader reader(*text);
    for (uint32_t ordinal = 1;; ++ordinal) {
      auto form = reader.Next();
      if (!form) return Fail(0, "lexical error: " + form.error().message());
      if (!*form) return;
      if (scope_.IsOut(ordinal)) continue;
      ++counts_.commands;
      const auto command = component::text::ParseScriptCommand(**form);
      if (!command) {
        Fail((*form)->position.line, "command: " + command.error().message());
        continue;
      }
      RunCommand(*command);
    }
  }

 private:
  void Fail(uint32_t line, const std::string& what) {
    ++counts_.failures;
    std::printf("%s:%u: %s\n", path_.c_str(), line, what.c_str());
  }

  // A file that is one component, whose text must be refused.
  void RunText(std::string_view text) {
    ++counts_.commands;
    if (component::text::ParseComponentText(text, parse_))
      Fail(1, "accepted, though its text must be refused");
    else
      ++counts_.refused;
  }

  void RunCommand(const Command& command) {
    switch (command.core.kind) {
      case Kind::kModule:
      case Kind::kModuleDefinition:
      case Kind::kAssertUnlinkable:
        return ExpectValid(command);
      case Kind::kAssertTrap:
        if (command.component || command.core.module) ExpectValid(command);
        return;
      case Kind::kAssertMalformed:
        return ExpectRefused(command, ErrorKind::kMalformed);
      case Kind::kAssertInvalid:
        return ExpectRefused(command, ErrorKind::kInvalid);
      default:
        return;
    }
  }

  Result<void> Judge(const Command& command) {
    if (!command.component) {
      const auto bytes = TRY(wasm::text::ScriptModuleBytes(*command.core.module));
      return trenail::Module::Validate(engine_, bytes);
    }
    const auto contents = TRY(component::text::ScriptComponentContents(*command.component, parse_));
    if (contents.component == nullptr) return JudgeBytes(contents.binary);
    const auto bytes = component::binary::EncodeComponent(*contents.component);
    Result<void> as_bytes = JudgeBytes(bytes);
    const auto validated = component::Validate(engine_, contents.component, features_);
    if (validated.has_value() != as_bytes.has_value())
      Fail(command.core.position.line,
           "the text is " + Describe(validated) + ", its bytes are " + Describe(as_bytes));
    if (!validated)
      return std::unexpected(Error(validated.error().kind(), validated.error().message()));
    return as_bytes;
  }

  Result<void> JudgeBytes(std::span<const uint8_t> bytes) {
    auto decoded =
        TRY(component::binary::DecodeComponent(bytes, features_, engine_.options().features));
    TRY(component::Validate(engine_, std::move(decoded), features_));
    return {};
  }

  template <typename T>
  static std::string Describe(const Result<T>& result) {
    if (result.has_value()) return "valid";
    const Error& error = result.error();
    return (error.kind() == ErrorKind::kMalformed ? "malformed (" : "invalid (") + error.message() +
           ")";
  }

  void ExpectValid(const Command& command) {
    const Result<void> judged = Judge(command);
    if (judged)
      ++counts_.valid;
    else
      Fail(command.core.position.line, "must be valid, is " + Describe(judged));
  }

  void ExpectRefused(const Command& command, ErrorKind kind) {
    const Result<void> judged = Judge(command);
    const std::string expected =
        std::string(kind == ErrorKind::kMalformed ? "malformed (" : "invalid (") +
        command.core.text + ")";
    if (judged || (judged.error().kind() != kind && !merge_kinds_))
      return Fail(command.core.position.line, "must be " + expected + ", is " + Describe(judged));
    ++counts_.refused;
    if (judged.error().message().find(command.core.text) == std::string::npos) {
      ++counts_.texts_differ;
      if (list_texts_)
        std::printf("%s:%u: expected \"%s\", got \"%s\"\n", path_.c_str(),
                    command.core.position.line, command.core.text.c_str(),
                    judged.error().message().c_str());
    }
  }

  const std::string path_;
  const FileScope& scope_;
  const bool list_texts_;
  Counts& counts_;
  component::FeatureSet features_;
  component::text::ParseOptions parse_;
  trenail::Engine engine_;
  bool merge_kinds_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string corpora = trenail::spec::CorporaOrExit();
  bool list_texts = false;
  std::vector<std::string_view> parts;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--texts")
      list_texts = true;
    else
      parts.emplace_back(argv[i]);
  }
  const auto scope = trenail::spec::Scope::Load(corpora + "/SCOPE.tsv");
  if (!scope) {
    std::printf("%s\n", scope.error().message().c_str());
    return 1;
  }
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(corpora + "/component")) {
    const std::string path = entry.path().string();
    if (path.ends_with(".wast") || path.ends_with(".wat")) files.push_back(path);
  }
  std::sort(files.begin(), files.end());

  Counts counts;
  for (const std::string& file : files) {
    const FileScope* row = scope->Find(file);
    const bool wanted = parts.empty() || std::any_of(parts.begin(), parts.end(), [&](auto part) {
                          return file.find(part) != std::string::npos;
                        });
    if (row == nullptr || row->out_of_scope || !wanted) continue;
    ++counts.files;
    Suite(file, *row, list_texts, &counts).Run();
  }
  std::printf("%d files, %d commands: %d valid, %d refused (%d with another text), %d failures\n",
              counts.files, counts.commands, counts.valid, counts.refused, counts.texts_differ,
              counts.failures);
  return counts.failures == 0 && counts.files > 0 ? 0 : 1;
}
