//! A plain table with aligned columns.

use crate::output;

/// Lays out rows beneath their headings; the last column is not padded.
pub(crate) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = headings.map(width);
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(width(cell));
        }
    }
    let mut text = line(headings, widths);
    for row in rows {
        text.push_str(&line(row.each_ref().map(String::as_str), widths));
    }
    text
}

fn line<const N: usize>(cells: [&str; N], widths: [usize; N]) -> String {
    let mut text = String::new();
    for (cell, column) in cells.iter().zip(widths) {
        // A line break within a cell would be a row of its own.
        text.push_str(&output::harmless(cell).replace('\n', "\u{fffd}"));
        text.extend(std::iter::repeat_n(' ', column - width(cell) + 2));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            ["a".to_owned(), "1".to_owned()],
            ["längst".to_owned(), "2".to_owned()],
        ];
        assert_eq!(
            table(["key", "n"], &rows),
            "key     n\na       1\nlängst  2\n"
        );
    }
}
