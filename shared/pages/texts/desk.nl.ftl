# De balie, voor wie er werkt, met "u". Elke tekst staat op één regel of is een keuze.

## Overal

nav_label = Menu
nav_home = Overzicht
nav_debtors = Debiteuren
nav_calls = Bellen
nav_signals = Vroegsignalering
nav_settings = Instellingen
sign_out = Afmelden
other_administration = Andere administratie
role = { $role ->
        [admin] beheer
        [controller] creditmanagement
        [communication] klantcontact
        [read-only] alleen lezen
       *[other] kijken
    }
problem_title = Er is een probleem
problem_heading = Dit moet nog anders:
problem = { $code ->
        [not_of_this_outcome] Dit hoort bij een toezegging. Kies die, of laat dit leeg.
        [required] Vul dit in.
        [length] Vul dit in, niet langer dan het veld toestaat.
        [control_character] Hier staat een teken dat niet mag.
        [not_a_date] Dit is geen datum. Vul in als 2026-12-31.
        [in_the_past] De dag is al voorbij. Kies vandaag of later.
        [not_positive] Het bedrag is meer dan nul.
        [not_a_number] Dit is geen bedrag. Vul in als 121,00.
        [too_many_decimals] Een bedrag heeft hoogstens twee decimalen.
        [negative_amount] Het bedrag is niet minder dan nul.
        [choose] Kies er een.
        [only_partly] Alleen bij gedeeltelijk gelijk.
        [not_with_this_action] Hoort niet bij deze keuze.
        [nothing_chosen] Kies eerst een of meer signalen.
       *[other] Dit kan zo niet.
    }
refusal = { $code ->
        [task_ends_with_its_cause] Deze taak eindigt met waar zij over gaat. Doe dat.
        [no_such_task] Deze taak is al gedaan.
        [everything_held] Er staat een pauze op alles.
        [too_many_to_state] Er staan meer facturen open dan op één overzicht passen.
        [no_address_that_way] De debiteur is zo niet te bereiken.
        [statement_under_way] Er is al een overzicht onderweg.
        [call_not_to_be_made] Dit gesprek hoeft niet meer: er is al gebeld, of waar het over ging is betaald, gepauzeerd of gewijzigd.
        [not_a_number_of_the_call] Dit nummer hoort niet meer bij de debiteur. Kijk opnieuw.
        [hold_of_municipality] Deze pauze eindigt als de gemeente meldt dat de hulp klaar is. Alleen beheer mag haar zelf opheffen.
        [hold_ends_with_its_cause] Deze pauze eindigt met haar oorzaak. Beëindig die.
        [signal_not_prepared] Dit signaal wacht niet op verzending.
        [signal_not_sent] Dit signaal is niet verzonden, of al ingetrokken.
        [second_person_needed] U heeft dit signaal goedgekeurd. Iemand anders moet het verzenden.
        [conditions_no_longer_hold] Aan een voorwaarde van het signaal is niet meer voldaan.
        [sector_may_not_signal] Deze sector mag niet signaleren (Stb. 2020, 240).
        [no_next_step] Er is geen volgende stap: niets staat open, of het beleid is afgelopen.
        [notice_under_way] Een bericht over deze factuur is onderweg. Probeer het als het weg is.
        [no_such_step] Deze stap is er niet, of is niet gezet.
        [not_a_sending_day] Op zondagen en feestdagen wordt niets verzonden.
        [step_in_past] De dag is al voorbij.
        [step_too_far] De dag is meer dan een jaar vooruit.
        [not_before_its_term] De wet staat deze stap op die dag nog niet toe.
        [plan_not_proposed] De betaalregeling wacht niet op een besluit.
        [plan_not_running] De betaalregeling loopt niet.
        [dispute_decided_already] Over het geschil is al beslist.
        [promise_not_open] De toezegging is al nagekomen, verbroken of ingetrokken.
        [too_many_promises] Over deze factuur zijn al zo veel toezeggingen gedaan als de instellingen toestaan.
        [promise_too_late] De dag ligt verder weg dan de instellingen toestaan.
        [promised_already] Over deze factuur loopt al een toezegging.
        [nothing_open] Er staat niets open.
        [no_such_case] Er loopt geen dossier.
        [case_handed_over] Het dossier ligt al bij een andere deurwaarder. Haal het eerst terug.
        [case_not_handed_over] Het dossier is niet overgedragen.
        [case_has_plan] Er is een betaalregeling voorgesteld of lopend. Beëindig die eerst.
        [case_has_dispute] Er is een geschil. Beslis daar eerst over.
        [case_has_debit] Een factuur wordt geïncasseerd. Wacht daarop.
        [conflict] Iemand anders wijzigde dit op hetzelfde moment. Kijk opnieuw.
        [not_found] Dit is er niet (meer).
       *[other] Een regel staat dit niet toe. Er is niets gewijzigd.
    }
