// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/wast_runner.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "spec-tests/runner/script.h"
#include "spec-tests/runner/script_runner.h"

namespace trenail::spec {
namespace {

void Add(FileReport& report, CommandResult result) {
  switch (result.status) {
    case CommandStatus::kPassed:
      ++report.summary.passed;
      break;
    case CommandStatus::kFailed:
      ++report.summary.failed;
      break;
    case CommandStatus::kSkipped:
      ++report.summary.skipped;
      break;
  }
  ++report.counts[result.command];
  report.results.push_back(std::move(result));
}

Result<Script> ReadScript(const std::string& path, const OutOfScope& out_of_scope) {
  std::string text = TRY(ReadFile(path));
  if (path.ends_with(".json")) return ReadJsonScript(path, text, out_of_scope);
  return ReadTextScript(std::move(text), out_of_scope);
}

}  // namespace

WastSummary& WastSummary::operator+=(const WastSummary& other) {
  passed += other.passed;
  failed += other.failed;
  skipped += other.skipped;
  return *this;
}

std::string WastSummary::ToText() const {
  return std::to_string(passed) + " passed, " + std::to_string(failed) + " failed, " +
         std::to_string(skipped) + " skipped";
}

FileReport RunWastFile(const std::string& path, const WastOptions& options) {
  FileReport report;
  report.path = path;
  const FileScope* scope = options.scope != nullptr ? options.scope->Find(path) : nullptr;
  EngineOptions engine_options = options.engine_options;
  engine_options.features = scope != nullptr ? scope->Apply(options.features) : options.features;
  const OutOfScope out_of_scope = [scope](uint32_t ordinal) -> std::string {
    if (scope == nullptr || !scope->IsOut(ordinal)) return {};
    return scope->why.empty() ? "out of scope" : "out of scope: " + scope->why;
  };
  const Result<Script> script = ReadScript(path, out_of_scope);
  if (!script) {
    CommandResult result{CommandStatus::kFailed, 0, 0, "script", script.error().message()};
    if (const auto position = script.error().position()) result.line = position->line;
    Add(report, std::move(result));
    return report;
  }
  const Engine engine(options.backend(), engine_options);
  const bool validate_only = scope != nullptr && scope->validate_only;
  ScriptOptions script_options{.limits = options.store_limits,
                               .validate_only = validate_only || options.modules_only,
                               .hook = validate_only ? nullptr : &options.module_hook,
                               .component_hook = validate_only ? nullptr : &options.component_hook,
                               .component = options.component_features};
  script_options.component.adapters = !options.plain_abi;
  script_options.component.copies = !options.plain_abi;
  if (scope != nullptr) {
    script_options.component.features = scope->Apply(options.component_features);
    script_options.texts_matter = scope->texts_matter;
    script_options.malformed_is_invalid = scope->malformed_is_invalid;
    script_options.component_host = scope->component_host;
  }
  ScriptRunner runner(engine, script_options);
  for (const ScriptCommand& command : script->commands) {
    CommandResult result{CommandStatus::kPassed, command.line, command.ordinal, command.name, {}};
    if (command.kind == ScriptCommand::Kind::kOutOfScope) {
      result.status = CommandStatus::kSkipped;
      result.message = command.text;
    } else {
      result.message = runner.Run(command);
      if (!result.message.empty()) result.status = CommandStatus::kFailed;
    }
    Add(report, std::move(result));
  }
  return report;
}

Result<std::vector<std::string>> CollectScripts(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
      return std::unexpected(Error(ErrorKind::kHost, path + ": no such file or folder"));
    if (!fs::is_directory(status)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
         at.increment(error))
      if (at->path().extension() == ".wast") found.push_back(at->path().string());
    if (error) return std::unexpected(Error(ErrorKind::kHost, path + ": " + error.message()));
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

WastSummary RunWastFiles(const std::vector<std::string>& files, const WastOptions& options,
                         const WastReporter& reporter) {
  WastSummary total;
  if (options.jobs <= 1) {
    for (const std::string& file : files) {
      FileReport report = RunWastFile(file, options);
      total += report.summary;
      if (reporter) reporter(std::move(report));
    }
    return total;
  }
  std::mutex mutex;
  std::condition_variable done;
  std::vector<std::optional<FileReport>> reports(files.size());
  size_t next = 0;
  const auto work = [&] {
    for (;;) {
      size_t index;
      {
        const std::lock_guard lock(mutex);
        if (next == files.size()) return;
        index = next++;
      }
      FileReport report = RunWastFile(files[index], options);
      const std::lock_guard lock(mutex);
      reports[index] = std::move(report);
      done.notify_one();
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < options.jobs; ++i) threads.emplace_back(work);
  for (auto& slot : reports) {
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return slot.has_value(); });
    FileReport report = std::move(*slot);
    lock.unlock();
    total += report.summary;
    if (reporter) reporter(std::move(report));
  }
  for (std::thread& thread : threads) thread.join();
  return total;
}

std::string FailureLines(const FileReport& report, bool skipped) {
  std::string lines;
  for (const CommandResult& result : report.results) {
    if (result.status == CommandStatus::kPassed) continue;
    if (result.status == CommandStatus::kSkipped && !skipped) continue;
    lines += report.path + ":" + std::to_string(result.line) + ": " + result.command + ": ";
    if (result.status == CommandStatus::kSkipped) lines += "skipped: ";
    lines += result.message + "\n";
  }
  return lines;
}

}  // namespace trenail::spec
