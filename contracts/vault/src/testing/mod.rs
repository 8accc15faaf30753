//! Stories of the vault.
