#include "kernel/select.hpp"

#include <algorithm>
#include <limits>

#include "crm/error.hpp"
#include "kernel/texts.hpp"

namespace crm::kernel {
namespace {

constexpr int max_page = 1'000;
/// For more units than this the order's index is walked under the row predicate.
constexpr std::size_t max_branches = 64;

// ---- rows

constexpr std::string_view stored_head[] = {"id",       "version", "created_in",  "changed_in",
                                            "owner_id", "unit_id", "territory_id"};

std::span<const std::string_view> stored_head_of(const Kind& kind) {
    return std::span(stored_head).first(kind.role == Role::root ? 7 : 4);
}

void add_column(std::string& sql, std::string_view alias, std::string_view column) {
    ((sql += sql.empty() ? "" : ", ").append(alias) += '.').append(column);
}

/// The columns that a select reads, in its order.
template <class Use>
void each_selected(const Plan& plan, bool bodies, const Use& use) {
    for (const Column* column : plan.row) use(*column);
    for (const Column* column : plan.properties)
        if (bodies || !column->has(body)) use(*column);
    if (!bodies) return;
    for (const Column* column : plan.body) use(*column);
}

/// Columns whose bits are set in `hidden` read as NULL.
std::string stored_columns(const Plan& plan, std::string_view alias, bool bodies,
                           const FieldSet& hidden = {}, bool from_views = false) {
    const Kind& kind = *plan.kind;
    std::string sql;
    for (const auto column : stored_head_of(kind)) add_column(sql, alias, column);
    each_selected(plan, bodies, [&](const Column& column) {
        if (hidden.test(kind.index_of(column)))
            sql += ", NULL";
        else
            sql += ", " + stored_in(kind, column, alias, from_views);
    });
    return sql;
}

void read_head(const storage::Use& use, int& at, const Kind& kind, Head& head) {
    head.id = Ref{use.integer(at++)};
    head.version = use.integer(at++);
    head.created_in = CommandId{use.integer(at++)};
    head.changed_in = CommandId{use.integer(at++)};
    if (kind.role != Role::root) return;
    head.owner = Ref{use.integer(at++)};
    head.unit = Ref{use.integer(at++)};
    head.territory = Ref{use.integer(at++)};
}

void read_stored(const storage::Use& use, int& at, const Plan& plan, bool bodies, void* record) {
    const Kind& kind = *plan.kind;
    Head& head = *static_cast<Head*>(record);
    read_head(use, at, kind, head);
    each_selected(plan, bodies, [&](const Column& column) {
        if (const Value value = use.value(at++); !value.is_null()) column.set(record, value);
    });
    if (!plan.properties.empty()) head.properties.read_as(kind);
    if (bodies) return;
    for (const Column& column : kind.columns)
        if (column.has(body)) head.unread.set(kind.index_of(column));
}

void hide_columns(const storage::Use& use, int at, const Kind& kind, const Rights& rights,
                  void* record) {
    Head& head = *static_cast<Head*>(record);
    head.hidden = rights.hidden(kind);
    for (const Column& column : kind.columns) {
        if (!may_be_hidden(kind, column, rights) || use.integer(at++) == 0 ||
            column.get(record).is_null())
            continue;
        column.set(record, Value{});
        head.hidden.set(kind.index_of(column));
    }
}

// ---- where the rows come from

std::string both(const std::string& a, const std::string& b) {
    if (a == "1" || b == "0") return b;
    if (b == "1" || a == "0") return a;
    return a + " AND " + b;
}

/// A table reached in one way, and what its rows have to fulfil.
struct Source {
    std::string from;
    std::string where;
    bool sorts = false;  ///< no index gives its rows in order
};

/// All of them; each row stands in one of the sources, or in several.
struct Sources {
    std::vector<Source> all{};
    std::vector<std::int64_t> places{};  ///< units and territories, bound as :place0, :place1 …
    bool is_disjoint = true;
};

/// The kind's table by the index of an order: "party AS t INDEXED BY party_by_owner_name". SQLite
/// is told, because it leaves the scope's index as soon as statistics, or their absence, make
/// another one look better. A view has no index to name.
std::string by_index(const Rights& rights, const Kind& kind, std::string_view scope,
                     std::string_view order) {
    std::string from = std::string(kind.name) + " AS t";
    if (rights.are_over_views()) return from + " /* a view */";
    if (!order.empty())
        (((from += " INDEXED BY ").append(kind.name) += "_by_").append(scope)).append(order);
    return from;
}

std::string place(std::size_t i) { return ":place" + std::to_string(i); }

/// Collects one source for each scope, by its own index.
class SourceFinder {
public:
    /// `order` is a declared one or empty.
    SourceFinder(const Reading& reading, const Kind& kind, const Condition& condition,
                 std::string_view order, Action also = Action::read)
        : rights_(reading.rights()),
          kind_(kind),
          condition_(condition),
          also_(also == Action::read ? "1" : rights_.predicate(kind, "t", also)),
          asked_(order),
          order_(order) {
        if (order_.empty() && !kind.orders.empty()) order_ = kind.orders.front().name;
        if (const Column* column = kind.first_with(twin)) {
            twin_ = reading.kind(column->target);
            twin_field_ = "t." + std::string(column->name);
        }
    }

