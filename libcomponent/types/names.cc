// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/types/names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace component {

namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::unexpected<Error> Invalid(std::string message) {
  return std::unexpected(Error(ErrorKind::kInvalid, std::move(message)));
}
std::string Quoted(std::string_view text) { return '`' + std::string(text) + '`'; }

Result<void> CheckLabel(std::string_view text) {
  if (!IsLabel(text)) return Invalid(Quoted(text) + " is not in kebab case");
  return {};
}

Result<void> CheckWords(std::string_view text) {
  TRY_VOID(CheckLabel(text));
  for (char c : text)
    if (IsUpper(c))
      return Invalid("character " + Quoted(std::string_view(&c, 1)) +
                     " is not lowercase in package name/namespace");
  return {};
}

// ---- versions ----------------------------------------------------------------------------------

class SemverReader {
 public:
  explicit SemverReader(std::string_view text) : rest_(text) {}

  Result<void> Read() {
    if (rest_.empty()) return Invalid("empty string, expected a semver version");
    TRY_VOID(Number("major version number"));
    TRY_VOID(Dot("major version number"));
    TRY_VOID(Number("minor version number"));
    TRY_VOID(Dot("minor version number"));
    TRY_VOID(Number("patch version number"));
    if (Accept('-')) TRY_VOID(Identifiers("pre-release identifier", true));
    if (Accept('+')) TRY_VOID(Identifiers("build metadata", false));
    if (!rest_.empty()) return Unexpected("patch version number");
    return {};
  }

 private:
  bool Accept(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::unexpected<Error> Unexpected(std::string_view where) const {
    if (rest_.empty())
      return Invalid("unexpected end of input while parsing " + std::string(where));
    return Invalid("unexpected character '" + std::string(rest_.substr(0, 1)) + "' while parsing " +
                   std::string(where));
  }

  Result<void> Dot(std::string_view where) {
    if (!Accept('.')) return Unexpected(where);
    return {};
  }

  Result<void> Number(std::string_view where) {
    size_t length = 0;
    while (length < rest_.size() && IsDigit(rest_[length])) ++length;
    if (length == 0) return Unexpected(where);
    if (length > 1 && rest_.front() == '0')
      return Invalid("invalid leading zero in " + std::string(where));
    rest_.remove_prefix(length);
    return {};
  }

  Result<void> Identifiers(std::string_view where, bool no_leading_zeros) {
    do {
      size_t length = 0;
      bool digits = true;
      for (; length < rest_.size(); ++length) {
        const char c = rest_[length];
        if (!IsDigit(c) && !IsLower(c) && !IsUpper(c) && c != '-') break;
        digits &= IsDigit(c);
      }
      if (length == 0) return Invalid("empty identifier segment in " + std::string(where));
      if (no_leading_zeros && digits && length > 1 && rest_.front() == '0')
        return Invalid("invalid leading zero in " + std::string(where));
      rest_.remove_prefix(length);
    } while (Accept('.'));
    return {};
  }

  std::string_view rest_;
};

// ---- extern names ------------------------------------------------------------------------------

class NameParser {
 public:
  NameParser(std::string_view name, const FeatureSet& features)
      : rest_(name), features_(features) {}

  Result<ParsedName> Parse() {
    if (Skip("[constructor]")) return Constructor();
    if (Skip("[method]")) return Member(ParsedName::Kind::kMethod);
    if (Skip("[static]")) return Member(ParsedName::Kind::kStatic);
    if (Skip("unlocked-dep=")) return UnlockedDep();
    if (Skip("locked-dep=")) return LockedDep();
    if (Skip("url=")) return Url();
    if (Skip("integrity=")) return Integrity();
    if (rest_.find(':') != std::string_view::npos) return Interface();
    TRY_VOID(CheckLabel(rest_));
    return ParsedName{};
  }

