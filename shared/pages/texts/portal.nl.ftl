# Het portaal voor debiteuren, taalniveau B1, met "u". Elke tekst staat op één regel of is een keuze.

## Overal

nav_label = Menu
nav_overview = Overzicht
nav_pay = Betalen
nav_details = Uw gegevens
nav_help = Hulp bij geldzorgen
leave = Uitloggen
back = Terug naar het overzicht
more = Bekijken
amount_label = Bedrag
problem_title = Er is een probleem
problem_heading = Dit moet nog anders:
questions = Vragen? Bel { $creditor }: { $phone }. Of mail { $email }.

## De deur: wat een link of een brief alleen laat zien

door_title = Uw facturen en betalingen
door_lead = Om uw gegevens te beschermen, sturen wij u eerst een code. Die gaat naar het e-mailadres of het mobiele nummer dat wij van u hebben.
door_send_heading = 1. Vraag een code
door_send_email = Stuur de code per e-mail
door_send_sms = Stuur de code per sms
door_send_note = De code komt meestal binnen een minuut. U kunt elke minuut een nieuwe code vragen.
door_code_heading = 2. Vul de code in
door_code = Code van 6 cijfers
door_code_hint = De code werkt 15 minuten en één keer.
door_enter = Bekijk mijn facturen
door_asked = Als deze link van u is, is de code onderweg. Kijk in uw e-mail of sms. Niets gekregen? Wacht een minuut en vraag een nieuwe code.
door_wrong = De code klopt niet of werkt niet meer. Vraag een nieuwe code. Na te veel pogingen moet u een tijd wachten.
door_privacy = Deze pagina laat geen gegevens van u zien. Wij vragen hier nooit om uw wachtwoord of pincode.
door_letter = Heeft u een brief gekregen? Ga naar de pagina voor brieven.
home_lead = Open de link in ons e-mailbericht of onze sms. Of gebruik de code uit onze brief.
home_link = Een e-mail of sms gekregen? De link daarin brengt u naar uw eigen pagina.
home_letter = Ik heb een brief met een code
letter_title = Inloggen met de code uit uw brief
letter_code = Code uit de brief
letter_code_hint = 12 letters en cijfers, zoals 7K3M-9Q2X-W4TZ
letter_birth_date = Uw geboortedatum
letter_birth_date_hint = Bent u een bedrijf? Laat dit dan leeg.
letter_postcode = Uw postcode
letter_postcode_hint = Zoals 1234 AB: de postcode waar de brief is bezorgd.
letter_wrong = Deze gegevens kloppen niet bij elkaar. Kijk nog eens naar de brief. Na te veel pogingen moet u een tijd wachten.
expired = U bent uitgelogd. Dat gebeurt na 30 minuten zonder dat u iets doet. Open de link in ons bericht opnieuw.
left = U bent uitgelogd.
form_old = Deze pagina was te oud. Probeer het nog een keer.
not_found = Deze pagina bestaat niet, of is niet van u.
trouble = Er ging iets mis. Probeer het over een paar minuten opnieuw.

## Mail en sms met de code

code_subject = Uw code voor { $creditor }
code_intro = U vroeg om een code om uw facturen bij { $creditor } te bekijken.
code_is = Uw code is:
code_lasts = De code werkt 15 minuten. Geef de code aan niemand. Wij vragen u er nooit om, ook niet aan de telefoon.
code_not_you = Heeft u hier niet om gevraagd? Dan hoeft u niets te doen. Zonder deze code kan niemand bij uw gegevens.
code_sms = { $code } is uw code voor { $creditor }. Geldig: 15 minuten. Geef de code aan niemand.

## Overzicht

