# Texts for debtors, language level B1. Every text is one line or a choice.
# A test checks that each text exists in nl and en, with the same variables.

## Dates

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

## Subject: only the creditor's name and the number of invoices. It shows on a locked screen.

subject_message = Message from { $creditor }
subject_statement = Statement of account from { $creditor }
subject_instalment = { $creditor }: in a few days you pay your instalment
subject_invoice_sending = { $count ->
    [one] Your invoice from { $creditor }
   *[other] { $count } invoices from { $creditor }
}
subject_credit_note = { $count ->
    [one] Your credit note from { $creditor }
   *[other] { $count } credit notes from { $creditor }
}
subject_pre_reminder = { $count ->
    [one] { $creditor }: your invoice is still open
   *[other] { $creditor }: { $count } invoices are still open
}
subject_reminder = { $count ->
    [one] Reminder from { $creditor }: your invoice is still open
   *[other] Reminder from { $creditor }: { $count } invoices are still open
}
subject_final_reminder = { $count ->
    [one] Final reminder from { $creditor }: your invoice is still open
   *[other] Final reminder from { $creditor }: { $count } invoices are still open
}
subject_formal_notice = { $count ->
    [one] Formal notice from { $creditor }: your invoice is still open
   *[other] Formal notice from { $creditor }: { $count } invoices are still open
}
subject_end_of_service = { $count ->
    [one] Important message from { $creditor }: your invoice is still open
   *[other] Important message from { $creditor }: { $count } invoices are still open
}
subject_summons = { $count ->
    [one] Summons from { $creditor }: pay your invoice now
   *[other] Summons from { $creditor }: pay { $count } invoices now
}
subject_second_summons = { $count ->
    [one] Second summons from { $creditor }: pay your invoice now
   *[other] Second summons from { $creditor }: pay { $count } invoices now
}
subject_notice_of_default = { $count ->
    [one] Notice of default from { $creditor }: your invoice is not paid
   *[other] Notice of default from { $creditor }: { $count } invoices are not paid
}
preheader = Read how you can pay and how we can help you.
nothing_to_pay = You do not have to pay anything

## Heading and salutation

heading_message = A message from { $creditor }
heading_statement = Your statement of account
heading_instalment = Your instalment is coming up
heading_invoice_sending = { $count ->
    [one] Your invoice
   *[other] Your invoices
}
heading_credit_note = { $count ->
    [one] Your credit note
   *[other] Your credit notes
}
heading_pre_reminder = { $count ->
    [one] Your invoice is still open
   *[other] Your invoices are still open
}
heading_reminder = { $count ->
    [one] Reminder: will you pay your invoice?
   *[other] Reminder: will you pay your invoices?
}
heading_final_reminder = Final reminder
heading_formal_notice = Formal notice
heading_formal_notice_costs = Formal notice: pay now without extra costs
heading_end_of_service = { $sector ->
    [energy] We plan to stop your energy supply
    [heat] We plan to stop your heat supply
    [water] We plan to stop your water supply
    [rent] Your rental contract is at risk
    [health] We plan to register you with the CAK
   *[other] We plan to stop our service
}
heading_summons = Summons: pay now, or call us
heading_second_summons = Second summons: pay now, or call us
heading_notice_of_default = Notice of default: your last chance to solve this with us
salutation_consumer = Dear { $name },
salutation_business = Dear Sir or Madam,

## Introduction

