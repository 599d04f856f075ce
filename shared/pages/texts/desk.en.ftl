# The desk, for those who work at it. Each text stands on one line or is a choice.

## Everywhere

nav_label = Menu
nav_home = Overview
nav_debtors = Debtors
nav_calls = Calls
nav_signals = Early signalling
nav_settings = Settings
sign_out = Sign out
other_administration = Other administration
role = { $role ->
        [admin] admin
        [controller] controller
        [communication] communication
        [read-only] read only
       *[other] looks
    }
problem_title = There is a problem
problem_heading = This has to be different:
problem = { $code ->
        [not_of_this_outcome] This belongs to a promise. Choose that, or leave this empty.
        [required] Fill this in.
        [length] Fill this in, no longer than the field allows.
        [control_character] It holds a character that is not allowed.
        [not_a_date] This is not a date. Write it as 2026-12-31.
        [in_the_past] The day has passed. Choose today or later.
        [not_positive] The amount is more than nothing.
        [not_a_number] This is not an amount. Write it as 121.00.
        [too_many_decimals] An amount has at most two decimals.
        [negative_amount] The amount is not less than nothing.
        [choose] Choose one.
        [only_partly] Only where the debtor is partly right.
        [not_with_this_action] Does not belong to this choice.
        [nothing_chosen] Choose one or more signals first.
       *[other] This cannot be so.
    }
refusal = { $code ->
        [task_ends_with_its_cause] This task ends with what it is about. Do that.
        [no_such_task] This task was done already.
        [everything_held] A pause on everything stands.
        [too_many_to_state] More invoices are open than one statement lists.
        [no_address_that_way] The debtor cannot be reached that way.
        [statement_under_way] A statement is on its way already.
        [call_not_to_be_made] This call is not to be made any more: it was made, or what it was about is paid, paused or changed.
        [not_a_number_of_the_call] This number is not one of the debtor any more. Look again.
        [hold_of_municipality] This pause ends when the municipality reports that help ended. Only an admin may lift it.
        [hold_ends_with_its_cause] This pause ends with its cause. End that.
        [signal_not_prepared] This signal does not wait to be sent.
        [signal_not_sent] This signal was not sent, or was withdrawn already.
        [second_person_needed] You approved this signal. Somebody else has to send it.
        [conditions_no_longer_hold] A condition of the signal no longer holds.
        [sector_may_not_signal] This sector may not signal (Stb. 2020, 240).
        [no_next_step] There is no next step: nothing is open, or the policy has ended.
        [notice_under_way] A notice about this invoice is being sent. Try again when it has left.
        [no_such_step] There is no such step, or it was not taken.
        [not_a_sending_day] Nothing is sent on a Sunday or public holiday.
        [step_in_past] The day lies in the past.
        [step_too_far] The day is more than a year ahead.
        [not_before_its_term] The law does not allow this step before that day.
        [plan_not_proposed] The payment plan does not wait for a decision.
        [plan_not_running] The payment plan does not run.
        [dispute_decided_already] The dispute was decided already.
        [promise_not_open] The promise was kept, broken or withdrawn already.
        [too_many_promises] Promises about this invoice were made as often as the settings allow.
        [promise_too_late] The day lies further ahead than the settings allow.
        [promised_already] A promise about this invoice is open already.
        [nothing_open] Nothing is open.
        [no_such_case] No case runs.
        [case_handed_over] The case is with another bailiff already. Take it back first.
        [case_not_handed_over] The case is not handed over.
        [case_has_plan] A payment plan was proposed or runs. End it first.
        [case_has_dispute] A dispute is not settled. Decide on it first.
        [case_has_debit] An invoice is being collected by direct debit. Wait for that.
        [conflict] Somebody else changed this at the same moment. Look again.
        [not_found] This is not there (any more).
       *[other] A rule does not allow this. Nothing was changed.
    }
