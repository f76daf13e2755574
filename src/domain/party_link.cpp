#include "crm/party_link.hpp"

#include <algorithm>
#include <array>

#include "domain/records.hpp"
#include "kernel/page_key.hpp"

namespace crm::inline v1 {
namespace {

using kernel::column;
namespace number = kernel::number;

// Those of the named queries, too.
constexpr std::array<std::string_view, 3> hierarchical{"branch_of", "subsidiary_of", "member_of"};

constexpr Column link_columns[] = {
    column<&PartyLink::party>("party_id", required | fixed | parent,
                              {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&PartyLink::other>("other_id", required | fixed | link | on_card,
                              {.target = number::party, .on_delete = OnDelete::takes_along}),
    column<&PartyLink::type>("type", required | fixed | always_shown | on_card,
                             {.list = "party_link_type"}),
    column<&PartyLink::starts_on>("starts_on", always_shown | on_card),
    column<&PartyLink::ends_on>("ends_on", always_shown | on_card),
    column<&PartyLink::note>("note", personal | on_card),
};

void refuse_overlap(Work& work, const PartyLink& link) {
    if (domain::exists(work, "party_link.overlaps",
                       {{":id", link.head.id.value()},
                        {":party", link.party.value()},
                        {":other", link.other.value()},
                        {":type", std::string_view{link.type}},
                        {":starts_on", domain::optional(link.starts_on)},
                        {":ends_on", domain::optional(link.ends_on)}}))
        throw Conflict(
            "party_link: the two are linked in this way already in that period; end the other link "
            "first",
            link.head.id);
}

void refuse_circle(Work& work, const PartyLink& link) {
    if (domain::exists(work, "party_link.leads_back",
                       {{":id", link.head.id.value()},
                        {":party", link.party.value()},
                        {":other", link.other.value()},
                        {":starts_on", domain::optional(link.starts_on)},
                        {":ends_on", domain::optional(link.ends_on)}}))
        throw Invalid("party_link", "other_id",
                      "stands below the first party already in that period: no party is above "
                      "itself; end or remove a link between them first");
}

void check_link(Work& work, const void* record, const void*) {
    const auto& link = *static_cast<const PartyLink*>(record);
    if (link.party == link.other)
        throw Invalid("party_link", "other_id", "must be another party than the first");
    if (link.starts_on && link.ends_on && *link.ends_on < *link.starts_on)
        throw Invalid("party_link", "ends_on", "lies before starts_on");
    domain::check_relation(work, "link overlap", link.head.id,
                           [link](Work& at) { refuse_overlap(at, link); });
    if (std::ranges::find(hierarchical, link.type) != hierarchical.end())
        domain::check_relation(work, "link circle", link.head.id,
                               [link](Work& at) { refuse_circle(at, link); });
}

Kind make_link_kind() {
    Kind kind =
        kernel::kind<PartyLink>(number::party_link, "party_link", Role::child, link_columns);
    kind.rules = {.check = check_link};
    return kind;
}

/// A place in the links of a party, by type and id.
struct LinkKey {
    std::string type{};
    std::int64_t id = 0;

    static LinkKey parse(std::string_view text) {
        if (text.empty()) return {};
        kernel::PageKeyParts parts(text);
        LinkKey key{.type = std::string(parts.word()), .id = parts.integer()};
        parts.end();
        return key;
    }
    std::string text() const { return type + ":" + std::to_string(id); }
};

std::vector<Hierarchy::Place> places(kernel::Reading& reading, std::string_view query,
                                     domain::Parameters parameters) {
    auto parties = domain::records<Party>(reading, query, parameters);
    auto rows = kernel::named_query(reading, query, parameters);
    std::vector<Hierarchy::Place> places;
    places.reserve(parties.size());
    for (auto& party : parties) {
        rows.step();
        places.push_back({std::move(party), static_cast<int>(rows.integer(1))});
    }
    return places;
}

}  // namespace

template <>
const Kind& kind_of<PartyLink>() {
    static const Kind kind = make_link_kind();
    return kind;
}

PartyLink PartyLinks::end(Id<PartyLink> link, Date ends_on) {
    PartyLink ended;
    session().write("party_link.end", [&](Work&) {
        ended = change(link, any_version, {{"ends_on", ends_on.text()}});
    });
    return ended;
}

Page<PartyLink> PartyLinks::of(Id<Party> party, const PartyLinkQuery& query) const {
    domain::require_page_limit(query.limit);
    const auto key = LinkKey::parse(query.after);
    Page<PartyLink> page;
    page.rows = domain::records<PartyLink>(session(), "party_link.of",
                                           {{":party", party.value()},
                                            {":type", domain::optional(query.type)},
                                            {":after_type", std::string_view{key.type}},
                                            {":after_id", key.id},
                                            {":limit", std::int64_t{query.limit} + 1}});
    if (domain::cut(page.rows, query.limit))
        page.next = LinkKey{page.rows.back().type, page.rows.back().head.id.value()}.text();
    return page;
}

Hierarchy PartyLinks::hierarchy(Id<Party> party, std::optional<Date> on, int limit) const {
    domain::require_page_limit(limit);
    const Date day = on ? *on : session().zone().date_of(session().now());
    const domain::Parameters parameters{
        {":party", party.value()}, {":on", day.text()}, {":limit", std::int64_t{limit} + 1}};
    kernel::Reading reading(session().state());
    Hierarchy hierarchy{places(reading, "party_link.above", parameters),
                        places(reading, "party_link.below", parameters)};
    const bool above = domain::cut(hierarchy.above, limit);
    hierarchy.more = domain::cut(hierarchy.below, limit) || above;
    return hierarchy;
}

}  // namespace crm
