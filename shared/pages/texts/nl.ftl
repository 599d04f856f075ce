# Teksten voor debiteuren, taalniveau B1, met "u". Elke tekst staat op één regel of is een keuze.
# Of een tekst bestaat en met dezelfde gegevens in nl en en, bewaakt een test.

## Datums

date = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }

## Onderwerp: alleen de naam van de schuldeiser en het aantal facturen. Het is te zien op een vergrendeld scherm.

subject_message = Bericht van { $creditor }
subject_statement = Rekeningoverzicht van { $creditor }
subject_instalment = { $creditor }: over een paar dagen betaalt u uw termijn
subject_invoice_sending = { $count ->
    [one] Uw factuur van { $creditor }
   *[other] { $count } facturen van { $creditor }
}
subject_credit_note = { $count ->
    [one] Uw creditnota van { $creditor }
   *[other] { $count } creditnota's van { $creditor }
}
subject_pre_reminder = { $count ->
    [one] { $creditor }: uw factuur staat nog open
   *[other] { $creditor }: { $count } facturen staan nog open
}
subject_reminder = { $count ->
    [one] Herinnering van { $creditor }: uw factuur staat nog open
   *[other] Herinnering van { $creditor }: { $count } facturen staan nog open
}
subject_final_reminder = { $count ->
    [one] Laatste herinnering van { $creditor }: uw factuur staat nog open
   *[other] Laatste herinnering van { $creditor }: { $count } facturen staan nog open
}
subject_formal_notice = { $count ->
    [one] Aanmaning van { $creditor }: uw factuur staat nog open
   *[other] Aanmaning van { $creditor }: { $count } facturen staan nog open
}
subject_end_of_service = { $count ->
    [one] Belangrijk bericht van { $creditor }: uw factuur staat nog open
   *[other] Belangrijk bericht van { $creditor }: { $count } facturen staan nog open
}
subject_summons = { $count ->
    [one] Sommatie van { $creditor }: betaal uw factuur nu
   *[other] Sommatie van { $creditor }: betaal { $count } facturen nu
}
subject_second_summons = { $count ->
    [one] Tweede sommatie van { $creditor }: betaal uw factuur nu
   *[other] Tweede sommatie van { $creditor }: betaal { $count } facturen nu
}
subject_notice_of_default = { $count ->
    [one] Ingebrekestelling van { $creditor }: uw factuur is niet betaald
   *[other] Ingebrekestelling van { $creditor }: { $count } facturen zijn niet betaald
}
preheader = Lees hoe u kunt betalen en hoe wij u kunnen helpen.
nothing_to_pay = U hoeft niets te betalen

## Kop en aanhef

heading_message = Een bericht van { $creditor }
heading_statement = Uw rekeningoverzicht
heading_instalment = Uw termijn komt eraan
heading_invoice_sending = { $count ->
    [one] Uw factuur
   *[other] Uw facturen
}
heading_credit_note = { $count ->
    [one] Uw creditnota
   *[other] Uw creditnota's
}
heading_pre_reminder = { $count ->
    [one] Uw factuur staat nog open
   *[other] Uw facturen staan nog open
}
heading_reminder = { $count ->
    [one] Herinnering: betaalt u uw factuur?
   *[other] Herinnering: betaalt u uw facturen?
}
heading_final_reminder = Laatste herinnering
heading_formal_notice = Aanmaning
heading_formal_notice_costs = Aanmaning: betaal nu nog zonder extra kosten
heading_end_of_service = { $sector ->
    [energy] Wij zijn van plan de levering van energie te stoppen
    [heat] Wij zijn van plan de levering van warmte te stoppen
    [water] Wij zijn van plan de levering van drinkwater te stoppen
    [rent] Uw huurcontract is in gevaar
    [health] Wij zijn van plan u aan te melden bij het CAK
   *[other] Wij zijn van plan onze dienst te stoppen
}
heading_summons = Sommatie: betaal nu, of bel ons
heading_second_summons = Tweede sommatie: betaal nu, of bel ons
heading_notice_of_default = Ingebrekestelling: uw laatste kans om het met ons op te lossen
salutation_consumer = Beste { $name },
salutation_business = Geachte heer of mevrouw,

