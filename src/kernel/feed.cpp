#include "crm/feed.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <iterator>
#include <optional>

#include "crm/error.hpp"
#include "kernel/column.hpp"
#include "kernel/history.hpp"
#include "kernel/past.hpp"
#include "kernel/select.hpp"
#include "kernel/sight.hpp"

namespace crm::kernel {
namespace {

using What = FeedEntry::What;

constexpr int largest_page = 100'000;
/// Lines of the log that one page looks at before it ends with the command it is in.
constexpr std::int64_t longest_walk = 100'000;

// ---- positions

/// A place in the log: after a whole command, or after one of its lines. Those of what a command
/// made come before those of what it changed.
struct Place {
    std::int64_t command = 0;
    bool in_changes = false;
    std::int64_t record = INT64_MAX;  ///< all of them
    /// Of a walk that began at the first command: the last one there was then. Who has nothing of
    /// the file yet is told by the rights of now, so what changed these before does not matter.
    std::int64_t begun_at = 0;

    static Place after(std::int64_t command) { return {command, true, INT64_MAX}; }
};

/// "copy.command", or "copy.command.part.record" within a command, with ".begun_at" as long as that
/// lies ahead.
std::string text_of(std::int64_t copy, const Place& place) {
    std::string text = std::to_string(copy) + "." + std::to_string(place.command);
    const bool is_behind = place.begun_at < std::max<std::int64_t>(place.command, 1);
    if (place.record == INT64_MAX && place.in_changes && is_behind) return text;
    text += (place.in_changes ? ".1." : ".0.") + std::to_string(place.record);
    return is_behind ? text : text + "." + std::to_string(place.begun_at);
}

std::vector<std::int64_t> numbers_in(const std::string& text) {
    std::vector<std::int64_t> numbers;
    const char *at = text.data(), *end = at + text.size();
    while (true) {
        std::int64_t number = 0;
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc{} || number < 0) return {};
        numbers.push_back(number);
        if (next == end) return numbers;
        if (*next != '.') return {};
        at = next + 1;
    }
}

std::int64_t copy_number_of(Reading& reading) {
    return reading.connection().integer("SELECT value FROM meta WHERE key = 'copy_number'");
}

std::int64_t last_command(Reading& reading) {
    return reading.connection().integer("SELECT id FROM command ORDER BY id DESC LIMIT 1");
}

Place place_of(const std::string& text, std::int64_t copy, std::int64_t last) {
    if (text.empty()) return {0, true, INT64_MAX, last};
    const auto numbers = numbers_in(text);
    const bool whole = numbers.size() == 2, has_begun = numbers.size() == 5,
               within = (numbers.size() == 4 || has_begun) && numbers[2] <= 1;
    if (!whole && !within) throw Invalid("feed", "position", "is not the position of a page");
    const std::int64_t begun_at = has_begun ? numbers[4] : 0;
    if (numbers[0] != copy || std::max(numbers[1], begun_at) > last)
        throw Resync(
            "the feed: the file was restored or copied since this position; read everything anew "
            "and go on from its end");
    if (whole) return Place::after(numbers[1]);
    return {numbers[1], numbers[2] == 1, numbers[3], begun_at};
}

// ---- what concerns the session's rights

/// Kinds whose records say what sessions may see.
std::bitset<256> kinds_of_rights() {
    std::bitset<256> kinds;
    for (const KindNumber each :
         {number::user, number::unit, number::user_group, number::user_group_member,
          number::territory, number::territory_member, number::access_right, number::field_right})
        kinds.set(each);
    return kinds;
}

/// One line of the log.
struct Line {
    std::int64_t command;
    Ref record;
    What what;
    std::string_view before;  ///< JSON; empty of a creation
};

/// Says of a change of users, groups or rights whether it may have changed what the session sees.
class OwnRights {
public:
    explicit OwnRights(Reading& reading) : reading_(reading) {}

