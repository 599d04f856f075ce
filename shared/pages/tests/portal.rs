//! The placeholder of the portal: plain, whole by itself, and free of personal data.

use domain::Language;
use pages::portal::placeholder;

#[test]
fn each_language_links_to_the_other() {
    let nl = placeholder(Language::Nl, None);
    assert!(
        nl.contains("<html lang=\"nl\"")
            && nl.contains("href=\"?lang=en\"")
            && !nl.contains("href=\"?lang=nl\"")
    );
    let en = placeholder(Language::En, None);
    assert!(
        en.contains("<html lang=\"en\"")
            && en.contains("href=\"?lang=nl\"")
            && !en.contains("href=\"?lang=en\"")
    );
}

#[test]
fn the_page_says_what_will_be_there_what_works_now_and_where_help_is() {
    let table = [
        (
            Language::Nl,
            [
                "facturen bekijken",
                "<li>betalen",
                "vraag stellen",
                "niet klopt",
                "betalingsregeling",
                "bezwaar maken",
                "0800-8115",
                "schuldhulpverlening",
                "bel of mail Stroomvast Energie",
            ],
        ),
        (
            Language::En,
            [
                "see your invoices",
                "<li>pay",
                "ask a question",
                "not right",
                "payment plan",
                "object to passing",
                "0800-8115",
                "schuldhulpverlening",
                "call or e-mail Stroomvast Energie",
            ],
        ),
    ];
    for (language, words) in table {
        let page = placeholder(language, Some("Stroomvast Energie"));
        for words in words {
            assert!(page.contains(words), "{language:?} lacks {words}");
        }
    }
}

#[test]
fn the_page_asks_nothing_of_other_places_and_runs_no_script() {
    let page = placeholder(Language::Nl, Some("Stroomvast Energie"));
    for foreign in ["<script", "src=", "@import", "url(", "<form", "http-equiv"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    let addresses: Vec<_> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(addresses, ["data:,", "#content", "?lang=en", "tel:08008115", "https://geldfit.nl"]);
}

#[test]
fn headings_do_not_skip_a_level_and_there_is_one_main() {
    let page = placeholder(Language::En, None);
    for (element, count) in [("<h1", 1), ("<h2", 3), ("<h3", 0), ("<main", 1), ("<title>", 1)] {
        assert_eq!(page.matches(element).count(), count, "{element}");
    }
}

#[test]
fn a_name_is_escaped_in_title_and_text() {
    let page = placeholder(Language::Nl, Some("</title><script>alert(1)</script>"));
    assert!(!page.contains("<script") && page.contains("&#60;script&#62;"));
}
