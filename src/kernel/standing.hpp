/// Which commands stand and which were turned back, down to what they did to one field of one
/// record.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "crm/id.hpp"
#include "storage/connection.hpp"

namespace crm::kernel {

/// Reads the tables `undone` and `undone_left`, and adds to them one undo that is being planned. A
/// command stands in a field unless an undo that stands there itself turned it back.
class Standing {
public:
    enum class When { before, after };  ///< the planned undo
    /// A field as undo takes it, see `slot_of`; empty: the record as a whole.
    using Slot = std::string;

    explicit Standing(storage::Connection& connection) : connection_(&connection) {}

    /// The planned undo turns a command back: all that it did, or what it did to one record.
    void choose(CommandId command) { chosen_[command].clear(); }
    void choose(CommandId command, Ref record) { chosen_[command].insert(record); }
    /// … but leaves this as it is.
    void leave(CommandId command, Ref record, const Slot& slot) {
        leaving_.emplace(command, record.value(), slot);
    }
    /// The commands that it turns back, oldest first.
    std::vector<CommandId> chosen() const;
    /// The records of a chosen command that are meant; none: all.
    const std::set<Ref>& chosen_records(CommandId command) const { return chosen_.at(command); }
    bool has_left_any() const { return !leaving_.empty(); }

    bool stands(CommandId command, Ref record, const Slot& slot, When when) const;
    bool is_toggled(CommandId command, Ref record, const Slot& slot) const {
        return stands(command, record, slot, When::before) !=
               stands(command, record, slot, When::after);
    }
    /// Whether a command as a whole is turned back.
    bool is_undone(CommandId command, When when) const;
    /// Whether a command turned others back.
    bool is_undo(CommandId command) const { return !targets_of(command).empty(); }
    /// Whether turning `from` back or bringing it back concerns what `to` did to a record.
    bool reaches(CommandId from, CommandId to, Ref record) const;
    /// A command and all that it turned back, directly or through other undos.
    std::set<CommandId> reached(CommandId from) const;

    /// Keeps the planned undo as that command.
    void keep(CommandId by) const;
    void keep_left(CommandId by) const;

private:
    struct Link {
        CommandId command;
        Ref only;  // none: everything
        bool concerns(Ref record) const { return !only || only == record; }
    };
    using Links = std::vector<Link>;
    using Left = std::set<std::tuple<CommandId, std::int64_t, Slot>>;  // command, record, field

    const Links& undoers_of(CommandId command) const;
    const Links& targets_of(CommandId command) const;
    const Left& left_by(CommandId undo) const;
    static bool has_left(const Left& left, CommandId command, Ref record, const Slot& slot);
    bool is_turned_back_now(CommandId command, Ref record, const Slot& slot) const;

    storage::Connection* connection_;
    std::map<CommandId, std::set<Ref>> chosen_;  // no record: all of it
    Left leaving_;
    mutable std::unordered_map<CommandId, Links> undoers_, targets_;
    mutable std::unordered_map<CommandId, Left> left_;
};

/// Whether a command as a whole is turned back.
bool is_undone(storage::Connection& connection, CommandId command);

}  // namespace crm::kernel
