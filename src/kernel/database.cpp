#include "crm/database.hpp"

#include <algorithm>
#include <initializer_list>
#include <random>

#include "base/password.hpp"
#include "crm/error.hpp"
#include "crm/money.hpp"
#include "crm/text.hpp"
#include "kernel/column.hpp"
#include "kernel/login.hpp"
#include "kernel/seed.hpp"
#include "kernel/state.hpp"
#include "storage/embedded.hpp"

namespace crm::kernel {

namespace {

constexpr CommandId first_command{1};

std::string random_uuid() {
    std::random_device random;
    std::string text;
    for (int i = 0; i < 4; ++i) {
        char part[9];
        std::snprintf(part, sizeof part, "%08x", static_cast<unsigned>(random()));
        text += part;
    }
    return text;
}

std::int64_t random_copy_number() {
    std::random_device random;
    return std::uniform_int_distribution<std::int64_t>(1, Ref::max_copy)(random);
}

void set_meta(storage::Connection& connection, std::string_view key, const Value& value) {
    connection
        .use(
            "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = "
            "excluded.value")
        .bind(1, key)
        .bind(2, value)
        .run();
}

std::string meta_text(storage::Connection& connection, std::string_view key) {
    auto row = connection.use("SELECT value FROM meta WHERE key = ?1");
    return row.bind(1, key).step() ? std::string(row.text(0)) : std::string{};
}

std::int64_t meta_integer(storage::Connection& connection, std::string_view key) {
    auto row = connection.use("SELECT value FROM meta WHERE key = ?1");
    return row.bind(1, key).step() ? row.integer(0) : 0;
}

/// Writes what every file begins with: its facts, the first command, unit and user, the lists.
class Beginning {
public:
    Beginning(storage::Connection& connection, const CreateOptions& options, Time now)
        : connection_(connection), options_(options), now_(now.time_since_epoch().count()) {}

    void write(const std::string& unit_name) {
        facts();
        first_command();
        first_unit(unit_name);
        administrator();
        lists();
        ranges();
    }

private:
    static constexpr std::int64_t command = static_cast<std::int64_t>(kernel::first_command);

    void facts() {
        set_meta(connection_, "min_reader", std::int64_t{4});
        set_meta(connection_, "min_writer", std::int64_t{4});
        set_meta(connection_, "fold_version", std::int64_t{fold_version});
        set_meta(connection_, "epoch", std::int64_t{1});
        set_meta(connection_, "copy_number", std::int64_t{0});
        set_meta(connection_, "copy_uuid", Value{std::string_view{random_uuid()}});
        set_meta(connection_, "country", Value{std::string_view{options_.country}});
        set_meta(connection_, "zone", Value{std::string_view{options_.zone}});
        set_meta(connection_, "language", Value{std::string_view{options_.language}});
        set_meta(connection_, "currency", Value{std::string_view{options_.currency}});
    }

    void first_command() {
        connection_
            .use("INSERT INTO command (id, at, user_id, verb) VALUES (?1, ?2, ?3, 'file.create')")
            .bind(1, command)
            .bind(2, now_)
            .bind(3, id(number::user, 1))
            .run();
    }

    void first_unit(const std::string& name) {
        const std::string key = fold(name);
        connection_
            .use(
                "INSERT INTO unit (id, version, created_in, changed_in, name, name_key, is_active) "
                "VALUES (?1, 1, ?2, ?2, ?3, ?4, 1)")
            .bind(1, next(number::unit))
            .bind(2, command)
            .bind(3, name)
            .bind(4, key)
            .run();
    }

    void administrator() {
        const std::string login = clean_text(options_.admin), key = fold(login);
        const std::string name =
            options_.admin_name.empty() ? login : clean_text(options_.admin_name);
        connection_
            .use(
                "INSERT INTO user (id, version, created_in, changed_in, login, login_key, name, "
                "unit_id, is_active) "
                "VALUES (?1, 1, ?2, ?2, ?3, ?4, ?5, ?6, 1)")
            .bind(1, next(number::user))
            .bind(2, command)
            .bind(3, login)
            .bind(4, key)
            .bind(5, name)
            .bind(6, id(number::unit, 1))
            .run();
        for (const auto* action :
             {"read", "create", "change", "delete", "export", "assign", "administer"})
            right(action);
    }