done = { $action ->
        [close_task] De taak is klaar.
        [send_statement] Het rekeningoverzicht staat klaar. Het gaat weg binnen het verzendvenster.
        [record_call] De uitkomst van het gesprek is vastgelegd.
        [place_hold] De pauze staat. Er gaat niets meer uit dat eronder valt.
        [lift_hold] De pauze is opgeheven.
        [edit_step] De stap is gewijzigd.
        [register_promise] De toezegging is vastgelegd.
        [withdraw_promise] De toezegging is ingetrokken.
        [decide_dispute] De beslissing is vastgelegd.
        [decide_plan] Het besluit over de regeling is vastgelegd.
        [end_plan] De regeling is beëindigd.
        [prepare_signal] De voorwaarden zijn bekeken. Onder Signalen staat wat eruit kwam.
        [send_signal] Het signaal is goedgekeurd of op weg. Onder Signalen staat hoe het ermee staat.
        [withdraw_signal] Het signaal wordt ingetrokken.
        [set_early_signalling] De keuze over vroegsignalering is vastgelegd.
        [hand_over] Het dossier is overgedragen.
        [take_back] Het dossier is terug.
       *[other] Gedaan.
    }
back = Terug
next_page = Volgende pagina
first_page = Eerste pagina

## De deur

sign_in_title = Aanmelden
sign_in_lead = U meldt zich aan bij uw eigen organisatie. Daarna komt u hier terug.
sign_in_button = Aanmelden
sign_in_said = { $what ->
        [left] U bent afgemeld.
        [expired] Uw sessie is verlopen: na een half uur zonder gebruik, of na twaalf uur.
        [failed] Het aanmelden is niet gelukt. Probeer het nog eens.
        [nobody] U bent bekend, maar heeft geen rol in een administratie. Vraag uw beheerder om een groep.
        [busy] Er zijn te veel aanmeldingen vanaf deze plek. Wacht tien minuten.
        [away] De aanmelddienst is even niet bereikbaar. Probeer het over een minuut.
       *[other] Meld u aan.
    }
sign_in_elsewhere = Ook bij uw organisatie afmelden
choose_title = Kies een administratie
choose_lead = U werkt voor meer dan één administratie.
refused_title = { $what ->
        [not_found] Niet gevonden
        [not_allowed] Dit mag u niet
        [form_old] Deze pagina was te oud
        [conflict] Iemand anders was eerst
        [unavailable] Even niet beschikbaar
       *[other] Dit lukt niet
    }
refused_text = { $what ->
        [not_found] Dit is er niet in deze administratie.
        [not_allowed] Uw rol staat dit niet toe. Er is niets gewijzigd.
        [form_old] Er is niets gewijzigd. Ga terug, laad de pagina opnieuw en probeer het nog een keer.
        [conflict] Er is niets gewijzigd. Kijk opnieuw en probeer het nog een keer.
        [unavailable] Er is niets gewijzigd, of het is niet zeker. Probeer het over een minuut.
       *[other] Er ging iets mis. Er is niets gewijzigd. Wij zijn gewaarschuwd.
    }

## Overzicht en debiteuren

home_title = Overzicht
home_begin = Er zijn nog geen debiteuren. Koppel uw boekhoudpakket, importeer een bestand of gebruik de API: dan komen uw facturen hier binnen.
home_work = Wat op u wacht
home_no_work = Niets wacht op u. Alles loopt vanzelf.
home_owed = Openstaand
home_outstanding = Alles wat openstaat
home_overdue = Waarvan te laat
home_ageing = Hoe lang te laat
home_phases = Hoe ver het is
bucket = { $name ->
        [to30] 1 tot 30 dagen te laat
        [to60] 31 tot 60 dagen te laat
        [to90] 61 tot 90 dagen te laat
        [over90] Meer dan 90 dagen te laat
       *[other] Nog niet vervallen
    }
phase = { $name ->
        [inPlan] In een betalingsregeling
        [disputed] Betwist
        [handedOver] Bij de deurwaarder
       *[other] Nog geen stap gezet
    }
invoices_count = { $count ->
        [one] 1 factuur
       *[other] { $count } facturen
    }
standing_as_of = Bijgewerkt tot { $moment }.
standing_behind = { $seconds ->
        [one] Loopt 1 seconde achter op wat er gebeurt.
       *[other] Loopt { $seconds } seconden achter op wat er gebeurt.
    }
standing_rebuilding = { $debtors ->
        [one] De tellingen worden opnieuw gemaakt: 1 debiteur is bekeken.
       *[other] De tellingen worden opnieuw gemaakt: { $debtors } debiteuren zijn bekeken.
    }
work_lists = Werklijsten
work_list = { $name ->
        [calls] Te bellen
        [disputes] Betwistingen
        [plans] Regelingen
        [signals] Signalen
        [failures] Niet gelukt
       *[other] Taken
    }
work_lead = { $name ->
        [calls] Deze debiteuren wachten op een telefoontje. Wie het langst wacht, staat bovenaan.
        [disputes] Deze debiteuren betwisten een factuur. Zolang u niet beslist, gaat er geen herinnering uit.
        [plans] Deze debiteuren vragen om een betalingsregeling. Keur goed of wijs af.
        [signals] De voorwaarden zijn vervuld. Deze signalen wachten op uw goedkeuring.
        [failures] Hier kwam iets niet aan, werd geweigerd of kwam terug.
       *[other] Hier moet iemand naar kijken. Wat het langst wacht, staat bovenaan.
    }
work_none = { $name ->
        [calls] Er hoeft niemand gebeld te worden.
        [disputes] Geen betwisting wacht op uw beslissing.
        [plans] Geen betalingsregeling wacht op uw beslissing.
        [signals] Geen signaal wacht op uw goedkeuring.
        [failures] Alles is aangekomen.
       *[other] Er zijn geen taken.
    }
