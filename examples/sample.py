"""A made-up trading firm as CSV files, the same for the same seed: material for demos and tests.

    python examples/sample.py OUT_DIR [--parties 2000] [--seed 7]

writes users.csv, parties.csv, contacts.csv and activities.csv in UTF-8. About one row in two
hundred is faulty on purpose. No good row refers to a faulty one, so an import must refuse exactly
the faulty ones; of the rows with the same key the first is good. All names are put together from
the word lists below; the domains end in .example, so that nobody's mail is ever reached.
"""
from __future__ import annotations

import argparse
import csv
import json
from datetime import date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Dict, Iterator, List, NamedTuple, Optional

TODAY = date(2026, 3, 2)  # of the firm: completed activities lie before it, planned ones after
FAULTY_EVERY = 200

USERS = [
    ("ana", "Ana Țurcanu", "head office"), ("victor", "Victor Dănilă", "head office"),
    ("olena", "Олена Гнатюк", "head office"), ("ion", "Ion Lungu", "sales north"),
    ("sveta", "Светлана Ёлкина", "sales north"), ("mihai", "Mihai Prisăcaru", "sales north"),
    ("james", "James Thornbury", "sales south"), ("natalia", "Natalia Bâtcă", "sales south"),
    ("andrii", "Андрій Ґудзь", "sales south"), ("irina", "Irina Ceban", "service"),
    ("pavel", "Павел Зуев", "service"), ("doina", "Doina Șoltan", "service"),
]

# Codes of the lists that every new file begins with.
TYPES = {"client": "customer", "prospect": "prospect", "supplier": "supplier", "partner": "partner",
         "competitor": "competitor", "contractor": "other"}
ROLES = (["client"] * 6 + ["prospect"] * 5 + ["supplier"] * 2 +
         ["partner", "competitor", "contractor"])
STATUSES = ["active"] * 8 + ["dormant", "lost"]
INDUSTRIES = ["agriculture", "construction", "education", "energy", "food", "health", "it",
              "machinery",
              "manufacturing", "retail", "tourism", "transport", "wholesale", "winemaking"]

PARTY_COLUMNS = ["code", "name", "first_name", "last_name", "nature", "role", "second_role",
                 "type", "status", "industry", "phone", "email", "website", "city", "country",
                 "address", "tax_code", "employees", "owner", "description"]
CONTACT_COLUMNS = ["key", "party_code", "first_name", "last_name", "patronymic", "title", "phone",
                   "mobile", "email", "born_on", "owner"]
ACTIVITY_COLUMNS = ["key", "party_code", "contact_key", "kind", "subject", "start", "end", "state",
                    "result", "follow_up_of_key", "owner", "description"]

Row = Dict[str, str]


class Stage(NamedTuple):
    """One step of a chain of activities: what it is about, how it reads, how it may end."""
    kind: str
    subject: str
    sentences: List[str]
    results: List[str]


class Words(NamedTuple):
    """What a language contributes."""
    men: List[str]
    women: List[str]
    surnames: List[str]
    fathers: List[str]  # patronymics as "man's/woman's"; none where people have none
    firsts: List[str]   # company names are one of these and one of those
    seconds: List[str]  # as "word/industry"; without it any industry goes with the word
    titles: List[str]
    streets: List[str]
    abouts: List[str]
    topics: List[str]   # what we sell; the first four are machines, which can fail
    asides: List[str]
    sales: List[Stage]
    service: List[Stage]


class Country(NamedTuple):
    """Where a party sits. In `phone`, `mobile` and `tax_code` each # is a digit."""
    code: str
    weight: int
    languages: List[str]
    forms: List[str]  # of companies
    cities: List[str]
    phone: str
    mobile: str
    tax_code: str


