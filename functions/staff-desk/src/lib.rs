//! The desk: where a creditor's own people look and act. Server-rendered pages and forms that work without scripts; what is done
//! goes through the same decisions as the API, and stands on the timeline as `staff <id>`.
//!
//! There is one list of routes. Each says what it needs, and the guard in front of all of them lets nobody through who does not
//! have it: a route that is not in the list does not exist.

mod acts;
mod answer;
mod calls;
mod debtors;
mod guard;
mod home;
mod settings;
mod sign_in;
mod signals;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use domain::staff::Action;
use outside::sign_in::{IdentityProvider, OpenId};
use records::{Origin, Records};
use runtime::clock::Clock;
use runtime::{Error, Start};
use store::{DynamoTable, Store};

use visitor::Visitor;

/// Largest body, in bytes: a form.
pub const BODY_BYTES: usize = 128 * 1024;

/// What every route needs.
#[derive(Debug, Clone)]
pub struct App {
    pub store: Store,
    pub clock: Clock,
    /// Where people sign in.
    pub provider: Arc<dyn IdentityProvider>,
    pub identity: Identity,
    /// Where the desk is, without a slash at the end.
    pub url: String,
}

/// What tokens of the identity provider have to say.
#[derive(Debug, Clone)]
pub struct Identity {
    pub issuer: String,
    pub client_id: String,
    /// The claim with the groups `{administration}:{role}`.
    pub groups_claim: String,
}

impl App {
    /// As the environment names it.
    ///
    /// # Errors
    /// A variable is missing, or the issuer is no address that may be called.
    pub fn of(start: &Start) -> Result<App, Error> {
        let text = |name: &str| start.environment.text(name).map(str::to_owned);
        let issuer = text("TIJDIG_SIGN_IN_ISSUER")?;
        Ok(App {
            store: Store::new(Arc::new(DynamoTable::new(&start.aws, text("TIJDIG_TABLE")?))),
            clock: start.clock.clone(),
            provider: Arc::new(OpenId::new(&issuer)?),
            identity: Identity {
                issuer,
                client_id: text("TIJDIG_SIGN_IN_CLIENT")?,
                groups_claim: text("TIJDIG_SIGN_IN_GROUPS")?,
            },
            url: text("TIJDIG_DESK_URL")?,
        })
    }

    fn records(&self) -> Records {
        Records { store: self.store.clone(), clock: self.clock.clone() }
    }

    /// On whose behalf somebody acts.
    fn origin(&self, visitor: &Visitor) -> Origin {
        Origin { administration: visitor.administration.clone(), by: visitor.by.clone() }
    }
}

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it is the way in.
    Nobody,
    /// Somebody who signed in, whatever their role.
    Somebody,
    /// A role that may do this.
    Role(Action),
}

/// One route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    pub path: &'static str,
    pub needs: Needs,
}

macro_rules! routes {
    ($($method:ident $path:literal [$($needs:tt)*] $handler:path;)*) => {
        /// Every route there is.
        pub const ROUTES: &[Route] = &[
            $(Route { method: stringify!($method), path: $path, needs: Needs::$($needs)* },)*
        ];

        fn handlers() -> Router<App> {
            Router::new()$(.route($path, axum::routing::$method($handler)))*
        }
    };
}

