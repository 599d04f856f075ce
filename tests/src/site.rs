//! A world whose pages a browser opens over a network: the portal, the desk, the identity provider and the payment providers, each
//! where the others expect it.
//!
//! Browsers take `localhost` for as safe as HTTPS, so cookies are kept as on a real host. The identity provider and the payment
//! providers are at `127.0.0.1`: another site, as they are in production.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::queues::lock;
use crate::world::{Addresses, World};

/// A world and where its pages are.
#[derive(Debug)]
pub struct Site {
    pub world: World,
    /// Of the portal and the desk, without a slash at the end.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// A world at this instant, as [`World::at`] makes it.
    pub async fn at(now: &str) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let url = format!("http://localhost:{port}");
        let addresses = Addresses {
            portal: format!("{url}/portal"),
            desk: format!("{url}/desk"),
            issuer: format!("http://127.0.0.1:{port}/local/sign-in"),
        };
        let world = World::found_at(&addresses, now).await;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let doors = [
            ("/desk", world.desk.clone()),
            ("/portal", world.portal.clone()),
            ("/local/sign-in", world.identity.pages()),
        ];
        let noted = asked.clone();
        let front = Router::new().fallback(async move |request: Request| {
            let path = request.uri().path().to_owned();
            lock(&noted).push(format!("{} {path}", request.method()));
            let (_, door) = doors.iter().find(|(under, _)| path.starts_with(under)).unwrap_or(&doors[1]);
            door.clone().oneshot(request).await
        });
        tokio::spawn(async move { axum::serve(listener, front).await.expect("it serves") });
        Site { world, url, asked }
    }

    /// What browsers asked for since the last time somebody looked: methods and paths.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.asked))
    }
}
