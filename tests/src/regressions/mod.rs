//! One file for each fault that ever was, telling its story.

mod strangers_coins_paid_a_shortfall;
