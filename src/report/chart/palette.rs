//! The colours of charts, on light and dark pages.

use plotters::style::RGBColor;

/// Text.
pub(super) const INK: RGBColor = RGBColor(0x1F, 0x29, 0x33);
/// Secondary text, axes, reference lines.
pub(super) const MUTED: RGBColor = RGBColor(0x5B, 0x67, 0x73);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xDD, 0xE2, 0xE7);
// Series, from Okabe & Ito (2008), Color Universal Design: told apart by colour-blind readers too.
pub(super) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(super) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(super) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(super) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);

/// Each colour and its replacement on a dark page.
const DARK: [(RGBColor, &str); 7] = [
    (INK, "#E6EAEE"),
    (MUTED, "#A3AFBA"),
    (GRID, "#38424C"),
    (BLUE, "#56B4E9"),
    (VERMILLION, "#FF8A4C"),
    (GREEN, "#3CCBA0"),
    (ORANGE, "#F5C242"),
];

/// The CSS of a page with charts. They take the width of their container, and dark colours where the reader prefers a dark
/// page, except in print.
///
/// ```
/// let css = simbet::internals::report::chart::style();
/// assert!(css.contains(r##".chart [stroke="#0072B2"]{stroke:#56B4E9}"##));
/// ```
pub fn style() -> String {
    let mut css = String::from(
        ".chart{display:block;width:100%;max-width:760px;height:auto;font-family:system-ui,sans-serif}\n\
         .chart text{font-family:inherit}\n\
         .chart .hover>*:hover{stroke:#888;stroke-width:2}\n\
         @media screen and (prefers-color-scheme:dark){\n",
    );
    for (RGBColor(r, g, b), dark) in DARK {
        let light = format!("#{r:02X}{g:02X}{b:02X}");
        css += &format!(
            ".chart [fill=\"{light}\"]{{fill:{dark}}}.chart [stroke=\"{light}\"]{{stroke:{dark}}}\n"
        );
    }
    css + "}\n"
}