COUNTRIES = [
    Country("MD", 34, ["ro", "ro", "ro", "ru"], ["{} SRL", "{} SA", "ÎI {}", "SC „{}” SRL"],
            ["Chișinău", "Bălți", "Cahul", "Orhei", "Soroca", "Ungheni", "Comrat", "Edineț"],
            "+373 22 ######", "+373 69 ### ###", "10########0##"),
    Country("RO", 18, ["ro"], ["{} SRL", "SC {} SA", "{} SRL"],
            ["București", "Iași", "Cluj-Napoca", "Timișoara", "Brașov", "Constanța", "Târgu Mureș"],
            "+40 21 ### ## ##", "+40 7## ### ###", "RO########"),
    Country("UA", 16, ["uk", "uk", "uk", "ru"], ["ТОВ «{}»", "ПП «{}»", "АТ «{}»"],
            ["Київ", "Львів", "Одеса", "Чернівці", "Вінниця", "Харків", "Ужгород"],
            "+380 44 ### ## ##", "+380 67 ### ## ##", "3#######"),
    Country("RU", 12, ["ru"], ["ООО «{}»", "АО «{}»", "ЗАО «{}»"],
            ["Москва", "Санкт-Петербург", "Казань", "Орёл", "Екатеринбург", "Самара"],
            "+7 495 ###-##-##", "+7 9## ###-##-##", "77########"),
    Country("DE", 8, ["en"], ["{} GmbH", "{} AG", "{} Großhandel KG"],
            ["Berlin", "München", "Köln", "Nürnberg", "Düsseldorf", "Leipzig"],
            "+49 30 #######", "+49 170 #######", "DE#########"),
    Country("GB", 7, ["en"], ["{} Ltd", "{} plc", "{} & Sons Ltd"],
            ["London", "Leeds", "Bristol", "Glasgow", "Norwich"],
            "+44 20 7946 0###", "+44 7700 900###", "GB#########"),
    Country("US", 5, ["en"], ["{} Inc.", "{} LLC", "{}, Inc."],
            ["Boston", "Denver", "Portland", "Austin", "Columbus"],
            "+1 (212) 555-01##", "+1 (617) 555-01##", "##-#######"),
]

