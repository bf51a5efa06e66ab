/*
 * merge.hpp
 *		Three-way merge of documents, place by place.
 */
#pragma once

#include "jsonb/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migsafe::jsonb {

struct merge_result
{
	std::optional<item> merged;         /* nothing if the document is to be absent */
	std::vector<std::string> conflicts; /* JSON Pointers (RFC 6901) */
};

/*
 * What mine and theirs made of base, together; nothing stands for an absent
 * document.  A place that only one of them changed is as he left it; one that
 * both changed alike is so; one that both changed differently is a conflict, and
 * holds mine.  Objects are merged member by member, arrays element by element if
 * all three have the same length.  Values are compared byte by byte.
 */
merge_result merge(tree &memory, const std::optional<value> &base, const std::optional<value> &mine,
				   const std::optional<value> &theirs);

} // namespace migsafe::jsonb
