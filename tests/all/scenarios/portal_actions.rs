//! What debtors do on their page: see, pay, dispute, promise, ask for a plan, change, object. FEATURES 3.2, 3.4, 3.5, 4.6.

use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::consumer;
use tests::stories::{mail_days, payment_of_everything, put_two_invoices, two_invoices};
use tests::world::World;
use tests::world::portal::Browser;

/// The debtor of two invoices, let in on the day of the first reminder.
async fn let_in(world: &World) -> Browser<'_> {
    let browser = world.browser();
    browser.come_in().await;
    browser
}

async fn reminded() -> World {
    let world = two_invoices().await;
    world.go_to("2026-09-08T10:00:00Z").await;
    world
}

/// Who did what last, by the timeline.
async fn last(world: &World, event: &str) -> Value {
    let entries = world.timeline("d1").await;
    entries.into_iter().rev().find(|e| e["event"] == event).unwrap_or_default()
}

#[tokio::test]
async fn the_overview_says_what_is_owed_how_late_it_is_and_what_comes_next() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let page = browser.get("/portal/my").await;
    for said in [
        "€\u{a0}242,00",
        "7 dagen te laat",
        "Als u niet betaalt, sturen wij u rond 22 september 2026 een herinnering.",
    ] {
        assert!(page.has(said), "{said}: {}", page.body);
    }
    let english = browser.get("/portal/my?lang=en").await;
    assert!(english.has("7 days late") && english.has("<html lang=\"en\""));
    assert!(browser.get("/portal/my").await.has("7 days late"), "the language stays chosen");

    world.put("/v1/payments/p1", &payment_of_everything("d1", "242.00", "2026-09-09")).await;
    let paid = browser.get("/portal/my?lang=nl").await;
    assert!(paid.has("U hoeft nu niets te betalen.") && !paid.has("Factuur d1-1"), "{}", paid.body);
    let closed = browser.get("/portal/my/invoices/d1-1").await;
    assert_eq!((closed.status, closed.has("Factuur d1-1")), (StatusCode::OK, true));
    assert!(browser.get("/portal/my/invoices").await.has("Klaar sinds 8 september 2026"));
}

#[tokio::test]
async fn an_invoice_shows_its_documents_as_downloads_and_what_was_sent() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let pdf = b"%PDF-1.7 a document".to_vec();
    let put = world.send_request(
        "PUT",
        "/v1/invoices/d1-1/documents/factuur.pdf",
        "application/pdf",
        pdf.clone(),
        &[],
    );
    assert!(put.await.status.is_success());
    let page = browser.get("/portal/my/invoices/d1-1").await;
    assert!(page.has("8 september 2026: herinnering, per e-mail"), "{}", page.body);
    let href = page.body.split_once("/documents/").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
    let file = browser.get(&format!("/portal/my/invoices/d1-1/documents/{href}")).await;
    assert_eq!((file.status, &file.bytes), (StatusCode::OK, &pdf));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"d1-1.pdf\"");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn paying_shows_a_transfer_with_its_code_for_one_invoice_or_all() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let all = browser.get("/portal/my/pay").await;
    for said in ["€\u{a0}242,00", "NL91 ABNA 0417 1643 00", "<svg ", ">D1<"] {
        assert!(all.has(said), "{said}: {}", all.body);
    }
    let one = browser.get("/portal/my/pay?about=invoice.d1-1").await;
    assert!(one.has("€\u{a0}121,00") && one.has("Factuur d1-1"), "{}", one.body);
    let nobodys = browser.get("/portal/my/pay?about=invoice.d2-1").await;
    assert!(nobodys.has("€\u{a0}242,00"), "what is not the debtor's is as nothing named");
    assert!(!all.has("Mollie"), "no provider is offered");
}

#[tokio::test]
async fn a_payment_is_started_once_and_leads_to_the_provider() {
    let world = reminded().await;
    world.connect_payment_providers().await;
    let browser = let_in(&world).await;
    let page = browser.get("/portal/my/pay").await;
    let (token, once) = (page.field("form_token"), page.field("once"));
    let fields = [("form_token", token.as_str()), ("once", &once), ("about", "all"), ("provider", "mollie")];
    let (first, again) =
        (browser.post("/portal/my/pay", &fields).await, browser.post("/portal/my/pay", &fields).await);
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    assert!(
        first.has("€\u{a0}242,00") && first.has(&format!("https://pay.example/{}", world.mollie.last())),
        "{}",
        first.body
    );
    assert!(again.has("id=\"go\""));
    assert_eq!(world.count("d1", "PaymentRequested").await, 1);
    assert_eq!(last(&world, "PaymentRequested").await["by"], "debtor");
    assert!(browser.get("/portal/my/paid").await.has("Bedankt"));
}

