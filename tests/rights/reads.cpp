#include "rights/reads.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <numeric>
#include <span>

#include "crm/duplicates.hpp"
#include "rights/world.hpp"
#include "support/desk.hpp"

namespace crm::test::rights {
namespace {

using Op = Filter::Op;
using Names = std::vector<std::pair<std::string, std::string>>;

std::string text_of(Ref ref) { return std::to_string(ref.value()); }

// ---- telling answers

/// Writes what was read as text, in full.
class Telling {
public:
    Telling(const Reader& reader, Answer& answer)
        : reader_(reader), text_(answer.text), answer_(answer) {}

    Telling& word(std::string_view word) {
        text_.append(word) += ' ';
        return *this;
    }
    Telling& number(std::int64_t number) { return word(std::to_string(number)); }
    Telling& line() {
        text_ += '\n';
        return *this;
    }
    void count() { ++answer_.rows; }

    /// Every column that is not blank. On the original a field hidden by a field right is listed
    /// in `Head::hidden` and blank, whatever it is; of others `Head::hidden` is left out: that a
    /// reference is set to what is hidden is a declared exception.
    void record(const Kind& kind, const void* record) {
        const Head& head = *static_cast<const Head*>(record);
        word(kind.name).number(head.id.value()).number(head.version);
        number(static_cast<std::int64_t>(head.created_in));
        number(static_cast<std::int64_t>(head.changed_in));
        number(head.owner.value()).number(head.unit.value()).number(head.territory.value());
        word(head.unread.to_string());
        const AnyRecord blank(kind);
        for (const Column& column : kind.columns) {
            const Value value = column.get(record);
            if (!(value == column.get(blank.data()))) word(column.name).word(Json(value).dump());
            if (reader_.is_restricted && reader_.sight.hides(kind.name, column.name) &&
                !head.hidden.test(kind.index_of(column)))
                word(column.name).word("is hidden and not listed so");
        }
        line();
        count();
    }
    template <class Record>
    void record(const Record& record) {
        const Kind* kind = record.head.properties.kind();
        this->record(kind ? *kind : kind_of<Record>(), &record);
    }
    template <class Record>
    void all(const std::vector<Record>& records) {
        for (const Record& each : records) record(each);
        line();
    }
    void all(const std::vector<AnyRecord>& records) {
        for (const AnyRecord& each : records) record(each.kind(), each.data());
        line();
    }

    /// A record as JSON, without what is hidden and what is empty.
    void json(std::string_view kind, const Json& record) {
        if (!record.is_object()) return void(word(record.dump()));
        for (const auto& [name, value] : record.object())
            if (name != "hidden" && !value.is_null() && !is_concealed(kind, name))
                word(name).word(value.dump());
        line();
        count();
    }

    void change(std::string_view kind, const FieldChange& change) {
        if (is_concealed(kind, change.field)) return;
        word(change.field).word(change.from.dump()).word(change.to.dump());
        count();
    }

    void command(const Command& command) {
        number(static_cast<std::int64_t>(command.id)).number(command.user.value());
        word(to_text(command.at)).word(command.verb).word(command.key).word(command.result);
        number(static_cast<std::int64_t>(command.undo_of))
            .number(static_cast<std::int64_t>(command.run));
        line();
        count();
    }

private:
    /// On the copy the engine derives and keeps what is made of a hidden field, empty or not. The
    /// user is never told of such a field; whatever the original tells of it is a difference.
    bool is_concealed(std::string_view kind, std::string_view field) const {
        return !reader_.is_restricted && reader_.sight.hides(kind, field);
    }

    const Reader& reader_;
    std::string& text_;
    Answer& answer_;
};

// ---- random filters

/// What may stand in a path after a kind, and what it leads to.
struct Way {
    std::string_view from, step, column_kind, column, to;
};
/// `column_kind.column` is the field that the step goes through.
constexpr Way ways[] = {
    {"activity", "party", "activity", "party_id", "party"},
    {"activity", "contact", "activity", "contact_id", "contact"},
    {"activity", "parent", "activity", "parent_id", "activity"},
    {"activity", "follow_up_of", "activity", "follow_up_of_id", "activity"},
    {"activity", "note", "note", "record_id", "note"},
    {"activity", "project", "activity", "project_id", "project"},
    {"project", "party", "project", "party_id", "party"},
    {"project", "parent", "project", "parent_id", "project"},
    {"project", "owner", "project", "owner_id", "user"},
    {"contact", "person", "contact", "person_id", "party"},
    {"contact", "membership", "membership", "contact_id", "membership"},
    {"contact", "point", "point", "record_id", "point"},
    {"party", "membership", "membership", "party_id", "membership"},
    {"party", "party_role", "party_role", "party_id", "party_role"},
    {"party", "point", "point", "record_id", "point"},
    {"party", "address", "address", "record_id", "address"},
    {"party", "note", "note", "record_id", "note"},
    {"party", "external_key", "external_key", "record_id", "external_key"},
    {"party", "share", "share", "record_id", "share"},
    {"party", "bank_account", "bank_account", "party_id", "bank_account"},
    {"party", "loyalty_movement", "loyalty_movement", "party_id", "loyalty_movement"},
    {"loyalty_movement", "competitor", "loyalty_movement", "competitor_id", "party"},
    {"party", "party_link", "party_link", "party_id", "party_link"},
    {"party_link", "other", "party_link", "other_id", "party"},
    {"contact", "kinship", "kinship", "contact_id", "kinship"},
    {"kinship", "kin", "kinship", "kin_id", "contact"},
    {"party", "consent", "consent", "record_id", "consent"},
    {"contact", "consent", "consent", "record_id", "consent"},
    {"lead", "consent", "consent", "record_id", "consent"},
    {"lead", "point", "point", "record_id", "point"},
    {"lead", "party", "lead", "party_id", "party"},
    {"lead", "contact", "lead", "contact_id", "contact"},
    {"lead", "project", "lead", "project_id", "project"},
    {"activity", "lead", "activity", "lead_id", "lead"},
    {"activity", "call", "activity", "call_id", "call"},
    {"call", "party", "call", "party_id", "party"},
    {"call", "contact", "call", "contact_id", "contact"},
    {"call", "call_forward", "call_forward", "call_id", "call_forward"},
    {"contact", "memorable_date", "memorable_date", "record_id", "memorable_date"},
    {"activity", "reminder", "reminder", "record_id", "reminder"},
    {"activity", "participant", "participant", "activity_id", "participant"},
    {"participant", "contact", "participant", "contact_id", "contact"},
    {"activity", "cost", "cost", "activity_id", "cost"},
    {"party", "attachment", "attachment", "record_id", "attachment"},
    {"membership", "contact", "membership", "contact_id", "contact"},
    {"membership", "party", "membership", "party_id", "party"},
    {"party_role", "party", "party_role", "party_id", "party"},
    {"party", "x_partner", "party", "x_partner_id", "party"},
    {"activity", "x_about", "activity", "x_about_id", "contact"},
    {"schedule_entry", "party", "schedule_entry", "party_id", "party"},
    {"activity", "time_entry", "time_entry", "activity_id", "time_entry"},
    {"time_entry", "activity", "time_entry", "activity_id", "activity"},
    {"party", "owner", "party", "owner_id", "user"},
    {"contact", "owner", "contact", "owner_id", "user"},
    {"activity", "unit", "activity", "unit_id", "unit"},
    {"activity", "owner", "activity", "owner_id", "user"},
};

class FilterDraw {
public:
    explicit FilterDraw(Draw& draw) : draw_(draw) {}

    Filter any(const std::string& kind, int depth = 2) {
        if (depth > 0 && draw_.one_in(3)) {
            std::vector<Filter> children;
            for (auto n = between(draw_.random, 1, 3); n > 0; --n)
                children.push_back(any(kind, depth - 1));
            Filter group(draw_.one_in(2) ? Op::all : Op::any, std::move(children));
            return draw_.one_in(4) ? !group : group;
        }
        return leaf(kind, "", 2);
    }
    const Names& names() const { return names_; }

private:
    Filter leaf(const std::string& kind, const std::string& path, int steps) {
        if (steps > 0 && draw_.one_in(3)) {
            std::vector<const Way*> from;
            for (const Way& way : ways)
                if (way.from == kind) from.push_back(&way);
            if (!from.empty()) {
                const Way& way = *draw_.any(from);
                names_.emplace_back(way.column_kind, way.column);
                return leaf(std::string(way.to), path + std::string(way.step) + ".", steps - 1);
            }
        }
        const auto& columns = kind_in_worlds(kind).columns;
        const Column& column = columns[between(draw_.random, 0, columns.size() - 1)];
        names_.emplace_back(kind, column.name);
        return condition(kind, path + std::string(column.name), column);
    }

    Filter condition(const std::string& kind, std::string field, const Column& column) {
        static const std::vector<Op> values{Op::eq,      Op::ne,       Op::in, Op::not_in,
                                            Op::is_null, Op::not_null, Op::eq},
            ordered{Op::lt, Op::le, Op::gt, Op::ge, Op::between},
            texts{Op::contains, Op::starts_with, Op::ends_with, Op::same};
        Op op = draw_.any(values);
        if (column.type == FieldType::text && draw_.one_in(2)) op = draw_.any(texts);
        if (has_order(column.type) && draw_.one_in(3)) op = draw_.any(ordered);
        if (draw_.value_in(kind, column.name).is_null()) op = Op::not_null;  // none to compare with
        const auto value = [&] { return operand(kind, column, op); };
        if (op == Op::in || op == Op::not_in || op == Op::between)
            return {op, std::move(field), Json::Array{value(), value()}};
        if (op == Op::is_null || op == Op::not_null) return {op, std::move(field), {}};
        return {op, std::move(field), value()};
    }

    static bool has_order(FieldType type) {
        return type == FieldType::integer || type == FieldType::date || type == FieldType::text;
    }

