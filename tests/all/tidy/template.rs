//! Rules on infra/*.yaml that the linter of the template language does not know.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use super::{assert_complains, assert_tidy, files, read};

/// A template with its file's name.
#[derive(Debug)]
pub(crate) struct Template {
    name: String,
    body: Value,
}

impl Template {
    pub(crate) fn parse(name: &str, text: &str) -> Template {
        let documents = Yaml::load_from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(documents.len(), 1, "{name} is one document");
        Template { name: name.to_owned(), body: plain(&documents[0]) }
    }

    fn section(&self, name: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.body[name].as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn of_type(&self, wanted: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.section("Resources").filter(move |(_, resource)| resource["Type"] == wanted)
    }
}

/// As JSON, where `!Ref A` is `{"!Ref": "A"}`.
fn plain(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tag, inner) => json!({ format!("!{}", tag.suffix): plain(inner) }),
        Yaml::Sequence(items) => items.iter().map(plain).collect(),
        Yaml::Mapping(entries) => {
            let name = |key: &Yaml| key.as_str().map_or_else(|| plain(key).to_string(), str::to_owned);
            entries.iter().map(|(key, value)| (name(key), plain(value))).collect::<Map<_, _>>().into()
        }
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => json!(value),
        Yaml::Value(Scalar::Integer(value)) => json!(value),
        Yaml::Value(Scalar::FloatingPoint(value)) => json!(value.into_inner()),
        Yaml::Value(Scalar::String(value)) => json!(value),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => panic!("not understood: {yaml:?}"),
    }
}

/// One thing as a list of one; a list as it is.
fn list(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// Calls `see` with every node and the names that lead to it; `[]` stands for an item of a list.
fn walk<'a>(node: &'a Value, path: &mut Vec<&'a str>, see: &mut impl FnMut(&[&'a str], &'a Value)) {
    see(path, node);
    match node {
        Value::Object(entries) => {
            for (name, value) in entries {
                path.push(name);
                walk(value, path, see);
                path.pop();
            }
        }
        Value::Array(items) => {
            path.push("[]");
            items.iter().for_each(|item| walk(item, path, see));
            path.pop();
        }
        _ => {}
    }
}

fn is_dead_letter(queue: &str) -> bool {
    queue.ends_with("DeadLetterQueue")
}

