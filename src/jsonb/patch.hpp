/*
 * patch.hpp
 *		JSON Patch (RFC 6902), and the extended dialect of it that transforms are written in.
 *
 * The strict dialect is the RFC, except that * is refused as a token: there it
 * is nearly always a forgotten extension.  The extended dialect adds
 *
 * - * in a pointer stands for every member or element there, ~2 for a literal *;
 *   from and path of a move or copy bind their stars to the same members in order
 * - "optional": true, by which an operation whose place does not exist does nothing
 * - rename  gives a member another key: {"op": "rename", "path": "/a/old", "to": "new"}
 * - cast    between string, number and boolean: {"op": "cast", "path": "/a", "to": "number"}
 * - default adds a value only where there is none: {"op": "default", "path": "/a", "value": 1}
 * - wrap    puts a value into an array, or under a key into an object: {"op": "wrap", "path": "/a", "key": "k"}
 * - unwrap  puts what is alone in an array, or under the key alone in an object, in its place
 *
 * Operations that follow each other and whose pointers begin with the same stars
 * are carried out together, on one member or element after the other.
 */
#pragma once

#include "jsonb/operation.hpp"
#include "jsonb/operation_group.hpp"
#include "jsonb/tree.hpp"

#include <memory>
#include <string>
#include <vector>

namespace migsafe::jsonb {

/* A patch, parsed once and applied to any number of documents. */
class patch
{
public:
	/*
	 * Parse a jsonb document (the data after its length word; it is copied).
	 * subject says in messages what it is, as in: argument "patch".  22023 for
	 * anything that is no patch in the dialect; operations count from 1.
	 */
	patch(std::string_view document, dialect mode, std::string_view subject);

	/*
	 * Apply it to a document; true if something may have changed.  The tree's
	 * result stands on this patch, until it is applied again.  A failing
	 * operation raises an error of class 22 that names its number and its
	 * pointer, and leaves the tree unusable.
	 */
	bool apply(tree &document, item &root) const;

	/* Was it parsed from these? */
	[[nodiscard]] bool is_of(std::string_view document, dialect mode,
							 std::string_view subject) const
	{
		return mode_ == mode && source() == document && subject_ == subject;
	}

	/* The document that it was parsed from. */
	[[nodiscard]] std::string_view source() const { return {bytes_.get(), size_}; }

private:
	std::unique_ptr<char[]> bytes_; /* operations point into it */
	size_t size_;
	dialect mode_;
	std::string subject_;
	std::vector<operation_group> groups_;
};

} // namespace migsafe::jsonb
