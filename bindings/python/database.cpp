#include <pybind11/pybind11.h>

#include <chrono>

#include "session.hpp"

namespace crm::python {

namespace {

/// An open file as Python holds it: closing it ends the sessions made with it, so that `with`
/// really closes.
class SharedDatabase {
public:
    explicit SharedDatabase(Database database)
        : database_(std::move(database)),
          path_(database_->path()),
          read_only_(database_->read_only()) {}
    ~SharedDatabase() {
        const py::gil_scoped_release release;
        database_.reset();
    }

    const std::filesystem::path& path() const { return path_; }
    bool read_only() const { return read_only_; }
    bool is_open() const { return database_.has_value(); }

    template <class Body>
    auto call(Body&& body) const {
        if (!database_) throw Misuse("the database is closed");
        const Database held = *database_;
        const py::gil_scoped_release release;
        return body(held);
    }

    SessionPointer trusted_session(const std::string& login) {
        return keep(
            call([&](const Database& database) { return database.trusted_session(login); }));
    }
    SessionPointer login(const std::string& login, const py::object& password) {
        const auto text = text_from(password, {"user", "password"});
        return keep(call([&](const Database& database) { return database.login(login, text); }));
    }

    void close() {
        if (!database_) return;
        std::vector<SessionPointer> open;
        for (const auto& held : sessions_)
            if (auto session = held.lock()) open.push_back(std::move(session));
        for (const auto& session : open)
            if (session->in_use())
                throw Misuse("a session of this database is at work; close it after that");
        for (const auto& session : open) session->close();
        sessions_.clear();
        auto closing = std::exchange(database_, std::nullopt);
        const py::gil_scoped_release release;
        closing->close();
        closing.reset();
    }

private:
    /// Closed with the database.
    SessionPointer keep(Session session) {
        auto shared = std::make_shared<SharedSession>(std::move(session));
        std::erase_if(sessions_, [](const auto& held) { return held.expired(); });
        sessions_.push_back(shared);
        return shared;
    }