    bool may_change_by(const Line& line) const {
        const KindNumber kind = line.record.kind();
        if (!kinds_.test(kind)) return false;
        const Json before = line.before.empty() ? Json{} : Json::parse(line.before);
        switch (kind) {
            case number::user: return is_me(line.record) && moves(before);
            case number::unit: return changes(before, "parent_id") && is_scoped(&Scope::units);
            case number::territory:
                return changes(before, "parent_id") && is_scoped(&Scope::territories);
            case number::user_group:
                return changes(before, "parent_id") && holds(line.record.value());
            case number::user_group_member:
                return names(line, before, "user_id", &OwnRights::is_user);
            default: return names(line, before, "holder_id", &OwnRights::holds);
        }
    }

private:
    bool is_user(std::int64_t id) const { return id == reading_.rights().user(); }
    bool is_me(Ref record) const { return is_user(record.value()); }
    bool holds(std::int64_t holder) const { return reading_.rights().holds(holder); }
    static bool changes(const Json& before, std::string_view field) {
        return before.is_object() && before.find(field);
    }
    static bool moves(const Json& before) {
        return changes(before, "unit_id") || changes(before, "position_id") ||
               changes(before, "is_active");
    }
    bool is_scoped(std::vector<std::int64_t> Scope::*places) const {
        return std::ranges::any_of(reading_.kinds(), [&](const Kind& kind) {
            return kind.role == Role::root &&
                   !(reading_.rights().scope(kind, Action::read).*places).empty();
        });
    }
    /// Whether a field, before or now, names what the question is about.
    bool names(const Line& line, const Json& before, std::string_view field,
               bool (OwnRights::*is_asked)(std::int64_t) const) const {
        const Json* value = before.is_object() ? before.find(field) : nullptr;
        if (value && (this->*is_asked)(value->integer())) return true;
        const Kind& kind = reading_.kind_of(line.record);
        AnyRecord record(kind);
        return load(reading_.connection(), reading_.plan(kind), line.record, record.data()) &&
               (this->*is_asked)(record.get(field).integer());
    }

    Reading& reading_;
    const std::bitset<256> kinds_ = kinds_of_rights();
};

// ---- what is told

bool is_removal_text(std::string_view before) { return before.starts_with("{\"id\":"); }

What what_of(std::string_view before) {
    if (before == "null") return What::restored;
    return is_removal_text(before) || before == erased_values ? What::removed : What::changed;
}

/// Says what the session is told of one line of the log.
class Teller {
public:
    Teller(Reading& reading, const FeedOptions& options)
        : reading_(reading), fields_(options.fields), sight_(reading) {
        for (const Kind& kind : reading.kinds()) {
            sees_all_[kind.number] = reading.rights().sees_all(kind.number);
            is_asked_[kind.number] = options.kinds.empty();
            sees_given_ |= kind.role == Role::root && is_given(kind);
        }
        for (const std::string& name : options.kinds)
            is_asked_[reading.kind_named(name).number] = true;
    }

    void tell(const Line& line, std::vector<FeedEntry>& entries) {
        const KindNumber number = line.record.kind();
        if (sees_all_[number]) {
            add(line.command, line.record, line.what, entries);
        } else if (const Kind* kind = reading_.kind(number)) {
            const auto what = seen(*kind, line);
            if (what) add(line.command, line.record, *what, entries);
            if (number == number::share) follow_share(line, entries);
        }
        if (sees_given_) {
            follow_task(line, entries);
            follow_parts(line, entries);
        }
        if (fields_ && line.what == What::changed && !entries.empty()) name_fields(line, entries);
    }

private:
    bool is_given(const Kind& kind) const {
        const Scope& scope = reading_.rights().scope(kind, Action::read);
        return scope.given && !scope.all;
    }

    void add(std::int64_t command, Ref record, What what, std::vector<FeedEntry>& entries) const {
        if (is_asked_[record.kind()]) entries.push_back({CommandId{command}, record, what, {}});
    }

