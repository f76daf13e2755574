/// Undo of an import against the import itself, in one file and one run; and its redo. See
/// docs/performance.md. --rows N: thousands of rows (1,000 stands for 20).
#include <fstream>

#include "bench.hpp"
#include "crm/crm.hpp"

namespace {

using namespace bench;

/// Parties with a phone, an e-mail and an address each.
void write_csv(const std::filesystem::path& path, int rows) {
    std::ofstream out(path);
    out << "No,name,phone,email,address.city,description\n";
    for (int i = 0; i < rows; ++i)
        out << i << ",Firma " << i * 7919 % 100'003 << " SRL,+37322" << 100'000 + i << ",office"
            << i << "@example.md,Orhei,supplier of wines and spirits number " << i << "\n";
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    const int rows = arguments.rows * 20;
    const auto folder = arguments.dir / "crm-bench-undo";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto csv = folder / "rows.csv";
    write_csv(csv, rows);
    auto db = crm::create(folder / "undo.crm", {.admin = "ana", .country = "MD"});
    auto ana = db.trusted_session("ana");
    crm::ImportReport report;
    crm::CommandId undo{};
    const Seconds import =
        timed([&] { report = crm::import_csv(ana, csv, {}, {.kind = "party", .key = "No"}); });
    const Seconds undone = timed([&] { undo = ana.undo(report.run).id; });
    const Seconds redone = timed([&] { ana.undo(undo); });
    const auto tell = [&](const char* what, const Seconds& seconds) {
        std::printf("%-8s %8.2f s wall %8.2f s cpu   %.2f x the import (wall), %.2f (cpu)\n", what,
                    seconds.wall, seconds.cpu, seconds.wall / import.wall,
                    seconds.cpu / import.cpu);
    };
    std::printf("%lld rows of a party with phone, e-mail and address\n",
                static_cast<long long>(report.created));
    tell("import", import);
    tell("undo", undone);
    tell("redo", redone);
    std::filesystem::remove_all(folder);
}
