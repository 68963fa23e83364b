//! The PNG renderer of a build without the feature `png`: it returns an error.

use super::ChartError;

/// Always an error.
pub(super) fn render(_svg: &str, _width: u32) -> Result<Vec<u8>, ChartError> {
    Err(ChartError::Unsupported)
}
