/*
 * transfer.hpp
 *		Putting values in their places: add, move and copy.
 */
#pragma once

#include "jsonb/walk.hpp"

namespace migsafe::jsonb {

/*
 * Put a value where the steps of a pointer from first on lead, beginning at
 * place: as a member, new or not, or inserted before an element (RFC 6902,
 * section 4.1).  False if an optional operation finds no place.
 */
bool put(const steps &pointer, size_t first, walker &w, tree &document, item &place,
		 const binding *outer, const item &v);

/* The same in a container, for the last step of the pointer. */
bool put_into(node &n, const steps &pointer, walker &w, tree &document, const binding *outer,
			  const item &v);

/*
 * Carry out a move or a copy at a place to which the first steps of both
 * pointers led; outer is what the stars among them stand for.
 */
bool transfer(const operation &op, walker &w, tree &document, item &place, size_t first,
			  const binding *outer);

} // namespace migsafe::jsonb
