/*
 * reference.hpp
 *		What patches and merges make of a document, worked out on models: the second opinion on src/jsonb.
 */
#pragma once

#include "support/model.hpp"

#include <optional>
#include <set>
#include <string>

namespace migsafe::test_bed {

/*
 * Apply one operation of RFC 6902 by nlohmann's library; false if it fails,
 * which may leave the document half changed.
 */
bool apply_reference(json &document, const json &operation);

using optional_json = std::optional<json>;

/* What jsonb/merge.hpp says; adds the pointers of conflicts, which begin with that of this place. */
optional_json merge_reference(const optional_json &base, const optional_json &mine,
							  const optional_json &theirs, const std::string &pointer,
							  std::set<std::string> &conflicts);

} // namespace migsafe::test_bed