waits = { $name ->
        [calls] { $things } te bellen, sinds { $since }.
        [disputes] { $things } te beslissen, sinds { $since }.
        [plans] { $things } te beslissen, sinds { $since }.
        [signals] { $things } goed te keuren, sinds { $since }.
        [failures] { $things } niet gelukt, sinds { $since }.
       *[other] { $things } te doen, sinds { $since }.
    }
debtors_title = Debiteuren
debtors_lead = Wie het meest schuldig is, staat bovenaan. Wie niets schuldig is, vindt u met zoeken.
debtors_found = Gevonden debiteuren
search_label = Zoek een debiteur
search_hint = Begin van een naam, een nummer van een debiteur of factuur, een betalingskenmerk, een bedrag of een e-mailadres
search_button = Zoeken
search_page = Er kunnen nog meer debiteuren zijn.
debtors_none = Niemand heeft iets openstaan. Facturen komen binnen via uw boekhouding: koppel een pakket, importeer een bestand of gebruik de API.
debtors_none_found = Niemand gevonden. Zoek op het begin van de naam, of op een nummer.
column = { $name ->
        [call] Bellen
        [phone] Telefoonnummer
        [tries] Al gebeld
        [asked] Gevraagd
        [waits] Wacht
        [owed] Openstaand
        [overdue] Te laat
        [next] Wat volgt
        [debtor] Debiteur
        [kind] Soort
        [status] Status
        [place] Gemeente, platform
        [why] Waarom
        [arrears] Achterstand
       *[other] Naam
    }

## Eén debiteur

part = { $name ->
        [next] Wat er nu gebeurt
        [contact] Gegevens
        [tasks] Te doen
        [invoices] Facturen
        [holds] Pauzes
        [plans] Betaalregelingen
        [disputes] Geschillen
        [promises] Toezeggingen
        [signals] Signalen
        [case] Dossier
        [notices] Berichten
        [timeline] Tijdlijn
       *[other] Overig
    }
empty = { $name ->
        [invoices] Er staat niets open.
        [holds] Er staat geen pauze.
        [plans] Er is geen regeling. De debiteur vraagt haar aan op het portaal.
        [disputes] Er is geen geschil.
        [promises] Er is geen toezegging. Belt de debiteur? Leg haar hier vast.
        [notices] Er is nog niets verzonden over wat openstaat.
        [timeline] Er is nog niets gebeurd.
        [steps] Dit beleid heeft geen stappen.
       *[other] Niets.
    }
label = { $name ->
        [overdue] Te laat
        [address] Adres
        [emails] E-mail
        [phone] Telefoon
        [mobile] Mobiel
        [kvk] KvK-nummer
        [labels] Labels
        [failed] Onbereikbaar
        [invoice] factuur
        [invoices] facturen
        [payment] betaling
        [hold] pauze
        [plan] regeling
        [dispute] geschil
        [promise] toezegging
        [signal] signaal
        [notice] bericht
        [debit] incasso
        [mandate] machtiging
        [case] dossier
        [task] taak
        [note] notitie
        [message] bericht
        [dossier] deurwaardersdossier
        [callOn] bellen op
        [attempt] poging
        [amount] bedrag
        [open] open
        [total] totaal
        [arrears] achterstand
        [reason] reden
        [until] tot en met
        [on] op
        [payBy] betalen op
        [dueDate] vervaldag
        [provider] platform
        [municipality] gemeente
        [conditions] voorwaarden
        [errors] fouten
        [fields] velden
        [outcome] uitkomst
        [step] stap
        [kind] soort
        [channel] kanaal
        [about] over
        [instalment] termijn
        [decision] besluit
        [code] toegangscode
       *[other] gegeven
    }
balance_owed = Openstaand
balance_credit = Tegoed van de debiteur
next_notice = { $step } op { $date }.
next_task = Taak voor u op { $date }: { $step }.
next_instalment = Herinnering aan een termijn op { $date }.
next_under_way = Onderweg: { $step } ({ $channel }).
next_on_its_way = Onderweg: { $step }.
next_nothing = { $code ->
        [nothing_open] Er wordt niets verzonden: er staat niets open.
        [held] Er wordt niets verzonden: er staat een pauze.
        [collected_by_direct_debit] Er wordt niets verzonden: het bedrag wordt geïncasseerd.
        [covered_by_credit] Er wordt niets verzonden: het tegoed dekt wat openstaat.
        [no_address] Er wordt niets verzonden: geen adres of nummer werkt nog.
        [notice_failed] Er wordt niets verzonden: van het vorige bericht weet niemand of het aankwam. Beslis wat er moet gebeuren.
        [below_minimum_amount] Er wordt niets verzonden: er staat minder open dan de stap vraagt.
        [formal_notice_not_delivered] Er wordt niets verzonden: niets zegt dat de aanmaning is bezorgd.
        [interest_rates_ended] Er wordt niets verzonden: voor deze dagen is geen rentevoet bekend.
        [no_follow_up] Er wordt niets verzonden: de betaalconditie kent geen opvolging.
        [under_way] Er is een bericht over onderweg.
        [sector_desk_decides] Er wordt niets verzonden: over het einde beslist iemand zelf.
        [help_running] Er wordt niets verzonden: de gemeente helpt.
        [policy_ended] Er wordt niets verzonden: het beleid heeft geen volgende stap. Beslis wat er moet gebeuren.
       *[other] Er wordt niets verzonden.
    }
