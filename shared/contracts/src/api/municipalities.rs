//! The directory of municipalities.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// Municipalities, by their codes. There are less than 400: all of them are one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MunicipalitiesView {
    pub items: Vec<MunicipalityView>,
}

/// A municipality, and through which platform it receives signals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MunicipalityView {
    /// Four digits, without "GM".
    pub municipality: String,
    /// Today's; absent where it has none, or is part of another municipality by now.
    pub provider: Option<String>,
    /// Those that it had and will have.
    pub platforms: Vec<DatedPlatformView>,
    /// What it became, or becomes, part of.
    pub merged_into: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub merged_on: Option<Date>,
}

/// A platform from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatedPlatformView {
    pub provider: String,
    /// Absent: as long as anybody knows.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
}
