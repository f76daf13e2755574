#include "kernel/texts.hpp"

#include <map>
#include <mutex>
#include <tuple>

namespace crm::kernel {
namespace {

struct Text {
    storage::Slot slot;
    std::string sql;
};

/// What stands in a slot is never dropped: only the first shapes get one, the others go by their
/// text.
constexpr std::uint32_t shapes_in_slots = 16;

const Text& text_of(std::uint32_t shape, const void* of, int variant,
                    const std::function<std::string()>& make) {
    static std::mutex mutex;
    static std::map<std::tuple<std::uint32_t, const void*, int>, Text> texts;
    const std::lock_guard lock(mutex);
    const std::tuple key(shape, of, variant);
    if (const auto found = texts.find(key); found != texts.end()) return found->second;
    std::string sql = make();
    Text& text = texts[key];
    text.sql = std::move(sql);
    return text;
}

}  // namespace

storage::Use use_shaped(storage::Connection& connection, const Rights& rights, const void* of,
                        int variant, const std::function<std::string()>& make) {
    const Text& text = text_of(rights.shape(), of, variant, make);
    auto use = rights.shape() < shapes_in_slots
                   ? connection.use(text.slot, [&] { return text.sql; })
                   : connection.use(text.sql);
    rights.bind(use);
    return use;
}

}  // namespace crm::kernel