next_until = Tot en met { $date }.
invoice_number = Factuur { $number }
credit_number = Creditnota { $number }
due_on = Betalen voor { $date }
due_late = { $days ->
        [one] 1 dag te laat
       *[other] { $days } dagen te laat
    }
last_step = Laatste stap: { $step }, { $date }
step_from = Volgende stap: { $step }, op zijn vroegst { $date }
no_step = Nog geen stap gezet
hold_reason = { $kind ->
        [asked] Pauze
        [help] De gemeente helpt
        [deceased] Overleden, meldt de gemeente
        [plan] Betaalregeling
        [dispute] Geschil
        [promise] Toezegging
        [bailiff] Bij de deurwaarder
        [debit] Automatische incasso
       *[other] Pauze
    }
hold_scope = { $scope ->
        [invoice] Factuur { $about }.
        [invoices] { $about } facturen.
        [case] Het dossier.
        [administration] De hele administratie.
       *[other] Alles van deze debiteur.
    }
covers = { $covers ->
        [everything] Er gaat niets uit, ook geen signaal.
       *[other] Geen herinneringen.
    }
since_by = Sinds { $date }, door { $by }
until = Tot en met { $date }
review_on = Opnieuw bekijken op { $date }
plan_said = { $total } in { $count } termijnen
plan_paid = Betaald: { $amount }
plan_state = { $state ->
        [active] Loopt
        [rejected] Afgewezen
        [finished] Afgerond
        [broken] Verbroken
        [ended] Beëindigd
       *[other] Wacht op uw besluit
    }
decide_by = Beslis voor { $date }
instalment = Termijn { $number }, { $date }
paid_on = betaald op { $date }
dispute_said = { $reason ->
        [not_delivered] { $number }: niet geleverd
        [complaint] { $number }: klacht
        [error_on_invoice] { $number }: fout op de factuur
        [already_paid] { $number }: al betaald
       *[other] { $number }: anders
    }
dispute_state = { $state ->
        [awaiting_credit] Wacht op de creditnota
        [settled] Afgehandeld
       *[other] Wacht op uw besluit
    }
promise_said = { $amount } voor { $date }
promise_state = { $state ->
        [kept] Nagekomen
        [broken] Niet nagekomen
        [withdrawn] Ingetrokken
       *[other] Loopt
    }
signal_said = { $kind ->
        [crisis] Crisissignaal
       *[other] Vroegsignaal
    }
signal_status = { $status ->
        [prepared] Klaar om te verzenden
        [blocked] Tegengehouden door een voorwaarde
        [sending] Onderweg
        [sent] Verzonden
        [refused] Geweigerd door het platform
        [unknown] Onzeker of het aankwam
        [withdrawn] Ingetrokken
        [feedback] Terugmelding van de gemeente
       *[other] Onbekend
    }
signal_since = Achterstand sinds { $date }
signal_sent = Verzonden op { $date } via { $provider }, gemeente { $municipality }
signal_approved = Goedgekeurd door { $by }. Iemand anders moet verzenden.
outcome = { $code ->
        [received] ontvangen
        [picked_up] opgepakt
        [not_picked_up] niet opgepakt
        [not_picked_up_repeated] niet opgepakt: herhaald
        [not_picked_up_unjustified] niet opgepakt: onterecht
        [deceased] overleden
        [not_resident] woont daar niet
        [known_to_debt_help] al bekend bij schuldhulp
        [other_trajectory] ander traject
        [no_contact] geen contact gekregen
        [lost_contact] contact verloren
        [help_declined] hulp geweigerd
        [solved_or_arranged] opgelost of geregeld
        [help_accepted] hulp aanvaard
        [help_accepted_quick_fix] hulp aanvaard: snelle oplossing
        [help_accepted_financial] hulp aanvaard: financieel
        [help_accepted_non_financial] hulp aanvaard: niet financieel
        [help_ended] hulp afgerond
       *[other] onbekende melding
    }
reported = { $date }: { $outcome }
conditions_of = { $kind ->
        [crisis] Voorwaarden van een crisissignaal
       *[other] Voorwaarden van een vroegsignaal
    }
conditions_hold = Aan alle voorwaarden is voldaan.
conditions_fail = { $count ->
        [one] Aan 1 voorwaarde is niet voldaan.
       *[other] Aan { $count } voorwaarden is niet voldaan.
    }
condition = { $name ->
        [sectorMaySignal] De sector mag signaleren
        [naturalPerson] Het is een persoon, geen bedrijf
        [birthDateKnown] De geboortedatum is bekend
        [addressKnown] Het adres is bekend
        [notOptedOut] Geen bezwaar van de debiteur
        [notOnHold] Geen pauze
        [noActivePlan] Geen regeling of toezegging
        [minimumOutstanding] Genoeg openstaand
        [minimumFinalReminders] Genoeg laatste herinneringen
        [minimumReminders] Genoeg herinneringen
        [remindersApart] Herinneringen lagen uit elkaar
        [minimumDaysInArrears] Lang genoeg achterstand
        [maximumDaysInArrears] Niet te lang achterstand
        [minimumContactEfforts] Genoeg contactpogingen
        [contactEffortMade] Persoonlijk contact gezocht
        [pointedToDebtHelp] Op schuldhulp gewezen
        [remindedInWriting] Schriftelijk herinnerd
        [offeredToPassData] Aangeboden gegevens door te geven
        [arrangementOffered] Regeling aangeboden
        [earlySignalFirst] Eerst een vroegsignaal
        [endOfServiceAnnounced] Einde levering aangekondigd
        [notSignalledRecently] Niet kort geleden gesignaleerd
        [noHelpRunning] Geen hulp lopend
       *[other] Voorwaarde
    }