overview_title = Uw facturen bij { $creditor }
overview_owed = U moet nog betalen
overview_overdue = Daarvan is te laat: { $amount }
overview_nothing = U hoeft nu niets te betalen.
overview_nothing_text = Krijgt u een nieuwe factuur? Dan staat die hier.
overview_credit = U heeft { $amount } tegoed. Wij verrekenen dat met wat u moet betalen.
overview_pay = Nu betalen
overview_next = Wat gebeurt er hierna?
overview_invoices = Openstaande facturen
overview_others = { $count ->
    [one] En nog 1 factuur die later vervalt.
   *[other] En nog { $count } facturen die later vervallen.
}
overview_actions = Lukt betalen niet, of klopt er iets niet?
overview_closed = Facturen die klaar zijn
closed_title = Facturen die klaar zijn
closed_none = Er zijn nog geen facturen die klaar zijn. Zodra een factuur is betaald, staat die hier.
closed_on = Klaar sinds { $date }
action_promise = Ik betaal op een andere dag
action_plan = Ik wil in termijnen betalen
action_question = Ik heb een vraag
action_dispute = Een factuur klopt niet
action_dispute_hint = Kies hierboven de factuur die niet klopt.
action_debit = Automatisch laten afschrijven
action_municipality = Doorgeven aan de gemeente: ja of nee
action_help = Hulp bij geldzorgen
invoice_number = Factuur { $number }
credit_number = Creditnota { $number }
due_on = Betalen voor of op { $date }
status_overdue = { $days ->
    [one] 1 dag te laat
   *[other] { $days } dagen te laat
}
status_due_today = Vandaag is de laatste dag
status_due_in = { $days ->
    [one] Nog 1 dag
   *[other] Nog { $days } dagen
}
status_disputed = U heeft laten weten dat deze factuur niet klopt. Wij kijken ernaar. Zolang herinneren wij u hier niet aan.
status_awaiting_credit = U heeft gelijk gekregen. U krijgt een creditnota.
status_plan = Deze factuur zit in uw betalingsregeling.
status_plan_asked = U heeft een betalingsregeling gevraagd. Wij laten u weten of dat kan.
status_promise = U heeft beloofd te betalen voor of op { $date }.
status_debit = Wij schrijven dit bedrag op { $date } af van uw rekening.
next_step = Als u niet betaalt, sturen wij u rond { $date } { $step ->
    [invoice_sending] de factuur
    [pre_reminder] een vooraankondiging
    [reminder] een herinnering
    [final_reminder] een laatste herinnering
    [formal_notice] een aanmaning
    [end_of_service_announcement] een bericht over het einde van de levering
    [summons] een sommatie
    [second_summons] een tweede sommatie
    [notice_of_default] een ingebrekestelling
   *[other] een bericht
}.
next_task = Als u niet betaalt, kunnen wij vanaf { $date } { $step ->
    [end_of_service] de levering stoppen
   *[other] de rekening aan een deurwaarder geven
}. Neem voor die tijd contact met ons op.
next_instalment = Op { $date } herinneren wij u aan uw volgende termijn.
next_under_way = Wij sturen u op dit moment een bericht.
next_nothing = { $reason ->
    [nothing_open] Er gebeurt niets: er staat niets meer open.
    [covered] Er gebeurt niets: uw tegoed is genoeg.
    [no_address] Wij kunnen u niet bereiken. Vul uw e-mailadres of telefoonnummer in bij uw gegevens.
    [plan] Wij sturen u geen herinneringen zolang u zich aan de betalingsregeling houdt.
    [plan_asked] Wij kijken naar uw voorstel voor een betalingsregeling. Zolang sturen wij geen herinneringen.
    [promise] Wij wachten op de betaling die u heeft beloofd. Zolang sturen wij geen herinneringen.
    [dispute] Wij kijken naar wat u over de factuur heeft gezegd. Zolang sturen wij geen herinneringen.
    [help] U krijgt hulp. Zolang sturen wij u geen herinneringen.
    [bailiff] De rekening is bij een deurwaarder. Neem contact op met de deurwaarder of met ons.
   *[other] Wij sturen u nu geen herinneringen.
}
next_held_until = Dat is zo tot en met { $date }.
next_debit = Wij schrijven op { $date } af. U hoeft niets te doen.

