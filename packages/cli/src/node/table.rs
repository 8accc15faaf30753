//! What a command prints: a table for people, JSON for machines.

use core::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

/// Prints a line.
///
/// # Errors
/// A broken pipe if the reader has gone away.
pub fn line(text: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// Prints JSON, on one line.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    Ok(line(serde_json::to_string(value)?)?)
}

/// A table: text to the left, numbers to the right with their points under one another.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(ToString::to_string).collect()] }
    }

    /// More headings, to the right.
    pub fn extend_headings(&mut self, headings: impl IntoIterator<Item = String>) {
        if let Some(first) = self.rows.first_mut() {
            first.extend(headings);
        }
    }

    /// One more row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// As lines.
    pub fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let columns: Vec<Column> = (0..columns).map(|index| Column::of(&self.rows, index)).collect();
        let line =
            |row: &Vec<String>| row.iter().zip(&columns).map(|(cell, column)| column.cell(cell)).collect::<Vec<_>>();
        self.rows.iter().map(|row| line(row).join("  ").trim_end().to_string()).collect()
    }

    /// Prints it; where it has no rows, `empty` instead.
    pub fn print(&self, empty: &str) -> io::Result<()> {
        if self.rows.len() < 2 {
            return line(empty);
        }
        self.lines().iter().try_for_each(line)
    }
}

/// How a column is set.
struct Column {
    width: usize,
    /// Of the numbers in it, the point included.
    decimals: usize,
    to_the_right: bool,
}

impl Column {
    fn of(rows: &[Vec<String>], index: usize) -> Self {
        let cells = || rows.iter().filter_map(|row| row.get(index));
        let begins_as_number =
            |cell: &String| cell.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-');
        let decimals = cells().filter_map(|cell| decimals(cell)).max().unwrap_or(0);
        let column = Self { width: 0, decimals, to_the_right: index > 0 && cells().any(begins_as_number) };
        Self { width: cells().map(|cell| column.padded(cell).chars().count()).max().unwrap_or(0), ..column }
    }

    /// A number with the blanks that its decimals would need.
    fn padded(&self, cell: &str) -> String {
        let missing = decimals(cell).map_or(0, |decimals| self.decimals.saturating_sub(decimals));
        if self.to_the_right { format!("{cell}{}", " ".repeat(missing)) } else { cell.to_string() }
    }

    fn cell(&self, cell: &str) -> String {
        let (width, cell) = (self.width, self.padded(cell));
        if self.to_the_right { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
    }
}

/// How long a number's part from the point on is; none of what is no number.
fn decimals(cell: &str) -> Option<usize> {
    let is_number = cell.chars().any(|letter| letter.is_ascii_digit())
        && cell.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ',' | '-'));
    is_number.then(|| cell.split_once('.').map_or(0, |(_, decimals)| decimals.len().saturating_add(1)))
}

/// What is there, or a dash.
pub fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_string(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headings: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let mut table = Table::new(headings);
        rows.iter().for_each(|row| table.row(row.iter().map(ToString::to_string)));
        table.lines()
    }

    #[test]
    fn numbers_stand_under_one_another_by_their_points() {
        let lines = table(&["pot", "coins"], &[&["accounts", "12,345.00"], &["fees", "-0.000125"], &["all", "7"]]);
        assert_eq!(
            lines,
            ["pot               coins", "accounts  12,345.00", "fees          -0.000125", "all            7",]
        );
    }

    #[test]
    fn text_stands_to_the_left_and_a_dash_where_the_numbers_are() {
        let lines = table(&["series", "status", "bid"], &[&["TOKZ26", "open", "1.6460"], &["TOKF27", "paused", "-"]]);
        assert_eq!(lines, ["series  status     bid", "TOKZ26  open    1.6460", "TOKF27  paused       -"]);
    }
}