routes! {
    get "/desk/sign-in" [Nobody] sign_in::door;
    get "/desk/sign-in/begin" [Nobody] sign_in::begin;
    get "/desk/sign-in/leave" [Nobody] sign_in::leave;
    get "/desk/signed-in" [Nobody] sign_in::back;
    post "/desk/sign-out" [Somebody] sign_in::sign_out;
    get "/desk/administration" [Somebody] sign_in::choose;
    post "/desk/administration" [Somebody] sign_in::chosen;

    get "/desk" [Role(Action::Look)] home::page_of_today;
    get "/desk/work/{list}" [Role(Action::Look)] home::work_list;
    get "/desk/debtors" [Role(Action::Look)] debtors::list;
    post "/desk/debtors" [Role(Action::Look)] debtors::search;
    get "/desk/debtors/{debtor}" [Role(Action::Look)] debtors::page_of;
    get "/desk/debtors/{debtor}/timeline" [Role(Action::Look)] debtors::timeline;

    get "/desk/debtors/{debtor}/hold" [Role(Action::PlaceHold)] acts::ask;
    post "/desk/debtors/{debtor}/hold" [Role(Action::PlaceHold)] acts::perform;
    get "/desk/debtors/{debtor}/invoices/{about}/hold" [Role(Action::PlaceHold)] acts::ask;
    post "/desk/debtors/{debtor}/invoices/{about}/hold" [Role(Action::PlaceHold)] acts::perform;
    get "/desk/debtors/{debtor}/holds/{about}/lift" [Role(Action::LiftHold)] acts::ask;
    post "/desk/debtors/{debtor}/holds/{about}/lift" [Role(Action::LiftHold)] acts::perform;
    get "/desk/debtors/{debtor}/invoices/{about}/step" [Role(Action::EditStep)] acts::ask;
    post "/desk/debtors/{debtor}/invoices/{about}/step" [Role(Action::EditStep)] acts::perform;
    get "/desk/debtors/{debtor}/promise" [Role(Action::RegisterPromise)] acts::ask;
    post "/desk/debtors/{debtor}/promise" [Role(Action::RegisterPromise)] acts::perform;
    get "/desk/debtors/{debtor}/promises/{about}/withdraw" [Role(Action::WithdrawPromise)] acts::ask;
    post "/desk/debtors/{debtor}/promises/{about}/withdraw" [Role(Action::WithdrawPromise)] acts::perform;
    get "/desk/debtors/{debtor}/calls/{about}" [Role(Action::Look)] calls::page_of;
    get "/desk/debtors/{debtor}/calls/{about}/outcome" [Role(Action::RecordCall)] acts::ask;
    post "/desk/debtors/{debtor}/calls/{about}/outcome" [Role(Action::RecordCall)] acts::perform;
    get "/desk/debtors/{debtor}/tasks/{about}/done" [Role(Action::CloseTask)] acts::ask;
    post "/desk/debtors/{debtor}/tasks/{about}/done" [Role(Action::CloseTask)] acts::perform;
    get "/desk/debtors/{debtor}/statement" [Role(Action::SendStatement)] acts::ask;
    post "/desk/debtors/{debtor}/statement" [Role(Action::SendStatement)] acts::perform;
    get "/desk/debtors/{debtor}/disputes/{about}/decide" [Role(Action::DecideDispute)] acts::ask;
    post "/desk/debtors/{debtor}/disputes/{about}/decide" [Role(Action::DecideDispute)] acts::perform;
    get "/desk/debtors/{debtor}/plans/{about}/decide" [Role(Action::DecidePlan)] acts::ask;
    post "/desk/debtors/{debtor}/plans/{about}/decide" [Role(Action::DecidePlan)] acts::perform;
    get "/desk/debtors/{debtor}/plans/{about}/end" [Role(Action::EndPlan)] acts::ask;
    post "/desk/debtors/{debtor}/plans/{about}/end" [Role(Action::EndPlan)] acts::perform;
    get "/desk/debtors/{debtor}/signals/prepare" [Role(Action::PrepareSignal)] acts::ask;
    post "/desk/debtors/{debtor}/signals/prepare" [Role(Action::PrepareSignal)] acts::perform;
    get "/desk/debtors/{debtor}/signals/{about}/send" [Role(Action::SendSignal)] acts::ask;
    post "/desk/debtors/{debtor}/signals/{about}/send" [Role(Action::SendSignal)] acts::perform;
    get "/desk/debtors/{debtor}/signals/{about}/withdraw" [Role(Action::WithdrawSignal)] acts::ask;
    post "/desk/debtors/{debtor}/signals/{about}/withdraw" [Role(Action::WithdrawSignal)] acts::perform;
    get "/desk/debtors/{debtor}/early-signalling" [Role(Action::SetEarlySignalling)] acts::ask;
    post "/desk/debtors/{debtor}/early-signalling" [Role(Action::SetEarlySignalling)] acts::perform;
    get "/desk/debtors/{debtor}/case/hand-over" [Role(Action::HandOver)] acts::ask;
    post "/desk/debtors/{debtor}/case/hand-over" [Role(Action::HandOver)] acts::perform;
    get "/desk/debtors/{debtor}/case/take-back" [Role(Action::TakeBack)] acts::ask;
    post "/desk/debtors/{debtor}/case/take-back" [Role(Action::TakeBack)] acts::perform;

    get "/desk/calls" [Role(Action::Look)] calls::list;
    get "/desk/signals" [Role(Action::Look)] signals::page_of;
    post "/desk/signals/send" [Role(Action::SendSignal)] signals::send;
    post "/desk/signals/withdraw" [Role(Action::WithdrawSignal)] signals::withdraw;
    get "/desk/settings" [Role(Action::LookAtSettings)] settings::page_of;
}

/// All routes behind their guard.
pub fn router(app: App) -> Router {
    handlers().layer(middleware::from_fn_with_state(app.clone(), guard::guard)).with_state(app)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_that_changes_something_is_a_post_with_a_form_before_it() {
        let of = |method: &str| {
            let of = ROUTES.iter().filter(|route| route.method == method);
            of.map(|route| (route.path, format!("{:?}", route.needs))).collect::<BTreeSet<_>>()
        };
        let alone = of("post").difference(&of("get")).map(|(path, _)| *path).collect::<Vec<_>>();
        assert_eq!(alone, ["/desk/sign-out", "/desk/signals/send", "/desk/signals/withdraw"]);
    }

    #[test]
    fn only_the_way_in_is_open() {
        let open = ROUTES.iter().filter(|route| route.needs == Needs::Nobody).map(|route| route.path);
        let expected = ["/desk/sign-in", "/desk/sign-in/begin", "/desk/sign-in/leave", "/desk/signed-in"];
        assert_eq!(open.collect::<Vec<_>>(), expected);
    }
}
