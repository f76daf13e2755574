#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "crm/import.hpp"
#include "crm/kinds.hpp"
#include "crm/text.hpp"
#include "exchange/usual_headings.hpp"

namespace crm::inline v1 {
namespace {

using exchange::usual_kinds;
using exchange::UsualHeadings;
using exchange::UsualKind;

template <class Each>
void each_word(std::string_view words, const Each& each) {
    while (!words.empty()) {
        const auto end = std::min(words.find('|'), words.size());
        each(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
}

/// "Billing State/Province" → "billingstateprovince".
std::string plain(std::string_view heading) {
    std::string text;
    for (const char c : fold(heading))
        if (static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
            (c >= '0' && c <= '9'))
            text += c;
    return text;
}

/// Where a heading usually goes, and how much it is preferred: less is more.
struct Usual {
    std::string_view target;
    std::size_t rank;
};
using Table = std::unordered_map<std::string, Usual>;

void add_usual(Table& table, const UsualHeadings& line) {
    each_word(line.headings, [&](std::string_view heading) {
        const bool is_exact = heading.starts_with('=');
        table.try_emplace(is_exact ? std::string(heading) : plain(heading),
                          Usual{line.target, table.size()});
    });
}

Table made_table(const UsualKind& kind) {
    Table table;
    for (const UsualHeadings& line : kind.headings) add_usual(table, line);
    each_word(kind.as_contact, [&](std::string_view target) {
        add_usual(table,
                  *std::ranges::find(exchange::contact_headings, target, &UsualHeadings::target));
    });
    return table;
}

const Usual* usual_of(const Table& table, const std::string& heading) {
    auto found = table.find("=" + heading);
    if (found == table.end()) found = table.find(plain(heading));
    return found == table.end() ? nullptr : &found->second;
}

const Table& table_of(const UsualKind& kind) {
    static const std::array<Table, std::size(usual_kinds)> tables = [] {
        std::array<Table, std::size(usual_kinds)> made;
        for (std::size_t i = 0; i < made.size(); ++i) made[i] = made_table(usual_kinds[i]);
        return made;
    }();
    return tables[static_cast<std::size_t>(&kind - usual_kinds)];
}

/// What two columns cannot fill both: a reference, however it is named.
std::string_view place_of(std::string_view target) { return target.substr(0, target.find(':')); }

bool may_repeat(std::string_view target) { return target == "role"; }

bool is_name_of_person(std::string_view target) {
    return target == "first_name" || target == "last_name" || target == "patronymic";
}

/// The target of each column, none twice.
std::vector<std::string_view> targets_of(const Table& table,
                                         const std::vector<std::string>& header) {
    std::vector<std::pair<Usual, std::size_t>> found;  // and its column
    for (std::size_t i = 0; i < header.size(); ++i)
        if (const Usual* usual = usual_of(table, header[i])) found.emplace_back(*usual, i);
    std::ranges::stable_sort(found, {}, [](const auto& at) { return at.first.rank; });
    std::set<std::string_view> taken;
    std::vector<std::string_view> targets(header.size());
    for (const auto& [usual, column] : found)
        if (taken.insert(place_of(usual.target)).second || may_repeat(usual.target))
            targets[column] = usual.target;
    // Beside a party that is not said to be a person such a name is somebody else's.
    if (table.contains("=nature") && !taken.contains("nature"))
        std::ranges::replace_if(targets, is_name_of_person, "");
    return targets;
}

ImportProposal proposal_of(const UsualKind& kind, const std::vector<std::string>& header) {
    const auto targets = targets_of(table_of(kind), header);
    ImportProposal proposal{.kind = std::string(kind.kind)};
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (targets[i].empty())
            proposal.not_imported.push_back(header[i]);
        else if (targets[i] == exchange::own_key)
            proposal.key = header[i];
        else
            proposal.columns.push_back({header[i], std::string(targets[i])});
    }
    return proposal;
}

bool has_needed(const UsualKind& kind, const ImportProposal& proposal) {
    bool has = false;
    each_word(kind.needed, [&](std::string_view target) {
        has |= std::ranges::find(proposal.columns, target, &ImportColumn::target) !=
               proposal.columns.end();
    });
    return has;
}

/// People that have a full name only: it stands where names are sorted by.
void use_full_name(ImportProposal& proposal) {
    constexpr std::string_view full_names =
        "Name|Full Name|Contact Name|Display Name|Nume complet|ФИО|Ф.И.О.|Полное "
        "имя|Контакт|ПІБ|Повне ім'я|"
        "Vollständiger Name";
    each_word(full_names, [&](std::string_view name) {
        if (std::ranges::find(proposal.columns, "last_name", &ImportColumn::target) !=
            proposal.columns.end())
            return;
        const auto same = [&](const std::string& heading) { return plain(heading) == plain(name); };
        const auto column = std::ranges::find_if(proposal.not_imported, same);
        if (column == proposal.not_imported.end()) return;
        proposal.columns.push_back({*column, "last_name"});
        proposal.not_imported.erase(column);
    });
}

ImportProposal proposal_for(const UsualKind& kind, const std::vector<std::string>& header) {
    auto proposal = proposal_of(kind, header);
    const bool is_of_people = kind.kind == "contact" || kind.kind == "lead";
    if (is_of_people && !has_needed(kind, proposal)) use_full_name(proposal);
    return proposal;
}

bool has_word(std::string_view words, const std::string& word) {
    bool has = false;
    each_word(words, [&](std::string_view known) { has |= plain(known) == word; });
    return has;
}

/// The kind that a file's name says; nullptr where it says none, and `is_foreign` where it is one
/// that we have not.
const UsualKind* kind_by_name(std::string_view file_name, bool& is_foreign) {
    const auto slash = file_name.find_last_of("/\\");
    if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
    file_name = file_name.substr(0, file_name.find_last_of('.'));
    for (const std::string& word : words(file_name)) {
        is_foreign |= has_word(exchange::foreign_words, word);
        for (const UsualKind& kind : usual_kinds)
            if (has_word(kind.file_words, plain(word))) return &kind;
    }
    return nullptr;
}

/// The kind for which most of the headings are usual.
const UsualKind* kind_by_headings(const std::vector<std::string>& header) {
    const UsualKind* best = nullptr;
    std::size_t most = 1;  // a name alone says nothing
    for (const UsualKind& kind : usual_kinds) {
        const auto proposal = proposal_for(kind, header);
        if (!has_needed(kind, proposal) || proposal.columns.size() <= most) continue;
        best = &kind;
        most = proposal.columns.size();
    }
    return best;
}

/// For a kind without usual headings: what is called like its columns is taken anyway.
ImportProposal proposal_by_columns(const Kind& kind, const std::vector<std::string>& header) {
    ImportProposal proposal{.kind = std::string(kind.name)};
    for (const std::string& heading : header) {
        const Column* column = kind.find(heading == "unit" ? "unit_id" : heading);
        if (column && !column->has(derived))
            proposal.columns.push_back({heading, heading});
        else
            proposal.not_imported.push_back(heading);
    }
    return proposal;
}

}  // namespace

ImportProposal propose_import(std::string_view file_name, const std::vector<std::string>& header,
                              std::string_view kind) {
    if (!kind.empty()) {
        const auto usual = std::ranges::find(usual_kinds, kind, &UsualKind::kind);
        if (usual != std::end(usual_kinds)) return proposal_for(*usual, header);
        return proposal_by_columns(kind_named(kind), header);
    }
    bool is_foreign = false;
    const UsualKind* found = kind_by_name(file_name, is_foreign);
    if (!found && !is_foreign) found = kind_by_headings(header);
    if (found) return proposal_for(*found, header);
    return {.not_imported = header};
}

}  // namespace crm