#[tokio::test]
async fn a_dispute_holds_its_invoice_and_keeps_its_proof_beside_it() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let path = "/portal/my/invoices/d1-1/dispute";
    let page = browser.get(path).await;
    let (token, once) = (page.field("form_token"), page.field("once"));
    let base = [("form_token", token.as_str()), ("once", once.as_str())];
    let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();
    // (fields, file, what is said beside a field)
    let explained = [("kind", "error_on_invoice"), ("text", "De meterstand klopt niet.")];
    let large = vec![b'x'; 3_000_001];
    type Row<'a> = (&'a [(&'static str, &'static str)], &'a [u8], &'a str);
    let table: [Row<'_>; 4] = [
        (&[("text", "Iets")], b"", "Maak een keuze."),
        (&[("kind", "other"), ("text", " ")], b"", "Vul dit in."),
        (&explained, b"MZ\x90 a program", "Dit bestand kunnen wij niet gebruiken."),
        (&explained, &large, "Dit bestand is te groot"),
    ];
    for (more, file, problem) in table {
        let refused = browser.upload(path, &with(more), ("bewijs.pdf", file)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert!(refused.has(problem) && refused.has("role=\"alert\""), "{problem}: {}", refused.body);
    }
    let kept = browser.upload(path, &with(&[("text", "Blijft <staan>")]), ("", b"")).await;
    assert!(kept.has("Blijft &#60;staan&#62;"), "{}", kept.body);
    assert_eq!(world.count("d1", "DisputeOpened").await, 0);

    for _ in 0..2 {
        let sent = browser.upload(path, &with(&explained), ("../meter.PNG", b"\x89PNG\r\n\x1a\nmeter")).await;
        assert_eq!(sent.header("location"), "/portal/my?done=dispute", "{}", sent.body);
    }
    assert_eq!((world.count("d1", "DisputeOpened").await, world.count("d1", "DocumentAdded").await), (1, 1));
    let dispute = world.get("/v1/disputes/d1.d1").await;
    assert_eq!((&dispute["by"], &dispute["text"]), (&json!("debtor"), &json!("De meterstand klopt niet.")));
    let overview = browser.get("/portal/my").await;
    assert!(overview.has("U heeft laten weten dat deze factuur niet klopt."), "{}", overview.body);
    let documents = world.get("/v1/invoices/d1-1/documents").await;
    let name = documents["items"][0]["name"].as_str().unwrap_or_default().to_owned();
    assert!(name.starts_with("debtor-") && name.ends_with("-meter.png"), "{documents}");
    world.go_to("2026-09-22T18:00:00Z").await;
    assert_eq!(mail_days(&world), ["2026-09-08", "2026-09-08", "2026-09-22"]);
    let mail = world.mail.taken().pop().unwrap().mail;
    assert!(!mail.text.contains("d1-1") && mail.text.contains("d1-2"), "{}", mail.text);
}

#[tokio::test]
async fn a_promise_is_taken_up_to_its_last_day_and_once() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    // 31 days ahead at most.
    for (day, problem) in [
        ("", "Vul dit in."),
        ("morgen", "Dit is geen datum."),
        ("2026-09-07", "Kies vandaag of een latere dag."),
        ("2026-10-10", "Kies een eerdere dag."),
    ] {
        let refused = browser.fill("/portal/my/promise", &[("day", day)]).await;
        assert_eq!((refused.status, refused.has(problem)), (StatusCode::UNPROCESSABLE_ENTITY, true), "{day}");
    }
    let page = browser.get("/portal/my/promise").await;
    let (token, once) = (page.field("form_token"), page.field("once"));
    let fields = [("form_token", token.as_str()), ("once", &once), ("day", "2026-10-09")];
    for _ in 0..2 {
        let made = browser.post("/portal/my/promise", &fields).await;
        assert_eq!(made.header("location"), "/portal/my?done=promise", "{}", made.body);
    }
    assert_eq!(world.count("d1", "PromiseMade").await, 1);
    assert_eq!(last(&world, "PromiseMade").await["by"], "debtor");
    let told = browser.get("/portal/my?done=promise").await;
    assert!(told.has("Wij hebben uw belofte genoteerd.") && told.has("9 oktober 2026"), "{}", told.body);
}