    Sources find() {
        const std::string visible = rights_.predicate(kind_, "t");
        if (visible == "0" || condition_.sql == "0" || also_ == "0") return {};
        const bool walk = kind_.role == Role::root && !condition_.anchored;
        if (!walk) {
            add({by_index(rights_, kind_, "", {}), visible});
        } else if (branches() > max_branches) {
            add({by_index(rights_, kind_, "", asked_), visible});
        } else if (has_two_scopes()) {
            add_scope(scope(kind_), twin_field_ + " IS NULL");
            add_scope(scope(*twin_), twin_field_ + " IS NOT NULL");
        } else {
            add_scope(scope(kind_), "1");
        }
        return std::move(sources_);
    }

private:
    const Scope& scope(const Kind& kind) const { return rights_.scope(kind, Action::read); }
    static std::size_t places_of(const Scope& scope) {
        return scope.all ? 0 : scope.units.size() + scope.territories.size();
    }
    bool has_two_scopes() const { return twin_ && scope(*twin_) != scope(kind_); }
    std::size_t branches() const {
        return places_of(scope(kind_)) + (has_two_scopes() ? places_of(scope(*twin_)) : 0);
    }

    void add(Source source) {
        source.where = both(both(source.where, condition_.sql), also_);
        sources_.all.push_back(std::move(source));
    }

    void add_places(std::string_view column, std::string_view by, const std::string& which,
                    const std::vector<std::int64_t>& places) {
        for (const std::int64_t each : places) {
            add({by_index(rights_, kind_, by, order_),
                 both("t." + std::string(column) + " = " + place(sources_.places.size()), which)});
            sources_.places.push_back(each);
        }
    }

    void add_few(const std::string& ids, const std::string& which) {
        if (ids.empty()) return;
        add({std::string(kind_.name) + " AS t NOT INDEXED", both("t.id IN (" + ids + ")", which),
             true});
    }

    /// The rows of a scope that fulfil `which`.
    void add_scope(const Scope& scope, const std::string& which) {
        if (scope.all) return add({by_index(rights_, kind_, "", asked_), which});
        const int ways = scope.own + scope.shared + scope.given + scope.open +
                         !scope.units.empty() + !scope.territories.empty();
        sources_.is_disjoint &= ways < 2;  // a record has one owner, one unit, one territory
        if (scope.own)
            add({by_index(rights_, kind_, "owner_", order_), both("t.owner_id = :me", which)});
        add_places("unit_id", "unit_", which, scope.units);
        add_places("territory_id", "territory_", which, scope.territories);
        if (scope.shared) add_few(rights_.shared_ids(kind_), which);
        if (scope.given) add_few(rights_.given_ids(kind_), which);
        if (scope.open)
            add({by_index(rights_, kind_, "shared_", order_),
                 both(rights_.open(kind_, "t"), which)});
    }