 private:
  bool Skip(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }
  Result<void> Expect(std::string_view text) {
    if (!Skip(text)) return Invalid("expected " + Quoted(text) + " at " + Quoted(rest_));
    return {};
  }
  // What stands before the first of `ends`, or all that is left.
  std::string_view TakeUntil(std::string_view ends) {
    const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  Result<std::string_view> TakeThrough(char end) {
    const size_t at = rest_.find(end);
    if (at == std::string_view::npos)
      return Invalid("failed to find " + Quoted(std::string_view(&end, 1)) + " character");
    const std::string_view taken = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    return taken;
  }
  Result<void> ExpectEnd() {
    if (!rest_.empty()) return Invalid("trailing characters found: " + Quoted(rest_));
    return {};
  }

  Result<ParsedName> Constructor() {
    TRY_VOID(CheckLabel(rest_));
    return ParsedName{.kind = ParsedName::Kind::kConstructor, .resource = rest_};
  }

  Result<ParsedName> Member(ParsedName::Kind kind) {
    const std::string_view resource = TRY(TakeThrough('.'));
    TRY_VOID(CheckLabel(resource));
    TRY_VOID(CheckLabel(rest_));
    return ParsedName{.kind = kind, .resource = resource, .member = rest_};
  }

  bool nested() const { return features_.Has(Feature::kNestedNames); }

  // <namespace>+ <words>, of which there is one namespace unless names are nested.
  Result<std::string_view> Package() {
    const std::string_view start = rest_;
    TRY_VOID(CheckWords(TakeUntil(":/@>")));
    TRY_VOID(Expect(":"));
    TRY_VOID(CheckWords(TakeUntil(":/@>")));
    while (nested() && Skip(":")) TRY_VOID(CheckWords(TakeUntil(":/@>")));
    return start.substr(0, start.size() - rest_.size());
  }

  // [Explainer: interfacename]
  Result<ParsedName> Interface() {
    ParsedName parsed{.kind = ParsedName::Kind::kInterface};
    parsed.package = TRY(Package());
    if (!Skip("/")) return Invalid("expected `/` after package name");
    const std::string_view start = rest_;
    TRY_VOID(CheckLabel(TakeUntil("/@")));
    while (nested() && Skip("/")) TRY_VOID(CheckLabel(TakeUntil("/@")));
    parsed.projection = start.substr(0, start.size() - rest_.size());
    if (Skip("@")) {
      parsed.version = std::exchange(rest_, {});
      if (!features_.Has(Feature::kCanonicalNames) || !IsCanonVersion(*parsed.version))
        TRY_VOID(CheckSemver(*parsed.version));
    }
    TRY_VOID(ExpectEnd());
    return parsed;
  }

  // The package of a dependency may go on into its interfaces if names are nested.
  Result<void> DependencyPath() {
    TRY(Package());
    while (nested() && Skip("/")) TRY_VOID(CheckLabel(TakeUntil("/@>")));
    return {};
  }

  Result<void> Semver(std::string_view version) {
    if (!CheckSemver(version).has_value())
      return Invalid(Quoted(version) + " is not a valid semver");
    return {};
  }

  Result<ParsedName> UnlockedDep() {
    TRY_VOID(Expect("<"));
    TRY_VOID(DependencyPath());
    if (Skip("@") && !Skip("*")) {
      TRY_VOID(Expect("{"));
      const std::string_view range = TRY(TakeThrough('}'));
      TRY_VOID(VersionRange(range));
    }
    TRY_VOID(Expect(">"));
    TRY_VOID(ExpectEnd());
    return ParsedName{.kind = ParsedName::Kind::kUnlockedDep};
  }

  // ">=1.0.0", "<2.0.0" or ">=1.0.0 <2.0.0"
  Result<void> VersionRange(std::string_view range) {
    if (range.starts_with(">=")) {
      range.remove_prefix(2);
      const size_t space = range.find(' ');
      TRY_VOID(Semver(range.substr(0, space)));
      if (space == std::string_view::npos) return {};
      range.remove_prefix(space + 1);
      if (!range.starts_with('<')) return Invalid("expected `<` at start of version range");
    } else if (!range.starts_with('<')) {
      return Invalid("expected `>=` or `<` at start of version range");
    }
    return Semver(range.substr(1));
  }

  Result<ParsedName> LockedDep() {
    TRY_VOID(Expect("<"));
    TRY_VOID(DependencyPath());
    if (Skip("@")) TRY_VOID(Semver(TakeUntil(">")));
    TRY_VOID(Expect(">"));
    TRY_VOID(OptionalIntegrity());
    return ParsedName{.kind = ParsedName::Kind::kLockedDep};
  }

  Result<ParsedName> Url() {
    TRY_VOID(Expect("<"));
    const std::string_view url = TRY(TakeThrough('>'));
    if (url.find('<') != std::string_view::npos) return Invalid("url cannot contain `<`");
    TRY_VOID(OptionalIntegrity());
    return ParsedName{.kind = ParsedName::Kind::kUrl};
  }

  Result<void> OptionalIntegrity() {
    if (Skip(",")) {
      TRY_VOID(Expect("integrity="));
      TRY(Integrity());
    }
    return ExpectEnd();
  }

  // Hashes as of Subresource Integrity.
  Result<ParsedName> Integrity() {
    TRY_VOID(Expect("<"));
    std::string_view hashes = TRY(TakeThrough('>'));
    bool any = false;
    while (!hashes.empty()) {
      const std::string_view hash = hashes.substr(0, hashes.find(' '));
      hashes.remove_prefix(std::min(hash.size() + 1, hashes.size()));
      if (hash.empty()) continue;
      any = true;
      TRY_VOID(Hash(hash));
    }
    if (!any) return Invalid("integrity hash cannot be empty");
    TRY_VOID(ExpectEnd());
    return ParsedName{.kind = ParsedName::Kind::kIntegrity};
  }

  Result<void> Hash(std::string_view hash) {
    static constexpr std::array<std::string_view, 3> kAlgorithms = {"sha256", "sha384", "sha512"};
    const auto algorithm = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                        [&](std::string_view a) { return hash.starts_with(a); });
    if (algorithm == kAlgorithms.end()) return Invalid("unrecognized hash algorithm");
    hash.remove_prefix(algorithm->size());
    if (!hash.starts_with('-')) return Invalid("expected `-` after hash algorithm");
    std::string_view digits = hash.substr(1);
    digits = digits.substr(0, digits.find('?'));
    for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
    const bool valid = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
      return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '+' || c == '/';
    });
    if (!valid) return Invalid("not valid base64");
    return {};
  }

  std::string_view rest_;
  const FeatureSet& features_;
};

}  // namespace

