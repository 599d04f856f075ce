# The portal for debtors, language level B1. Each text stands on one line or is a choice.

## Everywhere

nav_label = Menu
nav_overview = Overview
nav_pay = Pay
nav_details = Your details
nav_help = Help with money worries
leave = Sign out
back = Back to the overview
more = View
amount_label = Amount
problem_title = There is a problem
problem_heading = This has to be different:
questions = Questions? Call { $creditor }: { $phone }. Or e-mail { $email }.

## The door: what a link or a letter shows by itself

door_title = Your invoices and payments
door_lead = To protect your data we send you a code first. It goes to the e-mail address or the mobile number that we have of you.
door_send_heading = 1. Ask for a code
door_send_email = Send the code by e-mail
door_send_sms = Send the code by text message
door_send_note = The code usually arrives within a minute. You can ask for a new code every minute.
door_code_heading = 2. Fill in the code
door_code = Code of 6 digits
door_code_hint = The code works for 15 minutes, and once.
door_enter = See my invoices
door_asked = If this link is yours, the code is on its way. Look in your e-mail or text messages. Nothing there? Wait a minute and ask for a new code.
door_wrong = The code is not right or does not work any more. Ask for a new code. After too many tries you have to wait for a while.
door_privacy = This page does not show any of your data. We never ask for your password or PIN here.
door_letter = Did you get a letter? Go to the page for letters.
home_lead = Open the link in our e-mail or text message. Or use the code in our letter.
home_link = Did you get an e-mail or text message? The link in it leads to your own page.
home_letter = I have a letter with a code
letter_title = Sign in with the code in your letter
letter_code = Code in the letter
letter_code_hint = 12 letters and digits, such as 7K3M-9Q2X-W4TZ
letter_birth_date = Your date of birth
letter_birth_date_hint = Are you a company? Then leave this empty.
letter_postcode = Your postcode
letter_postcode_hint = Such as 1234 AB: the postcode that the letter was delivered at.
letter_wrong = These details do not fit together. Please look at the letter again. After too many tries you have to wait for a while.
expired = You are signed out. That happens after 30 minutes in which you do nothing. Please open the link in our message again.
left = You are signed out.
form_old = This page was too old. Please try again.
not_found = This page does not exist, or is not yours.
trouble = Something went wrong. Please try again in a few minutes.

## Mail and text message with the code

code_subject = Your code for { $creditor }
code_intro = You asked for a code to see your invoices from { $creditor }.
code_is = Your code is:
code_lasts = The code works for 15 minutes. Do not give it to anybody. We never ask you for it, not on the phone either.
code_not_you = Did you not ask for this? Then you need not do anything. Nobody can see your data without this code.
code_sms = { $code } is your code for { $creditor }. Valid for 15 minutes. Do not give it to anybody.

## Overview

overview_title = Your invoices from { $creditor }
overview_owed = You still have to pay
overview_overdue = Of this is overdue: { $amount }
overview_nothing = You do not have to pay anything now.
overview_nothing_text = When you get a new invoice, you find it here.
overview_credit = You have a credit of { $amount }. We set it off against what you have to pay.
overview_pay = Pay now
overview_next = What happens next?
overview_invoices = Open invoices
overview_others = { $count ->
    [one] And 1 invoice that falls due later.
   *[other] And { $count } invoices that fall due later.
}
overview_actions = Can you not pay, or is something not right?
overview_closed = Invoices that are settled
closed_title = Invoices that are settled
closed_none = No invoices are settled yet. Once an invoice is paid, you find it here.
closed_on = Settled since { $date }
action_promise = I pay on another day
action_plan = I want to pay in instalments
action_question = I have a question
action_dispute = An invoice is not right
action_dispute_hint = Choose the invoice that is not right above.
action_debit = Pay by direct debit
action_municipality = Passing data to the municipality: yes or no
action_help = Help with money worries
invoice_number = Invoice { $number }
credit_number = Credit note { $number }
due_on = To be paid by { $date }
status_overdue = { $days ->
    [one] 1 day late
   *[other] { $days } days late
}
status_due_today = Today is the last day
status_due_in = { $days ->
    [one] 1 day left
   *[other] { $days } days left
}
status_disputed = You told us that this invoice is not right. We are looking into it. Until then we do not remind you of it.
status_awaiting_credit = You were right. You get a credit note.
status_plan = This invoice is part of your payment plan.
status_plan_asked = You asked for a payment plan. We let you know whether that is possible.
status_promise = You promised to pay by { $date }.
status_debit = We collect this amount from your account on { $date }.
next_step = If you do not pay, we send you around { $date } { $step ->
    [invoice_sending] the invoice
    [pre_reminder] an announcement
    [reminder] a reminder
    [final_reminder] a final reminder
    [formal_notice] a formal notice
    [end_of_service_announcement] a message about the end of the supply
    [summons] a summons
    [second_summons] a second summons
    [notice_of_default] a notice of default
   *[other] a message
}.
next_task = If you do not pay, from { $date } on we can { $step ->
    [end_of_service] end the supply
   *[other] hand the bill over to a bailiff
}. Please contact us before that.
next_instalment = On { $date } we remind you of your next instalment.
next_under_way = We are sending you a message right now.
next_nothing = { $reason ->
    [nothing_open] Nothing happens: nothing is open any more.
    [covered] Nothing happens: your credit is enough.
    [no_address] We cannot reach you. Please fill in your e-mail address or phone number under your details.
    [plan] We send you no reminders as long as you keep to the payment plan.
    [plan_asked] We are looking at your proposal for a payment plan. Until then we send no reminders.
    [promise] We wait for the payment that you promised. Until then we send no reminders.
    [dispute] We are looking at what you said about the invoice. Until then we send no reminders.
    [help] You are getting help. Until that ends we send you no reminders.
    [bailiff] The bill is with a bailiff. Please contact the bailiff or us.
   *[other] We send you no reminders at the moment.
}
next_held_until = That is so until { $date }.
next_debit = We collect on { $date }. You need not do anything.