message_about = This message is about invoice { $invoice }.
message_attachments = { $count ->
    [one] A file is attached to this e-mail.
   *[other] { $count } files are attached to this e-mail.
}
message_button = Go to your page
message_answer = Would you like to answer? Reply to this e-mail, or go to your page. The link does not show any of your data.
intro_statement = { $count ->
    [one] This statement shows the invoice that is still open with us. You see what is to be paid as of today. This is not a reminder.
   *[other] This statement shows all { $count } invoices that are still open with us. You see what is to be paid as of today. This is not a reminder.
}
intro_instalment = You have a payment plan with us. Instalment { $number } of { $of } is coming up. Will you pay { $amount } on { $date } at the latest?
instalment_trouble = Can you not pay this instalment on time? Call or e-mail us before that day. Together we look for a solution.
intro_invoice_sending = { $count ->
    [one] You receive an invoice from us. Below you read what the amount is, and how you can pay.
   *[other] You receive { $count } invoices from us. Below you read what the amounts are, and how you can pay.
}
intro_nothing_to_pay = { $count ->
    [one] You receive an invoice from us. You do not have to pay anything for it. It is for your records.
   *[other] You receive { $count } invoices from us. You do not have to pay anything for them. They are for your records.
}
intro_credit_note = { $count ->
    [one] You receive a credit note from us. It means that you get money back, or that we deduct the amount from your invoices. You do not have to pay anything.
   *[other] You receive { $count } credit notes from us. They mean that you get money back, or that we deduct the amounts from your invoices. You do not have to pay anything.
}
intro_pre_reminder = { $count ->
    [one] You still have one open invoice with us. Will you pay it on time? Then we do not have to send you a reminder.
   *[other] You still have { $count } open invoices with us. Will you pay them on time? Then we do not have to send you a reminder.
}
intro_reminder = { $count ->
    [one] We have not yet received the payment of your invoice. Perhaps you forgot. Will you still pay the invoice?
   *[other] We have not yet received the payment of { $count } invoices. Perhaps you forgot. Will you still pay the invoices?
}
intro_final_reminder = { $count ->
    [one] We reminded you of an invoice before. That invoice has not been paid in full. This is our final reminder. Will you pay now, or contact us?
   *[other] We reminded you of invoices before. There are still { $count } open invoices. This is our final reminder. Will you pay now, or contact us?
}
intro_formal_notice = { $count ->
    [one] An invoice is still open. We have not received the payment, or not all of it. That is why we now send you this formal notice.
   *[other] There are still { $count } open invoices. We have not received the payment, or not all of it. That is why we now send you this formal notice.
}
intro_end_of_service = { $count ->
    [one] You received several messages from us. Still, your invoice has not been paid in full.
   *[other] You received several messages from us. Still, there are { $count } open invoices.
}

intro_summons = { $count ->
    [one] We sent you reminders and a formal notice. Still, your invoice has not been paid in full. We urge you to pay now.
   *[other] We sent you reminders and a formal notice. Still, there are { $count } open invoices. We urge you to pay now.
}
intro_second_summons = { $count ->
    [one] We sent you a summons before. Still, your invoice has not been paid in full. This is the second summons. We urge you to pay now.
   *[other] We sent you a summons before. Still, there are { $count } open invoices. This is the second summons. We urge you to pay now.
}
intro_notice_of_default = { $count ->
    [one] You received many messages from us about your invoice. It still has not been paid in full. You do not keep to what we agreed.
   *[other] You received many messages from us about your invoices. There are still { $count } open invoices. You do not keep to what we agreed.
}

## What may follow a summons. A notice of default says that it is one (article 6:82 of the Dutch Civil Code).

default_declared = That is why we give you notice of default. You get one more chance to pay.
summons_follows = Do you not pay, and do we not hear from you? Then you get one more summons. After that we may ask a bailiff to collect the amount.
second_summons_follows = Do you not pay, and do we not hear from you? Then we may ask a bailiff to collect the amount. That may cost you extra money.
notice_of_default_follows = Do you not pay on time, and do we not hear from you? Then we may ask a bailiff to collect the amount. The bailiff may ask the court to decide. That may cost you a lot of extra money.
collection_prevent = We would like to prevent that. Can you not pay everything at once? Call or e-mail us. A payment plan is still possible.

## Formal notice. The words about the term follow HR 25 November 2016, ECLI:NL:HR:2016:2704: do not change them.

formal_term = { $medium ->
    [letter] within fifteen days after this letter was delivered to you
   *[mail] within fifteen days after this e-mail was delivered to you
}
formal_demand = { $medium ->
    [letter] Pay { $principal } within fifteen days after this letter was delivered to you.
   *[mail] Pay { $principal } within fifteen days after this e-mail was delivered to you.
}
formal_demand_part = { $medium ->
    [letter] Pay { $principal } within fifteen days after this letter was delivered to you. This amount belongs to the invoices that are marked "Formal notice" in the list.
   *[mail] Pay { $principal } within fifteen days after this e-mail was delivered to you. This amount belongs to the invoices that are marked "Formal notice" in the list.
}
formal_costs = Do you not pay within this term? Then you must also pay { $costs } in collection costs. Together that is { $together }. These costs are set by law (article 6:96 of the Dutch Civil Code).
formal_part_payment = Do you pay a part within this term? Then we calculate the costs only on the part that is still open after it.
formal_no_costs = We do not charge you any collection costs for this formal notice.