bool IsLabel(std::string_view text) {
  bool first = true;
  for (;;) {
    const std::string_view fragment = text.substr(0, text.find('-'));
    bool lower = true;
    bool upper = true;
    for (char c : fragment) {
      lower &= IsLower(c) || IsDigit(c);
      upper &= IsUpper(c) || IsDigit(c);
    }
    if (fragment.empty() || (!lower && !upper)) return false;
    if (first && IsDigit(fragment.front())) return false;
    if (fragment.size() == text.size()) return true;
    text.remove_prefix(fragment.size() + 1);
    first = false;
  }
}

bool IsWords(std::string_view text) {
  return IsLabel(text) && std::none_of(text.begin(), text.end(), IsUpper);
}

Result<ParsedName> ParseExternName(std::string_view name, const FeatureSet& features) {
  Result<ParsedName> parsed = NameParser(name, features).Parse();
  if (!parsed.has_value())
    return Invalid(Quoted(name) + " is not a valid extern name: " + parsed.error().message());
  return parsed;
}

Result<ParsedName> CheckExternName(const ExternName& name, const FeatureSet& features) {
  if ((name.implements.has_value() || name.external_id.has_value()) &&
      !features.Has(Feature::kImplements))
    return Invalid("`implements` and `external-id` need the feature cm-implements");
  if (name.version_suffix.has_value() && !features.Has(Feature::kCanonicalNames))
    return Invalid("`versionsuffix` needs the feature cm-canonical-names");
  const ParsedName parsed = TRY(ParseExternName(name.name, features));
  if (name.implements.has_value()) {
    Result<ParsedName> interface = ParseExternName(*name.implements, features);
    if (!interface.has_value())
      return Invalid(Quoted(*name.implements) +
                     " is not a valid name: " + interface.error().message());
    if (interface->kind != ParsedName::Kind::kInterface)
      return Invalid("name " + Quoted(*name.implements) + " must be an interface");
    if (parsed.kind != ParsedName::Kind::kLabel)
      return Invalid("name " + Quoted(name.name) + " is not valid with `implements`");
  }
  if (name.version_suffix.has_value()) {
    if (!parsed.version.has_value() || !IsCanonVersion(*parsed.version))
      return Invalid("`versionsuffix` needs an interface name with a canonical version");
    const Result<void> whole = CheckSemver(std::string(*parsed.version) + *name.version_suffix);
    if (!whole.has_value()) return Invalid("invalid interface version: " + whole.error().message());
  }
  return parsed;
}

std::string UniquenessKey(std::string_view name) {
  std::string key(name);
  // Names with `=` are no labels: a URL or a hash is what it is.
  if (key.find('=') != std::string::npos) return key;
  std::transform(key.begin(), key.end(), key.begin(), ToLower);
  if (!key.starts_with('[') || key.starts_with("[constructor]")) return key;
  const size_t end = key.find(']');
  if (end == std::string::npos) return key;
  key.erase(0, end + 1);
  const size_t dot = key.find('.');
  if (dot != std::string::npos && key.compare(0, dot, key, dot + 1) == 0) key.erase(dot);
  return key;
}

Result<void> CheckSemver(std::string_view version) { return SemverReader(version).Read(); }

bool IsCanonVersion(std::string_view version) {
  if (version == "0.0.0") return true;
  for (std::string_view prefix : {"0.0.", "0."}) {
    if (version.starts_with(prefix)) {
      version.remove_prefix(prefix.size());
      break;
    }
  }
  return !version.empty() && version.front() != '0' &&
         std::all_of(version.begin(), version.end(), IsDigit);
}

std::string_view CanonVersion(std::string_view semver) {
  size_t end = 0;
  for (int part = 0; part < 3; ++part) {
    const size_t begin = part == 0 ? 0 : end + 1;
    end = begin;
    while (end < semver.size() && IsDigit(semver[end])) ++end;
    if (semver.substr(begin, end - begin) != "0") break;
  }
  return semver.substr(0, end);
}

}  // namespace component