fn queues(template: &Template) -> Vec<String> {
    let mut complaints = Vec::new();
    for (queue, resource) in template.of_type("AWS::SQS::Queue").filter(|(queue, _)| !is_dead_letter(queue)) {
        let target = resource["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["!GetAtt"].as_str();
        let target = target.unwrap_or_default().trim_end_matches(".Arn");
        let exists = template.of_type("AWS::SQS::Queue").any(|(name, _)| name == target);
        if !(exists && is_dead_letter(target)) {
            let name = &template.name;
            complaints.push(format!("{name}: {queue} has no dead-letter queue."));
        }
    }
    complaints
}

/// Rules and schedules: what cannot be delivered is kept.
fn arrows(template: &Template) -> Vec<String> {
    let rules =
        template.of_type("AWS::Events::Rule").map(|(name, rule)| (name, &rule["Properties"]["Targets"]));
    let schedules =
        template.of_type("AWS::Scheduler::Schedule").map(|(name, it)| (name, &it["Properties"]["Target"]));
    let mut complaints = Vec::new();
    for (name, targets) in rules.chain(schedules) {
        let kept = |target: &Value| !target["DeadLetterConfig"]["Arn"].is_null();
        if list(targets).is_empty() || !list(targets).iter().all(kept) {
            complaints.push(format!("{}: {name} loses what it cannot deliver.", template.name));
        }
    }
    complaints
}

fn statements(template: &Template) -> Vec<String> {
    let mut complaints = Vec::new();
    for (resource, body) in template.section("Resources") {
        let mut complain = |what: &str| {
            complaints.push(format!("{}: a policy of {resource} {what}.", template.name));
        };
        walk(body, &mut Vec::new(), &mut |path, node| {
            // SAM's policy templates and managed policies of AWS say elsewhere what they allow.
            let foreign = |arn: &Value| arn.to_string().contains(":aws:policy/");
            if path.last() == Some(&"ManagedPolicyArns") && list(node).iter().any(foreign) {
                complain("is one of AWS's, which allow more than is needed");
            }
            if path.last() != Some(&"Statement") || !(node.is_array() || node.is_object()) {
                return;
            }
            let says_who_may_take_the_role = path.contains(&"AssumeRolePolicyDocument");
            for statement in list(node) {
                // A denial may be of everything.
                if statement["Effect"] == "Deny" {
                    continue;
                }
                let actions = list(&statement["Action"]);
                if actions.is_empty() || actions.iter().any(|action| action.to_string().contains('*')) {
                    complain("does not name its actions");
                }
                if says_who_may_take_the_role {
                    continue;
                }
                let resources = list(&statement["Resource"]);
                let all = |resource: &Value| *resource == "*" || resource["!Sub"] == "*";
                if resources.is_empty() || resources.iter().any(all) {
                    complain("does not name its resources");
                }
            }
        });
    }
    complaints
}

fn batches(template: &Template) -> Vec<String> {
    let mappings = template
        .of_type("AWS::Lambda::EventSourceMapping")
        .map(|(name, mapping)| (name.to_owned(), &mapping["Properties"]));
    let events = template.of_type("AWS::Serverless::Function").flat_map(|(function, resource)| {
        let events = resource["Properties"]["Events"].as_object().into_iter().flatten();
        let batched =
            |event: &Value| ["SQS", "DynamoDB", "Kinesis"].iter().any(|kind| event["Type"] == **kind);
        events
            .filter(move |(_, event)| batched(event))
            .map(move |(name, event)| (format!("{function}.{name}"), &event["Properties"]))
    });
    let whole = mappings
        .chain(events)
        .filter(|(_, properties)| properties["FunctionResponseTypes"] != json!(["ReportBatchItemFailures"]));
    whole
        .map(|(name, _)| format!("{}: one bad message of {name} fails its whole batch.", template.name))
        .collect()
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["secret", "password", "token"].iter().any(|part| name.contains(part)) || name.ends_with("key")
}

/// Names of the parameters whose values nobody gets to see.
fn hidden(template: &Template) -> Vec<&str> {
    let hidden = template.section("Parameters").filter(|(_, parameter)| parameter["NoEcho"] == true);
    hidden.map(|(name, _)| name).collect()
}

fn secrets(template: &Template) -> Vec<String> {
    let mut complaints = Vec::new();
    let hidden = hidden(template);
    for (name, parameter) in template.section("Parameters").filter(|(name, _)| is_secret(name)) {
        let default = parameter["Default"].as_str().unwrap_or_default();
        if !hidden.contains(&name) || !default.is_empty() {
            let file = &template.name;
            complaints.push(format!("{file}: parameter {name} is a secret that anybody may read."));
        }
    }
    walk(&template.body, &mut Vec::new(), &mut |path, node| {
        let Some(name) = path.last() else { return };
        let variable = path.iter().rev().nth(1) == Some(&"Variables") && is_secret(name);
        let referred = node["!Ref"].as_str().is_some_and(|parameter| hidden.contains(&parameter));
        if variable && !referred {
            complaints.push(format!("{}: variable {name} is a secret in plain.", template.name));
        }
        if node.as_str().is_some_and(holds_a_key) {
            complaints.push(format!("{}: {name} holds something that is a key.", template.name));
        }
    });
    complaints
}

/// Whether a text holds what only keys look like: a webhook's secret, an access key of AWS, a key in PEM.
fn holds_a_key(text: &str) -> bool {
    let long = |prefix: &str, least: usize| {
        text.match_indices(prefix).any(|(at, _)| {
            let rest = text[at + prefix.len()..].chars();
            rest.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/')).count() >= least
        })
    };
    long("whsec_", 16) || long("AKIA", 16) || text.contains("-----BEGIN")
}

const RULES: [fn(&Template) -> Vec<String>; 5] = [queues, arrows, statements, batches, secrets];

#[test]
fn the_templates_keep_to_the_house_rules() {
    let names = files().into_iter().filter(|path| path.starts_with("infra/") && path.ends_with(".yaml"));
    let templates = names.map(|name| Template::parse(&name, &read(&name))).collect::<Vec<_>>();
    assert!(templates.len() >= 6, "only {} templates were found", templates.len());
    let complaints = templates.iter().flat_map(|template| RULES.iter().flat_map(|rule| rule(template)));
    assert_tidy(&complaints.collect::<Vec<_>>());
}

#[test]
fn every_rule_has_something_to_look_at() {
    let functions = Template::parse("functions.yaml", &read("infra/functions.yaml"));
    let messaging = Template::parse("messaging.yaml", &read("infra/messaging.yaml"));
    assert!(messaging.of_type("AWS::SQS::Queue").count() >= 10);
    assert!(messaging.of_type("AWS::Events::Rule").count() >= 4);
    assert!(functions.of_type("AWS::Scheduler::Schedule").count() >= 1);
    assert!(functions.of_type("AWS::Lambda::EventSourceMapping").count() >= 6);
    assert!(functions.of_type("AWS::IAM::Role").count() >= 11);
    assert!(hidden(&functions).len() >= 4);
}

#[test]
fn letters_with_their_code_go_after_a_term_and_the_copies_without_it_stay() {
    let data = Template::parse("data.yaml", &read("infra/data.yaml"));
    let rules: Vec<Value> = data
        .of_type("AWS::S3::Bucket")
        .flat_map(|(_, bucket)| list(&bucket["Properties"]["LifecycleConfiguration"]["Rules"]))
        .cloned()
        .collect();
    // What a rule without a prefix takes away is everything.
    let days = |key: &str| {
        let covers = |rule: &&Value| key.starts_with(rule["Prefix"].as_str().unwrap_or_default());
        let on = rules.iter().filter(|rule| rule["Status"] == "Enabled").filter(covers);
        on.filter_map(|rule| rule["ExpirationInDays"].as_u64()).min()
    };
    assert_eq!((days("hand-off/demo/2026-09-08/a.pdf"), days("letters/demo/a.pdf")), (Some(30), None));
}

fn complaints(text: &str) -> Vec<String> {
    let template = Template::parse("sample.yaml", text);
    RULES.iter().flat_map(|rule| rule(&template)).collect()
}

#[test]
fn a_queue_without_a_dead_letter_queue_is_found() {
    let sample = "
Resources:
  GoodQueue:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt GoodDeadLetterQueue.Arn, maxReceiveCount: 5 } }
  GoodDeadLetterQueue: { Type: AWS::SQS::Queue }
  BareQueue: { Type: AWS::SQS::Queue }
  LostQueue:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt GoneDeadLetterQueue.Arn, maxReceiveCount: 5 } }
  RoundQueue:
    Type: AWS::SQS::Queue
    Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt GoodQueue.Arn, maxReceiveCount: 5 } }