done = { $action ->
        [close_task] The task is done.
        [send_statement] The statement of account is ready. It leaves within the sending window.
        [record_call] What came of the call was written down.
        [place_hold] The pause stands. Nothing that it covers leaves any more.
        [lift_hold] The pause was lifted.
        [edit_step] The step was changed.
        [register_promise] The promise was written down.
        [withdraw_promise] The promise was withdrawn.
        [decide_dispute] The decision was written down.
        [decide_plan] The decision on the plan was written down.
        [end_plan] The plan was ended.
        [prepare_signal] The conditions were looked at. What came of it stands under Signals.
        [send_signal] The signal was approved or is on its way. Under Signals stands how it is.
        [withdraw_signal] The signal is being withdrawn.
        [set_early_signalling] The choice about early signalling was written down.
        [hand_over] The case was handed over.
        [take_back] The case is back.
       *[other] Done.
    }
back = Back
next_page = Next page
first_page = First page

## The door

sign_in_title = Sign in
sign_in_lead = You sign in with your own organisation, and come back here.
sign_in_button = Sign in
sign_in_said = { $what ->
        [left] You are signed out.
        [expired] Your session has ended: after half an hour without use, or after twelve hours.
        [failed] Signing in did not work. Try again.
        [nobody] You are known, but have no role in an administration. Ask your administrator for a group.
        [busy] There are too many sign-ins from here. Wait ten minutes.
        [away] The sign-in service cannot be reached. Try again in a minute.
       *[other] Sign in.
    }
sign_in_elsewhere = Sign out of your organisation too
choose_title = Choose an administration
choose_lead = You work for more than one administration.
refused_title = { $what ->
        [not_found] Not found
        [not_allowed] You may not do this
        [form_old] This page was too old
        [conflict] Somebody else was first
        [unavailable] Not available for a moment
       *[other] This does not work
    }
refused_text = { $what ->
        [not_found] There is no such thing in this administration.
        [not_allowed] Your role does not allow this. Nothing was changed.
        [form_old] Nothing was changed. Go back, load the page anew and try again.
        [conflict] Nothing was changed. Look again and try once more.
        [unavailable] Nothing was changed, or it is not certain. Try again in a minute.
       *[other] Something went wrong. Nothing was changed. We were warned.
    }

## Overview and debtors

home_title = Overview
home_begin = There are no debtors yet. Connect your accounting package, import a file or use the API: then your invoices come in here.
home_work = What waits for you
home_no_work = Nothing waits for you. Everything goes by itself.
home_owed = Outstanding
home_outstanding = Everything that is open
home_overdue = Of which overdue
home_ageing = How long overdue
home_phases = How far it is
bucket = { $name ->
        [to30] 1 to 30 days overdue
        [to60] 31 to 60 days overdue
        [to90] 61 to 90 days overdue
        [over90] More than 90 days overdue
       *[other] Not due yet
    }
phase = { $name ->
        [inPlan] In a payment plan
        [disputed] Disputed
        [handedOver] With the bailiff
       *[other] No step taken yet
    }
invoices_count = { $count ->
        [one] 1 invoice
       *[other] { $count } invoices
    }
standing_as_of = Up to date until { $moment }.
standing_behind = { $seconds ->
        [one] It is 1 second behind what happens.
       *[other] It is { $seconds } seconds behind what happens.
    }
standing_rebuilding = { $debtors ->
        [one] The counts are being made anew: 1 debtor was looked at.
       *[other] The counts are being made anew: { $debtors } debtors were looked at.
    }
work_lists = Work lists
work_list = { $name ->
        [calls] To call
        [disputes] Disputes
        [plans] Payment plans
        [signals] Signals
        [failures] Failed
       *[other] Tasks
    }
work_lead = { $name ->
        [calls] These debtors wait for a call. Whoever waits longest stands first.
        [disputes] These debtors dispute an invoice. Until you decide, no reminder leaves.
        [plans] These debtors ask for a payment plan. Approve or reject it.
        [signals] The conditions hold. These signals wait for your approval.
        [failures] Something did not arrive here, was refused or came back.
       *[other] Somebody has to look at this. What waits longest stands first.
    }
work_none = { $name ->
        [calls] Nobody has to be called.
        [disputes] No dispute waits for your decision.
        [plans] No payment plan waits for your decision.
        [signals] No signal waits for your approval.
        [failures] Everything arrived.
       *[other] There are no tasks.
    }
waits = { $name ->
        [calls] { $things } to call, since { $since }.
        [disputes] { $things } to decide, since { $since }.
        [plans] { $things } to decide, since { $since }.
        [signals] { $things } to approve, since { $since }.
        [failures] { $things } failed, since { $since }.
       *[other] { $things } to do, since { $since }.
    }