    /// A value that stands in the file, at times only its beginning.
    Json operand(const std::string& kind, const Column& column, Op op) {
        Json value = draw_.value_in(kind, column.name);
        if (value.is_integer()) {
            if (column.type == FieldType::time)
                return Json(to_text(Time{std::chrono::microseconds{value.integer()}}));
            if (column.type == FieldType::reference) return Json(std::to_string(value.integer()));
            if (column.type == FieldType::flag) return Json(value.integer() != 0);
        }
        if (!value.is_string() || op == Op::eq || op == Op::ne) return value;
        const auto tokens = words(value.string());
        if (column.type == FieldType::text && !tokens.empty() && draw_.one_in(2))
            return Json(draw_.one_in(2) ? tokens.front() : tokens.back());
        return value;
    }

    Draw& draw_;
    Names names_;
};

// ---- lists, counts, records

/// Kinds that a list may be asked of; not those of rights, which the copy must differ in.
const std::vector<std::string>& listed_kinds() {
    // clang-format off
    static const std::vector<std::string> kinds{
        "party",
        "contact",
        "activity",
        "party",
        "contact",
        "activity",
        "party",
        "activity",
        "party_role",
        "point",
        "address",
        "note",
        "membership",
        "share",
        "external_key",
        "user",
        "bank_account",
        "loyalty_movement",
        "party_link",
        "memorable_date",
        "kinship",
        "consent",
        "participant",
        "cost",
        "attachment",
        "reminder",
        "project",
        "project",
        "lead",
        "lead",
        "lead_queue",
        "call",
        "call",
        "call_forward",
        "routing_rule",
        "saved_filter",
        "segment",
        "segment_member",
        "schedule_entry",
        "time_entry",
        "hourly_rate",
        "working_hours",
        "holiday",
    };
    // clang-format on
    return kinds;
}

struct ListOrder {
    std::string text;
    std::string column;  ///< the field that it names; empty for the head's
};

ListOrder random_order(Draw& draw, const Kind& kind) {
    ListOrder order;
    const auto pick = between(draw.random, 0, 5);
    if (pick == 0 || (pick < 4 && kind.orders.empty())) {
        order.text = draw.one_in(2) ? "id" : draw.one_in(2) ? "created_at" : "changed_at";
    } else if (pick < 4) {
        order = {std::string(kind.orders.front().name), std::string(kind.orders.front().column)};
        if (draw.one_in(3) && !draw.sight.hides(kind.name, order.column)) return {"", order.column};
    } else {
        const Column& column = kind.columns[between(draw.random, 0, kind.columns.size() - 1)];
        order = {std::string(column.name), std::string(column.name)};
    }
    if (draw.one_in(3)) order.text.insert(0, "-");
    return order;
}

Read make_list(Draw& draw) {
    const std::string kind = draw.any(listed_kinds());
    FilterDraw filters(draw);
    Query query{.limit = static_cast<int>(between(draw.random, 1, 12))};
    if (draw.one_in(2)) query.where = filters.any(kind);
    query.bodies = draw.one_in(3);
    const ListOrder order = random_order(draw, kind_in_worlds(kind));
    query.order = order.text;
    Names names = filters.names();
    if (!order.column.empty()) names.emplace_back(kind, order.column);
    return {"list", kind + " by \"" + query.order + "\" where " + query.where.json().dump(),
            std::move(names), [kind, query](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                Query page = query;
                for (int pages = 0; pages < 3; ++pages) {
                    const auto found = reader.session.list(kind_named(kind), page);
                    telling.all(found.rows);
                    telling.word(found.next);
                    if ((page.after = found.next).empty()) break;
                }
            }};
}

Read make_count(Draw& draw) {
    const std::string kind = draw.any(listed_kinds());
    FilterDraw filters(draw);
    const Filter where = draw.one_in(2) ? Filter{} : filters.any(kind);
    const auto limit =
        static_cast<std::int64_t>(draw.one_in(4) ? between(draw.random, 1, 4) : 1000);
    return {"count", kind + " where " + where.json().dump(), filters.names(),
            [kind, where, limit](const Reader& reader, Answer& answer) {
                const Count count = reader.session.count(kind_named(kind), where, limit);
                Telling(reader, answer).number(count.rows).number(count.at_least);
                answer.rows = static_cast<std::size_t>(count.rows);
            }};
}

/// What saved filters find, by name or by id, and which one a name means.
Read make_saved(Draw& draw) {
    static const std::vector<std::string> kinds{"party", "contact", "activity", "note"},
        names{"mine", "Zoo 7"};
    const std::string kind = draw.any(kinds), name = draw.any(names);
    std::vector<std::int64_t> ids;
    for (const auto& [id, row] : draw.sight.rows())
        if (kind_of_id(id) == "saved_filter") ids.push_back(id);
    const bool by_id = !ids.empty() && draw.one_in(2);
    const Filter where =
        by_id ? Filter::saved(Id<SavedFilter>{draw.some(ids)}) : Filter::saved(name);
    return {"saved",
            kind + " where " + where.json().dump(),
            {},
            [kind, name, where](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                try {
                    const auto saved = SavedFilters(reader.session).named(kind, name);
                    telling.record(kind_of<SavedFilter>(), &saved);
                } catch (const Error& error) {
                    telling.word(error.what());
                }
                telling.all(reader.session.list(kind_named(kind), {.where = where}).rows);
            }};
}

/// Who is in a segment, by name or by id, what segments a record is in, and which one a name means.
Read make_segments(Draw& draw) {
    const std::string kind = draw.one_in(3) ? "contact" : "party",
                      name = draw.one_in(2) ? "mine" : "Zoo 7";
    std::vector<std::int64_t> ids;
    for (const auto& [id, row] : draw.sight.rows())
        if (kind_of_id(id) == "segment") ids.push_back(id);
    const Ref segment = ids.empty() ? Ref::make(32, 500'000) : draw.some(ids);
    const Ref record = draw.some(kind == "party" ? draw.parties : draw.contacts);
    const Filter where =
        draw.one_in(2) ? field("segment") == name : field("segment").in({segment.value(), name});
    return {"segments",
            kind + " where " + where.json().dump() + ", " + text_of(segment),
            {},
            [=](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const Segments segments(reader.session);
                const auto tell = [&](const auto& body) {
                    try {
                        body();
                    } catch (const Error& error) {
                        telling.word(error.what());
                    }
                };
                tell([&] {
                    const Segment found = segments.named(kind, name);
                    telling.record(kind_of<Segment>(), &found);
                });
                tell([&] {
                    for (const Segment& each : segments.of(record))
                        telling.record(kind_of<Segment>(), &each);
                });
                tell([&] { telling.number(segments.count_members(segment).rows); });
                tell([&] { telling.all(segments.members(segment, {.order = "id"}).rows); });
                telling.all(reader.session.list(kind_named(kind), {.where = where}).rows);
            }};
}

/// A read of one record by its id.
template <class Body>
Read of_record(const char* entry, Ref id, const Body& body) {
    return {entry, text_of(id), {}, [id, body](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                body(reader, id, telling);
            }};
}

template <class Body>
Read of_all(const char* entry, const Body& body) {
    return {entry, "", {}, [body](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                body(reader, telling);
            }};
}

Read make_get(Draw& draw) {
    return of_record("get", draw.some(draw.all),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         const AnyRecord record = reader.session.get(id);
                         telling.record(record.kind(), record.data());
                         telling.json(record.kind().name, record.json());
                     });
}

Read make_find(Draw& draw) {
    return of_record("find", draw.some(draw.all),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         if (const auto record = reader.session.find(id))
                             telling.record(record->kind(), record->data());
                     });
}

Read make_history(Draw& draw) {
    std::vector<std::int64_t> ids = draw.all;
    for (const auto& [id, row] : draw.sight.removed()) ids.insert(ids.end(), 8, id);
    return of_record("history", draw.some(ids), [](const Reader& reader, Ref id, Telling& telling) {
        const std::string kind(kind_of_id(id.value()));
        for (const HistoryEntry& entry : reader.session.history(id)) {
            telling.word(entry.user_login).number(static_cast<int>(entry.what));
            telling.command(entry.command);
            for (const FieldChange& change : entry.fields) telling.change(kind, change);
        }
    });
}

// ---- the past and the feed

const std::vector<std::string> kinds_of_roots(std::begin(root_kinds), std::end(root_kinds));

std::int64_t newest_command(Session& session) {
    const std::string end = Feed(session).now();
    return std::stoll(end.substr(end.find('.') + 1));
}

/// A record, a list and a count as of the same moment. Not of activities: the copy's history
/// forgets references to what was removed, which the past still shows to who saw it.
Read make_past(Draw& draw) {
    const std::string kind = draw.one_in(2) ? "party" : "contact";
    std::vector<std::int64_t> ids = draw.roots;
    for (const auto& [id, row] : draw.sight.removed()) ids.insert(ids.end(), 4, id);
    const Ref id = draw.some(ids);
    const auto at = static_cast<std::int64_t>(between(draw.random, 1, 16));
    return {"past",
            kind + " and " + text_of(id) + " as of command " + std::to_string(at),
            {},
            [kind, id, at](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const Past past(reader.session,
                                CommandId{std::min(at, newest_command(reader.session))});
                if (kind_of_id(id.value()) == "party" || kind_of_id(id.value()) == "contact")
                    if (const auto record = past.find(id))
                        telling.record(record->kind(), record->data());
                telling.all(past.list(kind_named(kind), {.order = "id", .limit = 1000}).rows);
                telling.number(past.count(kind_named(kind)).rows);
            }};
}

/// Entries of roots by the newest commands, told where the record is seen now and its history knows
/// the command, and not how: whoever reads less saw less of what it was then. What came into sight
/// by another record has no line of its own. Whoever is told that a record came or changed which he
/// does not see is told too much; the copy tells him of ids that were taken out of it.
Read make_feed(Draw& draw) {
    const auto at = static_cast<std::int64_t>(between(draw.random, 1, 16));
    const auto limit = static_cast<int>(between(draw.random, 1, 20));
    return {
        "feed",
        "since command " + std::to_string(at),
        {},
        [at, limit](const Reader& reader, Answer& answer) {
            Telling telling(reader, answer);
            const Feed feed(reader.session);
            const std::string end = feed.now();
            FeedPage page{.position = end.substr(0, end.find('.') + 1) +
                                      std::to_string(std::min(at, newest_command(reader.session))),
                          .at_end = false};
            // A record may be told twice of one command: as made, and as come into sight by
            // another.
            std::set<std::pair<std::int64_t, std::int64_t>> told;
            while (!page.at_end) {
                page = feed.read(page.position, {.limit = limit, .kinds = kinds_of_roots});
                for (const FeedEntry& entry : page.entries) {
                    const auto steps = [&] {
                        try {
                            return reader.session.history(entry.record);
                        } catch (const NotFound&) {
                            return std::vector<HistoryEntry>{};
                        }
                    }();
                    const bool has_line = std::ranges::any_of(
                        steps, [&](const auto& step) { return step.command.id == entry.command; });
                    const bool is_leak = reader.is_restricted && steps.empty() &&
                                         (entry.what == FeedEntry::What::created ||
                                          entry.what == FeedEntry::What::changed);
                    if (!has_line && !is_leak) continue;
                    told.emplace(static_cast<std::int64_t>(entry.command), entry.record.value());
                }
            }
            for (const auto& [command, record] : told) {
                telling.number(command).number(record).line();
                telling.count();
            }
        }};
}

// ---- SQL and exports

std::string text_of(const SqlValue& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
    if (const auto* real = std::get_if<double>(&value)) return std::to_string(*real);
    if (const auto* text = std::get_if<std::string>(&value)) return Json(*text).dump();
    if (const auto* blob = std::get_if<Blob>(&value)) return "x" + Json(blob->bytes).dump();
    return "NULL";
}

std::string random_sql(Draw& draw) {
    static const std::vector<std::string> joins{
        "SELECT p.id, p.name, count(*) FROM party AS p JOIN activity AS a ON a.party_id = p.id"
        " GROUP BY p.id ORDER BY p.id",
        "SELECT c.id, (SELECT max(v.value) FROM point AS v WHERE v.record_id = c.id) FROM contact"
        " AS c ORDER BY c.name_key, c.id",
        "SELECT owner_id, count(*), min(start_at) FROM activity GROUP BY owner_id ORDER BY 1",
        "SELECT b.id, b.description FROM party_body AS b JOIN party AS p USING (id) ORDER BY b.id",
        "SELECT p.name, x.x_motto, x.x_partner_id, x.x_size FROM party AS p LEFT JOIN "
        "party_property"
        " AS x USING (id) ORDER BY p.id",
        "SELECT * FROM party_property ORDER BY id",
        "SELECT count(*), max(x_rating), sum(x_budget_minor) FROM party_property",
        "SELECT a.id, x.x_about_id, c.name FROM activity AS a JOIN activity_property AS x USING "
        "(id)"
        " LEFT JOIN contact AS c ON c.id = x.x_about_id ORDER BY a.id",
        "SELECT m.id FROM membership AS m LEFT JOIN party AS p ON p.id = m.party_id WHERE p.id IS"
        " NULL ORDER BY 1",
    };
    if (draw.one_in(3)) return draw.any(joins);
    const std::string kind = draw.any(listed_kinds());
    if (draw.one_in(4)) return "SELECT count(*), sum(version), max(changed_in) FROM " + kind;
    return "SELECT * FROM " + kind + (draw.one_in(3) ? " WHERE version > 1" : "") + " ORDER BY id";
}

Read make_sql(Draw& draw) {
    const std::string sql = random_sql(draw);
    return {"sql", sql, {}, [sql](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                for (const auto& row : reader.session.sql(sql).rows) {
                    for (const SqlValue& value : row) telling.word(text_of(value));
                    telling.line();
                    telling.count();
                }
            }};
}

/// What is exported, but on the copy only what the user may export: the right to read is not
/// enough.
std::vector<std::string> exported(const Reader& reader, const std::string& kind,
                                  const ExportOptions& options) {
    std::string text;
    try {
        export_csv(
            reader.session, kind, {.order = "id"}, [&](std::string_view piece) { text += piece; },
            options);
    } catch (const Denied&) {
        const auto& rows = reader.sight.rows();
        const bool none = std::ranges::none_of(rows, [&](const auto& row) {
            return kind_of_id(row.first) == kind && reader.sight.may_export(row.first);
        });
        if (!reader.is_restricted || !none) throw;
    }
    std::vector<std::string> lines;
    CsvReader csv = CsvReader::from_text(text);
    for (CsvRow row; csv.next(row);) {
        const auto id = std::stoll(std::string(row.fields.front()));
        if (!reader.is_restricted && !reader.sight.may_export(id)) continue;
        std::string& line = lines.emplace_back();
        for (const auto field : row.fields) (line += Json(field).dump()) += ' ';
    }
    return lines;
}

Read make_export(Draw& draw) {
    static const std::vector<std::string> kinds{"party", "contact", "activity", "point", "note"};
    const std::string kind = draw.any(kinds);
    ExportOptions options{.columns = {"id"}, .labels = draw.one_in(2)};
    for (const Column& column : kind_in_worlds(kind).columns)
        if (!draw.sight.hides(kind, column.name) && draw.one_in(2))
            options.columns.emplace_back(column.name);
    return {"export", kind, {}, [kind, options](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                for (const std::string& line : exported(reader, kind, options)) {
                    telling.word(line).line();
                    telling.count();
                }
            }};
}

/// Whether the user may export each half of a person and each lead of it.
bool may_export_all(const Sight& sight, const Json& person) {
    const auto may_export = [&](const Json& half) {
        return sight.may_export(std::stoll(half["id"].string()));
    };
    return std::ranges::all_of(person.object(), [&](const auto& half) {
        return half.first == "leads" ? std::ranges::all_of(half.second.array(), may_export)
                                     : may_export(half.second);
    });
}

/// A person's data as written for that person; on the copy only of whom the user may export.
Json subject_of(const Reader& reader, Ref person) {
    const ::test::Folder folder;
    try {
        export_subject(reader.session, person, folder.path() / "subject.json");
    } catch (const Denied&) {
        if (!reader.is_restricted) throw;
        return {};
    }
    std::ifstream file(folder.path() / "subject.json");
    Json all = Json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
    if (!reader.is_restricted && !may_export_all(reader.sight, all["person"])) return {};
    return all;
}

Read make_subject(Draw& draw) {
    return of_record(
        "subject", draw.some(draw.one_in(2) ? draw.parties : draw.all),
        [](const Reader& reader, Ref id, Telling& telling) {
            const Json all = subject_of(reader, id);
            if (all.is_null()) return;
            for (const auto& [kind, half] : all["person"].object())
                if (kind != "leads") telling.json(kind, half);
            if (const Json* leads = all["person"].find("leads"))
                for (const Json& lead : leads->array()) telling.json("lead", lead);
            for (const char* part : {"records", "activities"})
                for (const Json& record : all[part].array())
                    telling.json(record["kind"].string(), record["record"]);
            for (const Json& consent : all["consents"].array()) telling.json("consent", consent);
            for (const Json& entry : all["history"].array()) {
                telling.word(entry["record"].string()).word(entry["command"].string());
                telling.word(entry["by"].string()).word(entry["what"].string());
                for (const Json& change : entry["fields"].array())
                    telling.change(entry["kind"].string(),
                                   {change["field"].string(), change["from"], change["to"]});
            }
            for (const Json& command : all["sources"]["commands"].array())
                telling.word(command["command"].string()).word(command["verb"].string());
        });
}

// ---- finding by words

void tell(Telling& telling, const Hits& hits) {
    for (const Hit& hit : hits.rows) {
        telling.number(hit.record.value()).word(hit.title).word(hit.field).word(hit.matched).line();
        telling.count();
    }
    telling.number(hits.incomplete);
}

/// A word of the world or two, the last at times unfinished.
std::string words_to_find(Draw& draw) {
    std::string text = draw.word();
    if (draw.one_in(2)) text += ' ' + draw.word();
    if (draw.one_in(3)) text = words(text).empty() ? text : words(text).front().substr(0, 3);
    return text;
}

Read make_search(Draw& draw) {
    static const std::vector<std::vector<std::string>> kinds{
        {}, {}, {"party"}, {"contact", "activity"}, {"note"}};
    const std::string text = words_to_find(draw);
    const auto among = draw.any(kinds);
    const int limit = draw.one_in(3) ? static_cast<int>(between(draw.random, 1, 4)) : 100;
    return {"search", text, {}, [text, among, limit](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                tell(telling, reader.session.search(text, among, limit));
            }};
}

Read make_rank(Draw& draw) {
    SearchOptions options{
        .limit = draw.one_in(3) ? 3 : 100,
        .order = draw.one_in(4) ? SearchOptions::Order::newest : SearchOptions::Order::rank,
        .snippets = true};
    const std::string text = words_to_find(draw);
    return {"rank", text, {}, [text, options](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const Hits hits = reader.session.search(text, options);
                tell(telling, hits);
                for (const Hit& hit : hits.rows) {
                    if (hit.snippet.text.empty()) continue;
                    telling.word(hit.snippet.field).word(hit.snippet.text);
                    for (const auto& [from, to] : hit.snippet.matches)
                        telling.number(static_cast<std::int64_t>(from))
                            .number(static_cast<std::int64_t>(to));
                    telling.line();
                }
            }};
}

Read make_quick(Draw& draw) {
    static const std::vector<std::string> kinds{"", "", "party", "contact"};
    static const std::vector<std::string> codes{"c1", "069000", "a@acme", "+3736900", "p"};
    std::string typed = draw.one_in(3) ? draw.any(codes) : draw.word();
    const bool several = typed.find(' ') != typed.npos;
    if (!several && draw.one_in(2)) typed = typed.substr(0, 2);
    const std::string kind = draw.any(kinds);
    // A walk over several words ends when there are enough: which ones are found first depends on
    // the scopes, and not on what is hidden.
    const int limit =
        !several && draw.one_in(3) ? static_cast<int>(between(draw.random, 1, 4)) : 100;
    return {"quick",
            "\"" + typed + "\" among " + kind + " limit " + std::to_string(limit),
            {},
            [typed, kind, limit](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                tell(telling, reader.session.quick(typed, kind, limit));
            }};
}

// ---- verbs of the areas

Read make_card(Draw& draw) {
    const CardOptions options{static_cast<int>(between(draw.random, 1, 5))};
    return of_record("card", draw.some(draw.parties),
                     [options](const Reader& reader, Ref id, Telling& telling) {
                         const Card card = Parties(reader.session).card(id, options);
                         telling.record(card.party);
                         telling.word(card.owner_name);
                         for (const auto& role : card.roles) telling.word(role);
                         telling.all(card.points);
                         telling.all(card.addresses);
                         telling.all(card.bank_accounts);
                         for (const Card::Person& person : card.people) {
                             telling.record(person.contact);
                             telling.word(person.position)
                                 .word(person.starts_on ? person.starts_on->text() : "");
                             telling.all(person.points);
                         }
                         for (const Card::Link& link : card.links) {
                             telling.record(link.other);
                             telling.word(link.type)
                                 .number(link.is_inverse)
                                 .word(link.ends_on ? link.ends_on->text() : "");
                         }
                         for (const ConsentSummary& consent : card.consents) {
                             telling.word(consent.channel).number(consent.may_contact);
                             if (consent.statement) telling.record(*consent.statement);
                         }
                         telling.all(card.groups);
                         telling.all(card.projects);
                         telling.number(card.more_links).number(card.more_projects);
                         telling.all(card.planned);
                         telling.all(card.chronicle);
                         telling.all(card.notes);
                         telling.number(card.more_people).number(card.more_planned);
                         telling.number(card.more_chronicle).number(card.more_notes);
                     });
}

Read make_contact_card(Draw& draw) {
    const CardOptions options{static_cast<int>(between(draw.random, 1, 5))};
    return of_record("contact_card", draw.some(draw.contacts),
                     [options](const Reader& reader, Ref id, Telling& telling) {
                         const ContactCard card = Contacts(reader.session).card(id, options);
                         telling.record(card.contact);
                         telling.word(card.owner_name);
                         if (card.person) telling.record(*card.person);
                         for (const ContactCard::Company& company : card.companies) {
                             telling.record(company.party);
                             telling.word(company.position)
                                 .word(company.starts_on ? company.starts_on->text() : "");
                         }
                         telling.all(card.points);
                         telling.all(card.addresses);
                         telling.all(card.family);
                         telling.all(card.dates);
                         for (const ConsentSummary& consent : card.consents) {
                             telling.word(consent.channel).number(consent.may_contact);
                             if (consent.statement) telling.record(*consent.statement);
                         }
                         telling.all(card.groups);
                         telling.all(card.planned);
                         telling.all(card.chronicle);
                         telling.all(card.notes);
                         telling.number(card.more_companies).number(card.more_planned);
                         telling.number(card.more_chronicle).number(card.more_notes);
                     });
}

Read make_loyalty(Draw& draw) {
    return of_record(
        "loyalty", draw.some(draw.parties), [](const Reader& reader, Ref id, Telling& telling) {
            const Loyalty loyalty(reader.session);
            telling.all(loyalty.history(id));
            for (const auto& flow : loyalty.flows(Date(2000, 1, 1), Date(2100, 1, 1))) {
                telling.word(flow.from_grade).word(flow.to_grade).word(flow.reason);
                telling.word(text_of(flow.competitor)).number(static_cast<int>(flow.movements));
            }
        });
}

Read make_own_companies(Draw&) {
    return of_all("own_companies", [](const Reader& reader, Telling& telling) {
        telling.all(Parties(reader.session).own_companies());
    });
}

Read make_chronicle(Draw& draw) {
    ChronicleQuery query{.planned_too = draw.one_in(2),
                         .limit = static_cast<int>(between(draw.random, 1, 5))};
    Names names;
    if (draw.one_in(4)) query.kind = "call";
    if (draw.one_in(4)) query.direction = "inbound";
    const auto& of = draw.one_in(3) ? draw.leads : draw.one_in(2) ? draw.parties : draw.contacts;
    return of_record("chronicle", draw.some(of),
                     [query](const Reader& reader, Ref id, Telling& telling) {
                         auto page = query;
                         for (int pages = 0; pages < 3; ++pages) {
                             const auto found = Activities(reader.session).chronicle(id, page);
                             telling.all(found.rows);
                             telling.word(found.next);
                             if ((page.after = found.next).empty()) break;
                         }
                     });
}

Read make_chain(Draw& draw) {
    return of_record("chain", draw.some(draw.activities),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(Activities(reader.session).chain(id));
                     });
}
Read make_subtree(Draw& draw) {
    return of_record("subtree", draw.some(draw.activities),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(Activities(reader.session).subtree(id));
                     });
}
/// What stands in everybody's calendars, when they are busy, and when all of them are free.
Read make_calendar(Draw& draw) {
    const TimeRange window{
        ::test::monday + ::test::hour * static_cast<int>(between(draw.random, 0, 60)),
        ::test::monday + ::test::hour * static_cast<int>(between(draw.random, 60, 200))};
    const bool cancelled_too = draw.one_in(2);
    return {"calendar",
            to_text(window.start) + " to " + to_text(window.end),
            {},
            [=](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                std::vector<Id<User>> users;
                for (const User& user : Records<User>(reader.session).list({.order = "id"}).rows)
                    users.emplace_back(user.head.id);
                const Calendar calendar(reader.session);
                for (const auto& each :
                     calendar.agenda(users, window, {.cancelled_too = cancelled_too}).entries) {
                    telling.number(each.activity.value()).number(each.owner.value());
                    telling.number(each.user.value());
                    telling.number(each.acceptance ? static_cast<int>(*each.acceptance) : -1);
                    telling.word(to_text(each.start)).word(to_text(each.end)).word(each.subject);
                    telling.word(each.kind).word(each.status).word(each.priority).word(each.zone);
                    telling.number(static_cast<int>(each.state)).number(each.party.value());
                    telling.word(each.party_name).number(each.series.value());
                    telling.word(each.recurrence_id ? to_text(*each.recurrence_id) : "").line();
                    telling.count();
                }
                const auto tell = [&](const TimeRange& range) {
                    telling.word(to_text(range.start)).word(to_text(range.end));
                };
                for (const auto& each : calendar.free_busy(users, window))
                    std::ranges::for_each(each.busy, tell);
                std::ranges::for_each(
                    calendar.find_slots(users, {.window = window, .in_working_hours = false}),
                    tell);
            }};
}

