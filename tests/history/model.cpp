#include "history/model.hpp"

#include <optional>

namespace crm::test::history {
namespace {

/// An amount means nothing without its currency: who sets one leaves the two.
std::string slot_of(const std::string& field) {
    return field == "annual_revenue_minor" ? "annual_revenue_currency" : field;
}

bool is_reference(const std::string& value) { return !value.empty() && value[0] == '@'; }
int target_of(const std::string& value) { return std::stoi(value.substr(1)); }

/// The field by which a child names its parent; children are told by having such a field.
bool is_parent_field(const Fields& fields, const std::string& field) {
    return field == "record_id" || (field == "contact_id" && fields.contains("position"));
}

std::string value_in(const State& state, int record, const std::string& field) {
    const auto at = state.find(record);
    if (at == state.end()) return {};
    const auto value = at->second.find(field);
    return value == at->second.end() ? std::string{} : value->second;
}

/// What no two records may share.
std::string unique_of(const Fields& fields) {
    if (fields.contains("position")) return fields.at("contact_id") + fields.at("party_id");
    return fields.contains("code") ? fields.at("code") : std::string{};
}

}  // namespace

std::vector<Effect> Model::difference(const State& before, const State& after) {
    std::vector<Effect> effects;
    for (const auto& [record, fields] : after) {
        if (!before.contains(record)) {
            effects.push_back({Effect::What::created, record, fields});
            continue;
        }
        for (const auto& [field, value] : fields) {
            if (before.at(record).at(field) == value) continue;
            Fields left{{field, value}};
            for (const auto& [other, beside] : fields)
                if (slot_of(other) == slot_of(field)) left[other] = beside;
            effects.push_back({Effect::What::changed, record, std::move(left)});
        }
    }
    for (const auto& [record, fields] : before)
        if (!after.contains(record)) effects.push_back({Effect::What::removed, record, {}});
    return effects;
}

bool Model::touches(int position, int record) const {
    for (const Effect& effect : log_[static_cast<std::size_t>(position)].effects)
        if (effect.record == record) return true;
    return false;
}

bool Model::stands(int position, int record, const std::string& field, const std::set<int>& undone,
                   const Left& left) const {
    const auto keeps = [&](const Left& kept) {
        return kept.contains({position, record, ""}) || kept.contains({position, record, field});
    };
    if (undone.contains(position) && !keeps(left)) return false;
    for (int by = position + 1; by < static_cast<int>(log_.size()); ++by) {
        const Seen& seen = log_[static_cast<std::size_t>(by)];
        if (seen.targets.contains(position) && !keeps(seen.left) &&
            stands(by, record, field, undone, left))
            return false;
    }
    return true;
}

bool Model::is_undone(int position, const std::set<int>& undone) const {
    if (undone.contains(position)) return true;
    for (int by = position + 1; by < static_cast<int>(log_.size()); ++by)
        if (log_[static_cast<std::size_t>(by)].targets.contains(position) && !is_undone(by, undone))
            return true;
    return false;
}

bool Model::reaches(int from, int to) const {
    if (from == to) return true;
    for (const int target : log_[static_cast<std::size_t>(from)].targets)
        if (reaches(target, to)) return true;
    return false;
}

State Model::replay(const std::set<int>& undone, const Left& left) const {
    State state;
    std::set<int> there;
    for (int i = 0; i < static_cast<int>(log_.size()); ++i)
        for (const Effect& effect : log_[static_cast<std::size_t>(i)].effects) {
            const bool is_change = effect.what == Effect::What::changed;
            const std::string field = is_change ? slot_of(effect.fields.begin()->first) : "";
            if (!stands(i, effect.record, field, undone, left)) continue;
            for (const auto& [name, value] : effect.fields) state[effect.record][name] = value;
            if (effect.what == Effect::What::created) there.insert(effect.record);
            if (effect.what == Effect::What::removed) there.erase(effect.record);
        }
    std::erase_if(state, [&](const auto& member) { return !there.contains(member.first); });
    return state;
}

/// Decides one undo by the rules of docs/history.md.
class Judge {
public:
    Judge(const Model& model, std::set<int> undone, bool skips)
        : model_(model), undone_(std::move(undone)), skips_(skips), before_(model.now()) {
        for (const Seen& seen : model.log_)
            for (const Effect& effect : seen.effects) records_.insert(effect.record);
    }

    Verdict verdict() {
        for (const int record : records_) look_at(record);
        for (const int record : std::set<int>(stuck_)) keep_children(record);
        do {
            do {
                changed_ = false;
                look_at_references();
                look_at_dependants();
            } while (skips_ && changed_);
            look_at_unique_values();
        } while (skips_ && changed_);
        return {conflicts_ == 0 || skips_, judged_, undone_, left_, after()};
    }

private:
    struct Place {
        int position;
        const Effect* effect;
        std::string field;  // empty for creations and removals
    };

    State after() const { return model_.replay(undone_, left_); }
    bool stood(const Place& place) const {
        return model_.stands(place.position, place.effect->record, place.field, {}, {});
    }
    bool stands(const Place& place) const {
        return model_.stands(place.position, place.effect->record, place.field, undone_, left_);
    }