debtors_title = Debtors
debtors_lead = Whoever owes most stands first. Those who owe nothing are found by searching.
debtors_found = Debtors that were found
search_label = Search a debtor
search_hint = The beginning of a name, a number of a debtor or invoice, a payment reference, an amount or an e-mail address
search_button = Search
search_page = There may be more debtors.
debtors_none = Nobody owes anything. Invoices come in from your books: connect a package, import a file or use the API.
debtors_none_found = Nobody was found. Search for the beginning of the name, or for a number.
column = { $name ->
        [call] Call
        [phone] Number to call
        [tries] Calls made
        [asked] Asked for
        [waits] Waits
        [owed] Owed
        [overdue] Overdue
        [next] What comes next
        [debtor] Debtor
        [kind] Kind
        [status] Status
        [place] Municipality, platform
        [why] Why
        [arrears] Arrears
       *[other] Name
    }

## One debtor

part = { $name ->
        [next] What happens now
        [contact] Details
        [tasks] To do
        [invoices] Invoices
        [holds] Pauses
        [plans] Payment plans
        [disputes] Disputes
        [promises] Promises
        [signals] Signals
        [case] Case
        [notices] Notices
        [timeline] Timeline
       *[other] Other
    }
empty = { $name ->
        [invoices] Nothing is open.
        [holds] No pause stands.
        [plans] There is no plan. The debtor asks for one on the portal.
        [disputes] There is no dispute.
        [promises] There is no promise. Does the debtor call? Write it down here.
        [notices] Nothing was sent yet about what is open.
        [timeline] Nothing happened yet.
        [steps] This policy has no steps.
       *[other] Nothing.
    }
label = { $name ->
        [overdue] Overdue
        [address] Address
        [emails] E-mail
        [phone] Phone
        [mobile] Mobile
        [kvk] Trade register
        [labels] Labels
        [failed] Not reached
        [invoice] invoice
        [invoices] invoices
        [payment] payment
        [hold] pause
        [plan] plan
        [dispute] dispute
        [promise] promise
        [signal] signal
        [notice] notice
        [debit] direct debit
        [mandate] mandate
        [case] case
        [task] task
        [note] note
        [message] message
        [dossier] dossier for the bailiff
        [callOn] call on
        [attempt] attempt
        [amount] amount
        [open] open
        [total] total
        [arrears] arrears
        [reason] reason
        [until] until
        [on] on
        [payBy] pay by
        [dueDate] due
        [provider] platform
        [municipality] municipality
        [conditions] conditions
        [errors] errors
        [fields] fields
        [outcome] outcome
        [step] step
        [kind] kind
        [channel] channel
        [about] about
        [instalment] instalment
        [decision] decision
        [code] access code
       *[other] fact
    }
balance_owed = Owed
balance_credit = In the debtor's favour
next_notice = { $step } on { $date }.
next_task = Task for you on { $date }: { $step }.
next_instalment = Reminder of an instalment on { $date }.
next_under_way = On its way: { $step } ({ $channel }).
next_on_its_way = On its way: { $step }.
next_nothing = { $code ->
        [nothing_open] Nothing is sent: nothing is open.
        [held] Nothing is sent: a pause stands.
        [collected_by_direct_debit] Nothing is sent: it is collected by direct debit.
        [covered_by_credit] Nothing is sent: the credit covers what is open.
        [no_address] Nothing is sent: no address or number works.
        [notice_failed] Nothing is sent: nobody knows whether the last notice left. Decide what has to be done.
        [below_minimum_amount] Nothing is sent: less is open than the step asks for.
        [formal_notice_not_delivered] Nothing is sent: nothing says that the formal notice was delivered.
        [interest_rates_ended] Nothing is sent: no interest rate is known for these days.
        [no_follow_up] Nothing is sent: the payment condition asks for no follow-up.
        [under_way] A notice about it is on its way.
        [sector_desk_decides] Nothing is sent: a person decides on the end.
        [help_running] Nothing is sent: the municipality helps.
        [policy_ended] Nothing is sent: the policy has no further step. Decide what has to be done.
       *[other] Nothing is sent.
    }
