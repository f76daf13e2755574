/// Reading: a record by id, the card, the first page of a list under narrow to wide rights, and
/// opening, against plain C with the best SQL we know how to write by hand. See
/// docs/performance.md.
#include <functional>

#include "bench.hpp"
#include "cells.hpp"
#include "people.hpp"

namespace {

using namespace bench;

// Users of the file. Of every 1,000 parties 10 are the middling unit's and 100 those of the 50
// units below the region; "narrow" owns 60 in all; the rest are the administrator's.
constexpr std::size_t region_units = 50;
constexpr std::size_t narrow_rows = 60;

struct Staff {
    crm::Id<crm::User> narrow, middling;
    std::vector<crm::Id<crm::User>> region;
    crm::Id<crm::Territory> territory;  // of 1 % of the parties
};

crm::Id<crm::Unit> add_unit(crm::Session& session, const std::string& name,
                            crm::Id<crm::Unit> parent) {
    crm::Unit unit;
    unit.name = name;
    unit.parent = parent;
    return crm::Units(session).add(unit).head.id;
}

crm::Id<crm::User> add_user(crm::Session& session, const std::string& login,
                            crm::Id<crm::Unit> unit, const char* scope) {
    crm::User user;
    user.login = login;
    user.unit = unit;
    const crm::Id<crm::User> id{crm::Users(session).add(user).head.id};
    if (scope) crm::Rights(session).grant(id, "*", "read", scope);
    return id;
}

/// Holds every scope but "all": own, the middling unit's, a territory, what was shared and what is
/// hers to do.
void add_seller(crm::Session& session, Staff& staff) {
    const auto unit = crm::Users(session).get(staff.middling).unit;
    const auto seller = add_user(session, "seller", unit, "own");
    for (const char* scope : {"unit", "territory", "shared", "given"})
        crm::Rights(session).grant(seller, "*", "read", scope);
    staff.territory = crm::Records<crm::Territory>(session).add({.name = "Sector"}).head.id;
    crm::Records<crm::TerritoryMember>(session).add(
        {.territory = staff.territory, .holder = seller});
}

/// A user in 500 groups, every tenth of which holds rights.
void add_member(crm::Session& session) {
    const auto member = add_user(session, "member", session.unit(), nullptr);
    for (int i = 0; i < 500; ++i) {
        const auto group = crm::Records<crm::UserGroup>(session)
                               .add({.name = "Group " + std::to_string(i)})
                               .head.id;
        crm::Records<crm::UserGroupMember>(session).add({.group = group, .user = member});
        if (i % 10 == 0) crm::Rights(session).grant(group, "party", "read", "unit");
    }
}

Staff hire(crm::Session& session) {
    Staff staff;
    session.write("staff", [&](crm::Work&) {
        const auto top = session.unit();
        staff.narrow = add_user(session, "narrow", top, "own");
        staff.middling = add_user(session, "middling", add_unit(session, "Middling", top), "unit");
        add_user(session, "wide", top, "all");
        add_seller(session, staff);
        const auto region = add_unit(session, "Region", top);
        add_user(session, "subtree", region, "units_below");
        for (std::size_t i = 0; i < region_units; ++i) {
            const auto unit =
                i == 0 ? region : add_unit(session, "Branch " + std::to_string(i), region);
            staff.region.push_back(add_user(session, "branch" + std::to_string(i), unit, nullptr));
        }
        add_member(session);
    });
    return staff;
}

crm::Id<crm::User> owner(const Staff& staff, std::size_t number) {
    if (number % 100 == 7) return staff.middling;
    if (number % 10 == 3) return staff.region[number / 10 % region_units];
    if (number % 101 == 12 && number / 101 < narrow_rows) return staff.narrow;
    return {};
}

void add_rest(crm::Session& session, const Firm& firm, People& people) {
    crm::Address address;
    address.type = "registered_office";
    address.street = "Strada Ștefan cel Mare 12";
    address.city = "Chișinău";
    address.country = "MD";
    crm::Parties(session).add_address(firm.party.head.id, address);
    crm::Parties(session).add_role(firm.party.head.id, "client");
    crm::Notes(session).write(firm.party.head.id, people.text(tongues[1], 30), "Notă");
}

/// A share of one party, and a task about it.
void entrust(crm::Session& session, crm::Ref party, crm::Ref seller) {
    crm::Rights(session).share(party, seller);
    crm::Activities(session).plan({.head = {.owner = crm::Id<crm::User>{seller}},
                                   .subject = "Call",
                                   .kind = "call",
                                   .party = crm::Id<crm::Party>{party},
                                   .start = session.now()});
}

void make_file(const std::filesystem::path& path, int mb) {
    crm::CreateOptions options;
    options.admin = "ana";
    options.country = "MD";
    options.unit = "Firm";
    crm::Database database = crm::create(path, options);
    crm::Session session = database.trusted_session("ana");
    const Staff staff = hire(session);
    const auto seller = crm::Users(session).by_login("seller").head.id;
    Writer writer(session);
    People people;
    Random random(7);
    std::vector<crm::Id<crm::Party>> known;
    for (double bytes = 0; bytes < mb * 1e6;) {
        session.write("firms.load", [&](crm::Work&) {
            for (int i = 0; i < 100; ++i) {
                Firm firm = people.firm(known.empty() ? crm::Id<crm::Party>{} : random.of(known));
                firm.party.head.owner = owner(staff, known.size());
                if (known.size() % 100 == 51) firm.party.head.territory = staff.territory;
                writer.write(firm);
                add_rest(session, firm, people);
                known.push_back(firm.party.head.id);
                if (known.size() % 1'000 == 77) entrust(session, firm.party.head.id, seller);
            }
        });
        const raw::Connection file(path.string(), false);
        raw::Statement pages(file, "PRAGMA page_count");
        pages.step();
        bytes = static_cast<double>(pages.integer(0)) * 8192;
    }
}

/// Calls both in turns, `count` times in each of `runs` rounds, with the number of the call.
template <class Ours, class Twin>
Pairs compare(const Arguments& arguments, int count, const Ours& ours, const Twin& twin) {
    Pairs pairs;
    for (int run = -1; run < arguments.runs; ++run) {
        const auto repeated = [&](const auto& body) {
            return timed([&] {
                for (int i = 0; i < count; ++i) body(std::max(run, 0) * count + i);
            });
        };
        const Seconds crm = repeated(ours), raw = repeated(twin);
        if (run >= 0) pairs.add(crm, raw);
    }
    return pairs;
}

void require(bool equal, const char* what) {
    if (equal) return;
    std::fprintf(stderr, "%s: crm and raw read different rows\n", what);
    std::exit(1);
}

class Reads {
public:
    Reads(const Arguments& arguments, const std::string& path)
        : arguments_(arguments),
          path_(path),
          database_(crm::open(path)),
          session_(database_.trusted_session("ana")) {
        raw::Statement all(raw_, "SELECT id FROM party");
        std::vector<std::int64_t> known;
        while (all.step()) known.push_back(all.integer(0));
        parties_ = known.size();
        Random random(3);
        for (int i = 0; i < 500 * arguments.runs; ++i) ids_.push_back(random.of(known));
    }

    std::size_t parties() const { return parties_; }

    Line by_id() {
        crm::Parties parties(session_);
        raw::PartyReader reader(raw_);
        raw::PartyRow row{};
        require(reader.read(ids_[0], row) && parties.get(party(0)).name == row.texts[0].data &&
                    parties.get(party(0)).description == row.texts[18].data,
                "by id");
        const Pairs pairs = compare(
            arguments_, 500, [&](int i) { parties.get(party(i)); },
            [&](int i) {
                reader.read(ids_[static_cast<std::size_t>(i)], row);
                row.free();
            });
        return line("read by id", "us", pairs, 500, 1e6, 2);
    }

    Line card() {
        crm::Parties parties(session_);
        raw::CardReader reader(raw_);
        const auto rows = [](const crm::Card& card) {
            std::size_t sum = 1 + card.roles.size() + card.points.size() + card.addresses.size() +
                              card.bank_accounts.size() + card.people.size() + card.links.size() +
                              card.groups.size() + card.projects.size() + card.planned.size() +
                              card.chronicle.size() + card.notes.size();
            for (const auto& person : card.people) sum += person.points.size();
            return sum;
        };
        for (int i = 0; i < 50; ++i) {
            raw::CardReader::Card card;
            reader.read(party(i).value(), card);
            require(card.rows() == rows(parties.card(party(i))), "card");
            card.free();
        }
        const Pairs pairs = compare(
            arguments_, 100, [&](int i) { parties.card(party(i)); },
            [&](int i) {
                raw::CardReader::Card card;
                reader.read(party(i).value(), card);
                card.free();
            });
        return line("card", "us", pairs, 100, 1e6, 1.5);
    }

    /// `statistics` is said where it is not that of an import.
    void pages(std::vector<Line>& lines, const std::string& statistics) {
        statistics_ = statistics;
        page(lines, "narrow", "one owner",
             {" FROM party AS p WHERE p.owner_id = ?1 ORDER BY p.name_key, p.id LIMIT 51"},
             {owner_of("narrow")});
        page(lines, "middling", "1 %",
             {" FROM party AS p WHERE p.unit_id = ?1 ORDER BY p.name_key, p.id LIMIT 51"},
             {unit_of("middling")});
        page(lines, "wide", "all", {" FROM party AS p ORDER BY p.name_key, p.id LIMIT 51"}, {});
        page(lines, "subtree", "50 units", of_units(), units_below(unit_of("subtree")));
        page(lines, "seller", "all scopes together", of_scopes(),
             {owner_of("seller"), unit_of("seller"), one("SELECT id FROM territory")});
    }

    /// Resolving the rights of a user in 500 groups, on the wall.
    Line session_start() {
        std::vector<double> wall;
        for (int i = 0; i < arguments_.runs * 10; ++i)
            wall.push_back(timed([&] {
                               crm::Session member = database_.trusted_session("member");
                               crm::Parties(member).find(party(0));
                           }).wall);
        return {.name = "session start, 500 groups",
                .unit = "ms wall",
                .crm = median(wall) * 1e3,
                .target = 5};
    }

    /// From a closed file to the first record, on the wall.
    static Line opening(const Arguments& arguments, const std::string& path,
                        crm::Id<crm::Party> first) {
        std::vector<double> wall;
        for (int i = 0; i < arguments.runs; ++i)
            wall.push_back(timed([&] {
                               crm::Database database = crm::open(path);
                               crm::Session session = database.trusted_session("ana");
                               crm::Parties(session).get(first);
                           }).wall);
        return {.name = "open to first query",
                .unit = "ms wall",
                .crm = median(wall) * 1e3,
                .target = 10};
    }

    crm::Id<crm::Party> party(int i) const {
        return crm::Id<crm::Party>{ids_[static_cast<std::size_t>(i)]};
    }

private:
    using Ids = std::vector<std::int64_t>;

    std::int64_t one(const std::string& sql) const {
        raw::Statement statement(raw_, sql);
        return statement.step() ? statement.integer(0) : 0;
    }
    std::int64_t owner_of(const std::string& login) const {
        return one("SELECT id FROM user WHERE login = '" + login + "'");
    }
    std::int64_t unit_of(const std::string& login) const {
        return one("SELECT unit_id FROM user WHERE login = '" + login + "'");
    }
    Ids units_below(std::int64_t unit) const {
        raw::Statement statement(raw_, "SELECT ?1 UNION SELECT id FROM unit WHERE parent_id = ?1");
        statement.start() << unit;
        Ids units;
        while (statement.step()) units.push_back(statement.integer(0));
        return units;
    }

    /// Three ways to write it; the fastest counts.
    static std::vector<std::string> of_units() {
        std::string marks, branches;
        for (std::size_t i = 1; i <= region_units; ++i) {
            const std::string mark = "?" + std::to_string(i);
            marks += (i > 1 ? ", " : "") + mark;
            branches += (i > 1 ? " UNION ALL " : "") +
                        ("SELECT id, name_key AS k FROM party WHERE unit_id = " + mark);
        }
        return {" FROM party AS p INDEXED BY party_by_name WHERE p.unit_id IN (" + marks +
                    ") ORDER BY p.name_key, p.id LIMIT 51",
                " FROM party AS p WHERE p.unit_id IN (" + marks +
                    ") ORDER BY p.name_key, p.id LIMIT 51",
                " FROM (SELECT id, k FROM (" + branches +
                    ") ORDER BY k, id LIMIT 51) AS q CROSS JOIN party AS p ON "
                    "p.id = q.id ORDER BY q.k, q.id"};
    }

    /// Own, unit, territory, shared, given: a branch each, or all in one condition.
    static std::vector<std::string> of_scopes() {
        const std::string shared = "SELECT record_id FROM share WHERE grantee_id = ?1",
                          given =
                              "SELECT party_id FROM activity WHERE owner_id = ?1 AND party_id "
                              "IS NOT NULL";
        std::string branches;
        for (const std::string& condition :
             {std::string("owner_id = ?1"), std::string("unit_id = ?2"),
              std::string("territory_id = ?3"), "id IN (" + shared + ")", "id IN (" + given + ")"})
            (branches += branches.empty() ? "" : " UNION ") +=
                "SELECT * FROM (SELECT id, name_key AS k FROM party WHERE " + condition +
                " ORDER BY name_key, id LIMIT 51)";
        return {
            " FROM (" + branches +
                " ORDER BY 2, 1 LIMIT 51) AS q CROSS JOIN party AS p ON p.id = q.id ORDER BY "
                "q.k, q.id",
            " FROM party AS p WHERE p.owner_id = ?1 OR p.unit_id = ?2 OR p.territory_id = ?3 OR "
            "p.id IN (" +
                shared + ") OR p.id IN (" + given + ") ORDER BY p.name_key, p.id LIMIT 51"};
    }

    void page(std::vector<Line>& lines, const std::string& login, const std::string& rights,
              const std::vector<std::string>& ways, const Ids& values) {
        crm::Session session = database_.trusted_session(login);
        crm::Parties parties(session);
        Pairs best;
        for (const auto& way : ways) {
            raw::PageReader reader(raw_, way);
            const auto read = [&] {
                auto& statement = reader.statement();
                for (const auto value : values) statement << value;
                std::vector<raw::PlainPartyRow> rows;
                rows.reserve(50);
                reader.read(rows);
                return rows;
            };
            check(parties.list(), read());
            const Pairs pairs = compare(
                arguments_, 50, [&](int) { parties.list(); },
                [&](int) {
                    auto rows = read();
                    for (auto& row : rows) row.free();
                });
            if (best.raw.empty() || median(pairs.raw) < median(best.raw)) best = pairs;
        }
        lines.push_back(line("first page, " + login + " (" + rights + ")" + statistics_, "us", best,
                             50, 1e6, 1.3));
        lines.push_back({.name = "  the same, absolute",
                         .unit = "ms",
                         .crm = median(best.crm) / 50 * 1e3,
                         .target = 0.5});
    }

    static void check(const crm::Page<crm::Party>& page, std::vector<raw::PlainPartyRow> rows) {
        require(page.rows.size() == rows.size(), "page");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            require(page.rows[i].head.id.value() == rows[i].integers[0] &&
                        page.rows[i].name == rows[i].texts[0].data,
                    "page");
            rows[i].free();
        }
    }

    const Arguments& arguments_;
    std::string path_;
    raw::Connection raw_{path_, false};
    crm::Database database_;
    crm::Session session_;
    std::size_t parties_ = 0;
    Ids ids_;
    std::string statistics_;
};

/// What SQLite may know of the file when it plans: nothing, what an import leaves, everything.
constexpr std::pair<const char*, const char*> statistics[] = {
    {", no statistics", "DROP TABLE IF EXISTS sqlite_stat1"},
    {", limited", "PRAGMA analysis_limit = 1000; ANALYZE"},
    {", full", "PRAGMA analysis_limit = 0; ANALYZE"},
};

void analyse(const std::string& path, const char* sql) {
    const raw::Connection file(path, true);
    file.run(sql);
    file.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const bool keeps = !arguments.file.empty();
    const std::string path = keeps ? arguments.file : arguments.dir / "crm-read.crm";
    std::optional<Scratch> scratch;
    if (!keeps) scratch.emplace(path);
    if (!std::filesystem::exists(path)) make_file(path, arguments.mb);
    std::vector<Line> lines;
    crm::Id<crm::Party> first;
    {
        Reads reads(arguments, path);
        if (!arguments.json)
            std::printf("%.0f MB, %zu parties; load %s\n",
                        static_cast<double>(std::filesystem::file_size(path)) / 1e6,
                        reads.parties(), load().c_str());
        first = reads.party(0);
        lines.push_back(reads.by_id());
        lines.push_back(reads.card());
        lines.push_back(reads.session_start());
    }
    for (const auto& [what, sql] : statistics) {
        analyse(path, sql);
        Reads(arguments, path).pages(lines, what);
    }
    lines.push_back(Reads::opening(arguments, path, first));
    print(lines, arguments.json);
}
