// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of WIT in other languages: `log-entry` is LogEntry, log_entry, kLogEntry; keywords and
// names that libraries define as macros get an underscore. Scopes keep the names that are declared
// in them apart and say how a declaration is named from elsewhere.

#ifndef TRENAIL_LIBCOMPONENT_BIND_NAMES_H_
#define TRENAIL_LIBCOMPONENT_BIND_NAMES_H_

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace component::bind {

// `a-b` and `A-B` as AB, `http-error` as HttpError.
std::string CamelCase(std::string_view label);
// log_entry; escaped where it is a keyword of C or C++, or a macro.
std::string SnakeCase(std::string_view label);
// LOG_ENTRY
std::string UpperCase(std::string_view label);

// Names of one scope that have to differ.
class UniqueNames {
 public:
  UniqueNames() = default;
  explicit UniqueNames(std::set<std::string> reserved) : taken_(std::move(reserved)) {}
  // `wanted`, or with an underscore and a number behind it where it is taken.
  std::string Add(std::string wanted);
  bool Has(const std::string& name) const { return taken_.contains(name); }

 private:
  std::set<std::string> taken_;
};

// Namespaces and classes of C++ by their paths, with the names declared in them.
using Path = std::vector<std::string>;

class Scopes {
 public:
  // The name that a declaration in `scope` gets.
  std::string Declare(const Path& scope, std::string wanted);
  // A namespace that may be there already.
  void Open(const Path& scope, const std::string& name);
  bool Has(const Path& scope, const std::string& name) const;
  // How `target` is named from within `from`: with no more qualifiers than are needed.
  std::string Reference(const Path& from, const Path& target) const;

 private:
  std::map<Path, UniqueNames> scopes_;
};

// a::b
std::string Join(const Path& path, std::string_view separator);

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_NAMES_H_