plan_heading = Uw betalingsregeling
plan_running = { $total } in { $count } termijnen. Betaald: { $paid }.
plan_proposed = U vroeg om { $total } in { $count } termijnen. Wij laten u voor { $date } weten of dat kan.
plan_instalment = Termijn { $number }
plan_paid = Betaald
plan_pay = Termijn betalen
promise_made = U heeft beloofd { $amount } te betalen voor of op { $date }.

done = { $what ->
    [dispute] Wij hebben uw bericht gekregen. Wij kijken ernaar en laten het u weten.
    [promise] Wij hebben uw belofte genoteerd. Tot die dag sturen wij geen herinneringen over deze facturen.
    [plan] Uw betalingsregeling is geregeld.
    [plan_asked] Wij hebben uw voorstel gekregen. Wij laten u weten of het kan.
    [details] Uw gegevens zijn gewijzigd.
    [mandate] Uw machtiging is gegeven.
    [mandate_withdrawn] Uw machtiging is ingetrokken.
    [objected] Uw bezwaar is genoteerd. Wij geven uw gegevens niet meer door, behalve zoals op deze pagina staat.
    [objection_withdrawn] Uw bezwaar is ingetrokken.
    [question] Wij hebben uw vraag gekregen. U krijgt zo snel mogelijk antwoord.
   *[other] Het is gelukt.
}

## Factuur

invoice_facts = Gegevens
invoice_issued = Datum
invoice_due = Betalen voor of op
invoice_total = Bedrag van de factuur
invoice_paid = Betaald of verrekend
invoice_costs = Kosten
invoice_interest = Rente
invoice_owed = Nog te betalen
invoice_lines = Waarvoor
invoice_documents = Documenten
invoice_no_documents = Er zijn geen documenten bij deze factuur.
invoice_download = { $kind } downloaden ({ $size } kB)
invoice_sent = Wat wij u hebben gestuurd
invoice_nothing_sent = Wij hebben u over deze factuur nog geen bericht gestuurd.
invoice_sent_line = { $date }: { $step ->
    [invoice_sending] factuur
    [pre_reminder] vooraankondiging
    [reminder] herinnering
    [final_reminder] laatste herinnering
    [formal_notice] aanmaning
    [end_of_service_announcement] bericht over het einde van de levering
    [summons] sommatie
    [second_summons] tweede sommatie
    [notice_of_default] ingebrekestelling
   *[other] bericht
}, { $channel ->
    [email] per e-mail
    [sms] per sms
    [letter] per brief
   *[other] telefonisch
}
invoice_pay = Deze factuur betalen
invoice_dispute = Deze factuur klopt niet
invoice_promise = Ik betaal deze factuur op een andere dag
invoice_question = Ik heb een vraag over deze factuur

## Betalen

pay_title = Betalen
pay_all = Alles wat openstaat
pay_one = Factuur { $number }
pay_instalment = Termijn { $number } van uw betalingsregeling
pay_choose = Wat wilt u betalen?
pay_show = Toon dit bedrag
pay_online = Direct betalen
pay_online_text = U gaat naar de betaalpagina van { $provider }. Daarna komt u hier terug.
pay_with = Betalen met { $provider }
pay_go_title = Door naar de betaalpagina
pay_go_text = De betaling van { $amount } staat voor u klaar bij { $provider }.
pay_go = Ga naar { $provider }
pay_transfer = Zelf overmaken
pay_transfer_text = Maak het bedrag over met deze gegevens. Of scan de QR-code met de app van uw bank.
pay_payee = Op naam van
pay_iban = Rekeningnummer (IBAN)
pay_reference = Betalingskenmerk of omschrijving
pay_qr = QR-code om { $amount } over te maken
pay_nothing = Er is nu niets te betalen.
pay_refused = De betaling kon niet worden gestart. Probeer het later nog eens, of maak het bedrag zelf over.
paid_title = Bedankt
paid_text = Als uw betaling is gelukt, ziet u dat hier binnen een paar minuten. Is de betaling niet gelukt? Dan kunt u het opnieuw proberen.

