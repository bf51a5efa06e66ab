/*
 * patches.hpp
 *		Random patches for a document.
 */
#pragma once

#include "support/choices.hpp"
#include "support/model.hpp"

#include <optional>

namespace migsafe::test_bed {

struct patch_case
{
	json patch;
	std::optional<json> expected; /* nothing if the patch has to fail */
};

/* A patch by RFC 6902, or one that is nearly such, and what it makes of the document. */
patch_case any_patch(const json &document, choices &choose);

/* One in the extended dialect of jsonb/patch.hpp, for which there is no second opinion. */
json any_extended_patch(const json &document, choices &choose);

} // namespace migsafe::test_bed