    const Rights& rights_;
    const Kind& kind_;
    const Condition& condition_;
    std::string also_;        // what must be allowed besides reading
    std::string_view asked_;  // the order; empty: none
    std::string_view order_;  // by whose indexes the rows of a scope are found, whatever is asked
    const Kind* twin_ = nullptr;
    std::string twin_field_;
    Sources sources_;
};

void bind_sources(const Reading& reading, const Sources& sources, const Condition& condition,
                  storage::Use& use) {
    reading.rights().bind(use);
    condition.bind(use);
    for (std::size_t i = 0; i < sources.places.size(); ++i)
        use.bind_named(place(i).c_str(), sources.places[i]);
}

// ---- orders

/// What a list is sorted by.
struct SortKey {
    std::string text;        ///< as the query said it
    std::string sql;         ///< over the alias t
    std::string_view index;  ///< the declared order whose indexes give it; empty: sorted
    FieldType type = FieldType::integer;
    bool nullable = false;
    bool descending = false;
    bool is_id() const { return sql == "t.id"; }
};

/// The value as an expression over the alias t alone.
std::string value_of(const Kind& kind, const Column& column) {
    const std::string name(column.name);
    if (!column.is_property()) return "t." + name;
    return "(SELECT v." + name + " FROM " + std::string(kind.name) +
           "_property AS v WHERE v.id = t.id)";
}

void sort_by_column(SortKey& key, const Kind& kind, const Column& column, const Rights& rights) {
    rights.require_shown(kind, column);
    const std::string stored = value_of(kind, column);
    if (column.has(body))
        throw Invalid("query", "order",
                      std::string(column.name) + " is long text: it has no order");
    key.type = column.type;
    key.nullable = !column.has(required) || column.is_property();
    key.sql = stored;
    if (column.type == FieldType::text) key.sql = "crm_fold(" + stored + ")";
    if (kind.find(column.key)) key.sql = "t." + std::string(column.key);
    if (may_be_hidden(kind, column, rights)) {
        key.sql = "CASE WHEN " + rights.predicate_of_ref(stored, column.target) + " THEN " +
                  stored + " END";
        key.nullable = true;
    }
}

const Order* declared(const Kind& kind, std::string_view name) {
    const auto by_name = std::ranges::find(kind.orders, name, &Order::name);
    if (by_name != kind.orders.end()) return &*by_name;
    const auto by_column = std::ranges::find(kind.orders, name, &Order::column);
    return by_column == kind.orders.end() ? nullptr : &*by_column;
}

// A command's time never goes backwards along its ids.
std::string_view head_order(std::string_view name) {
    if (name == "id") return "t.id";
    if (name == "created_at") return "t.created_in";
    if (name == "changed_at") return "t.changed_in";
    return {};
}

void settle_order(SortKey& key, const Kind& kind, std::string_view name, const Rights& rights) {
    if (const Order* order = declared(kind, name)) {
        rights.require_shown(kind, kind.column(order->column));
        key.index = kind.role == Role::root ? order->name : std::string_view{};
        key.type = kind.column(order->column).type;
        key.sql = "t." + std::string(order->column);
    } else if (const Column* column = kind.find(name)) {
        sort_by_column(key, kind, *column, rights);
    } else if (const Column* reference = kind.find(std::string(name) + "_id")) {
        sort_by_column(key, kind, *reference, rights);
    } else if (const auto sql = head_order(name); !sql.empty()) {
        key.sql = sql;
    } else {
        throw Invalid("query", "order",
                      "there is no field \"" + std::string(name) + "\" to sort " +
                          std::string(kind.name) + " by");
    }
}

/// The first declared order that the session may see.
std::string usual_order(const Kind& kind, const Rights& rights) {
    for (const Order& order : kind.orders)
        if (!rights.hides(kind, kind.column(order.column))) return std::string(order.name);
    return "id";
}

SortKey sort_key(const Kind& kind, const std::string& order, const Rights& rights) {
    SortKey key;
    key.text = order.empty() ? usual_order(kind, rights) : order;
    key.descending = key.text.starts_with('-');
    settle_order(key, kind, std::string_view(key.text).substr(key.descending), rights);
    return key;
}

// ---- pages

/// The last row of the page before; id 0 for the first page.
struct Position {
    Json key;
    std::int64_t id = 0;
};

bool fits(const Json& value, const SortKey& key) {
    if (value.is_null()) return key.nullable;
    switch (key.type) {
        case FieldType::integer:
        case FieldType::flag:
        case FieldType::time:
        case FieldType::money:
        case FieldType::reference: return value.is_integer();
        case FieldType::real: return value.is_integer() || value.is_real();
        default: return value.is_string();
    }
}

Position position_in(const Json& json, const SortKey& key) {
    if (!json.is_array() || json.array().size() != 3) throw Invalid("query", "after", "");
    const auto& parts = json.array();
    const bool sound = parts[0] == Json(key.text) && fits(parts[1], key) && parts[2].is_integer();
    if (!sound || parts[2].integer() <= 0) throw Invalid("query", "after", "");
    return {parts[1], parts[2].integer()};
}

Position position_of(const std::string& after, const SortKey& key) {
    if (after.empty()) return {};
    try {
        return position_in(Json::parse(after), key);
    } catch (const Invalid&) {
        throw Invalid("query", "after",
                      "is not the `next` of a page in the order \"" + key.text + "\"");
    }
}

/// A part of the rows, as conditions on the key: `whole` is one condition, `branches` together are
/// the same and each is a range of an index. The rows of one phase come before those of the next.
struct Phase {
    std::string whole;
    std::vector<std::string> branches{whole};
};

/// What follows a position. Where an index gives the order, ties are reached apart: a condition on
/// key and id together would step over all of them again with each page.
std::vector<Phase> beyond(const SortKey& key, bool one_statement) {
    const std::string sign = key.descending ? " < " : " > ", further = "t.id" + sign + ":after_id";
    if (key.is_id()) return {{further}};
    const std::string whole = "(" + key.sql + ", t.id)" + sign + "(:after_key, :after_id)";
    if (key.index.empty()) return {{whole}};
    const std::string ties = key.sql + " = :after_key AND " + further,
                      rest = key.sql + sign + ":after_key";
    if (one_statement) return {{whole, {ties, rest}}};
    return {{ties}, {rest}};
}

/// NULLs come last in either direction.
std::vector<Phase> phases(const SortKey& key, const Position& after, bool one_statement) {
    const std::string unset = key.sql + " IS NULL";
    if (after.id != 0 && after.key.is_null())
        return {{unset + (key.descending ? " AND t.id < :after_id" : " AND t.id > :after_id")}};
    std::vector<Phase> found{{key.nullable ? key.sql + " IS NOT NULL" : "1"}};
    if (after.id != 0) found = beyond(key, one_statement);
    if (key.nullable) found.push_back({unset});
    return found;
}

/// One page in the making.
class Pager {
public:
    Pager(Reading& reading, const Kind& kind, const Query& query, Action also)
        : reading_(reading),
          kind_(kind),
          query_(query),
          limit_(static_cast<std::size_t>(query.limit)),
          condition_(compile(query.where, kind, reading)),
          key_(sort_key(kind, query.order, reading.rights())),
          after_(position_of(query.after, key_)),
          sources_(SourceFinder(reading, kind, condition_, key_.index, also).find()),
          direction_(key_.descending ? " DESC" : ""),
          in_order_(!key_.index.empty() || (key_.is_id() && is_whole()) ||
                    reading.rights().are_over_views()) {}