next_until = Until { $date }.
invoice_number = Invoice { $number }
credit_number = Credit note { $number }
due_on = Due on { $date }
due_late = { $days ->
        [one] 1 day late
       *[other] { $days } days late
    }
last_step = Last step: { $step }, { $date }
step_from = Next step: { $step }, on { $date } at the earliest
no_step = No step was taken yet
hold_reason = { $kind ->
        [asked] Pause
        [help] The municipality helps
        [deceased] Deceased, the municipality reports
        [plan] Payment plan
        [dispute] Dispute
        [promise] Promise
        [bailiff] With the bailiff
        [debit] Direct debit
       *[other] Pause
    }
hold_scope = { $scope ->
        [invoice] Invoice { $about }.
        [invoices] { $about } invoices.
        [case] The case.
        [administration] The whole administration.
       *[other] Everything of this debtor.
    }
covers = { $covers ->
        [everything] Nothing leaves, no signal either.
       *[other] No reminders.
    }
since_by = Since { $date }, by { $by }
until = Until { $date }
review_on = To be looked at again on { $date }
plan_said = { $total } in { $count } instalments
plan_paid = Paid: { $amount }
plan_state = { $state ->
        [active] Runs
        [rejected] Rejected
        [finished] Finished
        [broken] Broken
        [ended] Ended
       *[other] Waits for your decision
    }
decide_by = Decide by { $date }
instalment = Instalment { $number }, { $date }
paid_on = paid on { $date }
dispute_said = { $reason ->
        [not_delivered] { $number }: not delivered
        [complaint] { $number }: complaint
        [error_on_invoice] { $number }: error on the invoice
        [already_paid] { $number }: already paid
       *[other] { $number }: other
    }
dispute_state = { $state ->
        [awaiting_credit] Waits for the credit note
        [settled] Settled
       *[other] Waits for your decision
    }
promise_said = { $amount } by { $date }
promise_state = { $state ->
        [kept] Kept
        [broken] Broken
        [withdrawn] Withdrawn
       *[other] Open
    }
signal_said = { $kind ->
        [crisis] Crisis signal
       *[other] Early signal
    }
signal_status = { $status ->
        [prepared] Prepared
        [blocked] Blocked by a condition
        [sending] On its way
        [sent] Sent
        [refused] Refused by the platform
        [unknown] Nobody knows whether it arrived
        [withdrawn] Withdrawn
        [feedback] The municipality reported
       *[other] Unknown
    }
signal_since = In arrears since { $date }
signal_sent = Sent on { $date } by { $provider }, municipality { $municipality }
signal_approved = Approved by { $by }. Somebody else has to send it.
outcome = { $code ->
        [received] received
        [picked_up] picked up
        [not_picked_up] not picked up
        [not_picked_up_repeated] not picked up: repeated
        [not_picked_up_unjustified] not picked up: unjustified
        [deceased] deceased
        [not_resident] not resident
        [known_to_debt_help] known to debt help
        [other_trajectory] another trajectory
        [no_contact] not reached
        [lost_contact] contact lost
        [help_declined] help declined
        [solved_or_arranged] solved or arranged
        [help_accepted] help accepted
        [help_accepted_quick_fix] help accepted: quick fix
        [help_accepted_financial] help accepted: financial
        [help_accepted_non_financial] help accepted: not financial
        [help_ended] help ended
       *[other] unknown report
    }
reported = { $date }: { $outcome }
conditions_of = { $kind ->
        [crisis] Conditions of a crisis signal
       *[other] Conditions of an early signal
    }
conditions_hold = All conditions hold.
conditions_fail = { $count ->
        [one] 1 condition does not hold.
       *[other] { $count } conditions do not hold.
    }
condition = { $name ->
        [sectorMaySignal] The sector may signal
        [naturalPerson] It is a person, not a business
        [birthDateKnown] The birth date is known
        [addressKnown] The address is known
        [notOptedOut] The debtor does not object
        [notOnHold] No pause stands
        [noActivePlan] No plan or promise
        [minimumOutstanding] Enough is outstanding
        [minimumFinalReminders] Enough final reminders
        [minimumReminders] Enough reminders
        [remindersApart] Reminders were apart
        [minimumDaysInArrears] Long enough in arrears
        [maximumDaysInArrears] Not too long in arrears
        [minimumContactEfforts] Enough contact efforts
        [contactEffortMade] Personal contact was sought
        [pointedToDebtHelp] Pointed to debt help
        [remindedInWriting] Reminded in writing
        [offeredToPassData] Offered to pass data on
        [arrangementOffered] An arrangement was offered
        [earlySignalFirst] An early signal came first
        [endOfServiceAnnounced] The end of service was announced
        [notSignalledRecently] Not signalled recently
        [noHelpRunning] No help runs
       *[other] Condition
    }