/// When a series takes place, its touched occurrences and each as it stands.
Read make_series(Draw& draw) {
    std::vector<std::int64_t> ids;
    for (const auto& [id, row] : draw.sight.rows())
        if (kind_of_id(id) == "activity" && !text_in(row, "recurrence").empty()) ids.push_back(id);
    const Ref id = ids.empty() ? draw.some(draw.activities) : draw.some(ids);
    return of_record("series", id, [](const Reader& reader, Ref ref, Telling& telling) {
        const Series series(reader.session);
        try {
            for (const Time at :
                 series.times(ref, ::test::monday, ::test::monday + 6 * ::test::day))
                telling.word(to_text(at)).record(series.occurrence(ref, at));
        } catch (const Error& error) {
            telling.word(error.what());
        }
        telling.all(series.touched(ref));
    });
}

Read make_project_tree(Draw& draw) {
    return of_record("project_tree", draw.some(draw.projects),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         const Projects projects(reader.session);
                         telling.all(projects.subtree(id));
                         telling.all(projects.above(id));
                         if (const auto project = projects.find(id))
                             if (const auto found = projects.by_code(project->code))
                                 telling.record(*found);
                     });
}
Read make_waiting(Draw& draw) {
    const int limit = static_cast<int>(between(draw.random, 1, 4));
    return {"waiting", std::to_string(limit), {}, [limit](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const LeadQueues queues(reader.session);
                const auto queue = queues.named("web").head.id;
                telling.all(Leads(reader.session).waiting(queue, limit));
                for (const auto user : queues.members(queue)) telling.number(user.value());
            }};
}
Read make_caller(Draw& draw) {
    const Json value = draw.value_in("point", "value");
    const std::string number = value.is_string() ? value.string() : "1";
    return {"caller", number, {}, [number](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const Caller caller = Calls(reader.session).who(number, 3);
                telling.word(caller.number).number(caller.responsible.value());
                if (caller.contact) telling.record(*caller.contact);
                if (caller.party) telling.record(*caller.party);
                if (caller.lead) telling.record(*caller.lead);
                telling.all(caller.interactions);
                for (const Ref other : caller.others) telling.number(other.value());
            }};
}
Read make_forwards(Draw& draw) {
    std::vector<std::int64_t> ids;
    for (const auto& [id, row] : draw.sight.rows())
        if (kind_of_id(id) == "call_forward") ids.push_back(integer_in(row, "call_id"));
    const Ref id = ids.empty() ? draw.some(draw.activities) : draw.some(ids);
    return of_record("forwards", id, [](const Reader& reader, Ref ref, Telling& telling) {
        telling.all(Calls(reader.session).forwards(ref));
    });
}
Read make_routing(Draw&) {
    return {"routing", "", {}, [](const Reader& reader, Answer& answer) {
                Telling(reader, answer).all(RoutingRules(reader.session).in_use());
            }};
}
Read make_notes(Draw& draw) {
    const int limit = static_cast<int>(between(draw.random, 1, 3));
    return of_record("notes", draw.some(draw.roots),
                     [limit](const Reader& reader, Ref id, Telling& telling) {
                         std::string after;
                         for (int pages = 0; pages < 3; ++pages) {
                             const auto page = Notes(reader.session).about(id, limit, after);
                             telling.all(page.rows);
                             telling.word(page.next);
                             if ((after = page.next).empty()) break;
                         }
                     });
}
Read make_memberships(Draw& draw) {
    return of_record("memberships", draw.some(draw.contacts),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(Contacts(reader.session).memberships(id));
                     });
}
Read make_points(Draw& draw) {
    return of_record("points", draw.some(draw.roots),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(Points(reader.session).of(id));
                     });
}
Read make_addresses(Draw& draw) {
    return of_record("addresses", draw.some(draw.roots),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(Addresses(reader.session).of(id));
                     });
}
Read make_bank_accounts(Draw& draw) {
    const Ref party = draw.some(draw.parties);
    const Json known = draw.value_in("bank_account", "number");
    const std::string number = known.is_string() ? known.string() : "2221";
    return {"bank_accounts",
            text_of(party) + " " + number,
            {},
            [party, number](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                BankAccounts accounts(reader.session);
                telling.all(accounts.of(party));
                telling.all(accounts.with_number(number));
            }};
}
Read make_party_links(Draw& draw) {
    return of_record("party_links", draw.some(draw.parties),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         PartyLinks links(reader.session);
                         for (std::string after;;) {
                             const auto page = links.of(id, {.limit = 2, .after = after});
                             telling.all(page.rows);
                             telling.word(page.next);
                             if ((after = page.next).empty()) break;
                         }
                         const auto hierarchy = links.hierarchy(id, Date(2026, 3, 2));
                         for (const auto* places : {&hierarchy.above, &hierarchy.below})
                             for (const auto& place : *places)
                                 telling.number(place.level).record(place.party);
                         telling.number(hierarchy.more);
                     });
}
Read make_memorable_dates(Draw& draw) {
    return of_record("memorable_dates", draw.some(draw.roots),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(MemorableDates(reader.session).of(id));
                     });
}
Read make_reminders(Draw& draw) {
    return of_record("reminders", draw.some(draw.roots),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         const Reminders reminders(reader.session);
                         telling.all(reminders.of(id));
                         const auto due = reminders.next_due();
                         telling.word(due ? to_text(*due) : "");
                     });
}
Read make_notices(Draw&) {
    return of_all("notices", [](const Reader& reader, Telling& telling) {
        const Notices notices(reader.session);
        for (const auto& each : {notices.list().rows, notices.unread()})
            for (const Notice& notice : each) {
                telling.word(notice.reason);
                telling.number(notice.record.value());
            }
    });
}
Read make_upcoming(Draw& draw) {
    const int days = static_cast<int>(between(draw.random, 1, 6));
    return {"upcoming", std::to_string(days), {}, [days](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                for (std::string after;;) {
                    const auto page =
                        MemorableDates(reader.session).upcoming(Date(2025, 12, 30), days, 3, after);
                    for (const Occasion& each : page.rows) {
                        telling.word(each.on.text()).word(each.type).word(each.name);
                        telling.word(each.label).word(each.relation);
                        telling.number(each.record.value()).number(each.source.value());
                        telling.number(each.years.value_or(-1)).line();
                        telling.count();
                    }
                    telling.word(page.next);
                    if ((after = page.next).empty()) break;
                }
            }};
}
Read make_kinships(Draw& draw) {
    return of_record("kinships", draw.some(draw.contacts),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         telling.all(Kinships(reader.session).of(id));
                     });
}
Read make_consents(Draw& draw) {
    return of_record("consents", draw.some(draw.one_in(3) ? draw.parties : draw.contacts),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         Consents consents(reader.session);
                         telling.all(consents.of(id));
                         telling.number(consents.may_contact(id, "email"));
                         for (const auto& each : consents.summary(id)) {
                             telling.word(each.channel).number(each.may_contact);
                             if (each.statement) telling.record(*each.statement);
                         }
                     });
}
Read make_participants(Draw& draw) {
    return of_record("participants", draw.some(draw.activities),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         const Participants participants(reader.session);
                         telling.all(participants.of(id));
                         telling.all(participants.invitations());
                     });
}
Read make_costs(Draw& draw) {
    const Ref project = draw.some(draw.projects);
    return of_record("costs", draw.some(draw.activities),
                     [project](const Reader& reader, Ref id, Telling& telling) {
                         const Costs costs(reader.session);
                         telling.all(costs.of(id));
                         const auto tell = [&](const auto& record) {
                             try {
                                 for (const Money& sum : costs.total(record))
                                     telling.number(sum.minor).word(sum.currency.code());
                             } catch (const NotFound& error) {
                                 telling.word(error.what());
                             }
                         };
                         tell(Id<Activity>{id});
                         tell(Id<Project>{project});
                     });
}
Read make_attachments(Draw& draw) {
    return of_record("attachments", draw.some(draw.roots),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         const Attachments attachments(reader.session);
                         const auto found = attachments.of(id);
                         telling.all(found);
                         for (const Attachment& each : found)
                             if (each.path.empty() && !reader.sight.hides("attachment", "digest"))
                                 telling.word(attachments.read(each.head.id));
                     });
}
Read make_breaks(Draw& draw) {
    BreakQuery query{.unplanned = draw.one_in(2),
                     .limit = static_cast<int>(between(draw.random, 1, 3))};
    if (!query.unplanned || draw.one_in(2))
        query.silent_days = static_cast<int>(between(draw.random, 1, 2));
    const bool of_all = draw.one_in(2);
    return {
        "breaks", "", {{"party", "name"}}, [query, of_all](const Reader& reader, Answer& answer) {
            Telling telling(reader, answer);
            BreakQuery page = query;
            if (of_all) page.unit = Units(reader.session).named("U0").head.id;
            do {
                const auto found = Interactions(reader.session).breaks(page);
                for (const Break& each : found.rows) {
                    telling.number(each.party.value()).word(each.name);
                    telling.number(each.last.value()).number(each.planned.value()).line();
                    telling.count();
                }
                telling.word(page.after = found.next);
            } while (!page.after.empty());
        }};
}
Read make_broken_chains(Draw& draw) {
    const int limit = static_cast<int>(between(draw.random, 1, 3));
    return {"broken_chains", "", {}, [limit](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                BreakQuery page{.unit = Units(reader.session).named("U0").head.id, .limit = limit};
                do {
                    const auto found = Interactions(reader.session).broken_chains(page);
                    telling.all(found.rows);
                    telling.word(page.after = found.next);
                } while (!page.after.empty());
            }};
}
Read make_frequency(Draw& draw) {
    return of_record(
        "frequency", draw.some(draw.parties), [](const Reader& reader, Ref id, Telling& telling) {
            const auto found =
                Interactions(reader.session).frequency(id, Date(2026, 2, 1), Date(2026, 4, 1));
            telling.number(found.interactions);
            for (const auto& month : found.months) telling.number(month.interactions);
            telling.word(std::to_string(found.mean_gap_days.value_or(-1)));
        });
}
Read make_tasks(Draw& draw) {
    const std::string login = "user" + std::to_string(between(draw.random, 0, 5));
    const bool by_ana = draw.one_in(2);
    return {"tasks", login, {}, [login, by_ana](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const Users users(reader.session);
                TaskQuery page{.user = users.by_login(by_ana ? "ana" : login).head.id, .limit = 4};
                const Tasks tasks(reader.session);
                do {
                    const auto found = by_ana ? tasks.assigned_by(page) : tasks.to_dos(page);
                    for (const AssignedTask& each : found.rows) {
                        telling.record(each.activity);
                        telling.number(each.is_overdue);
                    }
                    telling.word(page.after = found.next);
                } while (!page.after.empty());
            }};
}
Read make_roles(Draw& draw) {
    return of_record("roles", draw.some(draw.parties),
                     [](const Reader& reader, Ref id, Telling& telling) {
                         for (const auto& role : Parties(reader.session).roles(id))
                             telling.word(role), telling.count();
                     });
}

