// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates the statements of a document, top down, into a composition.

#ifndef TRENAIL_LIBCOMPONENT_COMPOSE_WAC_EVALUATOR_H_
#define TRENAIL_LIBCOMPONENT_COMPOSE_WAC_EVALUATOR_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/compose/composition.h"
#include "libcomponent/compose/wac_ast.h"
#include "libcomponent/compose/wac_types.h"
#include "libcomponent/feature_set.h"
#include "libwasm/libwasm.h"

namespace component::compose::wac {

class Evaluator {
 public:
  Evaluator(const trenail::Engine& engine, const Document& document,
            const FindPackage& find_package, const FeatureSet& features)
      : engine_(engine),
        document_(document),
        features_(features),
        types_(document.package, find_package),
        composition_(engine, features) {}

  Checked<std::shared_ptr<const Component>> Evaluate();

 private:
  static std::unexpected<wit::Problem> Fail(Span span, std::string message) {
    return std::unexpected(wit::Problem{
        .kind = wasm::ErrorKind::kInvalid, .span = span, .message = std::move(message)});
  }

  Checked<void> Evaluate(const Statement& statement);
  Checked<void> Declare(const ast::Name& name, Declared declared);
  // A type statement: the type is also an export of the composition.
  Checked<void> Define(const ast::Name& name, Declared declared, const TypeEntry& type);
  Checked<void> EvaluateImport(const Import& import);
  Checked<void> EvaluateExport(const Export& exported);
  Checked<void> AddExport(Span span, component::ExternName name, NodeId node);
  Checked<NodeId> Evaluate(const Expr& expr);
  Checked<NodeId> Instantiate(const New& expr);
  Checked<NodeId> LocalItem(Span span, std::string_view name);
  Checked<NodeId> Access(Span span, NodeId node, const ExternName& name);
  NodeId Access(NodeId node, const std::string& name);
  // `value` of a named argument.
  Checked<void> PassArgument(const New& expr, NodeId instance, const Argument& argument,
                             const NodeId* value);
  Checked<void> Spread(const New& expr, NodeId instance, const Argument& argument);
  Checked<void> CheckMissing(const New& expr, NodeId instance);
  std::string InferredName(const ComponentType& type, std::string_view local, NodeId node) const;
  Checked<void> CheckTarget(const Component& composed);

  trenail::Engine engine_;
  const Document& document_;
  FeatureSet features_;
  Types types_;
  Composition composition_;
  Names names_;
  std::map<std::string, NodeId, std::less<>> definitions_;
  std::map<std::string, uint32_t> parts_;  // by package
  std::map<NodeId, uint32_t> instances_;   // the parts
  std::map<NodeId, Span> news_;
  // What a node is called: the name of the import or export that it is.
  std::map<NodeId, std::string> extern_names_;
  // The interface that it is, if that has a name.
  std::map<NodeId, std::string> interface_names_;
  std::map<std::pair<NodeId, std::string>, NodeId> accesses_;
  std::set<std::string, std::less<>> explicit_imports_;
  std::set<std::string, std::less<>> implicit_imports_;
};

}  // namespace component::compose::wac

#endif  // TRENAIL_LIBCOMPONENT_COMPOSE_WAC_EVALUATOR_H_
