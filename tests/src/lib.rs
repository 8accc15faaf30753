//! Cross-contract tests; the stories are in the folders beside this one.