## Een factuur klopt niet

dispute_title = Factuur { $number } klopt niet
dispute_lead = Vertel ons wat er niet klopt. Zolang wij ernaar kijken, herinneren wij u niet aan deze factuur.
dispute_reason = Wat is er aan de hand?
dispute_kind = { $kind ->
    [not_delivered] Ik heb niet gekregen wat op de factuur staat
    [complaint] Ik heb een klacht over wat ik heb gekregen
    [error_on_invoice] Er staat een fout op de factuur
    [already_paid] Ik heb al betaald
   *[other] Iets anders
}
dispute_text = Uw uitleg
dispute_text_hint = Schrijf op wat er niet klopt, en over welk bedrag het gaat.
dispute_file = Bewijs, zoals een betaalbewijs of foto (hoeft niet)
dispute_file_hint = Een PDF of foto (PNG of JPEG) van ten hoogste 3 MB.
dispute_send = Versturen

## Vragen en antwoorden

messages_title = Vragen en antwoorden
messages_earlier = Eerdere berichten
messages_none = Er zijn nog geen berichten. Stel hierboven uw vraag.
message_about = Over factuur { $number }
message_text = Uw vraag of bericht
message_file = Bijlage (hoeft niet)
message_from_you = U schreef op { $date }
message_from_us = { $creditor } schreef op { $date }
message_new = Nieuw
message_attachment = Bijlage { $number } downloaden ({ $kind }, { $size } kB)

## Op een andere dag betalen

promise_title = Op een andere dag betalen
promise_lead = Kies de dag waarop u uiterlijk betaalt. Tot die dag sturen wij geen herinneringen over { $about ->
    [one] deze factuur
   *[all] deze facturen
}.
promise_total = Het gaat om { $amount }.
promise_day = Ik betaal uiterlijk op
promise_day_hint = Uiterlijk { $date }.
promise_send = Dat beloof ik
promise_none = Er is nu geen factuur waarvoor u dit kunt afspreken.

## Betalingsregeling

plan_title = In termijnen betalen
plan_lead = U kunt { $total } in termijnen betalen. Kies hoe. U ziet eerst wat u per keer betaalt.
plan_limits = Dit kan bij ons:
plan_limit = { $every ->
    [week] Per week
   *[month] Per maand
}, ten hoogste { $count } termijnen van ten minste { $minimum }. De eerste termijn binnen { $days } dagen. { $automatic ->
    [yes] U weet meteen of het kan.
   *[no] Wij laten u weten of het kan.
}
plan_count = Aantal termijnen
plan_every = Hoe vaak?
plan_every_week = Elke week
plan_every_month = Elke maand
plan_first = Eerste termijn betalen op
plan_preview = Laat zien wat ik betaal
plan_preview_heading = Zo ziet uw regeling eruit
plan_day = Dag
plan_automatic = Deze regeling kan meteen.
plan_by_desk = Wij kijken of deze regeling kan. U hoort dat voor { $date }.
plan_ask = Deze regeling afspreken
plan_none = Voor wat er nu openstaat kunt u hier geen regeling vragen. Bel ons, dan kijken wij samen wat kan.
plan_exists = U heeft al een betalingsregeling, of er een gevraagd.

## Automatisch afschrijven

