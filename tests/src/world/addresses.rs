//! Where a world is found.

/// Where browsers find the world's pages.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The portal, without a slash at the end.
    pub portal: String,
    /// The desk, without a slash at the end.
    pub desk: String,
    /// The identity provider.
    pub issuer: String,
}

impl Default for Addresses {
    /// Those of pages that nobody opens over a network.
    fn default() -> Addresses {
        Addresses {
            portal: "https://portal.example.nl/portal".to_owned(),
            desk: "https://desk.example.nl/desk".to_owned(),
            issuer: "https://id.example.nl".to_owned(),
        }
    }
}