plan_heading = Your payment plan
plan_running = { $total } in { $count } instalments. Paid: { $paid }.
plan_proposed = You asked for { $total } in { $count } instalments. We let you know before { $date } whether that is possible.
plan_instalment = Instalment { $number }
plan_paid = Paid
plan_pay = Pay the instalment
promise_made = You promised to pay { $amount } by { $date }.

done = { $what ->
    [dispute] We have your message. We look into it and let you know.
    [promise] We have noted your promise. Until that day we send no reminders about these invoices.
    [plan] Your payment plan is arranged.
    [plan_asked] We have your proposal. We let you know whether it is possible.
    [details] Your details are changed.
    [mandate] Your mandate is given.
    [mandate_withdrawn] Your mandate is withdrawn.
    [objected] Your objection is noted. We do not pass on your data any more, except as this page says.
    [objection_withdrawn] Your objection is withdrawn.
    [question] We have your question. You get an answer as soon as possible.
   *[other] That worked.
}

## Invoice

invoice_facts = Details
invoice_issued = Date
invoice_due = To be paid by
invoice_total = Amount of the invoice
invoice_paid = Paid or set off
invoice_costs = Costs
invoice_interest = Interest
invoice_owed = Still to be paid
invoice_lines = What it is for
invoice_documents = Documents
invoice_no_documents = There are no documents with this invoice.
invoice_download = Download { $kind } ({ $size } kB)
invoice_sent = What we sent you
invoice_nothing_sent = We have not sent you a message about this invoice yet.
invoice_sent_line = { $date }: { $step ->
    [invoice_sending] invoice
    [pre_reminder] announcement
    [reminder] reminder
    [final_reminder] final reminder
    [formal_notice] formal notice
    [end_of_service_announcement] message about the end of the supply
    [summons] summons
    [second_summons] second summons
    [notice_of_default] notice of default
   *[other] message
}, { $channel ->
    [email] by e-mail
    [sms] by text message
    [letter] by letter
   *[other] by phone
}
invoice_pay = Pay this invoice
invoice_dispute = This invoice is not right
invoice_promise = I pay this invoice on another day
invoice_question = I have a question about this invoice

## Pay

pay_title = Pay
pay_all = Everything that is open
pay_one = Invoice { $number }
pay_instalment = Instalment { $number } of your payment plan
pay_choose = What do you want to pay?
pay_show = Show this amount
pay_online = Pay at once
pay_online_text = You go to the payment page of { $provider }. Afterwards you come back here.
pay_with = Pay with { $provider }
pay_go_title = On to the payment page
pay_go_text = The payment of { $amount } is ready for you at { $provider }.
pay_go = Go to { $provider }
pay_transfer = Transfer it yourself
pay_transfer_text = Transfer the amount with these details. Or scan the QR code with your bank's app.
pay_payee = In the name of
pay_iban = Account number (IBAN)
pay_reference = Payment reference or description
pay_qr = QR code to transfer { $amount }
pay_nothing = There is nothing to pay now.
pay_refused = The payment could not be started. Please try again later, or transfer the amount yourself.
paid_title = Thank you
paid_text = If your payment went through, you see it here within a few minutes. Did it not go through? Then you can try again.

## An invoice is not right

dispute_title = Invoice { $number } is not right
dispute_lead = Tell us what is not right. While we look into it, we do not remind you of this invoice.
dispute_reason = What is the matter?
dispute_kind = { $kind ->
    [not_delivered] I did not get what is on the invoice
    [complaint] I have a complaint about what I got
    [error_on_invoice] There is an error on the invoice
    [already_paid] I have paid already
   *[other] Something else
}
dispute_text = Your explanation
dispute_text_hint = Write down what is not right, and which amount it is about.
dispute_file = Proof, such as a receipt or photo (not required)
dispute_file_hint = A PDF or photo (PNG or JPEG) of at most 3 MB.
dispute_send = Send

## Questions and answers