## Inleiding

message_about = Dit bericht gaat over factuur { $invoice }.
message_attachments = { $count ->
    [one] Bij deze e-mail zit een bijlage.
   *[other] Bij deze e-mail zitten { $count } bijlagen.
}
message_button = Ga naar uw pagina
message_answer = Wilt u antwoorden? Beantwoord dan deze e-mail, of kijk op uw pagina. De link laat geen gegevens van u zien.
intro_statement = { $count ->
    [one] In dit overzicht staat de factuur die bij ons nog openstaat. U ziet wat u vandaag nog moet betalen. Dit is geen herinnering.
   *[other] In dit overzicht staan alle { $count } facturen die bij ons nog openstaan. U ziet wat u vandaag nog moet betalen. Dit is geen herinnering.
}
intro_instalment = U heeft een betalingsregeling met ons. Termijn { $number } van { $of } komt eraan. Wilt u uiterlijk op { $date } { $amount } betalen?
instalment_trouble = Lukt het niet om deze termijn op tijd te betalen? Bel of mail ons dan vóór die dag. Samen zoeken wij een oplossing.
intro_invoice_sending = { $count ->
    [one] U krijgt van ons een factuur. Hieronder leest u om welk bedrag het gaat, en hoe u kunt betalen.
   *[other] U krijgt van ons { $count } facturen. Hieronder leest u om welke bedragen het gaat, en hoe u kunt betalen.
}
intro_nothing_to_pay = { $count ->
    [one] U krijgt van ons een factuur. U hoeft hiervoor niets te betalen. U krijgt de factuur voor uw administratie.
   *[other] U krijgt van ons { $count } facturen. U hoeft hiervoor niets te betalen. U krijgt de facturen voor uw administratie.
}
intro_credit_note = { $count ->
    [one] U krijgt van ons een creditnota. Dat betekent dat u geld van ons terugkrijgt, of dat wij het bedrag van uw facturen aftrekken. U hoeft niets te betalen.
   *[other] U krijgt van ons { $count } creditnota's. Dat betekent dat u geld van ons terugkrijgt, of dat wij de bedragen van uw facturen aftrekken. U hoeft niets te betalen.
}
intro_pre_reminder = { $count ->
    [one] U heeft nog één factuur bij ons openstaan. Wilt u deze op tijd betalen? Dan hoeven wij u geen herinnering te sturen.
   *[other] U heeft nog { $count } facturen bij ons openstaan. Wilt u deze op tijd betalen? Dan hoeven wij u geen herinnering te sturen.
}
intro_reminder = { $count ->
    [one] Wij hebben de betaling van uw factuur nog niet ontvangen. Misschien bent u het vergeten. Wilt u de factuur alsnog betalen?
   *[other] Wij hebben de betaling van { $count } facturen nog niet ontvangen. Misschien bent u het vergeten. Wilt u de facturen alsnog betalen?
}
intro_final_reminder = { $count ->
    [one] Wij hebben u eerder herinnerd aan een factuur. Die factuur is nog niet helemaal betaald. Dit is onze laatste herinnering. Wilt u nu betalen, of contact met ons opnemen?
   *[other] Wij hebben u eerder herinnerd aan facturen. Er staan nog { $count } facturen open. Dit is onze laatste herinnering. Wilt u nu betalen, of contact met ons opnemen?
}
intro_formal_notice = { $count ->
    [one] Er staat nog een factuur open. Wij hebben de betaling niet of niet helemaal ontvangen. Daarom krijgt u nu deze aanmaning.
   *[other] Er staan nog { $count } facturen open. Wij hebben de betaling niet of niet helemaal ontvangen. Daarom krijgt u nu deze aanmaning.
}
intro_end_of_service = { $count ->
    [one] U heeft meerdere berichten van ons gekregen. Toch is uw factuur nog niet helemaal betaald.
   *[other] U heeft meerdere berichten van ons gekregen. Toch staan er nog { $count } facturen open.
}