#[tokio::test]
async fn a_plan_is_shown_before_it_is_asked_for_and_kept_within_the_creditors_limits() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let before = world.contents();
    let shown = browser.get("/portal/my/plan?count=4&every=month&first=2026-09-30").await;
    for said in ["€\u{a0}60,50", "30 september 2026", "30 december 2026", "Deze regeling kan meteen."] {
        assert!(shown.has(said), "{said}: {}", shown.body);
    }
    let too_many = browser.get("/portal/my/plan?count=36&every=month&first=2026-09-30").await;
    assert!(
        too_many.status == StatusCode::UNPROCESSABLE_ENTITY
            && too_many.has("Dit valt buiten wat bij ons kan.")
    );
    assert_eq!(world.changes(&before), Vec::<String>::new());
    let (token, once) = (shown.field("form_token"), shown.field("once"));
    let fields = [
        ("form_token", token.as_str()),
        ("once", &once),
        ("count", "4"),
        ("every", "month"),
        ("first", "2026-09-30"),
    ];
    for _ in 0..2 {
        let made = browser.post("/portal/my/plan", &fields).await;
        assert_eq!(made.header("location"), "/portal/my?done=plan", "{}", made.body);
    }
    assert_eq!((world.count("d1", "PlanProposed").await, world.count("d1", "PlanApproved").await), (1, 1));
    let overview = browser.get("/portal/my").await;
    assert!(
        overview.has("Termijn 1") && overview.has("/portal/my/pay?about=plan.d1.p1.1"),
        "{}",
        overview.body
    );
    let pay = browser.get("/portal/my/pay?about=plan.d1.p1.1").await;
    assert!(pay.has("€\u{a0}60,50"), "{}", pay.body);
    assert!(browser.get("/portal/my/plan").await.has("U heeft al een betalingsregeling"));
}

#[tokio::test]
async fn an_objection_blocks_the_signal_and_can_be_taken_back() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let objected = browser.fill("/portal/my/municipality", &[("act", "object")]).await;
    assert_eq!(objected.header("location"), "/portal/my/municipality?done=objected");
    browser.fill("/portal/my/municipality", &[("act", "object")]).await;
    assert_eq!(world.count("d1", "EarlySignallingDisabled").await, 1);
    assert_eq!(last(&world, "EarlySignallingDisabled").await["by"], "debtor");
    assert!(browser.get("/portal/my/municipality").await.has("U heeft bezwaar gemaakt."));
    world.go_to("2026-10-08T08:00:00Z").await;
    assert_eq!(world.inforing.taken().len(), 0);
    let again = world.browser();
    again.come_in().await;
    again.fill("/portal/my/municipality", &[("act", "allow")]).await;
    assert_eq!(world.count("d1", "EarlySignallingEnabled").await, 1);
}