    std::optional<Database> database_;
    std::filesystem::path path_;
    bool read_only_;
    std::vector<std::weak_ptr<SharedSession>> sessions_;
};

std::chrono::milliseconds milliseconds_from(double seconds, std::string_view option) {
    if (!(seconds >= 0 && seconds <= 1e9))
        refuse("open", option, "seconds are needed, from 0 to 1,000,000,000");
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

Clock clock_from(const py::object& clock) {
    if (clock.is_none()) return {};
    return [callable = Callable{clock}] {
        const py::gil_scoped_acquire gil;
        return time_from(callable(), {"clock", ""});
    };
}

std::function<void(std::string_view)> log_from(const py::object& log) {
    if (log.is_none()) return {};
    return [callable = Callable{log}](std::string_view line) {
        const py::gil_scoped_acquire gil;
        try {
            callable(py::str(line.data(), line.size()));
        } catch (py::error_already_set& error) {
            error.discard_as_unraisable("the log callback of crm");  // a warning must not fail the
                                                                     // work
        }
    };
}

/// Ctrl-C during a long statement or a wait for another writer.
bool interrupted() {
    const py::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    return false;
}

OpenOptions open_options(bool read_only, double write_deadline, double statement_deadline,
                         const py::object& clock, const py::object& log,
                         const PasswordCost& password_cost) {
    OpenOptions options;
    options.read_only = read_only;
    options.write_deadline = milliseconds_from(write_deadline, "write_deadline");
    options.statement_deadline = milliseconds_from(statement_deadline, "statement_deadline");
    options.clock = clock_from(clock);
    options.log = log_from(log);
    options.poll = interrupted;
    options.password_cost = password_cost;
    return options;
}

std::unique_ptr<SharedDatabase> create_file(const py::object& path, const CreateOptions& options) {
    const auto target = path_from(path);
    const auto make = [&] {
        const py::gil_scoped_release release;
        return crm::create(target, options);
    };
    return std::make_unique<SharedDatabase>(make());
}

std::unique_ptr<SharedDatabase> open_file(const py::object& path, const OpenOptions& options) {
    const auto target = path_from(path);
    const auto make = [&] {
        const py::gil_scoped_release release;
        return crm::open(target, options);
    };
    return std::make_unique<SharedDatabase>(make());
}

void bind_functions(py::module_& module) {
    module.def(
        "create",
        [](const py::object& path, const std::string& admin, const py::object& admin_name,
           const std::string& country, const std::string& zone, const std::string& language,
           const std::string& currency, const py::object& unit, const py::object& clock,
           const py::object& log, double write_deadline, double statement_deadline,
           std::size_t password_memory, unsigned password_passes) {
            CreateOptions options;
            options.admin = admin;
            options.admin_name = optional_text(admin_name, {"create", "admin_name"});
            options.country = country;
            options.zone = zone;
            options.language = language;
            options.currency = currency;
            options.unit = optional_text(unit, {"create", "unit"});
            options.open = open_options(false, write_deadline, statement_deadline, clock, log,
                                        {password_memory, password_passes});
            return create_file(path, options);
        },
        py::arg("path"), py::kw_only(), py::arg("admin"), py::arg("admin_name") = py::none(),
        py::arg("country") = "", py::arg("zone") = "UTC", py::arg("language") = "en",
        py::arg("currency") = "EUR", py::arg("unit") = py::none(), py::arg("clock") = py::none(),
        py::arg("log") = py::none(), py::arg("write_deadline") = 10.0,
        py::arg("statement_deadline") = 30.0, py::arg("password_memory") = PasswordCost{}.memory,
        py::arg("password_passes") = PasswordCost{}.passes,
        R"doc(create(path, *, admin, admin_name=None, country='', zone='UTC', language='en', currency='EUR', unit=None, clock=None, log=None, write_deadline=10.0, statement_deadline=30.0, password_memory=67108864, password_passes=2)
--

Makes a new CRM file and opens it. It appears complete or not at all.

admin: login of the first user, who may do everything; admin_name is the name shown, unit that of the top unit.
country: ISO 3166-1 alpha-2, by which national phone numbers are read. zone: IANA name, "today" where a user has none.
language: of labels where a user has none: en, ro, ru or uk. currency: ISO 4217, for amounts given without one.
clock: a function that answers an aware datetime, in place of the system's clock; called on any thread.
log: a function that takes a line of warning; it holds no values. Deadlines are in seconds: how long to wait for
another writer (then Busy), and for one read (then Interrupted).
password_memory, password_passes: what one check of a password costs, in bytes and passes of argon2id; at least 19 MiB
and 2.

Raises Conflict where the path exists, Invalid for an unknown zone, country, language or currency, NetworkShare,
IoError.)doc");
    module.def(
        "open",
        [](const py::object& path, bool read_only, const py::object& clock, const py::object& log,
           double write_deadline, double statement_deadline, std::size_t password_memory,
           unsigned password_passes) {
            return open_file(path, open_options(read_only, write_deadline, statement_deadline,
                                                clock, log, {password_memory, password_passes}));
        },
        py::arg("path"), py::kw_only(), py::arg("read_only") = false, py::arg("clock") = py::none(),
        py::arg("log") = py::none(), py::arg("write_deadline") = 10.0,
        py::arg("statement_deadline") = 30.0, py::arg("password_memory") = PasswordCost{}.memory,
        py::arg("password_passes") = PasswordCost{}.passes,
        R"doc(open(path, *, read_only=False, clock=None, log=None, write_deadline=10.0, statement_deadline=30.0, password_memory=67108864, password_passes=2)
--

Opens a CRM file that exists, upgrading an older one; never creates. Options as for create().

Raises NotFound, NotACrmFile, NewerFile, NetworkShare, Corrupt, IoError, and Misuse where this process has the file
open already. Cost: some milliseconds, whatever the size.)doc");
}

}  // namespace

void bind_database(py::module_& module) {
    py::class_<SharedDatabase>(
        module, "Database",
        R"doc(One open CRM file. Made by create() and open(); a context manager that closes at the end.

Safe to use from several threads. Closing ends every session made with it.)doc")
        .def("trusted_session", &SharedDatabase::trusted_session, py::arg("login"),
             R"doc(trusted_session(self, login)
--

A session for a user whom your application has identified itself: no password is asked.

Raises NotFound for an unknown login, Denied for an inactive user, Misuse after close().)doc")
        .def("login", &SharedDatabase::login, py::arg("login"), py::arg("password"),
             R"doc(login(self, login, password)
--

A session for whoever knows the password of a login.

Raises Denied, always in the same words and after as long, for a wrong password, an unknown login, a user without a
password or an inactive one. Five failures in a row are free; each further one delays the next attempt, 1 s at first,
then twice as long each time up to 15 minutes, counted for all processes: until then TooManyAttempts, a Denied, whose
`retry_after` is in seconds. A success, a new password or a quiet day forgets them. Raises ReadOnly for a file open for
reading only. About 0.1 s.)doc")
        .def_property_readonly(
            "path", [](const SharedDatabase& self) { return to_python(self.path()); },
            "pathlib.Path of the file.")
        .def_property_readonly("read_only", &SharedDatabase::read_only,
                               "bool: whether writing raises ReadOnly.")
        .def_property_readonly("is_open", &SharedDatabase::is_open, "bool: False after close().")
        .def("close", &SharedDatabase::close, R"doc(close(self)
--

Ends the sessions and closes the file; a second time is no error. Raises Misuse while another thread is in a call
of one of the sessions.)doc")
        .def(
            "backup",
            [](const SharedDatabase& self, const py::object& target) {
                const auto path = path_from(target);
                self.call([&](const Database& database) { database.backup(path); });
            },
            py::arg("target"), R"doc(backup(self, target)
--

Writes a checked copy, complete or not at all, that has a copy number of its own. Raises Conflict where the target
exists, IoError. About 3 s per GiB; others go on writing meanwhile.)doc")
        .def(
            "restore",
            [](const SharedDatabase& self, const py::object& backup) {
                const auto path = path_from(backup);
                self.call([&](const Database& database) { Database(database).restore(path); });
            },
            py::arg("backup"), R"doc(restore(self, backup)
--

Puts the content of a backup in the place of this file's, in one transaction: readers see all of the one or all of the
other, and other processes that have the file open go on with it. The file gets a new copy number, so that no id is given
twice and every position of the feed raises Resync. A backup of an older release is upgraded first. What was written since
the backup is lost: back the file up first.

Raises NotFound, NotACrmFile, NewerFile and Corrupt for the backup, Misuse for the file itself, Busy, ReadOnly. About 6 s
per GiB.)doc")
        .def(
            "quick_check",
            [](const SharedDatabase& self) {
                return list_of(
                    self.call([](const Database& database) { return database.quick_check(); }),
                    [](const std::string& line) { return py::str(line); });
            },
            R"doc(quick_check(self)
--

What SQLite's quick check finds wrong with the file, as a list of sentences; empty when it is sound. About 2 s per
GiB.)doc")
        .def(
            "new_copy",
            [](const SharedDatabase& self) {
                self.call([](const Database& database) { database.new_copy(); });
            },
            R"doc(new_copy(self)
--

Tells the file that it is a copy: new records get ids that no other copy makes. Needed only for a copy made where it
cannot be told by itself.)doc")
        .def("__enter__", [](const py::object& self) { return self; })
        .def("__exit__", [](SharedDatabase& self, const py::args&) { self.close(); })
        .def("__repr__", [](const SharedDatabase& self) {
            return "<crm.Database " +
                   py::repr(py::str(to_python(self.path()))).cast<std::string>() +
                   (self.is_open() ? ">" : ", closed>");
        });
    bind_functions(module);
}

}  // namespace crm::python
