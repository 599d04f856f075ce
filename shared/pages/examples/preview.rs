//! Writes mails and pages as HTML files to `target/previews`, to be looked at in a browser: `cargo run -p pages
//! --example preview`.

use std::fs;
use std::path::{Path, PathBuf};

use domain::Money;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use pages::mail::{self, NoticeView};
use pages::portal;

#[path = "../tests/views/mod.rs"]
mod views;

/// A square in place of the QR code, which mail clients find in the mail itself.
const SQUARE: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Cpath d='M0 0h4v4H0zM5 0h4v4H5zM0 5h4v4H0zM6 6h2v2H6z'/%3E%3C/svg%3E";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let folder = target.join("previews");
    fs::create_dir_all(&folder)?;
    for language in views::LANGUAGES {
        for kind in views::KINDS {
            for count in [1, 3, 40] {
                let name = format!("{language:?}-{kind:?}-{count}").to_lowercase();
                write(&folder, &name, &views::notice(language, kind, count))?;
            }
        }
        write(&folder, &format!("{language:?}-extreme").to_lowercase(), &extreme(language))?;
        write(&folder, &format!("{language:?}-mixed").to_lowercase(), &mixed(language))?;
        let pages = [
            ("home", portal::home(language, None)?),
            ("door", portal::door(language, "token", Some(portal::Said::Asked))?),
            ("letter", portal::letter(language, "token", Some(portal::Said::Wrong))?),
        ];
        for (name, page) in pages {
            let file = format!("{language:?}-portal-{name}.html").to_lowercase();
            fs::write(folder.join(file), page)?;
        }
    }
    println!("{}", folder.display());
    Ok(())
}

fn write(folder: &Path, name: &str, view: &NoticeView<'_>) -> Result<(), Box<dyn std::error::Error>> {
    let mail = mail::render(view)?;
    fs::write(folder.join(format!("{name}.html")), mail.html.replace("cid:epc-qr", SQUARE))?;
    fs::write(folder.join(format!("{name}.txt")), format!("{}\n\n{}", mail.subject, mail.text))?;
    Ok(())
}

/// The longest names and the largest amounts, for a business without a payment reference.
fn extreme(language: domain::Language) -> NoticeView<'static> {
    let mut view = views::notice(language, StepKind::FormalNotice, 2);
    view.debtor_kind = DebtorKind::Business;
    view.creditor.name = "Coöperatieve Vereniging tot Exploitatie van Duurzame Warmte- en Elektriciteitsvoorzieningen Rijnmond-Zuid U.A.";
    view.items[0].number = "VERKOOPFACTUUR/2026/ABCDEFGHIJKLMNOPQRSTUVWXYZ/0000000001";
    for item in &mut view.items {
        item.total = Money::from_cents(1_234_567_89);
        item.open = item.total;
    }
    view.items[1].open = Money::from_cents(1_234_567_88);
    view.total_open = view.items.iter().map(|i| i.open).sum();
    view.costs = None;
    view.payment_reference = None;
    view
}

/// An announcement that carries a younger invoice's formal notice and deducts a credit; a long name of a consumer.
fn mixed(language: domain::Language) -> NoticeView<'static> {
    let mut view = views::notice(language, StepKind::EndOfServiceAnnouncement, 3);
    view.debtor_name =
        "Maximiliaan-Alexander Wolfeschlegelsteinhausenbergerdorff van Voorst tot Voorst-Evekink";
    view.items[0].step = StepKind::FormalNotice;
    view.items[1].step = StepKind::Reminder;
    view.total_open = view.total_open - Money::from_cents(50_00);
    view.costs = Some(mail::CostsView {
        principal: view.items[0].open,
        costs: domain::costs::collection_costs(view.items[0].open),
    });
    view
}