intro_summons = { $count ->
    [one] Wij hebben u herinnerd en aangemaand. Toch is uw factuur nog niet helemaal betaald. Wij vragen u dringend om nu te betalen.
   *[other] Wij hebben u herinnerd en aangemaand. Toch staan er nog { $count } facturen open. Wij vragen u dringend om nu te betalen.
}
intro_second_summons = { $count ->
    [one] Wij hebben u al een sommatie gestuurd. Toch is uw factuur nog niet helemaal betaald. Dit is de tweede sommatie. Wij vragen u dringend om nu te betalen.
   *[other] Wij hebben u al een sommatie gestuurd. Toch staan er nog { $count } facturen open. Dit is de tweede sommatie. Wij vragen u dringend om nu te betalen.
}
intro_notice_of_default = { $count ->
    [one] U heeft vaak een bericht van ons gekregen over uw factuur. De factuur is nog steeds niet helemaal betaald. U houdt zich niet aan wat wij hebben afgesproken.
   *[other] U heeft vaak een bericht van ons gekregen over uw facturen. Er staan nog steeds { $count } facturen open. U houdt zich niet aan wat wij hebben afgesproken.
}

## Wat er na een sommatie kan komen. Een ingebrekestelling zegt dat zij er een is (artikel 6:82 BW).

default_declared = Daarom stellen wij u in gebreke. U krijgt nog één keer de tijd om te betalen.
summons_follows = Betaalt u niet, en horen wij niets van u? Dan krijgt u nog een sommatie. Daarna kunnen wij een deurwaarder vragen om het bedrag te innen.
second_summons_follows = Betaalt u niet, en horen wij niets van u? Dan kunnen wij een deurwaarder vragen om het bedrag te innen. Dat kan u extra geld kosten.
notice_of_default_follows = Betaalt u niet op tijd, en horen wij niets van u? Dan kunnen wij een deurwaarder vragen om het bedrag te innen. De deurwaarder kan de rechter vragen om te beslissen. Dat kan u veel extra geld kosten.
collection_prevent = Dat willen wij graag voorkomen. Kunt u niet alles in één keer betalen? Bel of mail ons. Een betalingsregeling is nog steeds mogelijk.

## Aanmaning. De woorden over de termijn zijn die van HR 25 november 2016, ECLI:NL:HR:2016:2704: niet veranderen.

formal_term = { $medium ->
    [letter] binnen vijftien dagen nadat deze brief bij u is bezorgd
   *[mail] binnen vijftien dagen nadat deze e-mail bij u is bezorgd
}
formal_demand = { $medium ->
    [letter] Betaal { $principal } binnen vijftien dagen nadat deze brief bij u is bezorgd.
   *[mail] Betaal { $principal } binnen vijftien dagen nadat deze e-mail bij u is bezorgd.
}
formal_demand_part = { $medium ->
    [letter] Betaal { $principal } binnen vijftien dagen nadat deze brief bij u is bezorgd. Dit bedrag hoort bij de facturen waar in het overzicht "Aanmaning" bij staat.
   *[mail] Betaal { $principal } binnen vijftien dagen nadat deze e-mail bij u is bezorgd. Dit bedrag hoort bij de facturen waar in het overzicht "Aanmaning" bij staat.
}
formal_costs = Betaalt u niet binnen deze termijn? Dan moet u ook { $costs } incassokosten betalen. Samen is dat { $together }. De hoogte van deze kosten volgt uit de wet (artikel 6:96 van het Burgerlijk Wetboek).
formal_part_payment = Betaalt u binnen deze termijn een deel? Dan berekenen wij de kosten alleen over het deel dat daarna nog openstaat.
formal_no_costs = Wij brengen u voor deze aanmaning geen incassokosten in rekening.

## Aankondiging van het einde van de dienst

