#include "schema/bundle.hpp"

#include "jsonb/pointer.hpp"
#include "schema/library.hpp"

namespace migsafe::schema {
namespace {

class bundler
{
public:
	bundler(const library &from, jsonb::tree &document) : library_(from), tree_(document) {}

	bool run(jsonb::item &root)
	{
		const auto documents = library_.registered();

		if (documents.empty())
			return false;
		rename_references({}, root);

		jsonb::node &definitions = definitions_of(*tree_.open(root));

		for (const registered_document &d : documents)
		{
			jsonb::item added = embedded(d);

			added.set_name(free_name(definitions, d.home ? d.home->uri : std::string(d.uri)));
			tree_.set_member(definitions, added, 0);
		}
		return true;
	}

private:
	[[nodiscard]] static bool is_old(const dialect &terms)
	{
		return terms.version <= draft::draft7;
	}

	jsonb::item text_item(std::string_view text)
	{
		const std::string_view kept = tree_.keep(text);

		return jsonb::item(jsonb::value{jsonb::format::type_string,
										static_cast<uint32_t>(kept.size()), kept.data()});
	}

	void set(jsonb::node &object, std::string_view name, jsonb::item it)
	{
		it.set_name(tree_.keep(name));
		object.changed = true;
		tree_.set_member(object, it, 0);
	}

	static jsonb::item *find(jsonb::node &object, std::string_view name)
	{
		const uint32_t i = jsonb::tree::find(object, name, 0);

		return i == jsonb::nowhere ? nullptr : &object.items[i];
	}

	jsonb::node &definitions_of(jsonb::node &root)
	{
		const char *const name = is_old(library_.root().home->terms) ? "definitions" : "$defs";

		if (find(root, name) == nullptr)
			set(root, name, jsonb::item(tree_.make(true, 0)));
		root.changed = true;

		jsonb::node *const definitions = tree_.open(*find(root, name));

		definitions->changed = true;
		return *definitions;
	}

	std::string_view free_name(jsonb::node &definitions, std::string name)
	{
		while (find(definitions, name) != nullptr)
			name += '_';
		return tree_.keep(name);
	}

	/* The document as a schema with an identifier, so that references find it wherever it stands. */
	jsonb::item embedded(const registered_document &d)
	{
		jsonb::item it(d.root);
		const std::string &uri = d.home ? d.home->uri : std::string(d.uri);

		if (!d.root.is_object())
			return embedded_boolean(d.root, uri);
		rename_references(d.uri, it);

		const dialect terms = d.home ? d.home->terms : dialect();
		jsonb::node &object = *tree_.open(it);

		if (is_old(terms) && find(object, "$ref") != nullptr)
			move_reference(object, terms);
		set_identifier(object, terms.version == draft::draft4 ? "id" : "$id", uri);
		return it;
	}

	/* {"$id": ...} or {"$id": ..., "not": {}} */
	jsonb::item embedded_boolean(const jsonb::value &v, std::string_view uri)
	{
		jsonb::node *const object = tree_.make(true, 2);

		set(*object, "$id", text_item(uri));
		if (v.type == jsonb::format::type_false)
			set(*object, "not", jsonb::item(tree_.make(true, 0)));
		return jsonb::item(object);
	}

	/* Up to draft 7 an identifier beside a $ref is ignored, and so are other keywords; below allOf the $ref does the same. */
	void move_reference(jsonb::node &object, const dialect &terms)
	{
		jsonb::node *const all = tree_.make(false, 1), *const only = tree_.make(true, 1);

		set(*only, "$ref", *find(object, "$ref"));
		tree_.insert(*all, 0, jsonb::item(only));
		for (uint32_t i = object.count; i-- > 0;)
		{
			const keyword_definition *const d = find_keyword(object.items[i].name(), terms);

			if (d != nullptr && d->id != keyword::definitions && d->id != keyword::schema_uri)
				jsonb::tree::erase(object, i);
		}
		set(object, "allOf", jsonb::item(all));
	}

	/* An identifier that is a URI already stays as it is, with its fragment. */
	void set_identifier(jsonb::node &object, const char *name, std::string_view uri)
	{
		const jsonb::item *const present = find(object, name);

		if (present == nullptr || !present->raw().is_string() ||
			!present->raw().bytes().starts_with(uri))
			set(object, name, text_item(uri));
	}

	/* Those in a document that name another one by an alias. */
	void rename_references(std::string_view document, jsonb::item &root)
	{
		for (const alias &a : library_.aliases())
		{
			if (a.at.uri() == document)
				rename(root, jsonb::parse_pointer(a.at.pointer(), jsonb::stars::literal),
					   a.reference);
		}
	}

	void rename(jsonb::item &root, const jsonb::pointer &to, std::string_view reference)
	{
		jsonb::item *it = &root;

		for (const jsonb::pointer_token &token : to.tokens)
		{
			jsonb::node &n = *tree_.open(*it);

			n.changed = true;
			it = n.object ? find(n, token.name) : &n.items[jsonb::array_index(token.name)];
		}
		it->set(text_item(reference));
	}

	const library &library_;
	jsonb::tree &tree_;
};

} // namespace

bool
bundle(const program &compiled, jsonb::tree &document, jsonb::item &root)
{
	return bundler(*compiled.documents, document).run(root);
}

} // namespace migsafe::schema