    void right(std::string_view action) {
        connection_
            .use(
                "INSERT INTO access_right (id, version, created_in, changed_in, holder_id, kind, "
                "action, scope) "
                "VALUES (?1, 1, ?2, ?2, ?3, '*', ?4, 'all')")
            .bind(1, next(number::access_right))
            .bind(2, command)
            .bind(3, id(number::user, 1))
            .bind(4, action)
            .run();
    }

    void lists() {
        std::string_view list;
        std::int64_t position = 0;
        for (const SeedValue& seed : seed_values()) {
            position = seed.list == list ? position + 1 : 1;
            list = seed.list;
            list_value(seed, position);
        }
    }

    void list_value(const SeedValue& seed, std::int64_t position) {
        const std::int64_t value = next(number::list_value);
        connection_
            .use(
                "INSERT INTO list_value (id, version, created_in, changed_in, list, code, "
                "position, is_retired) "
                "VALUES (?1, 1, ?2, ?2, ?3, ?4, ?5, 0)")
            .bind(1, value)
            .bind(2, command)
            .bind(3, seed.list)
            .bind(4, seed.code)
            .bind(5, position)
            .run();
        label(value, "en", seed.en);
        label(value, "ro", seed.ro);
        label(value, "ru", seed.ru);
        label(value, "uk", seed.uk);
    }

    void label(std::int64_t value, std::string_view language, std::string_view label) {
        connection_
            .use(
                "INSERT INTO list_label (id, version, created_in, changed_in, value_id, language, "
                "label) "
                "VALUES (?1, 1, ?2, ?2, ?3, ?4, ?5)")
            .bind(1, next(number::list_label))
            .bind(2, command)
            .bind(3, value)
            .bind(4, language)
            .bind(5, label)
            .run();
    }

    void ranges() {
        for (const auto& [kind, made] : made_) {
            connection_
                .use(
                    "INSERT INTO created (command_id, kind, first_id, last_id) VALUES (?1, ?2, ?3, "
                    "?4)")
                .bind(1, command)
                .bind(2, std::int64_t{kind})
                .bind(3, id(kind, 1))
                .bind(4, id(kind, made))
                .run();
            connection_.use("INSERT INTO sequence (copy_number, kind, next) VALUES (0, ?1, ?2)")
                .bind(1, std::int64_t{kind})
                .bind(2, made + 1)
                .run();
        }
    }

    static std::int64_t id(KindNumber kind, std::int64_t sequence) {
        return Ref::make(kind, sequence).value();
    }
    std::int64_t next(KindNumber kind) { return id(kind, ++made_[kind]); }

