//! In a real browser: what debtors and staff do, from page to page, on a narrow and a wide screen, in both languages, with scripts and
//! without. Every page on the way is looked at: see [`Tab::close`].

mod desk;
mod pages;
mod portal;
mod sight;

use tests::chromium::{Chromium, Tab, View};
use tests::site::Site;

/// A phone held upright, and a desk.
const SIZES: [(u32, u32); 2] = [(390, 844), (1_280, 800)];

/// All that arrives in the first answer of a server: ten segments of 1,460 bytes.
const ONE_ROUND_TRIP: u64 = 14_600;

/// Both sizes in both languages, and without scripts on a phone.
fn views() -> Vec<View> {
    let of = |language, scripts| move |(width, height)| View { width, height, language, scripts };
    let both = ["nl", "en"].map(|language| SIZES.map(of(language, true))).concat();
    [both, vec![of("nl", false)(SIZES[0])]].concat()
}

/// Goes this walk in every view, each time in another world.
async fn in_every_view(walk: impl AsyncFn(&'static Chromium, View)) {
    let Some(chromium) = Chromium::shared() else { return };
    for view in views() {
        walk(chromium, view).await;
    }
}

/// Opens a page that somebody sees first: it comes whole, in one round trip.
async fn open_first(site: &Site, tab: &Tab, path: &str) {
    site.asked();
    tab.open(path).await;
    assert_eq!(site.asked(), [format!("GET {path}")], "one request");
    assert!(tab.bytes() <= ONE_ROUND_TRIP, "{path} has {} bytes", tab.bytes());
}

/// Comes in at the portal by the link of the last mail and a code.
async fn come_in(site: &Site, tab: &Tab) {
    open_first(site, tab, &format!("/portal/{}", site.world.last_link())).await;
    tab.choose_language().await;
    tab.go("#send-email").await;
    assert!(tab.has("#said[role=status]").await);
    site.world.settle().await;
    tab.fill("#code", &site.world.last_code()).await;
    tab.go("#open").await;
    assert_eq!(tab.path().await, "/portal/my");
}

/// Signs in at the desk on the identity provider's page.
async fn sign_in(site: &Site, tab: &Tab, user: &str) {
    open_first(site, tab, "/desk/sign-in").await;
    tab.go("#sign-in").await;
    assert!(tab.path().await.starts_with("http://127.0.0.1:"), "the provider's page");
    tab.go(&format!("#{user}")).await;
    assert_eq!(tab.path().await, "/desk");
    tab.choose_language().await;
}
