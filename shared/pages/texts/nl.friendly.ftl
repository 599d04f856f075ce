# Wat met "je" anders klinkt dan in nl.ftl. Wat hier niet staat, is in beide tonen gelijk. Wat gevolgen heeft in de wet
# (aanmaning, einde van de dienst, sommatie, ingebrekestelling) staat hier niet: dat blijft "u".
# Dat niets met "u" hier ontbreekt, bewaakt een test.

## Onderwerp

subject_instalment = { $creditor }: over een paar dagen betaal je je termijn
subject_invoice_sending = { $count ->
    [one] Je factuur van { $creditor }
   *[other] { $count } facturen van { $creditor }
}
subject_credit_note = { $count ->
    [one] Je creditnota van { $creditor }
   *[other] { $count } creditnota's van { $creditor }
}
subject_pre_reminder = { $count ->
    [one] { $creditor }: je factuur staat nog open
   *[other] { $creditor }: { $count } facturen staan nog open
}
subject_reminder = { $count ->
    [one] Herinnering van { $creditor }: je factuur staat nog open
   *[other] Herinnering van { $creditor }: { $count } facturen staan nog open
}
subject_final_reminder = { $count ->
    [one] Laatste herinnering van { $creditor }: je factuur staat nog open
   *[other] Laatste herinnering van { $creditor }: { $count } facturen staan nog open
}
preheader = Lees hoe je kunt betalen en hoe wij je kunnen helpen.
nothing_to_pay = Je hoeft niets te betalen

## Kop en aanhef

heading_statement = Je rekeningoverzicht
heading_instalment = Je termijn komt eraan
heading_invoice_sending = { $count ->
    [one] Je factuur
   *[other] Je facturen
}
heading_credit_note = { $count ->
    [one] Je creditnota
   *[other] Je creditnota's
}
heading_pre_reminder = { $count ->
    [one] Je factuur staat nog open
   *[other] Je facturen staan nog open
}
heading_reminder = { $count ->
    [one] Herinnering: betaal je je factuur?
   *[other] Herinnering: betaal je je facturen?
}
salutation_business = Beste heer of mevrouw,

## Inleiding

message_button = Ga naar je pagina
message_answer = Wil je antwoorden? Beantwoord dan deze e-mail, of kijk op je pagina. De link laat geen gegevens van je zien.
intro_statement = { $count ->
    [one] In dit overzicht staat de factuur die bij ons nog openstaat. Je ziet wat je vandaag nog moet betalen. Dit is geen herinnering.
   *[other] In dit overzicht staan alle { $count } facturen die bij ons nog openstaan. Je ziet wat je vandaag nog moet betalen. Dit is geen herinnering.
}
intro_instalment = Je hebt een betalingsregeling met ons. Termijn { $number } van { $of } komt eraan. Wil je uiterlijk op { $date } { $amount } betalen?
intro_invoice_sending = { $count ->
    [one] Je krijgt van ons een factuur. Hieronder lees je om welk bedrag het gaat, en hoe je kunt betalen.
   *[other] Je krijgt van ons { $count } facturen. Hieronder lees je om welke bedragen het gaat, en hoe je kunt betalen.
}
intro_nothing_to_pay = { $count ->
    [one] Je krijgt van ons een factuur. Je hoeft hiervoor niets te betalen. Je krijgt de factuur voor je administratie.
   *[other] Je krijgt van ons { $count } facturen. Je hoeft hiervoor niets te betalen. Je krijgt de facturen voor je administratie.
}
intro_credit_note = { $count ->
    [one] Je krijgt van ons een creditnota. Dat betekent dat je geld van ons terugkrijgt, of dat wij het bedrag van je facturen aftrekken. Je hoeft niets te betalen.
   *[other] Je krijgt van ons { $count } creditnota's. Dat betekent dat je geld van ons terugkrijgt, of dat wij de bedragen van je facturen aftrekken. Je hoeft niets te betalen.
}
intro_pre_reminder = { $count ->
    [one] Je hebt nog één factuur bij ons openstaan. Wil je deze op tijd betalen? Dan hoeven wij je geen herinnering te sturen.
   *[other] Je hebt nog { $count } facturen bij ons openstaan. Wil je deze op tijd betalen? Dan hoeven wij je geen herinnering te sturen.
}
intro_reminder = { $count ->
    [one] Wij hebben de betaling van je factuur nog niet ontvangen. Misschien ben je het vergeten: dat kan gebeuren. Wil je de factuur alsnog betalen?
   *[other] Wij hebben de betaling van { $count } facturen nog niet ontvangen. Misschien ben je het vergeten: dat kan gebeuren. Wil je de facturen alsnog betalen?
}
intro_final_reminder = { $count ->
    [one] Wij hebben je eerder herinnerd aan een factuur. Die factuur is nog niet helemaal betaald. Dit is onze laatste herinnering. Wil je nu betalen, of contact met ons opnemen?
   *[other] Wij hebben je eerder herinnerd aan facturen. Er staan nog { $count } facturen open. Dit is onze laatste herinnering. Wil je nu betalen, of contact met ons opnemen?
}

