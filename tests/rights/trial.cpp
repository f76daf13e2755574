#include "rights/trial.hpp"

#include <malloc.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "kernel/state.hpp"
#include "rights/redaction.hpp"
#include "rights/world.hpp"
#include "storage/open_rules.hpp"
#include "support/worker.hpp"

namespace crm::test::rights {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
    std::string bytes(fs::file_size(path), '\0');
    std::ifstream(path, std::ios::binary)
        .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

/// Over what is there: the same inode, so that the file is not taken for a copy, and the same pages
/// of memory.
void write_bytes(const fs::path& path, const std::string& bytes) {
    if (!fs::exists(path)) std::ofstream{path};
    std::fstream(path, std::ios::binary | std::ios::in | std::ios::out) << bytes;
    fs::resize_file(path, bytes.size());
}

fs::path place_in_memory() {
    std::error_code ignored;
    const fs::path memory = "/dev/shm";
    return fs::is_directory(memory, ignored) ? memory : fs::temp_directory_path();
}

/// Fields by which an administrator may change a hidden record without moving it, or anything that
/// hangs on it, in or out of sight.
struct Mutable {
    const char* field;
    Value value;
};
const std::map<std::string_view, std::vector<Mutable>> mutable_fields{
    {"party",
     {{"industry", "construction"},
      {"tax_code", "T7"},
      {"description", "acme acme"},
      {"country", "RO"},
      {"x_motto", "acme zoo"},
      {"x_rating", std::int64_t{2}},
      {"x_size", "large"}}},
    {"contact",
     {{"x_story", "Acme"},
      {"title", "Acme"},
      {"nick_name", "Zoo"},
      {"first_name", "Stefan"},
      {"description", "елка"}}},
    {"activity",
     {{"subject", "Acme"},
      {"result", "Zoo 7"},
      {"next_contact_on", "2026-03-02"},
      {"kind", "call"}}},
    {"project", {{"status", "late"}, {"description", "елка"}, {"due_on", "2026-12-01"}}},
    {"note", {{"title", "Île"}, {"text", "acme zoo"}}},
    {"point", {{"value", "+37369000001"}, {"label", "home"}}},
    {"address", {{"city", "Bălți"}}},
    {"membership", {{"position", "Buyer"}}},
    {"external_key", {{"key", "K99"}}},
    {"segment", {{"description", "acme"}, {"name", "Mine"}}},
    {"schedule_entry",
     {{"town", "Acme"},
      {"purpose", "Zoo 7"},
      {"whereabouts", "leave"},
      {"starts_on", "2026-03-01"}}},
    {"hourly_rate", {{"rate_minor", std::int64_t{777}}}},
    {"time_entry", {{"minutes", std::int64_t{7}}, {"note", "acme"}}},
    {"saved_filter", {{"description", "acme"}, {"condition", "{}"}, {"name", "Mine"}}},
};

}  // namespace

void Tally::add(const Tally& other) {
    worlds += other.worlds;
    reads += other.reads;
    partial += other.partial;
    refused += other.refused;
    mutations += other.mutations;
    weighed += other.weighed;
    for (const auto& [name, entry] : other.by_entry) {
        by_entry[name].reads += entry.reads;
        by_entry[name].partial += entry.partial;
    }
    failures.insert(failures.end(), other.failures.begin(), other.failures.end());
}

// ---- one trial

class Arena::Trial {
public:
    Trial(Arena& arena, const Conduct& conduct, std::size_t number, Tally& tally)
        : conduct_(conduct),
          number_(number),
          tally_(tally),
          clock_(arena.clock_),
          world_(arena.folder_ / "world.crm"),
          copy_(arena.folder_ / "copy.crm"),
          random_(seeded(conduct.seed, number)) {}

    void run(const std::string& beginning) {
        write_bytes(world_, beginning);
        Database original = open(world_);
        const std::string login = fill(original, random_);
        Session user = original.trusted_session(login);
        user_ = user.user().value();
        if (conduct_.while_open) user.count(kind_of<Party>(), {});
        copy_while_open();
        redact_copy();
        read_both(original, user, login);
        ++tally_.worlds;
    }

private:
    static Random seeded(std::uint32_t seed, std::size_t number) {
        std::seed_seq sequence{seed, static_cast<std::uint32_t>(number)};
        return Random(sequence);
    }

    Database open(const fs::path& path) const {
        OpenOptions options{.clock = clock_.function()};
        return conduct_.kinds.empty() ? crm::open(path, options)
                                      : kernel::open(path, options, conduct_.kinds);
    }