Read make_by_code(Draw& draw) {
    const Json known = draw.value_in("party", "code");
    const std::string code = known.is_string() ? known.string() : "C1";
    return {"by_code", code, {}, [code](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                if (const auto party = Parties(reader.session).by_code(code))
                    telling.record(*party);
            }};
}

Read make_external_key(Draw& draw) {
    static const std::vector<std::string> systems{"import", "import", "other"},
        kinds{"party", "contact", "activity"};
    const std::string system = draw.any(systems), kind = draw.any(kinds),
                      key = "K" + std::to_string(between(draw.random, 1, 12));
    return {"external_key",
            system + " " + kind + " " + key,
            {},
            [system, kind, key](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                if (const auto record = ExternalKeys(reader.session).lookup(system, kind, key)) {
                    telling.number(record->value());
                    telling.count();
                }
            }};
}

// ---- what everybody sees

Read make_workload(Draw&) {
    return of_all("workload", [](const Reader& reader, Telling& telling) {
        const auto unit = Units(reader.session).named("U0").head.id;
        for (const Workload& each :
             workload(reader.session, unit, Date(2026, 2, 1), Date(2026, 4, 1))) {
            telling.number(each.user.value()).word(each.name);
            for (const auto* counts : {&each.activities, &each.projects})
                telling.number(counts->planned)
                    .number(counts->running)
                    .number(counts->finished)
                    .number(counts->overdue);
            telling.number(each.planned_time.count()).line();
            telling.count();
        }
    });
}