    Page<AnyRecord> page() {
        if (sources_.all.empty()) return {};
        const bool direct = sources_.all.size() == 1 && in_order_;
        for (const auto& phase : phases(key_, after_, !direct))
            if (page_.next.empty()) add(direct ? direct_text(phase.whole) : branched_text(phase));
        return std::move(page_);
    }

private:
    /// Whether one source gives every row, in order of id.
    bool is_whole() const {
        return kind_.role != Role::root || reading_.rights().predicate(kind_, "t") == "1";
    }

    void add(const std::string& sql) {
        auto rows = reading_.connection().use(sql);
        bind_sources(reading_, sources_, condition_, rows);
        rows.bind_named(":after_key", after_.key.value()).bind_named(":after_id", after_.id);
        rows.bind_named(":limit", static_cast<std::int64_t>(limit_ - page_.rows.size() + 1));
        while (page_.next.empty() && rows.step()) add_row(rows);
    }

    /// The row beyond the page tells that there is one.
    void add_row(const storage::Use& row) {
        if (page_.rows.size() == limit_) {
            page_.next =
                Json(Json::Array{key_.text, last_key_, page_.rows.back().head().id.value()}).dump();
            return;
        }
        AnyRecord& record = page_.rows.emplace_back(kind_);
        read_row(row, 1, kind_, reading_.rights(), query_.bodies, record.data());
        if (page_.rows.size() == limit_) last_key_ = Json(row.value(0));
    }

