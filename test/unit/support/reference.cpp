#include "support/reference.hpp"

namespace migsafe::test_bed {
namespace {

const json &
string_member(const json &operation, const char *name)
{
	const json &v = operation.at(name);

	if (!v.is_string())
		throw std::runtime_error("no string");
	return v;
}

/* Operations that nlohmann's library carries out as the RFC has it. */
void
apply_alike(json &document, json operation)
{
	document.patch_inplace(json::array({std::move(operation)}));
}

/*
 * nlohmann's takes null for an empty object and other scalars for containers in
 * which anything may be removed; by the RFC, there is no such place (section 4.1).
 */
void
need_container(const json &document, const json::json_pointer &place)
{
	if (!place.empty() && !document.at(place.parent_pointer()).is_structured())
		throw std::runtime_error("no container");
}

void
add(json &document, const json &path, const json &v)
{
	need_container(document, json::json_pointer(path.get_ref<const std::string &>()));
	apply_alike(document, {{"op", "add"}, {"path", path}, {"value", v}});
}

void
remove(json &document, const json &path)
{
	const json::json_pointer place(path.get_ref<const std::string &>());

	/* Nothing is no document. */
	if (place.empty())
		throw std::runtime_error("removes the document");
	need_container(document, place);
	apply_alike(document, {{"op", "remove"}, {"path", path}});
}

/*
 * In nlohmann's, a value may move below itself if another element moves up to
 * its place (not by section 4.4), and the whole document not to where it is.
 */
void
move(json &document, const json &from, const json &path)
{
	const std::string &old_place = from.get_ref<const std::string &>();
	const std::string &new_place = path.get_ref<const std::string &>();
	const json moved = document.at(json::json_pointer(old_place));

	if (old_place == new_place)
		return;
	if (new_place.starts_with(old_place + "/"))
		throw std::runtime_error("moves into itself");
	remove(document, from);
	add(document, path, moved);
}

/* nlohmann's compares bytes, which for these numbers is too strict (section 4.6). */
void
test(const json &document, const json &path, const json &v)
{
	if (!same_value(document.at(json::json_pointer(path.get_ref<const std::string &>())), v))
		throw std::runtime_error("test failed");
}

/* Strict patches are refused if somebody may have meant a star. */
void
refuse_star(const json &pointer)
{
	const std::string text = pointer.get<std::string>() + "/";

	if (text.find("/*/") != std::string::npos)
		throw std::runtime_error("a star");
}

void
apply(json &document, const json &operation)
{
	if (!operation.is_object())
		throw std::runtime_error("no operation");

	const std::string name = string_member(operation, "op").get<std::string>();
	const json &path = string_member(operation, "path");

	refuse_star(path);
	if (name == "move" || name == "copy")
		refuse_star(string_member(operation, "from"));
	if (name == "add")
		add(document, path, operation.at("value"));
	else if (name == "remove")
		remove(document, path);
	else if (name == "move")
		move(document, string_member(operation, "from"), path);
	else if (name == "copy")
		add(document, path,
			json(document.at(json::json_pointer(
				string_member(operation, "from").get_ref<const std::string &>()))));
	else if (name == "test")
		test(document, path, operation.at("value"));
	else
		apply_alike(document, operation);
}

optional_json
member(const optional_json &object, const std::string &key)
{
	return object && object->contains(key) ? optional_json(object->at(key)) : std::nullopt;
}

json
merge_objects(const optional_json &base, const json &mine, const json &theirs,
			  const std::string &pointer, std::set<std::string> &conflicts)
{
	json merged = json::object(), all = mine;

	all.update(theirs);
	for (const auto &[key, _] : all.items())
	{
		const json::json_pointer place = json::json_pointer() / key;

		if (auto v = merge_reference(member(base, key), member(optional_json(mine), key),
									 member(optional_json(theirs), key),
									 pointer + place.to_string(), conflicts))
			merged[key] = std::move(*v);
	}
	return merged;
}

json
merge_arrays(const json &base, const json &mine, const json &theirs, const std::string &pointer,
			 std::set<std::string> &conflicts)
{
	json merged = json::array();

	for (size_t i = 0; i < base.size(); i++)
		merged.push_back(*merge_reference(optional_json(base[i]), optional_json(mine[i]),
										  optional_json(theirs[i]),
										  pointer + "/" + std::to_string(i), conflicts));
	return merged;
}

} // namespace

bool
apply_reference(json &document, const json &operation)
{
	try
	{
		apply(document, operation);
		return true;
	}
	catch (const std::exception &)
	{
		return false;
	}
}

optional_json
merge_reference(const optional_json &base, const optional_json &mine, const optional_json &theirs,
				const std::string &pointer, std::set<std::string> &conflicts)
{
	if (mine == theirs || base == theirs)
		return mine;
	if (base == mine)
		return theirs;
	if (mine && theirs && mine->is_object() && theirs->is_object() && (!base || base->is_object()))
		return merge_objects(base, *mine, *theirs, pointer, conflicts);
	if (base && mine && theirs && base->is_array() && mine->is_array() && theirs->is_array() &&
		base->size() == mine->size() && base->size() == theirs->size())
		return merge_arrays(*base, *mine, *theirs, pointer, conflicts);
	conflicts.insert(pointer);
	return mine;
}

} // namespace migsafe::test_bed
