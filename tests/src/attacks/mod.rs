//! What is refused, by which code, and that nothing is left of it: the test world compares every byte of the chain
//! before and after a refusal.

mod classes;
mod clearing;
mod fees;
mod messages;
mod mutations;
mod observations;