## Announcement of the end of service

end_of_service_on = { $sector ->
    [energy] That is why we plan to stop your energy supply on { $date }.
    [heat] That is why we plan to stop your heat supply on { $date }.
    [water] That is why we plan to stop your water supply on { $date }.
    [rent] That is why we plan to ask the court to end your rental contract. We will do that on { $date }.
    [health] That is why we plan to register you with the CAK on { $date }. You will then pay a higher premium to the CAK.
   *[other] That is why we plan to stop our service on { $date }.
}
end_of_service_undated = { $sector ->
    [energy] That is why we plan to stop your energy supply. We will tell you beforehand on which day.
    [heat] That is why we plan to stop your heat supply. We will tell you beforehand on which day.
    [water] That is why we plan to stop your water supply. We will tell you beforehand on which day.
    [rent] That is why we plan to ask the court to end your rental contract. We will tell you beforehand when we do that.
    [health] That is why we plan to register you with the CAK. You will then pay a higher premium to the CAK. We will tell you beforehand when we do that.
   *[other] That is why we plan to stop our service. We will tell you beforehand on which day.
}
end_of_service_prevent = We would like to prevent this together with you. So please pay on time, or contact us at once.
label_end_of_service = { $sector ->
    [rent] To the court on
    [health] CAK registration on
    [other] Service ends on
   *[energy] Supply ends on
}

## Summary and button

label_total = Still to pay
label_pay_before = Pay before
label_pay_by = Pay on or before
label_pay_within = Pay
button = See what you can do
portal_note = On this page you read what you can do. The link does not show any of your data.
portal_note_letter = See on this page what you can do. You need the code for it. Keep the code to yourself.
attached = { $count ->
    [one] There is one document attached to this e-mail.
   *[other] There are { $count } documents attached to this e-mail.
}
label_code = Your code
label_date = Date
label_customer = Customer number

## List of the invoices

specification_heading = { $count ->
    [one] This is the invoice
   *[other] These are the { $count } invoices
}
specification_heading_instalment = This is the instalment
specification_heading_both = This is open
row_instalment = Instalment { $number } of { $of }
row_instalment_of_plan = of your payment plan
column_invoice = Invoice
column_due = Due date
column_open = Still to pay
label_invoice_total = Invoice amount
item_issued = of { $date }
item_late = { $days ->
    [one] { $days } day late
   *[other] { $days } days late
}
item_due_today = today
item_due_in = { $days ->
    [one] { $days } day left
   *[other] { $days } days left
}
item_of_total = of { $total }
row_principal = Principal
row_costs = Collection costs
row_interest = Interest up to and including today
row_credit = Credit that we deduct
row_total = Total to pay
step_name = { $step ->
    [invoice_sending] Invoice
    [pre_reminder] Advance notice
    [reminder] Reminder
    [final_reminder] Final reminder
    [formal_notice] Formal notice
    [summons] Summons
    [second_summons] Second summons
    [notice_of_default] Notice of default
   *[end_of_service] Announcement
}

## Bank transfer

transfer_heading = Pay by bank transfer
transfer_intro = Transfer the amount with these details:
label_payee = To
label_iban = IBAN
label_bic = BIC
label_amount = Amount
label_reference = Payment reference
reference_advice = { $count ->
    [one] Put the invoice number in the description. Then we know that the payment is yours.
   *[other] Put the invoice numbers in the description. Then we know that the payment is yours.
}
qr_caption = Or scan this code with your bank's app.
qr_alt = QR code to transfer { $total } with your bank's app. The details are also listed above.
already_paid = Have you already paid? Then you do not have to do anything.

## Contact

plan_heading = Your payment plan
plan_runs = You have a payment plan with us. Now it is the turn of instalment { $number } of { $of }: pay { $amount } by { $date }.
plan_enough = Do you pay each instalment on time? Then you do not have to pay the amount of the plan at once.

