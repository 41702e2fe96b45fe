// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One walk over a package serves both ways: writing, it makes the members it comes by, reading, it
// follows those that are there.

#include "libcomponent/wit/package_docs.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "libwasm/support/utf8.h"

namespace component::wit {
namespace {

using wasm::Error;
using wasm::ErrorKind;
using wasm::Result;

// A string or an object; other values are read and not kept.
struct Json {
  std::string text;
  bool is_object = false;
  std::vector<std::pair<std::string, std::unique_ptr<Json>>> members;

  Json* Find(std::string_view name) const {
    for (const auto& [key, value] : members)
      if (key == name) return value.get();
    return nullptr;
  }
};

// --- Reading ---

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Read(Json* out) { return Value(out, 0) && (Space(), at_ == text_.size()); }

 private:
  static constexpr int kMaxDepth = 32;

  void Space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
  }
  bool Take(char c) {
    Space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool Value(Json* out, int depth) {
    if (depth > kMaxDepth) return false;
    Space();
    if (at_ >= text_.size()) return false;
    if (text_[at_] == '"') return String(&out->text);
    if (Take('{')) {
      out->is_object = true;
      if (Take('}')) return true;
      do {
        Space();
        std::string key;
        auto value = std::make_unique<Json>();
        if (!String(&key) || !Take(':') || !Value(value.get(), depth + 1)) return false;
        out->members.emplace_back(std::move(key), std::move(value));
      } while (Take(','));
      return Take('}');
    }
    if (Take('[')) {
      if (Take(']')) return true;
      do {
        Json ignored;
        if (!Value(&ignored, depth + 1)) return false;
      } while (Take(','));
      return Take(']');
    }
    const size_t begin = at_;
    while (at_ < text_.size() && !std::string_view(",]} \t\r\n").contains(text_[at_])) ++at_;
    return at_ > begin;
  }

  bool Hex4(uint32_t* out) {
    if (text_.size() - at_ < 4) return false;
    *out = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9')
        *out = *out * 16 + static_cast<uint32_t>(c - '0');
      else if (lower >= 'a' && lower <= 'f')
        *out = *out * 16 + static_cast<uint32_t>(lower - 'a' + 10);
      else
        return false;
    }
    return true;
  }

  bool Escape(std::string* out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
    if (const size_t index = kLetters.find(c); index != std::string_view::npos) {
      *out += kMeaning[index];
      return true;
    }
    uint32_t unit = 0, low = 0;
    if (c != 'u' || !Hex4(&unit)) return false;
    if (unit >= 0xd800 && unit < 0xdc00) {
      if (!text_.substr(at_).starts_with("\\u")) return false;
      at_ += 2;
      if (!Hex4(&low) || low < 0xdc00 || low > 0xdfff) return false;
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    } else if (unit >= 0xdc00 && unit < 0xe000) {
      return false;
    }
    wasm::AppendUtf8(*out, unit);
    return true;
  }

  bool String(std::string* out) {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_++];
      if (c == '"') return wasm::IsValidUtf8(*out);
      if (c != '\\')
        *out += c;
      else if (!Escape(out))
        return false;
    }
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
};

// --- Writing ---

