/*
 * patch_cache.hpp
 *		Patches that this session has parsed.
 */
#pragma once

#include "jsonb/patch.hpp"

#include <memory>

namespace migsafe::jsonb {

/*
 * The parsed patch of a jsonb datum: found among those that were used last, so
 * that a statement in a loop parses its patch once, or parsed now (ERRORs: see
 * patch.hpp).
 */
std::shared_ptr<const patch> parsed_patch(std::string_view document, dialect mode,
										  std::string_view subject);

} // namespace migsafe::jsonb
