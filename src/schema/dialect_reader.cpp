#include "schema/dialect_reader.hpp"

#include "jsonb/text.hpp"
#include "pg/failure.hpp"
#include "schema/uri.hpp"

namespace migsafe::schema {
namespace {

constexpr int most_metaschemas = 8; /* each described by the next */

class reader
{
public:
	reader(const place &at, const metaschema_finder &find) : at_(at), find_(find) {}

	dialect read(const jsonb::value &name, int depth) const
	{
		if (!name.is_string())
			broken(at_, "$schema", name, "must be a string", hint());
		if (const auto version = draft_of(name.bytes()))
			return {*version};

		const auto metaschema = find_(resolve_uri({}, name.bytes()));

		if (!metaschema || !metaschema->is_object() || depth == most_metaschemas)
			broken(at_, "$schema", name, "names an unknown metaschema", hint());
		return read_metaschema(*metaschema, name, depth);
	}

private:
	static std::string hint()
	{
		return std::string("Use one of ") + known_drafts +
			   ", or register a metaschema of your own with migsafe.register_schema.";
	}

	dialect read_metaschema(const jsonb::value &metaschema, const jsonb::value &name,
							int depth) const
	{
		const jsonb::container members(metaschema);
		const auto above = members.find("$schema");
		const auto vocabularies = members.find("$vocabulary");
		dialect terms = above ? read(*above, depth + 1) : dialect();

		if (!vocabularies || !vocabularies->is_object() || terms.version < draft::draft2019)
			return terms;
		terms.vocabularies = 0;
		for (jsonb::cursor items(*vocabularies); items.next();)
			add_vocabulary(terms, items.key(), items.current().type == jsonb::format::type_true,
						   name);
		return terms;
	}

	void add_vocabulary(dialect &terms, std::string_view uri, bool required,
						const jsonb::value &name) const
	{
		const auto bits = vocabulary_of(uri);

		if (!bits && required)
			broken(at_, "$schema", name,
				   "requires the unknown vocabulary " + jsonb::shortened(uri, 200),
				   "Those of drafts 2019-09 and 2020-12 are known; an optional one is ignored.");
		/* In 2019-09 only a required format vocabulary asserts. */
		if (bits && (required || *bits != format_assertion || terms.version > draft::draft2019))
			terms.vocabularies |= *bits;
	}

	const place &at_;
	const metaschema_finder &find_;
};

} // namespace

dialect
read_dialect(const jsonb::value &name, const place &at, const metaschema_finder &find)
{
	return reader(at, find).read(name, 0);
}

} // namespace migsafe::schema
