/*
 * stepwise.hpp
 *		Patches in the extended dialect, carried out so that nothing is done for two places at once.
 */
#pragma once

#include "support/engine.hpp"
#include "support/model.hpp"

#include <optional>
#include <string>

namespace migsafe::test_bed {

struct stepwise_result
{
	bool known = true; /* else nothing is said about this patch */
	std::optional<std::string> document;
};

/*
 * Each operation for each place that its stars stand for is a patch of its own,
 * without stars.  Not worked out are moves and copies with stars that from and
 * path do not share.
 */
stepwise_result patch_stepwise(engine &tested, const std::string &document, const json &patch);

} // namespace migsafe::test_bed