WORDS = {
    "en": Words(
        men=["Oliver", "Martin", "Stephen", "Graham", "Tobias", "Conrad", "Felix", "Adrian",
             "Neil"],
        women=["Harriet", "Louise", "Fiona", "Annika", "Claire", "Judith", "Greta", "Moira",
               "Paula"],
        surnames=["Ashdown", "Birkett", "Cartwright", "Dunmore", "Eberhardt", "Fairclough",
                  "Grünwald",
                  "Hollis", "Jüngling", "Kessler", "Lockhart", "Marlow", "Norwood", "O'Hara",
                  "Pemberton", "Quincey", "Rothäuser", "Sutcliffe", "Tillmann", "Wetherby"],
        fathers=[],
        firsts=["Alder", "Beacon", "Cobalt", "Drift", "Elbe", "Falcon", "Granite", "Harbour",
                "Ivory",
                "Juniper", "Kestrel", "Larch", "Meridian", "North", "Osprey", "Pebble", "Quarry",
                "Rowan"],
        seconds=["Bridge Tools/machinery", "Bay Foods/food", "Field Systems/it",
                 "Gate Logistics/transport",
                 "Hill Timber/wholesale", "Lane Printing/media", "Mill Textiles/textiles",
                 "Park Clinics/health", "Point Software/it", "Stone Works/construction",
                 "Valley Seeds/agriculture", "View Optics/electronics", "Yard Supplies/retail",
                 "Water Engineering/utilities"],
        titles=["Managing Director", "Head of Purchasing", "Chief Accountant", "Sales Manager",
                "Office Manager", "IT Manager", "Plant Engineer"],
        streets=["High Street {}", "{} Mill Lane", "{} Station Road", "Lindenstraße {}",
                 "{} Oak Avenue"],
        abouts=["Family business in its third generation.", "Imports through its own warehouse.",
                "Buys twice a year, after the trade fair.", "Came to us through a partner.",
                "Has branches in two more towns.", "Pays late but always in full."],
        topics=["label printers", "warehouse scanners", "packing machines", "a cooling unit",
                "a yearly service contract", "office furniture", "spare parts", "staff training"],
        asides=["{contact} prefers to be called in the morning.",
                "The budget is decided in spring.",
                "They also asked about delivery to the branch in {city}.",
                "A competitor has been there before us.",
                "Price matters less than the delivery date.",
                "The documents go to the accounts department."],
        sales=[
            Stage("call", "First talk: {topic}",
                  ["We spoke about what {name} needs: {topic}.",
                   "{contact} had seen our catalogue."],
                  ["Interested, wants to see it", "Agreed to meet"]),
            Stage("meeting", "Demonstration: {topic}",
                  ["We showed samples and left two of them there.",
                   "Three people of {name} took part."],
                  ["Liked it, wants an offer", "Asked for a changed version"]),
            Stage("email", "Offer: {topic}",
                  ["The offer holds for thirty days and includes transport.",
                   "Prices are stated with and without installation."],
                  ["Received and being looked at", "Asked for better terms of payment"]),
            Stage("call", "Answer to the offer: {topic}",
                  ["We went through the offer line by line.",
                   "{contact} asked for five per cent off."],
                  ["Accepted", "Accepted with a discount of 3 %"]),
            Stage("task", "Prepare the contract: {topic}",
                  ["The contract is to be signed by both directors.", "Delivery is in two parts."],
                  ["Sent for signature", "Signed"]),
        ],
        service=[
            Stage("call", "Fault reported: {topic}",
                  ["It stops after an hour of work.", "{contact} sent two photographs."],
                  ["Engineer to come", "Solved by telephone"]),
            Stage("task", "Repair: {topic}",
                  ["A worn part has to be replaced under warranty.", "The part comes from stock."],
                  ["Repaired on site", "Part ordered"]),
            Stage("letter", "Report of the repair: {topic}",
                  ["The report lists the parts used and the hours worked.",
                   "The warranty continues for six months."],
                  ["Confirmed by the client", "Filed"]),
        ]),
    "ro": Words(
        men=["Andrei", "Ștefan", "Vasile", "Gheorghe", "Mircea", "Cătălin", "Răzvan", "Tudor",
             "Iurie"],
        women=["Elena", "Ioana", "Măriuca", "Cristina", "Ruxandra", "Lăcrămioara", "Steluța",
               "Viorica"],
        surnames=["Munteanu", "Rusnac", "Țîbuleac", "Bălănel", "Ciobotaru", "Grădinaru", "Moraru",
                  "Știrbu", "Vâlcu", "Rotărescu", "Cojocari", "Pădureț", "Brânză", "Sârbușcă",
                  "Zăgan",
                  "Olărașu", "Ursachi", "Hâncu", "Focșa", "Negruță"],
        fathers=[],
        firsts=["Codru", "Izvor", "Luceafăr", "Stejar", "Răsărit", "Nistru", "Călăuza", "Brândușa",
                "Orizont", "Poiana", "Vârf", "Țărm", "Amurg", "Cetate", "Pădure", "Mărgăritar"],
        seconds=["Construct/construction", "Agro/agriculture", "Trans/transport", "Comerț/retail",
                 "Vin/winemaking", "Lactate/food", "Tipar/media", "Mobilă/manufacturing",
                 "Farmacie/health", "Impex/wholesale", "Semințe/agriculture", "Textile/textiles",
                 "Instalații/construction", "Soft/it"],
        titles=["Director", "Director comercial", "Contabil-șef", "Șef achiziții", "Inginer-șef",
                "Manager de vânzări", "Secretar"],
        streets=["str. Ștefan cel Mare {}", "bd. Dacia {}", "str. Alba Iulia {}", "str. Gării {}",
                 "str. Livezilor {}", "str. Mihai Eminescu {}"],
        abouts=["Firmă de familie, aflată la a treia generație.", "Importă prin depozitul propriu.",
                "Cumpără de două ori pe an, după expoziție.", "A venit la noi printr-un partener.",
                "Are filiale în încă două orașe.", "Plătește târziu, dar întotdeauna integral."],
        topics=["imprimante de etichete", "scanere pentru depozit", "mașini de ambalat",
                "instalație frigorifică", "contract anual de deservire", "mobilier de birou",
                "piese de schimb", "instruirea personalului"],
        asides=["{contact} preferă să fie sunat dimineața.", "Bugetul se aprobă primăvara.",
                "Au întrebat și de livrarea la filiala din {city}.",
                "Înaintea noastră a fost acolo un concurent.",
                "Prețul contează mai puțin decât termenul de livrare.",
                "Documentele se trimit la contabilitate."],
        sales=[
            Stage("call", "Prima discuție: {topic}",
                  ["Am vorbit despre ce are nevoie {name}: {topic}.",
                   "{contact} văzuse catalogul nostru."],
                  ["Interesat, vrea să vadă", "A acceptat o întâlnire"]),
            Stage("meeting", "Demonstrație: {topic}",
                  ["Am arătat mostrele și am lăsat două dintre ele.",
                   "Au participat trei persoane de la {name}."],
                  ["I-a plăcut, așteaptă oferta", "A cerut o variantă schimbată"]),
            Stage("email", "Ofertă: {topic}",
                  ["Oferta este valabilă treizeci de zile și include transportul.",
                   "Prețurile sunt indicate cu și fără montare."],
                  ["Primită, se examinează", "A cerut alte condiții de plată"]),
            Stage("call", "Răspuns la ofertă: {topic}",
                  ["Am trecut prin ofertă rând cu rând.",
                   "{contact} a cerut o reducere de cinci la sută."],
                  ["Acceptată", "Acceptată cu o reducere de 3 %"]),
            Stage("task", "Pregătirea contractului: {topic}",
                  ["Contractul va fi semnat de ambii directori.",
                   "Livrarea se face în două tranșe."],
                  ["Trimis la semnat", "Semnat"]),
        ],
        service=[
            Stage("call", "Defecțiune anunțată: {topic}",
                  ["Se oprește după o oră de lucru.", "{contact} a trimis două fotografii."],
                  ["Vine inginerul", "Rezolvat la telefon"]),
            Stage("task", "Reparație: {topic}",
                  ["O piesă uzată trebuie înlocuită în garanție.", "Piesa se ia din stoc."],
                  ["Reparat la fața locului", "Piesă comandată"]),
            Stage("letter", "Proces-verbal de reparație: {topic}",
                  ["Procesul-verbal cuprinde piesele folosite și orele lucrate.",
                   "Garanția continuă șase luni."],
                  ["Confirmat de client", "Arhivat"]),
        ]),
    "ru": Words(
        men=["Алексей", "Фёдор", "Артём", "Григорий", "Леонид", "Семён", "Юрий", "Пётр",
             "Вячеслав"],
        women=["Алёна", "Галина", "Ксения", "Людмила", "Юлия", "Майя", "Зоя", "Любовь", "Тамара"],
        surnames=["Королёв", "Щербаков", "Зайцев", "Воробьёв", "Муравьёв", "Ершов", "Калинин",
                  "Горский", "Лебедев", "Рябинин", "Соловьёв", "Чайкин", "Журавлёв", "Дубровский",
                  "Мельников", "Ильин", "Берёзкин", "Пчёлкин", "Южин", "Голубев"],
        fathers=["Алексеевич/Алексеевна", "Фёдорович/Фёдоровна", "Петрович/Петровна",
                 "Юрьевич/Юрьевна", "Семёнович/Семёновна", "Леонидович/Леонидовна"],
        firsts=["Северный", "Янтарный", "Зелёный", "Каменный", "Речной", "Лесной", "Полевой",
                "Тёплый",
                "Дальний", "Верхний", "Ясный", "Серебряный", "Широкий", "Новый"],
        seconds=["берег", "мост", "двор", "склад/wholesale", "путь/transport", "маяк", "край",
                 "стан", "завод/manufacturing", "дом", "парк", "цех/machinery", "ключ",
                 "рынок/retail",
                 "хлеб/food"],
        titles=["директор", "коммерческий директор", "главный бухгалтер",
                "начальник отдела закупок",
                "главный инженер", "менеджер по продажам", "секретарь"],
        streets=["ул. Садовая, {}", "пр. Мира, {}", "ул. Заречная, {}", "ул. Зелёная, {}",
                 "Вокзальный пер., {}"],
        abouts=["Семейное предприятие в третьем поколении.",
                "Ввозит товар через собственный склад.",
                "Закупает дважды в год, после выставки.", "Пришли к нам через партнёра.",
                "Имеет филиалы ещё в двух городах.", "Платит поздно, но всегда полностью."],
        topics=["принтеры этикеток", "складские сканеры", "упаковочные машины",
                "холодильная установка", "годовой договор обслуживания", "офисная мебель",
                "запасные части", "обучение персонала"],
        asides=["{contact} просит звонить утром.", "Бюджет утверждают весной.",
                "Интересуются и доставкой в филиал ({city}).", "До нас там уже был конкурент.",
                "Цена не так важна, как срок поставки.", "Документы направляются в бухгалтерию."],
        sales=[
            Stage("call", "Первый разговор: {topic}",
                  ["Обсудили, что нужно компании {name}: {topic}.",
                   "{contact} знает нас по каталогу."],
                  ["Есть интерес, хотят посмотреть", "Договорились о встрече"]),
            Stage("meeting", "Показ: {topic}",
                  ["Показали образцы и оставили два из них.",
                   "Со стороны {name} было три человека."],
                  ["Понравилось, ждут предложение", "Просят изменённый вариант"]),
            Stage("email", "Предложение: {topic}",
                  ["Предложение действует тридцать дней и включает перевозку.",
                   "Цены указаны с монтажом и без него."],
                  ["Получено, рассматривают", "Просят другие условия оплаты"]),
            Stage("call", "Ответ на предложение: {topic}",
                  ["Прошли предложение строка за строкой.",
                   "{contact} просит скидку пять процентов."],
                  ["Принято", "Принято со скидкой 3 %"]),
            Stage("task", "Подготовить договор: {topic}",
                  ["Договор подписывают оба директора.", "Поставка идёт двумя партиями."],
                  ["Отправлен на подпись", "Подписан"]),
        ],
        service=[
            Stage("call", "Заявка о неисправности: {topic}",
                  ["Останавливается через час работы.", "{contact} присылает две фотографии."],
                  ["Выезжает инженер", "Решено по телефону"]),
            Stage("task", "Ремонт: {topic}",
                  ["Изношенную деталь надо заменить по гарантии.", "Деталь есть на складе."],
                  ["Отремонтировано на месте", "Деталь заказана"]),
            Stage("letter", "Акт о ремонте: {topic}",
                  ["В акте указаны детали и отработанные часы.",
                   "Гарантия продолжается шесть месяцев."],
                  ["Подтверждено клиентом", "Подшит в дело"]),
        ]),
    "uk": Words(
        men=["Тарас", "Євген", "Сергій", "Олексій", "Юрій", "Ігор", "Мирослав", "Богдан", "Захар"],
        women=["Оксана", "Ірина", "Євгенія", "Леся", "Соломія", "Надія", "Ганна", "Юлія", "Зоряна"],
        surnames=["Ковальчук", "Гаєвський", "Ґоляк", "Бондаренко", "Мороз", "Їжакевич", "Шевчук",
                  "Яворський", "Кравець", "Лисенко", "Гриценко", "Сорока", "Чорній", "Дяченко",
                  "Верес", "Палій", "Руденко", "Ткач", "Єременко", "Вишневський"],
        fathers=["Іванович/Іванівна", "Олексійович/Олексіївна", "Євгенович/Євгенівна",
                 "Тарасович/Тарасівна", "Юрійович/Юріївна", "Богданович/Богданівна"],
        firsts=["Західний", "Срібний", "Кам'яний", "Зелений", "Світлий", "Вільний", "Гірський",
                "Ясний",
                "Степовий", "Затишний", "Червоний", "Дніпровий", "Ґречний", "Новий"],
        seconds=["міст", "край", "шлях/transport", "двір", "млин/food", "ґанок/construction", "дім",
                 "завод/manufacturing", "камінь", "хліб/food", "ліс", "берег", "ключ", "вимір/it"],
        titles=["директор", "комерційний директор", "головний бухгалтер",
                "начальник відділу закупівель",
                "головний інженер", "менеджер з продажу", "секретар"],
        streets=["вул. Лесі Українки, {}", "просп. Свободи, {}", "вул. Зелена, {}",
                 "вул. Шкільна, {}",
                 "вул. Вокзальна, {}"],
        abouts=["Родинне підприємство у третьому поколінні.", "Імпортує через власний склад.",
                "Купує двічі на рік, після виставки.", "Прийшли до нас через партнера.",
                "Має філії ще у двох містах.", "Платить пізно, але завжди повністю."],
        topics=["принтери етикеток", "складські сканери", "пакувальні машини",
                "холодильна установка", "річний договір обслуговування", "офісні меблі",
                "запасні частини", "навчання персоналу"],
        asides=["{contact} просить телефонувати зранку.", "Бюджет затверджують навесні.",
                "Цікавляться і доставкою до філії ({city}).", "До нас там уже був конкурент.",
                "Ціна не така важлива, як термін поставки.",
                "Документи надсилаємо до бухгалтерії."],
        sales=[
            Stage("call", "Перша розмова: {topic}",
                  ["Обговорили, що потрібно компанії {name}: {topic}.",
                   "{contact} знає нас із каталогу."],
                  ["Є інтерес, хочуть побачити", "Домовилися про зустріч"]),
            Stage("meeting", "Показ: {topic}",
                  ["Показали зразки й залишили два з них.", "Від {name} було троє людей."],
                  ["Сподобалося, чекають на пропозицію", "Просять змінений варіант"]),
            Stage("email", "Пропозиція: {topic}",
                  ["Пропозиція діє тридцять днів і містить перевезення.",
                   "Ціни вказано з монтажем і без нього."],
                  ["Отримано, розглядають", "Просять інші умови оплати"]),
            Stage("call", "Відповідь на пропозицію: {topic}",
                  ["Пройшли пропозицію рядок за рядком.",
                   "{contact} просить знижку п'ять відсотків."],
                  ["Прийнято", "Прийнято зі знижкою 3 %"]),
            Stage("task", "Підготувати договір: {topic}",
                  ["Договір підписують обидва директори.", "Поставка йде двома партіями."],
                  ["Надіслано на підпис", "Підписано"]),
        ],
        service=[
            Stage("call", "Повідомлення про несправність: {topic}",
                  ["Зупиняється за годину роботи.", "{contact} надсилає дві світлини."],
                  ["Виїжджає інженер", "Вирішено телефоном"]),
            Stage("task", "Ремонт: {topic}",
                  ["Зношену деталь треба замінити за гарантією.", "Деталь є на складі."],
                  ["Відремонтовано на місці", "Деталь замовлено"]),
            Stage("letter", "Акт про ремонт: {topic}",
                  ["В акті вказано деталі та відпрацьовані години.",
                   "Гарантія триває ще шість місяців."],
                  ["Підтверджено клієнтом", "Підшито до справи"]),
        ]),
}

