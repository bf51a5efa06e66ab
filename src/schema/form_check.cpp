#include "schema/form_check.hpp"

#include "jsonb/number.hpp"
#include "jsonb/text.hpp"
#include "pg/failure.hpp"
#include "schema/schema_object.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace migsafe::schema {
namespace {

constexpr char default_hint[] = "Mend the schema; a keyword of another name is ignored.";
constexpr char types_hint[] =
	"The types are null, boolean, object, array, number, string and integer.";
constexpr char schema_hint[] = "A schema is a JSON object, or true or false.";
constexpr char reference_hint[] = " A registered one is used by {\"$ref\": \"its URI\"}.";
constexpr char old_schema_hint[] = "A schema of draft 4 is a JSON object.";

const char *
schema_hint_of(const dialect &terms)
{
	return terms.version == draft::draft4 ? old_schema_hint : schema_hint;
}

bool
is_schema(const jsonb::value &v, const dialect &terms)
{
	return v.is_object() || (is_boolean(v) && terms.version > draft::draft4);
}

bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* 2019-09 core, section 8.2.3, which had a colon; 2020-12 core, section 8.2.2, which has an underscore in front. */
bool
is_anchor_name(std::string_view text, const dialect &terms)
{
	const bool old = terms.version == draft::draft2019;
	const auto goes_on = [=](char c) {
		return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
			   (old && c == ':');
	};

	return !text.empty() && (is_letter(text.front()) || (!old && text.front() == '_')) &&
		   std::all_of(text.begin(), text.end(), goes_on);
}

class checker
{
public:
	checker(const keyword_definition &d, const jsonb::value &v, const dialect &terms,
			const place &at)
		: definition_(d), value_(v), terms_(terms), at_(at)
	{
	}

	void check() const
	{
		switch (definition_.value)
		{
			case form::any:
				return;
			case form::array:
				return check_array();
			case form::boolean:
				return require(is_boolean(value_), "must be true or false");
			case form::text:
				return check_text();
			case form::number:
				return require(is_number(), "must be a number",
							   is_boolean(value_)
								   ? "A boolean is what draft 4 has here: such a schema says "
									 "\"$schema\": \"http://json-schema.org/draft-04/schema#\"."
								   : default_hint);
			case form::positive_number:
				return require(is_number() && is_positive(), "must be a number greater than 0");
			case form::count:
				return require(is_number() && is_count(), "must be an integer, not negative",
							   "Counts and lengths begin with 0.");
			case form::names:
				return check_names(value_, at_.below(definition_.name));
			case form::type_names:
				return check_types();
			case form::schema:
				return check_schema(value_, "must be a schema");
			case form::schemas:
				return check_schemas();
			case form::schema_or_array:
				return check_schema_or_array();
			default:
				return check_members();
		}
	}

private:
	void require(bool right, const std::string &what, const std::string &hint = default_hint) const
	{
		if (!right)
			broken(at_, definition_.name, value_, what, hint);
	}

	[[nodiscard]] bool is_number() const { return value_.type == jsonb::format::type_numeric; }
	[[nodiscard]] bool is_positive() const
	{
		const jsonb::number n(value_);

		return !n.is_negative() && !n.is(0);
	}
	[[nodiscard]] bool is_count() const
	{
		const jsonb::number n(value_);

		return !n.is_negative() &&
			   (terms_.version == draft::draft4 ? n.scale() == 0 : n.is_integer());
	}
	[[nodiscard]] bool is_empty() const { return jsonb::container(value_).count() == 0; }

	void check_text() const
	{
		const bool is_name =
			definition_.id == keyword::anchor || definition_.id == keyword::dynamic_anchor;

		require(value_.is_string(), "must be a string");
		require(!is_name || is_anchor_name(value_.bytes(), terms_), "is no name for a schema",
				"Names begin with a letter, and go on with letters, digits, -, . and _.");
		require(definition_.id != keyword::recursive_ref || value_.bytes() == "#", "must be \"#\"",
				"Use $ref for other references.");
	}

	void check_array() const
	{
		require(value_.is_array(), "must be an array");
		require(definition_.id != keyword::enumeration || terms_.version > draft::draft4 ||
					!is_empty(),
				"must not be empty", "Nothing would be valid.");
	}

