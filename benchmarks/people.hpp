/// Made-up firms with people and work, in four languages; the same on every machine and in every
/// run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crm/crm.hpp"

namespace bench {

/// splitmix64: small, and the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(next() % end); }
    bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
    template <class List>
    const auto& of(const List& list) {
        return list[below(std::size(list))];
    }

private:
    std::uint64_t state_;
};

struct Tongue {
    std::array<std::string_view, 24> stems;
    std::array<std::string_view, 10> endings;
    std::array<std::string_view, 8> first, last, firm, position, subject;
};

inline constexpr Tongue tongues[] = {
    {{"deliver",  "order", "contract", "price",   "discuss", "agree",  "machine", "repair",
      "invoice",  "train", "plan",     "visit",   "offer",   "ship",   "manag",   "account",
      "warehous", "test",  "sign",     "present", "budget",  "market", "partner", "support"},
     {"", "s", "ed", "ing", "er", "ment", "able", "ers", "ings", "ation"},
     {"John", "Mary", "Peter", "Zoë", "Michael", "Anne", "George", "Renée"},
     {"Smith", "O'Brien", "Baker", "Müller", "Taylor", "Woods", "Hughes", "Clarke"},
     {"Northern Steel", "Blue Harbour", "Oak & Sons", "Fairway", "Redstone", "Silver Lake",
      "Kingsley", "Brightwater"},
     {"Head of purchasing", "Director", "Accountant", "Engineer", "Sales manager", "Owner",
      "Assistant", "Lawyer"},
     {"Demo of the new line", "Call about the invoice", "Contract talks", "Visit to the plant",
      "Price offer sent", "Complaint about delivery", "Training of operators", "Yearly review"}},
    {{"livr",    "comand", "contract", "preț",    "discuț", "înțeleg",   "mașin",    "reparaț",
      "factur",  "școlar", "planific", "vizit",   "ofert",  "transport", "gestiun",  "contabil",
      "depozit", "încerc", "semn",     "prezent", "buget",  "piaț",      "partener", "sprijin"},
     {"", "a", "ul", "ele", "are", "at", "ilor", "ări", "ească", "ului"},
     {"Ion", "Maria", "Ștefan", "Ana", "Mihai", "Elena", "Gheorghe", "Ioana"},
     {"Țurcanu", "Rusu", "Munteanu", "Ciobanu", "Popescu", "Ceban", "Bălan", "Croitoru"},
     {"Oțelul Nordic", "Vinăria Codru", "Pâine și Sare", "Moldtrans", "Cetatea Albă", "Lacul Verde",
      "Floarea", "Izvoraș"},
     {"Șef achiziții", "Director", "Contabilă", "Inginer", "Vânzări", "Proprietar", "Asistentă",
      "Jurist"},
     {"Prezentarea liniei noi", "Apel despre factură", "Negocieri la contract", "Vizită la uzină",
      "Ofertă de preț", "Reclamație la livrare", "Instruirea operatorilor", "Bilanțul anului"}},
    {{"достав", "заказ",   "договор", "цен",   "обсужд",    "соглас", "машин",    "ремонт",
      "счёт",   "обучен",  "план",    "визит", "предложен", "отгруз", "управлен", "бухгалтер",
      "склад",  "проверк", "подпис",  "показ", "бюджет",    "рынок",  "партнёр",  "поддержк"},
     {"", "а", "ы", "ов", "ами", "ный", "ение", "ать", "или", "ского"},
     {"Иван", "Мария", "Пётр", "Анна", "Михаил", "Елена", "Георгий", "Алёна"},
     {"Иванов", "Кузнецов", "Соловьёв", "Морозов", "Волков", "Зайцев", "Павлов", "Орлов"},
     {"Северсталь-Юг", "Синяя гавань", "Дуб и сыновья", "Молдтранс", "Белая крепость",
      "Зелёное озеро", "Заря", "Родник"},
     {"Начальник закупок", "Директор", "Бухгалтер", "Инженер", "Менеджер", "Владелец", "Помощник",
      "Юрист"},
     {"Показ новой линии", "Звонок о счёте", "Переговоры о договоре", "Поездка на завод",
      "Ценовое предложение", "Жалоба на доставку", "Обучение операторов", "Итоги года"}},
    {{"постав", "замовлен", "договір", "цін",   "обговор",  "узгоджен",  "машин",   "ремонт",
      "рахун",  "навчан",   "план",    "візит", "пропозиц", "відвантаж", "керуван", "бухгалтер",
      "склад",  "перевірк", "підпис",  "показ", "бюджет",   "ринок",     "партнер", "підтримк"},
     {"", "а", "и", "ів", "ами", "ний", "ення", "ати", "или", "ського"},
     {"Іван", "Марія", "Петро", "Ганна", "Михайло", "Олена", "Юрій", "Їлина"},
     {"Шевченко", "Коваленко", "Бондаренко", "Ткаченко", "Кравчук", "Гончар", "Лисенко", "Ґалаган"},
     {"Північсталь", "Синя гавань", "Дуб і сини", "Укртранс", "Біла фортеця", "Зелене озеро",
      "Зоря", "Джерело"},
     {"Начальник закупівель", "Директор", "Бухгалтер", "Інженер", "Менеджер", "Власник", "Помічник",
      "Юрист"},
     {"Показ нової лінії", "Дзвінок про рахунок", "Переговори про договір", "Поїздка на завод",
      "Цінова пропозиція", "Скарга на доставку", "Навчання операторів", "Підсумки року"}},
};