## Knop, overzicht en betalen

button = Bekijk wat je kunt doen
portal_note = Op deze pagina lees je wat je kunt doen. De link laat geen gegevens van je zien.
portal_note_letter = Kijk op deze pagina wat je kunt doen. Daar heb je de code voor nodig. Houd de code voor jezelf.
label_code = Je code
row_instalment_of_plan = van je betalingsregeling
reference_advice = { $count ->
    [one] Zet het factuurnummer in de omschrijving. Dan weten wij dat de betaling van jou is.
   *[other] Zet de factuurnummers in de omschrijving. Dan weten wij dat de betaling van jou is.
}
qr_caption = Of scan deze code met de app van je bank.
qr_alt = QR-code om { $total } over te maken met de app van je bank. De gegevens staan ook hierboven.
already_paid = Heb je al betaald? Dan hoef je niets te doen.

## Contact

plan_heading = Je betalingsregeling
plan_runs = Je hebt een betalingsregeling met ons. Nu is termijn { $number } van { $of } aan de beurt: betaal uiterlijk op { $date } { $amount }.
plan_enough = Betaal je elke termijn op tijd? Dan hoef je het bedrag van de regeling nu niet in één keer te betalen.

contact_invite = Wij spreken je graag persoonlijk. Bel ons, of laat ons jou bellen.
contact_call_back = Wil je dat wij je bellen? Stuur ons dan een e-mail met je telefoonnummer en een tijd die je goed uitkomt.
contact_arrangement = Kun je niet alles in één keer betalen? Vertel het ons. Samen zoeken wij naar een betalingsregeling die bij je past.
questions_heading = Heb je een vraag?
questions_intro = Bel of mail ons. Wij helpen je graag.
dispute = Ben je het niet eens met een factuur? Laat het ons weten via de pagina hierboven, of bel of mail ons.

## Hulp bij geldzorgen

help_heading = Heb je geldzorgen?
help_intro = Je bent niet de enige. Wacht niet te lang en vraag om hulp. Dat is gratis.
help_municipality = Je gemeente helpt je bij schulden. Bel de gemeente en vraag naar schuldhulpverlening.
help_geldfit = Of praat met Geldfit, de landelijke hulplijn voor geldvragen. Dat kan ook zonder je naam te noemen.

## Aanbod om gegevens door te geven aan de gemeente (Stcrt 2021, 45719 art. 1.2; Stb. 2020, 240 art. 2)

municipality_heading = Mogen wij je gemeente vragen om je te helpen?
municipality_offer = Wij bieden aan om je contactgegevens door te geven aan je gemeente. De gemeente kan dan contact met je opnemen om te helpen met je geldzorgen. Die hulp is gratis.
municipality_data = Wij geven dan door: je naam, adres, geboortedatum, telefoonnummer, e-mailadres, klantnummer en het bedrag dat openstaat.
municipality_object = Wil je dit niet? Dan kun je bezwaar maken. Dat kan op elk moment:
object_portal = je pagina

## Gezondheid (energie, warmte en water)

health_heading = Is stoppen gevaarlijk voor je gezondheid?
health_text = { $sector ->
    [energy] Kan iemand in je huis door zijn of haar gezondheid niet zonder energie? Laat het ons meteen weten. Met een verklaring van een arts houden wij daar rekening mee.
    [heat] Kan iemand in je huis door zijn of haar gezondheid niet zonder warmte? Laat het ons meteen weten. Met een verklaring van een arts houden wij daar rekening mee.
   *[water] Kan iemand in je huis door zijn of haar gezondheid niet zonder drinkwater? Laat het ons meteen weten. Met een verklaring van een arts houden wij daar rekening mee.
}

## Afsluiting

closing = Hartelijke groet,

## Sms

sms_instalment = { $creditor }: wil je uiterlijk op { $date } je termijn van { $amount } betalen?
sms_invoice_sending = { $creditor }: je krijgt een factuur. Te betalen: { $amount }.
sms_nothing_to_pay = { $creditor }: er is een factuur of creditnota voor je. Je hoeft niets te betalen.
sms_pre_reminder = { $creditor }: er staat nog { $amount } open. Wil je op tijd betalen?
sms_reminder = Herinnering van { $creditor }: er staat nog { $amount } open. Wil je dit betalen?
sms_paid = Al betaald? Dan hoef je niets te doen.
