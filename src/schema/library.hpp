/*
 * library.hpp
 *		The schema documents of one compilation, and what their identifiers mean (2020-12 core, sections 8 and 9).
 */
#pragma once

#include "jsonb/host.hpp"
#include "schema/dialect_reader.hpp"
#include "schema/schema_object.hpp"
#include "schema/source.hpp"

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace migsafe::schema {

struct resource;

/* A schema, and in whose terms to read it. */
struct located
{
	jsonb::value schema;
	const resource *home = nullptr;
	place at;
};

struct anchor
{
	located target;
	bool dynamic = false;
};

/* A schema with an identifier of its own, or the root of a document. */
struct resource
{
	std::string uri; /* without fragment; empty where nobody gave one */
	located root;
	dialect terms;
	size_t document; /* its number */
	std::map<std::string, anchor, std::less<>> anchors;
	bool recursive_anchor = false;
};

/* A reference to a document by another URI than the document's own, and how it would be by that. */
struct alias
{
	place at;
	std::string reference;
};

/* A reference in the root resource, whether or not anything leads to it. */
struct unresolved
{
	std::string_view reference;
	place at;
};

/* A document that came from the source. */
struct registered_document
{
	std::string_view uri; /* by which it was asked for; those of its places are the same text */
	jsonb::value root;
	const resource *home; /* null for a metaschema, which is read for its vocabularies alone */
};

/* Documents are loaded where a reference asks for them: bundled ones, then those of the source. */
class library
{
public:
	/*
	 * Read the root document, which is copied; the source is asked as long as
	 * references are resolved.  22023 where some of it is no schema, a $schema is
	 * unknown, or an identifier is wrong.
	 */
	library(std::string_view root, const source &registered, const jsonb::host &process);
	library(const library &) = delete;
	library &operator=(const library &) = delete;

	/* The root document, as it was given. */
	[[nodiscard]] std::string_view text() const { return documents_.front().text(); }
	/* Of all documents, in bytes. */
	[[nodiscard]] size_t size() const;
	[[nodiscard]] const located &root() const { return resources_.front().root; }
	/* In the order in which they were found. */
	[[nodiscard]] const std::deque<resource> &resources() const { return resources_; }

	/*
	 * What a reference means in a resource; nothing if there is no such document.
	 * 22023 if the document has no such place; at is that of the reference.
	 */
	std::optional<located> resolve(const resource &base, std::string_view reference,
								   const place &at);
	/* Does the fragment of a reference that led to a schema of this resource name a dynamic anchor there? */
	static bool is_dynamic(const resource &home, std::string_view reference);

	[[nodiscard]] const std::vector<unresolved> &references() const { return references_; }

	/* For bundles. */
	[[nodiscard]] std::vector<registered_document> registered() const;
	[[nodiscard]] const std::vector<alias> &aliases() const { return aliases_; }

	/* The resource that begins with this schema, or else the one around it. */
	[[nodiscard]] const resource *home_of(const jsonb::value &schema, const resource *around) const;

private:
	struct document
	{
		std::string uri; /* by which it was asked for */
		std::unique_ptr<char[]> bytes;
		size_t size;
		bool registered; /* by the source, neither the root nor bundled */
		jsonb::value root;

		[[nodiscard]] std::string_view text() const { return {bytes.get(), size}; }
	};
	struct pending
	{
		jsonb::value schema;
		resource *around;
		place at;
	};

	/* What a URI stands for. */
	struct loaded
	{
		std::string bytes;
		bool registered;
	};

	const document &keep(const loaded &found, const std::string &uri);
	resource &add_document(const loaded &found, const std::string &uri);
	resource &add_resource(const located &root, const std::string &uri, const dialect &terms,
						   size_t number);
	/* library_scan.cpp */
	void scan(std::vector<pending> found);
	void check_patterns(const schema_object &object) const;
	void check_values(const schema_object &object) const;
	void note_references(const schema_object &object);
	resource &identify(const schema_object &object, const pending &found, const dialect &terms);
	void add_anchors(const schema_object &object, const jsonb::value &v, resource &home);
	static void add_anchor(const schema_object &object, keyword k, std::string_view name,
						   const jsonb::value &v, resource &home);

	[[nodiscard]] bool may_claim(const std::string &uri, size_t number) const;
	resource *find(const std::string &uri);
	[[nodiscard]] std::optional<loaded> load(const std::string &uri) const;
	[[nodiscard]] located walk(const resource &from, const std::string &pointer,
							   std::string_view reference, const place &at) const;
	dialect dialect_of(const jsonb::value &root, const dialect &otherwise, const place &at);
	std::optional<jsonb::value> find_metaschema(const std::string &uri);

	const source &source_;
	const jsonb::host &process_;

	std::deque<document> documents_;
	std::deque<resource> resources_;
	std::map<std::string, resource *> by_uri_;
	std::map<std::string, jsonb::value>
		metaschemas_; /* that were loaded to be read for their vocabularies */
	std::unordered_map<const char *, resource *> by_address_;
	std::vector<unresolved> references_;
	std::vector<alias> aliases_;
};

} // namespace migsafe::schema
