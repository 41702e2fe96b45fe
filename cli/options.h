// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of one verb, over CLI11. Only options.cc sees CLI11, which is heavy to compile, and
// only the parser of the verb at hand is ever built, which keeps the start of the program quick.

#ifndef TRENAIL_CLI_OPTIONS_H_
#define TRENAIL_CLI_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trenail::cli {

// Exit codes of the program. A guest's own exit code is passed on as it is.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // a check did not hold; malformed, invalid, unlinkable
inline constexpr int kExitUsage = 2;   // wrong usage, unreadable file
inline constexpr int kExitTrap = 134;  // a trap, an uncaught exception, a deadline, spent fuel

class Options {
 public:
  // `verb` is what stands after "trenail "; `footer` closes the help text.
  Options(std::string_view verb, std::string_view description, std::string_view footer = "");
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  // `names` as CLI11 has them: "-o,--output". `value` is the placeholder of the help text.
  void Flag(const char* names, bool* target, const char* help);
  void String(const char* names, std::string* target, const char* value, const char* help);
  void Strings(const char* names, std::vector<std::string>* target, const char* value,
               const char* help);
  void Count(const char* names, std::optional<uint64_t>* target, const char* value,
             const char* help);
  void Size(const char* names, std::optional<uint64_t>* target, const char* value,
            const char* help);
  void Duration(const char* names, std::optional<std::chrono::nanoseconds>* target,
                const char* value, const char* help);
  void Choice(const char* names, std::string* target, std::vector<std::string> choices,
              const char* help);

  // The files the verb works on. One of these at most.
  void File(std::string* target, const char* help);
  void Files(std::vector<std::string>* target, const char* help);
  // A file, and everything after it untouched, whatever it looks like: the guest's arguments.
  void FileAndGuestArguments(std::string* file, std::vector<std::string>* arguments,
                             const char* help);

  // `arguments` stand after the verb. Returns nothing where the verb may go on; else the exit code
  // (the help was asked for and printed, or the usage was wrong and is now explained on stderr).
  std::optional<int> Parse(const std::vector<std::string>& arguments);

  // For what only the verb can judge. Prints and returns kExitUsage.
  int WrongUsage(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_OPTIONS_H_