Read make_lists(Draw&) {
    return of_all("lists", [](const Reader& reader, Telling& telling) {
        for (const ListItem& item : Lists(reader.session).items("industry", true)) {
            telling.word(item.code).word(item.label);
            telling.count();
        }
        telling.word(Lists(reader.session).label("industry", "retail"));
    });
}

Read make_properties(Draw&) {
    return of_all("properties", [](const Reader& reader, Telling& telling) {
        const Properties properties(reader.session);
        for (const Property& property : properties.of_kind("party")) {
            telling.record(property);
            telling.word(properties.label(properties.named("party", property.name)));
        }
        for (const Column& column : properties.kind("party").columns) telling.word(column.name);
    });
}

Read make_users(Draw& draw) {
    const std::string login = "user" + std::to_string(between(draw.random, 0, 5));
    return {"users", login, {}, [login](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                telling.record(Units(reader.session).named("U1"));
                telling.record(Users(reader.session).by_login(login));
            }};
}

Read make_profile(Draw& draw) {
    const std::string login = "user" + std::to_string(between(draw.random, 0, 5));
    const int tasks = static_cast<int>(between(draw.random, 1, 9));
    return {"profile", login, {}, [login, tasks](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                Users users(reader.session);
                const Profile profile = users.profile(users.by_login(login).head.id, tasks);
                telling.record(profile.user);
                telling.record(profile.unit);
                if (profile.position) telling.record(*profile.position);
                telling.all(profile.groups);
                telling.all(profile.skills);
                telling.all(profile.territories);
                telling.all(profile.tasks);
                telling.number(profile.more_tasks);
            }};
}

