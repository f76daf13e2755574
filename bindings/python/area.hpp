/// Areas in Python: the records of one kind, seen through a session, to which each adds its verbs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "session.hpp"

namespace crm::python {

/// The register of one kind of record, seen through a session; the areas add their verbs.
class Area {
public:
    Area(SessionPointer session, const Kind& kind) : session_(std::move(session)), kind_(&kind) {}

    const Kind& kind() const { return *kind_; }
    const SessionPointer& session() const { return session_; }

    template <class Body>
    auto call(Body&& body) const {
        return session_->call(std::forward<Body>(body));
    }
    py::object add(const py::object& given, const py::dict& fields) const {
        return add_record(session_, record_from(*kind_, given, fields));
    }
    /// Of this kind; NotFound for a reference to another.
    Ref ref(const py::object& given) const {
        const Ref ref = ref_from(given, {kind_->name, "id"});
        if (ref.kind() != kind_->number)
            throw NotFound(std::string{kind_->name} + ": no such record");
        return ref;
    }
    py::object get(const py::object& given) const {
        const Ref id = ref(given);
        return to_python(call([&](Session& session) { return session.get(id); }));
    }
    py::object find(const py::object& given) const {
        const Ref id = ref_from(given, {kind_->name, "id"});
        if (id.kind() != kind_->number) return py::none();
        const auto found = call([&](Session& session) { return session.find(id); });
        return found ? to_python(*found) : py::none();
    }
    py::object update(const Record& record) const {
        if (record.kind().number != kind_->number)
            refuse(kind_->name, "",
                   "a record of kind " + std::string{record.kind().name} + " was given");
        return update_record(session_, record);
    }
    py::object change(const py::object& given, const py::object& version,
                      const py::dict& fields) const {
        return change_record(session_, ref(given), version, fields);
    }
    void remove(const py::object& given, const py::object& version) const {
        const Ref id = ref(given);
        const auto expected =
            version.is_none() ? any_version : integer_from(version, {kind_->name, "version"});
        call([&](Session& session) { session.remove(id, expected); });
    }

    /// A record for a verb of another kind, its amounts in a currency.
    Record record(const Kind& kind, const py::object& given, const py::dict& fields) const {
        Record record = record_from(kind, given, fields);
        if (record.waits_for_kind()) record.settle(kind_now(session_, kind));
        if (record.waits_for_currency()) record.settle(session_->currency());
        return record;
    }

private:
    SessionPointer session_;
    const Kind* kind_;
};

using SessionClass = py::class_<SharedSession, SessionPointer>;

template <class T>
py::list records(const std::vector<T>& all) {
    return list_of(all, [](const T& record) { return record_to_python(record); });
}
inline py::list texts(const std::vector<std::string>& all) {
    return list_of(all, [](const std::string& text) { return py::str(text); });
}

template <class T>
Page<AnyRecord> any_page(Page<T> page) {
    Page<AnyRecord> any{{}, std::move(page.next)};
    any.rows.reserve(page.rows.size());
    for (const T& row : page.rows) {
        AnyRecord record(kind_of<T>());
        record.kind().copy(record.data(), &row);
        any.rows.push_back(std::move(record));
    }
    return any;
}

/// A property of the session that answers the area of a kind.
template <class AreaFace, class T>
void bind_property(SessionClass& session, const char* name, const char* doc) {
    session.def_property_readonly(
        name, [](const SessionPointer& self) { return AreaFace(self, kind_of<T>()); }, doc);
}

void bind_people(py::module_& module, SessionClass& session);
void bind_erasures(py::module_& module, SessionClass& session);
void bind_rights(py::module_& module, SessionClass& session);
void bind_properties(py::module_& module, SessionClass& session);
void bind_party_details(py::module_& module, SessionClass& session);
void bind_contact_details(py::module_& module, SessionClass& session);
void bind_activity_details(py::module_& module, SessionClass& session);
void bind_duplicates(py::module_& module, SessionClass& session);
void bind_calls(py::module_& module, SessionClass& session);
void bind_leads(py::module_& module, SessionClass& session);
void bind_projects(py::module_& module, SessionClass& session);
void bind_reminders(py::module_& module, SessionClass& session);
void bind_working_time(py::module_& module, SessionClass& session);
void bind_past(py::module_& module, SessionClass& session);
void bind_saved_filters(py::module_& module, SessionClass& session);
void bind_segments(py::module_& module, SessionClass& session);
void bind_calendar(py::module_& module, SessionClass& session);

/// What is planned next, from a dict; none from None.
std::optional<Plan> optional_plan(const py::object& fields);
/// What came of an activity; each may be None.
Report report_from(const py::object& result, const py::object& questions,
                   const py::object& problems, const py::object& events,
                   const py::object& next_contact_on, const py::object& end_at);

void bind_loyalty(py::module_& module, SessionClass& session);
void bind_cards(py::module_& module);

/// A card as Python shows it.
py::object card_to_python(const Card& card);
py::object card_to_python(const ContactCard& card);
void bind_verify(py::module_& module, SessionClass& session);

}  // namespace crm::python