mandate_title = Automatisch laten afschrijven
mandate_lead = Met een machtiging schrijven wij uw facturen vanzelf af. Wij laten u vooraf weten wanneer. U kunt de machtiging op elk moment intrekken.
mandate_current = U heeft ons gemachtigd. Wij schrijven af van de rekening die eindigt op { $ending }. Kenmerk van de machtiging: { $reference }.
mandate_withdraw = Machtiging intrekken
mandate_withdraw_text = Daarna betaalt u uw facturen zelf. Wat al bij de bank is, wordt nog afgeschreven. Dat kunt u bij uw bank tot 8 weken terughalen.
mandate_iban = Uw rekeningnummer (IBAN)
mandate_holder = Naam van de rekeninghouder
mandate_agree = Ik geef { $creditor } (incassant-ID { $id }) toestemming om doorlopend bedragen van mijn rekening af te schrijven, en mijn bank om dat te doen. Ben ik het niet eens met een afschrijving? Dan kan ik die binnen 8 weken bij mijn bank terughalen.
mandate_give = Machtigen
mandate_none = Automatisch afschrijven is bij { $creditor } niet mogelijk.

## Gegevens

details_title = Uw gegevens
details_lead = Hiermee bereiken wij u.
details_email = E-mailadres
details_mobile = Mobiel nummer
details_phone = Ander telefoonnummer
details_language = In welke taal schrijven wij u?
details_save = Opslaan
details_address = Is uw adres veranderd? Bel of mail ons.

## Doorgeven aan de gemeente

municipality_title = Doorgeven aan uw gemeente
municipality_lead = Heeft u een tijd niet betaald? Dan mogen wij dat aan uw gemeente laten weten. De gemeente biedt u dan gratis hulp aan bij geldzorgen. Niemand hoeft die hulp aan te nemen.
municipality_data = Wij geven dan door: uw naam, adres, geboortedatum, telefoonnummer, e-mailadres, klantnummer en het bedrag dat openstaat.
municipality_on = U heeft geen bezwaar gemaakt.
municipality_off = U heeft bezwaar gemaakt.
municipality_effect = { $effect ->
    [blocks] Maakt u bezwaar? Dan geven wij uw gegevens niet door aan de gemeente.
   *[asks] Maakt u bezwaar? Dan geven wij uw gegevens niet door als u achter bent met betalen. Dreigt de levering te stoppen? Dan beslist een medewerker of de gemeente het toch moet weten.
}
municipality_neutral = Uw keuze verandert niets aan wat u moet betalen, en ook niet aan hoe wij u herinneren.
municipality_object = Ik maak bezwaar
municipality_withdraw = Ik trek mijn bezwaar in
municipality_not = { $creditor } geeft geen gegevens door aan gemeenten.

## Hulp

help_title = Hulp bij geldzorgen
help_town = U woont in { $town }. Zoek op de website van uw gemeente naar "schuldhulpverlening", of bel de gemeente.
help_creditor = Praat ook met ons. Samen kijken wij wat u wel kunt betalen.

## Problemen bij velden

problem = { $code ->
    [required] Vul dit in.
    [not_an_email] Dit is geen e-mailadres. Een voorbeeld: naam@voorbeeld.nl
    [not_a_phone_number] Dit is geen telefoonnummer. Een voorbeeld: 06 12345678
    [not_a_date] Dit is geen datum.
    [in_the_past] Kies vandaag of een latere dag.
    [too_late] Kies een eerdere dag.
    [too_long] Dit is te lang. Maak het korter.
    [not_an_iban] Dit is geen rekeningnummer. Kijk het nog eens na.
    [too_many_times] Hierover heeft u al vaker een belofte gedaan. Bel ons.
    [choose] Maak een keuze.
    [agree] Zet een vinkje als u akkoord gaat.
    [file_too_large] Dit bestand is te groot: ten hoogste 3 MB.
    [unknown_file] Dit bestand kunnen wij niet gebruiken. Stuur een PDF, PNG of JPEG.
    [outside_limits] Dit valt buiten wat bij ons kan. Kijk hierboven wat kan, of bel ons.
    [already] Dit heeft u al gedaan.
    [nothing_open] Hiervoor staat niets meer open.
    [too_many_unread] Wij hebben nog niet al uw berichten gelezen. Wacht op antwoord, of bel ons.
    [one_way] Vul ten minste een e-mailadres of mobiel nummer in.
   *[other] Dit kan zo niet.
}
