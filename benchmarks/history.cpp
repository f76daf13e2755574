/// Changing records with history against plain C that reads the old row and writes the same update,
/// the same words of the index and the same row of history; and undoing an import against the
/// import. See docs/performance.md.
#include <fstream>
#include <functional>
#include <set>

#include "bench.hpp"
#include "cells.hpp"
#include "compare.hpp"
#include "people.hpp"
#include "storage/functions.hpp"

namespace {

using namespace bench;

constexpr std::int64_t now = 1'780'000'000'000'000;

crm::OpenOptions open_options() {
    crm::OpenOptions options;
    options.clock = [] { return crm::Time{std::chrono::microseconds{now}}; };
    return options;
}

crm::Database create(const std::filesystem::path& path) {
    crm::CreateOptions options;
    options.admin = "ana";
    options.country = "MD";
    options.unit = "Firm";
    options.open = open_options();
    return crm::create(path, options);
}

// ---- updates

/// A record and what it is to hold next, ready-made for both sides.
struct Change {
    crm::Ref id{};
    std::int64_t version = 0;
    std::int64_t number = 0;
    std::string text{}, key{}, code{}, more{};
};

/// One shape of update: as a user of the library writes it, and in C.
struct Shape {
    const char* name;
    bool of_activities;
    std::vector<crm::Assignment> (*fields)(const Change&);
};

std::vector<crm::Assignment> one_field(const Change& to) { return {{"employees", to.number}}; }

std::vector<crm::Assignment> party_fields(const Change& to) {
    return {{"name", std::string_view{to.text}},
            {"status", std::string_view{to.code}},
            {"tax_code", std::string_view{to.more}}};
}

std::vector<crm::Assignment> activity_fields(const Change& to) {
    return {{"subject", std::string_view{to.text}},
            {"stage", std::string_view{to.code}},
            {"next_contact_on", std::string_view{to.more}}};
}

constexpr Shape shapes[] = {{"update, one field of a party", false, one_field},
                            {"update, three of a party, one searched", false, party_fields},
                            {"update, three of an activity, one searched", true, activity_fields}};

/// JSON as history keeps it.
class Before {
public:
    Before& add(const char* field, const raw::Text& text) {
        begin(field);
        if (!text.data) {
            json_ += "null";
            return *this;
        }
        json_ += '"';
        for (int i = 0; i < text.size; ++i) {
            if (text.data[i] == '"' || text.data[i] == '\\') json_ += '\\';
            json_ += text.data[i];
        }
        json_ += '"';
        return *this;
    }
    Before& add(const char* field, std::int64_t number) {
        begin(field);
        json_ += std::to_string(number);
        return *this;
    }
    std::string_view end() { return json_ += '}'; }

private:
    void begin(const char* field) {
        json_ += json_.empty() ? '{' : ',';
        ((json_ += '"') += field) += "\":";
    }
    std::string json_{};
};

/// The same updates in C: every statement prepared once.
class UpdateTwin {
public:
    explicit UpdateTwin(raw::Connection& file) : file_(file) {}

    void begin(std::int64_t command, std::int64_t user) {
        file_.begin();
        command_ = command;
        (command_row_.start() << command << now << user << std::string_view("firms.change")).run();
    }
    void commit() { file_.commit(); }

    void change(const Shape& shape, const Change& to) {
        if (shape.of_activities)
            change_activity(to);
        else
            shape.fields == one_field ? change_employees(to) : change_party(to);
    }

private:
    using View = std::string_view;
    static View view(const raw::Text& text) {
        return {text.data ? text.data : "", static_cast<std::size_t>(text.size)};
    }

    void keep(crm::Ref id, Before& before) {
        (history_.start() << command_ << id << before.end()).run();
    }

    void change_employees(const Change& to) {
        raw::PartyRow old;
        party_.read(to.id.value(), old);
        (employees_.start() << to.id << old.integers[1] + 1 << command_ << to.number).run();
        keep(to.id, Before().add("employees", old.integers[7]));
        old.free();
    }

    void change_party(const Change& to) {
        raw::PartyRow old;
        party_.read(to.id.value(), old);
        const auto& [name, key, code] = std::tie(old.texts[0], old.texts[1], old.texts[2]);
        const raw::Text description = old.texts[18];
        (names_.start() << to.id << old.integers[1] + 1 << command_ << to.text << to.key << to.code
                        << to.more)
            .run();
        (party_out_.start() << to.id << view(name) << view(code) << view(description)).run();
        (party_in_.start() << to.id << to.text << view(code) << view(description)).run();
        keep(to.id, Before()
                        .add("name", name)
                        .add("name_key", key)
                        .add("status", old.texts[6])
                        .add("tax_code", old.texts[9]));
        old.free();
    }

