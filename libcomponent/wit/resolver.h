// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From WIT texts to a Resolve: finds the packages in files and folders [wit:filesystem-structure],
// resolves names, applies gates, elaborates worlds.

#ifndef TRENAIL_LIBCOMPONENT_WIT_RESOLVER_H_
#define TRENAIL_LIBCOMPONENT_WIT_RESOLVER_H_

#include <expected>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/wit/diagnostic.h"
#include "libcomponent/wit/resolve.h"
#include "libwasm/support/error.h"

namespace component::wit {

// How deep types may be made of other types, across names.
inline constexpr uint32_t kMaxTypeDepth = 400;
// Of types, their cases, and items of worlds in one Resolve. Includes and implied imports multiply
// what the text says; this bounds the memory that a small text can ask for.
inline constexpr uint64_t kMaxElements = 1u << 19;

// The text of a package that is there in its binary form, as a component.
using PackageReader = std::function<wasm::Result<std::string>(std::string_view bytes)>;

struct ResolveOptions {
  // Items that are `@unstable` are there if their feature is one of these.
  std::set<std::string, std::less<>> features;
  bool all_features = false;
  // For `*.wasm` and `*.wat` files of a folder `deps`; without it they are passed over.
  PackageReader read_binary;
};

// The files of one package. Each may also hold other packages, nested.
struct PackageSources {
  std::string name;  // for messages about the package as a whole: the folder
  std::vector<SourceText> files;
};

struct ResolvedPackage {
  Resolve resolve;
  PackageId root;
};

// The last of the packages is the root; it and the others may use each other, in any order.
Parsed<ResolvedPackage> ResolvePackages(std::vector<PackageSources> packages,
                                        const ResolveOptions& options = {});
// A package in a single file.
Parsed<ResolvedPackage> ResolveText(std::string name, std::string text,
                                    const ResolveOptions& options = {});

// A file, or a folder with a package's files and maybe a folder `deps` of files and folders. Of
// several paths, the last is the root.
Parsed<ResolvedPackage> ParseAndResolve(const std::vector<std::string>& paths,
                                        const ResolveOptions& options = {});
// The same up to the reading.
Parsed<std::vector<PackageSources>> ReadPackages(const std::vector<std::string>& paths,
                                                 const PackageReader& read_binary = nullptr);

// The world that `name` selects [wit:specifying-a-world]: the only one of the root if there is no
// name, one of the root, or one by its full name, `a:b/c@1.0.0`. The error is a message.
std::expected<WorldId, std::string> SelectWorld(const Resolve& resolve, PackageId root,
                                                std::optional<std::string_view> name);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_RESOLVER_H_
