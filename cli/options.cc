// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parser and the help text of a verb's options; see options.h.

#include "cli/options.h"

#include <algorithm>
#include <cstdio>

#include "cli/quantity.h"
#include "cli/report.h"

namespace trenail::cli {
namespace {

constexpr size_t kHelpColumn = 30;
constexpr size_t kHelpWidth = 100;

// Calls `visit` with each name of "-o,--output".
template <typename Visit>
void EachName(std::string_view names, Visit visit) {
  while (!names.empty()) {
    size_t comma = names.find(',');
    visit(names.substr(0, comma));
    names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
  }
}

// Wraps `help` at the right margin, each line starting in the help column.
void AppendWrapped(std::string& text, std::string_view help) {
  while (!help.empty()) {
    size_t length = std::min(help.size(), kHelpWidth - kHelpColumn);
    if (length < help.size()) {
      size_t space = help.rfind(' ', length);
      if (space != std::string_view::npos && space > 0) length = space;
    }
    text += std::string(help.substr(0, length)) + "\n";
    help.remove_prefix(length);
    while (help.starts_with(' ')) help.remove_prefix(1);
    if (!help.empty()) text.append(kHelpColumn, ' ');
  }
}

void AppendRow(std::string& text, std::string row, std::string_view help) {
  row = "  " + row;
  if (row.size() + 2 > kHelpColumn) {
    row += "\n" + std::string(kHelpColumn, ' ');
  } else {
    row.append(kHelpColumn - row.size(), ' ');
  }
  text += row;
  AppendWrapped(text, help);
}

template <typename T>
bool StoreParsed(void* target, std::optional<T> value) {
  *static_cast<std::optional<T>*>(target) = value;
  return value.has_value();
}

}  // namespace

Options::Options(std::string_view verb, std::string_view description, std::string_view footer)
    : verb_(verb), description_(description), footer_(footer) {}

void Options::Flag(std::string_view names, bool* target, std::string_view help) {
  options_.push_back({Kind::kFlag, std::string(names), target, "", std::string(help)});
}

void Options::String(std::string_view names, std::string* target, std::string_view value,
                     std::string_view help) {
  options_.push_back(
      {Kind::kString, std::string(names), target, std::string(value), std::string(help)});
}

void Options::Strings(std::string_view names, std::vector<std::string>* target,
                      std::string_view value, std::string_view help) {
  options_.push_back(
      {Kind::kStrings, std::string(names), target, std::string(value), std::string(help)});
}

void Options::Count(std::string_view names, std::optional<uint64_t>* target, std::string_view value,
                    std::string_view help) {
  options_.push_back(
      {Kind::kCount, std::string(names), target, std::string(value), std::string(help)});
}

void Options::Size(std::string_view names, std::optional<uint64_t>* target, std::string_view value,
                   std::string_view help) {
  options_.push_back(
      {Kind::kSize, std::string(names), target, std::string(value), std::string(help)});
}

void Options::Duration(std::string_view names, std::optional<std::chrono::nanoseconds>* target,
                       std::string_view value, std::string_view help) {
  options_.push_back(
      {Kind::kDuration, std::string(names), target, std::string(value), std::string(help)});
}

void Options::Choice(std::string_view names, std::string* target, std::vector<std::string> choices,
                     std::string_view help) {
  std::string value;
  for (const std::string& choice : choices) value += (value.empty() ? "" : "|") + choice;
  options_.push_back({Kind::kChoice, std::string(names), target, std::move(value),
                      std::string(help), std::move(choices)});
}

void Options::File(std::string* target, std::string_view help) {
  positional_ = Positional::kFile;
  file_ = target;
  positional_help_ = help;
}

void Options::Files(std::vector<std::string>* target, std::string_view help) {
  positional_ = Positional::kFiles;
  files_ = target;
  positional_help_ = help;
}

void Options::FileAndGuestArguments(std::string* file, std::vector<std::string>* arguments,
                                    std::string_view help) {
  positional_ = Positional::kGuest;
  file_ = file;
  files_ = arguments;
  positional_help_ = help;
}

const Options::Option* Options::Find(std::string_view name) const {
  for (const Option& option : options_) {
    bool found = false;
    EachName(option.names, [&](std::string_view candidate) { found |= candidate == name; });
    if (found) return &option;
  }
  return nullptr;
}

std::string Options::Store(const Option& option, std::string_view name,
                           const std::string& text) const {
  std::string wrong = std::string(name) + ": cannot understand \"" + text + "\": ";
  switch (option.kind) {
    case Kind::kFlag:
      return std::string(name) + " takes no value";
    case Kind::kString:
      *static_cast<std::string*>(option.target) = text;
      return "";
    case Kind::kStrings:
      static_cast<std::vector<std::string>*>(option.target)->push_back(text);
      return "";
    case Kind::kCount:
      if (StoreParsed(option.target, ParseCount(text))) return "";
      return wrong + "write a number such as 1000 or 10M";
    case Kind::kSize:
      if (StoreParsed(option.target, ParseSize(text))) return "";
      return wrong + "write a size such as 65536, 512K or 64M";
    case Kind::kDuration:
      if (StoreParsed(option.target, ParseDuration(text))) return "";
      return wrong + "write a duration such as 5s, 250ms or 1m30s";
    case Kind::kChoice:
      if (std::find(option.choices.begin(), option.choices.end(), text) == option.choices.end()) {
        return wrong + "write one of " + option.value;
      }
      *static_cast<std::string*>(option.target) = text;
      return "";
  }
  return "";
}

std::optional<int> Options::Parse(const std::vector<std::string>& arguments) {
  size_t files = 0;
  bool options_ended = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    // "-" alone is a file: standard input or output.
    if (options_ended || argument.size() < 2 || argument[0] != '-') {
      ++files;
      switch (positional_) {
        case Positional::kNone:
          return WrongUsage("\"" + argument + "\" is not expected here");
        case Positional::kFile:
          if (files > 1) return WrongUsage("one file is enough: \"" + argument + "\"");
          *file_ = argument;
          break;
        case Positional::kFiles:
          files_->push_back(argument);
          break;
        case Positional::kGuest:
          *file_ = argument;
          files_->assign(arguments.begin() + static_cast<ptrdiff_t>(i) + 1, arguments.end());
          return std::nullopt;
      }
      continue;
    }
    if (argument == "--") {
      options_ended = true;
      continue;
    }
    if (argument == "--help" || argument == "-h") {
      std::string help = Help();
      std::fwrite(help.data(), 1, help.size(), stdout);
      return kExitOk;
    }
    // "--name=value" and "-nvalue".
    std::string name = argument;
    std::optional<std::string> value;
    if (argument[1] == '-') {
      size_t equals = argument.find('=');
      if (equals != std::string::npos) {
        name = argument.substr(0, equals);
        value = argument.substr(equals + 1);
      }
    } else if (argument.size() > 2) {
      name = argument.substr(0, 2);
      value = argument.substr(2);
    }
    const Option* option = Find(name);
    if (option == nullptr) return WrongUsage("unknown option " + name);
    if (option->kind == Kind::kFlag && !value) {
      *static_cast<bool*>(option->target) = true;
      continue;
    }
    if (!value && option->kind != Kind::kFlag) {
      if (++i == arguments.size()) {
        return WrongUsage(name + " needs a value: " + name + " " + option->value);
      }
      value = arguments[i];
    }
    std::string wrong = Store(*option, name, *value);
    if (!wrong.empty()) return WrongUsage(wrong);
  }
  if (positional_ != Positional::kNone && files == 0) return WrongUsage("a file is needed");
  return std::nullopt;
}