    /// By SQLite: a descriptor of our own on an open file would drop its locks.
    void copy_while_open() {
        RawFile raw(world_);
        if (conduct_.while_open) conduct_.while_open(raw, user_);
        write_bytes(copy_, raw.bytes());
    }

    void redact_copy() {
        RawFile raw(copy_);
        raw.run("PRAGMA synchronous = OFF");
        sight_.emplace(raw, user_, "2026-03-02");
        redact(raw, *sight_);
        raw.run("UPDATE meta SET value = ?1 WHERE key = 'identity'",
                {Json(storage::identity_of(copy_))});
    }

    void read_both(Database& original, Session& user, const std::string& login) {
        Database copy = open(copy_);
        Session free = copy.trusted_session(login), ana = original.trusted_session("ana");
        Draw draw(random_, *sight_);
        for (std::size_t i = 1; i <= conduct_.reads; ++i) {
            Read read = draw_read(draw);
            if (conduct_.only_read != 0 && i != conduct_.only_read) continue;
            compare(i, read, {user, *sight_, true}, {free, *sight_, false}, {ana, *sight_, false});
            reads_.push_back(std::move(read));
        }
        if (conduct_.mutates && number_ % 2 == 0) mutate(ana, user);
    }

    // ---- reading

    void compare(std::size_t at, const Read& read, const Reader& restricted, const Reader& free,
                 const Reader& administrator) {
        Answer answer = read.run(restricted);
        Tally::OfEntry& entry = tally_.by_entry[read.entry];
        ++tally_.reads;
        ++entry.reads;
        if (read.names_hidden(*sight_)) {
            ++tally_.refused;
            if (!answer.is_denied) fail(at, read, "asks for a hidden field", answer.text, "Denied");
        } else {
            Answer wanted = read.run(free);
            // A walk that took too long on a busy machine says that it is incomplete.
            for (int again = 0; again < 2 && answer.text != wanted.text; ++again)
                answer = read.run(restricted), wanted = read.run(free);
            if (answer.text != wanted.text)
                fail(at, read, "differs from the copy's", answer.text, wanted.text);
            if (number_ % weighed_one_in == 0) weigh(read, answer, administrator, entry);
        }
        answers_.push_back(std::move(answer.text));
    }

    /// How much of what there is was seen.
    void weigh(const Read& read, const Answer& answer, const Reader& administrator,
               Tally::OfEntry& entry) {
        ++tally_.weighed;
        if (answer.rows == 0 || read.run(administrator).text == answer.text) return;
        ++tally_.partial;
        ++entry.partial;
    }

    void fail(std::size_t at, const Read& read, const std::string& what, const std::string& answer,
              const std::string& wanted) {
        if (has_failed_) return;
        has_failed_ = true;
        tally_.failures.push_back("CRM_TEST_SEED=" + std::to_string(conduct_.seed) +
                                  " CRM_TEST_WORLD=" + std::to_string(number_) +
                                  " CRM_TEST_READ=" + std::to_string(at) + ": " + read.entry + " " +
                                  read.description + ": " + what + "\n--- the user's answer\n" +
                                  answer + "\n--- wanted\n" + wanted);
        if (!conduct_.keep.empty()) keep();
    }

    void keep() const {
        for (const fs::path& file : {world_, copy_}) {
            const fs::path kept =
                conduct_.keep / (std::to_string(number_) + "-" + file.filename().string());
            fs::remove(kept);
            RawFile(file).run("VACUUM INTO '" + kept.string() + "'");
        }
    }

    // ---- changing what is hidden

    void mutate(Session& ana, Session& user) {
        std::vector<std::int64_t> hidden;
        for (const auto& [id, row] : sight_->rows())
            if (!sight_->sees(id) && mutable_fields.contains(kind_of_id(id))) hidden.push_back(id);
        if (hidden.empty() || conduct_.only_read != 0) return;
        const Ref record{any_of(random_, hidden)};
        change(ana, record);
        ++tally_.mutations;
        for (std::size_t i = 0; i < reads_.size(); ++i) {
            Answer answer = reads_[i].run({user, *sight_, true});
            if (answer.text != answers_[i]) answer = reads_[i].run({user, *sight_, true});
            if (answer.text != answers_[i])
                fail(i + 1, reads_[i],
                     "changes with the hidden record " + std::to_string(record.value()),
                     answer.text, answers_[i]);
        }
    }