Read make_skilled(Draw& draw) {
    const int limit = static_cast<int>(between(draw.random, 1, 5));
    return {"skilled", "", {}, [limit](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                telling.all(Users(reader.session).skilled("g", 0, limit));
            }};
}

// ---- working time

void tell_ranges(Telling& telling, const std::vector<TimeRange>& ranges) {
    for (const TimeRange& range : ranges)
        telling.word(to_text(range.start)).word(to_text(range.end));
    telling.line();
}

void tell_place(Telling& telling, const Whereabouts& where) {
    telling.number(where.user.value()).word(where.name).word(where.place).number(where.works);
    if (where.entry) telling.record(*where.entry);
    telling.line();
}

Read make_schedule(Draw& draw) {
    const std::string login = "user" + std::to_string(between(draw.random, 0, 5));
    const Time at = ::test::monday + ::test::hour * between(draw.random, 0, 48);
    const Date from(2026, 3, static_cast<unsigned>(between(draw.random, 1, 3))), to(2026, 3, 4);
    return {"schedule", login + " " + to_text(at), {}, [=](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const Schedule schedule(reader.session);
                for (const Whereabouts& each : schedule.where_is_everybody(at))
                    tell_place(telling, each);
                const Id<User> user = Users(reader.session).by_login(login).head.id;
                tell_place(telling, schedule.where_is(user, at));
                for (const ScheduledDay& day : schedule.schedule({}, from, to)) {
                    telling.word(day.day.text()).all(day.entries);
                    tell_ranges(telling, day.hours);
                }
                const WorkCalendar calendar(reader.session);
                tell_ranges(telling, calendar.working_hours(user, from, to));
                telling.number(calendar.works_at(user, at));
            }};
}

Read make_working_time(Draw& draw) {
    WorkQuery query{.from = Date(2026, 3, 1),
                    .to = Date(2026, 3, static_cast<unsigned>(between(draw.random, 1, 4))),
                    .by_user = draw.one_in(2),
                    .by_day = draw.one_in(2),
                    .by_activity = draw.one_in(2),
                    .by_project = draw.one_in(2)};
    const Ref activity = draw.some(draw.activities);
    return {"working_time",
            std::string(query.to.text()),
            {},
            [=](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                const TimeEntries times(reader.session);
                for (const WorkedTime& each : times.hours(query)) {
                    telling.number(each.user.value()).number(each.minutes);
                    telling.word(each.day ? each.day->text() : "-");
                    telling.number(each.activity.value()).number(each.project.value()).line();
                    telling.count();
                }
                for (const WorkBalance& each : times.balance({}, query.from, query.to))
                    telling.word(each.day.text())
                        .number(each.user.value())
                        .number(each.worked)
                        .number(each.scheduled)
                        .line();
                telling.all(times.of(activity));
            }};
}

Read make_labour(Draw& draw) {
    const std::string login = "user" + std::to_string(between(draw.random, 0, 5));
    return of_record("labour", draw.some(draw.one_in(2) ? draw.activities : draw.projects),
                     [login](const Reader& reader, Ref id, Telling& telling) {
                         const HourlyRates rates(reader.session);
                         telling.all(rates.of(Users(reader.session).by_login(login).head.id));
                         const Labour labour = rates.labour(id);
                         telling.number(labour.planned_minutes).number(labour.worked_minutes);
                         telling.number(labour.planned_without_rate);
                         telling.number(labour.worked_without_rate);
                         for (const auto* sums : {&labour.estimated, &labour.actual})
                             for (const Money& sum : *sums)
                                 telling.word(sum.text()).word(sum.currency.code()).count();
                     });
}

Read make_me(Draw&) {
    return of_all("me", [](const Reader& reader, Telling& telling) {
        const Session& me = reader.session;
        telling.number(me.user().value()).word(me.login()).number(me.unit().value());
        telling.word(me.zone().name())
            .word(me.language())
            .word(me.currency())
            .word(to_text(me.now()));
        for (const char* function : {"run_imports", "undo_others", "administer"})
            telling.number(crm::Rights(reader.session).may(function));
    });
}

/// Why a user sees a record: not by which rights, in which the copy must differ.
Read make_explain(Draw& draw) {
    return of_record(
        "explain", draw.some(draw.all), [](const Reader& reader, Ref id, Telling& telling) {
            const Explanation why = crm::Rights(reader.session).explain(reader.session.user(), id);
            telling.number(why.decides.value()).number(why.is_active);
            for (const auto& verdict : why.verdicts)
                if (verdict.action == "read") telling.number(verdict.allowed);
            telling.count();
        });
}

/// Not its path, its size and its copy number, which no two files share.
Read make_info(Draw&) {
    return of_all("info", [](const Reader& reader, Telling& telling) {
        const Info info = reader.session.info();
        telling.number(info.schema_version).word(info.country).word(info.zone);
        telling.word(info.language).word(info.currency);
        for (const auto& [kind, rows] : info.rows) telling.word(kind).number(rows);
    });
}

Read make_commands(Draw& draw) {
    const auto id = CommandId{static_cast<std::int64_t>(between(draw.random, 1, 9))};
    const Ref record = draw.some(draw.all);
    return {"commands",
            std::to_string(static_cast<std::int64_t>(id)) + " " + text_of(record),
            {},
            [id, record](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                for (const Command& command : reader.session.commands()) telling.command(command);
                for (const Command& command : reader.session.commands({.record = record}))
                    telling.command(command);
                telling.command(reader.session.command(id));
            }};
}

/// Of what went along only what is a record by itself: to the copy a child whose parent is gone is
/// as hidden as it is to `Session::history`, and its history forgets references to what was
/// removed.
Read make_trash(Draw& draw) {
    const auto limit = static_cast<int>(between(draw.random, 1, 5));
    return of_all("trash", [limit](const Reader& reader, Telling& telling) {
        TrashQuery query{.undone = true, .limit = limit};
        do {
            const auto page = Trash(reader.session).list(query);
            for (const TrashItem& item : page.rows) {
                telling.record(item.record.kind(), item.record.data());
                telling.word(item.title).word(item.user_login).command(item.command);
                for (const auto& [record, field] : item.along)
                    if (kind_numbered(record.kind()).role == Role::root && field.empty())
                        telling.number(record.value());
            }
            query.after = page.next;
        } while (!query.after.empty());
    });
}

Read make_runs(Draw&) {
    return of_all("runs", [](const Reader& reader, Telling& telling) {
        const auto tell_run = [&](const Run& run) {
            telling.number(static_cast<std::int64_t>(run.id))
                .word(run.verb)
                .number(run.user.value());
            telling.word(run.source).word(run.state).number(run.rows).number(run.created);
            telling.count();
        };
        for (const Run& run : reader.session.runs()) tell_run(run);
        tell_run(reader.session.run(RunId{1}));
    });
}

// ---- what writing tells

/// Kinds where a field that is required or derived is hidden cannot be changed on the copy: there
/// it is missing.
bool is_whole(const Sight& sight, std::string_view kind) {
    const Kind& all = kind_named(kind);
    return std::ranges::none_of(all.columns, [&](const Column& column) {
        return (column.has(required) || column.has(derived)) && sight.hides(kind, column.name);
    });
}

struct Plain {
    std::string_view kind, field;
    const char* value;
};
/// Fields that a rehearsal changes: they move no record in or out of sight.
constexpr Plain plain_fields[] = {
    {"party", "industry", "retail"}, {"party", "tax_code", "T9"},
    {"contact", "title", "Zoo"},     {"contact", "nick_name", "vasia"},
    {"project", "status", "late"},   {"activity", "subject", "acme again"},
    {"activity", "result", "Ёлка"}};

/// A record that may be changed, and a change of it; none where there is none.
struct Changing {
    Ref id{};
    std::string field, value;
};
/// On the copy, an occurrence of a hidden series is one of no series, which nothing may be.
bool is_orphan(const Sight& sight, std::int64_t id) {
    const auto series = integer_in(sight.rows().at(id), "series_id");
    return series != 0 && !sight.sees_existing(series);
}
Changing some_change(Draw& draw) {
    for (int i = 0; i < 8; ++i) {
        const auto& plain = plain_fields[between(draw.random, 0, std::size(plain_fields) - 1)];
        const auto id = draw.any(draw.roots);
        if (kind_of_id(id) == plain.kind && draw.sight.may_change(id) && draw.sight.sees(id) &&
            is_whole(draw.sight, plain.kind) && !is_orphan(draw.sight, id) &&
            (plain.kind != "contact" || is_whole(draw.sight, "party")) &&  // which repeats its name
            !draw.sight.locked(plain.kind).contains(std::string(plain.field)))
            return {Ref{id}, std::string(plain.field), plain.value};
    }
    return {};
}