std::string Options::Help() const {
  std::string text = description_ + "\n\nUsage: trenail " + verb_ + " [OPTIONS]";
  switch (positional_) {
    case Positional::kNone:
      break;
    case Positional::kFile:
      text += " FILE";
      break;
    case Positional::kFiles:
      text += " FILE…";
      break;
    case Positional::kGuest:
      text += " FILE [ARGUMENTS]";
      break;
  }
  text += "\n";
  if (!positional_help_.empty()) text += "  FILE: " + positional_help_ + "\n";
  text += "\nOptions:\n";
  for (const Option& option : options_) {
    if (option.help.empty()) continue;
    std::string row;
    EachName(option.names,
             [&](std::string_view name) { row += (row.empty() ? "" : ", ") + std::string(name); });
    if (!option.value.empty()) row += " " + option.value;
    AppendRow(text, std::move(row), option.help);
  }
  AppendRow(text, "-h, --help", "print this text");
  if (!footer_.empty()) text += "\n" + footer_ + "\n";
  return text;
}

int Options::WrongUsage(std::string_view message) const {
  PrintError(message);
  std::string hint = "try: trenail " + verb_ + " --help\n";
  std::fwrite(hint.data(), 1, hint.size(), stderr);
  return kExitUsage;
}

}  // namespace trenail::cli
