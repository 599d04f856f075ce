//! Deploys infra/template.yaml to the local cloud: the templates as they are, with two kinds of lines filled in that `sam package`
//! fills in for AWS - where a nested template lies, and where a function's code lies.
//!
//! A function's code is a line of shell that becomes the binary. The binary itself stays where it was built: nothing is
//! uploaded, and a new build needs no new deployment.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cloud::Cloud;
use crate::failure::{Failure, Outcome, While};
use crate::folders::{Folders, workspace};

pub const STACK: &str = "tijdig";

const BUCKET: &str = "tijdig-deployment";
const NESTED: [&str; 6] =
    ["data.yaml", "messaging.yaml", "sign-in.yaml", "functions.yaml", "api.yaml", "observability.yaml"];
const LIMIT: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What the stack says about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deployment {
    pub api_id: String,
    pub table: String,
    pub bus: String,
}

/// What was deployed last, and from what.
#[derive(Debug, Serialize, Deserialize)]
struct Deployed {
    fingerprint: String,
    deployment: Deployment,
}

/// Deploys, unless the stack that the cloud kept was made from the same templates and parameters.
pub async fn deploy(
    cloud: &Cloud,
    folders: &Folders,
    binaries: &BTreeMap<String, PathBuf>,
    parameters: &BTreeMap<&str, String>,
) -> Outcome<Deployment> {
    let mut templates = read_templates()?;
    let fingerprint = fingerprint(&templates, binaries, parameters);
    let status = stack_status(cloud).await?;
    let kept: Option<Deployed> =
        std::fs::read_to_string(folders.deployed()).ok().and_then(|text| serde_json::from_str(&text).ok());
    if let (Some(kept), Some(status)) = (kept, &status)
        && kept.fingerprint == fingerprint
        && status.is_complete()
    {
        return Ok(kept.deployment);
    }

    put(cloud, "", Vec::new()).await?;
    for (name, binary) in binaries {
        put(cloud, &format!("{name}.zip"), archive(binary)?).await?;
    }
    place_functions(&mut templates, binaries)?;
    place_nested(cloud, &mut templates)?;
    for name in NESTED {
        let text = templates.get(name).cloned().unwrap_or_default();
        put(cloud, name, text.into_bytes()).await?;
    }
    let action = if status.is_some() { "UpdateStack" } else { "CreateStack" };
    let answer = call(cloud, action, &form(&templates, parameters)).await?;
    // An update that changes nothing is refused by that sentence, on AWS as here.
    if let Err(refusal) = answer
        && !refusal.contains("No updates are to be performed")
    {
        return Err(Failure::because(format!("{action}: {refusal}")));
    }
    let deployment = wait_until_complete(cloud).await?;
    let text = serde_json::to_string(&Deployed { fingerprint, deployment: deployment.clone() })
        .during("noting the deployment")?;
    std::fs::write(folders.deployed(), text).during("noting the deployment")?;
    Ok(deployment)
}

type Templates = BTreeMap<&'static str, String>;

fn read_templates() -> Outcome<Templates> {
    let folder = workspace().join("infra");
    ["template.yaml"]
        .into_iter()
        .chain(NESTED)
        .map(|name| {
            Ok((name, std::fs::read_to_string(folder.join(name)).during(format!("reading infra/{name}"))?))
        })
        .collect()
}

fn fingerprint(
    templates: &Templates,
    binaries: &BTreeMap<String, PathBuf>,
    parameters: &BTreeMap<&str, String>,
) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{templates:?}{binaries:?}{parameters:?}"));
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A deployment package with a `bootstrap` that becomes the binary.
fn archive(binary: &Path) -> Outcome<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .unix_permissions(0o755);
    zip.start_file("bootstrap", options).during("packing a function")?;
    writeln!(zip, "#!/bin/sh\nexec '{}'", binary.display()).during("packing a function")?;
    Ok(zip.finish().during("packing a function")?.into_inner())
}

/// Every function of the template must have a binary, and every binary its function.
fn place_functions(templates: &mut Templates, binaries: &BTreeMap<String, PathBuf>) -> Outcome<()> {
    let text = templates.entry("functions.yaml").or_default();
    for name in binaries.keys() {
        let line = format!("      FunctionName: !Sub \"${{Prefix}}-{name}\"\n");
        if text.matches(&line).count() != 1 {
            return Err(Failure::because(format!("infra/functions.yaml does not have one function {name}")));
        }
        *text = text.replace(&line, &format!("{line}      CodeUri: s3://{BUCKET}/{name}.zip\n"));
    }
    let functions = text.matches("Type: AWS::Serverless::Function\n").count();
    if functions == binaries.len() {
        Ok(())
    } else {
        Err(Failure::because(format!(
            "infra/functions.yaml has {functions} functions, the workspace {}",
            binaries.len()
        )))
    }
}

fn place_nested(cloud: &Cloud, templates: &mut Templates) -> Outcome<()> {
    let text = templates.entry("template.yaml").or_default();
    for name in NESTED {
        let line = format!("      Location: {name}\n");
        if text.matches(&line).count() != 1 {
            return Err(Failure::because(format!("infra/template.yaml does not nest {name} once")));
        }
        *text = text.replace(&line, &format!("      Location: {}/{BUCKET}/{name}\n", cloud.endpoint()));
    }
    Ok(())
}