FEMININE = {
    "ru": [("ский", "ская"), ("ов", "ова"), ("ёв", "ёва"), ("ев", "ева"), ("ин", "ина")],
    "uk": [("ський", "ська")],
}
LATIN = dict(zip("абвгґдезийклмнопрстуфхыэёіїєăâîșțäöü",
                 "abvggdeziiklmnoprstufhyeeiieaaistaou"))
LATIN.update({"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "iu", "я": "ia",
              "ß": "ss"})


class Person(NamedTuple):
    first: str
    last: str
    patronymic: str


class Party(NamedTuple):
    """A good party, with what the rows that refer to it must know."""
    row: Row
    country: Country
    language: str

    @property
    def name(self) -> str:
        return self.row["name"] or full_name(self.row)


def full_name(row: Row) -> str:
    return f"{row['first_name']} {row['last_name']}"


def latin(text: str) -> str:
    """Text as it may stand in a domain or an address: latin letters and digits."""
    spelled = "".join(LATIN.get(letter, letter) for letter in text.lower())
    return "".join(letter for letter in spelled if letter.isascii() and letter.isalnum())


def feminine(surname: str, language: str) -> str:
    for ending, her_ending in FEMININE.get(language, []):
        if surname.endswith(ending):
            return surname[:-len(ending)] + her_ending
    return surname


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Firm:
    """Makes the rows. All chance comes from one generator, so that a seed says everything."""

    def __init__(self, seed: int, today: date = TODAY):
        self.random = Random(seed)
        self.today = today
        self.names = set()
        self.parties = self.contacts = self.activities = 0

    def digits(self, pattern: str) -> str:
        return "".join(str(self.random.randrange(10)) if c == "#" else c for c in pattern)

    def person(self, language: str) -> Person:
        words, choice = WORDS[language], self.random.choice
        woman = self.random.random() < 0.5
        last = choice(words.surnames)
        fathers = choice(words.fathers).split("/") if words.fathers else ["", ""]
        if woman:
            return Person(choice(words.women), feminine(last, language), fathers[1])
        return Person(choice(words.men), last, fathers[0])

    def company(self, row: Row, country: Country, language: str) -> None:
        words, choice, city = WORDS[language], self.random.choice, row["city"]
        second, _, industry = choice(words.seconds).partition("/")
        stem = f"{choice(words.firsts)} {second}"
        while stem in self.names:
            stem += f" {city if city not in stem else self.random.randrange(2, 100)}"
        self.names.add(stem)
        row.update(name=choice(country.forms).format(stem),
                   industry=industry or choice(INDUSTRIES))

    def owner(self, country: Country, unit: Optional[str] = None) -> str:
        area = "sales north" if country.code in ("MD", "UA", "RU") else "sales south"
        wanted = unit or ("head office" if self.random.random() < 0.1 else area)
        return self.random.choice([login for login, _, of in USERS if of == wanted])

    def party(self) -> Party:
        choice = self.random.choice
        country = self.random.choices(COUNTRIES, [c.weight for c in COUNTRIES])[0]
        language, city = choice(country.languages), choice(country.cities)
        role = choice(ROLES)
        self.parties += 1
        row = dict.fromkeys(PARTY_COLUMNS, "")
        row.update(code=f"P{self.parties:06}", city=city, country=country.code,
                   status=choice(STATUSES), phone=self.digits(country.phone),
                   address=choice(WORDS[language].streets).format(self.random.randrange(1, 160)),
                   type=TYPES[role], role=role,
 
                                    second_role="partner" if role != "partner" and self.random.random() < 0.2 else "",
                   owner=self.owner(country))
        if self.random.random() < 0.08:
            self.fill_person(row, country, language)
        else:
            self.fill_organisation(row, country, language)
        return Party(row, country, language)

    def fill_person(self, row: Row, country: Country, language: str) -> None:
        person = self.person(language)
        row.update(nature="person", first_name=person.first, last_name=person.last,
                   phone=self.digits(country.mobile), email=self.email(person, "post.example"))

    def fill_organisation(self, row: Row, country: Country, language: str) -> None:
        self.company(row, country, language)
        domain = f"{latin(row['name'])}.example"
        employees = self.random.randrange(3, 20) * self.random.choice([1, 10, 100])
        row.update(nature="organisation", employees=str(employees), email=f"office@{domain}",
                   description=self.random.choice(WORDS[language].abouts),
                   website=f"https://www.{domain}", tax_code=self.digits(country.tax_code))

    def email(self, person: Person, domain: str) -> str:
        return f"{latin(person.first)}.{latin(person.last)}{self.random.randrange(100)}@{domain}"

    def contact(self, party: Optional[Party]) -> Row:
        country = party.country if party else COUNTRIES[0]
        language = party.language if party else self.random.choice(country.languages)
        person = self.person(language)
        born = date(1955, 1, 1) + timedelta(days=self.random.randrange(50 * 365))
        domain = party.row["website"].replace("https://www.", "") if party else "post.example"
        self.contacts += 1
        return {
            "key": f"C{self.contacts:06}", "party_code": party.row["code"] if party else "",
            "first_name": person.first, "last_name": person.last, "patronymic": person.patronymic,
            "title": self.random.choice(WORDS[language].titles),
            "phone": party.row["phone"] if party and self.random.random() < 0.5 else "",
            "mobile": self.digits(country.mobile), "email": self.email(person, domain),
            "born_on": born.isoformat() if self.random.random() < 0.7 else "",
            "owner": party.row["owner"] if party else self.owner(country),
        }

    def contacts_of(self, party: Party) -> List[Row]:
        if party.row["nature"] == "person":
            return []
        return [self.contact(party) for _ in range(self.random.choice([1, 1, 2, 2, 3]))]

    def chain(self, party: Party, contacts: List[Row]) -> Iterator[Row]:
        """One to five activities, each following the one before it."""
        words = WORDS[party.language]
        in_service = self.random.random() < 0.25
        stages = words.service if in_service else words.sales
        length = min(self.random.choice([1, 1, 2, 2, 3, 3, 4, 5]), len(stages))
        first = self.random.randrange(len(stages) - length + 1)
        owner = self.owner(party.country, "service") if in_service else party.row["owner"]
        contact = self.random.choice(contacts) if contacts else None
        slots = {"topic": self.random.choice(words.topics[:4] if in_service else words.topics),
                 "name": party.name, "city": self.random.choice(party.country.cities),
                 "contact": full_name(contact) if contact else party.name}
        day = self.working_day(self.today, self.random.choice([-700, -700, -60]), 20)
        before = ""
        for stage in stages[first:first + length]:
            row = self.activity(stage, day, words, slots)
            row.update(party_code=party.row["code"], contact_key=contact["key"] if contact else "",
                       follow_up_of_key=before, owner=owner)
            yield row
            if row["state"] == "planned":
                return
            before, day = row["key"], self.working_day(day, 1, 30)

    def working_day(self, after: date, least: int, most: int) -> date:
        day = after + timedelta(days=self.random.randrange(least, most))
        return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)

    def activity(self, stage: Stage, day: date, words: Words, slots: Dict[str, str]) -> Row:
        start = datetime(day.year, day.month, day.day, self.random.randrange(7, 15),
                         self.random.choice([0, 15, 30, 45]))
        end = start + timedelta(minutes=self.random.choice([15, 30, 60, 90]))
        completed = day < self.today
        asides = self.random.sample(words.asides, 3)
        told = self.random.sample(stage.sentences, 2) + asides[:2] if completed else asides
        self.activities += 1
        return {
            "key": f"A{self.activities:07}", "kind": stage.kind,
            "subject": stage.subject.format(**slots), "start": stamp(start), "end": stamp(end),
            "state": "completed" if completed else "planned",
            "result": self.random.choice(stage.results) if completed else "",
            "description": " ".join(told[:self.random.randrange(2, 5)]).format(**slots),
        }


