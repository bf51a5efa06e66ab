/*
 * recipe_book.hpp
 *		The recipes of one group of operations, for the shapes that it meets.
 */
#pragma once

#include "jsonb/recipe.hpp"

#include <memory>
#include <vector>

namespace migsafe::jsonb {

/*
 * Recipes are kept as long as they are of use: where shapes hardly repeat, fewer
 * and fewer values are recorded.
 */
class recipe_book
{
public:
	/* Recipes are given up at no other moment. */
	void begin_document();

	/* The value if there is a recipe for it, else nullptr. */
	const recipe::fitted *find(const value &v, arena &memory, const host &process);

	/* Is a recipe for a value that was not found welcome? */
	[[nodiscard]] bool wants_more() const { return recipes_.size() < most_recipes; }
	void add(std::optional<recipe> made);

private:
	static constexpr size_t most_recipes = 8;

	std::vector<std::unique_ptr<recipe>> recipes_;
	size_t last_ = 0; /* that fitted */
	size_t found_ = 0, missed_ = 0;
	size_t patience_ = 64; /* how many misses make the book a matter of doubt */
};

} // namespace migsafe::jsonb