holds = Voldaan
holds_not = Niet voldaan
holds_on = (vanaf { $date })
task = { $about ->
        [hold_review] Moet de pauze blijven?
        [deceased] De gemeente meldt een overlijden
        [municipality_unknown] Gemeente onbekend bij dit adres
        [not_resident] De debiteur woont daar niet
        [notice_failed] Een bericht is niet gelukt
        [other_trajectory] De gemeente volgt een ander traject
        [signal_after_objection] Signaal ondanks bezwaar: beslis
        [signal_unanswered] Geen antwoord op het signaal
        [unknown_feedback] Onbekende terugmelding
        [contact_changed] De debiteur wijzigde contactgegevens
        [mandate_ended] Een machtiging is beëindigd
        [direct_debit_returned] Een incasso kwam terug
        [invoice_deleted] Een factuur is verwijderd
        [dispute] Beslis over het geschil
        [no_address] Geen werkend adres
        [formal_notice_not_delivered] Aanmaning niet bezorgd
        [end_of_service] Einde levering
        [ready_for_bailiff] Klaar voor de deurwaarder
        [plan_decision] Beslis over de regeling
        [paid_too_much] Te veel betaald
        [payment_request_unknown] Betaalverzoek onzeker
        [payment_request_stuck] Betaalverzoek blijft hangen
        [address_failed] Een adres werkt niet
        [notice_not_delivered] Een bericht is niet bezorgd
        [call] Bel de debiteur
        [message] Een vraag van de debiteur
        [update_by_hand] Meld de gemeente zelf het nieuwe bedrag
        [withdraw_by_hand] Trek het signaal zelf in bij het platform
       *[other] Bekijk dit
    }
since = Sinds { $date }
notice_said = { $step } per { $channel }
notice_status = { $status ->
        [prepared] Klaar
        [sending] Wordt verzonden
        [to_call] Te bellen
        [unknown] Onzeker of het wegging
        [sent] Verzonden
        [delivered] Bezorgd
        [bounced] Teruggekomen
        [complained] Als ongewenst gemeld
        [failed] Mislukt
        [cancelled] Niet verzonden
       *[other] Onbekend
    }
notice_on = op { $date }
evidence = { $name ->
        [contact_effort] zocht persoonlijk contact
        [debt_help] wees op schuldhulp
        [written_reminder] herinnerde schriftelijk
        [municipality_offer] bood aan gegevens door te geven
        [arrangement_offer] bood een regeling aan
       *[other] bewijs
    }
objected = De debiteur maakt bezwaar tegen vroegsignalering.
not_objected = Geen bezwaar tegen vroegsignalering.
failed_address = { $count ->
        [one] 1 adres of nummer werkt niet
       *[other] { $count } adressen of nummers werken niet
    }
