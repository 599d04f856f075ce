//! The debtor changes how they are reached.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use contracts::failure::Failure;
use domain::contact::{self, Contact};
use domain::debtor::EmailAddress;
use http::{HeaderMap, StatusCode};
use pages::layout::language_of;
use pages::portal::{self, Details, Done, Form};

use crate::Portal;
use crate::answers::{Trouble, go_to, page};
use crate::forms::{self, fields};
use crate::visitor::Visitor;

fn show(visitor: &Visitor, status: StatusCode, form: &Form) -> Result<Response, Trouble> {
    page(status, portal::details(&visitor.frame(), Details(&visitor.dossier.debtor), form))
}

pub(crate) async fn get(visitor: Visitor) -> Result<Response, Trouble> {
    show(&visitor, StatusCode::OK, &Form::default())
}

pub(crate) async fn post(
    State(portal): State<Portal>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    let mut form = match forms::of_visitor(&visitor, &headers, fields(&body)) {
        Ok(form) => form,
        Err(refused) => return Ok(*refused),
    };
    let Some(contact) = read(&mut form) else {
        return show(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &form);
    };
    let missing = || Failure::not_found("debtor");
    let debtor = &visitor.session.debtor;
    let (records, origin) = (portal.records(), visitor.origin());
    records.change(&origin, debtor, missing, |draft, _| Ok(contact::change(draft, &contact))).await?;
    Ok(go_to(&format!("/portal/my/details?done={}", Done::Details.name())))
}

/// How the debtor wants to be reached, or what is wrong with that.
fn read(form: &mut Form) -> Option<Contact> {
    let typed = form.value("email").to_owned();
    let email = if typed.is_empty() { None } else { EmailAddress::parse(&typed).ok() };
    if email.is_none() && !typed.is_empty() {
        form.refuse("email", "not_an_email");
    }
    let mobile = phone(form, "mobile");
    let phone = phone(form, "phone");
    if form.value("email").is_empty() && form.value("mobile").is_empty() {
        form.refuse("email", "one_way");
    }
    let language = language_of(form.value("language"));
    if language.is_none() {
        form.refuse("language", "choose");
    }
    let language = language.filter(|_| form.is_good())?;
    Some(Contact { email, phone, mobile, language })
}

/// A phone number as the API takes it.
fn phone(form: &mut Form, name: &str) -> Option<String> {
    let text = form.value(name).to_owned();
    if text.is_empty() {
        return None;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    if text.chars().count() <= 30 && allowed && (7..=15).contains(&digits) {
        return Some(text);
    }
    form.refuse(name, "not_a_phone_number");
    None
}
