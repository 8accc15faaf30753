//! What a contract's refused message or query ends with.

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