class Table:
    """A CSV file in the making that puts in a faulty row now and then."""

    def __init__(self, path: Path, columns: List[str], faults: Dict[str, Row]):
        self.path = path
        self.columns = columns
        self.rows = 0
        self.faults = dict.fromkeys(faults, 0)
        self.kinds = cycle(faults.items())
        self.file = open(path, "w", encoding="utf-8", newline="")
        self.writer = csv.writer(self.file, lineterminator="\n")
        self.writer.writerow(columns)

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *_) -> None:
        self.file.close()

    def write(self, row: Row, *surplus: str) -> None:
        self.rows += 1
        self.writer.writerow([row.get(column, "") for column in self.columns] + list(surplus))

    @property
    def wants_fault(self) -> bool:
        return self.rows % FAULTY_EVERY == FAULTY_EVERY // 2

    def spoil(self, row: Row, last: Row) -> None:
        """Writes a row nobody refers to, with the next kind of fault, after the row `last`."""
        fault, changes = next(self.kinds)
        if fault == "duplicate key":
            row = {**row, self.columns[0]: last[self.columns[0]]}
        self.faults[fault] += 1
        self.write({**row, **changes}, *(["one field too many"] if fault == "ragged row" else []))

    @property
    def summary(self) -> dict:
        faults = {fault: count for fault, count in self.faults.items() if count}
        return {"path": self.path, "rows": self.rows, "faulty": sum(faults.values()),
                "faults": faults}


