/*
 * evaluation.hpp
 *		One pass over a document: quiet, until the first failure, or reporting them all.
 *
 * The files evaluation_*.hpp hold the bodies.  All are compiled together, in
 * evaluate.cpp: what is tested for each value is inlined.
 */
#pragma once

#include "pg/failure.hpp"
#include "schema/evaluate.hpp"
#include "schema/tracker.hpp"
#include "schema/trail.hpp"

namespace migsafe::schema {

/* Resources on the way to a schema, the innermost first: the dynamic scope (2020-12 core, section 7.1). */
struct scope_link
{
	const dynamic_scope *scope;
	const scope_link *outer;
};

/* What holds as long as the evaluation stays at one value. */
struct frame
{
	const scope_link *scope = nullptr;
	tracker *seen = nullptr; /* for an unevaluated... further out; or null */
	size_t references = 0;   /* followed so far */

	/* The frame for a member or element. */
	[[nodiscard]] frame below() const { return {scope, nullptr, 0}; }
	[[nodiscard]] frame with(tracker *other) const { return {scope, other, references}; }
};

/* Not inlined: what few values need must not take stack at each level of a document. */
#define MIGSAFE_RARE [[gnu::noinline]]

template <bool reporting>
class evaluation
{
public:
	evaluation(const program &compiled, jsonb::arena &scratch, const jsonb::host &process,
			   size_t most_failures = 0)
		: program_(compiled), scratch_(scratch), process_(process), most_failures_(most_failures)
	{
	}

	bool run(const jsonb::value &document)
	{
		const trail<reporting> start;

		return test(*program_.root, document, {}, {start, start});
	}

	std::vector<output_unit> failures;

private:
	template <bool>
	friend class evaluation;

	using way = trail<reporting>;
	using here = const spot<reporting> &;
	using value = jsonb::value;

	/* Is the value what the schema says?  Most are scalars, and many are settled by their type. */
	bool test(const node &n, const value &v, const frame &f, here at)
	{
		if (!(n.types & bit_of(v)))
			return n.types & integer_bit && v.type == jsonb::format::type_numeric
					   ? test_integer(n, v, f, at)
					   : wrong_type(n, v, at);
		if (n.only_types)
			return true;
		return v.is_container() || n.in_place ? test_rules(n, v, f, at) : test_scalar(n, v, at);
	}

	static uint8_t bit_of(const value &v);
	bool test_integer(const node &n, const value &v, const frame &f, here at);
	MIGSAFE_RARE bool wrong_type(const node &n, const value &v, here at);
	bool test_scalar(const node &n, const value &v, here at);
	bool test_rules(const node &n, const value &v, const frame &outer, here at);
	bool test_all(const node &n, const value &v, const frame &f, here at);

	/* evaluation_scalar.hpp */
	MIGSAFE_RARE bool test_values(const node &n, const value &v, here at);
	bool test_number(const number_rules &rules, const jsonb::number &number, const value &v,
					 here at);
	bool test_string(const string_rules &rules, const value &v, here at);
	bool test_format(const string_rules &rules, std::string_view text, here at);

	/* evaluation_object.hpp */
	bool test_object(const object_rules &rules, const value &v, const frame &f, here at);
	bool test_member(const object_rules &rules, const property *known, std::string_view key,
					 const value &v, const frame &f, uint32_t number, here at);
	MIGSAFE_RARE bool test_patterns(const object_rules &rules, std::string_view key, const value &v,
									const frame &f, bool &matched, here at);
	MIGSAFE_RARE bool test_name(const node &names, std::string_view key, const frame &f, here at);
	MIGSAFE_RARE bool test_dependent_names(const object_rules &rules, const value &v, here at);
	MIGSAFE_RARE bool missing(const property &p, here at);

	/* evaluation_array.hpp */
	MIGSAFE_RARE bool test_array(const array_rules &rules, const value &v, const frame &f, here at);
	bool test_element(const array_rules &rules, const value &v, const frame &f, uint32_t number,
					  here at);
	MIGSAFE_RARE bool test_contains(const array_rules &rules, const value &v, const frame &f,
									here at);
	MIGSAFE_RARE bool test_unique(const value &v, here at);
	MIGSAFE_RARE bool test_unevaluated(const node &n, const value &v, const frame &f, here at);

	/* evaluation_in_place.hpp */
	MIGSAFE_RARE bool test_in_place(const in_place_rules &rules, const value &v, const frame &f,
									here at);
	bool test_reference(const reference &r, const value &v, const frame &f, here at);
	[[nodiscard]] const node &target_of(const reference &r, const frame &f) const;
	bool test_all_of(const in_place_rules &rules, const value &v, const frame &f, here at);
	MIGSAFE_RARE bool test_any_of(const in_place_rules &rules, const value &v, const frame &f,
								  here at);
	MIGSAFE_RARE bool test_one_of(const in_place_rules &rules, const value &v, const frame &f,
								  here at);
	MIGSAFE_RARE bool test_negation(const in_place_rules &rules, const value &v, const frame &f,
									here at);
	MIGSAFE_RARE bool test_condition(const in_place_rules &rules, const value &v, const frame &f,
									 here at);
	MIGSAFE_RARE bool test_dependencies(const in_place_rules &rules, const value &v, const frame &f,
										here at);
	bool test_branch(const node &n, const value &v, const frame &f, here at);
	bool holds(const node &n, const value &v, const frame &f);

	bool test_count(const count_range &range, uint64_t count, std::string_view least,
					std::string_view most, const char *of, here at);

	/*
	 * Count the outcome of a test in; true if the answer is known now and nothing
	 * else is to be reported, so that nothing else need be tested.
	 */
	bool settled(bool &all_passed, bool passed) const
	{
		all_passed &= passed;
		return !passed && (!reporting || failures.size() >= most_failures_);
	}

	/* Record a failure of a keyword; the text is made only where it is kept.  Returns false. */
	template <typename Message>
	bool fail(here at, std::string_view keyword, Message message)
	{
		if constexpr (reporting)
		{
			const way last(at.keyword, keyword);

			report(at.instance, last, message);
		}
		return false;
	}

	/* Only while there is room. */
	template <typename Message>
	void report(const way &instance, const way &keyword, Message message)
	{
		if (failures.size() >= most_failures_)
			return;

		const output_unit &added =
			failures.emplace_back(output_unit{instance.pointer(), keyword.pointer(), message()});

		bytes_ += added.size();
		if (bytes_ > most_bytes)
			throw failure(sqlstate("54000"), "the document fails its schema in too many places")
				.detail("The failures found so far take more than " +
						std::to_string(most_bytes / 1024 / 1024) + " MB.")
				.hint("Ask for the first ones only, with max_errors.");
	}

	/* Those since then are none of the document's. */
	void forget_failures(size_t since)
	{
		for (; failures.size() > since; failures.pop_back())
			bytes_ -= failures.back().size();
	}

	static constexpr size_t most_bytes = size_t{64} * 1024 * 1024;

	const program &program_;
	jsonb::arena &scratch_;
	const jsonb::host &process_;
	const size_t most_failures_;
	size_t bytes_ = 0; /* of the failures */
};

} // namespace migsafe::schema