end_of_service_on = { $sector ->
    [energy] Daarom zijn wij van plan om de levering van energie te stoppen op { $date }.
    [heat] Daarom zijn wij van plan om de levering van warmte te stoppen op { $date }.
    [water] Daarom zijn wij van plan om de levering van drinkwater te stoppen op { $date }.
    [rent] Daarom zijn wij van plan om de rechter te vragen het huurcontract te beëindigen. Dat doen wij op { $date }.
    [health] Daarom zijn wij van plan om u aan te melden bij het CAK op { $date }. U betaalt dan een hogere premie aan het CAK.
   *[other] Daarom zijn wij van plan om onze dienst te stoppen op { $date }.
}
end_of_service_undated = { $sector ->
    [energy] Daarom zijn wij van plan om de levering van energie te stoppen. U hoort vooraf van ons op welke dag dat is.
    [heat] Daarom zijn wij van plan om de levering van warmte te stoppen. U hoort vooraf van ons op welke dag dat is.
    [water] Daarom zijn wij van plan om de levering van drinkwater te stoppen. U hoort vooraf van ons op welke dag dat is.
    [rent] Daarom zijn wij van plan om de rechter te vragen het huurcontract te beëindigen. U hoort vooraf van ons wanneer wij dat doen.
    [health] Daarom zijn wij van plan om u aan te melden bij het CAK. U betaalt dan een hogere premie aan het CAK. U hoort vooraf van ons wanneer wij dat doen.
   *[other] Daarom zijn wij van plan om onze dienst te stoppen. U hoort vooraf van ons op welke dag dat is.
}
end_of_service_prevent = Wij willen dit graag samen met u voorkomen. Betaal daarom op tijd, of neem meteen contact met ons op.
label_end_of_service = { $sector ->
    [rent] Naar de rechter op
    [health] Aanmelding CAK op
    [other] Einde dienst op
   *[energy] Einde levering op
}

## Samenvatting en knop

label_total = Nog te betalen
label_pay_before = Betaal vóór
label_pay_by = Betaal uiterlijk op
label_pay_within = Betaal
button = Bekijk wat u kunt doen
portal_note = Op deze pagina leest u wat u kunt doen. De link laat geen gegevens van u zien.
portal_note_letter = Kijk op deze pagina wat u kunt doen. Daar heeft u de code voor nodig. Houd de code voor uzelf.
attached = { $count ->
    [one] Bij deze e-mail zit een bijlage.
   *[other] Bij deze e-mail zitten { $count } bijlagen.
}
label_code = Uw code
label_date = Datum
label_customer = Klantnummer

## Overzicht van de facturen

specification_heading = { $count ->
    [one] Dit is de factuur
   *[other] Dit zijn de { $count } facturen
}
specification_heading_instalment = Dit is de termijn
specification_heading_both = Dit staat open
row_instalment = Termijn { $number } van { $of }
row_instalment_of_plan = van uw betalingsregeling
column_invoice = Factuur
column_due = Vervaldatum
column_open = Nog te betalen
label_invoice_total = Factuurbedrag
item_issued = van { $date }
item_late = { $days ->
    [one] { $days } dag te laat
   *[other] { $days } dagen te laat
}
item_due_today = vandaag
item_due_in = { $days ->
    [one] nog { $days } dag
   *[other] nog { $days } dagen
}
item_of_total = van { $total }
row_principal = Hoofdsom
row_costs = Incassokosten
row_interest = Rente tot en met vandaag
row_credit = Tegoed dat wij verrekenen
row_total = Totaal te betalen
step_name = { $step ->
    [invoice_sending] Factuur
    [pre_reminder] Vooraankondiging
    [reminder] Herinnering
    [final_reminder] Laatste herinnering
    [formal_notice] Aanmaning
    [summons] Sommatie
    [second_summons] Tweede sommatie
    [notice_of_default] Ingebrekestelling
   *[end_of_service] Aankondiging
}

## Overschrijven

transfer_heading = Betalen met een overschrijving
transfer_intro = Maak het bedrag over met deze gegevens:
label_payee = Op naam van
label_iban = IBAN
label_bic = BIC
label_amount = Bedrag
label_reference = Betalingskenmerk
reference_advice = { $count ->
    [one] Zet het factuurnummer in de omschrijving. Dan weten wij dat de betaling van u is.
   *[other] Zet de factuurnummers in de omschrijving. Dan weten wij dat de betaling van u is.
}
qr_caption = Of scan deze code met de app van uw bank.
qr_alt = QR-code om { $total } over te maken met de app van uw bank. De gegevens staan ook hierboven.
already_paid = Heeft u al betaald? Dan hoeft u niets te doen.

