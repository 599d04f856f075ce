//! A server for tests that answers requests as it is told to, or misbehaves.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does once it has read a whole request.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    Answer {
        status: u16,
        headers: &'static str,
        body: &'static str,
    },
    Hang,
    /// Closes without a word.
    Reset,
    /// Begins an answer and closes.
    Break,
}

#[derive(Debug)]
pub(crate) struct Loopback {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Loopback {
    /// Answers every request with the same bytes.
    pub(crate) async fn start(then: Then) -> Loopback {
        Loopback::routed(vec![("", then)]).await
    }

    /// Answers by what a request begins with, the first that fits. Where several fit the same beginning they are taken one
    /// after the other, and the last of them stays. Whatever fits none is 501.
    pub(crate) async fn routed(routes: Vec<(&'static str, Then)>) -> Loopback {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        let routes = Arc::new(Mutex::new(routes));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, routes.clone(), seen.clone()));
            }
        });
        Loopback { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Head and body of everything received.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// An address where nobody listens.
pub(crate) async fn deserted() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

type Routes = Arc<Mutex<Vec<(&'static str, Then)>>>;

fn route(routes: &Routes, request: &str) -> Then {
    let mut routes = routes.lock().unwrap();
    let Some(at) = routes.iter().position(|(prefix, _)| request.starts_with(prefix)) else {
        return Then::Answer { status: 501, headers: "", body: "" };
    };
    let (prefix, then) = routes[at].clone();
    if routes[at + 1..].iter().any(|(other, _)| *other == prefix) {
        routes.remove(at);
    }
    then
}

async fn serve(mut stream: TcpStream, routes: Routes, seen: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read_request(&mut stream).await {
        let then = route(&routes, &request);
        seen.lock().unwrap().push(request);
        match &then {
            Then::Answer { status, headers, body } => {
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Then::Hang => std::future::pending().await,
            Then::Reset => return,
            Then::Break => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{").await.unwrap();
                return;
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return Some(text.into_owned());
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
        })
        .unwrap_or(0)
}