holds = Holds
holds_not = Does not hold
holds_on = (from { $date })
task = { $about ->
        [hold_review] Should the pause stay?
        [deceased] The municipality reports a death
        [municipality_unknown] The municipality of the address is not known
        [not_resident] The debtor does not live there
        [notice_failed] A notice failed
        [other_trajectory] The municipality follows another trajectory
        [signal_after_objection] Signal after an objection: decide
        [signal_unanswered] The signal was not answered
        [unknown_feedback] Unknown report
        [contact_changed] The debtor changed contact details
        [mandate_ended] A mandate ended
        [direct_debit_returned] A direct debit came back
        [invoice_deleted] An invoice was deleted
        [dispute] Decide on the dispute
        [no_address] No address works
        [formal_notice_not_delivered] The formal notice was not delivered
        [end_of_service] End of service
        [ready_for_bailiff] Ready for the bailiff
        [plan_decision] Decide on the payment plan
        [paid_too_much] Paid too much
        [payment_request_unknown] A payment request is uncertain
        [payment_request_stuck] A payment request is stuck
        [address_failed] An address does not work
        [notice_not_delivered] A notice was not delivered
        [call] Call the debtor
        [message] A question of the debtor
        [update_by_hand] Tell the municipality the new amount by hand
        [withdraw_by_hand] Withdraw the signal at the platform by hand
       *[other] Look at this
    }
since = Since { $date }
notice_said = { $step } by { $channel }
notice_status = { $status ->
        [prepared] Prepared
        [sending] Being sent
        [to_call] To be called
        [unknown] Nobody knows whether it left
        [sent] Sent
        [delivered] Delivered
        [bounced] Came back
        [complained] Marked as unwanted
        [failed] Failed
        [cancelled] Not sent
       *[other] Unknown
    }
notice_on = on { $date }
evidence = { $name ->
        [contact_effort] sought personal contact
        [debt_help] pointed to debt help
        [written_reminder] reminded in writing
        [municipality_offer] offered to pass data on
        [arrangement_offer] offered an arrangement
       *[other] evidence
    }
objected = The debtor objects to early signalling.
not_objected = No objection to early signalling.
failed_address = { $count ->
        [one] 1 address or number does not work
       *[other] { $count } addresses or numbers do not work
    }