## Contact

plan_heading = Uw betalingsregeling
plan_runs = U heeft een betalingsregeling met ons. Nu is termijn { $number } van { $of } aan de beurt: betaal uiterlijk op { $date } { $amount }.
plan_enough = Betaalt u elke termijn op tijd? Dan hoeft u het bedrag van de regeling nu niet in één keer te betalen.

contact_heading = Liever even praten?
contact_invite = Wij spreken u graag persoonlijk. Bel ons, of laat ons u bellen.
contact_call_back = Wilt u dat wij u bellen? Stuur ons dan een e-mail met uw telefoonnummer en een tijd die u goed uitkomt.
contact_arrangement = Kunt u niet alles in één keer betalen? Vertel het ons. Samen zoeken wij naar een betalingsregeling die bij u past.
questions_heading = Heeft u een vraag?
questions_intro = Bel of mail ons. Wij helpen u graag.
dispute = Bent u het niet eens met een factuur? Laat het ons weten via de pagina hierboven, of bel of mail ons.
label_phone = Telefoon
label_hours = Bereikbaar
label_email = E-mail
label_website = Website

## Hulp bij geldzorgen

help_heading = Heeft u geldzorgen?
help_intro = U bent niet de enige. Wacht niet te lang en vraag om hulp. Dat is gratis.
help_municipality = Uw gemeente helpt u bij schulden. Bel de gemeente en vraag naar schuldhulpverlening.
help_geldfit = Of praat met Geldfit, de landelijke hulplijn voor geldvragen. Dat kan ook zonder uw naam te noemen.
label_geldfit_phone = Geldfit, gratis bellen
label_geldfit_website = Geldfit, website

## Aanbod om gegevens door te geven aan de gemeente (Stcrt 2021, 45719 art. 1.2; Stb. 2020, 240 art. 2)

municipality_heading = Mogen wij uw gemeente vragen om u te helpen?
municipality_offer = Wij bieden aan om uw contactgegevens door te geven aan uw gemeente. De gemeente kan dan contact met u opnemen om te helpen met uw geldzorgen. Die hulp is gratis.
municipality_data = Wij geven dan door: uw naam, adres, geboortedatum, telefoonnummer, e-mailadres, klantnummer en het bedrag dat openstaat.
municipality_object = Wilt u dit niet? Dan kunt u bezwaar maken. Dat kan op elk moment:
label_object_portal = Via deze pagina
object_portal = uw pagina
label_object_phone = Bel ons

## Gezondheid (energie, warmte en water)

health_heading = Is stoppen gevaarlijk voor uw gezondheid?
health_text = { $sector ->
    [energy] Kan iemand in uw huis door zijn of haar gezondheid niet zonder energie? Laat het ons meteen weten. Met een verklaring van een arts houden wij daar rekening mee.
    [heat] Kan iemand in uw huis door zijn of haar gezondheid niet zonder warmte? Laat het ons meteen weten. Met een verklaring van een arts houden wij daar rekening mee.
   *[water] Kan iemand in uw huis door zijn of haar gezondheid niet zonder drinkwater? Laat het ons meteen weten. Met een verklaring van een arts houden wij daar rekening mee.
}

## Afsluiting

closing = Met vriendelijke groet,

## Dossier voor een deurwaarder. Niet in B1: wie het leest, is jurist.

