/// Conditions that records keep: saved filters and dynamic segments, found by name or by id.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "crm/error.hpp"
#include "crm/filter.hpp"
#include "crm/text.hpp"
#include "kernel/named.hpp"
#include "kernel/select.hpp"
#include "kernel/state.hpp"
#include "kernel/transaction.hpp"

namespace crm::kernel {

inline constexpr std::size_t longest_condition = 100'000;  // bytes

/// Which other conditions one may stand on.
enum class StandsOn : std::uint8_t { segments, nothing };

/// Throws Invalid(kind, "condition", reason) unless a text is a filter that stands on nothing more
/// than it may.
void check_condition(std::string_view kind, const std::string& condition, StandsOn allowed);
/// Compiles it under the rights of the unit of work: throws what its use would throw.
void try_condition(Work& work, std::string_view of_kind, const std::string& condition);

/// The field by which filters ask for segments.
inline constexpr std::string_view segment_field = "segment";

/// Records of one name of a personal kind: the user's own, else what others share. `query` is given
/// :kind and :key.
template <class Record>
std::vector<Record> of_name(Reading& reading, std::string_view query, std::string_view kind,
                            std::string_view name) {
    const std::string key = fold(name);
    std::vector<Record> found;
    for (const AnyRecord& record : records_of(
             reading, kind_of<Record>(), query,
             {{":kind", Value{kind}}, {":key", Value{std::string_view{key}}}}, false, 1'000)) {
        found.push_back(record.as<Record>());
        if (found.back().head.owner == reading.session().user) return {found.back()};
    }
    return found;
}

/// "saved filter "VIP" of party"
inline std::string in_words(std::string_view what, std::string_view kind, std::string_view name) {
    return std::string(what) + " \"" + std::string(name) + "\" of " + std::string(kind);
}

/// The one of a name. Throws NotFound, Conflict where several people share it. `what`: "segment".
template <class Record>
Record the_named(Session& session, std::string_view what, std::string_view query,
                 std::string_view kind, std::string_view name) {
    Reading reading(session.state());
    reading.kind_named(kind);
    const auto found = of_name<Record>(reading, query, kind, name);
    if (found.empty()) throw NotFound("there is no " + in_words(what, kind, name));
    if (found.size() > 1)
        throw Conflict("several people share a " + in_words(what, kind, name) +
                       ": take one by its id");
    return found.front();
}

/// The one that the operand of a filter means, a name or an id. Throws Invalid("filter", field,
/// reason) where the session sees none, or several that others share, or one of another kind.
template <class Record>
Record by_operand(Reading& reading, std::string_view what, std::string_view query,
                  const std::string& field, const Kind& kind, const Json& which) {
    const auto refuse = [&](const std::string& reason) { throw Invalid("filter", field, reason); };
    const std::string article = "there is no " + std::string(what) + " ";
    if (which.is_string()) {
        const auto found = of_name<Record>(reading, query, kind.name, which.string());
        const std::string words = in_words(what, kind.name, which.string());
        if (found.empty()) refuse("there is no " + words + " that you may use");
        if (found.size() > 1) refuse("several people share a " + words + ": say it by its id");
        return found.front();
    }
    const Ref id{which.integer()};
    const auto found =
        id.kind() == kind_of<Record>().number ? find(reading, id) : std::optional<AnyRecord>{};
    if (!found) refuse(article + std::to_string(id.value()) + " that you may use");
    const auto& record = found->template as<Record>();
    if (record.kind != kind.name)
        refuse("the " + std::string(what) + " \"" + record.name + "\" is of records of kind " +
               record.kind + ", not " + std::string(kind.name));
    return record;
}

/// Throws Conflict where the owner has another of that name and kind. `query` is unfiltered and
/// given :owner, :key, :kind and :id.
template <class Record>
void require_free_name(Work& work, std::string_view what, std::string_view query,
                       const Record& record) {
    if (exists(work.transaction().connection(), query,
               {{":owner", Value{record.head.owner.value()}},
                {":key", Value{std::string_view{record.name_key}}},
                {":kind", Value{std::string_view{record.kind}}},
                {":id", Value{record.head.id.value()}}}))
        throw Conflict("there is a " + in_words(what, record.kind, record.name) +
                       " already: change that one, or take another name");
}

}  // namespace crm::kernel