case_runs = The case runs.
case_handed_over = Handed over to { $bailiff }
event = { $name ->
        [DebtorCreated] Debtor became known
        [DebtorChanged] Details changed
        [EarlySignallingDisabled] Objected to early signalling
        [EarlySignallingEnabled] Objection taken back
        [InvoiceReceived] Invoice received
        [InvoiceChanged] Invoice changed
        [DocumentAdded] Document added
        [DocumentRemoved] Document removed
        [InvoicesClosed] Invoice closed
        [InvoiceReopened] Invoice open again
        [CreditNoteApplied] Credit note set off
        [PaymentReceived] Payment received
        [PaymentChanged] Payment changed
        [PaymentUnbooked] Payment unbooked
        [InvoiceDeleted] Invoice deleted
        [PaymentDeleted] Payment deleted
        [DebtorDeleted] Debtor deleted
        [CaseOpened] Case opened
        [CaseSettled] Case settled
        [CaseHandedOver] Handed over to the bailiff
        [CaseTakenBack] Taken back from the bailiff
        [DossierRequested] Dossier for the bailiff asked for
        [DossierBuilt] Dossier for the bailiff made
        [DossierFailed] Dossier for the bailiff failed
        [HoldPlaced] Pause placed
        [HoldLifted] Pause lifted
        [HoldEnded] Pause ended
        [StepSkipped] Step skipped
        [StepTaken] Step taken
        [StepsReset] Follow-up reset
        [StepRescheduled] Day of the step set
        [CostsCharged] Collection costs charged
        [PlanProposed] Plan proposed
        [PlanApproved] Plan approved
        [PlanRejected] Plan rejected
        [InstalmentPaid] Instalment paid
        [PlanFinished] Plan finished
        [PlanBroken] Plan broken
        [PlanEnded] Plan ended
        [DisputeOpened] Dispute opened
        [DisputeDecided] Dispute decided
        [DisputeSettled] Dispute settled
        [PromiseMade] Promise made
        [PromiseKept] Promise kept
        [PromiseBroken] Promise broken
        [PromiseWithdrawn] Promise withdrawn
        [MandateGiven] Mandate given
        [MandateAmended] Mandate amended
        [MandateWithdrawn] Mandate withdrawn
        [MandateEnded] Mandate ended
        [DebitAnnounced] Direct debit announced
        [DebitBatched] Direct debit in a batch
        [DebitCollected] Collected by direct debit
        [DebitReturned] Direct debit came back
        [DebitCancelled] Direct debit cancelled
        [NoticePrepared] Notice prepared
        [NoticeSent] Notice sent
        [NoticePosted] Letter with the post
        [NoticeDelivered] Notice delivered
        [NoticeBounced] Notice came back
        [NoticeComplained] Notice marked as unwanted
        [NoticeUnknown] Nobody knows whether the notice left
        [NoticeRetried] Notice tried again later
        [NoticeFailed] Notice failed
        [NoticeCancelled] Notice not sent
        [CallAsked] Call asked for
        [CallMade] Called
        [AccessCodeAsked] Access code asked for
        [AccessCodeSent] Access code sent
        [AccessCodeFailed] Access code not sent
        [PortalOpened] Portal opened
        [SignalBlocked] Signal blocked
        [SignalPrepared] Signal prepared
        [SignalApproved] Signal approved
        [SignalReleased] Signal released
        [SignalSent] Signal sent
        [SignalRefused] Signal refused
        [SignalUnknown] Nobody knows whether the signal arrived
        [SignalUpdateAsked] New amount for the municipality
        [SignalUpdated] New amount told
        [SignalWithdrawalAsked] Withdrawal asked for
        [SignalWithdrawn] Signal withdrawn
        [FeedbackReceived] The municipality reported
        [PaymentRequested] Payment request made
        [PaymentRequestOpened] Payment request opened
        [PaymentRequestUnknown] Payment request uncertain
        [PaymentRequestPaid] Payment request paid
        [PaymentRequestEnded] Payment request ended
        [PaymentTakenBack] Payment taken back
        [PaymentGivenBack] Payment given back
        [TaskOpened] Task opened
        [TaskDone] Task done
        [NoteAdded] Note added
        [NoteRemoved] Note removed
        [MessageReceived] Question of the debtor
        [MessageSent] Answer to the debtor
       *[other] Event
    }
by = { $who ->
        [schedule] the schedule
        [debtor] the debtor
       *[other] { $who }
    }
step = { $kind ->
        [instalmentReminder] Reminder of an instalment
        [statement] Statement of account
        [deskMessage] Answer to the debtor
        [invoiceSending] Invoice
        [preReminder] Pre-reminder
        [reminder] Reminder
        [finalReminder] Final reminder
        [formalNotice] Formal notice
        [endOfServiceAnnouncement] Announcement of the end of service
        [endOfService] End of service
        [summons] Summons
        [secondSummons] Second summons
        [noticeOfDefault] Notice of default
        [readyForBailiff] Ready for the bailiff
       *[other] Step
    }
channel = { $name ->
        [email] e-mail
        [sms] text message
        [letter] letter
        [phone] phone
       *[other] message
    }
timeline_title = Timeline of { $name }
all_of_it = All of the timeline

## Forms

act_title = { $action ->
        [close_task] Is this task done?
        [send_statement] Send a statement of account
        [record_call] What came of the call?
        [place_hold] Place a pause
        [lift_hold] Lift a pause
        [edit_step] Change the next step
        [register_promise] Write down a promise
        [withdraw_promise] Withdraw a promise
        [decide_dispute] Decide on a dispute
        [decide_plan] Decide on a payment plan
        [end_plan] End a payment plan
        [prepare_signal] Prepare a signal
        [send_signal] Send a signal
        [withdraw_signal] Withdraw a signal
        [set_early_signalling] Early signalling on or off
        [hand_over] Hand over to the bailiff
        [take_back] Take back from the bailiff
       *[other] Do
    }