dossier_title = Dossier van zaak { $case }
dossier_heading = { $part ->
    [parties] Partijen
    [creditor] Schuldeiser
    [debtor] Schuldenaar
    [claim] Vordering per { $date }
    [payments] Betalingen
    [notices] Brieven en berichten
    [messages] Berichten over en weer
    [plans] Betalingsregelingen
    [disputes] Betwistingen en toezeggingen
    [signals] Meldingen vroegsignalering
   *[timeline] Verloop
}
dossier_invoice = Factuur { $number }
dossier_instalments = Regeling { $number }
dossier_none = Geen.
dossier_claim_intro = Hoofdsom, kosten en rente zijn gerekend tot en met { $date }.
dossier_per_day = Elke dag daarna komt er { $amount } rente bij, zolang niets wordt betaald en het rentepercentage gelijk blijft.
dossier_no_interest = Er wordt geen rente gevorderd.
dossier_signals_intro = Wat de gemeente heeft teruggemeld, hoort niet bij de vordering en staat hier niet.
dossier_timeline_intro = Vanaf { $date }. Niet opgenomen: wat binnen de organisatie van de schuldeiser bleef en wat gemeenten meldden.
dossier_footer = { $creditor } · dossier van zaak { $case } · { $date }
dossier_label = { $label ->
    [as_of] Stand per
    [case] Zaak
    [made_for] Opgemaakt voor
    [number] Nummer
    [name] Naam
    [address] Adres
    [born] Geboortedatum
    [kvk] KvK-nummer
    [vat] Btw-nummer
    [email] E-mail
    [phone] Telefoon
    [iban] IBAN
    [issued] Factuurdatum
    [due] Vervaldatum
    [total] Factuurbedrag
    [reference] Betalingskenmerk
    [formal_notice] Aanmaning bezorgd op
    [claimed_since] Kosten en rente gevorderd vanaf
    [documents] Bestanden
    [invoice] Factuur
    [principal] Hoofdsom
    [costs] Kosten
    [interest] Rente
    [sum] Samen
    [credit] Tegoed van de schuldenaar
    [balance] Te vorderen
    [day] Datum
    [what] Wat
    [amount] Bedrag
    [from] Van
    [through] Tot en met
    [days] Dagen
    [percent] Procent per jaar
    [over] Over
    [kind] Soort
    [channel] Weg
    [to] Aan
    [sent] Verstuurd
    [fared] Bezorging
    [proof] Kenmerk van de verzender
    [file] Bestand
    [paid] Betaald
    [state] Stand
    [municipality] Gemeente
   *[moment] Tijdstip
}
dossier_word = { $word ->
    [payment] Betaling
    [reversal] Teruggeboekt
    [settlement] Verrekening
    [write_off] Afgeboekt
    [reduction] Vermindering
    [charge] Incassokosten
    [claimed] Vordering van kosten en rente
    [email] E-mail
    [sms] Sms
    [letter] Brief
    [phone] Telefoon
    [instalment] Herinnering aan termijn
    [sent] Verstuurd
    [delivered] Bezorgd
    [bounced] Niet bezorgd
    [complained] Bezorgd, als ongewenst gemeld
    [failed] Niet verstuurd
    [unknown] Niet bekend
    [proposed] Voorgesteld
    [active] Loopt
    [rejected] Afgewezen
    [finished] Nagekomen
    [broken] Niet nagekomen
    [ended] Beëindigd
    [from_debtor] Van de schuldenaar
    [from_creditor] Van de schuldeiser
    [desk_message] Bericht
    [statement] Overzicht van wat openstaat
    [dispute] Betwisting
    [promise] Toezegging
    [open] Open
    [kept] Nagekomen
    [withdrawn] Ingetrokken
    [awaiting_credit] Creditnota verwacht
    [settled] Afgehandeld
    [early] Vroegsignaal
    [crisis] Crisissignaal
   *[not_kept] niet bewaard
}
dossier_entry = { $event ->
    [DebtorCreated] Schuldenaar bekend geworden
    [DebtorChanged] Gegevens van de schuldenaar gewijzigd
    [InvoiceReceived] Factuur { $what } opgenomen, te betalen { $amount } vóór of op { $day }
    [InvoiceChanged] Factuur { $what } gewijzigd, open { $amount }
    [InvoiceDeleted] Factuur { $what } verwijderd door de administratie
    [DocumentAdded] Bestand bij factuur { $what } gevoegd
    [DocumentRemoved] Bestand bij factuur { $what } weggehaald
    [InvoicesClosed] Niets meer open op { $what }
    [InvoiceReopened] Factuur { $what } weer open: { $amount }
    [CreditNoteApplied] Creditnota verrekend met { $what }: { $amount }
    [PaymentReceived] Geboekt: { $kind } van { $amount } op { $what }
    [PaymentChanged] Boeking gewijzigd: { $kind } van { $amount } op { $what }
    [PaymentUnbooked] Boeking ongedaan gemaakt: { $kind } van { $amount } op { $what }
    [PaymentDeleted] Boeking verwijderd: { $kind } van { $amount } op { $what }
    [CaseOpened] Zaak { $what } geopend
    [CaseSettled] Zaak { $what } afgesloten: niets meer open
    [CaseHandedOver] Zaak { $what } overgedragen aan de deurwaarder
    [CaseTakenBack] Zaak { $what } teruggenomen van de deurwaarder
    [HoldPlaced] Opvolging gepauzeerd
    [HoldLifted] Pauze van de opvolging opgeheven
    [HoldEnded] Pauze van de opvolging afgelopen
    [StepSkipped] Stap overgeslagen bij { $what }: { $kind }
    [StepTaken] Stap gezet bij { $what }: { $kind }
    [StepsReset] Opvolging van { $what } opnieuw begonnen
    [StepRescheduled] Volgende stap van { $what } gezet op { $day }
    [CostsCharged] Incassokosten van { $amount } in rekening gebracht over { $what }
    [PlanProposed] Betalingsregeling voorgesteld over { $amount } voor { $what }
    [PlanApproved] Betalingsregeling ingegaan
    [PlanRejected] Betalingsregeling afgewezen
    [InstalmentPaid] Termijn { $what } van de betalingsregeling betaald
    [PlanFinished] Betalingsregeling nagekomen
    [PlanBroken] Betalingsregeling niet nagekomen: termijn { $what } niet betaald
    [PlanEnded] Betalingsregeling beëindigd
    [DisputeOpened] Factuur { $what } betwist
    [DisputeDecided] Beslist over de betwisting van { $what }
    [DisputeSettled] Betwisting van { $what } afgehandeld
    [PromiseMade] Toegezegd: { $amount } uiterlijk op { $day }, voor { $what }
    [PromiseKept] Toezegging nagekomen
    [PromiseBroken] Toezegging niet nagekomen
    [PromiseWithdrawn] Toezegging ingetrokken
    [MandateGiven] Machtiging voor incasso gegeven
    [MandateAmended] Machtiging voor incasso gewijzigd
    [MandateWithdrawn] Machtiging voor incasso ingetrokken
    [MandateEnded] Machtiging voor incasso niet meer bruikbaar
    [DebitAnnounced] Incasso van { $amount } aangekondigd voor { $day }: { $what }
    [DebitBatched] Incasso van { $amount } aangeboden voor { $day }: { $what }
    [DebitCollected] Incasso geslaagd: { $what }
    [DebitReturned] Incasso van { $amount } gestorneerd: { $what }
    [DebitCancelled] Incasso niet uitgevoerd: { $what }
    [MessageReceived] Bericht van de schuldenaar ontvangen
    [MessageSent] Bericht aan de schuldenaar geschreven
    [NoticeSent] Verstuurd: { $kind } ({ $notice }) van { $amount } over { $what }
    [NoticePosted] Brief ({ $notice }) bij de post sinds { $day }
    [CallMade] Gebeld ({ $notice }): { $what ->
        [promised] betaling toegezegd
        [spoke] gesproken
        [disputes] gesproken, factuur betwist
        [not_reached] niet bereikt
        [wrong_number] nummer niet van de schuldenaar
       *[asks_no_calls] wil niet gebeld worden
    }
    [NoticeDelivered] Bericht ({ $notice }) bezorgd, volgens de bezorger
    [NoticeBounced] Bericht ({ $notice }) niet bezorgd, volgens de bezorger
    [NoticeComplained] Bericht ({ $notice }) door de ontvanger als ongewenst gemeld
    [NoticeUnknown] Van bericht ({ $notice }) is niet bekend of het is verstuurd
    [NoticeFailed] Bericht ({ $notice }) niet verstuurd
    [SignalSent] Melding vroegsignalering gedaan aan gemeente { $what }
    [SignalUpdated] Melding vroegsignalering bijgewerkt: { $amount }
    [SignalWithdrawn] Melding vroegsignalering ingetrokken
    [PaymentRequested] Betaalverzoek van { $amount } aangemaakt
    [PaymentRequestPaid] Betaalverzoek betaald: { $amount }
    [PaymentTakenBack] Betaling teruggehaald: { $amount }
   *[PaymentGivenBack] Teruggehaalde betaling weer ontvangen: { $amount }
}

