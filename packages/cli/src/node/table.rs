//! What a command prints: a table for people, JSON for machines.

use serde::Serialize;

/// Prints JSON, on one line.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// A table: the first column to the left, the others to the right.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(ToString::to_string).collect()] }
    }

    /// One more row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// As lines.
    pub fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let wide = |column: usize| {
            self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(wide).collect();
        let cell = |(index, (cell, width)): (usize, (&String, &usize))| {
            if index == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        let line = |row: &Vec<String>| row.iter().zip(&widths).enumerate().map(cell).collect::<Vec<_>>().join("  ");
        self.rows.iter().map(|row| line(row).trim_end().to_string()).collect()
    }

    /// Prints it.
    pub fn print(&self) {
        self.lines().iter().for_each(|line| println!("{line}"));
    }
}

/// What is there, or a dash.
pub fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_string(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_one_another() {
        let mut table = Table::new(&["price", "lots"]);
        table.row(["1.6100".to_string(), "3".to_string()]);
        assert_eq!(table.lines(), ["price   lots", "1.6100     3"]);
    }
}