messages_title = Questions and answers
messages_earlier = Earlier messages
messages_none = There are no messages yet. Ask your question above.
message_about = About invoice { $number }
message_text = Your question or message
message_file = Attachment (not required)
message_from_you = You wrote on { $date }
message_from_us = { $creditor } wrote on { $date }
message_new = New
message_attachment = Download attachment { $number } ({ $kind }, { $size } kB)

## Pay on another day

promise_title = Pay on another day
promise_lead = Choose the day by which you pay. Until that day we send no reminders about { $about ->
    [one] this invoice
   *[all] these invoices
}.
promise_total = It is about { $amount }.
promise_day = I pay by
promise_day_hint = At the latest { $date }.
promise_send = I promise
promise_none = There is no invoice now for which you can agree on this.

## Payment plan

plan_title = Pay in instalments
plan_lead = You can pay { $total } in instalments. Choose how. First you see what you pay each time.
plan_limits = This is possible with us:
plan_limit = { $every ->
    [week] Each week
   *[month] Each month
}, at most { $count } instalments of at least { $minimum }. The first one within { $days } days. { $automatic ->
    [yes] You know at once whether it is possible.
   *[no] We let you know whether it is possible.
}
plan_count = Number of instalments
plan_every = How often?
plan_every_week = Every week
plan_every_month = Every month
plan_first = Pay the first instalment on
plan_preview = Show what I pay
plan_preview_heading = This is your plan
plan_day = Day
plan_automatic = This plan is possible at once.
plan_by_desk = We look whether this plan is possible. You hear from us before { $date }.
plan_ask = Agree on this plan
plan_none = For what is open now you cannot ask for a plan here. Please call us, then we look together at what is possible.
plan_exists = You have a payment plan already, or asked for one.

## Direct debit

mandate_title = Pay by direct debit
mandate_lead = With a mandate we collect your invoices by ourselves. We tell you beforehand when. You can withdraw the mandate at any time.
mandate_current = You gave us a mandate. We collect from the account that ends in { $ending }. Reference of the mandate: { $reference }.
mandate_withdraw = Withdraw the mandate
mandate_withdraw_text = After that you pay your invoices yourself. What is with the bank already is still collected. You can have it refunded by your bank within 8 weeks.
mandate_iban = Your account number (IBAN)
mandate_holder = Name of the account holder
mandate_agree = I give { $creditor } (creditor identifier { $id }) permission to collect amounts from my account until further notice, and my bank to do so. If I do not agree with a collection, I can have it refunded by my bank within 8 weeks.
mandate_give = Give the mandate
mandate_none = Direct debit is not possible with { $creditor }.

## Details

details_title = Your details
details_lead = This is how we reach you.
details_email = E-mail address
details_mobile = Mobile number
details_phone = Other phone number
details_language = In which language do we write to you?
details_save = Save
details_address = Has your address changed? Please call or e-mail us.

## Passing data to the municipality

municipality_title = Passing your data to the municipality
municipality_lead = Have you not paid for a while? Then we may tell your municipality. It then offers you free help with money worries. Nobody has to accept that help.
municipality_data = We then pass on: your name, address, date of birth, phone number, e-mail address, customer number and the amount that is open.
municipality_on = You did not object.
municipality_off = You objected.
municipality_effect = { $effect ->
    [blocks] If you object, we do not pass on your data to the municipality.
   *[asks] If you object, we do not pass on your data when you are behind with payments. Is the supply about to end? Then somebody decides whether the municipality has to know all the same.
}
municipality_neutral = Your choice changes nothing about what you have to pay, nor about how we remind you.
municipality_object = I object
municipality_withdraw = I withdraw my objection
municipality_not = { $creditor } does not pass data to municipalities.

## Help

help_title = Help with money worries
help_town = You live in { $town }. Look for "schuldhulpverlening" on the website of your municipality, or call it.
help_creditor = Talk to us, too. Together we look at what you can pay.

## Problems with fields

problem = { $code ->
    [required] Please fill this in.
    [not_an_email] This is not an e-mail address. An example: name@example.nl
    [not_a_phone_number] This is not a phone number. An example: 06 12345678
    [not_a_date] This is not a date.
    [in_the_past] Choose today or a later day.
    [too_late] Choose an earlier day.
    [too_long] This is too long. Please make it shorter.
    [not_an_iban] This is not an account number. Please check it.
    [too_many_times] You have made promises about this before. Please call us.
    [choose] Please make a choice.
    [agree] Tick the box if you agree.
    [file_too_large] This file is too large: at most 3 MB.
    [unknown_file] We cannot use this file. Please send a PDF, PNG or JPEG.
    [outside_limits] This is outside what is possible with us. See above what is, or call us.
    [already] You have done this already.
    [nothing_open] Nothing is open for this any more.
    [too_many_unread] We have not read all your messages yet. Please wait for an answer, or call us.
    [one_way] Fill in at least an e-mail address or mobile number.
   *[other] This is not possible.
}
