/*
 * recorded_message.hpp
 *		What a run tells the recorder: which fact, of which run, and its fields as
 *		text.
 */
#pragma once

#include "pg/api.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::catalog {

struct recorded_message
{
	enum class fact : char { begun = 'b', progress = 'p', row_error = 'e', outcome = 'o' };

	fact what;
	int64 run_id;
	std::vector<std::optional<std::string>> fields;

	[[nodiscard]] std::string encode() const;
	static recorded_message decode(const std::string &bytes);
};

} // namespace migsafe::catalog
