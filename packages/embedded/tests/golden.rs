//! Every file of `tests/golden` answers as recorded: `name.jsonl` in, `name.out` out.
//!
//! `TOKFUT_BLESS=1 cargo test -p tokfut-embedded --test golden` records anew; what changed is then read, not trusted.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut stories: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    stories.sort();
    stories
}

fn answers(story: &Path) -> String {
    let mut output = Vec::new();
    tokfut_embedded::replay::replay(fs::read(story).unwrap().as_slice(), &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn every_story_answers_as_recorded() {
    let stories = stories();
    assert!(!stories.is_empty());
    for story in stories {
        let (answers, recorded) = (answers(&story), story.with_extension("out"));
        if std::env::var_os("TOKFUT_BLESS").is_some() {
            fs::write(&recorded, &answers).unwrap();
        }
        let expected = fs::read_to_string(&recorded).unwrap_or_default();
        for (answer, expected) in answers.lines().zip(expected.lines()) {
            assert_eq!(answer, expected, "{}", story.display());
        }
        assert_eq!(answers.lines().count(), expected.lines().count(), "{}", story.display());
        assert_eq!(answers.lines().count(), fs::read_to_string(&story).unwrap().lines().count(), "{}", story.display());
        assert!(!answers.contains("broken_invariant"), "{}", story.display());
        assert!(
            answers.lines().next_back().unwrap().contains("\"bank\":"),
            "a story ends with a check: {}",
            story.display()
        );
    }
}
