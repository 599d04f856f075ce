//! A debtor comes in on the local cloud: the link of a mail, a code that arrives in the mailbox, the page behind it. What is
//! looked at is what only a whole stack shows: cookies through the gateway, and the way of a code over stream, bus and queue.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tests::stack::Stack;

/// How long a code may be under way, in tries of half a second.
const TRIES: usize = 60;

pub(crate) struct Visitor<'s> {
    stack: &'s Stack,
    http: Client,
    cookies: Vec<(String, String)>,
}

impl<'s> Visitor<'s> {
    pub(crate) fn of(stack: &'s Stack) -> Visitor<'s> {
        let http = Client::builder().redirect(Policy::none()).build().expect("a client");
        Visitor { stack, http, cookies: Vec::new() }
    }

    pub(crate) async fn ask(&mut self, path: &str, form: Option<&[(&str, &str)]>) -> Response {
        let address = format!("{}{path}", self.stack.url);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match form {
            None => self.http.get(address),
            Some(fields) => {
                let pairs: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let form = "application/x-www-form-urlencoded";
                self.http.post(address).header("content-type", form).body(pairs.join("&"))
            }
        };
        let answer = request.header("cookie", cookies.join("; ")).send().await.expect("an answer");
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().expect("a cookie").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a name and a value");
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        answer
    }
}

pub(crate) fn token_of(page: &str) -> String {
    let found = page.split_once("name=\"form_token\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    found.map(|(token, _)| token.to_owned()).unwrap_or_default()
}

/// By the last mail to this address that has a link.
pub async fn a_debtor_comes_in(stack: &Stack, to: &str) {
    let mails = stack.mails().await;
    let of_them = mails.iter().filter(|m| m["to"][0].as_str().is_some_and(|t| t.contains(to)));
    let texts: Vec<&str> = of_them.filter_map(|m| m["text"].as_str()).collect();
    let before = format!("{}/portal/", stack.url);
    let link = texts.iter().rev().find_map(|text| text.split_once(before.as_str())).expect("a link").1;
    let link: String = link.chars().take_while(char::is_ascii_alphanumeric).collect();
    let path = format!("/portal/{link}");

    let mut visitor = Visitor::of(stack);
    let door = visitor.ask(&path, None).await.text().await.expect("a page");
    let token = token_of(&door);
    let asked = visitor.ask(&path, Some(&[("form_token", &token), ("send", "email")])).await;
    assert_eq!(asked.status(), StatusCode::OK);
    let code = code_in_mailbox(stack, mails.len()).await;
    let entered = visitor.ask(&path, Some(&[("form_token", &token), ("code", &code)])).await;
    assert_eq!(entered.status(), StatusCode::SEE_OTHER, "{}", entered.text().await.unwrap_or_default());
    let page = visitor.ask("/portal/my", None).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.expect("a page").contains("id=\"actions\""));
}

/// The code in the mail that comes after so many.
async fn code_in_mailbox(stack: &Stack, known: usize) -> String {
    for _ in 0..TRIES {
        let mails = stack.mails().await;
        let text =
            mails.iter().skip(known).filter_map(|m| m["text"].as_str()).next_back().unwrap_or_default();
        let code =
            text.lines().map(str::trim).find(|l| l.len() == 6 && l.bytes().all(|b| b.is_ascii_digit()));
        if let Some(code) = code {
            return code.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("no code in the mailbox");
}
