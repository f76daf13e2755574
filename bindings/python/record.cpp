#include "record.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

namespace crm::python {

namespace {

constexpr const char* moved = "crm.Record";  // name of the capsule that carries a record into its
                                             // object

std::array<Face*, 256> faces{};  // by kind number; for the life of the process
// Of kinds with properties; these live as long as the process too. Guarded by the GIL.
std::map<const Kind*, std::unique_ptr<Face>> extended_faces;
py::handle record_init;  // Record.__init__

// "party_role" → "PartyRole"
std::string class_name(std::string_view kind) {
    std::string name;
    bool upper = true;
    for (char c : kind) {
        if (c != '_') name += upper && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = c == '_';
    }
    return name;
}

std::string without(std::string_view name, std::string_view suffix) {
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
    return std::string{name};
}

const Column* amount_of(const Kind& kind, const Column& currency) {
    for (const Column& column : kind.columns)
        if (column.type == FieldType::money && column.companion == currency.name) return &column;
    return nullptr;
}

Attribute attribute_of(const Kind& kind, const Column& column) {
    using enum Attribute::What;
    if (column.type == FieldType::money)
        return {without(column.name, "_minor"), amount, &column, kind.find(column.companion)};
    if (const Column* pair = amount_of(kind, column))
        return {std::string{column.name}, currency, &column, pair};
    if (column.type == FieldType::reference)
        return {without(column.name, "_id"), plain, &column, nullptr};
    return {std::string{column.name}, plain, &column, nullptr};
}

std::vector<Attribute> attributes_of(const Kind& kind) {
    using enum Attribute::What;
    std::vector<Attribute> all;
    if (kind.role == Role::root)
        all = {{"owner", owner, nullptr, nullptr},
               {"unit", unit, nullptr, nullptr},
               {"territory", territory, nullptr, nullptr}};
    for (const Column& column : kind.columns) all.push_back(attribute_of(kind, column));
    return all;
}

std::string_view shown_type(const Attribute& attribute) {
    if (attribute.column == nullptr) return "Ref";
    switch (attribute.column->type) {
        case FieldType::integer: return "int";
        case FieldType::real: return "float";
        case FieldType::flag: return "bool";
        case FieldType::date: return "date";
        case FieldType::time: return "aware datetime in UTC";
        case FieldType::money: return "Decimal";
        case FieldType::reference: return "Ref";
        default: return "str";
    }
}

std::string states_of(const Column& column) {
    std::string all;
    for (auto state : column.states) (all += all.empty() ? ": " : ", ") += state;
    return all;
}

std::string described(const Column& column) {
    switch (column.type) {
        case FieldType::code: return ", a code of the list " + std::string{column.list};
        case FieldType::state: return ", one of the states" + states_of(column);
        case FieldType::currency: return ", an ISO 4217 code";
        case FieldType::country: return ", an ISO 3166-1 alpha-2 code";
        case FieldType::zone: return ", an IANA time zone";
        case FieldType::money: return " in units of " + std::string{column.companion};
        case FieldType::text:
            return " of at most " + std::to_string(column.max_length) + " bytes of UTF-8";
        case FieldType::reference:
            return column.target == 0 ? " to a record of any fitting kind"
                                      : " to a " + std::string{kind_numbered(column.target).name};
        default: return "";
    }
}

std::string documentation(const Attribute& attribute) {
    using enum Attribute::What;
    switch (attribute.what) {
        case owner: return "Ref: the user it belongs to. Given only with the right to assign.";
        case unit: return "Ref: the unit it belongs to. Given only with the right to assign.";
        case territory: return "Ref: its sales region, or None.";
        default: break;
    }
    const Column& column = *attribute.column;
    std::string text = std::string{shown_type(attribute)} + described(column);
    if (column.has(required)) text += "; never empty";
    if (column.has(unique)) text += "; unique in the file";
    if (column.has(body)) text += "; long text, left out of lists unless bodies=True";
    if (column.has(fixed)) text += "; fixed at creation";
    if (column.has(derived)) text += "; derived, read-only";
    return text + ". None where absent.";
}

bool is_settable(const Attribute& attribute) {
    return attribute.column == nullptr || !attribute.column->has(derived);
}

py::object property_of(const Attribute& attribute) {
    const py::handle type{reinterpret_cast<PyObject*>(&PyProperty_Type)};
    const auto getter =
        py::cpp_function([&attribute](const Record& record) { return record.get(attribute); });
    py::object setter = py::none();
    if (is_settable(attribute))
        setter = py::cpp_function(
            [&attribute](Record& record, py::handle value) { record.set(attribute, value); });
    return type(getter, setter, py::none(), documentation(attribute));
}

// Kept from reading bodies that were left out, and from writing what may not be seen.
py::dict fields_of(const Record& record) {
    py::dict all;
    for (const Attribute& attribute : record.face().attributes) {
        const Column* column = attribute.column;
        if (column != nullptr && (record.is_hidden(*column) || record.is_left_out(*column)))
            continue;
        all[py::str(attribute.name)] = record.get(attribute);
    }
    for (const auto& [name, value] : record.waiting()) all[py::str(name)] = value;
    return all;
}

py::frozenset hidden_of(const Record& record) {
    py::set names;
    for (const Attribute& attribute : record.face().attributes)
        if (attribute.column != nullptr && record.is_hidden(*attribute.column))
            names.add(attribute.name);
    return py::frozenset(names);
}

py::dict to_dict(const Record& record) {
    const Head& head = record.any().head();
    py::dict all;
    all["id"] = to_python(head.id);
    all["version"] = head.version;
    all["created_in"] = to_python(head.created_in);
    all["changed_in"] = to_python(head.changed_in);
    for (auto [name, value] : fields_of(record)) all[name] = value;
    if (head.hidden != 0) all["hidden"] = hidden_of(record);
    return all;
}

std::string shortened(py::handle value) {
    constexpr Py_ssize_t longest = 60;
    if (!PyUnicode_Check(value.ptr()) || PyUnicode_GET_LENGTH(value.ptr()) <= longest)
        return py::repr(value).cast<std::string>();
    const auto front =
        py::reinterpret_steal<py::object>(PyUnicode_Substring(value.ptr(), 0, longest - 1));
    return py::repr(front + py::str("…")).cast<std::string>();
}

std::string repr(const Record& record) {
    std::string text = class_name(record.kind().name) + "(";
    if (const Ref id = record.any().head().id)
        text += "id=" + std::to_string(id.value()) +
                ", version=" + std::to_string(record.any().head().version);
    for (auto [name, value] : fields_of(record)) {
        if (value.is_none() || value.ptr() == Py_False) continue;
        if (text.back() != '(') text += ", ";
        text += name.cast<std::string>() + "=" + shortened(value);
    }
    return text + ")";
}

py::object make_type(const Face& face, const py::object& record_type) {
    const std::string name = class_name(face.kind->name);
    py::dict members;
    members["__slots__"] = py::tuple();
    members["__module__"] = "crm";
    members["__doc__"] =
        "A record of kind \"" + std::string{face.kind->name} +
        "\", as a value: changing an attribute changes nothing in the file until the record is "
        "given to add() or update().";
    members["record_kind"] = std::string{face.kind->name};
    for (const Attribute& attribute : face.attributes)
        members[py::str(attribute.name)] = property_of(attribute);
    members["__init__"] = py::cpp_function(
        [&face](const py::object& self, const py::kwargs& fields) {
            Record record{*face.kind};
            record.set_all(fields);
            record_init(self, py::capsule(&record, moved));
        },
        py::is_method(record_type));
    return py::type::of(record_type)(name, py::make_tuple(record_type), members);
}

void make_face(const Kind& kind, const py::object& record_type, py::module_& module) {
    auto* face = new Face{&kind, attributes_of(kind), {}};
    faces[kind.number] = face;
    py::object type = make_type(*face, record_type);
    face->type = py::object(type).release();
    module.attr(class_name(kind.name).c_str()) = type;
}

std::string names_of(const Face& face) {
    std::string all;
    for (const Attribute& attribute : face.attributes)
        if (is_settable(attribute)) (all += all.empty() ? "" : ", ") += attribute.name;
    return all;
}

}  // namespace

const Attribute* Face::find(std::string_view name) const {
    const auto found = std::ranges::find(attributes, name, &Attribute::name);
    return found == attributes.end() ? nullptr : &*found;
}

const Attribute& Face::attribute(std::string_view name) const {
    const Attribute* found = find(name);
    if (found == nullptr) refuse(kind->name, name, "no such field; there are " + names_of(*this));
    return *found;
}

const Attribute* Face::of_column(std::string_view column) const {
    for (const Attribute& attribute : attributes)
        if (attribute.column != nullptr && attribute.column->name == column) return &attribute;
    if (column.ends_with("_id")) return find(column.substr(0, column.size() - 3));
    return nullptr;
}

const Face& face_of(const Kind& kind) {
    const Face& plain = *faces[kind.number];
    if (plain.kind == &kind || kind.columns.size() == plain.kind->columns.size()) return plain;
    auto& face = extended_faces[&kind];
    if (!face) face = std::make_unique<Face>(Face{&kind, attributes_of(kind), plain.type});
    return *face;
}

bool names_properties(const py::dict& fields) {
    return std::ranges::any_of(fields, [](const auto& field) {
        return is_property_name(text_from(field.first, {"record", ""}));
    });
}

namespace {

/// A typed record knows its properties by the kind it was read as.
AnyRecord with_properties(AnyRecord any) {
    const Kind* kind = any.head().properties.kind();
    if (kind == nullptr || kind == &any.kind()) return any;
    AnyRecord same(*kind);
    kind->copy(same.data(), any.data());
    return same;
}

}  // namespace

Record::Record(AnyRecord any, bool without_bodies) : any_(with_properties(std::move(any))) {
    if (!without_bodies) return;
    for (const Column& column : kind().columns)
        if (column.has(body)) left_out_.set(kind().index_of(column));
}

bool Record::is_hidden(const Column& column) const {
    return any_.head().hidden.test(kind().index_of(column));
}
bool Record::is_left_out(const Column& column) const {
    return left_out_.test(kind().index_of(column));
}

py::object Record::get(const Attribute& attribute) const {
    using enum Attribute::What;
    switch (attribute.what) {
        case owner: return to_python(any_.head().owner);
        case unit: return to_python(any_.head().unit);
        case territory: return to_python(any_.head().territory);
        case amount: {
            if (const auto waiting = amounts_.find(attribute.column); waiting != amounts_.end())
                return decimal(waiting->second);
            const Value minor = attribute.column->get(any_.data()),
                        code = attribute.pair->get(any_.data());
            // Money that was never set is 0 of no currency.
            if (minor.is_null() || code.is_null()) return py::none();
            return decimal(Money{minor.integer(), Currency{code.text()}}.text());
        }
        default: return to_python(attribute.column->get(any_.data()), attribute.column->type);
    }
}

void Record::set(const Attribute& attribute, py::handle value) {
    using enum Attribute::What;
    const Place place{kind().name, attribute.name};
    const auto ref = [&] { return value.is_none() ? Ref{} : ref_from(value, place); };
    switch (attribute.what) {
        case owner: any_.head().owner = ref(); return;
        case unit: any_.head().unit = ref(); return;
        case territory: any_.head().territory = ref(); return;
        case amount: set_amount(attribute, value); return;
        case currency: set_currency(attribute, value); return;
        case plain: break;
    }
    const Column& column = *attribute.column;
    if (column.has(derived))
        refuse(place.kind, place.field, "derived by the library; it cannot be given");
    left_out_.reset(kind().index_of(kind().column(column.name)));
    if (value.is_none()) return column.set(any_.data(), Value{});
    const auto put = [&](const Value& stored) {
        try {
            column.set(any_.data(), stored);
        } catch (const Invalid& error) {
            refuse(place.kind, place.field, error.reason);
        }
    };
    switch (column.type) {
        case FieldType::integer: return put(integer_from(value, place));
        case FieldType::real: return put(value.cast<double>());
        case FieldType::flag: return put(std::int64_t{flag_from(value, place)});
        case FieldType::date: return put(date_from(value, place).text());
        case FieldType::time:
            return put(std::int64_t{time_from(value, place).time_since_epoch().count()});
        case FieldType::reference: return put(ref_from(value, place).value());
        default: {
            const auto text = text_from(value, place);
            return put(text.empty() ? Value{} : Value{text});
        }
    }
}

py::object Record::get_property(const std::string& name) const {
    if (const auto waiting = waiting_.find(name); waiting != waiting_.end()) return waiting->second;
    const Attribute* attribute = is_property_name(name) ? face().find(name) : nullptr;
    if (attribute != nullptr) return get(*attribute);
    throw py::attribute_error("'" + class_name(kind().name) + "' object has no attribute '" + name +
                              "'");
}

void Record::set_property(std::string_view name, py::handle value) {
    if (const Attribute* attribute = face().find(name)) return set(*attribute, value);
    waiting_[std::string(name)] = py::reinterpret_borrow<py::object>(value);
}

void Record::settle(const Kind& kind) {
    AnyRecord same(kind);
    kind.copy(same.data(), any_.data());
    any_ = std::move(same);
    py::dict fields;
    for (const auto& [name, value] : std::exchange(waiting_, {})) fields[py::str(name)] = value;
    for (auto [name, value] : fields) face().attribute(text_from(name, {kind.name, ""}));
    set_all(fields);
}

bool Record::same_waiting(const Record& other) const {
    return std::ranges::equal(waiting_, other.waiting_, [](const auto& one, const auto& two) {
        return one.first == two.first && one.second.equal(two.second);
    });
}

void Record::set_money(const Column& amount, const Column& currency, const Money& money) {
    currency.set(any_.data(), Value{money.currency.code()});
    amount.set(any_.data(), Value{money.minor});
}

void Record::set_amount(const Attribute& attribute, py::handle value) {
    amounts_.erase(attribute.column);
    if (value.is_none()) return attribute.column->set(any_.data(), Value{});
    const std::string text = amount_from(value, {kind().name, attribute.name});
    if (const Value code = attribute.pair->get(any_.data()); !code.is_null())
        set_money(*attribute.column, *attribute.pair, Money::parse(text, Currency{code.text()}));
    else
        amounts_[attribute.column] = text;
}

void Record::set_currency(const Attribute& attribute, py::handle value) {
    const Column& amount = *attribute.pair;
    const Column& currency = *attribute.column;
    const Value minor = amount.get(any_.data()), code = currency.get(any_.data());
    const auto waiting = amounts_.find(&amount);
    if (value.is_none()) return;  // goes with the amount
    if ((minor.is_null() || code.is_null()) && waiting == amounts_.end())
        refuse(kind().name, attribute.name, "a currency without an amount; give both");
    const std::string text = waiting != amounts_.end()
                                 ? waiting->second
                                 : Money{minor.integer(), Currency{code.text()}}.text();
    set_money(amount, currency,
              Money::parse(text, Currency{text_from(value, {kind().name, attribute.name})}));
    amounts_.erase(&amount);
}

void Record::settle(std::string_view currency) {
    for (const auto& [column, text] : amounts_)
        set_money(*column, kind().column(column->companion),
                  Money::parse(text, Currency{currency}));
    amounts_.clear();
}

void Record::set_all(const py::dict& fields) {
    for (const bool currencies : {false, true})
        for (auto [name, value] : fields) {
            const auto text = text_from(name, {kind().name, ""});
            if (is_property_name(text) && face().find(text) == nullptr) {
                set_property(text, value);
                continue;
            }
            const Attribute& attribute = face().attribute(text);
            if ((attribute.what == Attribute::What::currency) == currencies) set(attribute, value);
        }
}

namespace {

Assignment head_assignment(const Head& head, Attribute::What what) {
    using enum Attribute::What;
    const auto assignment = [](std::string_view field, Ref ref) {
        return Assignment{field, ref ? Value{ref.value()} : Value{}};
    };
    if (what == owner) return assignment("owner_id", head.owner);
    if (what == unit) return assignment("unit_id", head.unit);
    return assignment("territory_id", head.territory);
}

}  // namespace

std::vector<Assignment> Record::assignments() const {
    std::vector<Assignment> all;
    for (const Attribute& attribute : face().attributes) {
        const Column* column = attribute.column;
        if (column == nullptr)
            all.push_back(head_assignment(any_.head(), attribute.what));
        else if (!column->has(derived) && !is_hidden(*column) && !is_left_out(*column))
            all.push_back({column->name, column->get(any_.data())});
    }
    return all;
}

std::vector<Assignment> Record::assignments(const py::dict& fields) const {
    std::vector<Assignment> all;
    const auto add = [&](const Column* column) {
        const auto same = [&](const Assignment& given) { return given.field == column->name; };
        if (std::ranges::none_of(all, same))
            all.push_back({column->name, column->get(any_.data())});
    };
    for (auto [name, value] : fields) {
        const Attribute& attribute = face().attribute(text_from(name, {kind().name, ""}));
        if (attribute.column == nullptr) {
            all.push_back(head_assignment(any_.head(), attribute.what));
            continue;
        }
        add(attribute.column);
        if (attribute.pair != nullptr) add(attribute.pair);
    }
    return all;
}

void bind_records(py::module_& module) {
    py::class_<Record> record(
        module, "Record",
        R"doc(A record of any kind, as a value. Of each kind there is a class (Party, Contact, …) with an attribute a field.

Changing an attribute changes nothing in the file until the record is given to add() or update(). Long texts that a
list left out read as None and are kept as they are by update(). Not safe to change from two threads at once.)doc");
    record
        .def(py::init([](const py::capsule& capsule) {
            auto* made = static_cast<Record*>(PyCapsule_GetPointer(capsule.ptr(), moved));
            if (made == nullptr) throw py::error_already_set();
            return Record(std::move(*made));
        }))
        .def_property_readonly(
            "id", [](const Record& self) { return to_python(self.any().head().id); },
            "Ref: None until it is added.")
        .def_property_readonly(
            "version", [](const Record& self) { return self.any().head().version; },
            "int: 1 on creation, one more with every change; what change() and update() compare.")
        .def_property_readonly(
            "created_in",
            [](const Record& self) { return to_python(self.any().head().created_in); },
            "CommandId: the command that made it; it tells when, who and why.")
        .def_property_readonly(
            "changed_in",
            [](const Record& self) { return to_python(self.any().head().changed_in); },
            "CommandId: the last command that changed it or, for a root, one of its children.")
        .def_property_readonly("hidden", &hidden_of,
                               "frozenset of the names of fields that are set but hidden from this "
                               "session; they read as None.")
        .def("to_dict", &to_dict, R"doc(to_dict(self)
--

Every field by name, as Python values; hidden ones are left out and named in "hidden".)doc")
        .def(
            "to_json", [](const Record& self) { return to_python(self.any().json()); },
            R"doc(to_json(self)
--

The record in plain JSON types: ids as strings, instants as ISO 8601, money as decimal text, columns by their names
in the file.)doc")
        .def(
            "copy", [](const Record& self) { return to_python(Record{self}); }, R"doc(copy(self)
--

A copy that can be changed on its own.)doc")
        .def("__copy__", [](const Record& self) { return to_python(Record{self}); })
        .def("__deepcopy__",
             [](const Record& self, const py::object&) { return to_python(Record{self}); })
        .def("__eq__",
             [](const Record& self, const py::object& other) -> py::object {
                 if (!py::isinstance<Record>(other))
                     return py::reinterpret_borrow<py::object>(Py_NotImplemented);
                 return py::bool_(self == other.cast<const Record&>());
             })
        .def("__repr__", &repr)
        .def("__getattr__", &Record::get_property)
        .def("__setattr__",
             [](const py::object& self, const py::str& name, const py::object& value) {
                 const auto text = text_from(name, {"record", ""});
                 if (is_property_name(text))
                     self.cast<Record&>().set_property(text, value);
                 else if (PyObject_GenericSetAttr(self.ptr(), name.ptr(), value.ptr()) != 0)
                     throw py::error_already_set();
             });
    record.attr("__hash__") = py::none();
    record.attr("record_kind") = "";
    record_init = record.attr("__init__").cast<py::object>().release();
    for (const Kind& kind : all_kinds()) make_face(kind, record, module);
}

py::object to_python(Record record) {
    auto* type = reinterpret_cast<PyTypeObject*>(record.face().type.ptr());
    auto object = py::reinterpret_steal<py::object>(type->tp_new(type, py::tuple().ptr(), nullptr));
    if (!object) throw py::error_already_set();
    record_init(object, py::capsule(&record, moved));
    return object;
}

py::object to_python(const AnyRecord& record) { return to_python(Record{record}); }

Record record_from(const Kind& kind, py::handle given, const py::dict& fields) {
    if (py::isinstance<Record>(given)) {
        Record record = given.cast<const Record&>();
        if (record.kind().number != kind.number)
            refuse(kind.name, "",
                   "a record of kind " + std::string{record.kind().name} + " was given");
        record.set_all(fields);
        return record;
    }
    Record record{kind};
    if (PyDict_Check(given.ptr()))
        record.set_all(py::reinterpret_borrow<py::dict>(given));
    else if (!given.is_none())
        refuse(
            kind.name, "",
            "a record of this kind, a dict or fields by name are needed, not " + type_name(given));
    record.set_all(fields);
    return record;
}

}  // namespace crm::python