case_runs = Het dossier loopt.
case_handed_over = Overgedragen aan { $bailiff }
event = { $name ->
        [DebtorCreated] Debiteur bekend geworden
        [DebtorChanged] Gegevens gewijzigd
        [EarlySignallingDisabled] Bezwaar tegen vroegsignalering
        [EarlySignallingEnabled] Bezwaar ingetrokken
        [InvoiceReceived] Factuur ontvangen
        [InvoiceChanged] Factuur gewijzigd
        [DocumentAdded] Document toegevoegd
        [DocumentRemoved] Document verwijderd
        [InvoicesClosed] Factuur gesloten
        [InvoiceReopened] Factuur weer open
        [CreditNoteApplied] Creditnota verrekend
        [PaymentReceived] Betaling ontvangen
        [PaymentChanged] Betaling gewijzigd
        [PaymentUnbooked] Betaling ontboekt
        [InvoiceDeleted] Factuur verwijderd
        [PaymentDeleted] Betaling verwijderd
        [DebtorDeleted] Debiteur verwijderd
        [CaseOpened] Dossier geopend
        [CaseSettled] Dossier gesloten
        [CaseHandedOver] Overgedragen aan de deurwaarder
        [CaseTakenBack] Teruggehaald van de deurwaarder
        [DossierRequested] Deurwaardersdossier gevraagd
        [DossierBuilt] Deurwaardersdossier gemaakt
        [DossierFailed] Deurwaardersdossier mislukt
        [HoldPlaced] Pauze geplaatst
        [HoldLifted] Pauze opgeheven
        [HoldEnded] Pauze afgelopen
        [StepSkipped] Stap overgeslagen
        [StepTaken] Stap gezet
        [StepsReset] Opvolging teruggezet
        [StepRescheduled] Dag van de stap gewijzigd
        [CostsCharged] Incassokosten berekend
        [PlanProposed] Regeling voorgesteld
        [PlanApproved] Regeling goedgekeurd
        [PlanRejected] Regeling afgewezen
        [InstalmentPaid] Termijn betaald
        [PlanFinished] Regeling afgerond
        [PlanBroken] Regeling verbroken
        [PlanEnded] Regeling beëindigd
        [DisputeOpened] Geschil geopend
        [DisputeDecided] Over het geschil beslist
        [DisputeSettled] Geschil afgehandeld
        [PromiseMade] Toezegging gedaan
        [PromiseKept] Toezegging nagekomen
        [PromiseBroken] Toezegging niet nagekomen
        [PromiseWithdrawn] Toezegging ingetrokken
        [MandateGiven] Machtiging gegeven
        [MandateAmended] Machtiging gewijzigd
        [MandateWithdrawn] Machtiging ingetrokken
        [MandateEnded] Machtiging beëindigd
        [DebitAnnounced] Incasso aangekondigd
        [DebitBatched] Incasso in een batch
        [DebitCollected] Geïncasseerd
        [DebitReturned] Incasso teruggekomen
        [DebitCancelled] Incasso geannuleerd
        [NoticePrepared] Bericht klaargezet
        [NoticeSent] Bericht verzonden
        [NoticePosted] Brief bij de post
        [NoticeDelivered] Bericht bezorgd
        [NoticeBounced] Bericht teruggekomen
        [NoticeComplained] Bericht als ongewenst gemeld
        [NoticeUnknown] Onzeker of het bericht wegging
        [NoticeRetried] Bericht later opnieuw
        [NoticeFailed] Bericht mislukt
        [NoticeCancelled] Bericht niet verzonden
        [CallAsked] Telefoontje gevraagd
        [CallMade] Gebeld
        [AccessCodeAsked] Toegangscode gevraagd
        [AccessCodeSent] Toegangscode verzonden
        [AccessCodeFailed] Toegangscode niet verzonden
        [PortalOpened] Portaal bekeken
        [SignalBlocked] Signaal tegengehouden
        [SignalPrepared] Signaal klaargezet
        [SignalApproved] Signaal goedgekeurd
        [SignalReleased] Signaal vrijgegeven
        [SignalSent] Signaal verzonden
        [SignalRefused] Signaal geweigerd
        [SignalUnknown] Onzeker of het signaal aankwam
        [SignalUpdateAsked] Nieuw bedrag voor de gemeente
        [SignalUpdated] Nieuw bedrag gemeld
        [SignalWithdrawalAsked] Intrekking gevraagd
        [SignalWithdrawn] Signaal ingetrokken
        [FeedbackReceived] Terugmelding van de gemeente
        [PaymentRequested] Betaalverzoek gemaakt
        [PaymentRequestOpened] Betaalverzoek geopend
        [PaymentRequestUnknown] Betaalverzoek onzeker
        [PaymentRequestPaid] Betaalverzoek betaald
        [PaymentRequestEnded] Betaalverzoek afgelopen
        [PaymentTakenBack] Betaling teruggehaald
        [PaymentGivenBack] Betaling teruggegeven
        [TaskOpened] Taak geopend
        [TaskDone] Taak gedaan
        [NoteAdded] Notitie toegevoegd
        [NoteRemoved] Notitie verwijderd
        [MessageReceived] Vraag van de debiteur
        [MessageSent] Antwoord aan de debiteur
       *[other] Gebeurtenis
    }
by = { $who ->
        [schedule] het schema
        [debtor] de debiteur
       *[other] { $who }
    }
step = { $kind ->
        [instalmentReminder] Herinnering aan een termijn
        [statement] Rekeningoverzicht
        [deskMessage] Antwoord aan de debiteur
        [invoiceSending] Factuur
        [preReminder] Vooraankondiging
        [reminder] Herinnering
        [finalReminder] Laatste herinnering
        [formalNotice] Aanmaning (veertiendagenbrief)
        [endOfServiceAnnouncement] Aankondiging einde levering
        [endOfService] Einde levering
        [summons] Sommatie
        [secondSummons] Tweede sommatie
        [noticeOfDefault] Ingebrekestelling
        [readyForBailiff] Klaar voor de deurwaarder
       *[other] Stap
    }
channel = { $name ->
        [email] e-mail
        [sms] sms
        [letter] brief
        [phone] telefoon
       *[other] bericht
    }
timeline_title = Tijdlijn van { $name }
all_of_it = De hele tijdlijn

## Formulieren

act_title = { $action ->
        [close_task] Is deze taak klaar?
        [send_statement] Een rekeningoverzicht sturen
        [record_call] Wat kwam er uit het gesprek?
        [place_hold] Pauze plaatsen
        [lift_hold] Pauze opheffen
        [edit_step] Volgende stap wijzigen
        [register_promise] Toezegging vastleggen
        [withdraw_promise] Toezegging intrekken
        [decide_dispute] Beslissen over een geschil
        [decide_plan] Beslissen over een regeling
        [end_plan] Regeling beëindigen
        [prepare_signal] Signaal voorbereiden
        [send_signal] Signaal verzenden
        [withdraw_signal] Signaal intrekken
        [set_early_signalling] Vroegsignalering aan of uit
        [hand_over] Overdragen aan de deurwaarder
        [take_back] Terughalen van de deurwaarder
       *[other] Doen
    }
