// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How each script of a collection is to be run: a table SCOPE.tsv with a row per file says which
// features it wants on or off and which of its commands are out of scope, because they assert an
// older language than the one implemented. Files are relative to the table's own folder.

#ifndef TRENAIL_SPEC_TESTS_RUNNER_SCOPE_H_
#define TRENAIL_SPEC_TESTS_RUNNER_SCOPE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/feature_set.h"
#include "libwasm/libwasm.h"

namespace trenail::spec {

struct FileScope {
  std::vector<std::string> on;
  std::vector<std::string> off;
  bool validate_only = false;          // decode and validate, never link or instantiate
  bool out_of_scope = false;           // the whole file
  std::vector<uint32_t> out_ordinals;  // 1-based ordinals of top-level commands not to be run
  std::string why;
  // Scripts of components are about kinds of errors, whatever their texts are.
  bool texts_matter = true;
  // Some of them do not tell what is malformed from what is invalid.
  bool malformed_is_invalid = false;
  bool component_host = true;  // offers what ComponentHost defines

  bool IsOut(uint32_t ordinal) const;
  // `features` with this row's switches applied, each set its own ones.
  FeatureSet Apply(FeatureSet features) const;
  component::FeatureSet Apply(component::FeatureSet features) const;
};

class Scope {
 public:
  // Errors: kHost if the file cannot be read, or a row cannot be understood.
  static Result<Scope> Load(const std::string& path);
  static Result<Scope> Parse(std::string_view text, std::string folder);

  // The row of a script, or null.
  const FileScope* Find(const std::string& path) const;
  size_t size() const { return rows_.size(); }

 private:
  std::string folder_;
  std::map<std::string, FileScope, std::less<>> rows_;
};

// Applies "+x,-y" in order; a name without sign switches on. Errors: kHost for an unknown name.
Result<FeatureSet> ParseFeatures(std::string_view list, FeatureSet features = {});
// The same for both sets of features.
Result<void> ApplyFeatures(std::string_view list, FeatureSet* core,
                           component::FeatureSet* components);

// The whole of a file. Errors: kHost with the system's reason.
Result<std::string> ReadFile(const std::string& path);

}  // namespace trenail::spec

#endif  // TRENAIL_SPEC_TESTS_RUNNER_SCOPE_H_