contact_heading = Would you rather talk?
contact_invite = We would like to speak to you in person. Call us, or let us call you.
contact_call_back = Would you like us to call you? Send us an e-mail with your phone number and a time that suits you.
contact_arrangement = Can you not pay everything at once? Tell us. Together we look for a payment plan that suits you.
questions_heading = Do you have a question?
questions_intro = Call or e-mail us. We are happy to help.
dispute = Do you not agree with an invoice? Tell us through the page above, or call or e-mail us.
label_phone = Phone
label_hours = Opening hours
label_email = E-mail
label_website = Website

## Help with money worries

help_heading = Do you have money worries?
help_intro = You are not the only one. Do not wait too long and ask for help. It is free.
help_municipality = Your municipality helps you with debts. Call the municipality and ask for debt help ("schuldhulpverlening").
help_geldfit = Or talk to Geldfit, the national helpline for questions about money. You do not have to give your name.
label_geldfit_phone = Geldfit, free call
label_geldfit_website = Geldfit, website

## Offer to pass data to the municipality (Stcrt 2021, 45719 art. 1.2; Stb. 2020, 240 art. 2)

municipality_heading = May we ask your municipality to help you?
municipality_offer = We offer to pass your contact details to your municipality. The municipality can then contact you to help with your money worries. That help is free.
municipality_data = We then pass on: your name, address, date of birth, phone number, e-mail address, customer number and the amount that is open.
municipality_object = Do you not want this? Then you can object. You can do so at any time:
label_object_portal = Through this page
object_portal = your page
label_object_phone = Call us

## Health (energy, heat and water)

health_heading = Would stopping be dangerous for your health?
health_text = { $sector ->
    [energy] Is there someone in your home who cannot do without energy because of their health? Tell us at once. With a doctor's statement we take that into account.
    [heat] Is there someone in your home who cannot do without heat because of their health? Tell us at once. With a doctor's statement we take that into account.
   *[water] Is there someone in your home who cannot do without drinking water because of their health? Tell us at once. With a doctor's statement we take that into account.
}

## Closing

closing = Kind regards,

## Dossier for a bailiff. Its readers are lawyers.