act_text = { $action ->
        [close_task] De taak wacht niet meer. Wat u opschrijft, blijft op de tijdlijn staan.
        [send_statement] De debiteur krijgt alles wat openstaat in één bericht. Het is geen herinnering: er wordt geen stap mee gezet.
        [record_call] Wat u vastlegt, bepaalt wat er volgt. Vul bij een toezegging in op welke dag de debiteur betaalt.
        [place_hold] Zolang de pauze staat, gaat er niets uit dat eronder valt. U kunt haar later opheffen.
        [lift_hold] Alleen deze pauze wordt opgeheven. De debiteur krijgt eerst de dagen van de instelling; daarna gaat de opvolging verder waar zij was.
        [edit_step] Een pauze en het verzendvenster blijven gelden. Terugzetten maakt overslaan ongedaan.
        [register_promise] Tot en met de dag van de toezegging gaan er geen herinneringen uit over wat openstaat.
        [withdraw_promise] De opvolging gaat na de dagen van de instelling verder.
        [decide_dispute] Krijgt de debiteur ongelijk, dan gaat de opvolging verder. Krijgt de debiteur gelijk, dan wacht zij op de creditnota.
        [decide_plan] Een goedgekeurde regeling loopt meteen. Bij afwijzing gaat de opvolging verder.
        [end_plan] Dit kan niet ongedaan worden gemaakt. De opvolging gaat na de dagen van de instelling verder.
        [prepare_signal] Alle voorwaarden worden nu bekeken. Is eraan voldaan, dan staat het signaal klaar, of gaat het weg waar de regels dat zeggen.
        [send_signal] De gemeente krijgt naam, adres, geboortedatum en achterstand. U kunt het signaal daarna intrekken. Bij vier ogen keurt de eerste goed en verzendt een ander.
        [withdraw_signal] Wat nog niet weg is, vervalt. Wat verzonden is, wordt bij het platform ingetrokken.
        [set_early_signalling] Leg vast wat de debiteur zegt. Uit: er gaat geen signaal weg waar de wet het bezwaar laat gelden.
        [hand_over] Alle andere opvolging stopt. U kunt het dossier terughalen.
        [take_back] De debiteur krijgt eerst de dagen van de instelling; daarna gaat de opvolging verder.
        [lift_hold_of_municipality] Let op: de gemeente meldde dit. Door op te heffen zet u haar melding opzij.
       *[other] Weet u het zeker?
    }
act_button = { $action ->
        [close_task] De taak is klaar
        [send_statement] Overzicht sturen
        [record_call] Uitkomst vastleggen
        [place_hold] Plaats pauze
        [lift_hold] Hef pauze op
        [edit_step] Wijzig stap
        [register_promise] Leg toezegging vast
        [withdraw_promise] Trek in
        [decide_dispute] Beslis
        [decide_plan] Beslis
        [end_plan] Beëindig regeling
        [prepare_signal] Bekijk voorwaarden
        [send_signal] Verzend
        [withdraw_signal] Trek in
        [set_early_signalling] Leg vast
        [hand_over] Draag over
        [take_back] Haal terug
       *[other] Doe het
    }
act_link = { $action ->
        [close_task] Klaar
        [send_statement] Rekeningoverzicht sturen
        [place_hold] Pauzeren
        [lift_hold] Opheffen
        [edit_step] Stap wijzigen
        [register_promise] Toezegging vastleggen
        [withdraw_promise] Intrekken
        [decide_dispute] Beslissen
        [decide_plan] Beslissen
        [end_plan] Beëindigen
        [prepare_signal] Signaal voorbereiden
        [send_signal] Verzenden
        [withdraw_signal] Intrekken
        [set_early_signalling] Vroegsignalering aan of uit
        [hand_over] Overdragen
        [take_back] Terughalen
       *[other] Doen
    }
field = { $name ->
        [way] Hoe gaat het weg?
        [outcome] Wat kwam eruit?
        [number] Gebeld nummer
        [note] Notitie
        [covers] Wat stopt er?
        [reason] Reden
        [until] Tot en met
        [review_on] Opnieuw bekijken op
        [edit] Wat moet er gebeuren?
        [on] Dag
        [step] Terug naar stap
        [pay_by] Betaalt voor
        [amount] Bedrag
        [decision] Wie heeft gelijk?
        [answer] Besluit
        [kind] Soort signaal
        [enabled] Vroegsignalering
        [bailiff] Deurwaarder
        [municipality] Gemeentecode
        [provider] Platform
       *[other] Invullen
    }
hint = { $name ->
        [note] Blijft op de tijdlijn staan. Schrijf niets over gezondheid op.
        [reason] Blijft op de tijdlijn staan. Schrijf geen gezondheidsgegevens op.
        [until] Leeg: tot iemand haar opheft.
        [review_on] Leeg: er komt geen taak.
        [on] Alleen bij een andere dag.
        [step] Alleen bij terugzetten.
        [amount] Leeg: alles. Bij gedeeltelijk gelijk: wat gecrediteerd wordt.
       *[other] -
    }