# What each fault changes in a row; the last two are made when the row is written.
COMMON_FAULTS: Dict[str, Row] = {
    "unknown owner": {"owner": "nobody"}, "ragged row": {}, "duplicate key": {}}
PARTY_FAULTS = {
    "missing name": {"name": "", "first_name": "", "last_name": ""},
    "over-long name": {"nature": "organisation", "name": "Ș" * 3000, "first_name": "",
                       "last_name": ""},
    "malformed e-mail": {"email": "office.example"}, **COMMON_FAULTS}
CONTACT_FAULTS = {
    "31 February": {"born_on": "1981-02-31"}, "malformed e-mail": {"email": "@post.example"},
    "missing name": {"first_name": "", "last_name": "", "patronymic": ""},
    "over-long name": {"last_name": "Щ" * 3000}, "unknown party": {"party_code": "P999999999"},
    **COMMON_FAULTS}
ACTIVITY_FAULTS = {
    "31 February": {"start": "2026-02-31T10:00:00Z"}, "missing name": {"subject": ""},
    "over-long name": {"subject": "long " * 800}, "unknown kind": {"kind": "telepathy"},
    **COMMON_FAULTS}


def write_users(path: Path) -> dict:
    with Table(path, ["login", "name", "unit"], {}) as table:
        for login, name, unit in USERS:
            table.write({"login": login, "name": name, "unit": unit})
    return table.summary


