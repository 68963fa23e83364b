//! What PNG is in a build without it: the same function, which says so.

use super::ChartError;

/// Draws nothing.
pub(super) fn render(_svg: &str, _width: u32) -> Result<Vec<u8>, ChartError> {
    Err(ChartError::Unsupported)
}
