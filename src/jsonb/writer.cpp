#include "jsonb/writer.hpp"

#include "pg/failure.hpp"

#include <algorithm>

namespace migsafe::jsonb {
namespace {

/* Most values are short, and a call costs more than copying them. */
inline void
copy_bytes(char *to, const char *from, size_t size)
{
	if (size >= 8 && size <= 16)
	{
		uint64_t head, tail;

		memcpy(&head, from, 8);
		memcpy(&tail, from + size - 8, 8);
		memcpy(to, &head, 8);
		memcpy(to + size - 8, &tail, 8);
	}
	else if (size > 16)
		memcpy(to, from, size);
	else if (size >= 4)
	{
		uint32_t head, tail;

		memcpy(&head, from, 4);
		memcpy(&tail, from + size - 4, 4);
		memcpy(to, &head, 4);
		memcpy(to + size - 4, &tail, 4);
	}
	else
	{
		for (size_t i = 0; i < size; i++)
			to[i] = from[i];
	}
}

class writer
{
public:
	writer(size_t expected, const host &process)
		: process_(process), capacity_(std::max<size_t>(expected, 64)),
		  buffer_(process.allocate(capacity_))
	{
	}
	~writer()
	{
		if (buffer_)
			process_.release(buffer_);
	}
	writer(const writer &) = delete;
	writer &operator=(const writer &) = delete;

	void write_root(const item &root)
	{
		size_ = length_word;
		if (root.type() == format::type_container)
			write_value(root);
		else
			write_scalar_root(root);
		if (size_ - length_word > format::entry_length_mask)
			too_large();
	}

	datum take()
	{
		const datum result{buffer_, size_};

		buffer_ = nullptr;
		return result;
	}

private:
	/* The entries of one container, as its data are written. */
	struct entry_writer
	{
		size_t at;   /* of the next entry */
		size_t base; /* of the data */
		uint32_t number = 0;
	};

	[[noreturn]] static void too_large()
	{
		throw failure(sqlstate("54000"), "the result is too large for jsonb")
			.detail("A container may hold " + std::to_string(format::entry_length_mask) +
					" bytes at most.")
			.hint("Split the document.");
	}

	void need(size_t more)
	{
		if (more > capacity_ - size_)
			grow(more);
	}

	void grow(size_t more)
	{
		if (size_ + more > format::entry_length_mask + size_t{64})
			too_large();

		const size_t capacity = std::max(size_ + more, capacity_ * 2);
		char *const larger = process_.allocate(capacity);

		memcpy(larger, buffer_, size_);
		process_.release(buffer_);
		buffer_ = larger;
		capacity_ = capacity;
	}

	void put_word(size_t at, uint32_t word) { memcpy(buffer_ + at, &word, sizeof(word)); }

	[[gnu::always_inline]] void append(const char *bytes, size_t size)
	{
		need(size);
		copy_bytes(buffer_ + size_, bytes, size);
		size_ += size;
	}

	void align()
	{
		need(4);
		put_word(size_, 0);
		size_ = (size_ + 3) & ~size_t{3};
	}

	/* The value that was written from begin on. */
	[[gnu::always_inline]] void put_entry(entry_writer &entries, uint32_t type, size_t begin)
	{
		const size_t end = size_ - entries.base;

		if (end > format::entry_length_mask)
			too_large();
		put_word(entries.at, entries.number % format::offset_stride == 0
								 ? type | static_cast<uint32_t>(end) | format::entry_has_offset
								 : type | static_cast<uint32_t>(size_ - begin));
		entries.at += sizeof(uint32_t);
		entries.number++;
	}

	entry_writer begin_container(bool object, uint32_t count)
	{
		return begin_container(count | (object ? format::flag_object : format::flag_array),
							   size_t{count} * (object ? 2 : 1));
	}

	entry_writer begin_container(uint32_t header, size_t entries)
	{
		const size_t head = sizeof(uint32_t) * (1 + entries);

		need(head);
		put_word(size_, header);
		size_ += head;
		return {size_ - head + sizeof(uint32_t), size_};
	}

	void write_scalar_root(const item &root)
	{
		entry_writer entries = begin_container(format::flag_array | format::flag_scalar | 1, 1);
		const size_t begin = size_;

		write_value(root);
		put_entry(entries, root.type(), begin);
	}

	[[gnu::always_inline]] void write_raw(const value &v)
	{
		if (format::is_aligned_type(v.type))
			align();
		append(v.data, v.length);
	}

	void write_value(const item &it)
	{
		if (!it.is_opened())
			write_raw(it.raw());
		else if (!it.opened_as->changed)
			write_raw(it.opened_as->source);
		else
			write_node(*it.opened_as);
	}

	void write_node(const node &n)
	{
		if (n.folded)
		{
			write_part(*n.folded_part, *n.folded);
			return;
		}
		process_.check();
		align();

		const size_t begin = size_;
		entry_writer entries = begin_container(n.object, n.count);

		if (n.same_keys && n.object)
			repeat_keys(container(n.source), entries);
		else if (n.object)
			write_keys(n, entries);
		for (uint32_t i = 0; i < n.count; i++)
		{
			const size_t value_begin = size_;

			if (i % 1024 == 1023)
				process_.check();
			write_value(n.items[i]);
			put_entry(entries, n.items[i].type(), value_begin);
		}
		if (size_ - begin > format::entry_length_mask)
			too_large();
	}

	/* What a recipe makes. */
	void write_part(const recipe::part &part, const recipe::fitted &match)
	{
		align();

		const size_t begin = size_;
		entry_writer entries =
			begin_container(part.object, static_cast<uint32_t>(part.items.size()));

		if (part.object)
			put_keys(part.key_entries, part.keys, entries);
		for (const recipe::ingredient &from : part.items)
			write_ingredient(from, match, entries);
		if (size_ - begin > format::entry_length_mask)
			too_large();
	}

	void write_ingredient(const recipe::ingredient &from, const recipe::fitted &match,
						  entry_writer &entries)
	{
		const size_t begin = size_;

		if (from.what == recipe::kind::part)
		{
			process_.check();
			write_part(match.by->part_at(from.number), match);
			put_entry(entries, format::type_container, begin);
		}
		else
		{
			const value v = match.value_of(from);

			write_raw(v);
			put_entry(entries, v.type, begin);
		}
	}

	/* Keys whose entries are known. */
	void put_keys(std::string_view key_entries, std::string_view keys, entry_writer &entries)
	{
		memcpy(buffer_ + entries.at, key_entries.data(), key_entries.size());
		entries.at += key_entries.size();
		entries.number += static_cast<uint32_t>(key_entries.size() / sizeof(uint32_t));
		append(keys.data(), keys.size());
	}

	void repeat_keys(const container &source, entry_writer &entries)
	{
		put_keys({source.entry_bytes(), sizeof(uint32_t) * source.count()},
				 source.data().substr(0, source.begin_of(source.count())), entries);
	}

	void write_keys(const node &n, entry_writer &entries)
	{
		for (uint32_t i = 0; i < n.count; i++)
		{
			const size_t key_begin = size_;

			append(n.items[i].key, n.items[i].key_length);
			put_entry(entries, format::type_string, key_begin);
		}
	}

	const host &process_;
	size_t capacity_;
	size_t size_ = 0;
	char *buffer_;
};

} // namespace

datum
write_document(const item &root, size_t expected, const host &process)
{
	writer w(expected, process);

	w.write_root(root);
	return w.take();
}

} // namespace migsafe::jsonb
