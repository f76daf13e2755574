/// Sessions in Python: calls without the GIL, one thread at a time, and lists that page by
/// themselves.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "record.hpp"

namespace crm::python {

/// A session that Python objects share. All but the inside of `call` needs the GIL.
class SharedSession {
public:
    explicit SharedSession(Session session) : session_(std::move(session)) {}
    ~SharedSession();
    SharedSession(const SharedSession&) = delete;
    SharedSession& operator=(const SharedSession&) = delete;

    /// Runs `body` on the session without the GIL. Throws Misuse while another thread is in such a
    /// call, and after closing; a call inside a call of the same thread is the normal case in
    /// `work`.
    template <class Body>
    auto call(Body&& body) {
        const Use use{*this};
        const py::gil_scoped_release release;
        return body(*session_);
    }
    /// Reads what costs no look-up.
    const Session& face() const;
    /// The file's currency, for amounts given without one.
    const std::string& currency() const;
    bool in_use() const { return depth_ > 0; }
    /// Ends the session. Throws Misuse while it is in use.
    void close();

private:
    class Use {
    public:
        explicit Use(SharedSession& session);
        ~Use() { --session_.depth_; }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

    private:
        SharedSession& session_;
    };

    std::optional<Session> session_;
    std::thread::id user_;
    int depth_ = 0;
};

using SessionPointer = std::shared_ptr<SharedSession>;

/// A list that fetches page after page as it is walked; each page is a snapshot of its own.
class Rows {
public:
    using Fetch = std::function<Page<AnyRecord>(Session&, int limit, const std::string& after)>;

    /// `limit`: rows in all, None for every one.
    Rows(SessionPointer session, Fetch fetch, const py::object& limit, bool without_bodies);
    /// Throws StopIteration.
    py::object next();

private:
    void turn_page();

    SessionPointer session_;
    Fetch fetch_;
    std::int64_t left_;
    bool without_bodies_;
    int page_size_;
    Page<AnyRecord> page_;
    std::size_t at_ = 0;
    bool is_last_ = false;
};

/// What Python lists with: filter, order and whether long texts come along.
struct Listing {
    Filter where;
    std::string order;
    bool bodies = false;
};

Rows rows_of(const SessionPointer& session, const Kind& kind, Listing listing,
             const py::object& limit);
py::object page_of(const SessionPointer& session, const Kind& kind, const Listing& listing,
                   int limit, const std::string& after);
/// A kind as the file has it now, with its custom properties.
const Kind& kind_now(const SessionPointer& session, const Kind& kind);
py::object count_of(const SessionPointer& session, const Kind& kind, const Filter& where,
                    std::int64_t limit);

py::object add_record(const SessionPointer& session, Record record);
py::object update_record(const SessionPointer& session, Record record);
py::object change_record(const SessionPointer& session, Ref id, const py::object& version,
                         const py::dict& fields);

/// A page in Python: rows and the text that asks for the next one.
struct PageFace {
    py::list rows;
    std::string next;
};

/// A command in Python, and what the function returned that made it.
struct Done {
    Command command;
    py::object value = py::none();
};

/// Makes a class a sequence of what one of its attributes holds.
template <class T>
void bind_sequence(py::class_<T>& type, const char* of) {
    type.def("__len__", [of](const py::object& self) { return py::len(self.attr(of)); })
        .def("__getitem__",
             [of](const py::object& self, const py::object& at) -> py::object {
                 return self.attr(of)[at];
             })
        .def("__iter__", [of](const py::object& self) { return py::iter(self.attr(of)); });
}

void bind_session(py::module_& module);
void bind_database(py::module_& module);
void bind_domain(py::module_& module, py::class_<SharedSession, SessionPointer>& session);
void bind_export(py::module_& module, py::class_<SharedSession, SessionPointer>& session);
void bind_import(py::module_& module, py::class_<SharedSession, SessionPointer>& session);
void bind_sql(py::module_& module, py::class_<SharedSession, SessionPointer>& session);
/// What an undo did, as the class Undone.
py::object undone_to_python(Undone undone);
void bind_undo(py::module_& module, py::class_<SharedSession, SessionPointer>& session);

}  // namespace crm::python
