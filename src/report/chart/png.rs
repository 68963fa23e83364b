//! PNG from SVG.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use super::ChartError;

/// The family name inside the font file.
const FAMILY: &str = "Ubuntu";

/// Renders an SVG, `width` pixels wide, with a font of the program and none of the system, so that every machine gives the
/// same pixels.
pub(super) fn render(svg: &str, width: u32) -> Result<Vec<u8>, ChartError> {
    let mut options = usvg::Options {
        font_family: FAMILY.to_owned(),
        ..Default::default()
    };
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    fonts.set_sans_serif_family(FAMILY);
    let tree = usvg::Tree::from_str(svg, &options)
        .map_err(|error| ChartError::Render(error.to_string()))?;
    let scale = width as f32 / tree.size().width();
    let height = ((tree.size().height() * scale).round() as u32).max(1);
    let mut pixels = tiny_skia::Pixmap::new(width, height)
        .ok_or_else(|| ChartError::Render("no such size".to_owned()))?;
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    pixels
        .encode_png()
        .map_err(|error| ChartError::Render(error.to_string()))
}
