#include "table/image.hpp"

#define XXH_INLINE_ALL
#include <cstring>
#include <xxhash.h>

namespace migsafe {
namespace {

struct image
{
	const char *data;
	size_t size;
	void *detoasted; /* to be freed, or nullptr */
};

/* The bytes that a by-value type stores: a Datum has more, which may differ for the same value. */
struct stored_value
{
	alignas(Datum) char bytes[sizeof(Datum)] = {};

	stored_value(const FormData_pg_attribute &att, Datum value)
	{
		if (att.attbyval)
			store_att_byval(bytes, value, att.attlen);
	}
};

image
image_of(const FormData_pg_attribute &att, const Datum &value, const stored_value &stored)
{
	if (att.attbyval)
		return {stored.bytes, static_cast<size_t>(att.attlen), nullptr};
	if (att.attlen > 0)
		return {DatumGetPointer(value), static_cast<size_t>(att.attlen), nullptr};
	if (att.attlen == -2)
		return {DatumGetCString(value), strlen(DatumGetCString(value)), nullptr};

	struct varlena *const packed = PG_DETOAST_DATUM_PACKED(value);

	return {VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed),
			reinterpret_cast<Pointer>(packed) == DatumGetPointer(value) ? nullptr : packed};
}

void
release(const image &i)
{
	if (i.detoasted)
		pfree(i.detoasted);
}

hash128
to_hash128(XXH128_hash_t h)
{
	return {h.low64, h.high64};
}

constexpr hash128 null_hash{0x6e756c6c, 0};

} // namespace

bool
same_image(const FormData_pg_attribute &att, Datum a, bool a_null, Datum b, bool b_null)
{
	if (a_null || b_null)
		return a_null == b_null;
	if (a == b)
		return true;

	if (att.attlen == -1)
	{
		const struct varlena *const pa = reinterpret_cast<struct varlena *>(DatumGetPointer(a));
		const struct varlena *const pb = reinterpret_cast<struct varlena *>(DatumGetPointer(b));

		/* the same stored form, a TOAST pointer included: no need to fetch it */
		if (VARSIZE_ANY(pa) == VARSIZE_ANY(pb) && memcmp(pa, pb, VARSIZE_ANY(pa)) == 0 &&
			!VARATT_IS_EXTERNAL_INDIRECT(pa) && !VARATT_IS_EXTERNAL_EXPANDED(pa))
			return true;
		if (toast_raw_datum_size(a) != toast_raw_datum_size(b))
			return false;
	}

	const stored_value sa(att, a), sb(att, b);
	const image ia = image_of(att, a, sa), ib = image_of(att, b, sb);
	const bool same = ia.size == ib.size && memcmp(ia.data, ib.data, ia.size) == 0;

	release(ia);
	release(ib);
	return same;
}

hash128
hash_image(const FormData_pg_attribute &att, Datum value, bool null)
{
	if (null)
		return null_hash;

	const stored_value stored(att, value);
	const image i = image_of(att, value, stored);
	const hash128 hash = to_hash128(XXH3_128bits(i.data, i.size));

	release(i);
	return hash;
}

hash128
hash_bytes(const void *data, size_t size)
{
	return to_hash128(XXH3_128bits(data, size));
}

} // namespace migsafe
