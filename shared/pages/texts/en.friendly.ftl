# What sounds warmer than in en.ftl. What is not here is the same in both tones. What has consequences in law is not here:
# it stays formal.

intro_pre_reminder = { $count ->
    [one] Just to let you know: one invoice is still open. Will you pay it on time? Then we do not have to send you a reminder.
   *[other] Just to let you know: { $count } invoices are still open. Will you pay them on time? Then we do not have to send you a reminder.
}
intro_reminder = { $count ->
    [one] We have not yet received the payment of your invoice. Perhaps you forgot: that can happen. Will you still pay the invoice?
   *[other] We have not yet received the payment of { $count } invoices. Perhaps you forgot: that can happen. Will you still pay the invoices?
}
salutation_business = Hello,
contact_invite = We would love to speak to you in person. Call us, or let us call you.
questions_intro = Call or e-mail us. We are always happy to help.
closing = Warm regards,
