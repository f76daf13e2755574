/// What columns and files are usually called in the exports of other systems, for proposals.
#pragma once

#include <span>
#include <string_view>

namespace crm::exchange {

/// Headings that usually mean one target, separated by "|"; compared without case, diacritics and
/// signs. Of several columns for one place the first line and in it the first word wins.
///
/// After "=" a heading must be just so. That holds for columns with values of a list, unless every
/// record needs one, and for owners: other systems have other values, and a row with an unknown one
/// is rejected. Who knows better maps them.
struct UsualHeadings {
    std::string_view target;
    std::string_view headings;
};

inline constexpr std::string_view own_key = "key";  // a pseudo target: the external key

inline constexpr UsualHeadings party_headings[] = {
    {own_key,
     "key|Account ID|Company ID|Organization ID|Organisation ID|Customer ID|Client ID|Party "
     "ID|Account No|"
     "Organization No|Record ID|Record ID - Company|External ID|Id|ID-ul|ID клиента|ИД|Код "
     "клиента|ID клієнта|"
     "Kunden-ID|Kundennummer"},
    {"name",
     "name|Account Name|Company Name|Company|Organization Name|Organisation "
     "Name|Organization|Organisation|"
     "Customer Name|Customer|Client Name|Client|Party|Business Name|Display Name|Legal "
     "Name|Denumire|"
     "Denumirea|Denumire firmă|Denumire client|Nume|Nume firmă|Nume "
     "client|Firma|Firmă|Companie|Compania|"
     "Agent economic|Наименование|Название|Полное наименование|Название компании|Название "
     "организации|"
     "Наименование "
     "организации|Компания|Организация|Контрагент|Клиент|Фирма|Найменування|Назва|Назва компанії|"
     "Назва організації|Компанія|Організація|Клієнт|Фірма|Firmenname|Unternehmen|Kunde|Kundenname"},
    {"first_name", "first_name|First Name|Given Name|Prenume|Имя|Ім'я|Vorname"},
    {"last_name",
     "last_name|Last Name|Surname|Family Name|Nume de "
     "familie|Фамилия|Прізвище|Nachname|Familienname"},
    {"patronymic", "patronymic|Middle Name|Patronimic|Отчество|По батькові"},
    {"code",
     "code|Account Number|Account Code|Customer Number|Customer Code|Internal Reference|Cod|Cod "
     "client|Код|"
     "Код контрагента|Код контрагента в базе"},
    {"tax_code",
     "tax_code|Tax Code|Tax ID|Tax Number|VAT|VAT Number|VAT ID|VAT Reg No|IDNO|IDNP|Cod "
     "fiscal|CUI|CIF|CUI/CIF|ИНН|"
     "ІПН|ЄДРПОУ|Код ЄДРПОУ|ИНН/КПП|УНП|Фискальный код|Налоговый "
     "номер|Steuernummer|USt-IdNr|USt-ID|Umsatzsteuer-ID"},
    {"register_number",
     "register_number|Registration Number|Company Registry|Register Number|Nr. reg. com.|"
     "Registrul comerțului|ОГРН|Регистрационный номер|Реєстраційний номер|Handelsregisternummer"},
    {"phone",
     "phone|Phone Number|Telephone|Tel|Main Phone|Office Phone|Business Phone|Work "
     "Phone|Telefon|Număr de telefon|"
     "Телефон|Номер телефона|Тел|Рабочий телефон|Номер телефону|Telefonnummer"},
    {"mobile",
     "mobile|Mobile Phone|Mobile Phone Number|Cell|Cell Phone|Telefon mobil|Mobil|Мобильный|"
     "Мобильный телефон|Мобільний|Мобільний телефон|Handy|Mobiltelefon"},
    {"fax", "fax|Fax Number|Факс|Faxnummer|Telefax"},
    {"email",
     "email|E-mail|Email Address|Primary Email|Company Email|Poștă electronică|Adresă e-mail|Эл. "
     "почта|"
     "Электронная почта|Почта|Имейл|Електронна пошта|Ел. пошта|Пошта|E-Mail-Adresse"},
    {"website",
     "website|Web Site|Website URL|Web|URL|Homepage|Company Domain Name|Site|Site web|Pagină "
     "web|Сайт|"
     "Веб-сайт|Вебсайт|Webseite|Internetseite"},
    {"address.street",
     "address.street|Billing Street|BillingStreet|Billing Address|Street "
     "Address|Street|Address|Address 1|"
     "Address Line 1|Bill Street|Adresa|Adresă|Strada|Sediul|Адрес|Юридический "
     "адрес|Улица|Адреса|Юридична адреса|"
     "Вулиця|Adresse|Anschrift|Straße"},
    {"address.city",
     "address.city|Billing City|BillingCity|City|Town|Bill City|Oraș|Orașul|Localitate|Localitatea|"
     "Город|Населённый пункт|Місто|Населений пункт|Stadt|Ort"},
    {"address.region",
     "address.region|Billing State/Province|Billing "
     "State|BillingState|State/Region|State|Province|Region|County|"
     "Bill State|Județ|Raion|Regiune|Область|Регион|Район|Регіон|Bundesland"},
    {"address.postal_code",
     "address.postal_code|Billing Zip/Postal Code|BillingPostalCode|Billing Postal Code|Billing "
     "Zip|Postal Code|Zip|"
     "Zip Code|Zip/Postal Code|Postcode|Bill Code|Cod poștal|Индекс|Почтовый "
     "индекс|Індекс|Поштовий індекс|PLZ|"
     "Postleitzahl"},
    {"address.country",
     "address.country|Billing Country|BillingCountry|Country/Region|Country|Country Name|"
     "Bill Country|Țara|Țară|Страна|Країна|Land"},
    {"annual_revenue",
     "annual_revenue|Annual Revenue|AnnualRevenue|Cifra de afaceri|Годовой оборот|Річний оборот|"
     "Jahresumsatz"},
    {"annual_revenue_currency", "=annual_revenue_currency"},
    {"employees",
     "employees|Number of Employees|NumberOfEmployees|No of Employees|No. Employees|Număr de "
     "angajați|"
     "Angajați|Число сотрудников|Количество сотрудников|Кількість працівників|Mitarbeiter|"
     "Mitarbeiterzahl"},
    {"description",
     "description|Account Description|Notes|Comment|Comments|About Us|Descriere|Observații|Note|"
     "Описание|Комментарий|Примечание|Опис|Коментар|Примітка|Beschreibung|Bemerkung|Notizen"},
    {"role", "=role|=roles|=second_role"},
    {"note", "=note"},
    {"nature", "=nature"},
    {"type", "=type"},
    {"status", "=status"},
    {"industry", "=industry"},
    {"source", "=source"},
    {"country", "=country"},
    {"owner", "=owner|=owner_login"},
    {"unit", "=unit"},
};

inline constexpr UsualHeadings contact_headings[] = {
    {own_key,
     "key|Contact ID|ContactId|Record ID|Record ID - Contact|Contact No|Person ID|External ID|Id|"
     "ID контакта|ИД|ID контакту|Kontakt-ID"},
    {"first_name", "first_name|First Name|FirstName|Given Name|Prenume|Prenumele|Имя|Ім'я|Vorname"},
    {"last_name",
     "last_name|Last Name|LastName|Surname|Family Name|Nume de "
     "familie|Nume|Numele|Фамилия|Прізвище|"
     "Nachname|Familienname"},
    {"patronymic",
     "patronymic|Middle Name|MiddleName|Patronimic|Patronimicul|Отчество|По батькові"},
    {"nick_name", "nick_name|Nickname|Poreclă|Псевдоним|Псевдонім|Spitzname"},
    {"title",
     "title|Job Title|Position|Job "
     "Position|Function|Funcția|Funcție|Post|Должность|Посада|Funktion|"
     "Berufsbezeichnung"},
    {"party:key",
     "party_key|party:key|Account ID|AccountId|Company ID|Associated Company ID|Primary Associated "
     "Company ID|"
     "Associated Company IDs|Organization ID|Organisation ID|Customer ID|Party ID|Parent ID|ID "
     "компании|ID компанії|"
     "Firmen-ID"},
    {"party:code",
     "party_code|party:code|Account Number|Customer Number|Customer Code|Cod client|Код "
     "контрагента"},
    {"party:name",
     "party_name|party:name|Account Name|Company Name|Company|Associated Company|Primary "
     "Associated Company|"
     "Organization Name|Organisation Name|Organization|Organisation|Customer|Customer "
     "Name|Firma|Firmă|Companie|"
     "Compania|Organizația|Компания|Организация|Контрагент|Компанія|Організація|Фирма|Фірма|"
     "Unternehmen|Firmenname"},
    {"phone",
     "phone|Phone Number|Business Phone|Work Phone|Office Phone|Telephone|Tel|Telefon|Număr de "
     "telefon|Телефон|"
     "Рабочий телефон|Номер телефона|Робочий телефон|Номер телефону|Тел|Telefonnummer"},
    {"mobile",
     "mobile|Mobile Phone|MobilePhone|Mobile Phone Number|Cell|Cell Phone|Telefon "
     "mobil|Mobil|Мобильный|"
     "Мобильный телефон|Мобільний|Мобільний телефон|Handy|Mobiltelefon"},
    {"fax", "fax|Fax Number|Факс|Faxnummer|Telefax"},
    {"email",
     "email|E-mail|Email Address|Primary Email|Work Email|Poștă electronică|Adresă e-mail|Эл. "
     "почта|"
     "Электронная почта|Почта|Имейл|Електронна пошта|Ел. пошта|Пошта|E-Mail-Adresse"},
    {"url", "url|Website|Website URL|LinkedIn|Site web|Сайт|Вебсайт|Webseite"},
    {"born_on",
     "born_on|Birthdate|Birthday|Date of Birth|Birth Date|Data nașterii|Дата рождения|День "
     "рождения|"
     "Дата народження|День народження|Geburtsdatum|Geburtstag"},
    {"address.street",
     "address.street|Mailing Street|MailingStreet|Street Address|Street|Address|Adresa|Adresă|"
     "Strada|Адрес|Улица|Адреса|Вулиця|Adresse|Anschrift|Straße"},
    {"address.city",
     "address.city|Mailing City|MailingCity|City|Town|Oraș|Localitate|Город|Місто|Stadt|Ort"},
    {"address.region",
     "address.region|Mailing State/Province|Mailing State|MailingState|State/Region|State|"
     "Province|Region|Județ|Raion|Область|Регион|Регіон|Bundesland"},
    {"address.postal_code",
     "address.postal_code|Mailing Zip/Postal Code|MailingPostalCode|Mailing Zip|Postal Code|"
     "Zip|Zip Code|Postcode|Cod poștal|Индекс|Почтовый индекс|Індекс|Поштовий індекс|PLZ|"
     "Postleitzahl"},
    {"address.country",
     "address.country|Mailing Country|MailingCountry|Country/Region|Country|Țara|Țară|Страна|"
     "Країна|Land"},
    {"description",
     "description|Contact Description|Notes|Comment|Comments|Descriere|Observații|Note|Описание|"
     "Комментарий|Примечание|Опис|Коментар|Примітка|Beschreibung|Bemerkung|Notizen"},
    {"note", "=note"},
    {"position", "=position"},
    {"starts_on", "=starts_on"},
    {"ends_on", "=ends_on"},
    {"type", "=type"},
    {"status", "=status"},
    {"sex", "=sex"},
    {"owner", "=owner|=owner_login"},
    {"unit", "=unit"},
};

inline constexpr UsualHeadings lead_headings[] = {
    {own_key, "key|Lead ID|LeadId|Record ID|External ID|Id|ID лида|ИД|ID ліда|ID-ul"},
    {"company",
     "company|Company Name|Account Name|Organization|Organisation|Firma|Firmă|Companie|Compania|"
     "Компания|Организация|Компанія|Організація|Фирма|Фірма|Unternehmen|Firmenname"},
    {"job_title",
     "job_title|Title|Job Title|Position|Function|Funcția|Funcție|Должность|Посада|Funktion"},
    {"source_note",
     "source_note|Lead Source|LeadSource|Source Details|Original Source|Sursa|Источник|Джерело|"
     "Quelle"},
    {"tax_code", "tax_code|Tax Code|Tax ID|VAT Number|IDNO|Cod fiscal|ИНН|ЄДРПОУ"},
    {"score", "score|Lead Score|Rating Score|Scor|Оценка|Оцінка"},
    {"description", "description|Lead Description"},
    {"source", "=source"},
};
inline constexpr std::string_view lead_as_contact =
    "first_name|last_name|patronymic|nick_name|phone|mobile|email|url|address.street|address.city|"
    "address.region|address.postal_code|address.country|description|note|owner|unit";

inline constexpr UsualHeadings project_headings[] = {
    {own_key, "key|Project ID|Record ID|External ID|Id|ID проекта|ID проєкту|Projekt-ID"},
    {"code", "code|Project Code|Project Number|Cod|Cod proiect|Код|Код проекта|Projektnummer"},
    {"name",
     "name|Project Name|Project|Title|Denumire|Nume|Proiect|Название|Наименование|Проект|Назва|"
     "Проєкт|Projektname|Projekt"},
    {"start_on",
     "start_on|Start Date|Start|Data începerii|Început|Дата начала|Начало|Дата початку|Beginn"},
    {"due_on",
     "due_on|Due Date|Target Date|End Date|Deadline|Termen|Срок|Дата окончания|Термін|Fällig am"},
    {"ended_on", "ended_on|Completed On|Actual End Date|Closed Date|Дата завершения"},
    {"description", "description|Project Description|Notes|Descriere|Описание|Опис|Beschreibung"},
    {"state", "=state"},
    {"type", "=type"},
    {"status", "=status"},
    {"priority", "=priority"},
};
inline constexpr std::string_view project_as_contact = "party:key|party:code|party:name|owner|unit";

inline constexpr UsualHeadings activity_headings[] = {
    {own_key,
     "key|Activity ID|Task ID|Event ID|Call ID|Meeting ID|Record ID|External ID|Id|ИД|ID задачи|"
     "ID завдання"},
    {"subject",
     "subject|Title|Name|Task Title|Activity Name|Meeting Name|Call "
     "Subject|Summary|Topic|Subiect|Subiectul|Tema|"
     "Titlu|Denumire|Тема|Предмет|Название|Наименование|Назва|Betreff|Titel|Thema"},
    {"kind",
     "kind|Activity Type|Task Type|Task Subtype|Type|Tip|Tipul|Tip activitate|Вид|Тип|Тип "
     "активности|"
     "Тип активності|Art|Typ|Aktivitätstyp"},
    {"start_at",
     "start_at|start|Start Date Time|StartDateTime|Start Date & Time|Start Time|Start "
     "Date|ActivityDateTime|"
     "Activity Date|Activity Date Time|Due Date|Due Date Only|Date|Date & "
     "Time|Deadline|Început|Data|Data începerii|"
     "Termen|Начало|Дата|Дата начала|Дата и время|Срок|Початок|Дата "
     "початку|Термін|Beginn|Start|Datum|Fällig am|"
     "Fälligkeitsdatum"},
    {"end_at",
     "end_at|end|End Date Time|EndDateTime|End Time|End Date|Sfârșit|Data încheierii|Окончание|"
     "Дата окончания|Конец|Кінець|Дата закінчення|Ende|Enddatum"},
    {"party:key",
     "party_key|party:key|Account ID|AccountId|What ID|WhatId|Company ID|Associated Company ID|"
     "Related To ID|Organization ID|Party ID|Customer ID|ID компании|ID компанії"},
    {"party:code",
     "party_code|party:code|Account Number|Customer Number|Cod client|Код контрагента"},
    {"party:name",
     "party_name|party:name|Account Name|Company|Company Name|Account|Organization|Organisation|"
     "Customer|Companie|Firma|Компания|Организация|Контрагент|Компанія|Організація|Unternehmen"},
    {"contact:key",
     "contact_key|contact:key|Contact ID|ContactId|Who ID|WhoId|Associated Contact ID|Person ID|"
     "ID контакта|ID контакту"},
    {"contact:name",
     "contact_name|contact:name|Contact|Contact Name|Persoană de contact|Контакт|Контактное лицо|"
     "Контактна особа|Ansprechpartner"},
    {"follow_up_of:key",
     "follow_up_of_key|follow_up_of:key|Follow Up Of|Previous Activity ID|Previous ID"},
    {"parent:key", "parent_key|parent:key|Parent Task ID|Parent Activity ID"},
    {"next_contact_on",
     "next_contact_on|Next Contact|Next Contact Date|Următorul contact|Следующий контакт|"
     "Наступний контакт"},
    {"result", "result|Outcome|Call Result|Meeting Outcome|Rezultat|Результат|Ergebnis"},
    {"note", "=note"},
    {"questions", "=questions"},
    {"events", "=events"},
    {"problems", "=problems"},
    {"description",
     "description|Comments|Comment|Body|Notes|Details|Descriere|Observații|Описание|Комментарий|"
     "Примечание|Опис|Коментар|Примітка|Beschreibung|Bemerkung|Notizen"},
    {"state", "=state"},
    {"stage", "=stage"},
    {"direction", "=direction"},
    {"priority", "=priority"},
    {"status", "=status"},
    {"zone", "=zone"},
    {"owner", "=owner|=owner_login"},
    {"unit", "=unit"},
};

struct UsualKind {
    std::string_view kind;
    std::span<const UsualHeadings> headings;
    std::string_view file_words;  ///< words of file names
    std::string_view needed;  ///< targets of which one at least must be there; none: such a file is
                              ///< known by its name only
    std::string_view as_contact{};  ///< targets for which the headings of contacts are usual too
};

// Kinds of other systems that we have not: their files are not taken for something else.
inline constexpr std::string_view foreign_words =
    "opportunity|opportunities|deal|deals|quote|quotes|invoice|invoices|product|"
    "products|user|users|"
    "campaign|campaigns|opportunityhistory|orders|order|сделки|товары|счета|угоди|"
    "facturi|produse|"
    "rechnungen|produkte";

inline constexpr UsualKind usual_kinds[] = {
    {"party", party_headings,
     "party|parties|account|accounts|company|companies|organization|organizations|organisation|"
     "organisations|"
     "customer|customers|client|clients|supplier|suppliers|vendor|vendors|firme|firma|firmele|"
     "companii|clienți|"
     "furnizori|parteneri|контрагент|контрагенты|компании|компания|организации|организация|клиенты|"
     "поставщики|фирмы|"
     "контрагенти|компанії|організації|клієнти|постачальники|фірми|firmen|kunden|unternehmen|"
     "lieferanten|partner",
     "name"},
    {"contact", contact_headings,
     "contact|contacts|person|persons|people|contacte|persoane|контакт|контакты|люди|персоны|"
     "контакти|особи|kontakt|"
     "kontakte|ansprechpartner|personen",
     "last_name|first_name"},
    {"activity", activity_headings,
     "activity|activities|task|tasks|event|events|call|calls|meeting|meetings|visit|visits|"
     "activitate|activități|"
     "sarcini|întâlniri|apeluri|vizite|задачи|события|звонки|встречи|активности|визиты|завдання|"
     "події|дзвінки|"
     "зустрічі|активності|візити|aktivitäten|aufgaben|termine|anrufe|besuche",
     "subject"},
    {"lead", lead_headings, "lead|leads|prospects|interessenten|лид|лиды|лід|ліди|lead-uri|leaduri",
     "", lead_as_contact},
    {"project", project_headings,
     "project|projects|proiect|proiecte|проект|проекты|проєкт|проєкти|проекти|projekt|projekte", "",
     project_as_contact},
};

}  // namespace crm::exchange