    std::vector<Place> places(int record) const {
        std::vector<Place> all;
        for (int i = 0; i < static_cast<int>(model_.log_.size()); ++i)
            for (const Effect& effect : model_.log_[static_cast<std::size_t>(i)].effects)
                if (effect.record == record)
                    all.push_back({i, &effect,
                                   effect.what == Effect::What::changed
                                       ? slot_of(effect.fields.begin()->first)
                                       : std::string{}});
        return all;
    }

    void leave(int record, int position, const std::string& field) {
        for (const int chosen : undone_)
            if (model_.reaches(chosen, position)) left_.emplace(chosen, record, field);
        changed_ = true;
    }

    void stay(int record) {
        for (const Place& place : places(record)) leave(record, place.position, "");
        stuck_.insert(record);
        keep_children(record);
    }

    void keep_children(int record) {
        if (!skips_) return;
        for (const auto& [child, fields] : before_)
            for (const auto& [field, value] : fields)
                if (is_parent_field(fields, field) && is_reference(value) &&
                    target_of(value) == record && !after().contains(child))
                    stay(child);
    }

    /// The first place, from the newest, that cannot be turned back; a creation for the whole.
    std::optional<Place> obstructed(const std::vector<Place>& all) const {
        const Place& creation = all.front();
        int since = -1;  // the first command chosen by which the creation falls
        for (auto chosen = undone_.rbegin(); chosen != undone_.rend(); ++chosen)
            if (model_.reaches(*chosen, creation.position)) since = *chosen;
        if (!stands(creation)) {
            for (auto place = all.rbegin(); place != all.rend(); ++place) {
                const bool is_change = place->effect->what == Effect::What::changed;
                if (stood(creation) && before_.contains(creation.effect->record) && is_change &&
                    place->position > since && stands(*place))
                    return creation;
                if (!stood(creation) && stood(*place) != stands(*place)) return *place;
            }
            return std::nullopt;
        }
        if (!stood(creation) && !after().contains(creation.effect->record)) return std::nullopt;
        for (std::size_t i = all.size(); i-- > 1;) {
            if (stood(all[i]) == stands(all[i])) continue;
            for (std::size_t later = i + 1; later < all.size(); ++later) {
                const bool overlap = all[i].field.empty() || all[later].field.empty() ||
                                     all[i].field == all[later].field;
                if (overlap && stood(all[later]) && stands(all[later]) &&
                    all[later].position != all[i].position)
                    return all[i];
            }
        }
        return std::nullopt;
    }

    void look_at(int record) {
        const auto all = places(record);
        while (const auto place = obstructed(all)) {
            ++conflicts_;
            if (place->field.empty())
                for (const Place& each : all) leave(record, each.position, "");
            else
                leave(record, place->position, place->field);
            if (place->field.empty()) stuck_.insert(record);
        }
    }

    void look_at_references() {
        for (const auto& [record, fields] : after())
            for (const auto& [field, value] : fields) {
                if (!is_reference(value) || value_in(before_, record, field) == value) continue;
                if (after().contains(target_of(value))) continue;
                ++conflicts_;
                if (!skips_) continue;
                if (!before_.contains(record)) {
                    stay(record);
                    break;
                }
                for (const int chosen : undone_) left_.emplace(chosen, record, slot_of(field));
                changed_ = true;
                break;
            }
    }

    void look_at_dependants() {
        for (const auto& [record, unused] : before_) {
            if (after().contains(record)) continue;
            for (const auto& [from, fields] : after())
                for (const auto& [field, value] : fields)
                    if (is_reference(value) && target_of(value) == record &&
                        value_in(before_, from, field) == value) {
                        if (!skips_ && stuck_.contains(from)) continue;
                        ++conflicts_;
                        if (skips_ && !after().contains(record)) stay(record);
                    }
        }
    }

    void look_at_unique_values() {
        const State state = after();
        const auto is_new = [&](int record) {
            const auto at = before_.find(record);
            return at == before_.end() || unique_of(at->second) != unique_of(state.at(record));
        };
        for (const auto& [one, fields] : state)
            for (const auto& [other, others] : state) {
                if (one >= other || unique_of(fields).empty() ||
                    unique_of(fields) != unique_of(others))
                    continue;
                ++conflicts_;
                // Of memberships the rule looks at the whole, and refuses that.
                if ((is_new(one) && is_new(other)) || fields.contains("position")) judged_ = false;
                if (skips_ && judged_) stay(is_new(one) ? one : other);
            }
    }

    const Model& model_;
    const std::set<int> undone_;
    const bool skips_;
    const State before_;
    std::set<int> records_, stuck_;
    Model::Left left_;
    int conflicts_ = 0;
    bool changed_ = false, judged_ = true;
};

Verdict Model::undo(const std::set<int>& wanted, bool skips) const {
    std::set<int> undone;
    for (auto position = wanted.rbegin(); position != wanted.rend(); ++position)
        if (!is_undone(*position, undone)) undone.insert(*position);
    return Judge(*this, undone, skips).verdict();
}

}  // namespace crm::test::history
