/*
 * operation_group.hpp
 *		Operations that follow each other and begin with the same stars.
 */
#pragma once

#include "jsonb/operation.hpp"
#include "jsonb/recipe_book.hpp"
#include "jsonb/walk.hpp"

#include <string>
#include <vector>

namespace migsafe::jsonb {

/*
 * The group is carried out on one place after the other that the stars stand
 * for; without stars, on the document.
 */
class operation_group
{
public:
	/* For an operation that is to be added, and others like it; with recipes, which take memory, or without. */
	operation_group(const operation &first, bool with_recipes);

	[[nodiscard]] bool accepts(const operation &op) const;
	void add(operation op);

	/* As patch::apply. */
	bool apply(const std::string &subject, tree &document, item &root) const;

private:
	bool apply_at(const std::string &subject, tree &document, item &place,
				  const binding *outer) const;
	bool apply_each(const std::string &subject, tree &document, item &place,
					const binding *outer) const;
	[[nodiscard]] const operation &strictest() const;

	std::vector<operation> operations_;
	size_t prefix_; /* steps up to the last star */
	bool repeatable_;
	mutable recipe_book recipes_;
};

} // namespace migsafe::jsonb
