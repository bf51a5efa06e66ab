/*
 * check_reader.hpp
 *		The members of one check, taken one by one, each by its type.
 */
#pragma once

#include "check/bounds.hpp"
#include "check/check_list.hpp"
#include "table/target.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migsafe {

class check_reader;
struct check;

/* A kind of check: the members that it takes, besides name and severity, and what it means. */
struct check_kind
{
	std::string_view name;
	std::array<std::string_view, 12> keys; /* unused ones are empty */
	void (*parse)(const target &, check_reader &, check &);
};

/* A hint that lists the kinds. */
std::string known_kinds_hint();

/*
 * Every take_ removes the member; a missing one, or one of another type, is
 * 22023.  hint says what to write.
 */
class check_reader
{
public:
	explicit check_reader(const check_item &item) : label_(item.label), members_(item.given) {}

	/* The member "check", a known kind; then no member may be left that the kind does not take. */
	const check_kind &take_kind();

	[[nodiscard]] bool has(const std::string &key) const { return members_.count(key) > 0; }
	[[nodiscard]] const std::string &label() const { return label_; }
	/* 22023 about this check: "check 1 of argument "checks"" and what. */
	[[nodiscard]] failure invalid(const std::string &what, const std::string &hint) const;

	member take(const std::string &key, const std::string &hint);
	std::string take_string(const std::string &key, const std::string &hint);
	std::optional<std::string> take_optional_string(const std::string &key,
													const std::string &hint);
	bool take_boolean(const std::string &key, bool otherwise);
	/* A whole number of at least 1. */
	int64 take_count(const std::string &key, int64 otherwise);
	/* The exact text of a number. */
	std::optional<std::string> take_number(const std::string &key);
	/* An array of strings, or one string; none may be missing or empty. */
	std::vector<std::string> take_strings(const std::string &key, const std::string &hint);
	/* "columns": [...], or "column": "...". */
	std::vector<std::string> take_one_or_many(const std::string &one, const std::string &many,
											  const std::string &hint);
	/* One of these words. */
	std::string take_word(const std::string &key, const std::vector<std::string> &words,
						  const std::string &otherwise);
	/* "at_least" and "at_most"; 22023 if both are there and the first is greater. */
	bounds take_bounds();

	/* Columns of the target, from "columns" or "column"; 42703. */
	std::vector<const column *> take_columns(const target &t);
	/* 42703 unless the target has it. */
	[[nodiscard]] const column &require_column(const target &t, const std::string &name) const;
	/* 42703 about a column that a table does not have. */
	[[nodiscard]] failure no_column(const std::string &name, const std::string &table) const;

private:
	std::string label_;
	members members_;
};

} // namespace migsafe