## Sms: hoogstens twee delen, met de tekens die elke telefoon kent. Geen naam van de debiteur: een scherm laat hem zien.

sms_instalment = { $creditor }: wilt u uiterlijk op { $date } uw termijn van { $amount } betalen?
sms_invoice_sending = { $creditor }: u krijgt een factuur. Te betalen: { $amount }.
sms_nothing_to_pay = { $creditor }: er is een factuur of creditnota voor u. U hoeft niets te betalen.
sms_pre_reminder = { $creditor }: er staat nog { $amount } open. Wilt u op tijd betalen?
sms_reminder = Herinnering van { $creditor }: er staat nog { $amount } open. Wilt u dit betalen?
sms_final_reminder = Laatste herinnering van { $creditor }: er staat nog { $amount } open. Betaal nu, of bel ons.
sms_summons = Sommatie van { $creditor }: betaal nu { $amount }.
sms_second_summons = Tweede sommatie van { $creditor }: betaal nu { $amount }.
sms_open = { $step } van { $creditor }: te betalen { $amount }.
sms_claimed = Hoofdsom { $principal }, rente { $interest }, kosten { $costs }.
sms_transfer = Maak over op { $iban }, kenmerk { $reference }.
sms_link = Meer: { $url }
sms_contact = Lukt dat niet? Bel { $phone }. Wij bellen ook terug. Een regeling kan.
sms_questions = Vragen? Bel { $phone }.
sms_help = Geldzorgen? Geldfit helpt gratis: { $phone }.
sms_paid = Al betaald? Dan hoeft u niets te doen.

