/*
 * engine.hpp
 *		What src/jsonb does, from bytes to bytes: documents are data of jsonb datums after their length words.
 */
#pragma once

#include "jsonb/arena.hpp"
#include "jsonb/patch.hpp"
#include "jsonb/tree.hpp"
#include "support/test_host.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migsafe::test_bed {

/* Each call raises what src/jsonb raises.  Documents lie at multiples of four. */
class engine
{
public:
	explicit engine(const limits &granted = {}) : host_(granted) {}

	/* std::logic_error if the document changed although the patch says that it did not. */
	std::string patch(std::string_view document, std::string_view patch,
					  jsonb::dialect mode = jsonb::dialect::strict);
	/* A patch parsed before, and perhaps applied to other documents. */
	std::string patch(std::string_view document, const jsonb::patch &parsed);
	std::string merge_patch(std::string_view document, std::string_view patch);
	std::string diff(std::string_view before, std::string_view after);

	struct merged
	{
		std::optional<std::string> document;
		std::vector<std::string> conflicts;
	};
	using optional_document = std::optional<std::string_view>;

	merged merge(optional_document base, optional_document mine, optional_document theirs);

	/* The same document, every container of it opened and written anew. */
	std::string rewrite(std::string_view document);

	[[nodiscard]] const test_host &process() const { return host_; }

private:
	std::string written(const jsonb::item &root, size_t expected);
	static void open_all(jsonb::tree &document, jsonb::item &it);

	test_host host_;
	jsonb::arena memory_;
};

} // namespace migsafe::test_bed
