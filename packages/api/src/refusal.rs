//! What a contract's refused message or query ends with.

use cosmwasm_std::{Addr, Api};
use thiserror::Error;

/// Declares `ContractError`, a pointer to the `Refusal` of the module it stands in: every step passes it on, and a result is
/// no larger for the rarest refusal's numbers.
#[macro_export]
macro_rules! contract_error {
    () => {
        /// What a refused message or query ends with: one pointer, for every step passes it on.
        #[derive(thiserror::Error, Debug)]
        #[error(transparent)]
        pub struct ContractError(Box<Refusal>);

        impl<E: Into<Refusal>> From<E> for ContractError {
            #[cold]
            #[inline(never)]
            fn from(refusal: E) -> Self {
                Self(Box::new(refusal.into()))
            }
        }

        impl ContractError {
            /// The stable code: what stands before the first colon.
            pub fn code(&self) -> String {
                self.to_string().split(':').next().unwrap_or_default().to_string()
            }
        }
    };
}

/// A text that is no address of the chain.
#[derive(Error, Debug)]
#[error("invalid_address: {0:?} is not an address (8.1)")]
pub struct InvalidAddress(String);

/// The address that a message names.
///
/// # Errors
/// `invalid_address` with the text as it came.
pub fn address(api: &dyn Api, text: &str) -> Result<Addr, InvalidAddress> {
    api.addr_validate(text).map_err(|_| InvalidAddress(text.to_string()))
}