def write_party(firm: Firm, table: Table) -> Party:
    party = firm.party()
    table.write(party.row)
    if table.wants_fault:
        table.spoil(firm.party().row, party.row)
    return party


def write_contacts(firm: Firm, table: Table, party: Party) -> List[Row]:
    contacts = firm.contacts_of(party)
    loose = [firm.contact(None)] if firm.random.random() < 0.03 else []
    for row in contacts + loose:
        table.write(row)
        if table.wants_fault:
            table.spoil(firm.contact(party if contacts else None), row)
    return contacts


def write_activities(firm: Firm, table: Table, party: Party, contacts: List[Row]) -> None:
    for _ in range(firm.random.choice([0, 1, 1, 1, 2])):
        for row in firm.chain(party, contacts):
            table.write(row)
            if table.wants_fault:
                table.spoil({**next(firm.chain(party, contacts)), "follow_up_of_key": ""}, row)


def write(directory, parties: int = 2000, seed: int = 7, today: date = TODAY) -> Dict[str, dict]:
    """Writes the four files and answers, by table, their path, rows, how many are faulty and how.

    Memory does not grow with the number of parties, but for the set of company names.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    firm = Firm(seed, today)
    users = write_users(folder / "users.csv")
    with Table(folder / "parties.csv", PARTY_COLUMNS, PARTY_FAULTS) as party_table, \
            Table(folder / "contacts.csv", CONTACT_COLUMNS, CONTACT_FAULTS) as contact_table, \
            Table(folder / "activities.csv", ACTIVITY_COLUMNS, ACTIVITY_FAULTS) as activity_table:
        for _ in range(parties):
            party = write_party(firm, party_table)
            contacts = write_contacts(firm, contact_table, party)
            write_activities(firm, activity_table, party, contacts)
    return {"users": users, "parties": party_table.summary, "contacts": contact_table.summary,
            "activities": activity_table.summary}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", metavar="OUT_DIR", type=Path)
    parser.add_argument("--parties", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    written = write(options.directory, options.parties, options.seed)
    print(json.dumps(written, indent=2, default=str, ensure_ascii=False))


if __name__ == "__main__":
    main()
