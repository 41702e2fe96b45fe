// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports for people and for programs; see report.h.

#include "cli/report.h"

#include <cstdio>

#include "cli/options.h"

namespace trenail::cli {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::TraceFrame;

// A runaway recursion has a trace of a hundred thousand frames: its two ends say all there is.
constexpr size_t kFirstFrames = 16;
constexpr size_t kLastFrames = 8;

std::string Hex(uint64_t value) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(value));
  return buffer;
}

std::string Visible(std::string_view text) {
  std::string out;
  for (char c : text) {
    unsigned char byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\n' && c != '\t') {
      char buffer[8];
      std::snprintf(buffer, sizeof buffer, "\\x%02x", byte);
      out += buffer;
    } else if (byte == 0x7F) {
      out += "\\x7f";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Frame(const TraceFrame& frame) {
  std::string line = "  at ";
  if (frame.function_name.empty()) {
    line += "function " + std::to_string(frame.function_index);
  } else {
    line += frame.function_name;
  }
  if (!frame.source_file.empty()) {
    line += " " + frame.source_file;
    if (frame.source_line != 0) line += ":" + std::to_string(frame.source_line);
  }
  line += " (";
  if (!frame.component.empty()) line += frame.component + " › ";
  if (!frame.module_name.empty()) line += frame.module_name + ", ";
  if (!frame.function_name.empty()) {
    line += "function " + std::to_string(frame.function_index) + ", ";
  }
  return line + "byte " + Hex(frame.code_offset) + ")\n";
}

std::string_view Prefix(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kTrap:
    case ErrorKind::kExhausted:
      return "trap: ";
    case ErrorKind::kInterrupted:
      return "interrupted: ";
    case ErrorKind::kMalformed:
      return "malformed: ";
    case ErrorKind::kInvalid:
      return "invalid: ";
    case ErrorKind::kUnlinkable:
      return "cannot link: ";
    case ErrorKind::kException:
    case ErrorKind::kExit:
    case ErrorKind::kHost:
      return "";
  }
  return "";
}

}  // namespace

void PrintLine(std::string_view prefix, std::string_view text) {
  // One write, so that lines of several threads do not mix; after the guest's own output.
  std::string line = std::string(prefix) + Visible(text) + "\n";
  std::fflush(stdout);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void PrintError(std::string_view message) {
  while (message.ends_with('\n')) message.remove_suffix(1);
  PrintLine("error: ", message);
}
void PrintWarning(std::string_view message) { PrintLine("warning: ", message); }

std::string_view KindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed:
      return "malformed";
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kUnlinkable:
      return "unlinkable";
    case ErrorKind::kTrap:
      return "trap";
    case ErrorKind::kException:
      return "exception";
    case ErrorKind::kExhausted:
      return "exhaustion";
    case ErrorKind::kInterrupted:
      return "interrupted";
    case ErrorKind::kExit:
      return "exit";
    case ErrorKind::kHost:
      return "host";
  }
  return "";
}

std::string Describe(const Error& error, std::string_view file) {
  std::string text(file);
  if (error.position()) {
    text += ":" + std::to_string(error.position()->line) + ":" +
            std::to_string(error.position()->column);
  }
  if (!text.empty()) text += ": ";
  // A position in a text already says that the text is at fault.
  if (!error.position()) text += Prefix(error.kind());
  text += error.message();

  std::string where;
  if (error.offset()) where += "at byte " + Hex(*error.offset());
  if (error.function_index()) {
    where += (where.empty() ? "in function " : ", in function ") +
             std::to_string(*error.function_index());
    if (!error.function_name().empty()) where += " \"" + error.function_name() + "\"";
  }
  if (!where.empty()) text += " (" + where + ")";
  return text;
}

std::string DescribeTrace(const Error& error) {
  const auto& trace = error.trace();
  std::string text;
  for (size_t i = 0; i < trace.size(); ++i) {
    if (trace.size() > kFirstFrames + kLastFrames && i == kFirstFrames) {
      size_t omitted = trace.size() - kFirstFrames - kLastFrames;
      text += "  … " + std::to_string(omitted) + " more frames …\n";
      i += omitted;
    }
    text += Frame(trace[i]);
  }
  return text;
}

int ExitCode(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kMalformed:
    case ErrorKind::kInvalid:
    case ErrorKind::kUnlinkable:
      return kExitFailed;
    case ErrorKind::kTrap:
    case ErrorKind::kException:
    case ErrorKind::kExhausted:
    case ErrorKind::kInterrupted:
      return kExitTrap;
    case ErrorKind::kExit:
      return error.exit_code();
    case ErrorKind::kHost:
      return kExitUsage;
  }
  return kExitFailed;
}

int Report(const Error& error, std::string_view file) {
  if (error.kind() != ErrorKind::kExit) {
    PrintError(Describe(error, file));
    std::string trace = Visible(DescribeTrace(error));
    std::fwrite(trace.data(), 1, trace.size(), stderr);
  }
  return ExitCode(error);
}

void WriteJson(JsonWriter& json, const Error& error) {
  json.BeginObject();
  json.Key("kind").String(KindName(error.kind()));
  json.Key("message").String(error.message());
  if (error.offset()) json.Key("offset").Number(*error.offset());
  if (error.position()) {
    json.Key("line").Number(error.position()->line);
    json.Key("column").Number(error.position()->column);
  }
  if (error.function_index()) json.Key("function").Number(*error.function_index());
  if (!error.function_name().empty()) json.Key("function_name").String(error.function_name());
  if (error.kind() == ErrorKind::kExit) json.Key("exit_code").Signed(error.exit_code());
  if (!error.trace().empty()) {
    json.Key("trace").BeginArray();
    for (const TraceFrame& frame : error.trace()) {
      json.BeginObject();
      if (!frame.component.empty()) json.Key("component").String(frame.component);
      if (!frame.module_name.empty()) json.Key("module").String(frame.module_name);
      json.Key("function").Number(frame.function_index);
      if (!frame.function_name.empty()) json.Key("function_name").String(frame.function_name);
      json.Key("offset").Number(frame.code_offset);
      if (!frame.source_file.empty()) {
        json.Key("file").String(frame.source_file);
        json.Key("line").Number(frame.source_line);
      }
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace trenail::cli
