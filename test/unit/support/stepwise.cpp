#include "support/stepwise.hpp"

#include "jsonb/pointer.hpp"
#include "pg/failure.hpp"
#include "support/builder.hpp"
#include "support/reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace migsafe::test_bed {
namespace {

using tokens = std::vector<jsonb::pointer_token>;

/* The operation is not worked out. */
struct unknown
{
};

/* There is no such place, where there has to be one. */
struct missing
{
};

std::string
text_of(const tokens &pointer)
{
	std::string text;

	for (const jsonb::pointer_token &token : pointer)
	{
		text += '/';
		for (char c : token.name)
			text += c == '~' ? "~0" : c == '/' ? "~1" : c == '*' ? "~2" : std::string(1, c);
	}
	return text;
}

size_t
stars_in(const tokens &pointer)
{
	return static_cast<size_t>(std::count_if(pointer.begin(), pointer.end(),
											 [](const auto &token) { return token.star; }));
}

/* The tokens up to the last star. */
size_t
star_prefix(const tokens &pointer)
{
	size_t size = pointer.size();

	while (size > 0 && !pointer[size - 1].star)
		size--;
	return size;
}

std::vector<std::string>
names_in(const json &container)
{
	std::vector<std::string> names;

	for (const auto &[key, _] : container.items())
		names.push_back(key);
	return names;
}

/* What the first tokens of a pointer may stand for. */
class finder
{
public:
	finder(const tokens &pointer, size_t size, bool optional)
		: pointer_(pointer), size_(size), optional_(optional)
	{
	}

	std::vector<tokens> places_in(const json &document)
	{
		visit(document, {});
		return std::move(found_);
	}

private:
	void visit(const json &v, const tokens &place)
	{
		if (place.size() == size_)
		{
			found_.push_back(place);
			return;
		}

		const jsonb::pointer_token &token = pointer_[place.size()];

		if (!v.is_structured())
			return miss();
		for (const std::string &name :
			 token.star ? names_in(v) : std::vector<std::string>{token.name})
		{
			tokens further = place;

			further.push_back({false, name});
			if (const json *const part = part_of(v, name))
				visit(*part, further);
			else
				miss();
		}
	}

	static const json *part_of(const json &v, const std::string &name)
	{
		if (v.is_object())
		{
			const auto member = v.find(name);

			return member == v.end() ? nullptr : &*member;
		}

		const long i = jsonb::array_index(name);

		return i < 0 || static_cast<size_t>(i) >= v.size() ? nullptr : &v[static_cast<size_t>(i)];
	}

	void miss() const
	{
		if (!optional_)
			throw missing();
	}

	const tokens &pointer_;
	const size_t size_;
	const bool optional_;
	std::vector<tokens> found_;
};

class stepper
{
public:
	stepper(engine &tested, std::string document) : tested_(tested), document_(std::move(document))
	{
	}

	void step(const json &operation)
	{
		const tokens path = parsed(operation, "path");
		const std::string name =
			operation.is_object() && operation.contains("op") && operation["op"].is_string()
				? operation["op"].get<std::string>()
				: "";

		if (name == "move" || name == "copy")
			transfer(operation, path, parsed(operation, "from"));
		else if (stars_in(path) == 0 || (name == "rename" && path.back().star))
			apply(operation);
		else if (path.back().star && (name == "add" || name == "remove" || name == "default"))
			step_to_all(operation, name, path);
		else
			for (const tokens &place : places(operation, path, star_prefix(path)))
				apply_at(operation, place, path);
	}

	std::string take() { return std::move(document_); }

private:
	/* None if the operation will be refused, anyway. */
	static tokens parsed(const json &operation, const char *name)
	{
		if (!operation.is_object() || !operation.contains(name) || !operation[name].is_string())
			return {};
		return jsonb::parse_pointer(operation[name].get_ref<const std::string &>(),
									jsonb::stars::allowed)
			.tokens;
	}

	void apply(const json &operation)
	{
		document_ =
			tested_.patch(document_, build(json::array({operation})), jsonb::dialect::extended);
	}

	/* The place, and then what follows in the pointer. */
	static std::string joined(const tokens &place, const tokens &pointer)
	{
		tokens all = place;

		all.insert(all.end(), pointer.begin() + static_cast<ptrdiff_t>(place.size()),
				   pointer.end());
		return text_of(all);
	}

	void apply_at(json operation, const tokens &place, const tokens &path)
	{
		operation["path"] = joined(place, path);
		apply(operation);
	}

	/* Refuses what the dialect refuses before it looks for places. */
	std::vector<tokens> places(const json &operation, const tokens &pointer, size_t size)
	{
		check(operation);

		const bool optional = operation.contains("optional") && operation["optional"].get<bool>();

		return finder(pointer, size, optional).places_in(read(document_));
	}

	void check(const json &operation)
	{
		static const std::string nothing = build(json::object());
		json refused = operation;

		refused["optional"] = operation.contains("optional") ? operation["optional"] : json(true);
		if (refused["optional"] == json(false))
			refused["optional"] = true;
		try
		{
			tested_.patch(nothing, build(json::array({refused})), jsonb::dialect::extended);
		}
		catch (const failure &problem)
		{
			if (problem.sqlstate() == sqlstate("22023"))
				throw;
		}
	}

	/* The last token is a star, and what counts is what it is in. */
	void step_to_all(const json &operation, const std::string &name, const tokens &path)
	{
		check(operation);
		if (name == "default")
			return;

		std::vector<tokens> parents = places(operation, path, path.size() - 1);

		for (const tokens &parent : parents)
		{
			const json v = read(document_).at(json::json_pointer(pointer_of(parent)));

			if (v.is_array() && name == "add")
				throw missing();
			if (!v.is_structured() && !operation.value("optional", false))
				throw missing();
			if (!v.is_structured())
				continue;

			std::vector<std::string> names = names_in(v);

			/* From the end, so that indexes stay. */
			std::reverse(names.begin(), names.end());
			for (const std::string &key : names)
			{
				tokens place = parent;

				place.push_back({false, key});
				apply_at(operation, place, path);
			}
		}
	}

	/* As in RFC 6901: a star needs no escape there. */
	static std::string pointer_of(const tokens &place)
	{
		json::json_pointer pointer;

		for (const jsonb::pointer_token &token : place)
			pointer.push_back(token.name);
		return pointer.to_string();
	}

	void transfer(const json &operation, const tokens &path, const tokens &from)
	{
		const size_t prefix = star_prefix(path);

		if (stars_in(path) == 0 && stars_in(from) == 0)
			return apply(operation);
		check(operation);
		if (prefix != star_prefix(from) || prefix >= std::min(path.size(), from.size()) ||
			!std::equal(path.begin(), path.begin() + static_cast<ptrdiff_t>(prefix), from.begin()))
			throw unknown();
		for (const tokens &place : places(operation, from, prefix))
		{
			json bound = operation;

			bound["from"] = joined(place, from);
			apply_at(bound, place, path);
		}
	}

	engine &tested_;
	std::string document_;
};

} // namespace

stepwise_result
patch_stepwise(engine &tested, const std::string &document, const json &patch)
{
	try
	{
		stepper steps(tested, document);

		for (const json &operation : patch)
			steps.step(operation);
		return {true, steps.take()};
	}
	catch (const unknown &)
	{
		return {false, std::nullopt};
	}
	catch (const missing &)
	{
		return {true, std::nullopt};
	}
	catch (const failure &)
	{
		return {true, std::nullopt};
	}
}

} // namespace migsafe::test_bed