void Write(const Json& json, std::string* out) {
  if (json.is_object) {
    *out += '{';
    for (size_t i = 0; i < json.members.size(); ++i) {
      if (i > 0) *out += ',';
      Json key;
      key.text = json.members[i].first;
      Write(key, out);
      *out += ':';
      Write(*json.members[i].second, out);
    }
    *out += '}';
    return;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  *out += '"';
  for (const char c : json.text) {
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (c == '\n') {
      *out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      *out += "\\u00";
      *out += kHex[static_cast<unsigned char>(c) >> 4];
      *out += kHex[c & 15];
    } else {
      *out += c;
    }
  }
  *out += '"';
}

// Empty objects say nothing.
bool Prune(Json* json) {
  if (!json->is_object) return json->text.empty();
  std::erase_if(json->members, [](auto& member) { return Prune(member.second.get()); });
  return json->members.empty();
}

// --- The walk ---

class Walk {
 public:
  Walk(Resolve& resolve, bool writing) : resolve_(resolve), writing_(writing) {}

  void Package(Json* node, PackageId id) {
    Text(node, "docs", &resolve_[id].docs);
    Json* worlds = Member(node, "worlds");
    for (WorldId world : resolve_[id].worlds)
      World(Member(worlds, resolve_[world].name), resolve_[world]);
    Json* interfaces = Member(node, "interfaces");
    for (InterfaceId interface : resolve_[id].interfaces)
      Interface(Member(interfaces, resolve_[interface].name), interface);
  }

 private:
  Json* Member(Json* node, std::string_view name) {
    if (node == nullptr) return nullptr;
    if (Json* found = node->Find(name); found != nullptr || !writing_) return found;
    node->is_object = true;
    auto member = std::make_unique<Json>();
    member->is_object = true;
    return node->members.emplace_back(name, std::move(member)).second.get();
  }

  void Text(Json* node, std::string_view name, std::string* text) {
    Json* member = writing_ && text->empty() ? nullptr : Member(node, name);
    if (member == nullptr) return;
    if (writing_) {
      member->is_object = false;
      member->text = *text;
    } else {
      *text = member->text;
    }
  }

  void Version(Json* node, std::string_view name, std::optional<SemVer>* version) {
    std::string text = *version ? (*version)->ToString() : "";
    Text(node, name, &text);
    if (!writing_) *version = SemVer::Parse(text);
  }

  void Gates(Json* node, wit::Stability* stability) {
    GatesAt(Member(node, "stability"), stability);
  }
  void GatesAt(Json* node, wit::Stability* stability) {
    if (writing_ && stability->empty()) return;
    Json* stable = writing_ && !stability->since ? nullptr : Member(node, "stable");
    Version(stable, "since", &stability->since);
    Json* unstable = writing_ && stability->unstable.empty() ? nullptr : Member(node, "unstable");
    Text(unstable, "feature", &stability->unstable);
    Version(stable != nullptr ? stable : unstable, "deprecated", &stability->deprecated);
  }

  void Type(Json* node, TypeDef& type) {
    Text(node, "docs", &type.docs);
    Gates(node, &type.stability);
    Json* items = Member(node, "items");
    for (Case& item : type.cases) Text(items, item.name, &item.docs);
  }

  void Function(Json* node, wit::Function& function) {
    Text(node, "docs", &function.docs);
    Gates(node, &function.stability);
  }

  void Interface(Json* node, InterfaceId id) {
    wit::Interface& interface = resolve_[id];
    Text(node, "docs", &interface.docs);
    Gates(node, &interface.stability);
    Json* functions = Member(node, "funcs");
    for (wit::Function& function : interface.functions)
      Function(Member(functions, function.name), function);
    Json* types = Member(node, "types");
    for (TypeId type : interface.types) Type(Member(types, resolve_[type].name), resolve_[type]);
  }

  void World(Json* node, wit::World& world) {
    Text(node, "docs", &world.docs);
    Gates(node, &world.stability);
    for (const bool exports : {false, true}) {
      Json* interfaces = Member(node, exports ? "interface_exports" : "interfaces");
      Json* functions = Member(node, exports ? "func_exports" : "funcs");
      Json* types = Member(node, "types");
      Json* gates =
          Member(node, exports ? "interface_export_stability" : "interface_import_stability");
      for (WorldItem& item : exports ? world.exports : world.imports) {
        switch (item.kind) {
          case WorldItem::Kind::kInterface: {
            const std::string name = resolve_.NameOf(item);
            if (resolve_[item.interface].name.empty())
              Interface(Member(interfaces, name), item.interface);
            else if (!item.name.empty())
              Text(Member(interfaces, name), "docs", &item.docs);
            GatesAt(Member(gates, name), &item.stability);
            break;
          }
          case WorldItem::Kind::kFunction:
            Function(Member(functions, item.name), item.function);
            if (!writing_) item.stability = item.function.stability;
            break;
          case WorldItem::Kind::kType:
            Type(Member(types, item.name), resolve_[item.type]);
            if (!writing_) item.stability = resolve_[item.type].stability;
            break;
        }
      }
    }
  }

  Resolve& resolve_;
  bool writing_;
};

constexpr char kFormat = 1;

}  // namespace

std::string WritePackageDocs(const Resolve& resolve, PackageId package) {
  Json root;
  root.is_object = true;
  Resolve copy = resolve;
  Walk(copy, true).Package(&root, package);
  Prune(&root);
  std::string out(1, kFormat);
  Write(root, &out);
  return out;
}

Result<void> ApplyPackageDocs(std::string_view section, Resolve* resolve, PackageId package) {
  Json root;
  if (!section.starts_with(kFormat) || !Reader(section.substr(1)).Read(&root))
    return std::unexpected(
        Error(ErrorKind::kMalformed, "the section `package-docs` is of an unknown format"));
  Walk(*resolve, false).Package(&root, package);
  return {};
}

}  // namespace component::wit
