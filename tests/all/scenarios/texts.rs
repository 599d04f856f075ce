//! Own texts and tones: what an administration may say in its own words, what stays whatever it says, and what is never
//! kept. FEATURES 2.1, 2.2, 7.4; LAW 2, 3, 6.

use std::time::{Duration, Instant};

use domain::administration::Administration;
use domain::ids::AdministrationId;
use domain::notice::Channel;
use domain::step::StepKind;
use domain::texts::{KeptText, OwnText, TextName};
use http::StatusCode;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice};
use tests::stories::{as_previewed, mail_days, two_invoices};
use tests::world::{Answer, Asked, World};

use crate::refusals::{errors, is_problem};

const REMINDER: &str = "/v1/texts/reminder/email/nl/formal";

fn words() -> Value {
    json!({
        "subject": "{{ creditor }}: {{ count }} openstaand",
        "heading": "Even over uw rekening",
        "opening": "Wij missen {{ total }}.\n\nHet gaat om {{ invoice_numbers }}{% if days_late %}, {{ days_late }} dagen te laat{% endif %}.",
        "closing": "Tot snel,"
    })
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn mails(world: &World) -> Vec<(String, String, String)> {
    world.mail.taken().into_iter().map(|t| (t.mail.subject, flat(&t.mail.text), t.mail.html)).collect()
}

async fn put_text(world: &World, path: &str, body: &Value) -> Answer {
    world.call("PUT", path, Some(body)).await
}

async fn english_debtor(world: &World) {
    let mut body = consumer("D2");
    body["language"] = json!("en");
    world.put("/v1/debtors/d2", &body).await;
    world.put("/v1/invoices/i2", &invoice("d2", "E-2", "2026-08-20", "2026-09-01", "121.00")).await;
}

#[tokio::test]
async fn own_words_arrive_in_the_mail_in_their_language_and_the_other_stays_ours() {
    let world = two_invoices().await;
    english_debtor(&world).await;
    assert_eq!(put_text(&world, REMINDER, &words()).await.status, StatusCode::CREATED);
    world.go_to("2026-09-08T18:00:00Z").await;
    let mails = mails(&world);
    let (subject, text, html) = mails.iter().find(|m| m.0.contains("openstaand")).unwrap();
    assert_eq!(subject, "Voorbeeld Energie: 2 openstaand");
    for said in [
        "Even over uw rekening",
        "Wij missen € 242,00.",
        "Het gaat om d1-1, d1-2, 7 dagen te laat.",
        "Tot snel,",
    ] {
        assert!(text.contains(said), "{said}: {text}");
        assert!(html.replace('\u{a0}', " ").contains(said), "{said}: {html}");
    }
    assert!(!text.contains("Misschien bent u het vergeten"), "{text}");
    let (_, english, _) = mails.iter().find(|m| m.0.starts_with("Reminder")).unwrap();
    assert!(english.contains("Perhaps you forgot"), "{english}");
}

#[tokio::test]
async fn a_text_is_read_back_with_its_version_and_earlier_ones_stay() {
    let world = two_invoices().await;
    let first = put_text(&world, REMINDER, &words()).await;
    assert_eq!((first.status, first.header("etag")), (StatusCode::CREATED, "\"1\""));
    // The same once more makes no new version.
    let same = put_text(&world, REMINDER, &words()).await;
    assert_eq!((same.status, same.header("etag")), (StatusCode::OK, "\"1\""));
    let second = put_text(&world, REMINDER, &json!({ "closing": "Dag," })).await;
    assert_eq!((second.status, second.body["version"].clone()), (StatusCode::OK, json!(2)));
    let kept = world.get(REMINDER).await;
    assert_eq!((&kept["text"]["closing"], &kept["text"]["opening"]), (&json!("Dag,"), &Value::Null));
    assert_eq!((&kept["of"], &kept["updatedBy"]), (&json!("reminder"), &json!("accounting tool")));
    let earlier = world.get(&format!("{REMINDER}?version=1")).await;
    assert_eq!(
        (&earlier["text"]["closing"], &earlier["replacedBy"]),
        (&json!("Tot snel,"), &json!("accounting tool"))
    );
    put_text(&world, "/v1/texts/standard:reminder-1/sms/en/friendly", &json!({ "sentence": "Hi." })).await;
    let names: Vec<String> = world.get("/v1/texts").await["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| format!("{}/{}", t["of"].as_str().unwrap(), t["channel"].as_str().unwrap()))
        .collect();
    assert_eq!(names, ["reminder/email", "standard:reminder-1/sms"]);
    let stale = world.call_with("DELETE", REMINDER, None, &[("if-match", "\"1\"")]).await;
    is_problem(&stale, 412);
    assert_eq!(world.call("DELETE", REMINDER, None).await.status, StatusCode::NO_CONTENT);
    is_problem(&world.call("GET", REMINDER, None).await, 404);
    is_problem(&world.call("DELETE", REMINDER, None).await, 404);
    assert_eq!(world.get(&format!("{REMINDER}?version=2")).await["text"]["closing"], "Dag,");
    world.go_to("2026-09-08T18:00:00Z").await;
    assert!(mails(&world)[0].1.contains("Misschien bent u het vergeten"), "ours is said again");
}

#[tokio::test]
async fn the_text_of_a_step_goes_before_the_policys_opening_and_that_before_the_text_of_its_kind() {
    let world = two_invoices().await;
    world
        .change_settings(|settings| {
            let opening = [(domain::Language::Nl, "Van de policy.".to_owned())];
            settings.policies[0].steps[1].opening = opening.into();
        })
        .await;
    put_text(&world, REMINDER, &json!({ "opening": "Van elke herinnering.", "closing": "Groet van elke," }))
        .await;
    let step = "/v1/texts/standard:reminder-1/email/nl/formal";
    put_text(&world, step, &json!({ "opening": "Van de eerste." })).await;
    world.go_to("2026-09-22T18:00:00Z").await;
    let mails = mails(&world);
    assert_eq!(mails.len(), 2);
    for (mail, said) in mails.iter().zip(["Van de eerste.", "Van de policy."]) {
        assert!(mail.1.contains(said) && !mail.1.contains("Van elke herinnering."), "{said}: {}", mail.1);
        assert!(
            mail.1.contains("Groet van elke,"),
            "what the step's text leaves out is its kind's: {}",
            mail.1
        );
    }
}

#[tokio::test]
async fn own_words_arrive_in_text_messages_and_letters() {
    let world = two_invoices().await;
    let letters = json!({ "provider": "pingen", "product": "fast", "twoSided": true, "colour": false });
    let connected = json!({
        "channels": ["email", "sms", "letter"], "sms": { "identity": "Voorbeeld" }, "letters": letters
    });
    world.put("/v1/settings", &connected).await;
    let keys = json!({ "clientId": "client", "clientSecret": "hush", "organisation": "org-1" });
    world.put("/v1/letter-providers/pingen", &keys).await;
    world
        .change_settings(|settings| {
            settings.policies[0].steps[0].channels = vec![Channel::Sms];
            settings.policies[0].steps[1].channels = vec![Channel::Letter];
        })
        .await;
    let sms = "/v1/texts/reminder/sms/nl/formal";
    put_text(&world, sms, &json!({ "sentence": "Bel gerust: {{ phone }}." })).await;
    let letter = "/v1/texts/reminder/letter/nl/formal";
    put_text(&world, letter, &json!({ "subject": "Eigenonderwerp", "opening": "Een eigen brief." })).await;

    world.set("2026-09-08T06:05:00Z".parse().unwrap());
    let before = world.call("POST", &format!("{sms}/preview"), Some(&json!({ "debtorId": "d1" }))).await.body;
    world.go_to("2026-09-08T18:00:00Z").await;
    let said = &world.sms.taken()[0].sms.text;
    let head = "Herinnering van Voorbeeld Energie: te betalen € 242,00. Bel gerust: 030 123 45 67.";
    assert!(said.starts_with(head) && said.contains("https://portal.example.nl/portal"), "{said}");
    let (said, parts) = (as_previewed(said), pages::sms::size(said).parts);
    assert_eq!((&before["text"], &before["parts"]), (&json!(said), &json!(parts)));

    world.go_to("2026-09-22T18:00:00Z").await;
    let pdf = world.letters.taken()[0].letter.pdf.clone();
    let title = b"Eigenonderwerp";
    assert!(pdf.windows(title.len()).any(|part| part == title), "the PDF has the letter's title");
    let preview =
        world.call("POST", &format!("{letter}/preview"), Some(&json!({ "debtorId": "d1" }))).await.body;
    let lines: Vec<&str> = preview["lines"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        lines.contains(&"Een eigen brief.") && !lines.iter().any(|line| line.contains("vergeten")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_preview_is_what_is_sent_afterwards_and_stores_nothing() {
    let world = two_invoices().await;
    put_text(&world, REMINDER, &words()).await;
    // Half past eight in the morning in Amsterdam: the first sweep of the day has not come yet.
    world.set("2026-09-08T06:05:00Z".parse().unwrap());
    let before = world.table.all();
    let preview =
        world.call("POST", &format!("{REMINDER}/preview"), Some(&json!({ "debtorId": "d1" }))).await;
    assert_eq!(
        (preview.status, world.table.all() == before, mail_days(&world).len()),
        (StatusCode::OK, true, 0)
    );
    world.go_to("2026-09-08T18:00:00Z").await;
    let sent = &world.mail.taken()[0].mail;
    assert_eq!(preview.body["subject"], json!(sent.subject));
    assert_eq!(preview.body["text"], json!(as_previewed(&sent.text)));
    assert_eq!(preview.body["html"], json!(as_previewed(&sent.html)));
    assert_eq!(preview.body["spoilt"], Value::Null);
}

#[tokio::test]
async fn a_preview_shows_words_that_are_not_kept_to_a_debtor_or_to_one_who_does_not_exist() {
    let world = two_invoices().await;
    let before = world.table.all();
    for debtor in [json!(null), json!("d1")] {
        for (path, field) in [
            ("reminder/email/nl/formal", "text"),
            ("reminder/letter/nl/formal", "lines"),
            ("finalReminder/email/en/friendly", "text"),
        ] {
            let body = json!({ "debtorId": debtor, "text": { "opening": "Nog niet bewaard." } });
            let answer = world.call("POST", &format!("/v1/texts/{path}/preview"), Some(&body)).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
            assert!(answer.body[field].to_string().contains("Nog niet bewaard."), "{path}: {}", answer.body);
        }
        let body = json!({ "debtorId": debtor, "text": { "sentence": "Een zin." } });
        let sms = world.call("POST", "/v1/texts/reminder/sms/nl/formal/preview", Some(&body)).await.body;
        assert!(
            sms["text"].as_str().unwrap().contains("Een zin.") && sms["parts"].as_u64() <= Some(2),
            "{sms}"
        );
    }
    let nothing = json!({ "debtorId": "d1" });
    is_problem(&world.call("POST", "/v1/texts/summons/email/nl/formal/preview", Some(&nothing)).await, 409);
    is_problem(
        &world.call("POST", &format!("{REMINDER}/preview"), Some(&json!({ "debtorId": "d9" }))).await,
        404,
    );
    assert!(world.table.all() == before);
}

#[tokio::test]
async fn ours_is_where_an_own_text_begins_and_says_what_it_may_name() {
    let world = two_invoices().await;
    let ours = world.get(&format!("{REMINDER}/default")).await;
    let text = &ours["text"];
    assert!(text["opening"].as_str().unwrap().contains("{{ count }} facturen"), "{text}");
    let before =
        world.call("POST", &format!("{REMINDER}/preview"), Some(&json!({ "debtorId": "d1" }))).await.body;
    assert_eq!(put_text(&world, REMINDER, text).await.status, StatusCode::CREATED);
    let after =
        world.call("POST", &format!("{REMINDER}/preview"), Some(&json!({ "debtorId": "d1" }))).await.body;
    assert_eq!(after, before, "put unchanged, the same is said");
    let variable = |name: &str| {
        let all = ours["variables"].as_array().unwrap();
        all.iter().find(|v| v["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    assert_eq!(variable("creditor")["parts"], json!(["subject", "heading", "opening", "closing"]));
    assert_eq!(variable("total")["parts"], json!(["heading", "opening", "closing"]));
    assert_eq!(variable("days_late")["mayBeAbsent"], true);
    let sms = world.get("/v1/texts/reminder/sms/nl/formal/default").await;
    assert!(sms["message"].as_str().unwrap().starts_with("Herinnering van Voorbeeld Energie"), "{sms}");
}

#[tokio::test]
async fn a_friendly_tone_says_je_until_it_has_consequences_in_law() {
    let world = two_invoices().await;
    world.put("/v1/settings", &json!({ "tone": "friendly" })).await;
    let one = |id: &str, kind: &str, days: i32| json!({ "id": id, "kind": kind, "afterDays": days });
    let mut formal = one("reminder-2", "reminder", 14);
    formal["tone"] = json!("formal");
    let steps = json!({ "name": "Standard", "steps": [
        one("reminder-1", "reminder", 7), formal, one("final-reminder", "finalReminder", 14),
        one("formal-notice", "formalNotice", 14) ] });
    world.put("/v1/policies/standard", &steps).await;
    world.go_to("2026-10-20T18:00:00Z").await;
    let mails = mails(&world);
    assert_eq!(mails.len(), 4);
    let u =
        |text: &str| text.split(|c: char| !c.is_alphabetic()).any(|w| matches!(w, "u" | "U" | "uw" | "Uw"));
    let je = |text: &str| text.split(|c: char| !c.is_alphabetic()).any(|w| matches!(w, "je" | "Je"));
    for ((_, text, _), (says_u, says_je)) in
        mails.iter().zip([(false, true), (true, false), (false, true), (true, false)])
    {
        assert_eq!((u(text), je(text)), (says_u, says_je), "{text}");
    }
    let (_, last, _) = &mails[2];
    assert!(last.contains("Mogen wij je gemeente vragen") && last.contains("kun je bezwaar maken"), "{last}");
    assert_eq!(world.get("/v1/settings").await["tone"], "friendly");
    assert_eq!(world.get("/v1/policies/standard").await["steps"][1]["tone"], "formal");
}

#[tokio::test]
async fn an_own_text_speaks_in_its_tone_only() {
    let world = two_invoices().await;
    put_text(
        &world,
        "/v1/texts/reminder/email/nl/friendly",
        &json!({ "opening": "Hoi, ben je het vergeten?" }),
    )
    .await;
    world.go_to("2026-09-08T18:00:00Z").await;
    assert!(!mails(&world)[0].1.contains("Hoi,"));
    world.put("/v1/settings", &json!({ "tone": "friendly" })).await;
    world.go_to("2026-09-22T18:00:00Z").await;
    assert!(mails(&world)[1].1.contains("Hoi, ben je het vergeten?"));
}

#[tokio::test]
async fn what_is_typed_as_html_arrives_as_text() {
    let world = two_invoices().await;
    let typed = json!({ "heading": "<script>alert(1)</script>", "opening": "<b>Let op</b> & \"lees\"" });
    assert_eq!(put_text(&world, REMINDER, &typed).await.status, StatusCode::CREATED);
    world.go_to("2026-09-08T18:00:00Z").await;
    let (_, text, html) = &mails(&world)[0];
    assert!(
        text.contains("<script>alert(1)</script>") && text.contains("<b>Let op</b> & \"lees\""),
        "{text}"
    );
    assert!(!html.contains("<script") && !html.contains("<b>Let op"), "{html}");
    assert!(html.contains("Let op"), "{html}");
}

#[tokio::test]
async fn a_text_that_cannot_be_is_refused_with_its_field_line_and_rule_and_nothing_is_kept() {
    let world = two_invoices().await;
    let mail = |field: &str, text: &str| ("reminder/email/nl/formal", field.to_owned(), text.to_owned());
    let at = |path: &'static str, field: &str, text: &str| (path, field.to_owned(), text.to_owned());
    let table = [
        (mail("subject", "{{ name }}"), "not_in_this_part", "line 1"),
        (mail("subject", "{{ total }}"), "not_in_this_part", "line 1"),
        (mail("opening", "a\n\n{{ nobody }}"), "unknown_variable", "line 3"),
        (mail("opening", "a\n{{ costs }}"), "may_be_absent", "line 2"),
        (mail("opening", "{{ name }}"), "may_be_absent", "line 1"),
        (
            mail("opening", "{% if days_late > 3 %}{{ days_late }}{% endif %}{{ opening_hours }}"),
            "may_be_absent",
            "line 1",
        ),
        (mail("opening", "{% if costs %}{{ costs }}{% endif %}"), "empty", "line 1"),
        (mail("heading", "{% if business %}{{ total }}{% endif %}"), "empty", "line 1"),
        (mail("opening", "{% if creditor %}a"), "syntax", "line 1"),
        (mail("opening", "{{ creditor"), "not_closed", "line 1"),
        (mail("opening", "{{ creditor total }}"), "syntax", "line 1"),
        (mail("opening", "a\n{{ range(1000000000) }}"), "no_functions", "line 2"),
        (mail("opening", "{{ creditor|upper }}"), "no_filters", "line 1"),
        (mail("opening", "{{ \"a\" * 1000000000 }}"), "no_sums", "line 1"),
        (mail("opening", "{{ creditor.__class__ }}"), "unknown_attribute", "line 1"),
        (mail("opening", "{{ creditor['x'] }}"), "unknown_sign", "line 1"),
        (mail("opening", "{% set x = creditor %}"), "unknown_sign", "line 1"),
        (mail("opening", "{% include \"settings\" %}"), "unknown_tag", "line 1"),
        (mail("opening", "{% macro x %}{% endmacro %}"), "unknown_tag", "line 1"),
        (mail("opening", "{% for i in \"abc\" %}x{% endfor %}"), "no_such_loop", "line 1"),
        (
            mail("opening", "{% for i in invoices %}{% for j in invoices %}x{% endfor %}{% endfor %}"),
            "no_such_loop",
            "line 1",
        ),
        (mail("heading", &"lang ".repeat(31)), "too_long", "line 1"),
        (
            mail("opening", &format!("{{% for i in invoices %}}{}{{% endfor %}}", "veel ".repeat(1_000))),
            "too_long",
            "line 1",
        ),
        (mail("opening", &"x".repeat(8_001)), "length", "has 1 to"),
        (mail("opening", "  "), "length", "has 1 to"),
        (mail("opening", "a\u{7}b"), "control_character", "holds"),
        (mail("sentence", "x"), "not_of_this_channel", "is no part"),
        (at("reminder/sms/nl/formal", "opening", "x"), "not_of_this_channel", "is no part"),
        (
            at("reminder/sms/nl/formal", "sentence", "{% if name %}{{ name }}{% endif %}x"),
            "not_in_this_part",
            "line 1",
        ),
        (at("finalReminder/sms/nl/formal", "sentence", &"veel ".repeat(31)), "too_long_for_sms", "line 1"),
        (at("formalNotice/email/nl/formal", "opening", "Betaal binnen 14 dagen."), "names_a_term", "line 1"),
        (at("formalNotice/letter/nl/formal", "closing", "Tot 7-10,"), "names_a_term", "line 1"),
        (at("formalNotice/email/nl/formal", "opening", "{{ due_date }}"), "not_in_this_part", "line 1"),
    ];
    let before = world.table.all();
    for ((path, field, template), rule, detail) in table {
        let mut body = json!({});
        body[&field] = json!(template);
        let begun = Instant::now();
        let answer = put_text(&world, &format!("/v1/texts/{path}"), &body).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{template} took {:?}", begun.elapsed());
        is_problem(&answer, 400);
        let told = errors(&answer);
        assert_eq!(told, [(field.clone(), rule.to_owned())], "{path} {template}: {}", answer.body);
        let said = answer.body["errors"][0]["detail"].as_str().unwrap();
        assert!(said.starts_with(detail), "{template}: {said}");
        let preview =
            world.call("POST", &format!("/v1/texts/{path}/preview"), Some(&json!({ "text": body }))).await;
        assert_eq!(errors(&preview), told, "a preview refuses the same");
        assert!(world.table.all() == before, "{template}");
    }
    is_problem(&put_text(&world, REMINDER, &json!({})).await, 400);
    is_problem(&put_text(&world, REMINDER, &json!({ "portalUrl": "https://example.nl" })).await, 400);
    assert!(world.table.all() == before);
}

#[tokio::test]
async fn a_text_about_what_is_not_said_has_no_address() {
    let world = two_invoices().await;
    let table = [
        ("readyForBailiff/email/nl/formal", "of", "no_message"),
        ("standard:nothing/email/nl/formal", "of", "unknown_step"),
        ("formalNotice/phone/nl/formal", "channel", "not_by_this_channel"),
        ("formalNotice/sms/nl/formal", "channel", "not_by_this_channel"),
        ("formalNotice/email/nl/friendly", "tone", "stays_formal"),
        ("summons/email/nl/friendly", "tone", "stays_formal"),
        ("standard:formal-notice/letter/nl/friendly", "tone", "stays_formal"),
    ];
    let before = world.table.all();
    for (path, field, rule) in table {
        let wanted = [(field.to_owned(), rule.to_owned())];
        for part in [json!({ "opening": "x" }), json!({ "sentence": "x" })] {
            let answer = put_text(&world, &format!("/v1/texts/{path}"), &part).await;
            is_problem(&answer, 400);
            assert_eq!(errors(&answer), wanted, "{path}");
        }
        assert_eq!(
            errors(&world.call("GET", &format!("/v1/texts/{path}/default"), None).await),
            wanted,
            "{path}"
        );
    }
    for path in [
        "nothing/email/nl/formal",
        "reminder/fax/nl/formal",
        "reminder/email/de/formal",
        "reminder/email/nl/rude",
    ] {
        is_problem(&put_text(&world, &format!("/v1/texts/{path}"), &json!({ "opening": "x" })).await, 400);
    }
    assert!(world.table.all() == before);
}

#[tokio::test]
async fn a_text_that_cannot_be_said_after_all_costs_nobody_their_message() {
    let world = two_invoices().await;
    // As one that was kept under other rules than today's.
    let name: TextName = "reminder/email/nl/formal".parse().unwrap();
    let text = OwnText {
        opening: Some("{{ costs }}".to_owned()),
        closing: Some("Dag,".to_owned()),
        ..OwnText::default()
    };
    let settings = world.store.administration(&world.administration).await.unwrap().unwrap();
    let change =
        domain::texts::put_text(&settings.value, &name, text, None, "x", world.now()).unwrap().unwrap();
    let stored = world.store.change_text(&name, &change, settings.version, "x", world.now()).await;
    stored.unwrap();
    world.go_to("2026-09-08T18:00:00Z").await;
    let (_, said, _) = &mails(&world)[0];
    assert!(
        said.contains("Misschien bent u het vergeten") && said.contains("Met vriendelijke groet"),
        "{said}"
    );
    assert_eq!(world.count("d1", "NoticeSent").await, 1);
    let preview = world.call("POST", &format!("{REMINDER}/preview"), Some(&json!({}))).await.body;
    assert_eq!(preview["spoilt"], "opening: may_be_absent");
}

#[tokio::test]
async fn a_notice_that_carries_a_formal_notice_speaks_in_our_words() {
    let world = two_invoices().await;
    let mut settings: Option<Administration> = None;
    world.change_settings(|s| settings = Some(s.clone())).await;
    let mut settings = settings.unwrap();
    let text: TextName = "summons/email/nl/formal".parse().unwrap();
    settings.texts.names.insert(text.clone());
    world.go_to("2026-09-08T18:00:00Z").await;
    let kept =
        world.store.dossier(&world.administration, &"d1".parse().unwrap()).await.unwrap().unwrap().value;
    let mut notice = kept.notices[0].clone();
    notice.kind = StepKind::Summons;
    for line in &mut notice.lines {
        line.kind = StepKind::Summons;
    }
    assert_eq!(settings.texts_of(&notice, domain::Language::Nl), [text]);
    notice.lines[1].kind = StepKind::FormalNotice;
    assert_eq!(settings.texts_of(&notice, domain::Language::Nl), []);
}

#[tokio::test]
async fn another_administrations_texts_are_its_own() {
    let world = two_invoices().await;
    put_text(&world, REMINDER, &words()).await;
    let mut stranger = world.caller();
    stranger.administration = AdministrationId::parse("other").unwrap();
    let mut settings = None;
    world.change_settings(|s| settings = Some(s.clone())).await;
    let mut settings = settings.unwrap();
    settings.id = stranger.administration.clone();
    settings.texts = Default::default();
    world.store.put_administration(&settings, None).await.unwrap();
    let ask = async |method: &str, path: &str, body: Value| {
        let body = body.to_string().into_bytes();
        let caller = Some(stranger.clone());
        world.ask(&Asked { method, path, content_type: "application/json", body, headers: &[], caller }).await
    };
    is_problem(&ask("GET", REMINDER, json!(null)).await, 404);
    is_problem(&ask("DELETE", REMINDER, json!(null)).await, 404);
    assert_eq!(ask("GET", "/v1/texts", json!(null)).await.body["items"], json!([]));
    assert_eq!(
        ask("PUT", REMINDER, json!({ "closing": "Van een ander," })).await.status,
        StatusCode::CREATED
    );
    assert_eq!(world.get(REMINDER).await["text"]["closing"], "Tot snel,");
    world.go_to("2026-09-08T18:00:00Z").await;
    assert!(mails(&world)[0].1.contains("Tot snel,"));
}

#[tokio::test]
async fn an_administration_has_so_many_texts_and_no_more() {
    let world = two_invoices().await;
    world
        .change_settings(|settings| {
            settings.texts.names = (0..domain::texts::MOST_TEXTS)
                .map(|i| format!("p:s{i}/email/nl/formal").parse().unwrap())
                .collect();
            settings.texts.changes = 1;
        })
        .await;
    let answer = put_text(&world, REMINDER, &words()).await;
    is_problem(&answer, 409);
    assert_eq!(answer.body["type"], "urn:tijdig:problem:too_many_texts");
}

#[tokio::test]
async fn of_two_who_change_texts_at_once_neither_loses_theirs() {
    let world = two_invoices().await;
    let other = "/v1/texts/finalReminder/email/nl/formal";
    let (words, closing) = (words(), json!({ "closing": "Dag," }));
    let (one, two) = tokio::join!(put_text(&world, REMINDER, &words), put_text(&world, other, &closing));
    assert_eq!((one.status, two.status), (StatusCode::CREATED, StatusCode::CREATED));
    let settings = world.store.administration(&world.administration).await.unwrap().unwrap().value;
    assert_eq!((settings.texts.changes, settings.texts.names.len()), (2, 2));
    let kept: Vec<KeptText> = world.store.kept_texts(&world.administration, 10, None).await.unwrap().items;
    assert_eq!(kept.len(), 2);
}
