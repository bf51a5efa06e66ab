#include "check/check_list.hpp"

#include "catalog/session.hpp"
#include "catalog/stored_checks.hpp"
#include "check/check_reader.hpp"

namespace migsafe {
namespace {

struct raw_item
{
	std::string type, text;
};

/* The elements of an array; of anything else the value itself. */
std::vector<raw_item>
items_of(Jsonb *document)
{
	std::vector<raw_item> items;
	catalog::session spi; /* for its search_path */

	for (const pg::text_row &row :
		 spi->query("SELECT pg_catalog.jsonb_typeof(i.item), CASE pg_catalog.jsonb_typeof(i.item)"
					" WHEN 'string' THEN i.item OPERATOR(pg_catalog.#>>) '{}'"
					" ELSE i.item::pg_catalog.text END"
					" FROM pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof($1)"
					" WHEN 'array' THEN $1 ELSE pg_catalog.jsonb_build_array($1) END)"
					" WITH ORDINALITY i (item, n) ORDER BY i.n",
					{{PointerGetDatum(document), JSONBOID, false}}))
		items.push_back({*row[0], *row[1]});
	return items;
}

members
members_of(const std::string &object)
{
	members result;
	catalog::session spi;

	for (const pg::text_row &row : spi->query(
			 "SELECT m.key, pg_catalog.jsonb_typeof(m.value), m.value OPERATOR(pg_catalog.#>>) "
			 "'{}', pg_catalog.jsonb_typeof(e.item), e.item OPERATOR(pg_catalog.#>>) '{}'"
			 " FROM pg_catalog.jsonb_each($1) m"
			 " LEFT JOIN LATERAL pg_catalog.jsonb_array_elements("
			 "   CASE pg_catalog.jsonb_typeof(m.value) WHEN 'array' THEN m.value END)"
			 "   WITH ORDINALITY e (item, n) ON true ORDER BY m.key, e.n",
			 {pg::value::json(object)}))
	{
		member &m = result[*row[0]];

		m.type = *row[1];
		m.text = row[2].value_or("");
		if (row[3])
			m.elements.push_back({*row[3], row[4].value_or("")});
	}
	return result;
}

class list_builder
{
public:
	void add(const raw_item &item, const std::string &label)
	{
		if (item.type != "object")
			throw failure(ERRCODE_INVALID_PARAMETER_VALUE, label + " is not an object")
				.hint(known_kinds_hint());
		list_.items.push_back({label, members_of(item.text)});
		json_ += (json_.empty() ? "" : ", ") + item.text;
	}

	void add_stored(const std::string &name)
	{
		size_t number = 0;

		for (const raw_item &item : items_of(catalog::stored_checks(name)))
			add(item,
				"check " + std::to_string(++number) + " of the stored checks \"" + name + "\"");
	}

	check_list take()
	{
		list_.json = "[" + json_ + "]";
		return std::move(list_);
	}

private:
	check_list list_;
	std::string json_;
};

std::string
label_of(size_t number, const char *argument_name)
{
	return "check " + std::to_string(number) + " of argument \"" + argument_name + "\"";
}

void
require_list(Jsonb *argument, const char *argument_name)
{
	const bool is_array = JB_ROOT_IS_ARRAY(argument) && !JB_ROOT_IS_SCALAR(argument);

	if (!is_array && items_of(argument)[0].type != "string")
		throw failure(ERRCODE_INVALID_PARAMETER_VALUE,
					  std::string("argument \"") + argument_name + "\" must be a JSON array")
			.hint("As in '[{\"check\": \"not_null\", \"columns\": [\"a\", \"b\"]}]', or the name "
				  "of stored checks, as in '\"nightly\"'.");
}

} // namespace

check_list
read_checks(Jsonb *argument, const char *argument_name)
{
	list_builder list;
	size_t number = 0;

	require_list(argument, argument_name);
	for (const raw_item &item : items_of(argument))
	{
		number++;
		if (item.type == "string")
			list.add_stored(item.text);
		else
			list.add(item, label_of(number, argument_name));
	}
	return list.take();
}

check_list
checks_from_text(const std::string &json)
{
	return json.empty()
			   ? check_list{}
			   : read_checks(reinterpret_cast<Jsonb *>(pg::value::json(json).datum), "checks");
}

check_list
read_checks_without_names(Jsonb *argument, const char *argument_name)
{
	list_builder list;
	size_t number = 0;

	require_list(argument, argument_name);
	for (const raw_item &item : items_of(argument))
	{
		const std::string label = label_of(++number, argument_name);

		if (item.type == "string")
			throw failure(ERRCODE_INVALID_PARAMETER_VALUE, label + " is the name of another list")
				.detail("Stored checks do not contain other stored checks.")
				.hint("Write the checks themselves; a call may name several lists: '[\"a\", "
					  "\"b\"]'.");
		list.add(item, label);
	}
	return list.take();
}

} // namespace migsafe
