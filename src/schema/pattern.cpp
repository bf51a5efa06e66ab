#include "schema/pattern.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"
#include "schema/ecma_pattern.hpp"
#include "schema/pattern_pcre.hpp"
#include "schema/pattern_search.hpp"
#include "schema/text_scanner.hpp"

#include <algorithm>

namespace migsafe::schema {
namespace {

constexpr size_t longest_shown = 200;
constexpr const char *unsupported = "regular expression is not supported";

/*
 * What the quick search may take, in characters read, if it does the worst wherever a match may begin: about 50 ms
 * then, and mostly far less.  What needs more is counted.
 */
constexpr uint64_t most_work = 100000000;
constexpr uint64_t greatest_limit = 20000;
constexpr size_t short_subject = 64; /* for which that limit always holds */

static_assert(most_work / (short_subject * short_subject) >= greatest_limit);

/* Subjects are checked to be UTF-8, which costs less than 1 ns a byte: damaged ones would lead PCRE2 astray. */
constexpr uint32_t options = PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOTALL |
							 PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF;

uint32_t
options_for(const ecma_translation &translation)
{
	return translation.has_references ? options : options | PCRE2_NO_AUTO_CAPTURE;
}

std::string
quoted(std::string_view text)
{
	return '"' + jsonb::shortened(text, longest_shown) + '"';
}

[[noreturn]] void
reject(const std::string &message, const std::string &detail, const std::string &hint)
{
	throw failure(sqlstate("2201B"), message)
		.detail(detail)
		.hint(hint.empty() ? "Patterns are regular expressions of ECMA-262, as in JavaScript."
						   : hint);
}

void
reject_if(const pattern_problem &problem, const std::string &message, std::string_view shown)
{
	if (!problem.reason.empty())
		reject(message + ": " + problem.reason,
			   "The problem is at character " + std::to_string(problem.position) + " of " +
				   quoted(shown) + ".",
			   problem.hint);
}

/* For the errors that a translation can still run into. */
[[noreturn]] void
reject_uncompiled(std::string_view shown, int error)
{
	constexpr size_t longest_message = 200;
	const std::string message = std::string(unsupported) + ": ";
	const std::string detail = "The pattern is " + quoted(shown) + ".";
	unsigned char reason[longest_message] = {};

	switch (error)
	{
		case PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH:
		case PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED:
		case PCRE2_ERROR_LOOKBEHIND_TOO_LONG:
			reject(message + "lookbehind of no fixed length", detail,
				   "Within (?<=...) and (?<!...) each alternative has to match texts of one "
				   "length.");
		case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP:
			reject(message + "more than 250 nested groups", detail,
				   "Take away the groups that are not needed.");
		case PCRE2_ERROR_PATTERN_TOO_LARGE:
		case PCRE2_ERROR_PATTERN_TOO_COMPLICATED:
			reject(message + "too large with its repeats written out", detail,
				   "Repeat smaller groups, or check lengths with minLength and maxLength.");
		default:
			pcre2_get_error_message(error, reason, longest_message);
			reject(message + reinterpret_cast<const char *>(reason), detail, {});
	}
}

pcre_owned<pcre2_code>
compile(const ecma_translation &translation, std::string_view shown)
{
	reject_if(translation.invalid, "invalid regular expression", shown);
	reject_if(translation.unsupported, unsupported, shown);

	pcre_compiled compiled = compile_pcre(translation.text, options_for(translation));

	if (compiled.code == nullptr)
		reject_uncompiled(shown, compiled.error);
	return std::move(compiled.code);
}

bool
is_anchored(const pcre2_code *code)
{
	uint32_t all = 0;

	pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &all);
	return all & PCRE2_ANCHORED;
}

} // namespace

struct pattern::state
{
	state(std::string_view text, std::string_view given, execution how)
		: shown(given), translation(translate_ecma(text)), code(compile(translation, given)),
		  data(owned(pcre2_match_data_create_from_pattern(code.get(), nullptr))),
		  context(owned(pcre2_match_context_create(nullptr))),
		  /* fails for want of memory that may hold code */
		  jit(how == execution::compiled && pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE) == 0),
		  anchored(is_anchored(code.get()))
	{
		pcre2_set_match_limit(context.get(), limit);
	}

	/* How often to backtrack from one place. */
	[[nodiscard]] uint32_t limit_for(size_t size) const
	{
		const uint64_t places = anchored ? 1 : uint64_t{size} + 1;

		if (size <= short_subject)
			return greatest_limit;
		return static_cast<uint32_t>(
			std::min(greatest_limit, most_work / places / (uint64_t{size} + 1)));
	}

	int search(std::string_view subject)
	{
		const uint32_t wanted = limit_for(subject.size());

		if (wanted == 0)
			return PCRE2_ERROR_MATCHLIMIT;
		if (wanted != limit)
			pcre2_set_match_limit(context.get(), limit = wanted);

		/* The short way to the machine code: it does not check that the subject is UTF-8. */
		const auto match = jit && is_all_ascii(subject) ? pcre2_jit_match : pcre2_match;

		return match(code.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), 0, 0,
					 data.get(), context.get());
	}

	std::string shown;
	ecma_translation translation;
	pcre_owned<pcre2_code> code;
	pcre_owned<pcre2_match_data> data;
	pcre_owned<pcre2_match_context> context;
	std::unique_ptr<counted_search> counted; /* once it is needed */
	uint32_t limit = greatest_limit;
	bool jit, anchored;
};

pattern::pattern(std::string_view text, std::string_view shown, execution how)
	: state_(std::make_unique<state>(text, shown, how))
{
}

pattern::pattern(pattern &&other) noexcept = default;
pattern &pattern::operator=(pattern &&other) noexcept = default;
pattern::~pattern() = default;

size_t
pattern::size() const
{
	size_t code = 0, jit = 0;

	pcre2_pattern_info(state_->code.get(), PCRE2_INFO_SIZE, &code);
	pcre2_pattern_info(state_->code.get(), PCRE2_INFO_JITSIZE, &jit);
	return sizeof(state) + code + jit + pcre2_get_match_data_size(state_->data.get());
}

bool
pattern::matches(std::string_view subject) const
{
	const int result = state_->search(subject);

	return result > 0 || (result != PCRE2_ERROR_NOMATCH && matches_counted(subject));
}

bool
pattern::matches_counted(std::string_view subject) const
{
	state &s = *state_;

	if (s.counted == nullptr)
		s.counted =
			std::make_unique<counted_search>(s.translation, options_for(s.translation), s.jit);

	const int result = s.counted->match(subject);

	if (result == PCRE2_ERROR_NOMEMORY)
		throw std::bad_alloc();
	if (result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21)
		throw failure(sqlstate("XX001"), "a jsonb value is damaged")
			.detail("A string of it is not UTF-8.")
			.hint("Find the row by its key, and restore its value from a backup.");
	if (result < 0 && result != PCRE2_ERROR_NOMATCH)
		throw failure(sqlstate("54000"), "regular expression is too expensive to match")
			.detail("It took too many steps, or too much memory, to search a text of " +
					std::to_string(subject.size()) + " bytes for " + quoted(s.shown) + ".")
			.hint("Repeats that can match the same text in many ways, as in (a+)+ or .*.*, make "
				  "it so: rewrite the pattern with one repeat in their place.");
	return result > 0;
}

std::string
pattern_error(std::string_view text)
{
	const pattern_problem problem = translate_ecma(text).invalid;

	if (problem.reason.empty())
		return {};
	return problem.reason + " at character " + std::to_string(problem.position);
}

} // namespace migsafe::schema
