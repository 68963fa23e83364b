//! Results as tables, charts and pages, for people and programs.

pub mod breakdown;
pub mod chart;
pub mod closing_line;
pub mod compare;
pub mod figures;
pub mod inspection;
pub mod page;
pub mod predictions;
pub mod profit_verdict;
pub mod significance;
pub mod summary;
pub mod text_table;

/// In what form results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Tables to read.
    #[default]
    Table,
    /// One JSON object.
    Json,
    /// Comma-separated values.
    Csv,
    /// Tables for a pull request or a page.
    Markdown,
}