    std::string select() const {
        return ", " + select_list(kind_, reading_.rights(), "t", query_.bodies) + " FROM ";
    }
    std::string order(const std::string& key, const std::string& id) const {
        return " ORDER BY " + key + direction_ + ", " + id + direction_ + " LIMIT :limit";
    }

    /// One index gives the rows in their order.
    std::string direct_text(const std::string& position) const {
        const Source& source = sources_.all.front();
        return "SELECT " + key_.sql + select() + source.from +
               body_join(kind_, "t", query_.bodies, &reading_.rights()) + " WHERE " +
               both(source.where, position) + order(key_.sql, "t.id");
    }

    /// Sorted branches, merged row by row until the page is full; then the rows themselves.
    std::string branched_text(const Phase& phase) const {
        std::string keys;
        keys.reserve(sources_.all.size() * phase.branches.size() * 200);  // there may be 64 units
        std::size_t branches = 0;
        for (const Source& source : sources_.all)
            for (const std::string& position :
                 source.sorts ? std::vector{phase.whole} : phase.branches) {
                if (branches++ > 0) keys += sources_.is_disjoint ? " UNION ALL " : " UNION ";
                add_branch(keys, source, position);
            }
        if (branches > 1) keys += order("2", "1");
        return std::string(in_order_ ? "SELECT q.k" : "SELECT /* sorts what matches */ q.k") +
               select() + "(" + keys + ") AS q CROSS JOIN " + from_clause(kind_, "t", false) +
               " ON t.id = q.id" + body_join(kind_, "t", query_.bodies);
    }
    void add_branch(std::string& sql, const Source& source, const std::string& position) const {
        if (!in_order_) sql += "SELECT id, k FROM (";
        ((sql += "SELECT t.id AS id, ") += key_.sql) += " AS k FROM ";
        ((sql += source.from) += " WHERE ") += both(source.where, position);
        if (!in_order_) (sql += order("2", "1")) += ')';
    }