    /// Who saw an erased person is not known any more, and every copy of it has to go: that one of
    /// this id went is told to all.
    std::optional<What> seen(const Kind& kind, const Line& line) {
        if (line.before == erased_values) return What::removed;
        const bool now = sight_.sees(line.record);
        if (line.what != What::changed || !may_move(kind, line.before))
            return now ? std::optional(line.what) : std::nullopt;
        const bool before = was_seen(line.record, line.command - 1),
                   after = was_seen(line.record, line.command);
        if (before && !after) return What::left;
        if (!now) return std::nullopt;
        return after && !before ? What::created : What::changed;
    }

    static bool names(std::string_view before, std::string_view field) {
        return before.find("\"" + std::string(field) + "\":") != before.npos;
    }

    /// Whether a change touched what decides who sees the record.
    static bool may_move(const Kind& kind, std::string_view before) {
        if (kind.role == Role::root && (names(before, "owner_id") || names(before, "unit_id") ||
                                        names(before, "territory_id")))
            return true;
        if (kind.is_personal() &&
            (names(before, kind.personal.shared) || names(before, kind.personal.about)))
            return true;
        return std::ranges::any_of(kind.columns, [&](const Column& column) {
            return (column.has(parent) || column.has(link) || column.has(part_of) ||
                    column.has(twin)) &&
                   names(before, column.name);
        });
    }

    /// By the rights of now and the record of then.
    bool was_seen(Ref record, std::int64_t command) {
        const auto state = state_at(reading_, record, CommandId{command});
        return state && sight_.would_see(*state);
    }

    // ---- what comes and goes with another record

    void come_or_go(std::int64_t command, Ref before, Ref after, std::vector<FeedEntry>& entries) {
        if (before == after) return;
        const auto is_partly_seen = [&](Ref record) {
            return record && !reading_.rights().sees_all(record.kind());
        };
        if (is_partly_seen(before) && !sight_.sees(before))
            add(command, before, What::left, entries);
        if (is_partly_seen(after) && sight_.sees(after))
            add(command, after, What::created, entries);
    }

    /// Whether a scope of the session could have opened a record as it was after a command.
    bool has_scope(Ref record, std::int64_t command, bool Scope::*scope) const {
        const auto state = record ? state_at(reading_, record, CommandId{command}) : std::nullopt;
        if (!state || state->kind().role != Role::root) return false;
        const Kind& kind = reading_.rights().kind_of_scopes(state->kind(), state->data());
        return reading_.rights().scope(kind, Action::read).*scope;
    }

    /// Whether a share had not ended on the day of a command.
    bool was_in_force(const AnyRecord& share, std::int64_t command) const {
        const Value ends_on = share.get("ends_on");
        return ends_on.is_null() ||
               ends_on.text() >= reading_.database()
                                     .zone()
                                     .date_of(command_of(reading_, CommandId{command}).at)
                                     .text();
    }

    /// A share to the session opens its record; one that goes may close it.
    void follow_share(const Line& line, std::vector<FeedEntry>& entries) {
        const auto opened = [&](std::int64_t command) {
            const auto share = state_at(reading_, line.record, CommandId{command});
            if (!share || !reading_.rights().holds(share->get("grantee_id").integer()))
                return Ref{};
            const Ref record{share->get("record_id").integer()};
            return has_scope(record, command, &Scope::shared) && was_in_force(*share, line.command)
                       ? record
                       : Ref{};
        };
        come_or_go(line.command, opened(line.command - 1), opened(line.command), entries);
    }

    /// What a task of the user names is given to it, and may go with the task.
    void follow_task(const Line& line, std::vector<FeedEntry>& entries) {
        const Kind* kind = reading_.kind(line.record.kind());
        if (!kind || !kind->first_with(gives)) return;
        const auto before = task_of_user(line.record, line.command - 1),
                   after = task_of_user(line.record, line.command);
        for (const Column& column : kind->columns) {
            if (!column.has(gives)) continue;
            const auto given = [&](const std::optional<AnyRecord>& task, std::int64_t command) {
                const Ref record = task ? Ref{column.get(task->data()).integer()} : Ref{};
                return has_scope(record, command, &Scope::given) ? record : Ref{};
            };
            come_or_go(line.command, given(before, line.command - 1), given(after, line.command),
                       entries);
        }
    }