	/* An array of different strings. */
	void check_names(const jsonb::value &names, const place &here) const
	{
		constexpr char hint[] = "As in [\"a\", \"b\"].";
		std::set<std::string_view> seen;

		require(names.is_array(), "must be an array of strings", hint);
		require(terms_.version > draft::draft4 || jsonb::container(names).count() > 0,
				"must not be empty", "Draft 4 wants one name at least.");
		for (jsonb::cursor items(names); items.next();)
		{
			require(items.current().is_string(), "must be an array of strings", hint);
			if (!seen.insert(items.current().bytes()).second)
				broken(at_, definition_.name, names,
					   "names " + json_text(items.current()) + " twice",
					   "Leave one of them out, at " + here.text() + ".");
		}
	}

	void check_type(const jsonb::value &v) const
	{
		require(v.is_string() && type_number(v.bytes()) >= 0,
				v.is_string() ? "names an unknown type"
							  : "must be the name of a type, or an array of them",
				types_hint);
	}

	void check_types() const
	{
		if (!value_.is_array())
			return check_type(value_);
		require(!is_empty(), "must not be empty", types_hint);
		for (jsonb::cursor items(value_); items.next();)
			check_type(items.current());
		check_names(value_, at_.below(definition_.name));
	}

	void check_schema(const jsonb::value &v, const std::string &what) const
	{
		const bool was_array = definition_.id == keyword::items && v.is_array();

		require(is_schema(v, terms_) || may_be_boolean(v), what,
				was_array ? "Since 2020-12 an array of schemas is called prefixItems."
						  : schema_hint_of(terms_));
	}
	/* Draft 4 has booleans in two places. */
	[[nodiscard]] bool may_be_boolean(const jsonb::value &v) const
	{
		return is_boolean(v) && (definition_.id == keyword::additional_items ||
								 definition_.id == keyword::additional_properties);
	}

	void check_elements(const std::string &what) const
	{
		for (jsonb::cursor items(value_); items.next();)
			check_schema(items.current(), what);
	}

	void check_schemas() const
	{
		constexpr char what[] = "must be an array of schemas, one at least";

		require(value_.is_array() && !is_empty(), what, schema_hint_of(terms_));
		check_elements(what);
	}

	void check_schema_or_array() const
	{
		constexpr char what[] = "must be a schema or an array of schemas";

		if (!value_.is_array())
			return check_schema(value_, what);
		require(!is_empty(), "must not be empty", schema_hint_of(terms_));
		check_elements(what);
	}

	void check_members() const
	{
		require(value_.is_object(), "must be an object", member_hint());
		for (jsonb::cursor items(value_); items.next();)
			check_member(items.current(), at_.below(definition_.name).below(items.key()));
	}

	void check_member(const jsonb::value &v, const place &here) const
	{
		if (definition_.value == form::flags_by_name)
			require(is_boolean(v), "must have values true or false", member_hint());
		else if (definition_.value == form::names_by_name ||
				 (definition_.value == form::dependencies && v.is_array()))
			check_names(v, here);
		else
			check_schema(v, "must have schemas as values");
	}

	[[nodiscard]] const char *member_hint() const
	{
		switch (definition_.value)
		{
			case form::flags_by_name:
				return "As in {\"https://example.com/vocabulary\": true}.";
			case form::names_by_name:
				return "As in {\"a\": [\"b\", \"c\"]}.";
			default:
				return "As in {\"a\": {\"type\": \"string\"}}.";
		}
	}

	const keyword_definition &definition_;
	const jsonb::value &value_;
	const dialect &terms_;
	const place &at_;
};

} // namespace

void
check_form(const keyword_definition &d, const jsonb::value &v, const dialect &terms,
		   const place &at)
{
	checker(d, v, terms, at).check();
}

void
require_schema(const jsonb::value &v, const dialect &terms, const place &at)
{
	if (!is_schema(v, terms))
		throw failure(sqlstate("22023"), "invalid JSON Schema: a schema cannot be of type " +
											 std::string(v.type_name()))
			.detail("At " + at.text() + " stands " + json_text(v) + ".")
			.hint(schema_hint_of(terms) +
				  std::string(v.is_string() && at.pointer().empty() ? reference_hint : ""));
}

int
type_number(std::string_view name)
{
	const auto *const found = std::find(std::begin(type_names), std::end(type_names), name);

	return found == std::end(type_names) ? -1 : static_cast<int>(found - std::begin(type_names));
}

} // namespace migsafe::schema
