#include "crm/point.hpp"

#include "crm/text.hpp"
#include "domain/point.hpp"
#include "domain/records.hpp"
#include "domain/suppression.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;

constexpr std::string_view typed[] = {"value"};

constexpr Column point_columns[] = {
    column<&Point::record>("record_id", required | fixed | parent,
                           {.on_delete = OnDelete::takes_along}),
    column<&Point::type>("type", required | on_card, {.list = "point_type"}),
    column<&Point::value>("value", required | personal | on_card),
    column<&Point::normalized>("normalized", derived | quick | personal,
                               {.max_length = 2'000, .made_of = typed}),
    column<&Point::label>("label", on_card),
    column<&Point::is_primary>("is_primary", on_card),
};

void derive_point(Work& work, void* record) {
    auto& point = *static_cast<Point*>(record);
    if (point.value.empty()) return;
    try {
        point.normalized = domain::normal_form(point, work.transaction().database().country());
    } catch (const Invalid& error) {
        throw Invalid("point", "value", error.reason);
    }
    if (point.normalized.empty())
        throw Invalid("point", "value", "has nothing of a " + point.type + " in it");
}

void check_point(Work& work, const void* record, const void* before) {
    const auto& point = *static_cast<const Point*>(record);
    domain::require_reachable(point.record, "point");
    domain::refuse_suppressed(work, point, static_cast<const Point*>(before));
}

Kind make_point_kind() {
    Kind kind = kernel::kind<Point>(kernel::number::point, "point", Role::child, point_columns);
    kind.rules = {.derive = derive_point, .check = check_point};
    return kind;
}

}  // namespace

template <>
const Kind& kind_of<Point>() {
    static const Kind kind = make_point_kind();
    return kind;
}

std::vector<Point> Points::of(Ref record) const {
    return domain::records<Point>(session(), "point.of", {{":record", record.value()}});
}

}  // namespace crm

namespace crm::domain {

std::string normal_form(const Point& point, std::string_view country) {
    const auto& type = point.type;
    if (type == "phone" || type == "mobile" || type == "fax")
        return normalize_phone(point.value, country);
    if (type == "email") return normalize_email(point.value);
    if (type == "url") return normalize_url(point.value);
    return fold(point.value);
}

}  // namespace crm::domain
