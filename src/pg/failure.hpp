/*
 * failure.hpp
 *		What migsafe itself reports: SQLSTATE, message, detail, hint.
 *
 * Plain C++: the one header of this folder that knows nothing of the server, for code that is tested outside of it.
 */
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace migsafe {

/* An SQLSTATE in the server's packing (MAKE_SQLSTATE), six bits a character. */
constexpr int
sqlstate(const char (&code)[6])
{
	int packed = 0;

	for (int i = 0; i < 5; i++)
		packed |= ((code[i] - '0') & 0x3F) << (6 * i);
	return packed;
}

class failure : public std::exception
{
public:
	failure(int sqlstate, std::string message)
		: state_(std::make_shared<state>(state{sqlstate, std::move(message), {}, {}}))
	{
	}

	failure &&detail(std::string text) &&
	{
		state_->detail = std::move(text);
		return std::move(*this);
	}
	failure &&hint(std::string text) &&
	{
		state_->hint = std::move(text);
		return std::move(*this);
	}

	[[nodiscard]] int sqlstate() const noexcept { return state_->sqlstate; }
	[[nodiscard]] const char *what() const noexcept override { return state_->message.c_str(); }
	[[nodiscard]] const std::string &detail() const noexcept { return state_->detail; }
	[[nodiscard]] const std::string &hint() const noexcept { return state_->hint; }

private:
	struct state
	{
		int sqlstate;
		std::string message, detail, hint;
	};
	std::shared_ptr<state> state_; /* exceptions must copy without throwing */
};

/* Run fn, which leaves nothing of the server's open; the failure that it threw, if any. */
template <typename Fn>
std::optional<failure>
failure_of(Fn fn)
{
	try
	{
		fn();
		return std::nullopt;
	}
	catch (const failure &thrown)
	{
		return thrown;
	}
}

} // namespace migsafe
