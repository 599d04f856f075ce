use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};

use super::*;
use crate::loopback::{Loopback, Then, deserted};

const KEY: &str = "uploads/1";

fn files(url: &str) -> S3Files {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    S3Files::new(&sdk, "bucket".to_owned())
}

fn answer(status: u16, body: &'static str) -> Then {
    Then::Answer { status, headers: "", body }
}

#[tokio::test]
async fn a_range_is_asked_for_with_its_last_byte_included() {
    let server = Loopback::start(answer(206, "456")).await;
    assert_eq!(files(&server.url()).read(KEY, Some(4..7)).await.unwrap(), "456");
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert!(request.starts_with("GET /bucket/uploads/1?x-id=GetObject HTTP/1.1\r\n"), "{request}");
    assert!(request.to_ascii_lowercase().contains("\r\nrange: bytes=4-6\r\n"), "{request}");
}

#[tokio::test]
async fn nothing_is_asked_for_an_empty_range_and_none_lies_beyond_the_end() {
    let server = Loopback::start(answer(416, "<Error><Code>InvalidRange</Code></Error>")).await;
    let files = files(&server.url());
    assert_eq!(files.read(KEY, Some(4..4)).await.unwrap(), "");
    assert_eq!(server.requests(), Vec::<String>::new());
    assert_eq!(files.read(KEY, Some(4..8)).await.unwrap(), "");
}

#[tokio::test]
async fn what_failed_is_told_apart() {
    let absent = "<Error><Code>NoSuchKey</Code></Error>";
    let bucket = "<Error><Code>NoSuchBucket</Code></Error>";
    let denied = "<Error><Code>AccessDenied</Code></Error>";
    let table = [(404, absent, "absent"), (404, bucket, "bug"), (403, denied, "bug"), (400, "", "bug")];
    for (status, body, expected) in table {
        let server = Loopback::start(answer(status, body)).await;
        let error = files(&server.url()).read(KEY, None).await.unwrap_err();
        assert_eq!(kind(&error), expected, "{status} {body}: {error}");
    }
    let error = files(&deserted().await).read(KEY, None).await.unwrap_err();
    assert_eq!(kind(&error), "unavailable", "{error}");
    let server = Loopback::start(answer(503, "<Error><Code>SlowDown</Code></Error>")).await;
    let error = files(&server.url()).read(KEY, None).await.unwrap_err();
    assert_eq!(kind(&error), "unavailable", "{error}");
}

fn kind(error: &FilesError) -> &'static str {
    match error {
        FilesError::Absent => "absent",
        FilesError::Unavailable(_) => "unavailable",
        FilesError::Bug(_) => "bug",
    }
}

#[tokio::test]
async fn a_file_is_written_once_and_whole_and_its_absence_is_no_error() {
    let server = Loopback::start(answer(200, "")).await;
    files(&server.url()).put(KEY, Bytes::from_static(b"abc"), "text/csv").await.unwrap();
    let [request] = &server.requests()[..] else { panic!("one request") };
    assert!(request.starts_with("PUT /bucket/uploads/1?x-id=PutObject HTTP/1.1\r\n"), "{request}");
    let lower = request.to_ascii_lowercase();
    assert!(
        lower.contains("\r\ncontent-type: text/csv\r\n") && request.ends_with("\r\n\r\nabc"),
        "{request}"
    );
    assert!(!lower.contains("x-amz-checksum") && !lower.contains("aws-chunked"), "{request}");

    let server = Loopback::start(answer(404, "")).await;
    assert_eq!(files(&server.url()).size(KEY).await, Ok(None));
}

#[tokio::test]
async fn an_address_is_for_one_file_one_method_and_a_time() {
    let files = files("http://127.0.0.1:9");
    let upload = files.upload(KEY, Duration::from_secs(3600)).await.unwrap();
    assert!(upload.url.starts_with("http://127.0.0.1:9/bucket/uploads/1?"), "{}", upload.url);
    for part in ["X-Amz-Expires=3600", "X-Amz-SignedHeaders=host%3Bif-none-match", "X-Amz-Signature="] {
        assert!(upload.url.contains(part), "{part} in {}", upload.url);
    }
    assert!(!upload.url.contains("checksum"), "{}", upload.url);
    assert_eq!(upload.headers, [("if-none-match".to_owned(), "*".to_owned())]);
    let url = files.download_url(KEY, "refused \"1\".csv", Duration::from_secs(60)).await.unwrap();
    assert!(url.contains("filename%3D%22refused%20_1_.csv%22"), "{url}");
}
