/// Random worlds for the proof of rights: who there is, what they hold, and records of every kind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crm/crm.hpp"
#include "support/random.hpp"

namespace crm::test::rights {

/// Fields that a field right may name.
struct Hideable {
    const char* kind;
    const char* field;
};
extern const std::vector<Hideable> hideable;

/// What the records of all worlds are made of: few words, so that there are ties and clashes.
const std::vector<std::string>& words_of_worlds();

inline bool chance(Random& random, std::size_t one_in) { return between(random, 1, one_in) == 1; }
template <class T>
const T& any_of(Random& random, const std::vector<T>& values) {
    return values[between(random, 0, values.size() - 1)];
}

/// A new file that every world begins as, with custom properties: `path` must not exist.
void make_template(const std::filesystem::path& path, const Clock& clock);
/// A kind with the properties that it has in every world.
const Kind& kind_in_worlds(std::string_view name);

/// Fills a new file. Answers the login of the user whose rights are random; the others, the
/// administrator "ana" among them, own records too.
std::string fill(Database& database, Random& random);

}  // namespace crm::test::rights
