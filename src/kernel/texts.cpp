#include "kernel/texts.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <tuple>

namespace crm::kernel {
namespace {

struct Text {
    storage::Slot slot;
    std::string sql;
};

/// What stands in a slot is never dropped: only the first shapes get one, the others go by their
/// text, and are made anew when there have been too many of them.
constexpr std::uint32_t shapes_in_slots = 16;
constexpr std::size_t most_texts = 4'096;

std::shared_ptr<const Text> text_of(std::uint32_t shape, const void* of, int variant,
                                    const std::function<std::string()>& make) {
    static std::mutex mutex;
    static std::map<std::tuple<std::uint32_t, const void*, int>, std::shared_ptr<const Text>> texts;
    const std::lock_guard lock(mutex);
    const std::tuple key(shape, of, variant);
    if (const auto found = texts.find(key); found != texts.end()) return found->second;
    if (texts.size() >= most_texts)
        texts.erase(texts.lower_bound({shapes_in_slots, nullptr, 0}), texts.end());
    return texts[key] = std::make_shared<const Text>(Text{{}, make()});
}

}  // namespace

storage::Use use_shaped(storage::Connection& connection, const Rights& rights, const void* of,
                        int variant, const std::function<std::string()>& make) {
    const auto text = text_of(rights.shape(), of, variant, make);
    auto use = rights.shape() < shapes_in_slots
                   ? connection.use(text->slot, [&] { return text->sql; })
                   : connection.use(text->sql);
    rights.bind(use);
    return use;
}

}  // namespace crm::kernel