    void change_activity(const Change& to) {
        (activity_.start() << to.id).step();
        raw::ActivityRow old;
        old.take(activity_);
        activity_.reset();
        (activity_row_.start() << to.id << old.integers[1] + 1 << command_ << to.text << to.code
                               << to.more)
            .run();
        index_activity(activity_out_, to.id, view(old.texts[0]), old);
        index_activity(activity_in_, to.id, to.text, old);
        keep(to.id, Before()
                        .add("subject", old.texts[0])
                        .add("stage", old.texts[2])
                        .add("next_contact_on", old.texts[8]));
        old.free();
    }

    static void index_activity(raw::Statement& into, crm::Ref id, View subject,
                               const raw::ActivityRow& row) {
        into.start() << id << subject;
        for (int i = 10; i < 15; ++i) into << view(row.texts[i]);
        into.run();
    }

    static std::string into_index(const std::string& kind, const std::string& columns, int count,
                                  bool out) {
        std::string marks;
        for (int i = 1; i <= count; ++i) (marks += i > 1 ? ", ?" : "?") += std::to_string(i);
        const std::string index = kind + "_fts";
        return "INSERT INTO " + index + " (rowid, " + columns + (out ? ", " + index : "") +
               ") VALUES (" + marks + (out ? ", 'delete'" : "") + ")";
    }

    static constexpr const char* activity_texts =
        "subject, result, questions, problems, events, description";

    raw::Connection& file_;
    std::int64_t command_ = 0;
    raw::Statement command_row_{
        file_, "INSERT INTO command (id, at, user_id, verb) VALUES (?1, ?2, ?3, ?4)"};
    raw::Statement history_{file_,
                            "INSERT INTO change (command_id, ref, before) VALUES (?1, ?2, ?3)"};
    raw::PartyReader party_{file_};
    raw::Statement employees_{
        file_, "UPDATE party SET version = ?2, changed_in = ?3, employees = ?4 WHERE id = ?1"};
    raw::Statement names_{file_,
                          "UPDATE party SET version = ?2, changed_in = ?3, name = ?4, name_key = "
                          "?5, status = ?6, tax_code = ?7 WHERE id = ?1"};
    raw::Statement party_out_{file_, into_index("party", "name, code, description", 4, true)};
    raw::Statement party_in_{file_, into_index("party", "name, code, description", 4, false)};
    raw::Statement activity_{file_, "SELECT " + std::string(raw::activity_columns) +
                                        " FROM activity AS a LEFT JOIN activity_body AS b ON "
                                        "b.id = a.id WHERE a.id = ?1"};
    raw::Statement activity_row_{file_,
                                 "UPDATE activity SET version = ?2, changed_in = ?3, subject = ?4, "
                                 "stage = ?5, next_contact_on = ?6 WHERE id = ?1"};
    raw::Statement activity_out_{file_, into_index("activity", activity_texts, 7, true)};
    raw::Statement activity_in_{file_, into_index("activity", activity_texts, 7, false)};
};

/// What there is to change.
struct Stock {
    std::vector<std::pair<crm::Ref, std::int64_t>> parties{}, activities{};  // id and version
};

Stock fill(const std::filesystem::path& path, double bytes) {
    crm::Database database = create(path);
    crm::Session session = database.trusted_session("ana");
    Writer writer(session);
    People people;
    Stock stock;
    while (static_cast<double>(std::filesystem::file_size(path)) < bytes) {
        std::vector<Firm> firms;
        for (int i = 0; i < 500; ++i)
            firms.push_back(
                people.firm(stock.parties.empty() ? crm::Ref{} : stock.parties.front().first));
        session.write("firms.load", [&](crm::Work&) {
            for (Firm& firm : firms) writer.write(firm);
        });
        for (const Firm& firm : firms) {
            stock.parties.emplace_back(firm.party.head.id, 1);
            for (const auto& activity : firm.activities)
                stock.activities.emplace_back(activity.head.id, 1);
        }
    }
    return stock;
}

class Updates {
public:
    Updates(crm::Database& database, raw::Connection& twin, Stock& stock)
        : session_(database.trusted_session("ana")), twin_(twin), stock_(stock) {}

    Line measure(const Shape& shape, const Arguments& arguments) {
        Pairs pairs;
        for (int run = 0; run <= arguments.runs; ++run) {  // the first one warms both up
            auto changes = next(shape, static_cast<std::size_t>(arguments.rows));
            crm::Command command;
            const auto ours = timed([&] { command = change(shape, changes); });
            const auto theirs = timed([&] {
                twin_.begin(static_cast<std::int64_t>(command.id), session_.user().value());
                for (const Change& each : changes) twin_.change(shape, each);
                twin_.commit();
            });
            if (run > 0) pairs.add(ours, theirs);
        }
        return line(shape.name, "us/record", pairs, arguments.rows, 1e6, 1.3);
    }

private:
    crm::Command change(const Shape& shape, const std::vector<Change>& changes) {
        return session_.write("firms.change", [&](crm::Work&) {
            for (const Change& each : changes)
                session_.change(each.id, each.version, shape.fields(each));
        });
    }