dossier_title = Dossier of case { $case }
dossier_heading = { $part ->
    [parties] Parties
    [creditor] Creditor
    [debtor] Debtor
    [claim] Claim as of { $date }
    [payments] Payments
    [notices] Letters and messages
    [messages] Messages between the parties
    [plans] Payment plans
    [disputes] Disputes and promises
    [signals] Early signals
   *[timeline] Course of events
}
dossier_invoice = Invoice { $number }
dossier_instalments = Plan { $number }
dossier_none = None.
dossier_claim_intro = Principal, costs and interest are reckoned up to and including { $date }.
dossier_per_day = Each day after it adds { $amount } of interest, as long as nothing is paid and the rate stays the same.
dossier_no_interest = No interest is claimed.
dossier_signals_intro = What the municipality reported is no part of the claim and does not stand here.
dossier_timeline_intro = From { $date } on. Not included: what stayed within the creditor's organisation, and what municipalities reported.
dossier_footer = { $creditor } · dossier of case { $case } · { $date }
dossier_label = { $label ->
    [as_of] As of
    [case] Case
    [made_for] Made for
    [number] Number
    [name] Name
    [address] Address
    [born] Date of birth
    [kvk] Chamber of Commerce number
    [vat] VAT number
    [email] E-mail
    [phone] Phone
    [iban] IBAN
    [issued] Invoice date
    [due] Due date
    [total] Invoice amount
    [reference] Payment reference
    [formal_notice] Formal notice delivered on
    [claimed_since] Costs and interest claimed since
    [documents] Files
    [invoice] Invoice
    [principal] Principal
    [costs] Costs
    [interest] Interest
    [sum] Together
    [credit] Credit of the debtor
    [balance] To be claimed
    [day] Date
    [what] What
    [amount] Amount
    [from] From
    [through] Up to and including
    [days] Days
    [percent] Percent a year
    [over] Over
    [kind] Kind
    [channel] Way
    [to] To
    [sent] Sent
    [fared] Delivery
    [proof] Sender's reference
    [file] File
    [paid] Paid
    [state] State
    [municipality] Municipality
   *[moment] Moment
}
dossier_word = { $word ->
    [payment] Payment
    [reversal] Taken back
    [settlement] Settlement
    [write_off] Written off
    [reduction] Reduction
    [charge] Collection costs
    [claimed] Claim of costs and interest
    [email] E-mail
    [sms] SMS
    [letter] Letter
    [phone] Phone
    [instalment] Reminder of an instalment
    [sent] Sent
    [delivered] Delivered
    [bounced] Not delivered
    [complained] Delivered, marked as unwanted
    [failed] Not sent
    [unknown] Not known
    [proposed] Proposed
    [active] Running
    [rejected] Rejected
    [finished] Kept
    [broken] Broken
    [ended] Ended
    [from_debtor] From the debtor
    [from_creditor] From the creditor
    [desk_message] Message
    [statement] Statement of account
    [dispute] Dispute
    [promise] Promise
    [open] Open
    [kept] Kept
    [withdrawn] Withdrawn
    [awaiting_credit] Credit note expected
    [settled] Settled
    [early] Early signal
    [crisis] Crisis signal
   *[not_kept] not kept
}
dossier_entry = { $event ->
    [DebtorCreated] Debtor became known
    [DebtorChanged] Data of the debtor changed
    [InvoiceReceived] Invoice { $what } taken in, { $amount } to be paid on or before { $day }
    [InvoiceChanged] Invoice { $what } changed, { $amount } open
    [InvoiceDeleted] Invoice { $what } deleted by the ledger
    [DocumentAdded] File put beside invoice { $what }
    [DocumentRemoved] File taken away from invoice { $what }
    [InvoicesClosed] Nothing open any more on { $what }
    [InvoiceReopened] Invoice { $what } open again: { $amount }
    [CreditNoteApplied] Credit note set off against { $what }: { $amount }
    [PaymentReceived] Booked: { $kind } of { $amount } on { $what }
    [PaymentChanged] Booking changed: { $kind } of { $amount } on { $what }
    [PaymentUnbooked] Booking undone: { $kind } of { $amount } on { $what }
    [PaymentDeleted] Booking deleted: { $kind } of { $amount } on { $what }
    [CaseOpened] Case { $what } opened
    [CaseSettled] Case { $what } settled: nothing open any more
    [CaseHandedOver] Case { $what } handed over to the bailiff
    [CaseTakenBack] Case { $what } taken back from the bailiff
    [HoldPlaced] Follow-up paused
    [HoldLifted] Pause of follow-up lifted
    [HoldEnded] Pause of follow-up ended
    [StepSkipped] Step skipped for { $what }: { $kind }
    [StepTaken] Step taken for { $what }: { $kind }
    [StepsReset] Follow-up of { $what } begun anew
    [StepRescheduled] Next step of { $what } set to { $day }
    [CostsCharged] Collection costs of { $amount } charged over { $what }
    [PlanProposed] Payment plan proposed over { $amount } for { $what }
    [PlanApproved] Payment plan begun
    [PlanRejected] Payment plan rejected
    [InstalmentPaid] Instalment { $what } of the payment plan paid
    [PlanFinished] Payment plan kept
    [PlanBroken] Payment plan broken: instalment { $what } not paid
    [PlanEnded] Payment plan ended
    [DisputeOpened] Invoice { $what } disputed
    [DisputeDecided] Dispute about { $what } decided
    [DisputeSettled] Dispute about { $what } settled
    [PromiseMade] Promised: { $amount } by { $day }, for { $what }
    [PromiseKept] Promise kept
    [PromiseBroken] Promise broken
    [PromiseWithdrawn] Promise withdrawn
    [MandateGiven] Direct debit mandate given
    [MandateAmended] Direct debit mandate amended
    [MandateWithdrawn] Direct debit mandate withdrawn
    [MandateEnded] Direct debit mandate of no use any more
    [DebitAnnounced] Direct debit of { $amount } announced for { $day }: { $what }
    [DebitBatched] Direct debit of { $amount } submitted for { $day }: { $what }
    [DebitCollected] Direct debit collected: { $what }
    [DebitReturned] Direct debit of { $amount } returned: { $what }
    [DebitCancelled] Direct debit not carried out: { $what }
    [MessageReceived] Message from the debtor received
    [MessageSent] Message to the debtor written
    [NoticeSent] Sent: { $kind } ({ $notice }) for { $amount } about { $what }
    [NoticePosted] Letter ({ $notice }) with the post since { $day }
    [CallMade] Called ({ $notice }): { $what ->
        [promised] payment promised
        [spoke] spoken to
        [disputes] spoken to, invoice disputed
        [not_reached] not reached
        [wrong_number] not the debtor's number
       *[asks_no_calls] does not want to be called
    }
    [NoticeDelivered] Message ({ $notice }) delivered, as its carrier reports
    [NoticeBounced] Message ({ $notice }) not delivered, as its carrier reports
    [NoticeComplained] Message ({ $notice }) marked as unwanted by its receiver
    [NoticeUnknown] Whether message ({ $notice }) was sent is not known
    [NoticeFailed] Message ({ $notice }) not sent
    [SignalSent] Early signal sent to municipality { $what }
    [SignalUpdated] Early signal updated: { $amount }
    [SignalWithdrawn] Early signal withdrawn
    [PaymentRequested] Payment request of { $amount } made
    [PaymentRequestPaid] Payment request paid: { $amount }
    [PaymentTakenBack] Payment taken back: { $amount }
   *[PaymentGivenBack] Payment that was taken back came in again: { $amount }
}