    /// What was part of a record is given to whoever became responsible for it, and may go from who
    /// was.
    void follow_parts(const Line& line, std::vector<FeedEntry>& entries) {
        if (line.what != What::changed || !names(line.before, "owner_id")) return;
        const bool before = task_of_user(line.record, line.command - 1).has_value(),
                   after = task_of_user(line.record, line.command).has_value();
        if (before == after) return;
        for (const Kind& kind : reading_.kinds()) {
            if (!is_given(kind)) continue;
            for (const Column& column : kind.columns)
                if (column.has(part_of) && column.target == line.record.kind())
                    for (const Ref part : parts_of(line, kind, column))
                        come_or_go(line.command, before ? part : Ref{}, after ? part : Ref{},
                                   entries);
        }
    }

    /// Of what refers to a record now, what did so after the command as well.
    std::vector<Ref> parts_of(const Line& line, const Kind& kind, const Column& column) const {
        std::vector<Ref> parts;
        auto rows = reading_.connection().use("SELECT id FROM " + std::string(kind.name) +
                                              " WHERE " + std::string(column.name) + " = ?1");
        rows.bind(1, line.record.value());
        while (rows.step()) parts.emplace_back(rows.integer(0));
        std::erase_if(parts, [&](Ref part) {
            const auto state = state_at(reading_, part, CommandId{line.command});
            return !state || column.get(state->data()).integer() != line.record.value();
        });
        return parts;
    }

    std::optional<AnyRecord> task_of_user(Ref record, std::int64_t command) {
        auto state = state_at(reading_, record, CommandId{command});
        if (state && state->head().owner.value() != reading_.rights().user()) state.reset();
        return state;
    }

    // ---- fields

    void name_fields(const Line& line, std::vector<FeedEntry>& entries) const {
        FeedEntry& entry = entries.front();
        if (entry.record != line.record || entry.what != What::changed) return;
        const Kind* kind = reading_.kind(line.record.kind());
        const Json before = Json::parse(line.before);
        for (const auto& [field, value] : before.object()) {
            const Column* column = kind ? kind->find(field) : nullptr;
            if (!column || (!is_shadow(*column) && !reading_.rights().hides(*kind, *column)))
                entry.fields.push_back(field);
        }
    }

    Reading& reading_;
    const bool fields_;
    bool sees_given_ = false;
    Sight sight_;
    std::array<bool, 256> sees_all_{}, is_asked_{};
};

// ---- walking the log

/// Reads the lines of the log after a place, one command after the other.
class Walk {
public:
    Walk(Reading& reading, const Place& from)
        : created_(reading.connection().use(
              "SELECT command_id, first_id, last_id FROM created WHERE command_id >= ?1"
              " ORDER BY command_id, kind")),
          changed_(reading.connection().use(
              "SELECT command_id, ref, before FROM change WHERE (command_id, ref) > (?1, ?2)"
              " ORDER BY command_id, ref")) {
        created_.bind(1, from.command);
        changed_.bind(1, from.command).bind(2, from.in_changes ? from.record : INT64_MIN);
        next_range();
        while (has_created_ && is_behind(from)) next_created();
        has_changed_ = changed_.step();
    }

    /// False at the end. The line borrows its text until the next call.
    bool next(Line& line) {
        leave_last();
        if (!has_created_ && !has_changed_) return false;
        is_of_created_ =
            has_created_ && (!has_changed_ || created_.integer(0) <= changed_.integer(0));
        if (is_of_created_)
            line = {created_.integer(0), Ref{id_}, What::created, {}};
        else
            line = {changed_.integer(0), Ref{changed_.integer(1)}, what_of(changed_.text(2)),
                    changed_.text(2)};
        is_begun_ = true;
        return true;
    }

private:
    /// Ids of one kind and copy lie this far apart.
    static constexpr std::int64_t id_step = std::int64_t{1} << Ref::kind_bits;