#[tokio::test]
async fn contact_details_are_the_debtors_word_until_the_ledger_says_something_else() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let path = "/portal/my/details";
    let wrong = [("email", "geen adres"), ("mobile", "12"), ("phone", ""), ("language", "nl")];
    let refused = browser.fill(path, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["Dit is geen e-mailadres.", "Dit is geen telefoonnummer.", "value=\"geen adres\""] {
        assert!(refused.has(said), "{said}: {}", refused.body);
    }
    let right =
        [("email", "nieuw@example.nl"), ("mobile", "+31687654321"), ("phone", ""), ("language", "en")];
    for _ in 0..2 {
        let saved = browser.fill(path, &right).await;
        assert_eq!(saved.header("location"), "/portal/my/details?done=details", "{}", saved.body);
    }
    assert_eq!(world.count("d1", "DebtorChanged").await, 1);
    let emails = |view: &Value| view["emails"].clone();
    assert_eq!(emails(&world.get("/v1/debtors/d1").await), json!(["nieuw@example.nl"]));
    assert!(world.get("/v1/debtors/d1").await["tasks"].to_string().contains("contact_changed"));
    // The ledger comes with what it had, and then with something new.
    let mut body = consumer("D1");
    body["modifiedAt"] = json!("2026-09-09T08:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    assert_eq!(emails(&world.get("/v1/debtors/d1").await), json!(["nieuw@example.nl"]));
    body["emails"] = json!(["ledger@example.nl"]);
    body["modifiedAt"] = json!("2026-09-10T08:00:00Z");
    world.put("/v1/debtors/d1", &body).await;
    let view = world.get("/v1/debtors/d1").await;
    assert_eq!((emails(&view), &view["language"]), (json!(["ledger@example.nl"]), &json!("en")));
}

#[tokio::test]
async fn a_mandate_is_given_once_and_taken_back() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let path = "/portal/my/direct-debit";
    assert!(browser.get(path).await.has("niet mogelijk"));
    world
        .change_settings(|settings| {
            settings.direct_debit.enabled = true;
            settings.direct_debit.creditor_id = Some("NL79ZZZ999999990000".to_owned());
        })
        .await;
    let wrong = [("act", "give"), ("iban", "NL00ABNA0417164300"), ("holder", "")];
    let refused = browser.fill(path, &wrong).await;
    for said in ["Dit is geen rekeningnummer.", "Vul dit in.", "Zet een vinkje"] {
        assert!(refused.has(said), "{said}: {}", refused.body);
    }
    let page = browser.get(path).await;
    let (token, once) = (page.field("form_token"), page.field("once"));
    let fields = [
        ("form_token", token.as_str()),
        ("once", &once),
        ("act", "give"),
        ("iban", "nl91 abna 0417 1643 00"),
        ("holder", "J. de Vries"),
        ("agree", "yes"),
    ];
    for _ in 0..2 {
        let given = browser.post(path, &fields).await;
        assert_eq!(given.header("location"), "/portal/my/direct-debit?done=mandate", "{}", given.body);
    }
    assert_eq!(world.count("d1", "MandateGiven").await, 1);
    assert!(browser.get(path).await.has("eindigt op 4300"));
    browser.fill(path, &[("act", "withdraw")]).await;
    assert_eq!(world.count("d1", "MandateWithdrawn").await, 1);
    assert_eq!(last(&world, "MandateWithdrawn").await["by"], "debtor");
}

#[tokio::test]
async fn help_is_named_with_the_debtors_own_town() {
    let world = reminded().await;
    put_two_invoices(&world, "d2").await;
    let page = let_in(&world).await.get("/portal/my/help").await;
    for said in ["0800-8115", "Utrecht", "schuldhulpverlening"] {
        assert!(page.has(said), "{said}: {}", page.body);
    }
}

#[tokio::test]
async fn a_question_reaches_the_desk_once_and_its_answer_is_read_on_the_page() {
    let world = reminded().await;
    let browser = let_in(&world).await;
    let path = "/portal/my/messages?invoice=d1-1";
    let page = browser.get(path).await;
    assert!(page.has("Over factuur d1-1") && page.has("Er zijn nog geen berichten."), "{}", page.body);
    let (token, once) = (page.field("form_token"), page.field("once"));
    let base = [("form_token", token.as_str()), ("once", once.as_str()), ("invoice", "d1-1")];
    let empty = [&base[..], &[("text", " ")]].concat();
    let refused = browser.upload("/portal/my/messages", &empty, ("", b"")).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.has("Vul dit in."),
        "{}",
        refused.body
    );
    let asked = [&base[..], &[("text", "Waarvoor is dit?\r\nIk woon er niet meer.")]].concat();
    for _ in 0..2 {
        let sent = browser.upload("/portal/my/messages", &asked, ("foto.png", b"\x89PNG\r\n\x1a\nx")).await;
        assert_eq!(sent.header("location"), "/portal/my/messages?done=question", "{}", sent.body);
    }
    assert_eq!(world.count("d1", "MessageReceived").await, 1);
    assert_eq!(last(&world, "MessageReceived").await["by"], "debtor");
    let file = browser.get("/portal/my/messages/d1.w1/attachments/1").await;
    assert_eq!((file.status, file.bytes.as_slice()), (StatusCode::OK, &b"\x89PNG\r\n\x1a\nx"[..]));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"d1.w1-1.png\"");

    let answer = json!({
        "author": "desk", "debtorId": "d1", "invoiceId": "d1-1", "text": "Voor augustus.", "standardTextId": null,
        "attachments": []
    });
    let written = world.call("POST", "/v1/messages", Some(&answer)).await;
    assert_eq!(written.status, StatusCode::CREATED, "{}", written.body);
    let shown = browser.get("/portal/my/messages").await;
    for said in ["Voor augustus.", "Nieuw", "Waarvoor is dit?", "Ik woon er niet meer."] {
        assert!(shown.has(said), "{said}: {}", shown.body);
    }
    assert!(!browser.get("/portal/my/messages").await.has("Nieuw"), "what was shown is read");
}
