#include "history/trial.hpp"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "crm/crm.hpp"
#include "history/model.hpp"
#include "rights/raw_file.hpp"
#include "support/random.hpp"
#include "support/worker.hpp"

namespace crm::test::history {
namespace {

namespace fs = std::filesystem;

/// The fields that a sequence works with, by kind. What the engine derives from them is no part of
/// the comparison.
const std::map<std::string, std::vector<const char*>, std::less<>> fields_of_kind{
    {"party",
     {"code", "name", "status", "description", "employees", "annual_revenue_minor",
      "annual_revenue_currency"}},
    {"contact", {"first_name", "last_name", "nick_name", "title"}},
    {"point", {"record_id", "value", "label"}},
    {"note", {"record_id", "title", "text"}},
    {"membership", {"contact_id", "party_id", "position"}},
    {"activity",
     {"subject", "state", "party_id", "contact_id", "end_at", "follow_up_of_id", "result"}},
};

/// One file with two users who may do everything, for many sequences.
class File {
public:
    File() {
        const fs::path memory = "/dev/shm";
        std::error_code ignored;
        const bool in_memory = fs::is_directory(memory, ignored);
        auto name =
            ((in_memory ? memory : fs::temp_directory_path()) / "crm-history-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        CreateOptions options{.admin = "ana", .unit = "Firma"};
        database_.emplace(create(path(), options));
        auto ana = database_->trusted_session("ana");
        const auto vera = Users(ana).add({.login = "vera", .name = "Vera", .unit = ana.unit()});
        for (const char* right : {"read", "create", "change", "delete", "undo_others"})
            Rights(ana).grant(vera.head.id, "*", right, "all");
        sessions_.push_back(std::move(ana));
        sessions_.push_back(database_->trusted_session("vera"));
    }
    ~File() {
        sessions_.clear();
        database_.reset();
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    fs::path path() const { return folder_ / "sequences.crm"; }
    Session& session(std::size_t i) { return sessions_[i % sessions_.size()]; }

private:
    fs::path folder_;
    std::optional<Database> database_;
    std::vector<Session> sessions_;
};

/// One sequence, on records of its own.
class Sequence {
public:
    Sequence(File& file, const Conduct& conduct, std::size_t number, Tally& tally)
        : file_(file), conduct_(conduct), number_(number), tally_(tally) {
        std::seed_seq seeds{conduct.seed, static_cast<std::uint32_t>(number)};
        random_.seed(seeds);
    }

    void run() {
        for (int i = 0; i < 2; ++i) work([&] { add_party(); });
        work([&] { add_contact(); });
        for (std::size_t i = 3; i < conduct_.commands && !is_over_; ++i) {
            work([&] { any_work(); });
            if (pick(6) == 0) any_undo();
        }
        if (!is_over_) any_undo();
        ++tally_.sequences;
    }

private:
    std::size_t pick(std::size_t below) { return random_() % below; }
    Session& me() { return file_.session(user_); }

    void fail(const std::string& what) {
        tally_.failures.push_back("CRM_TEST_SEED=" + std::to_string(conduct_.seed) +
                                  " CRM_TEST_SEQUENCE=" + std::to_string(number_) + ": " + what +
                                  "\n" + story());
    }

    std::string story() const {
        std::ostringstream text;
        for (std::size_t i = 0; i < model_.log().size(); ++i) {
            const Seen& seen = model_.log()[i];
            text << "  [" << i << "] command " << seen.id << " by " << seen.user << ":";
            for (const Effect& effect : seen.effects) {
                text << (effect.what == Effect::What::created   ? " +"
                         : effect.what == Effect::What::removed ? " -"
                                                                : " ")
                     << effect.record;
                for (const auto& [field, value] : effect.fields)
                    if (effect.what == Effect::What::changed || is_telling(value))
                        text << " " << field << "=" << value;
                text << ";";
            }
            for (const int target : seen.targets) text << " undoes [" << target << "]";
            for (const auto& [target, record, field] : seen.left)
                text << " leaves [" << target << "] " << record << "." << field;
            text << "\n";
        }
        return text.str();
    }
    static bool is_telling(const std::string& value) { return !value.empty() && value[0] == '@'; }

    // ---- what is seen from outside

    std::string shown(const AnyRecord& record, const char* field) const {
        const Value value = record.get(field);
        const std::string_view name = field;
        if (value.is_null() || !name.ends_with("_id")) return Json(value).dump();
        const auto at = std::ranges::find(known_, Ref{value.integer()});
        return "@" + std::to_string(at - known_.begin());
    }

    State observed() {
        State state;
        for (std::size_t i = 0; i < known_.size(); ++i) {
            const auto record = me().find(known_[i]);
            if (!record) continue;
            Fields& fields = state[static_cast<int>(i)];
            for (const char* field : fields_of_kind.find(record->kind().name)->second)
                fields[field] = shown(*record, field);
        }
        return state;
    }

    static std::string told(const State& state) {
        std::ostringstream text;
        for (const auto& [record, fields] : state) {
            text << "\n    " << record << ":";
            for (const auto& [field, value] : fields) text << " " << field << "=" << value;
        }
        return text.str();
    }

    // ---- work

    Ref any(std::string_view kind) {
        std::vector<Ref> found;
        for (const auto& [i, fields] : state_)
            if (const Ref ref = known_[static_cast<std::size_t>(i)]; kind_of(ref) == kind)
                found.push_back(ref);
        return found.empty() ? Ref{} : found[pick(found.size())];
    }
    static std::string_view kind_of(Ref ref) { return kind_numbered(ref.kind()).name; }

    std::string text(const char* stem) { return stem + std::to_string(pick(1'000)); }
    std::string some_code() {
        return "S" + std::to_string(number_) + "-" + std::to_string(pick(6));
    }

    void add_party() {
        Party party{.name = text("Firma ")};
        if (pick(3)) party.code = some_code();
        known_.push_back(Parties(me()).add(party).head.id);
    }
    void add_contact() {
        known_.push_back(
            Contacts(me()).add({.first_name = text("Ion "), .last_name = text("Rusu ")}).head.id);
    }
    void change_party() {
        const Ref party = any("party");
        const std::string word = text("w"), code = some_code();
        std::vector<Assignment> fields;
        if (pick(3) == 0) fields.push_back({"name", std::string_view{word}});
        if (pick(3) == 0)
            fields.push_back({"status", std::string_view{pick(2) ? "active" : "inactive"}});
        if (pick(3) == 0) fields.push_back({"description", std::string_view{word}});
        if (pick(3) == 0) fields.push_back({"employees", static_cast<std::int64_t>(pick(9))});
        if (pick(4) == 0) fields.push_back({"code", std::string_view{code}});
        if (pick(4) == 0) {
            fields.push_back({"annual_revenue_minor", static_cast<std::int64_t>(pick(9))});
            if (pick(2)) fields.push_back({"annual_revenue_currency", std::string_view{"USD"}});
        }
        me().change(party, any_version, fields);
    }
    void change_contact() {
        const std::string word = text("w");
        static constexpr const char* names[] = {"first_name", "nick_name", "title"};
        me().change(any("contact"), any_version, {{names[pick(3)], std::string_view{word}}});
    }
    void add_point() {
        known_.push_back(Points(me())
                             .add({.record = any(pick(2) ? "party" : "contact"),
                                   .type = "email",
                                   .value = text("a") + "@b.md"})
                             .head.id);
    }
    void change_point() {
        const std::string word = text("label ");
        me().change(any("point"), any_version, {{"label", std::string_view{word}}});
    }
    void add_note() {
        known_.push_back(
            Notes(me()).write(any(pick(2) ? "party" : "contact"), text("notă ")).head.id);
    }
    void join() {
        known_.push_back(
            Contacts(me()).join(any("contact"), any("party"), text("Director ")).head.id);
    }
    void plan() {
        Activity activity{
            .subject = text("Apel "), .kind = "call", .party = any("party"), .start = monday_};
        if (pick(2)) activity.contact = any("contact");
        known_.push_back(Activities(me()).plan(activity).head.id);
    }
    void change_activity() {
        const Ref activity = any("activity"), contact = any("contact"), party = any("party");
        const std::string word = text("w");
        if (pick(3) == 0)
            me().change(activity, any_version, {{"subject", std::string_view{word}}});
        else if (pick(2))
            me().change(activity, any_version, {{"contact_id", contact.value()}});
        else
            me().change(activity, any_version, {{"party_id", party.value()}});
    }
    void complete() {
        const Ref activity = any("activity");
        Activities activities(me());
        std::optional<Plan> next;
        if (pick(2)) next = Plan{.subject = text("Apoi "), .start = monday_};
        activities.complete(activity, text("bine "), next);
        for (const Activity& each : activities.chain(activity))
            if (std::ranges::find(known_, each.head.id) == known_.end())
                known_.push_back(each.head.id);
    }
    void remove() {
        static constexpr const char* kinds[] = {"party",    "contact",    "point",  "note",
                                                "activity", "membership", "contact"};
        me().remove(any(kinds[pick(std::size(kinds))]));
    }

    void any_work() {
        const std::function<void()> verbs[] = {[&] { change_party(); },
                                               [&] { change_party(); },
                                               [&] { change_party(); },
                                               [&] { add_party(); },
                                               [&] { add_contact(); },
                                               [&] { change_contact(); },
                                               [&] { add_point(); },
                                               [&] { change_point(); },
                                               [&] { add_note(); },
                                               [&] { join(); },
                                               [&] { plan(); },
                                               [&] { plan(); },
                                               [&] { change_activity(); },
                                               [&] { complete(); },
                                               [&] { remove(); },
                                               [&] { remove(); }};
        const std::size_t pieces = pick(5) == 0 ? 3 : 1;
        if (pieces == 1) return verbs[pick(std::size(verbs))]();
        me().write("several", [&](Work&) {
            for (std::size_t i = 0; i < pieces; ++i) verbs[pick(std::size(verbs))]();
        });
    }

    /// One command; what was refused has changed nothing and is no command.
    template <class Body>
    void work(const Body& body) {
        user_ = pick(2);
        const auto known = known_;
        const State state = state_;
        try {
            body();
        } catch (const Error&) {
            known_ = known;
            return;
        }
        state_ = observed();
        Seen seen{newest().id, me().login(), Model::difference(state, state_), {}, {}};
        if (conduct_.broken == Conduct::Break::deaf_model)
            std::erase_if(seen.effects, [](const Effect& effect) {
                return effect.what == Effect::What::changed && effect.fields.contains("status");
            });
        if (seen.effects.empty() && state == state_) return;  // a command that changed nothing
        model_.add(std::move(seen));
        ++tally_.commands;
    }

    struct Newest {
        long long id;
    };
    Newest newest() { return {static_cast<long long>(me().commands(1).front().id)}; }

    // ---- undo

    std::set<int> any_subset() {
        std::set<int> wanted;
        const auto size = static_cast<int>(model_.log().size());
        const int count = 1 + static_cast<int>(pick(3));
        for (int i = 0; i < count; ++i) {
            const int back = static_cast<int>(std::min(pick(static_cast<std::size_t>(size)),
                                                       pick(static_cast<std::size_t>(size))));
            wanted.insert(size - 1 - back);
        }
        return wanted;
    }

    void any_undo() {
        if (model_.log().empty()) return;
        user_ = pick(2);
        const bool skips = pick(4) == 0;
        const State before = state_;
        if (!undo(any_subset(), skips) || pick(3) != 0) return;
        const int last = static_cast<int>(model_.log().size()) - 1;
        if (!undo({last}, false)) return fail("a redo was refused");
        ++tally_.redone;
        if (state_ != before)
            fail("a redo did not bring the state back:" + told(state_) + "\n  instead of" +
                 told(before));
    }

    void forge(const std::set<int>& wanted) {
        rights::RawFile raw(file_.path());
        for (const int position : wanted)
            raw.run(
                "UPDATE change SET before = json_set(before, '$.name', 'Forged') "
                "WHERE command_id = ?1 AND json_extract(before, '$.name') IS NOT NULL",
                {Json(std::int64_t{model_.log()[static_cast<std::size_t>(position)].id})});
    }

    /// Whether it was done.
    bool undo(const std::set<int>& wanted, bool skips) {
        if (conduct_.broken == Conduct::Break::forged_log) forge(wanted);
        Verdict verdict = model_.undo(wanted, skips);
        if (conduct_.broken == Conduct::Break::lax_model) verdict.accepted = true;
        CommandFilter filter;
        for (const int position : wanted)
            filter.commands.push_back(
                CommandId{model_.log()[static_cast<std::size_t>(position)].id});
        if (verdict.targets.empty()) return expect_refusal_of_repetition(filter);
        ++tally_.undos;
        try {
            const Undone undone = me().undo(filter, {.skip_conflicts = skips});
            ++tally_.accepted;
            return compare(undone, verdict, skips);
        } catch (const Conflict& conflict) {
            ++tally_.refused;
            if (observed() != state_) fail("a refused undo changed something");
            if (skips && !verdict.judged) {
                ++tally_.unjudged;
                return false;
            }
            if (verdict.accepted)
                fail(std::string("refused without a reason: ") + conflict.what() +
                     reasons(conflict.conflicts));
            confirm(conflict, verdict);
        } catch (const Error& error) {
            fail(std::string("an undo failed: ") + error.what());
        }
        return false;
    }

    bool expect_refusal_of_repetition(const CommandFilter& filter) {
        try {
            me().undo(filter);
            fail("what is undone already was undone again");
        } catch (const Conflict&) {}
        return false;
    }

    bool compare(const Undone& undone, const Verdict& verdict, bool skips) {
        if (skips) {
            ++tally_.skipping;
            if (!verdict.left.empty()) ++tally_.left;
        }
        const State before = state_;
        state_ = observed();
        if (skips && !verdict.judged) {
            ++tally_.unjudged;
            is_over_ = true;  // the model has lost the thread
            return false;
        }
        model_.add({static_cast<long long>(undone.command.id),
                    me().login(),
                    {},
                    verdict.targets,
                    verdict.left});
        if (!verdict.accepted) fail("done although something stands in the way");
        if (undone.commands.size() != verdict.targets.size())
            fail("turned back " + std::to_string(undone.commands.size()) + " commands");
        if (undone.conflicts.empty() != verdict.left.empty())
            fail("told " + std::to_string(undone.conflicts.size()) + " conflicts");
        if (state_ != verdict.state)
            fail("the state is" + told(state_) + "\n  instead of" + told(verdict.state) +
                 "\n  after" + told(before) + "\n  leaving" + reasons(undone.conflicts));
        return tally_.failures.empty();
    }

    static std::string reasons(const std::vector<FieldConflict>& conflicts) {
        std::string text;
        for (const FieldConflict& each : conflicts)
            text +=
                "\n  " + std::to_string(each.record.value()) + "." + each.field + " " + each.reason;
        return text;
    }

    /// What is said to stand in the way is a later command outside of the set that touched the
    /// record, with who gave it.
    void confirm(const Conflict& conflict, const Verdict& verdict) {
        if (conflict.conflicts.empty()) fail("refused without saying why");
        for (const FieldConflict& each : conflict.conflicts) {
            if (each.changed_in == CommandId{}) continue;
            const auto id = static_cast<long long>(each.changed_in);
            const auto seen = std::ranges::find(model_.log(), id, &Seen::id);
            const auto record = std::ranges::find(known_, each.record) - known_.begin();
            const auto position = static_cast<int>(seen - model_.log().begin());
            if (seen == model_.log().end() || seen->user != each.user ||
                !model_.touches(position, static_cast<int>(record)))
                fail("a conflict that is none: " + std::to_string(id) +
                     reasons(conflict.conflicts));
            else if (verdict.targets.contains(position) &&
                     std::ranges::count(conflict.conflicts, each.record, &FieldConflict::record) <
                         2)
                fail("stands in its own way: " + std::to_string(id) + reasons(conflict.conflicts));
        }
    }

    static inline const Time monday_ = parse_time("2026-03-02T08:00:00Z");

    File& file_;
    const Conduct& conduct_;
    const std::size_t number_;
    Tally& tally_;
    Random random_;
    std::size_t user_ = 0;
    bool is_over_ = false;
    std::vector<Ref> known_;
    State state_;
    Model model_;
};

// ---- many

std::string written(const Tally& tally) {
    Json::Array counts;
    for (const auto count :
         {tally.sequences, tally.commands, tally.undos, tally.accepted, tally.refused, tally.redone,
          tally.skipping, tally.left, tally.unjudged})
        counts.emplace_back(static_cast<std::int64_t>(count));
    Json::Array failures(tally.failures.begin(),
                         tally.failures.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                                      tally.failures.size(), 20)));
    return Json(Json::Array{Json(std::move(counts)), Json(std::move(failures))}).dump();
}

Tally read_back(const std::string& text) {
    const Json json = Json::parse(text);
    const auto& counts = json.array()[0].array();
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(counts[i].integer()); };
    Tally tally{at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), {}};
    for (const Json& failure : json.array()[1].array()) tally.failures.push_back(failure.string());
    return tally;
}

Tally work_through(const Conduct& conduct, std::size_t first, std::size_t count, std::size_t step) {
    Tally tally;
    File file;
    for (std::size_t i = 0; i < count; i += step) {
        try {
            Sequence(file, conduct, first + i, tally).run();
        } catch (const std::exception& error) {
            tally.failures.push_back("CRM_TEST_SEED=" + std::to_string(conduct.seed) +
                                     " CRM_TEST_SEQUENCE=" + std::to_string(first + i) +
                                     ": the sequence itself failed: " + error.what());
        }
        if (tally.failures.size() > 20) break;
    }
    return tally;
}

}  // namespace

void Tally::add(const Tally& other) {
    sequences += other.sequences;
    commands += other.commands;
    undos += other.undos;
    accepted += other.accepted;
    refused += other.refused;
    redone += other.redone;
    skipping += other.skipping;
    left += other.left;
    unjudged += other.unjudged;
    failures.insert(failures.end(), other.failures.begin(), other.failures.end());
}

Tally run_sequences(const Conduct& conduct, std::size_t first, std::size_t count) {
    const std::size_t processes =
        std::min(count, std::size_t{std::max(1u, std::thread::hardware_concurrency())});
    std::vector<::test::Worker> workers;
    for (std::size_t own = 0; own < processes; ++own)
        workers.emplace_back([&, own] {
            return written(work_through(conduct, first + own, count - own, processes));
        });
    Tally total;
    for (const auto& worker : workers) total.add(read_back(worker.text()));
    return total;
}

}  // namespace crm::test::history