/// New ids are told by their kind only: numbers are handed out to all.
void tell(Telling& telling, const Effects& effects) {
    for (const Ref id : effects.created) telling.word("created").number(id.kind());
    for (const auto& changed : effects.changed) {
        telling.word("changed").number(changed.record.value());
        for (const FieldChange& change : changed.fields)
            telling.change(kind_of_id(changed.record.value()), change);
    }
    for (const Ref id : effects.removed) telling.word("removed").number(id.value());
}

// ---- duplicates

void tell(Telling& telling, const std::vector<Duplicate>& found) {
    for (const Duplicate& duplicate : found) {
        telling.number(duplicate.record.value()).number(duplicate.other.value());
        telling.word(Json(duplicate.score).dump());
        for (const auto& reason : duplicate.reasons)
            telling.word(reason.what).word(Json(reason.weight).dump()).word(reason.text);
        telling.line();
        telling.count();
    }
}

Read make_duplicates_of(Draw& draw) {
    const LookUp options{.min_score = draw.one_in(2) ? 0.0 : 0.01,
                         .limit = static_cast<int>(between(draw.random, 1, 20)),
                         .dismissed = draw.one_in(2)};
    return of_record("duplicates_of", draw.some(draw.one_in(2) ? draw.parties : draw.contacts),
                     [options](const Reader& reader, Ref id, Telling& telling) {
                         const Duplicates duplicates(reader.session);
                         telling.number(duplicates.merged_into(id).value());
                         tell(telling, duplicates.of(id, options));
                     });
}

/// In the whole file; since a command each record is looked up by itself.
Read make_duplicates(Draw& draw) {
    const DuplicateQuery query{.kind = draw.one_in(2) ? "party" : "contact",
                               .min_score = draw.one_in(2) ? 0.0 : 0.01,
                               .since = CommandId{draw.one_in(2) ? 0 : 3},
                               .limit = static_cast<int>(between(draw.random, 1, 200)),
                               .dismissed = draw.one_in(2)};
    return {
        "duplicates", query.kind, {}, [query](const Reader& reader, Answer& answer) {
            Telling telling(reader, answer);
            const auto page = Duplicates(reader.session).find(query);
            telling.number(page.incomplete).number(static_cast<std::int64_t>(page.blocks_skipped));
            tell(telling, page.pairs);
        }};
}

Read make_rehearsal(Draw& draw) {
    const Changing change = some_change(draw);
    const Ref noted = draw.some(draw.roots);
    const bool notes = draw.sight.locked("note").empty();
    return {"rehearsal",
            text_of(change.id) + " " + change.field,
            {},
            [change, noted, notes](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                tell(telling, reader.session.rehearse([&](Work&) {
                    if (change.id)
                        reader.session.change(change.id, any_version,
                                              {{change.field, std::string_view{change.value}}});
                    if (notes) Notes(reader.session).write(noted, "rehearsed");
                }));
            }};
}

Read make_conflict(Draw& draw) {
    const Changing change = some_change(draw);
    return {"conflict", text_of(change.id), {}, [change](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                if (!change.id) return;
                try {
                    reader.session.change(change.id, 1'000,
                                          {{change.field, std::string_view{change.value}}});
                } catch (const Conflict& error) {
                    telling.word(error.what()).number(error.record.value());
                    telling.json(kind_of_id(change.id.value()), Json::parse(error.current));
                }
            }};
}

/// A change, a removal, a note, a completion of what may be hidden: all are told that there is no
/// such record. What is seen is left alone.
Read make_missing(Draw& draw) {
    Ref id = draw.some(draw.all);
    for (int i = 0; i < 9 && draw.sight.sees(id.value()); ++i) id = draw.some(draw.all);
    if (draw.sight.sees(id.value())) id = Ref::make(16, 1'000'000);
    const bool takes_party = !draw.sight.locked("activity").contains("party_id");
    return of_record(
        "missing", id, [takes_party](const Reader& reader, Ref hidden, Telling& telling) {
            const auto attempt = [&](const auto& body) {
                try {
                    reader.session.rehearse([&](Work&) { body(); });
                    telling.word("done");
                } catch (const Error& error) {
                    telling.word(error.what());
                }
            };
            attempt([&] { reader.session.change(hidden, any_version, {}); });
            attempt([&] { reader.session.change(hidden, 7, {{"no_such", Value{}}}); });
            attempt([&] { reader.session.remove(hidden); });
            attempt([&] { Notes(reader.session).write(hidden, "feeling"); });
            attempt([&] {
                Points(reader.session).add({.record = hidden, .type = "phone", .value = "1"});
            });
            attempt([&] { Activities(reader.session).complete(hidden, "done"); });
            attempt([&] {
                const Ref nobody = Ref::make(hidden.kind(), 1'000'000);
                Duplicates(reader.session).merge(hidden, {nobody});
            });
            attempt([&] {
                Activities(reader.session)
                    .follow_up(hidden, {.subject = "x", .start = ::test::monday});
            });
            if (takes_party)
                attempt([&] {
                    Activities(reader.session)
                        .plan({.subject = "x",
                               .kind = "call",
                               .party = hidden,
                               .start = ::test::monday});
                });
            attempt([&] {
                Activities(reader.session)
                    .plan({.subject = "x",
                           .kind = "call",
                           .start = ::test::monday,
                           .follow_up_of = hidden});
            });
            attempt([&] { crm::Rights(reader.session).share(hidden, reader.session.user()); });
            attempt([&] { crm::Rights(reader.session).unshare(hidden, reader.session.user()); });
            attempt([&] { Parties(reader.session).add_role(hidden, "client"); });
        });
}

// ---- imports

/// Rows of text.
class Table : public RowSource {
public:
    Table(std::vector<std::string> header, std::vector<std::vector<std::string>> rows)
        : header_(std::move(header)), rows_(std::move(rows)) {}
    const std::vector<std::string>& header() const override { return header_; }
    bool next(SourceRow& row) override {
        if (at_ == rows_.size()) return false;
        values_.clear();
        for (const auto& cell : rows_[at_]) values_.emplace_back(std::string_view{cell});
        row.number = static_cast<std::int64_t>(++at_);
        row.fields = values_;
        return true;
    }
    std::string name() const override { return "table"; }

private:
    std::vector<std::string> header_;
    std::vector<std::vector<std::string>> rows_;
    std::size_t at_ = 0;
    std::vector<Value> values_;
};

std::string some_name(Draw& draw, const char* kind) {
    const Json name = draw.value_in(kind, "name");
    return name.is_string() && draw.one_in(2) ? name.string() : draw.word();
}

/// Whether a key or code may be a row's own: one that a hidden record has is refused there, as
/// declared.
bool is_taken_unseen(const Sight& sight, std::string_view kind, std::string_view column,
                     const std::string& value) {
    return std::ranges::any_of(sight.rows(), [&](const auto& each) {
        const auto& [id, row] = each;
        return kind_of_id(id) == kind && fold(text_in(row, column)) == fold(value) &&
               !sight.sees(id);
    });
}

Read make_import_matching(Draw& draw);

/// Activities with references by key, code and name.
Read make_import(Draw& draw) {
    static const std::vector<std::string> names{"key", "code", "name"};
    const std::string party_by = draw.any(names), contact_by = draw.one_in(2) ? "key" : "name";
    const Sight& sight = draw.sight;
    const bool with_key = sight.locked("external_key").empty() && draw.one_in(2);
    std::vector<std::vector<std::string>> rows;
    for (int i = 0; i < 4; ++i) {
        std::string own = "K" + std::to_string(between(draw.random, 1, 12));
        // Whoever may not read what he creates does not find it again by its key, as the copy does.
        const bool is_repeated = std::ranges::any_of(
            rows, [&](const std::vector<std::string>& row) { return row.front() == own; });
        if (is_repeated || is_taken_unseen(sight, "external_key", "key", own))
            own = "fresh" + std::to_string(i);
        const Json code = draw.value_in("party", "code");
        const std::string key = "K" + std::to_string(between(draw.random, 1, 12));
        const std::string party = party_by == "key"    ? key
                                  : party_by == "code" ? code.string()
                                                       : some_name(draw, "party");
        rows.push_back({own, draw.word(), "call", "2026-03-05T08:00:00Z", party,
                        contact_by == "key" ? key : some_name(draw, "contact")});
    }
    ImportOptions options{.kind = "activity", .dry_run = true};
    options.columns = {{"own", "-"},
                       {"subject", "subject"},
                       {"kind", "kind"},
                       {"start", "start_at"},
                       {"party", "party:" + party_by},
                       {"contact", "contact:" + contact_by}};
    if (with_key) options.columns.erase(options.columns.begin()), options.key = "own";
    options.on_conflict = draw.one_in(2) ? OnConflict::skip : OnConflict::fail;
    Names used;
    for (const char* field : {"subject", "kind", "start_at", "party_id", "contact_id"}) {
        used.emplace_back("activity", field);
        // What is locked and shown is refused row by row, where the copy takes it.
        if (sight.locked("activity").contains(field) && !sight.hides("activity", field))
            return make_import_matching(draw);
    }
    if (contact_by == "name") used.emplace_back("contact", "name");
    if (party_by != "key") used.emplace_back("party", party_by);
    if (party_by == "key" || contact_by == "key") used.emplace_back("external_key", "key");
    return {"import", "activity by " + party_by + " and " + contact_by, std::move(used),
            [options, rows](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                auto asked = options;
                asked.outcome = [&](const RowOutcome& outcome) {
                    telling.number(outcome.row).number(static_cast<int>(outcome.result));
                    telling.word(outcome.key).word(outcome.field).word(outcome.reason);
                    if (outcome.result != RowResult::created)
                        telling.number(outcome.record.value());
                    telling.line();
                    answer.rows += outcome.result != RowResult::rejected;
                };
                Table table({"own", "subject", "kind", "start", "party", "contact"}, rows);
                const ImportReport report = import_rows(reader.session, table, asked);
                telling.number(report.rows).number(report.created).number(report.updated);
                telling.number(report.unchanged).number(report.skipped).number(report.rejected);
            }};
}