## Telefoon: wat wie belt zegt. Over een rekening pas als duidelijk is wie er spreekt.

call_greeting = Goedendag, u spreekt met { $creditor }. Spreek ik met { $name }?
call_identity = Voor wie belt: vraag eerst naar het debiteurnummer of de geboortedatum. Is het iemand anders? Vraag dan alleen wanneer terugbellen kan, en zeg niets over een rekening.
call_about = Ik bel u omdat er nog { $amount } openstaat.
call_nothing_to_pay = Ik bel u over een factuur of creditnota. U hoeft niets te betalen.
call_invoice = Factuur { $number }: { $amount }, te betalen op { $date }.
call_more = { $count ->
    [one] En nog één factuur.
   *[other] En nog { $count } facturen.
}
call_instalment = Een termijn van uw betalingsregeling: { $amount }, te betalen op { $date }.
call_claimed = Daarin zit { $interest } rente en { $costs } kosten.
call_question = Kunt u dit voor { $date } betalen?
call_arrangement = Lukt dat niet in één keer? Dan kunnen wij een betalingsregeling afspreken.
call_help = Heeft u geldzorgen? Geldfit helpt gratis: { $phone }.
call_closing = Dank u wel voor het gesprek. U kunt ons bellen op { $phone }.

## Elke pagina

page_skip = Ga naar de inhoud
page_language = Taal

## Mail aan de schuldeiser: een webhook staat uit

webhook_subject = Webhook { $webhook } staat uit
webhook_failing = Webhook { $webhook } is uitgezet: de ontvanger was drie dagen lang niet bereikbaar, of nam berichten niet aan.
webhook_gone = Webhook { $webhook } is uitgezet: de ontvanger antwoordde dat hij niet meer bestaat (410).
webhook_waits = Er gaan geen berichten meer naar toe. Wat er ondertussen gebeurt, blijft 30 dagen bewaard en wordt alsnog in volgorde bezorgd.
webhook_enable = Herstel de ontvanger en zet de webhook weer aan met POST /v1/webhooks/{ $webhook }/enable. Wat er misging, staat onder /v1/webhooks/{ $webhook }/deliveries.
