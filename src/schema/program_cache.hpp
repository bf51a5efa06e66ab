/*
 * program_cache.hpp
 *		Schemas that this session has compiled.
 */
#pragma once

#include "schema/compile.hpp"

#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace migsafe::schema {

/* What besides its text decides what a schema compiles to. */
struct terms_of_use
{
	bool assert_format = false;
	uint64_t registry = 0; /* the state of the registered schemas; 0 where they are not asked */

	bool operator==(const terms_of_use &) const = default;
};

/* The programs that were used last, within bounds of number and of size. */
class program_cache
{
public:
	/* The program of a schema, or null. */
	std::shared_ptr<const program> find(std::string_view document, const terms_of_use &terms);
	/* A program that is too large is not kept. */
	void add(const std::shared_ptr<const program> &compiled, const terms_of_use &terms);

	[[nodiscard]] size_t size() const { return used_.size(); }

	static constexpr size_t most_programs = 128;
	static constexpr size_t most_bytes = size_t{16} * 1024 * 1024; /* in memory */
	static constexpr size_t largest_program = most_bytes / 2;

private:
	struct entry
	{
		std::shared_ptr<const program> compiled;
		terms_of_use terms;
	};
	using entries = std::list<entry>;

	void remove_last();

	entries used_; /* the last one first */
	std::unordered_multimap<std::string_view, entries::iterator> by_document_;
	size_t bytes_ = 0;
};

} // namespace migsafe::schema