/// Nothing of what it does is told, and that a field is locked is no answer either.
void import_all_the_same(const Reader& reader, Table& table, ImportOptions options) {
    options.outcome = {};
    try {
        import_rows(reader.session, table, options);
    } catch (const Denied& denied) {
        if (std::string_view(denied.what()).find(" is locked for you") == std::string_view::npos)
            throw;
    }
}

/// Parties with their points, matched by key and code with what is there.
Read make_import_matching(Draw& draw) {
    const Sight& sight = draw.sight;
    const bool with_phone = draw.one_in(2),
               whole = is_whole(sight, "party") && is_whole(sight, "point");
    std::vector<std::vector<std::string>> rows;
    for (int i = 0; i < 4; ++i) {
        const Json known = draw.value_in("party", "code");
        std::string code = known.is_string() ? known.string() : "";
        if (code.empty() || is_taken_unseen(sight, "party", "code", code))
            code = "fresh" + std::to_string(i);
        const Json tax = draw.value_in("party", "tax_code");
        rows.push_back({code, "Acme", tax.is_string() ? tax.string() : "",
                        "+3736900000" + std::to_string(between(draw.random, 0, 5))});
    }
    ImportOptions options{.kind = "party", .dry_run = true};
    options.columns = {{"code", "code"},
                       {"name", "name"},
                       {"tax", "tax_code"},
                       {"phone", with_phone ? "phone" : "-"}};
    options.on_conflict = OnConflict::skip;
    Names used{{"party", "code"}, {"party", "name"}, {"party", "tax_code"}};
    if (with_phone)
        for (const char* field : {"type", "value", "normalized"}) used.emplace_back("point", field);
    // Which of two fields is refused, a hidden and a locked one, is the same to who asks.
    const bool is_refused = std::ranges::any_of(
                   used, [&](const auto&name) { return sight.hides(name.first, name.second); }),
               clear = is_refused ||
                       (whole && sight.locked("party").empty() && sight.locked("point").empty());
    return {"import", "parties by code", std::move(used),
            [options, rows, clear, &sight](const Reader& reader, Answer& answer) {
                Telling telling(reader, answer);
                auto asked = options;
                asked.outcome = [&](const RowOutcome& outcome) {
                    telling.number(outcome.row).number(static_cast<int>(outcome.result));
                    telling.word(outcome.field).word(outcome.reason);
                    if (outcome.result != RowResult::created)
                        telling.number(outcome.record.value());
                    telling.line();
                    answer.rows += outcome.result != RowResult::rejected;
                };
                Table table({"code", "name", "tax", "phone"}, rows);
                // A locked field is refused where the copy takes it: then only the refusal of
                // hidden ones is looked at, which comes before any row.
                if (!clear && reader.is_restricted == false) return;
                if (!clear) return import_all_the_same(reader, table, asked);
                const ImportReport report = import_rows(reader.session, table, asked);
                telling.number(report.rows).number(report.created).number(report.skipped);
                telling.number(report.unchanged).number(report.rejected);
            }};
}

Read make_any_import(Draw& draw) {
    return draw.one_in(2) ? make_import(draw) : make_import_matching(draw);
}

}  // namespace

// The one table of read paths; tests/rights/paths.txt names the functions that each covers. What is
// as visible as one parent is seen whole or not at all, unless a field is hidden: that is too rare
// to be asked of every run.
const std::vector<Entry>& entries() {
    static const std::vector<Entry> all{
        {"list", 80, true, make_list},
        {"count", 26, true, make_count},
        {"saved", 8, true, make_saved},
        {"segments", 8, true, make_segments},
        {"get", 4, true, make_get},
        {"find", 2, true, make_find},
        {"history", 4, true, make_history},
        {"past", 3, true, make_past},
        {"feed", 3, false, make_feed},
        {"search", 16, true, make_search},
        {"rank", 4, true, make_rank},
        {"sql", 3, true, make_sql},
        {"export", 3, true, make_export},
        {"subject", 3, false, make_subject},
        {"quick", 12, true, make_quick},
        {"card", 22, true, make_card},
        {"contact_card", 10, true, make_contact_card},
        {"loyalty", 3, false, make_loyalty},
        {"own_companies", 1, false, make_own_companies},
        {"chronicle", 7, true, make_chronicle},
        {"chain", 4, true, make_chain},
        {"subtree", 2, true, make_subtree},
        {"project_tree", 3, true, make_project_tree},
        {"calendar", 6, true, make_calendar},
        {"series", 4, true, make_series},
        {"waiting", 3, false, make_waiting},
        {"caller", 4, false, make_caller},
        {"forwards", 2, false, make_forwards},
        {"routing", 1, false, make_routing},
        {"notes", 2, false, make_notes},
        {"memberships", 2, false, make_memberships},
        {"points", 2, false, make_points},
        {"addresses", 1, false, make_addresses},
        {"bank_accounts", 2, false, make_bank_accounts},
        {"party_links", 4, false, make_party_links},
        {"memorable_dates", 1, false, make_memorable_dates},
        {"reminders", 1, false, make_reminders},
        {"notices", 1, false, make_notices},
        {"upcoming", 4, true, make_upcoming},
        {"kinships", 2, false, make_kinships},
        {"consents", 2, false, make_consents},
        {"participants", 3, false, make_participants},
        {"costs", 4, false, make_costs},
        {"attachments", 3, false, make_attachments},
        {"breaks", 5, false, make_breaks},
        {"broken_chains", 3, false, make_broken_chains},
        {"frequency", 3, false, make_frequency},
        {"tasks", 5, false, make_tasks},
        {"workload", 2, false, make_workload},
        {"roles", 1, false, make_roles},
        {"by_code", 1, false, make_by_code},
        {"external_key", 1, false, make_external_key},
        {"lists", 1, false, make_lists},
        {"properties", 1, false, make_properties},
        {"users", 1, false, make_users},
        {"profile", 2, true, make_profile},
        {"skilled", 1, false, make_skilled},
        {"schedule", 5, true, make_schedule},
        {"working_time", 3, true, make_working_time},
        {"labour", 4, false, make_labour},
        {"me", 1, false, make_me},
        {"explain", 1, false, make_explain},
        {"info", 1, false, make_info},
        {"commands", 1, true, make_commands},
        {"trash", 2, false, make_trash},
        {"runs", 1, false, make_runs},
        {"duplicates_of", 4, false, make_duplicates_of},
        {"duplicates", 4, false, make_duplicates},
        {"rehearsal", 2, false, make_rehearsal},
        {"conflict", 1, false, make_conflict},
        {"missing", 1, false, make_missing},
        {"import", 1, false, make_any_import},
    };
    return all;
}

Read draw_read(Draw& draw) {
    static const std::size_t total =
        std::accumulate(entries().begin(), entries().end(), std::size_t{0},
                        [](std::size_t sum, const Entry& entry) { return sum + entry.weight; });
    std::size_t at = between(draw.random, 0, total - 1);
    for (const Entry& entry : entries()) {
        if (at < entry.weight) return entry.make(draw);
        at -= entry.weight;
    }
    return entries().front().make(draw);
}

// ---- reads

Answer Read::run(const Reader& reader) const {
    Answer answer;
    try {
        body(reader, answer);
    } catch (const Denied& error) {
        answer.text += std::string("Denied ") + error.what();
        answer.is_denied = true;
    } catch (const NotFound& error) {
        answer.text += std::string("NotFound ") + error.what();
    } catch (const Error& error) {
        answer.text += std::string("Error ") + error.what();
    }
    return answer;
}

bool Read::names_hidden(const Sight& sight) const {
    return std::ranges::any_of(
        names, [&](const auto& name) { return sight.hides(name.first, name.second); });
}

// ---- drawing

Draw::Draw(Random& random_, const Sight& sight_) : random(random_), sight(sight_) {
    for (const auto& [id, row] : sight.rows()) {
        const std::string kind(kind_of_id(id));
        all.push_back(id);
        if (kind == "party") parties.push_back(id);
        if (kind == "contact") contacts.push_back(id);
        if (kind == "activity") activities.push_back(id);
        if (kind == "project") projects.push_back(id);
        if (kind == "lead") leads.push_back(id);
        const bool is_root = std::ranges::find(root_kinds, kind) != std::end(root_kinds);
        (is_root ? roots : children).push_back(id);
        for (const auto& [column, value] : row)
            if (!value.is_null()) values_[{kind, column}].push_back(value);
    }
}

Ref Draw::some(const std::vector<std::int64_t>& ids) {
    if (one_in(20)) return Ref::make(Ref{ids.front()}.kind(), 500'000);
    auto id = any(ids);
    for (int i = 0; i < 3 && !sight.sees(id); ++i) id = any(ids);  // what is seen tells more
    return Ref{id};
}

Json Draw::value_in(const std::string& kind, std::string_view column) {
    const auto found = values_.find({kind, std::string(column)});
    return found == values_.end() ? Json{} : any(found->second);
}

std::string Draw::word() {
    const auto& words = words_of_worlds();
    return any(words) + (one_in(3) ? " " + any(words) : "");
}

}  // namespace crm::test::rights
