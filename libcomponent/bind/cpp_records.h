// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What types declare for the libraries of both sides, which find the parts of records, variants and
// enums in the same way (libcomponent/typed_named.h, trenail_guest.h).

#ifndef TRENAIL_LIBCOMPONENT_BIND_CPP_RECORDS_H_
#define TRENAIL_LIBCOMPONENT_BIND_CPP_RECORDS_H_

#include <string>
#include <vector>

#include "libcomponent/bind/cpp_types.h"

namespace component::bind {

class CppRecords : public CppTypes {
 public:
  using CppTypes::CppTypes;

 protected:
  void RecordBody(Text& text, const std::string& name,
                  const std::vector<std::string>& fields) override {
    std::vector<std::string> members;
    for (const std::string& field : fields) members.push_back("&" + name + "::" + field);
    std::string body = "return std::tuple(";
    for (const std::string& member : members) body += (member == members[0] ? "" : ", ") + member;
    const std::string head = "static constexpr auto ComponentFields()";
    if (text.Fits(head + " { " + body + "); }")) return text.Short(head, body + ");");
    text.Line(head + " {");
    text.Indent();
    text.List("return std::tuple", members, ";");
    text.Outdent();
    text.Line("}");
  }
  void VariantBody(Text& text) override {
    text.Line("static constexpr bool kComponentVariant = true;");
  }
  void AfterEnum(Text& text, const std::string& name, size_t cases) override {
    text.Line("constexpr uint32_t ComponentCases(" + name + ") { return " + std::to_string(cases) +
              "; }");
  }
};

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_CPP_RECORDS_H_
