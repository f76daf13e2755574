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

/// A record and what Python adds to it: amounts that wait for their currency, and which long texts
/// a list left out, so that writing the record back never empties them.
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
        return any_ == other.any_ && amounts_ == other.amounts_;
    }

private:
    void set_amount(const Attribute& attribute, py::handle value);
    void set_currency(const Attribute& attribute, py::handle value);
    void set_money(const Column& amount, const Column& currency, const Money& money);

    AnyRecord any_;
    FieldSet left_out_{};
    std::map<const Column*, std::string> amounts_;  ///< decimal text by amount column
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