    Reading& reading_;
    const Kind& kind_;
    const Query& query_;
    std::size_t limit_;
    Condition condition_;
    SortKey key_;
    Position after_;
    Sources sources_;
    std::string direction_;
    bool in_order_;  // the sources give their rows in the list's order; views sort them
    Json last_key_;
    Page<AnyRecord> page_;
};

// ---- counts

std::string count_text(const std::vector<Source>& sources) {
    if (sources.size() == 1)
        return "SELECT count(*) FROM (SELECT 1 FROM " + sources[0].from + " WHERE " +
               sources[0].where + " LIMIT :limit)";
    std::string ids;
    for (const Source& source : sources)
        ids += (ids.empty() ? "" : " UNION ") +
               ("SELECT id FROM (SELECT t.id AS id FROM " + source.from) + " WHERE " +
               source.where + " LIMIT :limit)";
    return "SELECT count(*) FROM (" + ids + " LIMIT :limit)";
}

}  // namespace

/// A child is seen only with its parent and the far ends of its links, a twin with its twin.
bool may_be_hidden(const Kind& kind, const Column& column, const Rights& rights) {
    return column.type == FieldType::reference && !column.has(parent) && !column.has(link) &&
           !column.has(twin) && !rights.hides(kind, column) && !rights.sees_all(column.target);
}

VisibleIds visible_ids(const Reading& reading, const Kind& kind) {
    const Condition any{.sql = "1"};
    auto sources = SourceFinder(reading, kind, any, {}).find();
    VisibleIds ids{{}, std::move(sources.places)};
    for (const Source& source : sources.all)
        ids.sql += (ids.sql.empty()       ? ""
                    : sources.is_disjoint ? " UNION ALL "
                                          : " UNION ") +
                   ("SELECT t.id AS id FROM " + source.from) + " WHERE " + source.where;
    return ids;
}

void VisibleIds::bind(const Rights& rights, storage::Use& use) const {
    rights.bind(use);
    for (std::size_t i = 0; i < places.size(); ++i) use.bind_named(place(i).c_str(), places[i]);
}

std::string select_list(const Kind& kind, const Rights& rights, std::string_view alias,
                        bool bodies) {
    std::string sql = stored_columns(rights.catalogue().plan(kind), alias, bodies,
                                     rights.hidden(kind), rights.are_over_views());
    for (const Column& column : kind.columns) {
        if (!may_be_hidden(kind, column, rights)) continue;
        const std::string stored = stored_in(kind, column, alias, rights.are_over_views());
        sql += ", NOT (" + rights.predicate_of_ref(stored, column.target) + ")";
    }
    return sql;
}

/// SQLite would put a view together whole to join it: there each value is looked up by itself.
std::string stored_in(const Kind& kind, const Column& column, std::string_view alias,
                      bool from_views) {
    const bool apart = column.is_property() || column.has(body);
    const std::string name(column.name);
    if (!apart) return std::string(alias) + "." + name;
    const std::string beside = column.is_property() ? "x" : "b";
    if (!from_views) return beside + "." + name;
    return "(SELECT " + beside + "." + name + " FROM " + table_of(kind, column) + " AS " + beside +
           " WHERE " + beside + ".id = " + std::string(alias) + ".id)";
}

std::string from_clause(const Kind& kind, std::string_view alias, bool bodies,
                        const Rights* rights) {
    const std::string table = std::string(kind.name) + " AS " + std::string(alias);
    return bodies ? table + body_join(kind, alias, bodies, rights) : table;
}

std::string body_join(const Kind& kind, std::string_view alias, bool bodies, const Rights* rights) {
    if (rights && rights->are_over_views()) return {};
    const std::string name(kind.name), id = std::string(alias) + ".id";
    std::string joins;
    if (bodies && kind.has_body()) joins += " LEFT JOIN " + name + "_body AS b ON b.id = " + id;
    const bool has_properties = !kind.columns.empty() && kind.columns.back().is_property();
    if (has_properties) joins += " LEFT JOIN " + name + "_property AS x ON x.id = " + id;
    return joins;
}

AnyRecord recast(const Kind& kind, AnyRecord record) {
    if (&record.kind() == &kind) return record;
    AnyRecord same(kind);
    kind.copy(same.data(), record.data());
    return same;
}

void read_row(const storage::Use& use, int first, const Kind& kind, const Rights& rights,
              bool bodies, void* record) {
    read_stored(use, first, rights.catalogue().plan(kind), bodies, record);
    hide_columns(use, first, kind, rights, record);
}

std::optional<AnyRecord> find(Reading& reading, Ref id, bool bodies) {
    const Kind* kind = reading.kind(id.kind());
    const Rights& rights = reading.rights();
    if (!kind || rights.sees_none(kind->number)) return std::nullopt;
    auto row = use_shaped(reading.connection(), rights, kind, bodies ? 0 : 1, [&] {
        return "SELECT " + select_list(*kind, rights, "t", bodies) + " FROM " +
               from_clause(*kind, "t", false) + body_join(*kind, "t", bodies, &rights) +
               " WHERE t.id = :id AND " + rights.predicate(*kind, "t");
    });
    if (!row.bind_named(":id", id.value()).step()) return std::nullopt;
    std::optional<AnyRecord> record(*kind);
    read_row(row, 0, *kind, rights, bodies, record->data());
    return record;
}

void conceal(Reading& reading, AnyRecord& record) {
    const Kind& kind = *reading.plan(record.kind()).kind;
    record = recast(kind, std::move(record));
    const Rights& rights = reading.rights();
    for (const Column& column : kind.columns) {
        const auto refers_unseen = [&] {
            const Value value = column.get(record.data());
            return !value.is_null() && !find(reading, Ref{value.integer()});
        };
        const bool unseen = may_be_hidden(kind, column, rights) && refers_unseen();
        if (!unseen && !rights.hides(kind, column)) continue;
        column.set(record.data(), Value{});
        record.head().hidden.set(kind.index_of(column));
    }
}

bool load(storage::Connection& connection, const Plan& plan, Ref id, void* record) {
    const Kind& kind = *plan.kind;
    auto row = connection.use(plan.slots->load, [&] {
        return "SELECT " + stored_columns(plan, "t", true) + " FROM " +
               from_clause(kind, "t", true) + " WHERE t.id = ?1";
    });
    if (!row.bind(1, id.value()).step()) return false;
    int at = 0;
    read_stored(row, at, plan, true, record);
    return true;
}

std::vector<AnyRecord> load_range(storage::Connection& connection, const Plan& plan, Ref first,
                                  Ref last, int limit) {
    const Kind& kind = *plan.kind;
    auto rows = connection.use("SELECT " + stored_columns(plan, "t", true) + " FROM " +
                               from_clause(kind, "t", true) +
                               " WHERE t.id >= ?1 AND t.id <= ?2 ORDER BY t.id LIMIT ?3");
    rows.bind(1, first.value()).bind(2, last.value()).bind(3, std::int64_t{limit});
    std::vector<AnyRecord> records;
    while (rows.step()) {
        int at = 0;
        read_stored(rows, at, plan, true, records.emplace_back(kind).data());
    }
    return records;
}

Page<AnyRecord> list(Reading& reading, const Kind& kind, const Query& query, Action also) {
    if (query.limit < 1) throw Invalid("query", "limit", "is a number of rows, from 1 to 1,000");
    if (query.limit > max_page)
        throw LimitExceeded("a page has at most 1,000 rows: ask for the next one");
    return Pager(reading, *reading.plan(kind).kind, query, also).page();
}

Count count(Reading& reading, const Kind& kind, const Filter& where, std::int64_t limit) {
    if (limit < 1) throw Invalid("query", "limit", "is a number of rows, at least 1");
    limit = std::min(limit, std::numeric_limits<std::int64_t>::max() - 1);
    const Condition condition = compile(where, kind, reading);
    const Sources sources = SourceFinder(reading, kind, condition, {}).find();
    if (sources.all.empty()) return {};
    auto row = reading.connection().use(count_text(sources.all));
    bind_sources(reading, sources, condition, row);
    row.bind_named(":limit", limit + 1).step();
    const auto rows = row.integer(0);
    return {std::min(rows, limit), rows > limit};
}

void Condition::bind(storage::Use& use) const {
    for (std::size_t i = 0; i < operands.size(); ++i)
        use.bind_named((":f" + std::to_string(i)).c_str(), operands[i].value());
}

}  // namespace crm::kernel