## SMS: two parts at most, in the characters that every phone knows. No name of the debtor: a locked screen shows it.

sms_instalment = { $creditor }: will you pay your instalment of { $amount } on { $date } at the latest?
sms_invoice_sending = { $creditor }: you receive an invoice. To pay: { $amount }.
sms_nothing_to_pay = { $creditor }: there is an invoice or credit note for you. You do not have to pay anything.
sms_pre_reminder = { $creditor }: { $amount } is still open. Will you pay on time?
sms_reminder = Reminder from { $creditor }: { $amount } is still open. Will you pay it?
sms_final_reminder = Final reminder from { $creditor }: { $amount } is still open. Pay now, or call us.
sms_summons = Summons from { $creditor }: pay { $amount } now.
sms_second_summons = Second summons from { $creditor }: pay { $amount } now.
sms_open = { $step } from { $creditor }: to pay { $amount }.
sms_claimed = Principal { $principal }, interest { $interest }, costs { $costs }.
sms_transfer = Transfer to { $iban }, reference { $reference }.
sms_link = More: { $url }
sms_contact = Can't you? Call { $phone } or let us call. A payment plan is possible.
sms_questions = Questions? Call { $phone }.
sms_help = Money worries? Free help by Geldfit: { $phone }.
sms_paid = Already paid? Then you do not have to do anything.

## Telephone: what whoever calls says. Of a bill only once it is clear who answers.

call_greeting = Good day, this is { $creditor }. Am I speaking to { $name }?
call_identity = To whoever calls: first ask for the debtor number or the date of birth. Is it somebody else? Then only ask when you can call back, and say nothing about a bill.
call_about = I am calling because { $amount } is still open.
call_nothing_to_pay = I am calling about an invoice or credit note. You do not have to pay anything.
call_invoice = Invoice { $number }: { $amount }, to be paid on { $date }.
call_more = { $count ->
    [one] And one more invoice.
   *[other] And { $count } more invoices.
}
call_instalment = An instalment of your payment plan: { $amount }, to be paid on { $date }.
call_claimed = That includes { $interest } of interest and { $costs } of costs.
call_question = Can you pay this before { $date }?
call_arrangement = Can't you pay it all at once? Then we can agree on a payment plan.
call_help = Do you have money worries? Geldfit helps for free: { $phone }.
call_closing = Thank you for your time. You can call us on { $phone }.

## Every page

page_skip = Skip to the content
page_language = Language

## Mail to the creditor: a webhook is off

webhook_subject = Webhook { $webhook } is off
webhook_failing = Webhook { $webhook } was switched off: for three days its receiver could not be reached, or did not accept messages.
webhook_gone = Webhook { $webhook } was switched off: its receiver answered that it is gone (410).
webhook_waits = No more messages go there. What happens meanwhile is kept for 30 days, and is still delivered in order.
webhook_enable = Mend the receiver and switch the webhook on again with POST /v1/webhooks/{ $webhook }/enable. What went wrong is told at /v1/webhooks/{ $webhook }/deliveries.
