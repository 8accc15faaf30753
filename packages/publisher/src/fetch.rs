//! Answers of sources: files, and HTTP with patience and limits.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokfut_core::fixing::digest;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::Error;
use crate::evidence::{Archive, Evidence};
use crate::source::Source;

/// The longest answer that is read.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// How long a source is waited for, and how often it is asked.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one whole answer.
    pub timeout: Duration,
    /// How often at most.
    pub attempts: u32,
    /// Before the second attempt; twice as long before each further one.
    pub backoff: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), attempts: 4, backoff: Duration::from_secs(1) }
    }
}

/// Gets the answers of sources and keeps them.
pub struct Fetcher {
    agent: Agent,
    patience: Patience,
    archive: Option<Archive>,
}

/// Why an attempt failed, and whether another may help.
enum Failed {
    /// It may: no connection, a time-out, a server in trouble, half an answer.
    ForNow(String),
    /// It will not.
    ForGood(String),
}

impl Fetcher {
    /// Of this patience; answers are kept in the archive, if any.
    pub fn new(patience: Patience, archive: Option<Archive>) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(patience.timeout))
            .http_status_as_error(false)
            .max_redirects(3)
            .user_agent("tokfut-publisher")
            .build();
        Self { agent: config.into(), patience, archive }
    }

    /// The raw answer of a source, kept before anybody reads it.
    pub fn fetch(&self, source: &Source) -> Result<(Evidence, Vec<u8>), Error> {
        let (answer, content_type) = match (&source.file, &source.url) {
            (Some(file), _) => (fs::read(file).map_err(Error::file(file))?, None),
            (None, Some(url)) => self.get(source, url)?,
            (None, None) => return Err(Error::source(&source.name, "neither a file nor a url")),
        };
        let evidence = Evidence {
            name: source.name.clone(),
            location: source.location(),
            sha256: hex::encode(digest(&answer)),
            bytes: u64::try_from(answer.len()).unwrap_or(u64::MAX),
            fetched_at: now_ms(),
            content_type,
        };
        if let Some(archive) = &self.archive {
            archive.keep(&evidence, &answer)?;
        }
        let wanted = source.form.content_types();
        match evidence.content_type.as_deref() {
            Some(found) if !wanted.contains(&found) => {
                let found =
                    if found.is_empty() { "no content type".to_string() } else { format!("content type {found:?}") };
                Err(Error::source(&source.name, format!("{found}, not {}", wanted.join(" or "))))
            }
            _ => Ok((evidence, answer)),
        }
    }

    fn get(&self, source: &Source, url: &str) -> Result<(Vec<u8>, Option<String>), Error> {
        let tls = source.authorities.as_deref().map_or(Ok(TlsConfig::default()), trusting)?;
        let mut pause = self.patience.backoff;
        let mut attempt = 1_u32;
        loop {
            match self.attempt(url, tls.clone()) {
                Ok((answer, content_type)) => return Ok((answer, Some(content_type))),
                Err(Failed::ForGood(reason)) => return Err(Error::source(&source.name, reason)),
                Err(Failed::ForNow(reason)) if attempt >= self.patience.attempts => {
                    return Err(Error::source(&source.name, format!("{reason} (attempt {attempt})")));
                }
                Err(Failed::ForNow(_)) => sleep(pause),
            }
            pause = pause.saturating_mul(2);
            attempt = attempt.saturating_add(1);
        }
    }

    fn attempt(&self, url: &str, tls: TlsConfig) -> Result<(Vec<u8>, String), Failed> {
        // What is asked for safely is not redirected to where it is not.
        let https_only = url.starts_with("https://");
        let request = self.agent.get(url).config().tls_config(tls).https_only(https_only).build();
        let mut response = request.call().map_err(judge)?;
        let status = response.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(Failed::ForNow(format!("status {status}")));
        }
        if status.as_u16() != 200 {
            return Err(Failed::ForGood(format!("status {status}")));
        }
        let content_type = response.body().mime_type().unwrap_or_default().to_string();
        let answer = response.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map_err(judge)?;
        Ok((answer, content_type))
    }
}

/// Trust in the authorities of a PEM file and in no others.
fn trusting(path: &Path) -> Result<TlsConfig, Error> {
    let pem = fs::read(path).map_err(Error::file(path))?;
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    let authorities: Vec<_> = parse_pem(&pem).filter_map(certificate).collect();
    if authorities.is_empty() {
        return Err(Error::form(path, "no certificates in it"));
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::from(authorities)).build())
}

/// Asks for it again unless the request itself is at fault.
fn judge(error: ureq::Error) -> Failed {
    let reason = error.to_string();
    match error {
        ureq::Error::Timeout(_) => Failed::ForNow("timed out".to_string()),
        ureq::Error::Io(_) | ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::Protocol(_) => {
            Failed::ForNow(reason)
        }
        _ => Failed::ForGood(reason),
    }
}

/// Unix milliseconds by this machine's clock.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