    /// Different records each, in no order.
    std::vector<Change> next(const Shape& shape, std::size_t count) {
        auto& stock = shape.of_activities ? stock_.activities : stock_.parties;
        std::set<std::size_t> taken;
        std::vector<Change> changes;
        while (changes.size() < std::min(count, stock.size())) {
            const std::size_t at = random_.below(stock.size());
            if (!taken.insert(at).second) continue;
            Change& change = changes.emplace_back();
            change.id = stock[at].first;
            change.version = stock[at].second++;
            settle(change, shape.of_activities);
        }
        return changes;
    }

    void settle(Change& change, bool of_activity) {
        change.number = ++made_;
        change.text = "Vinăria Codru " + std::to_string(made_);
        change.key = crm::fold(change.text);
        change.code = of_activity ? (change.version % 2 ? "first_contact" : "offer")
                                  : (change.version % 2 ? "active" : "dormant");
        change.more = of_activity ? crm::Date(2027, 1, 1 + static_cast<int>(made_ % 28)).text()
                                  : std::to_string(made_);
    }

    crm::Session session_;
    UpdateTwin twin_;
    Stock& stock_;
    Random random_{11};
    std::int64_t made_ = 100'000;
};

/// A sound file, read whole.
Line measure_verify(crm::Database& database, const std::filesystem::path& path) {
    crm::Session session = database.trusted_session("ana");
    const double bytes = static_cast<double>(std::filesystem::file_size(path));
    Line line{.name = "verify", .unit = "s/GB", .target = 120};
    const auto seconds = timed([&] {
        if (!crm::verify(session).defects.empty()) std::puts("verify: THE FILE HAS DEFECTS");
    });
    line.crm = seconds.cpu / bytes * 1e9;
    return line;
}

bool measure_updates(const Arguments& arguments, std::vector<Line>& lines) {
    const Scratch ours(arguments.dir / "crm-history-ours.crm"),
        twins(arguments.dir / "crm-history-twin.crm");
    Stock stock = fill(ours.path(), arguments.mb * 1e6);
    std::filesystem::copy_file(ours.path(), twins.path());
    {
        crm::Database database = crm::open(ours.path(), open_options());
        raw::Connection file(twins.path(), true);
        crm::storage::register_functions(file.handle());
        Updates updates(database, file, stock);
        for (const Shape& shape : shapes) lines.push_back(updates.measure(shape, arguments));
        lines.push_back(measure_verify(database, ours.path()));
    }
    const std::int64_t rows = raw::equal_rows(ours.path(), twins.path());
    if (!arguments.json)
        std::printf("updates: %s\n",
                    rows < 0
                        ? "BASE TABLES DIFFER"
                        : ("base tables equal row by row (" + std::to_string(rows) + ")").c_str());
    return rows >= 0;
}

// ---- undo of an import

void write_source(const std::filesystem::path& path, int rows, int run) {
    std::ofstream file(path);
    file << "key,name,tax_code,phone,address.city\n";
    for (int i = 0; i < rows; ++i) {
        const int number = run * rows + i;
        file << number << ",Vinăria Codru " << number << ',' << 1'000'000 + number << ",022 "
             << 100'000 + number % 900'000 << ",Orhei\n";
    }
}

Line measure_undo(const Arguments& arguments) {
    const Scratch file(arguments.dir / "crm-history-undo.crm"),
        source(arguments.dir / "crm-history-undo.csv");
    crm::Database database = create(file.path());
    crm::Session session = database.trusted_session("ana");
    const int rows = arguments.rows * 10;
    Pairs pairs;
    for (int run = 0; run < arguments.runs; ++run) {
        write_source(source.path(), rows, run);
        crm::ImportReport report;
        const auto import = timed([&] {
            report = crm::import_csv(session, source.path(), {}, {.kind = "party", .key = "key"});
        });
        pairs.add(timed([&] { session.undo(report.run); }), import);
    }
    return line("undo of an import (raw: the import)", "us/row", pairs, rows, 1e6, 1.3);
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (!arguments.json) std::printf("load %s\n", load().c_str());
    std::vector<Line> lines;
    const bool equal = measure_updates(arguments, lines);
    lines.push_back(measure_undo(arguments));
    print(lines, arguments.json);
    return equal ? 0 : 1;
}