    storage::Connection& connection_;
    const CreateOptions& options_;
    std::int64_t now_;
    std::unordered_map<KindNumber, std::int64_t> made_;
};

storage::FileOptions file_options(const OpenOptions& options) {
    storage::FileOptions file;
    file.read_only = options.read_only;
    file.write_deadline = options.write_deadline;
    file.statement_deadline = options.statement_deadline;
    file.log = options.log;
    return file;
}

Time system_now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

void refuse(std::string_view field, std::string_view value, std::string_view reason) {
    throw Invalid("file", std::string(field),
                  "\"" + std::string(value) + "\" " + std::string(reason));
}

CreateOptions checked(CreateOptions options) {
    options.admin = clean_text(options.admin);
    if (options.admin.empty())
        throw Invalid("file", "admin", "is required: the login of the first user");
    if (!options.country.empty() && !is_country(options.country))
        refuse("country", options.country, "is no country code of ISO 3166-1, such as MD");
    if (options.language != "en" && options.language != "ro" && options.language != "ru" &&
        options.language != "uk")
        refuse("language", options.language, "is none of en, ro, ru, uk");
    Zone{options.zone};
    options.currency = std::string(Currency{options.currency}.code());
    return options;
}

// ---- copies

bool has_given_ids(storage::Connection& connection, std::int64_t copy_number) {
    auto row = connection.use("SELECT 1 FROM sequence WHERE copy_number = ?1 LIMIT 1");
    return row.bind(1, copy_number).step();
}

/// Gives a file a copy number that gave no id in any of these, and a uuid.
void become_new_copy(storage::Connection& connection,
                     std::initializer_list<storage::Connection*> others = {}) {
    std::int64_t number = random_copy_number();
    const auto is_used = [&](storage::Connection* other) { return has_given_ids(*other, number); };
    while (has_given_ids(connection, number) || std::ranges::any_of(others, is_used))
        number = random_copy_number();
    set_meta(connection, "copy_number", number);
    set_meta(connection, "copy_uuid", Value{std::string_view{random_uuid()}});
}

/// So that whoever has the file open looks at its facts again.
void set_epoch(storage::Connection& connection, std::int64_t epoch) {
    set_meta(connection, "epoch", epoch);
}

/// A copy made behind our back has another inode or birth time than the one the file remembers.
void notice_copy(DatabaseState& database) {
    const std::string identity = database.file->identity();
    if (database.file->read_only() || identity.empty()) return;
    std::string known;
    {
        auto reader = database.file->read();
        known = meta_text(reader.connection(), "identity");
    }
    if (known == identity) return;
    auto writer = database.file->write();
    if (!known.empty()) {
        become_new_copy(writer.connection());
        set_epoch(writer.connection(), epoch_of(writer.connection()) + 1);
    }
    set_meta(writer.connection(), "identity", Value{std::string_view{identity}});
    writer.commit();
}

void require_known_folding(storage::Connection& connection) {
    if (meta_integer(connection, "fold_version") > fold_version)
        throw NewerFile("the file's text keys were written by a newer release; open it with that");
}

void look_again(DatabaseState& database) {
    const auto reader = database.file->read();
    database.follow(reader.connection(), epoch_of(reader.connection()));
}

FileFacts facts_in(storage::Connection& connection) {
    return {meta_integer(connection, "copy_number"), meta_text(connection, "copy_uuid"),
            meta_text(connection, "country"),        meta_text(connection, "language"),
            meta_text(connection, "currency"),       Zone{meta_text(connection, "zone")}};
}

void restore_backup(DatabaseState& database, const std::filesystem::path& backup) {
    const auto prepare = [&](storage::Connection& copy, storage::Connection& live) {
        require_known_folding(copy);
        copy.execute("BEGIN IMMEDIATE");
        become_new_copy(copy, {&live});
        set_epoch(copy, std::max(epoch_of(copy), epoch_of(live)) + 1);
        set_meta(copy, "identity", Value{std::string_view{database.file->identity()}});
        copy.execute("COMMIT");
    };
    database.file->restore(backup, storage::embedded_schema(), prepare);
    look_again(database);
}

Database opened(std::shared_ptr<storage::File> file, const OpenOptions& options,
                std::span<const Kind> kinds) {
    auto database = std::make_shared<DatabaseState>();
    database->file = std::move(file);
    if (options.poll) database->file->set_poll(options.poll);
    database->kinds = kinds;
    database->clock = options.clock ? options.clock : Clock(system_now);
    database->password_cost = options.password_cost;
    database->log = options.log;
    database->catalogue = Catalogue::bare(kinds);
    require_known_folding(database->file->read().connection());
    notice_copy(*database);
    look_again(*database);
    seed_new_lists(database);
    return Database(std::move(database));
}

}  // namespace

bool FileFacts::operator==(const FileFacts& other) const {
    return copy_number == other.copy_number && copy_uuid == other.copy_uuid &&
           country == other.country && language == other.language && currency == other.currency &&
           zone.name() == other.zone.name();
}

void DatabaseState::follow(storage::Connection& committed, std::int64_t epoch) {
    if (epoch <= facts_epoch_) return;
    const std::lock_guard lock(facts_mutex_);
    if (epoch <= facts_epoch_) return;
    FileFacts fresh = facts_in(committed);
    if (!facts_.load() || !(facts() == fresh)) {
        all_facts_.push_back(std::make_unique<const FileFacts>(std::move(fresh)));
        facts_ = all_facts_.back().get();
    }
    facts_epoch_ = epoch;
}

Database create(const std::filesystem::path& path, const CreateOptions& given,
                std::span<const Kind> kinds) {
    const CreateOptions options = checked(given);
    base::require_sound(options.open.password_cost);
    const Time now = options.open.clock ? options.open.clock() : system_now();
    const std::string unit = options.unit.empty() ? path.stem().string() : clean_text(options.unit);
    auto file = storage::File::create(
        path, storage::embedded_schema(), file_options(options.open),
        [&](storage::Connection& c) { Beginning(c, options, now).write(unit); });
    return opened(std::move(file), options.open, kinds);
}

Database open(const std::filesystem::path& path, const OpenOptions& options,
              std::span<const Kind> kinds) {
    base::require_sound(options.password_cost);
    return opened(storage::File::open(path, storage::embedded_schema(), file_options(options)),
                  options, kinds);
}

Session trusted_session(const std::shared_ptr<DatabaseState>& database, std::string_view login) {
    if (database->closed) throw Misuse("the database was closed");
    auto state = std::make_unique<SessionState>();
    auto reader = database->file->read();
    const std::string key = fold(login);
    auto row = reader.connection().use(
        "SELECT id, login, unit_id, language, zone, is_active FROM user WHERE login_key = ?1");
    if (!row.bind(1, key).step())
        throw NotFound("user \"" + std::string(login) + "\": no such login");
    if (!row.integer(5)) throw Denied("user \"" + std::string(login) + "\" is not active");
    state->database = database;
    state->user = Id<User>{row.integer(0)};
    state->login = row.text(1);
    state->unit = Id<Unit>{row.integer(2)};
    state->language = row.is_null(3) ? database->language() : std::string(row.text(3));
    state->zone = row.is_null(4) ? database->zone() : Zone{row.text(4)};
    return Session(std::move(state));
}

Info info(Reading& reading) {
    const DatabaseState& database = reading.database();
    Info info;
    info.path = database.file->path();
    info.schema_version = static_cast<int>(reading.connection().integer("PRAGMA user_version"));
    info.copy_number = database.copy_number();
    info.copy_uuid = database.copy_uuid();
    info.country = database.country(), info.zone = database.zone().name();
    info.language = database.language(), info.currency = database.currency();
    info.bytes = static_cast<std::int64_t>(std::filesystem::file_size(info.path));
    if (!reading.rights().administers()) return info;
    for (const Kind& kind : database.kinds)
        info.rows.emplace_back(kind.name, reading.connection().integer("SELECT count(*) FROM " +
                                                                       std::string(kind.name)));
    return info;
}

}  // namespace crm::kernel

