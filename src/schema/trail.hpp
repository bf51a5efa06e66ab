/*
 * trail.hpp
 *		The way to where an evaluation is, in the schema and in the document.
 *
 * Its steps lie on the stack of the functions that take them.  Where nothing
 * is reported, they are empty, and cost nothing.
 */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace migsafe::schema {

template <bool reporting>
class trail;

template <>
class trail<false>
{
public:
	constexpr trail() = default;
	trail(const trail &, std::string_view) {}
	trail(const trail &, uint32_t) {}
};

template <>
class trail<true>
{
public:
	trail() = default;
	trail(const trail &outer, std::string_view token) : outer_(&outer), token_(token) {}
	trail(const trail &outer, uint32_t index) : outer_(&outer), index_(index), by_index_(true) {}
	trail(const trail &) = delete;
	trail &operator=(const trail &) = delete;

	/* As a JSON Pointer (RFC 6901). */
	[[nodiscard]] std::string pointer() const;

private:
	const trail *outer_ = nullptr;
	std::string_view token_;
	uint32_t index_ = 0;
	bool by_index_ = false;
};

/* A place in the schema, by way of references, and one in the document. */
template <bool reporting>
struct spot
{
	const trail<reporting> &keyword, &instance;
};

template <>
struct spot<false>
{
	spot(const trail<false> &, const trail<false> &) {}

	static constexpr trail<false> keyword{}, instance{};
};

} // namespace migsafe::schema