/// An object of the deployment bucket; without a key, the bucket itself.
async fn put(cloud: &Cloud, key: &str, body: Vec<u8>) -> Outcome<()> {
    let address = format!("{}/{BUCKET}/{key}", cloud.endpoint());
    let address = address.trim_end_matches('/');
    let answer = cloud.http().put(address).body(body).send().await.during("storing the deployment")?;
    // The bucket of an earlier run will do.
    if answer.status() == reqwest::StatusCode::CONFLICT && key.is_empty() {
        return Ok(());
    }
    answer.error_for_status().during("storing the deployment").map(|_| ())
}

fn form(templates: &Templates, parameters: &BTreeMap<&str, String>) -> Vec<(String, String)> {
    let mut form = vec![
        ("TemplateBody".to_owned(), templates.get("template.yaml").cloned().unwrap_or_default()),
        ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM".to_owned()),
        ("Capabilities.member.2".to_owned(), "CAPABILITY_AUTO_EXPAND".to_owned()),
    ];
    for (number, (name, value)) in (1..).zip(parameters) {
        form.push((format!("Parameters.member.{number}.ParameterKey"), (*name).to_owned()));
        form.push((format!("Parameters.member.{number}.ParameterValue"), value.clone()));
    }
    form
}

/// A call of CloudFormation's query protocol: the answer's XML, or what it refused with.
async fn call(cloud: &Cloud, action: &str, form: &[(String, String)]) -> Outcome<Result<String, String>> {
    let mut fields = vec![
        ("Action".to_owned(), action.to_owned()),
        ("Version".to_owned(), "2010-05-15".to_owned()),
        ("StackName".to_owned(), STACK.to_owned()),
    ];
    fields.extend_from_slice(form);
    // The cloud tells its services apart by the credential's scope; it checks no signature.
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{}/cloudformation/aws4_request",
        crate::cloud::REGION
    );
    let answer = cloud
        .http()
        .post(cloud.endpoint())
        .header("authorization", scope)
        .form(&fields)
        .send()
        .await
        .during(action)?;
    let status = answer.status();
    let text = answer.text().await.during(action)?;
    Ok(if status.is_success() { Ok(text) } else { Err(text) })
}

/// The part of DescribeStacks' answer that is used here.
#[derive(Debug, Deserialize)]
struct Described {
    #[serde(rename = "DescribeStacksResult")]
    result: DescribedResult,
}

#[derive(Debug, Deserialize)]
struct DescribedResult {
    #[serde(rename = "Stacks")]
    stacks: Members<Stack>,
}

#[derive(Debug, Deserialize)]
struct Members<T> {
    #[serde(rename = "member", default = "Vec::new")]
    member: Vec<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    stack_status: String,
    outputs: Option<Members<Output>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

/// The part of DescribeStackEvents' answer that is used here.
#[derive(Debug, Deserialize)]
struct DescribedEvents {
    #[serde(rename = "DescribeStackEventsResult")]
    result: DescribedEventsResult,
}

#[derive(Debug, Deserialize)]
struct DescribedEventsResult {
    #[serde(rename = "StackEvents")]
    events: Members<StackEvent>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StackEvent {
    logical_resource_id: String,
    resource_status: String,
    resource_status_reason: Option<String>,
}

impl Stack {
    fn is_complete(&self) -> bool {
        matches!(self.stack_status.as_str(), "CREATE_COMPLETE" | "UPDATE_COMPLETE")
    }

    fn is_under_way(&self) -> bool {
        self.stack_status.ends_with("_IN_PROGRESS")
    }

    fn output(&self, key: &str) -> Outcome<String> {
        let outputs = self.outputs.iter().flat_map(|outputs| &outputs.member);
        outputs
            .filter(|output| output.output_key == key)
            .map(|output| output.output_value.clone())
            .next()
            .ok_or_else(|| Failure::because(format!("the stack has no output {key}")))
    }
}

async fn stack_status(cloud: &Cloud) -> Outcome<Option<Stack>> {
    let Ok(text) = call(cloud, "DescribeStacks", &[]).await? else {
        return Ok(None);
    };
    let described: Described = quick_xml::de::from_str(&text).during("reading the stack")?;
    Ok(described.result.stacks.member.into_iter().next())
}

/// Why resources were not made, in CloudFormation's words.
async fn failures(cloud: &Cloud) -> Outcome<String> {
    let text = call(cloud, "DescribeStackEvents", &[]).await?.map_err(Failure::because)?;
    let described: DescribedEvents = quick_xml::de::from_str(&text).during("reading the stack's events")?;
    let failed =
        described.result.events.member.into_iter().filter(|event| event.resource_status.ends_with("_FAILED"));
    let reasons: Vec<String> = failed
        .map(|event| {
            format!("{}: {}", event.logical_resource_id, event.resource_status_reason.unwrap_or_default())
        })
        .collect();
    Ok(reasons.join("; "))
}

async fn wait_until_complete(cloud: &Cloud) -> Outcome<Deployment> {
    let complete = async {
        loop {
            match stack_status(cloud).await? {
                Some(stack) if stack.is_complete() => return Ok(stack),
                Some(stack) if stack.is_under_way() => tokio::time::sleep(LOOK_AGAIN).await,
                Some(stack) => {
                    let reasons = failures(cloud).await?;
                    return Err(Failure::because(format!(
                        "the stack is {}: {reasons} (try --fresh)",
                        stack.stack_status
                    )));
                }
                None => return Err(Failure::because("the stack is gone")),
            }
        }
    };
    let stack = tokio::time::timeout(LIMIT, complete)
        .await
        .map_err(|_| Failure::because("deploying took too long"))??;
    Ok(Deployment {
        api_id: stack.output("ApiId")?,
        table: stack.output("TableName")?,
        bus: stack.output("BusName")?,
    })
}
