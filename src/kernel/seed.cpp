#include "kernel/seed.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "crm/list.hpp"
#include "kernel/state.hpp"

namespace crm::kernel {
namespace {

// What new files begin with; an existing file keeps its own values and gets lists that it has not.
constexpr SeedValue values[] = {
    {"party_type", "customer", "Customer", "Client", "Клиент", "Клієнт"},
    {"party_type", "prospect", "Prospect", "Client potențial", "Потенциальный клиент",
     "Потенційний клієнт"},
    {"party_type", "supplier", "Supplier", "Furnizor", "Поставщик", "Постачальник"},
    {"party_type", "partner", "Partner", "Partener", "Партнёр", "Партнер"},
    {"party_type", "reseller", "Reseller", "Revânzător", "Реселлер", "Реселер"},
    {"party_type", "competitor", "Competitor", "Concurent", "Конкурент", "Конкурент"},
    {"party_type", "investor", "Investor", "Investitor", "Инвестор", "Інвестор"},
    {"party_type", "bank", "Bank", "Bancă", "Банк", "Банк"},
    {"party_type", "authority", "Public authority", "Autoritate publică", "Орган власти",
     "Орган влади"},
    {"party_type", "press", "Press", "Presă", "Пресса", "Преса"},
    {"party_type", "other", "Other", "Altele", "Другое", "Інше"},

    {"party_status", "active", "Active", "Activ", "Активен", "Активний"},
    {"party_status", "dormant", "Dormant", "Inactiv temporar", "Временно неактивен",
     "Тимчасово неактивний"},
    {"party_status", "lost", "Lost", "Pierdut", "Потерян", "Втрачений"},
    {"party_status", "blocked", "Blocked", "Blocat", "Заблокирован", "Заблокований"},
    {"party_status", "closed", "Out of business", "Și-a încetat activitatea",
     "Прекратил деятельность", "Припинив діяльність"},

    {"industry", "agriculture", "Agriculture", "Agricultură", "Сельское хозяйство",
     "Сільське господарство"},
    {"industry", "food", "Food and beverages", "Alimente și băuturi", "Продукты питания и напитки",
     "Харчові продукти та напої"},
    {"industry", "winemaking", "Winemaking", "Vinificație", "Виноделие", "Виноробство"},
    {"industry", "mining", "Mining", "Industria extractivă", "Добывающая промышленность",
     "Добувна промисловість"},
    {"industry", "manufacturing", "Manufacturing", "Industria prelucrătoare",
     "Обрабатывающая промышленность", "Переробна промисловість"},
    {"industry", "machinery", "Machinery and equipment", "Mașini și utilaje",
     "Машины и оборудование", "Машини та обладнання"},
    {"industry", "electronics", "Electronics", "Electronică", "Электроника", "Електроніка"},
    {"industry", "chemicals", "Chemicals", "Industria chimică", "Химическая промышленность",
     "Хімічна промисловість"},
    {"industry", "textiles", "Textiles and clothing", "Textile și îmbrăcăminte",
     "Текстиль и одежда", "Текстиль та одяг"},
    {"industry", "energy", "Energy", "Energetică", "Энергетика", "Енергетика"},
    {"industry", "utilities", "Utilities", "Servicii comunale", "Коммунальные услуги",
     "Комунальні послуги"},
    {"industry", "construction", "Construction", "Construcții", "Строительство", "Будівництво"},
    {"industry", "real_estate", "Real estate", "Imobiliare", "Недвижимость", "Нерухомість"},
    {"industry", "wholesale", "Wholesale trade", "Comerț cu ridicata", "Оптовая торговля",
     "Оптова торгівля"},
    {"industry", "retail", "Retail trade", "Comerț cu amănuntul", "Розничная торговля",
     "Роздрібна торгівля"},
    {"industry", "transport", "Transport and logistics", "Transport și logistică",
     "Транспорт и логистика", "Транспорт і логістика"},
    {"industry", "hospitality", "Hotels and restaurants", "Hoteluri și restaurante",
     "Гостиницы и рестораны", "Готелі та ресторани"},
    {"industry", "tourism", "Tourism", "Turism", "Туризм", "Туризм"},
    {"industry", "it", "Information technology", "Tehnologia informației",
     "Информационные технологии", "Інформаційні технології"},
    {"industry", "telecommunications", "Telecommunications", "Telecomunicații", "Телекоммуникации",
     "Телекомунікації"},
    {"industry", "media", "Media and advertising", "Media și publicitate", "СМИ и реклама",
     "ЗМІ та реклама"},
    {"industry", "banking", "Banking", "Activitate bancară", "Банковское дело",
     "Банківська справа"},
    {"industry", "insurance", "Insurance", "Asigurări", "Страхование", "Страхування"},
    {"industry", "consulting", "Consulting", "Consultanță", "Консалтинг", "Консалтинг"},
    {"industry", "legal", "Legal services", "Servicii juridice", "Юридические услуги",
     "Юридичні послуги"},
    {"industry", "health", "Health care", "Sănătate", "Здравоохранение", "Охорона здоров’я"},
    {"industry", "education", "Education", "Educație", "Образование", "Освіта"},
    {"industry", "government", "Public administration", "Administrație publică",
     "Государственное управление", "Державне управління"},
    {"industry", "nonprofit", "Non-profit", "Organizații necomerciale",
     "Некоммерческие организации", "Неприбуткові організації"},
    {"industry", "other", "Other", "Altele", "Другое", "Інше"},

    {"source", "website", "Website", "Site web", "Сайт", "Вебсайт"},
    {"source", "phone_inquiry", "Phone inquiry", "Solicitare telefonică", "Звонок клиента",
     "Дзвінок клієнта"},
    {"source", "email_inquiry", "E-mail inquiry", "Solicitare prin e-mail", "Запрос по эл. почте",
     "Запит ел. поштою"},
    {"source", "cold_call", "Cold call", "Apel la rece", "Холодный звонок", "Холодний дзвінок"},
    {"source", "referral", "Referral", "Recomandare", "Рекомендация", "Рекомендація"},
    {"source", "employee_referral", "Employee referral", "Recomandarea unui angajat",
     "Рекомендация сотрудника", "Рекомендація співробітника"},
    {"source", "partner", "Partner", "Partener", "Партнёр", "Партнер"},
    {"source", "exhibition", "Exhibition", "Expoziție", "Выставка", "Виставка"},
    {"source", "event", "Event or seminar", "Eveniment sau seminar", "Мероприятие или семинар",
     "Захід або семінар"},
    {"source", "advertising", "Advertising", "Publicitate", "Реклама", "Реклама"},
    {"source", "mailing", "Mailing", "Campanie prin corespondență", "Рассылка", "Розсилка"},
    {"source", "social_media", "Social media", "Rețele sociale", "Социальные сети",
     "Соціальні мережі"},
    {"source", "tender", "Tender", "Licitație", "Тендер", "Тендер"},
    {"source", "purchased_list", "Purchased list", "Listă cumpărată", "Купленный список",
     "Придбаний список"},
    {"source", "other", "Other", "Altele", "Другое", "Інше"},

    {"party_role", "client", "Client", "Client", "Клиент", "Клієнт"},
    {"party_role", "prospect", "Prospect", "Client potențial", "Потенциальный клиент",
     "Потенційний клієнт"},
    {"party_role", "supplier", "Supplier", "Furnizor", "Поставщик", "Постачальник"},
    {"party_role", "partner", "Partner", "Partener", "Партнёр", "Партнер"},
    {"party_role", "competitor", "Competitor", "Concurent", "Конкурент", "Конкурент"},
    {"party_role", "own_company", "Our own company", "Companie proprie", "Наша компания",
     "Наша компанія"},
    {"party_role", "contractor", "Contractor", "Antreprenor", "Подрядчик", "Підрядник"},
    {"party_role", "other", "Other", "Altele", "Другое", "Інше"},

    {"contact_type", "decision_maker", "Decision maker", "Factor de decizie",
     "Лицо, принимающее решения", "Особа, що ухвалює рішення"},
    {"contact_type", "influencer", "Influencer", "Persoană de influență", "Влияет на решение",
     "Впливає на рішення"},
    {"contact_type", "user", "User of the product", "Utilizator al produsului",
     "Пользователь продукта", "Користувач продукту"},
    {"contact_type", "technical", "Technical contact", "Persoană de contact tehnică",
     "Технический специалист", "Технічний фахівець"},
    {"contact_type", "billing", "Billing contact", "Persoană de contact pentru plăți",
     "Контакт по оплате", "Контакт з питань оплати"},
    {"contact_type", "assistant", "Assistant", "Asistent", "Ассистент", "Асистент"},
    {"contact_type", "other", "Other", "Altele", "Другое", "Інше"},

    {"contact_status", "active", "Active", "Activ", "Активен", "Активний"},
    {"contact_status", "on_leave", "On leave", "În concediu", "В отпуске", "У відпустці"},
    {"contact_status", "left", "Left the company", "A părăsit compania", "Больше не работает",
     "Більше не працює"},
    {"contact_status", "retired", "Retired", "Pensionat", "На пенсии", "На пенсії"},
    {"contact_status", "deceased", "Deceased", "Decedat", "Умер", "Помер"},

    {"sex", "female", "Female", "Feminin", "Женский", "Жіноча"},
    {"sex", "male", "Male", "Masculin", "Мужской", "Чоловіча"},
    {"sex", "other", "Other", "Altul", "Другой", "Інша"},

    {"point_type", "phone", "Phone", "Telefon", "Телефон", "Телефон"},
    {"point_type", "mobile", "Mobile phone", "Telefon mobil", "Мобильный телефон",
     "Мобільний телефон"},
    {"point_type", "fax", "Fax", "Fax", "Факс", "Факс"},
    {"point_type", "email", "E-mail", "E-mail", "Электронная почта", "Електронна пошта"},
    {"point_type", "url", "Web page", "Pagină web", "Веб-страница", "Вебсторінка"},
    {"point_type", "messenger", "Messenger", "Mesagerie instantanee", "Мессенджер", "Месенджер"},

    {"address_type", "registered_office", "Registered office", "Sediu social", "Юридический адрес",
     "Юридична адреса"},
    {"address_type", "branch", "Branch", "Filială", "Филиал", "Філія"},
    {"address_type", "warehouse", "Warehouse", "Depozit", "Склад", "Склад"},
    {"address_type", "billing", "Billing", "Adresă de facturare", "Адрес для счетов",
     "Адреса для рахунків"},
    {"address_type", "delivery", "Delivery", "Adresă de livrare", "Адрес доставки",
     "Адреса доставки"},
    {"address_type", "home", "Home", "Domiciliu", "Домашний адрес", "Домашня адреса"},

    {"lead_reason", "no_need", "No need", "Nu are nevoie", "Нет потребности", "Немає потреби"},
    {"lead_reason", "no_budget", "No budget", "Fără buget", "Нет бюджета", "Немає бюджету"},
    {"lead_reason", "no_answer", "No answer", "Nu răspunde", "Не отвечает", "Не відповідає"},
    {"lead_reason", "competitor", "Chose a competitor", "A ales un concurent", "Выбрал конкурента",
     "Обрав конкурента"},
    {"lead_reason", "wrong_data", "Wrong contact data", "Date de contact greșite",
     "Неверные контактные данные", "Хибні контактні дані"},
    {"lead_reason", "not_our_client", "Not our client", "Nu este clientul nostru", "Не наш клиент",
     "Не наш клієнт"},
    {"lead_reason", "duplicate", "Duplicate", "Duplicat", "Дубликат", "Дублікат"},
    {"lead_reason", "spam", "Spam", "Spam", "Спам", "Спам"},
    {"lead_reason", "other", "Other", "Altele", "Другое", "Інше"},
    {"activity_kind", "meeting", "Meeting", "Întâlnire", "Встреча", "Зустріч"},
    {"activity_kind", "call", "Call", "Apel telefonic", "Звонок", "Дзвінок"},
    {"activity_kind", "letter", "Letter", "Scrisoare", "Письмо", "Лист"},
    {"activity_kind", "email", "E-mail", "E-mail", "Электронное письмо", "Електронний лист"},
    {"activity_kind", "chat", "Chat", "Chat", "Чат", "Чат"},
    {"activity_kind", "offer", "Offer", "Ofertă", "Предложение", "Пропозиція"},
    {"activity_kind", "promise", "Promise", "Promisiune", "Обещание", "Обіцянка"},
    {"activity_kind", "task", "Task", "Sarcină", "Задача", "Завдання"},

    {"project_type", "sale", "Sale", "Vânzare", "Продажа", "Продаж"},
    {"project_type", "implementation", "Implementation", "Implementare", "Внедрение",
     "Впровадження"},
    {"project_type", "service", "Service", "Deservire", "Обслуживание", "Обслуговування"},
    {"project_type", "research", "Research", "Cercetare", "Исследование", "Дослідження"},
    {"project_type", "internal", "Internal", "Intern", "Внутренний", "Внутрішній"},
    {"project_type", "other", "Other", "Altele", "Другое", "Інше"},

    {"project_status", "on_track", "On track", "Conform planului", "По плану", "За планом"},
    {"project_status", "at_risk", "At risk", "În pericol", "Под угрозой", "Під загрозою"},
    {"project_status", "late", "Late", "Întârziat", "Отстаёт", "Відстає"},
    {"project_status", "on_hold", "On hold", "Suspendat", "Приостановлен", "Призупинений"},

    {"activity_stage", "first_contact", "First contact", "Primul contact", "Первый контакт",
     "Перший контакт"},
    {"activity_stage", "need_analysis", "Needs analysis", "Analiza necesităților",
     "Выявление потребностей", "Виявлення потреб"},
    {"activity_stage", "presentation", "Presentation", "Prezentare", "Презентация", "Презентація"},
    {"activity_stage", "offer", "Offer", "Ofertă", "Предложение", "Пропозиція"},
    {"activity_stage", "negotiation", "Negotiation", "Negociere", "Переговоры", "Переговори"},
    {"activity_stage", "contract", "Contract", "Contract", "Договор", "Договір"},
    {"activity_stage", "delivery", "Delivery", "Livrare", "Поставка", "Постачання"},
    {"activity_stage", "aftercare", "Aftercare", "Asistență post-vânzare",
     "Послепродажное обслуживание", "Післяпродажне обслуговування"},

    {"direction", "inbound", "Inbound", "De intrare", "Входящий", "Вхідний"},
    {"direction", "outbound", "Outbound", "De ieșire", "Исходящий", "Вихідний"},
    {"direction", "internal", "Internal", "Intern", "Внутренний", "Внутрішній"},

    {"priority", "low", "Low", "Scăzută", "Низкий", "Низький"},
    {"priority", "normal", "Normal", "Normală", "Обычный", "Звичайний"},
    {"priority", "high", "High", "Ridicată", "Высокий", "Високий"},
    {"priority", "urgent", "Urgent", "Urgentă", "Срочный", "Терміновий"},

    {"activity_status", "open", "Open", "Deschisă", "Открыто", "Відкрито"},
    {"activity_status", "waiting", "Waiting", "În așteptare", "В ожидании", "В очікуванні"},
    {"activity_status", "done", "Done", "Finalizată", "Выполнено", "Виконано"},
    {"activity_status", "postponed", "Postponed", "Amânată", "Отложено", "Відкладено"},

    {"party_link_type", "branch_of", "Branch of", "Filială a", "Филиал компании", "Філія компанії"},
    {"party_link_type", "subsidiary_of", "Subsidiary of", "Întreprindere-fiică a",
     "Дочерняя компания", "Дочірня компанія"},
    {"party_link_type", "member_of", "Member of the group", "Membru al grupului", "Входит в группу",
     "Входить до групи"},
    {"party_link_type", "supplier_of", "Supplier of", "Furnizor al", "Поставщик компании",
     "Постачальник компанії"},
    {"party_link_type", "competitor_on", "Competitor of", "Concurent al", "Конкурент компании",
     "Конкурент компанії"},
    {"party_link_type", "partner_of", "Partner of", "Partener al", "Партнёр компании",
     "Партнер компанії"},
    {"party_link_type", "dealer_of", "Dealer of", "Dealer al", "Дилер компании", "Дилер компанії"},
    {"party_link_type", "other", "Linked with", "În legătură cu", "Связана с компанией",
     "Пов’язана з компанією"},

    {"party_link_type_inverse", "branch_of", "Head office of", "Sediu central al",
     "Головная организация филиала", "Головна організація філії"},
    {"party_link_type_inverse", "subsidiary_of", "Parent company of", "Companie-mamă a",
     "Материнская компания", "Материнська компанія"},
    {"party_link_type_inverse", "member_of", "Group to which belongs", "Grup din care face parte",
     "Группа, в которую входит", "Група, до якої входить"},
    {"party_link_type_inverse", "supplier_of", "Client of", "Client al", "Клиент компании",
     "Клієнт компанії"},
    {"party_link_type_inverse", "competitor_on", "Competitor of", "Concurent al",
     "Конкурент компании", "Конкурент компанії"},
    {"party_link_type_inverse", "partner_of", "Partner of", "Partener al", "Партнёр компании",
     "Партнер компанії"},
    {"party_link_type_inverse", "dealer_of", "Principal of", "Producător reprezentat de",
     "Представлена дилером", "Представлена дилером"},
    {"party_link_type_inverse", "other", "Linked with", "În legătură cu", "Связана с компанией",
     "Пов’язана з компанією"},

    {"memorable_date_type", "wedding", "Wedding", "Nuntă", "Свадьба", "Весілля"},
    {"memorable_date_type", "name_day", "Name day", "Onomastică", "Именины", "Іменини"},
    {"memorable_date_type", "founding", "Founding", "Fondare", "Основание", "Заснування"},
    {"memorable_date_type", "other", "Other", "Altele", "Другое", "Інше"},

    {"loyalty_grade", "advocate", "Advocate", "Promotor", "Приверженец", "Прихильник"},
    {"loyalty_grade", "loyal", "Loyal", "Loial", "Лояльный", "Лояльний"},
    {"loyalty_grade", "neutral", "Neutral", "Neutru", "Нейтральный", "Нейтральний"},
    {"loyalty_grade", "wavering", "Wavering", "Nehotărât", "Колеблющийся", "Той, що вагається"},
    {"loyalty_grade", "disloyal", "Disloyal", "Neloial", "Нелояльный", "Нелояльний"},
    {"loyalty_grade", "lost", "Lost", "Pierdut", "Потерянный", "Втрачений"},

    {"loyalty_reason", "price", "Price", "Preț", "Цена", "Ціна"},
    {"loyalty_reason", "quality", "Quality", "Calitate", "Качество", "Якість"},
    {"loyalty_reason", "service", "Service", "Deservire", "Обслуживание", "Обслуговування"},
    {"loyalty_reason", "relationship", "Personal relations", "Relații personale",
     "Личные отношения", "Особисті стосунки"},
    {"loyalty_reason", "offer", "A competitor's offer", "Oferta unui concurent",
     "Предложение конкурента", "Пропозиція конкурента"},
    {"loyalty_reason", "need", "The need has gone", "Necesitatea a dispărut", "Отпала потребность",
     "Відпала потреба"},
    {"loyalty_reason", "other", "Other", "Altele", "Другое", "Інше"},

    {"attitude", "friendly", "Friendly", "Binevoitoare", "Доброжелательное", "Доброзичливе"},
    {"attitude", "neutral", "Neutral", "Neutră", "Нейтральное", "Нейтральне"},
    {"attitude", "critical", "Critical", "Critică", "Критическое", "Критичне"},
    {"attitude", "hostile", "Hostile", "Ostilă", "Враждебное", "Вороже"},

    {"prospects", "high", "High", "Mari", "Высокие", "Високі"},
    {"prospects", "medium", "Medium", "Medii", "Средние", "Середні"},
    {"prospects", "low", "Low", "Mici", "Низкие", "Низькі"},
    {"prospects", "none", "None", "Fără", "Нет", "Немає"},

    {"income_level", "low", "Low", "Mic", "Низкий", "Низький"},
    {"income_level", "medium", "Medium", "Mediu", "Средний", "Середній"},
    {"income_level", "high", "High", "Mare", "Высокий", "Високий"},
    {"income_level", "very_high", "Very high", "Foarte mare", "Очень высокий", "Дуже високий"},

    {"kinship_relation", "spouse", "Spouse", "Soț sau soție", "Супруг или супруга",
     "Чоловік або дружина"},
    {"kinship_relation", "child", "Child", "Copil", "Ребёнок", "Дитина"},
    {"kinship_relation", "parent", "Parent", "Părinte", "Родитель", "Батько або мати"},
    {"kinship_relation", "sibling", "Brother or sister", "Frate sau soră", "Брат или сестра",
     "Брат або сестра"},
    {"kinship_relation", "other", "Other relative", "Altă rudă", "Другой родственник",
     "Інший родич"},

    {"kinship_relation_inverse", "spouse", "Spouse", "Soț sau soție", "Супруг или супруга",
     "Чоловік або дружина"},
    {"kinship_relation_inverse", "child", "Parent", "Părinte", "Родитель", "Батько або мати"},
    {"kinship_relation_inverse", "parent", "Child", "Copil", "Ребёнок", "Дитина"},
    {"kinship_relation_inverse", "sibling", "Brother or sister", "Frate sau soră",
     "Брат или сестра", "Брат або сестра"},
    {"kinship_relation_inverse", "other", "Other relative", "Altă rudă", "Другой родственник",
     "Інший родич"},

    {"cost_type", "travel", "Travel", "Deplasare", "Проезд", "Проїзд"},
    {"cost_type", "lodging", "Lodging", "Cazare", "Проживание", "Проживання"},
    {"cost_type", "meals", "Meals", "Mese", "Питание", "Харчування"},
    {"cost_type", "fuel", "Fuel", "Combustibil", "Топливо", "Пальне"},
    {"cost_type", "entertainment", "Entertainment", "Protocol", "Представительские расходы",
     "Представницькі витрати"},
    {"cost_type", "communication", "Communication", "Comunicații", "Связь", "Зв’язок"},
    {"cost_type", "materials", "Materials", "Materiale", "Материалы", "Матеріали"},
    {"cost_type", "services", "Services of others", "Servicii ale terților",
     "Услуги сторонних организаций", "Послуги сторонніх організацій"},
    {"cost_type", "other", "Other", "Altele", "Другое", "Інше"},

    {"notice_reason", "assignment", "Assigned to you", "Vi s-a atribuit", "Назначено вам",
     "Призначено вам"},
    {"notice_reason", "completion", "Completed", "Încheiat", "Выполнено", "Виконано"},
    {"notice_reason", "mention", "You were mentioned", "Ați fost menționat", "Вас упомянули",
     "Вас згадали"},
    {"notice_reason", "lead_taken", "Lead taken", "Lead preluat", "Лид взят в работу",
     "Лід узято в роботу"},
    {"notice_reason", "to_do", "To-do", "De făcut", "Дело", "Справа"},
    {"notice_reason", "message", "Message", "Mesaj", "Сообщение", "Повідомлення"},
    {"notice_reason", "call", "Call", "Apel", "Звонок", "Дзвінок"},

    {"call_channel", "phone", "Telephone", "Telefon", "Телефон", "Телефон"},
    {"call_channel", "visit", "Visit", "Vizită", "Визит", "Візит"},
    {"call_channel", "web", "Web site", "Site web", "Сайт", "Вебсайт"},
    {"call_channel", "email", "E-mail", "E-mail", "Электронная почта", "Електронна пошта"},
    {"call_channel", "letter", "Letter", "Scrisoare", "Письмо", "Лист"},
    {"call_channel", "chat", "Chat", "Chat", "Чат", "Чат"},

    {"consent_channel", "any", "Every channel", "Orice canal", "Любой канал", "Будь-який канал"},
    {"consent_channel", "email", "E-mail", "E-mail", "Электронная почта", "Електронна пошта"},
    {"consent_channel", "phone", "Phone", "Telefon", "Телефон", "Телефон"},
    {"consent_channel", "text_message", "Text message", "SMS", "СМС", "СМС"},
    {"consent_channel", "post", "Post", "Poștă", "Почта", "Пошта"},
    {"consent_channel", "fax", "Fax", "Fax", "Факс", "Факс"},

    {"whereabouts", "office", "Office", "Birou", "Офис", "Офіс"},
    {"whereabouts", "remote", "At home", "De acasă", "Из дома", "З дому"},
    {"whereabouts", "client", "At a client", "La client", "У клиента", "У клієнта"},
    {"whereabouts", "business_trip", "Business trip", "Delegație", "Командировка", "Відрядження"},
    {"whereabouts", "leave", "Leave", "Concediu", "Отпуск", "Відпустка"},
    {"whereabouts", "other", "Other", "Altele", "Другое", "Інше"},
};

}  // namespace

namespace {

std::set<std::string, std::less<>> texts_of(DatabaseState& database, std::string_view sql) {
    std::set<std::string, std::less<>> texts;
    auto reader = database.file->read();
    auto rows = reader.connection().use(sql);
    while (rows.step()) texts.emplace(rows.text(0));
    return texts;
}

bool knows_all_lists(DatabaseState& database) {
    const auto known = texts_of(database, "SELECT DISTINCT list FROM list_value");
    return std::ranges::all_of(values, [&](const auto& seed) { return known.contains(seed.list); });
}

void add_new_lists(Session& session) {
    session.write("file.upgrade", [&](Work&) {
        const auto known =
            texts_of(*session.state().database, "SELECT DISTINCT list FROM list_value");
        Lists lists(session);
        for (const auto& [list, code, en, ro, ru, uk] : values)
            if (!known.contains(list))
                lists.add_value(list, code,
                                {{"en", std::string(en)},
                                 {"ro", std::string(ro)},
                                 {"ru", std::string(ru)},
                                 {"uk", std::string(uk)}});
    });
}

}  // namespace

std::span<const SeedValue> seed_values() noexcept { return values; }

void seed_new_lists(const std::shared_ptr<DatabaseState>& database) {
    if (database->file->read_only() || knows_all_lists(*database)) return;
    for (const auto& login : texts_of(*database, "SELECT login FROM user WHERE is_active")) {
        Session session = trusted_session(database, login);
        if (Reading(session.state()).rights().administers()) return add_new_lists(session);
    }
}

}  // namespace crm::kernel