    /// Every field of it that moves nothing, and a child more.
    void change(Session& ana, Ref record) {
        const auto kind = kind_of_id(record.value());
        for (const auto& [field, value] : mutable_fields.at(kind)) try {
                ana.change(record, any_version, {{field, value}});
            } catch (const Invalid&) {  // not of every record: a person's name, a value in use
            } catch (const Conflict&) {}
        const auto is_one_of = [&](const auto& kinds) {
            return std::ranges::find(kinds, kind) != std::end(kinds);
        };
        if (!is_one_of(root_kinds) || is_one_of(personal_kinds) || is_one_of(confidential_kinds))
            return;
        Notes(ana).write(record, "Acme zoo елка", "Stefan");
        ExternalKeys(ana).add({.record = record, .system = "import", .key = "hidden"});
        if (kind == "party" || kind == "contact")
            Points(ana).add({.record = record, .type = "phone", .value = "+37369000002"});
    }

    static constexpr std::size_t weighed_one_in = 4;  // of the worlds: it costs a third of the
                                                      // reads

    const Conduct& conduct_;
    std::size_t number_;
    Tally& tally_;
    const ::test::SetClock& clock_;
    fs::path world_, copy_;
    Random random_;
    std::int64_t user_ = 0;
    std::optional<Sight> sight_;
    std::vector<Read> reads_;
    std::vector<std::string> answers_;
    bool has_failed_ = false;
};

// ---- many

Arena::Arena() {
    auto name = (place_in_memory() / "crm-rights-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    const fs::path path = folder_ / "template.crm";
    make_template(path, clock_.function());
    template_ = bytes_of(path);
    write_bytes(folder_ / "world.crm", template_);
    {
        RawFile raw(folder_ / "world.crm");
        raw.run("UPDATE meta SET value = ?1 WHERE key = 'identity'",
                {Json(storage::identity_of(folder_ / "world.crm"))});
    }
    template_ = bytes_of(folder_ / "world.crm");
}

Arena::~Arena() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void Arena::trial(const Conduct& conduct, std::size_t number, Tally& tally) {
    try {
        Trial(*this, conduct, number, tally).run(template_);
    } catch (const std::exception& error) {
        tally.failures.push_back("CRM_TEST_SEED=" + std::to_string(conduct.seed) +
                                 " CRM_TEST_WORLD=" + std::to_string(number) +
                                 ": the trial itself failed: " + error.what());
    }
}

namespace {

Json to_json(const Tally& tally) {
    Json::Object entries;
    for (const auto& [name, entry] : tally.by_entry)
        entries.emplace_back(name, Json(Json::Array{static_cast<std::int64_t>(entry.reads),
                                                    static_cast<std::int64_t>(entry.partial)}));
    Json::Array counts;
    for (const auto count :
         {tally.worlds, tally.reads, tally.refused, tally.mutations, tally.weighed, tally.partial})
        counts.emplace_back(static_cast<std::int64_t>(count));
    Json::Array failures(tally.failures.begin(), tally.failures.end());
    return Json(
        Json::Array{Json(std::move(counts)), Json(std::move(entries)), Json(std::move(failures))});
}

std::size_t size_in(const Json& number) { return static_cast<std::size_t>(number.integer()); }

Tally from_json(const Json& json) {
    const auto& counts = json.array()[0].array();
    Tally tally{.worlds = size_in(counts[0]),
                .reads = size_in(counts[1]),
                .refused = size_in(counts[2]),
                .mutations = size_in(counts[3]),
                .weighed = size_in(counts[4]),
                .partial = size_in(counts[5])};
    for (const auto& [name, entry] : json.array()[1].object())
        tally.by_entry[name] = {size_in(entry.array()[0]), size_in(entry.array()[1])};
    for (const Json& failure : json.array()[2].array()) tally.failures.push_back(failure.string());
    return tally;
}

}  // namespace

// Processes and not threads: those waited for each other's turn at SQLite's count of memory.
Tally run_trials(const Conduct& conduct, std::size_t first, std::size_t worlds) {
    // Each world takes and gives back megabytes: handing them to the system was a quarter of all
    // time.
    ::mallopt(M_TRIM_THRESHOLD, 512 << 20);
    ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
    const std::size_t count =
        std::min(worlds, std::size_t{std::max(1u, std::thread::hardware_concurrency())});
    std::vector<::test::Worker> workers;
    for (std::size_t own = 0; own < count; ++own)
        workers.emplace_back([&, own] {
            Arena arena;
            Tally tally;
            for (std::size_t world = own; world < worlds; world += count)
                arena.trial(conduct, first + world, tally);
            return to_json(tally).dump();
        });
    Tally total;
    for (const auto& worker : workers) total.add(from_json(Json::parse(worker.text())));
    return total;
}

}  // namespace crm::test::rights