namespace crm::inline v1 {

Database::Database(std::shared_ptr<kernel::DatabaseState> state) : state_(std::move(state)) {}
Database::~Database() = default;
Database::Database(const Database&) = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(const Database&) = default;
Database& Database::operator=(Database&&) noexcept = default;

Session Database::trusted_session(std::string_view login) const {
    return kernel::trusted_session(state_, login);
}
Session Database::login(std::string_view login, std::string_view password) const {
    return kernel::login(state_, login, password);
}
const std::filesystem::path& Database::path() const { return state_->file->path(); }
bool Database::read_only() const { return state_->file->read_only(); }
void Database::close() { state_->closed = true; }

void Database::backup(const std::filesystem::path& target) const {
    state_->file->backup(target, [](storage::Connection& copy) {
        kernel::become_new_copy(copy);
        copy.execute("DELETE FROM meta WHERE key = 'identity'");
    });
}

void Database::restore(const std::filesystem::path& backup) {
    kernel::restore_backup(*state_, backup);
}

std::vector<std::string> Database::quick_check() const { return state_->file->quick_check(); }

void Database::new_copy() const {
    {
        auto writer = state_->file->write();
        kernel::become_new_copy(writer.connection());
        kernel::set_epoch(writer.connection(), kernel::epoch_of(writer.connection()) + 1);
        writer.commit();
    }
    kernel::look_again(*state_);
}

}  // namespace crm