act_text = { $action ->
        [close_task] The task waits no more. What you write stays on the timeline.
        [send_statement] The debtor gets all that is open in one message. It is no reminder: no step is taken by it.
        [record_call] What you write down decides what follows. With a promise, fill in the day on which the debtor pays.
        [place_hold] While the pause stands, nothing that it covers leaves. You can lift it later.
        [lift_hold] Only this pause is lifted. The debtor first gets the days of grace; then follow-up goes on where it was.
        [edit_step] Pauses and the sending window still count. Resetting undoes a skip.
        [register_promise] Until the day of the promise no reminders leave about what is open.
        [withdraw_promise] Follow-up goes on after the days of grace.
        [decide_dispute] Where the debtor is wrong, follow-up goes on. Where the debtor is right, it waits for the credit note.
        [decide_plan] A plan that is approved runs at once. Where it is rejected, follow-up goes on.
        [end_plan] This cannot be undone. Follow-up goes on after the days of grace.
        [prepare_signal] All conditions are looked at now. Where they hold, the signal is prepared, or leaves where the rules say so.
        [send_signal] The municipality gets name, address, birth date and arrears. You can withdraw the signal afterwards. Under four eyes the first approves and somebody else sends.
        [withdraw_signal] What has not left is dropped. What was sent is withdrawn at the platform.
        [set_early_signalling] Write down what the debtor says. Off: no signal leaves where the law lets the objection count.
        [hand_over] All other follow-up stops. You can take the case back.
        [take_back] The debtor first gets the days of grace; then follow-up goes on.
        [lift_hold_of_municipality] Careful: the municipality reported this. Lifting sets its report aside.
       *[other] Are you sure?
    }
act_button = { $action ->
        [close_task] The task is done
        [send_statement] Send the statement
        [record_call] Write down the outcome
        [place_hold] Place pause
        [lift_hold] Lift pause
        [edit_step] Change step
        [register_promise] Write down
        [withdraw_promise] Withdraw
        [decide_dispute] Decide
        [decide_plan] Decide
        [end_plan] End plan
        [prepare_signal] Look at conditions
        [send_signal] Send
        [withdraw_signal] Withdraw
        [set_early_signalling] Write down
        [hand_over] Hand over
        [take_back] Take back
       *[other] Do it
    }
act_link = { $action ->
        [close_task] Done
        [send_statement] Send a statement of account
        [place_hold] Pause
        [lift_hold] Lift
        [edit_step] Change step
        [register_promise] Write down a promise
        [withdraw_promise] Withdraw
        [decide_dispute] Decide
        [decide_plan] Decide
        [end_plan] End
        [prepare_signal] Prepare a signal
        [send_signal] Send
        [withdraw_signal] Withdraw
        [set_early_signalling] Early signalling on or off
        [hand_over] Hand over
        [take_back] Take back
       *[other] Do
    }
field = { $name ->
        [way] How does it go?
        [outcome] What came of it?
        [number] Number that was called
        [note] Note
        [covers] What stops?
        [reason] Reason
        [until] Until
        [review_on] Look at it again on
        [edit] What should happen?
        [on] Day
        [step] Back to step
        [pay_by] Pays by
        [amount] Amount
        [decision] Who is right?
        [answer] Decision
        [kind] Kind of signal
        [enabled] Early signalling
        [bailiff] Bailiff
        [municipality] Municipality code
        [provider] Platform
       *[other] Fill in
    }
hint = { $name ->
        [note] Stays on the timeline. Write down nothing about health.
        [reason] Stays on the timeline. Write down nothing about health.
        [until] Empty: until somebody lifts it.
        [review_on] Empty: no task is made.
        [on] Only for another day.
        [step] Only for a reset.
        [amount] Empty: all of it. Where partly right: what is credited.
       *[other] -
    }
