//! What the municipalities' platforms can do, as far as an administration knows better than what is assumed.

use std::collections::BTreeMap;

use domain::provider::{Capabilities, FeedbackBy, Provider};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The platforms. Neither publishes what it can do: what stands here at the beginning is assumed [not settled]. A platform
/// that is left out, or null, goes by what is assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlatformsBody {
    #[serde(default)]
    pub bkr: Option<CapabilitiesBody>,
    #[serde(default)]
    pub inforing: Option<CapabilitiesBody>,
}

/// What one platform can do. What it cannot becomes a person's task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CapabilitiesBody {
    /// It takes another amount for a signal that it has.
    pub supports_update: bool,
    /// It takes a signal back.
    pub supports_withdraw: bool,
    /// It reports that a person has died.
    pub supports_death: bool,
    /// How its reports reach us: `push` (it calls), `poll` (we ask, every quarter of an hour) or `file` (somebody uploads what
    /// it wrote). Reports that come in another way are taken in all the same, once.
    #[schema(value_type = String, example = "push")]
    pub feedback: FeedbackBy,
}

impl PlatformsBody {
    /// What differs from what is assumed.
    pub fn read(self) -> BTreeMap<Provider, Capabilities> {
        let given = [(Provider::Bkr, self.bkr), (Provider::Inforing, self.inforing)];
        let given = given.into_iter().filter_map(|(provider, body)| Some((provider, body?.read())));
        given.filter(|(provider, capabilities)| *capabilities != provider.capabilities()).collect()
    }

    /// What is in force.
    pub fn of(known: &BTreeMap<Provider, Capabilities>) -> PlatformsBody {
        let of =
            |provider: Provider| known.get(&provider).copied().unwrap_or_else(|| provider.capabilities());
        let body = |provider| CapabilitiesBody::of(of(provider));
        PlatformsBody { bkr: Some(body(Provider::Bkr)), inforing: Some(body(Provider::Inforing)) }
    }
}

impl CapabilitiesBody {
    fn read(self) -> Capabilities {
        Capabilities {
            supports_update: self.supports_update,
            supports_withdraw: self.supports_withdraw,
            supports_death: self.supports_death,
            feedback: self.feedback,
        }
    }

    fn of(capabilities: Capabilities) -> CapabilitiesBody {
        CapabilitiesBody {
            supports_update: capabilities.supports_update,
            supports_withdraw: capabilities.supports_withdraw,
            supports_death: capabilities.supports_death,
            feedback: capabilities.feedback,
        }
    }
}
