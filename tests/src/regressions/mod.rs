//! One file for each fault that ever was, telling its story.

mod a_month_past_trading_showed_a_book;
mod strangers_coins_paid_a_shortfall;