choice = { $name ->
        [any] By e-mail, or as a letter where no address works
        [email] By e-mail
        [letter] As a letter
        [not_reached] Nobody was reached: the call comes back, or after the last try the next channel takes over
        [spoke] Spoken to, nothing was agreed
        [promised] Promised to pay: reminders wait until that day
        [wrong_number] Wrong number: it is not called any more
        [asks_no_calls] Does not want to be called: the next channel takes over
        [reminders] Reminders only
        [everything] Everything, signals too
        [skip] Skip it
        [send_now] Send it now
        [reschedule] On another day
        [reset] Reset
        [rejected] The debtor is wrong: the invoice stands
        [accepted] The debtor is right: a credit note follows
        [partly] Partly right
        [approve] Approve
        [reject] Reject (give a reason)
        [early] Early signal
        [crisis] Crisis signal
        [off] Off: the debtor objects
        [on] On: no objection any more
       *[other] Other
    }
chosen_first = To the first step
cancel = Do not do it

## Early signalling

signals_title = Early signalling
signals_lead = Who was signalled, why, to which municipality, and how it stands.
count_label = { $name ->
        [prepared_early] early, prepared
        [prepared_crisis] crisis, prepared
        [sent_early] early, sent
        [sent_crisis] crisis, sent
        [help_running] help runs
        [deceased] deceased
        [refused] refused
        [blocked] blocked
       *[other] Signals
    }
count_all = all signals
filter_heading = Signals
filter_button = Filter
filter_none = All
signals_none = No signals with this filter. Signals are made after a final reminder, or on a debtor's page.
signals_choose = Choose the signal about { $signal }
signals_chosen = { $action ->
        [withdraw_signal] Withdraw those that are chosen
       *[other] Send those that are chosen
    }
many_title = { $action ->
        [withdraw_signal] Withdraw signals
       *[other] Send signals
    }
many_result = What came of it
many_done = done
many_approved = approved: somebody else has to send it
many_count = { $count ->
        [one] 1 signal
       *[other] { $count } signals
    }

## Settings

settings_title = Settings
settings_version = Version { $version }, in force. They are changed by the API.
settings_earlier = Version { $version }, replaced by { $by } on { $date }.
settings_of_earlier = See version { $version }
setting = { $name ->
        [minimum_interval] Least time between two messages
        [grace] After a pause
        [default_policy] Policy
        [channels] Channels
        [promise_days] Promise at most ahead
        [promise_grace] Grace of a promise
        [plan_grace] Grace of an instalment
        [plan_templates] Kinds of plans
        [direct_debit] Direct debit
        [minimum_outstanding] Least outstanding
        [minimum_final_reminders] Final reminders
        [minimum_reminders] Reminders
        [minimum_contact_efforts] Contact efforts
        [minimum_days] Least time in arrears
        [automatic] Sent without a word
        [four_eyes] Four eyes
       *[other] Setting
    }
yes = yes
no = no
policy = Policy { $name }, version { $version }
step_when = { $from ->
        [issue_date] { $days } days after the issue date
        [previous_step] { $days } days after the previous step
       *[other] { $days } days after the due date
    }
days = { $count ->
        [one] 1 day
       *[other] { $count } days
    }
signals_rules = { $kind ->
        [crisis] Conditions of crisis signals, version { $version }
       *[other] Conditions of early signals, version { $version }
    }

look = Look
calls_title = Calls to make
calls_lead = Those that are due first stand first.
calls_none = There is nobody to call now. Calls come by the steps of the policy that have the telephone as their channel.
calls_page_none = Nobody on this page has to be called any more. There are more on the next page.
call_title = Call { $name }
call_over = This call is not to be made any more: it was made, or what it was about is paid, paused or changed.
call_numbers = Whom to call
call_due = From { $from }.
call_last = At the latest on { $date }.
call_rule = { $attempts ->
        [one] If nobody is reached, the next channel takes over.
       *[other] If nobody is reached, the call comes back after { $days }. After { $attempts } calls that reach nobody the next channel takes over.
    }
call_asked = What is asked for
call_say = What to say
call_attempts = Calls that were made
call_no_attempts = No call has been made yet.
call_attempt = { $moment }, { $number }
call_outcome = { $name ->
        [promised] Promised to pay
        [spoke] Spoken to
        [disputes] Disputes an invoice
        [not_reached] Nobody was reached
        [wrong_number] Wrong number
        [asks_no_calls] Does not want to be called
       *[other] Called
    }