    void leave_last() {
        if (!is_begun_) return;
        if (is_of_created_)
            next_created();
        else
            has_changed_ = changed_.step();
    }
    void next_created() {
        if (id_ == created_.integer(2)) return next_range();
        id_ += id_step;
    }
    void next_range() {
        has_created_ = created_.step();
        if (has_created_) id_ = created_.integer(1);
    }

    /// Of what a command made, kinds come in order of their numbers.
    bool is_behind(const Place& from) const {
        if (created_.integer(0) != from.command) return false;
        const KindNumber kind = Ref{id_}.kind(), last = Ref{from.record}.kind();
        return from.in_changes || kind < last || (kind == last && id_ <= from.record);
    }

    storage::Use created_, changed_;
    bool has_created_ = false, has_changed_ = false, is_begun_ = false, is_of_created_ = false;
    std::int64_t id_ = 0;
};

/// One page in the making. Where it ends within a command is said by a record that it told of, and
/// whether it is the last by what there is to tell: nothing hidden shows in either.
class PageOfFeed {
public:
    PageOfFeed(Reading& reading, const std::string& position, const FeedOptions& options)
        : limit_(static_cast<std::size_t>(options.limit)),
          copy_(copy_number_of(reading)),
          last_(last_command(reading)),
          at_(place_of(position, copy_, last_)),
          begun_at_(at_.begun_at),
          walk_(reading, at_),
          teller_(reading, options),
          rights_(reading) {}

    FeedPage read() {
        Line line;
        std::int64_t lines = 0;
        for (; walk_.next(line); ++lines) {
            const bool begins = line.command != at_.command;
            if (begins && lines > longest_walk) return ended(Place::after(line.command - 1));
            require_same_rights(line);
            told_.clear();
            teller_.tell(line, told_);
            if (told_.empty()) continue;
            if (is_full()) return ended(at_);
            std::ranges::move(told_, std::back_inserter(page_.entries));
            at_ = {line.command, line.what != What::created, line.record.value()};
        }
        page_.position = text_of(copy_, Place::after(last_));
        return std::move(page_);
    }

private:
    /// What one change tells stays together.
    bool is_full() const {
        return !page_.entries.empty() && page_.entries.size() + told_.size() > limit_;
    }

    FeedPage ended(Place place) {
        place.begun_at = begun_at_;
        page_.position = text_of(copy_, place);
        page_.at_end = false;
        return std::move(page_);
    }

    void require_same_rights(const Line& line) const {
        if (line.command > begun_at_ && rights_.may_change_by(line))
            throw Resync(
                "the feed: what you may see was changed since this position; read everything anew "
                "and go on from its end");
    }

    const std::size_t limit_;
    const std::int64_t copy_, last_;
    Place at_;
    const std::int64_t begun_at_;
    Walk walk_;
    Teller teller_;
    OwnRights rights_;
    std::vector<FeedEntry> told_;
    FeedPage page_;
};

void check_options(const SessionState& session, const FeedOptions& options) {
    if (session.transaction)
        throw Misuse("the feed tells what is committed: read it before the unit of work, or after");
    if (options.limit < 1 || options.limit > largest_page)
        throw Invalid("feed", "limit", "is a number of entries, from 1 to 100,000");
}

}  // namespace
}  // namespace crm::kernel

namespace crm::inline v1 {

FeedPage Feed::read(const std::string& position, const FeedOptions& options) const {
    kernel::check_options(session_->state(), options);
    kernel::Reading reading(session_->state());
    return kernel::PageOfFeed(reading, position, options).read();
}

std::string Feed::now() const {
    kernel::check_options(session_->state(), {});
    kernel::Reading reading(session_->state());
    return kernel::text_of(kernel::copy_number_of(reading),
                           kernel::Place::after(kernel::last_command(reading)));
}

}  // namespace crm
