//! Somebody signs in at the desk of the local cloud: through the gateway, to the stand-in of the identity provider and back, and
//! acts. A program does so with the demonstration's token.

use reqwest::{Response, StatusCode};
use tests::stack::Stack;

use crate::e2e_portal::{Visitor, token_of};

fn location(answer: &Response) -> String {
    let value = answer.headers().get("location").and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

pub async fn somebody_signs_in(stack: &Stack, debtor: &str) {
    let path = format!("/desk/debtors/{debtor}");
    let token = format!("Bearer {}", stack.env["TIJDIG_DESK_TOKEN"]);
    let (status, page) = stack.send("GET", &path, &[("authorization", &token)], Vec::new()).await;
    assert_eq!(status, StatusCode::OK, "{page}");

    let mut visitor = Visitor::of(stack);
    let away = visitor.ask("/desk", None).await;
    assert_eq!((away.status(), location(&away).as_str()), (StatusCode::SEE_OTHER, "/desk/sign-in"));
    let begun = visitor.ask("/desk/sign-in/begin", None).await;
    let address = location(&begun);
    let (provider, query) = address.split_once('?').expect("the provider's address");
    assert_eq!(provider, format!("{}/local/sign-in/authorize", stack.url));
    let users = visitor.ask(&format!("/local/sign-in/authorize?{query}"), None).await;
    assert!(users.text().await.expect("a page").contains("demo-controller"));
    let mut fields: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    fields.push(("user", "demo-controller"));
    let back = location(&visitor.ask("/local/sign-in/authorize", Some(&fields)).await);
    let back = back.strip_prefix(&stack.url).expect("our own address").to_owned();
    let entered = visitor.ask(&back, None).await;
    assert_eq!((entered.status(), location(&entered).as_str()), (StatusCode::SEE_OTHER, "/desk"));
    let page = visitor.ask(&path, None).await;
    assert_eq!(page.status(), StatusCode::OK);
    let token = token_of(&page.text().await.expect("a page"));
    let left = visitor.ask("/desk/sign-out", Some(&[("form_token", &token)])).await;
    assert_eq!(location(&left), "/desk/sign-in?said=left");
}
