//! The methodologies in force, as they stand: what publishers compute by and what the oracle keeps the SHA-256 of
//! (clause 7.1). `index::Methodology` reads them.

/// The TOK index, version 1: list prices of tokens, a linked basket (clause 7.12).
pub const TOK: &str = include_str!("../data/methodology/tok-1.toml");
/// The GPH index, version 1: the lower median of providers' H100 prices (clause 7.12).
pub const GPH: &str = include_str!("../data/methodology/gph-1.toml");
/// The CSX index, version 1: three GPU generations against a base day (clause 7.12).
pub const CSX: &str = include_str!("../data/methodology/csx-1.toml");

/// The methodology of a feed of this symbol; none for others.
pub fn of(symbol: &str) -> Option<&'static str> {
    match symbol {
        "TOK" => Some(TOK),
        "GPH" => Some(GPH),
        "CSX" => Some(CSX),
        _ => None,
    }
}
