//! The journal of what was signed. Two different answers of one publisher in one round are proof of equivocation, so
//! what was signed once is what is sent ever after, through restarts and however many programs run.

use std::fs;
use std::path::{Path, PathBuf};

use tokfut_core::fixing::{Frame, digest};

use crate::Error;
use crate::evidence::write_new;
use crate::key::Key;
use crate::leaves::LeafFile;
use crate::oracle::Oracle;
use crate::sign::Signed;

/// A folder with one file an answer.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// The journal in a folder, which is made where it is not there.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        Ok(Self { folder: folder.to_path_buf() })
    }

    /// What a key has first signed for a round; none yet.
    pub fn find(&self, oracle: &Oracle, key: &Key, round: u64) -> Result<Option<Signed>, Error> {
        let path = self.folder.join(name(oracle, key, round, 0)?);
        if path.exists() { Signed::load(&path).map(Some) } else { Ok(None) }
    }

    /// Signs what a leaf file says: revision 0, or 1 for a restatement. The signature leaves only once it stands in the
    /// journal, on disk.
    ///
    /// # Errors
    /// `already_signed` if another answer stands there for the round; that answer can be sent again, no other ever.
    pub fn sign(&self, oracle: &Oracle, file: &LeafFile, key: &Key, revision: u16) -> Result<Signed, Error> {
        let signed = Signed::unsigned(oracle, file, key, revision)?.signed(oracle, key)?;
        let path = self.folder.join(name(oracle, key, signed.round, revision)?);
        if write_new(&path, signed.text().as_bytes())? {
            return Ok(signed);
        }
        let before = Signed::load(&path)?;
        if before == signed { Ok(signed) } else { Err(Error::AlreadySigned(path.display().to_string())) }
    }
}

/// The name of a file about an answer: what two different ones must not have in common. Chain, contract, panel and
/// methodology; feed, round, revision; key. What was signed under another panel than the round's is worth nothing, and
/// proves nothing.
pub(crate) fn name(oracle: &Oracle, key: &Key, round: u64, revision: u16) -> Result<String, Error> {
    let Frame { domain, set_digest, methodology_hash, .. } = oracle.frame(round, revision)?;
    let rules = hex::encode(digest(&[domain, set_digest, methodology_hash].concat()));
    let key = hex::encode(key.public());
    let short = |text: &str, digits| text.get(..digits).unwrap_or_default().to_string();
    Ok(format!("{}-{}-{round}-{revision}-{}.json", short(&rules, 16), oracle.feed(), short(&key, 18)))
}