";
    assert_complains(&complaints(sample), &["BareQueue has no", "LostQueue has no", "RoundQueue has no"]);
}

#[test]
fn an_arrow_that_may_lose_is_found() {
    let sample = "
Resources:
  GoodRule:
    Type: AWS::Events::Rule
    Properties: { Targets: [{ Id: a, Arn: b, DeadLetterConfig: { Arn: !GetAtt ADeadLetterQueue.Arn } }] }
  BadRule:
    Type: AWS::Events::Rule
    Properties: { Targets: [{ Id: a, Arn: b, DeadLetterConfig: { Arn: c } }, { Id: d, Arn: e }] }
  EmptyRule: { Type: AWS::Events::Rule }
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties: { Target: { Arn: a } }
";
    assert_complains(&complaints(sample), &["BadRule loses", "EmptyRule loses", "Schedule loses"]);
}

#[test]
fn a_policy_that_does_not_name_what_it_allows_is_found() {
    let sample = "
Resources:
  Good:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      ManagedPolicyArns: [!Ref CommitToTable]
      Policies:
        - PolicyDocument:
            Statement: { Effect: Allow, Action: [sqs:SendMessage], Resource: !Sub \"${Table}/stream/*\" }
  Denial:
    Type: AWS::S3::BucketPolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Deny, Action: \"s3:*\", Resource: a }] } }
  AllActions:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Allow, Action: \"*\", Resource: a }] } }
  ManyActions:
    Type: AWS::SQS::QueuePolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Allow, Action: [a:B, \"dynamodb:*\"], Resource: a }] } }
  NoActions:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Allow, NotAction: [a:B], Resource: a }] } }
  AllResources:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Allow, Action: a:B, Resource: [a, \"*\"] }] } }
  AllBySub:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Allow, Action: a:B, Resource: !Sub \"*\" }] } }
  NoResources:
    Type: AWS::IAM::ManagedPolicy
    Properties: { PolicyDocument: { Statement: [{ Effect: Allow, Action: a:B }] } }
  OfAws:
    Type: AWS::IAM::Role
    Properties: { ManagedPolicyArns: [\"arn:aws:iam::aws:policy/AdministratorAccess\"] }
";
    let expected = [
        "AllActions does not name its actions",
        "AllBySub does not name its resources",
        "AllResources does not name its resources",
        "ManyActions does not name its actions",
        "NoActions does not name its actions",
        "NoResources does not name its resources",
        "OfAws is one of AWS's",
    ];
    assert_complains(&complaints(sample), &expected);
}

#[test]
fn a_batch_that_fails_as_a_whole_is_found() {
    let sample = "
Resources:
  Good:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionResponseTypes: [ReportBatchItemFailures] }
  Bad: { Type: AWS::Lambda::EventSourceMapping, Properties: { BatchSize: 10 } }
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Entries: { Type: DynamoDB, Properties: { BatchSize: 10 } }
        Messages: { Type: SQS, Properties: { FunctionResponseTypes: [ReportBatchItemFailures] } }
        Hours: { Type: ScheduleV2 }
";
    assert_complains(&complaints(sample), &["message of Bad fails", "message of Function.Entries fails"]);
}

#[test]
fn a_secret_in_plain_is_found() {
    let sample = "
Parameters:
  GoodKey: { Type: String, Default: \"\", NoEcho: true, Description: \"Secret (whsec_...)\" }
  SeenKey: { Type: String }
  SetSecret: { Type: String, Default: hello, NoEcho: true }
  Port: { Type: Number }
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          A_KEY: !Ref GoodKey
          B_KEY: hello
          C_SECRET: !Ref Port
          D: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
          E: \"AKIAIOSFODNN7EXAMPLE\"
";
    let expected = [
        "parameter SeenKey",
        "parameter SetSecret",
        "variable B_KEY",
        "variable C_SECRET",
        "D holds something",
        "E holds something",
    ];
    assert_complains(&complaints(sample), &expected);
}
