use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;

use super::*;
use crate::bkr::{Bkr, BkrConfig};
use crate::http::TIMEOUT;
use crate::platform::{MunicipalPlatform, Operation, Receipt, SubmitOutcome};
use crate::sample;

type Authority = CertifiedIssuer<'static, KeyPair>;

/// Somebody who signs certificates.
fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate that this authority signed, and its key, in PEM.
fn signed(by: &Authority, name: &str, purpose: ExtendedKeyUsagePurpose) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.extended_key_usages = vec![purpose];
    let certificate = params.signed_by(&key, &**by).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// A platform that only speaks with whom this authority knows. It tells the certificates that it was shown, a call each.
fn platform(authority: &Authority) -> (SocketAddr, mpsc::Receiver<Option<Vec<u8>>>) {
    let (certificate, key) = signed(authority, "localhost", ExtendedKeyUsagePurpose::ServerAuth);
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, shown) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut tls = rustls::Stream::new(&mut connection, &mut stream);
            let mut head = [0_u8; 64 * 1024];
            let answered = tls.read(&mut head).is_ok_and(|read| read > 0) && {
                let body = r#"{"referentie":"VPS-1"}"#;
                let length = body.len();
                let answer = format!("HTTP/1.1 201 Created\r\ncontent-length: {length}\r\n\r\n{body}");
                tls.write_all(answer.as_bytes()).is_ok()
            };
            let certificates = connection.peer_certificates();
            let first = certificates.and_then(|all| all.first()).map(|c| c.as_ref().to_vec());
            if tell.send(first.filter(|_| answered)).is_err() {
                return;
            }
        }
    });
    (address, shown)
}

/// What is kept among the secrets.
fn kept(certificate: &str, key: &str, authority: Option<&Authority>) -> Secret {
    let authority = authority.map(|a| a.pem());
    let kept = serde_json::json!({ "certificate": certificate, "key": key, "authority": authority });
    Secret::new(kept.to_string())
}

async fn submit(client: Client, to: SocketAddr) -> SubmitOutcome {
    let url = format!("https://localhost:{}/", to.port());
    let bkr = Bkr::new(client, BkrConfig::new(url, Secret::new(""))).unwrap();
    bkr.submit(Operation::Create, &sample::message(), "4711").await
}

#[tokio::test]
async fn a_platform_that_asks_for_a_certificate_is_shown_ours_and_no_other_is_let_in() {
    let (ours, strangers) = (authority("ours"), authority("strangers"));
    let (address, shown) = platform(&ours);

    let (certificate, key) = signed(&ours, "tijdig", ExtendedKeyUsagePurpose::ClientAuth);
    let identity = Identity::parse(&kept(&certificate, &key, Some(&ours))).unwrap();
    let outcome = submit(identity.client(TIMEOUT).unwrap(), address).await;
    assert_eq!(outcome, SubmitOutcome::Accepted(Receipt { provider_reference: "VPS-1".to_owned() }));
    let sent = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    assert_eq!(shown.recv().unwrap(), Some(sent.as_ref().to_vec()));

    let (other, key) = signed(&strangers, "tijdig", ExtendedKeyUsagePurpose::ClientAuth);
    let identity = Identity::parse(&kept(&other, &key, Some(&ours))).unwrap();
    let refused = submit(identity.client(TIMEOUT).unwrap(), address).await;
    assert!(!matches!(refused, SubmitOutcome::Accepted(_)), "{refused:?}");
    assert_eq!(shown.recv().unwrap(), None);

    let mut roots = web_roots();
    roots.add(ours.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let bare = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let refused = submit(client_with(bare, TIMEOUT).unwrap(), address).await;
    assert!(!matches!(refused, SubmitOutcome::Accepted(_)), "without a certificate: {refused:?}");
    assert_eq!(shown.recv().unwrap(), None);
}

#[tokio::test]
async fn a_platform_whose_authority_nobody_named_is_not_spoken_to() {
    let ours = authority("ours");
    let (address, shown) = platform(&ours);
    let (certificate, key) = signed(&ours, "tijdig", ExtendedKeyUsagePurpose::ClientAuth);
    let identity = Identity::parse(&kept(&certificate, &key, None)).unwrap();
    let refused = submit(identity.client(TIMEOUT).unwrap(), address).await;
    assert!(!matches!(refused, SubmitOutcome::Accepted(_)), "{refused:?}");
    assert_eq!(shown.recv().unwrap(), None);
}

#[test]
fn what_is_no_identity_is_refused_without_a_word_of_it() {
    let ours = authority("ours");
    let (certificate, key) = signed(&ours, "tijdig", ExtendedKeyUsagePurpose::ClientAuth);
    let good = kept(&certificate, &key, None);
    assert!(Identity::parse(&good).is_ok());
    assert_eq!(format!("{:?}", Identity::parse(&good).unwrap()), "Identity");
    for bad in [
        Secret::new("hush"),
        Secret::new("{}"),
        kept("hush", &key, None),
        kept(&certificate, "hush", None),
        kept(&certificate, &certificate, None),
    ] {
        assert_eq!(Identity::parse(&bad).err(), Some(HttpError::Tls));
    }
    // A certificate and the key of another one.
    let (_, other) = signed(&ours, "tijdig", ExtendedKeyUsagePurpose::ClientAuth);
    let mixed = Identity::parse(&kept(&certificate, &other, None)).unwrap();
    assert_eq!(mixed.client(TIMEOUT).err(), Some(HttpError::Tls));
}