/// A party with what belongs to it, as it goes in and, once written, as it was stored.
struct Firm {
    struct Member {
        crm::Contact contact;
        crm::Point phone;
        crm::Membership membership;
    };
    crm::Party party;
    std::vector<crm::Point> points;
    std::vector<Member> members;
    std::vector<crm::Activity> activities;
    std::size_t rows() const { return 1 + points.size() + 3 * members.size() + activities.size(); }
};

class People {
public:
    explicit People(std::uint64_t seed = 1) : random_(seed) {}

    /// `earlier`: a party written before, which one of the activities is about.
    Firm firm(crm::Id<crm::Party> earlier) {
        const Tongue& tongue = random_.of(tongues);
        const auto number = ++made_;
        Firm firm;
        firm.party = party(tongue, number);
        firm.points.push_back(point("phone", phone()));
        firm.points.push_back(point("email", "office" + std::to_string(number) + "@Example.com"));
        for (std::size_t i = 0; i < 2; ++i) firm.members.push_back(member(tongue, number * 2 + i));
        for (std::size_t i = 0; i < 4; ++i) firm.activities.push_back(activity(tongue));
        firm.activities.back().party = earlier;
        return firm;
    }

    /// Some words of running text.
    std::string text(const Tongue& tongue, std::size_t words) {
        std::string text;
        for (std::size_t i = 0; i < words; ++i) {
            if (i > 0) text += i % 11 == 0 ? ". " : i % 7 == 0 ? ", " : " ";
            if (random_.chance(3))
                text += std::to_string(random_.below(100'000));
            else
                (text += random_.of(tongue.stems)) += random_.of(tongue.endings);
        }
        return text;
    }

private:
    std::string phone() {
        std::string digits = std::to_string(10'000'000 + random_.below(90'000'000));
        return "+373 " + digits.substr(0, 2) + " " + digits.substr(2, 3) + "-" + digits.substr(5);
    }

    static crm::Point point(std::string type, std::string value) {
        crm::Point point;
        point.type = std::move(type);
        point.value = std::move(value);
        point.is_primary = true;
        return point;
    }

    crm::Party party(const Tongue& tongue, std::size_t number) {
        constexpr std::string_view industries[] = {"food", "winemaking", "mining", "manufacturing"};
        crm::Party party;
        party.name = std::string(random_.of(tongue.firm)) + " " + std::to_string(number);
        if (random_.chance(50)) party.code = "C-" + std::to_string(number * 7);
        party.tax_code = std::to_string(1'000'000'000'000 + number);
        party.country = "MD";
        party.industry = random_.of(industries);
        party.employees = static_cast<std::int64_t>(random_.below(5'000));
        if (random_.chance(50))
            party.annual_revenue = crm::Money{
                static_cast<std::int64_t>(random_.below(1'000'000'000)), crm::Currency{"EUR"}};
        party.description = text(tongue, 10 + random_.below(30));
        return party;
    }

    Firm::Member member(const Tongue& tongue, std::size_t number) {
        Firm::Member member;
        member.contact.first_name = random_.of(tongue.first);
        member.contact.last_name = random_.of(tongue.last);
        member.contact.title = random_.of(tongue.position);
        if (random_.chance(30)) member.contact.description = text(tongue, 8);
        member.phone =
            point(number % 2 ? "mobile" : "email",
                  number % 2 ? phone() : "person" + std::to_string(number) + "@Example.com");
        member.membership.position = member.contact.title;
        member.membership.starts_on = crm::Date(2020 + static_cast<int>(number % 5), 3, 1);
        return member;
    }

    crm::Activity activity(const Tongue& tongue) {
        constexpr std::string_view kinds[] = {"meeting", "call", "letter", "task"};
        crm::Activity activity;
        activity.subject = random_.of(tongue.subject);
        activity.kind = random_.of(kinds);
        activity.direction = "outbound";
        activity.start = crm::Time{std::chrono::microseconds{
            1'700'000'000'000'000 + random_.below(60'000'000) * 1'000'000}};
        activity.end = activity.start + std::chrono::hours(1);
        if (random_.chance(70)) {
            activity.state = crm::ActivityState::completed;
            activity.result = text(tongue, 20 + random_.below(60));
            if (random_.chance(30)) activity.problems = text(tongue, 12);
        }
        activity.description = text(tongue, 5 + random_.below(15));
        return activity;
    }

    Random random_;
    std::size_t made_ = 0;
};

/// Writes a firm through the areas of a session, inside its unit of work, and takes over what was
/// stored.
class Writer {
public:
    explicit Writer(crm::Session& session)
        : parties_(session), contacts_(session), activities_(session) {}

    void write(Firm& firm) {
        firm.party = parties_.add(firm.party);
        const crm::Id<crm::Party> party{firm.party.head.id};
        for (auto& point : firm.points) point = parties_.add_point(party, point);
        for (auto& member : firm.members) {
            member.contact = contacts_.add(member.contact);
            const crm::Id<crm::Contact> contact{member.contact.head.id};
            member.phone = contacts_.add_point(contact, member.phone);
            member.membership = contacts_.join(contact, party, member.membership.position,
                                               member.membership.starts_on);
        }
        for (auto& activity : firm.activities) {
            if (!activity.party) activity.party = party;
            if (&activity != &firm.activities.back())
                activity.contact = crm::Id<crm::Contact>{firm.members[0].contact.head.id};
            activity = activity.state == crm::ActivityState::completed
                           ? activities_.report(activity)
                           : activities_.plan(activity);
        }
    }

private:
    crm::Parties parties_;
    crm::Contacts contacts_;
    crm::Activities activities_;
};

}  // namespace bench
