/*
 * survival.hpp
 *		What a call may do with a document that a fuzzer made.
 */
#pragma once

#include "jsonb/value.hpp"
#include "pg/failure.hpp"
#include "support/test_host.hpp"

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace migsafe::test_bed {

/* Values that share their data multiply quickly: neither time nor memory may follow. */
constexpr limits fuzzing_limits = {
	.stack = size_t{1} * 1024 * 1024, .allocation = size_t{16} * 1024 * 1024, .checks = 50000};

/* Bytes of exactly that size, so that one too many is noticed. */
class exact
{
public:
	explicit exact(std::string_view bytes) : bytes_(new char[bytes.size()]), size_(bytes.size())
	{
		memcpy(bytes_.get(), bytes.data(), size_);
	}

	[[nodiscard]] std::string_view get() const { return {bytes_.get(), size_}; }

private:
	std::unique_ptr<char[]> bytes_;
	size_t size_;
};

/* Whether check_structure() accepts the document. */
inline bool
is_sound(std::string_view document)
{
	try
	{
		jsonb::check_structure(document);
		return true;
	}
	catch (const failure &)
	{
		return false;
	}
}

[[noreturn]] inline void
give_up(const char *what, const char *why)
{
	std::cerr << what << ": " << why << '\n';
	std::abort();
}

/*
 * Call what makes a document; the SQLSTATE of its failure, or 0.  It may fail in
 * the way of migsafe.  If what it is made of is sound, so is the document, and
 * nothing is said to be damaged.
 */
template <typename Call>
int
survive(const char *what, bool sound, Call call)
{
	try
	{
		const std::string document = call();

		if (sound && !is_sound(document))
			give_up(what, "a sound document became a damaged one");
		return 0;
	}
	catch (const failure &problem)
	{
		if (sound && problem.sqlstate() == sqlstate("XX001"))
			give_up(what, problem.what());
		return problem.sqlstate();
	}
	catch (const std::logic_error &wrong)
	{
		if (sound)
			give_up(what, wrong.what());
		return 0;
	}
}

/* Did it fail for want of time or memory? */
inline bool
is_limit(int state)
{
	return state == sqlstate("53200") || state == sqlstate("54001") || state == sqlstate("57014");
}

} // namespace migsafe::test_bed
