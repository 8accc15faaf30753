//! Evidence: every raw answer as it came, under the name of its SHA-256, and a log of when and whence.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokfut_core::fixing::digest;

use crate::Error;

/// The log's name in an archive.
const LOG: &str = "log.jsonl";

/// An answer of a source: one line of the log.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The source's name.
    pub name: String,
    /// Its path or address.
    pub location: String,
    /// SHA-256 of the answer, hex: the name of its file.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it came, Unix milliseconds.
    pub fetched_at: u64,
    /// Its content type; none of files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// A folder of raw answers.
#[derive(Clone, Debug)]
pub struct Archive {
    folder: PathBuf,
}

impl Archive {
    /// The archive in a folder, which is made where it is not there.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        Ok(Self { folder: folder.to_path_buf() })
    }

    /// Keeps an answer. One that is there already is not written again; the log has a line for each time it came.
    pub fn keep(&self, evidence: &Evidence, answer: &[u8]) -> Result<(), Error> {
        let path = self.path(&evidence.sha256);
        if !path.exists() {
            write_whole(&path, answer)?;
        }
        let log = self.folder.join(LOG);
        let mut line = serde_json::to_vec(evidence).map_err(|error| Error::form(&log, error))?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).open(&log).map_err(Error::file(&log))?;
        file.write_all(&line).map_err(Error::file(&log))
    }

    /// The raw answer of this SHA-256 (hex); an error if it is not there or its file is not what its name says.
    pub fn read(&self, sha256: &str) -> Result<Vec<u8>, Error> {
        let path = self.path(sha256);
        let answer = fs::read(&path).map_err(Error::file(&path))?;
        if hex::encode(digest(&answer)) == sha256 {
            Ok(answer)
        } else {
            Err(Error::form(&path, "not what its name says"))
        }
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.folder.join(sha256)
    }
}

/// Writes a file so that nobody ever sees a part of it: beside it first, on disk, then under its name.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = written_beside(path, bytes)?;
    fs::rename(&beside, path).map_err(Error::file(path))?;
    sync_folder(path)
}

/// The same, but never over a file that is there: false then, and nothing is written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<bool, Error> {
    let beside = written_beside(path, bytes)?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside).map_err(Error::file(&beside))?;
    match linked {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Error::file(path)(error)),
    }
}

/// A file on disk beside this one; nothing is left of it where that fails.
fn written_beside(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let beside = beside(path);
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&beside);
        Error::file(path)(error)
    })?;
    Ok(beside)
}

/// Puts a file's name on disk too: without it a machine that loses power may have forgotten what was signed on it.
fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::file(folder))
}

/// A name that no other process uses for the same file.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
