/*
 * schema_object.hpp
 *		The keywords of one schema object, each of the right form.
 */
#pragma once

#include "schema/keyword.hpp"
#include "schema/place.hpp"

namespace migsafe::schema {

/*
 * Keywords that the dialect does not know are ignored, and so is what stands
 * beside a $ref up to draft 7, but for definitions.
 */
class schema_object
{
public:
	/* v is an object.  22023, with keyword and place, where the metaschema of the dialect would not allow a value. */
	schema_object(const jsonb::value &v, const dialect &terms, place at);

	[[nodiscard]] bool has(keyword k) const { return definition_of(k) != nullptr; }
	/* The value of a keyword that is there. */
	[[nodiscard]] const jsonb::value &operator[](keyword k) const
	{
		return values_[static_cast<size_t>(k)];
	}
	/* As it is spelled; the keyword is there. */
	[[nodiscard]] std::string_view name(keyword k) const { return definition_of(k)->name; }
	[[nodiscard]] const place &at() const { return at_; }
	[[nodiscard]] place place_of(keyword k) const { return at_.below(name(k)); }

	/* Call visit(value, place) for each subschema. */
	template <typename Visit>
	void for_each_subschema(Visit visit) const
	{
		for (size_t k = 0; k < keyword_count; k++)
		{
			if (definitions_[k] != nullptr)
				visit_subschemas(*definitions_[k], values_[k], visit);
		}
	}

	/* 22023: the value of a keyword that is there is wrong; what goes on after its name. */
	[[noreturn]] void fail(keyword k, const std::string &what, const std::string &hint) const
	{
		broken(at_, name(k), (*this)[k], what, hint);
	}

private:
	void check_flag(keyword flag, keyword limit) const;
	[[nodiscard]] const keyword_definition *definition_of(keyword k) const
	{
		return definitions_[static_cast<size_t>(k)];
	}

	template <typename Visit>
	void visit_subschemas(const keyword_definition &d, const jsonb::value &v, Visit &visit) const
	{
		const bool is_one =
			d.value == form::schema || (d.value == form::schema_or_array && !v.is_array());

		if (d.value < form::schema)
			return;

		const place here = at_.below(d.name);

		if (is_one)
		{
			visit(v, here);
			return;
		}

		uint32_t i = 0;

		for (jsonb::cursor items(v); items.next(); i++)
		{
			if (!v.is_object())
				visit(items.current(), here.below(i));
			else if (d.value != form::dependencies || !items.current().is_array())
				visit(items.current(), here.below(items.key()));
		}
	}

	std::array<const keyword_definition *, keyword_count> definitions_{};
	std::array<jsonb::value, keyword_count> values_;
	place at_;
};

/* true or false */
inline bool
is_boolean(const jsonb::value &v)
{
	return v.type == jsonb::format::type_true || v.type == jsonb::format::type_false;
}

} // namespace migsafe::schema