choice = { $name ->
        [any] Per e-mail, of per brief als geen adres werkt
        [email] Per e-mail
        [letter] Per brief
        [not_reached] Niemand bereikt: er wordt opnieuw gebeld, of na de laatste poging neemt het volgende kanaal het over
        [spoke] Gesproken, niets afgesproken
        [promised] Betaling toegezegd: herinneringen wachten tot die dag
        [wrong_number] Verkeerd nummer: dit wordt niet meer gebeld
        [asks_no_calls] Wil niet gebeld worden: het volgende kanaal neemt het over
        [reminders] Alleen herinneringen
        [everything] Alles, ook signalen
        [skip] Overslaan
        [send_now] Nu verzenden
        [reschedule] Op een andere dag
        [reset] Terugzetten
        [rejected] De debiteur heeft ongelijk: de factuur blijft staan
        [accepted] De debiteur heeft gelijk: er komt een creditnota
        [partly] Gedeeltelijk gelijk
        [approve] Goedkeuren
        [reject] Afwijzen (geef een reden)
        [early] Vroegsignaal
        [crisis] Crisissignaal
        [off] Uit: de debiteur maakt bezwaar
        [on] Aan: geen bezwaar meer
       *[other] Anders
    }
chosen_first = Naar de eerste stap
cancel = Niet doen

## Vroegsignalering

signals_title = Vroegsignalering
signals_lead = Wie is gesignaleerd, waarom, bij welke gemeente, en hoe het ermee staat.
count_label = { $name ->
        [prepared_early] vroeg, klaar
        [prepared_crisis] crisis, klaar
        [sent_early] vroeg, verzonden
        [sent_crisis] crisis, verzonden
        [help_running] hulp loopt
        [deceased] overleden
        [refused] geweigerd
        [blocked] tegengehouden
       *[other] Signalen
    }
count_all = alle signalen
filter_heading = Signalen
filter_button = Filter
filter_none = Alle
signals_none = Geen signalen met dit filter. Signalen ontstaan na een laatste herinnering, of op de pagina van een debiteur.
signals_choose = Kies het signaal over { $signal }
signals_chosen = { $action ->
        [withdraw_signal] Trek in wat gekozen is
       *[other] Verzend wat gekozen is
    }
many_title = { $action ->
        [withdraw_signal] Signalen intrekken
       *[other] Signalen verzenden
    }
many_result = Wat ervan kwam
many_done = gedaan
many_approved = goedgekeurd: iemand anders moet verzenden
many_count = { $count ->
        [one] 1 signaal
       *[other] { $count } signalen
    }

## Instellingen

settings_title = Instellingen
settings_version = Versie { $version }, geldt nu. Wijzigen gaat met de API.
settings_earlier = Versie { $version }, vervangen door { $by } op { $date }.
settings_of_earlier = Versie { $version } bekijken
setting = { $name ->
        [minimum_interval] Minstens tussen twee berichten
        [grace] Na een pauze
        [default_policy] Beleid
        [channels] Kanalen
        [promise_days] Toezegging hoogstens vooruit
        [promise_grace] Uitloop van een toezegging
        [plan_grace] Uitloop van een termijn
        [plan_templates] Soorten regelingen
        [direct_debit] Automatische incasso
        [minimum_outstanding] Minstens openstaand
        [minimum_final_reminders] Laatste herinneringen
        [minimum_reminders] Herinneringen
        [minimum_contact_efforts] Contactpogingen
        [minimum_days] Minstens achterstand
        [automatic] Verzendt vanzelf
        [four_eyes] Vier ogen
       *[other] Instelling
    }
yes = ja
no = nee
policy = Beleid { $name }, versie { $version }
step_when = { $from ->
        [issue_date] { $days } dagen na de factuurdatum
        [previous_step] { $days } dagen na de vorige stap
       *[other] { $days } dagen na de vervaldag
    }
days = { $count ->
        [one] 1 dag
       *[other] { $count } dagen
    }
signals_rules = { $kind ->
        [crisis] Voorwaarden crisissignaal, versie { $version }
       *[other] Voorwaarden vroegsignaal, versie { $version }
    }

look = Bekijken
calls_title = Bellijst
calls_lead = Wie het eerst aan de beurt is, staat bovenaan.
calls_none = Er is nu niemand om te bellen. Gesprekken komen uit de stappen van het beleid die de telefoon als kanaal hebben.
calls_page_none = Niemand op deze pagina hoeft nog gebeld te worden. Op de volgende pagina staan er meer.
call_title = Bel { $name }
call_over = Dit gesprek hoeft niet meer: er is al gebeld, of waar het over ging is betaald, gepauzeerd of gewijzigd.
call_numbers = Wie te bellen
call_due = Vanaf { $from }.
call_last = Uiterlijk op { $date }.
call_rule = { $attempts ->
        [one] Wordt niemand bereikt, dan neemt het volgende kanaal het over.
       *[other] Wordt niemand bereikt, dan komt het gesprek na { $days } terug. Na { $attempts } gesprekken die niemand bereiken, neemt het volgende kanaal het over.
    }
call_asked = Wat er gevraagd wordt
call_say = Wat te zeggen
call_attempts = Eerdere pogingen
call_no_attempts = Er is nog niet gebeld.
call_attempt = { $moment }, { $number }
call_outcome = { $name ->
        [promised] Betaling toegezegd
        [spoke] Gesproken
        [disputes] Betwist een factuur
        [not_reached] Niemand bereikt
        [wrong_number] Verkeerd nummer
        [asks_no_calls] Wil niet gebeld worden
       *[other] Gebeld
    }
