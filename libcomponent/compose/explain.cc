// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/compose/explain.h"

#include <array>
#include <utility>

#include "libcomponent/compose/versions.h"

namespace component::compose {

namespace {

// How Matcher says where it was, and how a sentence does.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kPlaces = {{
    {"type mismatch in instance export ", ""},
    {"type mismatch in function parameter ", "parameter "},
    {"type mismatch with result type", "the result"},
    {"type mismatch in record field ", "field "},
    {"type mismatch in variant case ", "case "},
    {"type mismatch in tuple field ", "element "},
    {"type mismatch in list element", "the elements of the list"},
    {"type mismatch in map", "the map"},
    {"type mismatch in option", "the option"},
    {"type mismatch in ok variant", "the ok case"},
    {"type mismatch in err variant", "the error case"},
    {"type mismatch in stream element variant", "the elements of the stream"},
    {"type mismatch in future value variant", "the value of the future"},
    {"type mismatch in import ", "import "},
    {"type mismatch in export ", "export "},
}};

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

std::string Readable(std::string_view why) {
  std::string places;
  for (;;) {
    bool found = false;
    for (const auto& [from, to] : kPlaces) {
      if (!why.starts_with(from)) continue;
      const size_t end = why.find(": ", from.size());
      if (end == std::string_view::npos) break;
      places += (places.empty() ? "in " : ", ") + std::string(to) +
                std::string(why.substr(from.size(), end - from.size()));
      why.remove_prefix(end + 2);
      found = true;
      break;
    }
    if (!found) break;
  }
  std::string rest(why);
  rest = Replaced(std::move(rest), "expected primitive `", "expected `");
  rest = Replaced(std::move(rest), " found primitive `", ", found `");
  rest = Replaced(std::move(rest), ",, found", ", found");
  rest = Replaced(std::move(rest), "missing expected export", "there is no");
  rest = Replaced(std::move(rest), "missing expected import", "there is no import");
  return places.empty() ? rest : places + ": " + rest;
}

std::string ListNames(const std::vector<NamedExtern>& items) {
  constexpr size_t kMost = 12;
  if (items.empty()) return "nothing";
  std::string out;
  for (size_t i = 0; i < items.size() && i < kMost; ++i)
    out += (i == 0 ? "`" : ", `") + FullName(items[i].name) + "`";
  return items.size() <= kMost ? out
                               : out + " and " + std::to_string(items.size() - kMost) + " more";
}

std::string FirstDifference(std::string_view why) {
  return why.empty() ? "" : "; first difference: " + Readable(why);
}

std::string Describe(const Split& split) {
  return split.what + " is " + split.sources[0] + " on one side and " + split.sources[1] +
         " on the other";
}

std::string Explain(const Mismatch& mismatch) {
  const VersionedName wanted = VersionedName::Of(mismatch.wanted_name);
  const VersionedName offered = VersionedName::Of(mismatch.offered_name);
  std::string text = mismatch.wants + " wants `" + mismatch.wanted_name + "`, ";
  const std::string who = mismatch.offers.empty() ? std::string("the composition imports")
                                                  : mismatch.offers + " offers";
  const bool other_version =
      mismatch.offered_name != mismatch.wanted_name && wanted.base == offered.base;
  if (other_version) {
    text += who + " " + (offered.version ? offered.version->ToString() : "no version of it");
    if (!mismatch.compatible) text += ", which is not compatible";
  } else if (mismatch.offered_name == mismatch.wanted_name) {
    text += mismatch.offers.empty() ? "which the composition imports with another type"
                                    : "and " + mismatch.offers + " offers it with another type";
  } else if (mismatch.offered_name.empty()) {
    text += "and gets something else from " + mismatch.offers;
  } else {
    text += "and gets `" + mismatch.offered_name + "` of " +
            (mismatch.offers.empty() ? std::string("the composition's imports") : mismatch.offers);
  }
  if (mismatch.split) return text + "; " + Describe(*mismatch.split);
  return text + FirstDifference(mismatch.why);
}

}  // namespace component::compose
