//! PNG from SVG.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use super::ChartError;

/// The family that the font names itself.
const FAMILY: &str = "Ubuntu";

/// Draws an SVG, `width` pixels wide, with a font of its own and none of the system's.
pub(super) fn render(svg: &str, width: u32) -> Result<Vec<u8>, ChartError> {
    let mut options = usvg::Options {
        font_family: FAMILY.to_owned(),
        ..Default::default()
    };
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    fonts.set_sans_serif_family(FAMILY);
    let failed = |error: &dyn std::fmt::Display| ChartError::Render(error.to_string());
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(&error))?;
    let scale = width as f32 / tree.size().width();
    let height = ((tree.size().height() * scale).round() as u32).max(1);
    let mut pixels =
        tiny_skia::Pixmap::new(width, height).ok_or_else(|| failed(&"no such size"))?;
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    pixels.encode_png().map_err(|error| failed(&error))
}
