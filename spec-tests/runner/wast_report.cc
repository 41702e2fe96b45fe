// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of reports: JSON for programs, and the comparison with the list of known failures.

#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>

#include "spec-tests/runner/wast_runner.h"

namespace trenail::spec {

std::string ToJson(const FileReport& report) {
  nlohmann::ordered_json json;
  json["file"] = report.path;
  json["passed"] = report.summary.passed;
  json["failed"] = report.summary.failed;
  json["skipped"] = report.summary.skipped;
  json["problems"] = nlohmann::ordered_json::array();
  for (const CommandResult& result : report.results) {
    if (result.status == CommandStatus::kPassed) continue;
    json["problems"].push_back(
        {{"line", result.line},
         {"ordinal", result.ordinal},
         {"command", result.command},
         {"status", result.status == CommandStatus::kFailed ? "failed" : "skipped"},
         {"message", result.message}});
  }
  // Messages may quote bytes of a module that are not UTF-8.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<ExpectedFailures> ExpectedFailures::Load(const std::string& path) {
  const std::string text = TRY(ReadFile(path));
  return Parse(text);
}

Result<ExpectedFailures> ExpectedFailures::Parse(std::string_view text) {
  ExpectedFailures expected;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const size_t space = line.find(' ');
    const std::string_view where = line.substr(0, space);
    const size_t colon = where.rfind(':');
    Entry entry;
    if (colon != std::string_view::npos) {
      entry.path = where.substr(0, colon);
      std::from_chars(where.data() + colon + 1, where.data() + where.size(), entry.ordinal);
    }
    if (entry.ordinal == 0 || space == std::string_view::npos)
      return std::unexpected(Error(ErrorKind::kHost, "expected failures: \"" + std::string(line) +
                                                         "\" is not \"path:ordinal reason\""));
    entry.reason = line.substr(space + 1);
    expected.entries_.push_back(std::move(entry));
  }
  return expected;
}

void ExpectedFailures::Add(ExpectedFailures other) {
  std::ranges::move(other.entries_, std::back_inserter(entries_));
}

void ExpectedFailures::Apply(FileReport& report) const {
  for (const Entry& entry : entries_) {
    if (!report.path.ends_with(entry.path)) continue;
    for (CommandResult& result : report.results) {
      if (result.ordinal != entry.ordinal) continue;
      if (result.status == CommandStatus::kFailed) {
        result.status = CommandStatus::kSkipped;
        result.message = "known to fail: " + entry.reason + " (" + result.message + ")";
        --report.summary.failed;
        ++report.summary.skipped;
      } else if (result.status == CommandStatus::kPassed) {
        result.status = CommandStatus::kFailed;
        result.message = "passes, but is listed as a known failure: " + entry.reason;
        --report.summary.passed;
        ++report.summary.failed;
      }
    }
  }
}

}  // namespace trenail::spec
