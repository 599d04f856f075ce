//! The looking itself: each thing that a page must not have is found on one that has it.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use tests::chromium::{Chromium, View};
use tokio::net::TcpListener;

use super::SIZES;

/// What a good page begins with; the colours are readable in light and, where nothing else is said, in dark.
const HEAD: &str = "<!doctype html><html lang=\"nl\"><head><meta charset=\"utf-8\"><title>t</title>\
    <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><link rel=\"icon\" href=\"data:,\">";

async fn complaints(chromium: &'static Chromium, page: &'static str) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let home = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let large = get(|| async { Html(format!("{HEAD}<main><h1>h</h1><p>{}</p>", "a ".repeat(60_000))) });
    let front = Router::new().route("/", get(async move || Html(page))).route("/large", large);
    tokio::spawn(async move { axum::serve(listener, front).await.expect("it serves") });
    let (width, height) = SIZES[0];
    let tab = chromium.tab(&home, View { width, height, language: "nl", scripts: true }).await;
    match page {
        "large" => tab.open("/large").await,
        "gone" => tab.open_to("/", 404).await,
        _ => tab.open("/").await,
    }
    tab.complaints().await
}

#[tokio::test]
async fn what_is_wrong_with_a_page_is_found() {
    let Some(chromium) = Chromium::shared() else { return };
    const BODY: &str = "</head><body><main><h1>h</h1><p>text</p></main>";
    // (what is wrong, what is said about it); nothing where it is good
    let table: [(&'static str, &str); 16] = [
        (with(BODY), ""),
        ("large", "it has 120"),
        ("gone", "its status is 200 and not 404"),
        ("<!doctype html><html lang=\"en\"><title>t</title><main><h1>h</h1></main>", "it is in \"en\""),
        (
            with("</head><body><main><h1>h</h1><img alt=\"\" src=\"/a.png\"></main>"),
            "it asks for http://localhost",
        ),
        (with("</head><body><main><h1>h</h1></main><script>nothing()</script>"), "ReferenceError"),
        (with("</head><body><main><h1>h</h1></main><script>console.error('oops')</script>"), "oops"),
        (
            with(
                "<meta http-equiv=\"content-security-policy\" content=\"img-src data:;style-src 'none'\"></head><body>\
                 <main><h1 style=\"color:red\">h</h1></main>",
            ),
            "Content Security Policy",
        ),
        (with("</head><body><main><h1>h</h1><p style=\"width:500px\">text</p></main>"), "it is 5"),
        (
            with(
                "</head><body style=\"overflow-x:hidden\"><main><h1>h</h1><p style=\"margin-left:380px\">texttexttext</p></main>",
            ),
            "stands from 3",
        ),
        (
            with(
                "</head><body><main><h1>h</h1><p style=\"width:40px;overflow:hidden;white-space:nowrap\">a long text</p></main>",
            ),
            "<p> cuts off \"a long text\"",
        ),
        (
            with(
                "</head><body><main><h1>h</h1><p>one text</p><p style=\"margin-top:-2.1em\">another text</p></main>",
            ),
            "stand on each other",
        ),
        (
            with(
                "</head><body><main><h1>h</h1><p style=\"width:40px;overflow-wrap:anywhere\">together</p></main>",
            ),
            "\"together\" is in pieces",
        ),
        (with("</head><body><main><h1>h</h1><input name=\"a\"></main>"), "label: input"),
        (with("</head><body><main><h1>h</h1><p style=\"color:#999\">pale</p></main>"), "color-contrast: p"),
        (
            with(
                "<style>@media (prefers-color-scheme: dark) { body { background: #000; color: #333 } }</style></head>\
                 <body><main><h1>h</h1><p>text</p></main>",
            ),
            "in dark, color-contrast",
        ),
    ];
    for (page, expected) in table {
        let found = complaints(chromium, page).await;
        let is_found = found.iter().any(|complaint| complaint.contains(expected));
        assert!(if expected.is_empty() { found.is_empty() } else { is_found }, "{page}: {found:#?}");
    }
}

/// A page, for as long as the test runs.
fn with(rest: &str) -> &'static str {
    Box::leak(format!("{HEAD}{rest}").into_boxed_str())
}
