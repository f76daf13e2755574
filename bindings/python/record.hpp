/// Records in Python: one class for all kinds here, one Python class a kind made from the list of
/// kinds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "values.hpp"

namespace crm::python {

/// One attribute of a record as Python sees it: a column, or owner, unit or territory of the head.
/// A reference is named without "_id"; of a money pair the amount is named without "_minor".
struct Attribute {
    enum class What : std::uint8_t { plain, amount, currency, owner, unit, territory };
    std::string name;
    What what = What::plain;
    const Column* column = nullptr;  ///< none for the head's
    const Column* pair = nullptr;    ///< of an amount its currency, of a currency its amount
};

/// A kind with its attributes and its Python class.
struct Face {
    const Kind* kind = nullptr;
    std::vector<Attribute> attributes;
    py::handle type;  ///< kept for the life of the process

    const Attribute* find(std::string_view name) const;
    /// Throws Invalid with the names there are.
    const Attribute& attribute(std::string_view name) const;
    const Attribute* of_column(std::string_view column) const;
};
const Face& face_of(const Kind& kind);

/// Whether an attribute can only be a custom property.
inline bool is_property_name(std::string_view name) { return name.starts_with("x_"); }
/// Whether one of them is among fields by name.
bool names_properties(const py::dict& fields);

/// A record and what Python adds to it: amounts that wait for their currency, custom properties
/// that wait for the file that knows them, and which long texts a list left out, so that writing
/// the record back never empties them.
class Record {
public:
    explicit Record(const Kind& kind) : any_(kind) {}
    explicit Record(AnyRecord any, bool without_bodies = false);

    const Kind& kind() const { return any_.kind(); }
    const Face& face() const { return face_of(any_.kind()); }
    const AnyRecord& any() const { return any_; }
    AnyRecord& any() { return any_; }

    py::object get(const Attribute& attribute) const;
    void set(const Attribute& attribute, py::handle value);
    /// A property by its name; throws AttributeError where the record has none.
    py::object get_property(const std::string& name) const;
    /// Of a property that its kind does not know the value waits.
    void set_property(std::string_view name, py::handle value);
    bool waits_for_kind() const { return !waiting_.empty(); }
    const std::map<std::string, py::object, std::less<>>& waiting() const { return waiting_; }
    /// Takes the kind as the file has it, and what waits for it. Throws Invalid for an unknown
    /// name.
    void settle(const Kind& kind);
    /// Sets several by name, amounts before their currencies.
    void set_all(const py::dict& fields);
    bool is_hidden(const Column& column) const;
    bool is_left_out(const Column& column) const;
    bool waits_for_currency() const { return !amounts_.empty(); }
    /// Gives the amounts that have no currency this one.
    void settle(std::string_view currency);

    /// What to write back of the whole record; borrows from it.
    std::vector<Assignment> assignments() const;
    /// What to write of the named attributes; borrows from the record.
    std::vector<Assignment> assignments(const py::dict& fields) const;

    bool operator==(const Record& other) const {
        return any_ == other.any_ && amounts_ == other.amounts_ && same_waiting(other);
    }

private:
    bool same_waiting(const Record& other) const;
    void set_amount(const Attribute& attribute, py::handle value);
    void set_currency(const Attribute& attribute, py::handle value);
    void set_money(const Column& amount, const Column& currency, const Money& money);

    AnyRecord any_;
    FieldSet left_out_{};
    std::map<const Column*, std::string> amounts_;            ///< decimal text by amount column
    std::map<std::string, py::object, std::less<>> waiting_;  ///< properties by name
};

void bind_records(py::module_& module);

/// A record as an instance of the class of its kind.
py::object to_python(Record record);
py::object to_python(const AnyRecord& record);
template <class T>
py::object record_to_python(const T& typed) {
    AnyRecord any(kind_of<T>());
    any.kind().copy(any.data(), &typed);
    return to_python(Record{std::move(any)});
}

/// A record of a kind from what a caller gave: a record of it, a dict or nothing, with fields on
/// top.
Record record_from(const Kind& kind, py::handle given, const py::dict& fields = {});

}  // namespace crm::python
