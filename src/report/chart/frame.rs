//! The frame of every chart: title, legend and axes, and shapes in coordinates of values.

use std::io;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Chart;
use super::axis::Axis;
use super::palette::{GRID, INK, MUTED};
use super::svg::{self, Mark};

/// Width in units. Two units are a pixel at a chart's own size, because plotters draws at whole units.
const WIDTH: u32 = 1_200;
/// Height in units of most charts.
pub(super) const HEIGHT: u32 = 800;
/// Font sizes in units. They must be legible on a phone, where 1200 units are 350 pixels.
const TITLE: i32 = 38;
const TEXT: i32 = 32;
/// Mean width of a letter, as a share of the font size.
const LETTER: f64 = 0.58;
const MARGIN: i32 = 16;
const ROW: i32 = 46;

/// A place and a value.
pub(super) type Point = (f64, f64);
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<io::Error>>;
type Area<'b> = DrawingArea<SVGBackend<'b>, Shift>;
type Plane = Cartesian2d<Axis, Axis>;

/// The least size of an area to hover over, in units: the pointer is never over an area of no width.
const MIN_HOVER: i32 = 1;

/// An entry of a legend.
pub(super) struct Key {
    pub colour: RGBColor,
    pub opacity: f64,
    pub text: String,
}

impl Key {
    pub fn new(colour: RGBColor, text: impl Into<String>) -> Self {
        Self {
            colour,
            opacity: 1.0,
            text: text.into(),
        }
    }

    pub fn shade(colour: RGBColor, opacity: f64, text: impl Into<String>) -> Self {
        Self {
            colour,
            opacity,
            text: text.into(),
        }
    }
}

/// A chart without its contents.
pub(super) struct Frame<'a> {
    pub title: &'a str,
    pub summary: String,
    pub x: Axis,
    pub y: Axis,
    pub legend: Vec<Key>,
    pub height: u32,
    /// Units that are kept free at the right.
    pub right: i32,
}

/// The most letters that fit into a width in units.
pub(super) fn letters(units: i32) -> usize {
    (f64::from(units) / (LETTER * f64::from(TEXT))) as usize
}

fn width(text: &str, size: i32) -> i32 {
    (text.chars().count() as f64 * LETTER * f64::from(size)).ceil() as i32
}

/// A text cut to `max` letters, the last of them an ellipsis where there were more.
pub(super) fn shortened(text: &str, max: usize) -> String {
    let text = svg::clean(text);
    if text.chars().count() <= max {
        return text;
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn style(size: i32, weight: FontStyle, colour: RGBColor, pos: Pos) -> TextStyle<'static> {
    // plotters divides font sizes by this factor when it writes SVG
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(size) * 1.24, weight);
    TextStyle {
        font,
        color: colour.to_backend_color(),
        pos,
    }
}

fn font(size: i32, colour: RGBColor, h_pos: HPos, v_pos: VPos) -> TextStyle<'static> {
    style(size, FontStyle::Normal, colour, Pos::new(h_pos, v_pos))
}

/// A chart without contents that gives the reason.
pub(super) fn empty_chart(title: &str, reason: &str) -> Chart {
    let reason = format!("nothing to show: {reason}");
    let size = (WIDTH, HEIGHT / 4);
    let mut drawn = String::new();
    let drawing = {
        let root = SVGBackend::with_string(&mut drawn, size).into_drawing_area();
        draw_title(&root, title)
            .and_then(|()| {
                let style = font(TEXT, MUTED, HPos::Left, VPos::Top);
                root.draw_text(
                    &shortened(&reason, letters(WIDTH as i32 - 2 * MARGIN)),
                    &style,
                    (MARGIN, MARGIN + 2 * ROW),
                )
            })
            .and_then(|()| root.present())
    };
    // writing into a String does not fail; if it did, the description would still give the reason
    let drawn = if drawing.is_ok() {
        drawn
    } else {
        String::new()
    };
    Chart {
        svg: svg::finish(&drawn, size, title, &reason, &[]),
        size,
    }
}

fn draw_title(root: &Area<'_>, title: &str) -> Drawn {
    let title = shortened(
        title,
        letters(WIDTH as i32 - 2 * MARGIN) * TEXT as usize / TITLE as usize,
    );
    root.draw_text(
        &title,
        &style(TITLE, FontStyle::Bold, INK, Pos::default()),
        (MARGIN, MARGIN),
    )
}

impl Frame<'_> {
    /// Draws the frame and the contents that `paint` draws.
    pub fn draw(self, paint: impl FnOnce(&mut Plot<'_, '_>) -> Drawn) -> Chart {
        let size = (WIDTH, self.height);
        let mut drawn = String::new();
        let marks = self.draw_into(&mut drawn, size, paint);
        match marks {
            Ok(marks) => Chart {
                svg: svg::finish(&drawn, size, self.title, &self.summary, &marks),
                size,
            },
            Err(error) => empty_chart(self.title, &error.to_string()),
        }
    }

    fn draw_into(
        &self,
        drawn: &mut String,
        size: (u32, u32),
        paint: impl FnOnce(&mut Plot<'_, '_>) -> Drawn,
    ) -> Result<Vec<Mark>, DrawingAreaErrorKind<io::Error>> {
        let root = SVGBackend::with_string(drawn, size).into_drawing_area();
        draw_title(&root, self.title)?;
        let mut top = MARGIN + TITLE + 22;
        top += self.draw_legend(&root, top)?;
        if !self.y.name.is_empty() {
            root.draw_text(
                &svg::clean(&self.y.name),
                &font(TEXT, MUTED, HPos::Left, VPos::Top),
                (MARGIN, top),
            )?;
        }
        let chart = self.build(&root, top + ROW)?;
        let mut plot = Plot {
            root: &root,
            chart,
            marks: Vec::new(),
        };
        paint(&mut plot)?;
        root.present()?;
        Ok(plot.marks)
    }

    /// Draws the legend from `top` downwards and returns its height.
    fn draw_legend(
        &self,
        root: &Area<'_>,
        top: i32,
    ) -> Result<i32, DrawingAreaErrorKind<io::Error>> {
        if self.legend.is_empty() {
            return Ok(0);
        }
        let (mut x, mut y) = (MARGIN, top);
        for key in &self.legend {
            let text = shortened(&key.text, letters(WIDTH as i32 - 2 * MARGIN - 60));
            let wide = 44 + width(&text, TEXT) + 36;
            if x > MARGIN && x + wide > WIDTH as i32 {
                (x, y) = (MARGIN, y + ROW);
            }
            let swatch = [(x, y + 6), (x + 32, y + 26)];
            root.draw(&Rectangle::new(
                swatch,
                key.colour.mix(key.opacity).filled(),
            ))?;
            root.draw_text(&text, &font(TEXT, INK, HPos::Left, VPos::Top), (x + 44, y))?;
            x += wide;
        }
        Ok(y + ROW - top)
    }

    fn build<'a, 'b>(
        &self,
        root: &'a Area<'b>,
        top: i32,
    ) -> Result<ChartContext<'a, SVGBackend<'b>, Plane>, DrawingAreaErrorKind<io::Error>> {
        let labels = self
            .y
            .ticks
            .iter()
            .map(|(_, text)| width(text, TEXT))
            .max()
            .unwrap_or(0);
        let mut chart = ChartBuilder::on(root)
            .margin_top(top)
            .margin_right(self.right)
            .margin_left(MARGIN)
            .margin_bottom(MARGIN)
            .y_label_area_size(labels + 18)
            .x_label_area_size(2 * ROW)
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        let label = font(TEXT, MUTED, HPos::Center, VPos::Top);
        chart
            .configure_mesh()
            .bold_line_style(GRID.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .axis_style(MUTED.stroke_width(2))
            .label_style(label.clone())
            .axis_desc_style(label)
            .x_desc(svg::clean(&self.x.name))
            .draw()?;
        Ok(chart)
    }
}

/// A chart that is being drawn, in coordinates of values.
pub(super) struct Plot<'a, 'b> {
    root: &'a Area<'b>,
    chart: ChartContext<'a, SVGBackend<'b>, Plane>,
    marks: Vec<Mark>,
}

impl Plot<'_, '_> {
    /// A line through points.
    pub fn line(
        &mut self,
        points: impl IntoIterator<Item = Point>,
        colour: RGBColor,
        width: u32,
    ) -> Drawn {
        let points: Vec<_> = points.into_iter().collect();
        self.chart
            .plotting_area()
            .draw(&PathElement::new(points, colour.stroke_width(width)))
    }

    /// The filled area between two lines.
    pub fn between(
        &mut self,
        upper: impl IntoIterator<Item = Point>,
        lower: impl DoubleEndedIterator<Item = Point>,
        colour: RGBColor,
        opacity: f64,
    ) -> Drawn {
        let outline: Vec<_> = upper.into_iter().chain(lower.rev()).collect();
        self.chart
            .plotting_area()
            .draw(&Polygon::new(outline, colour.mix(opacity).filled()))
    }

    /// A filled rectangle, `gap` units narrower at either side.
    pub fn bar(
        &mut self,
        from: Point,
        to: Point,
        gap: i32,
        colour: RGBColor,
        opacity: f64,
    ) -> Drawn {
        let ([left, right], [top, bottom]) = self.corners(from, to);
        let right = (right - gap).max(left + gap + 1);
        self.root.draw(&Rectangle::new(
            [(left + gap, top), (right, bottom)],
            colour.mix(opacity).filled(),
        ))
    }

    /// A dot of a radius in units.
    pub fn dot(&mut self, at: Point, radius: i32, colour: RGBColor) -> Drawn {
        self.chart
            .plotting_area()
            .draw(&Circle::new(at, radius, colour.filled()))
    }

    /// A text at a point, moved by an offset in units.
    pub fn text(
        &mut self,
        text: &str,
        at: Point,
        (dx, dy): (i32, i32),
        side: HPos,
        colour: RGBColor,
    ) -> Drawn {
        let (x, y) = self.chart.backend_coord(&at);
        self.root.draw_text(
            &svg::clean(text),
            &font(TEXT - 4, colour, side, VPos::Center),
            (x + dx, y + dy),
        )
    }

    /// The values at the left and right edge.
    pub fn width(&self) -> (f64, f64) {
        let range = self.chart.x_range();
        (range.start, range.end)
    }

    /// Left and right, top and bottom of the rectangle between two points, in units.
    fn corners(&self, from: Point, to: Point) -> ([i32; 2], [i32; 2]) {
        let ((x0, y0), (x1, y1)) = (
            self.chart.backend_coord(&from),
            self.chart.backend_coord(&to),
        );
        ([x0.min(x1), x0.max(x1)], [y0.min(y1), y0.max(y1)])
    }

    /// Shows a text when the pointer is over the rectangle between two points.
    pub fn hover(&mut self, from: Point, to: Point, text: String) {
        let ([left, right], [top, bottom]) = self.corners(from, to);
        let (width, height) = (right - left, bottom - top);
        self.marks.push(Mark {
            rectangle: [left, top, width.max(MIN_HOVER), height.max(MIN_HOVER)],
            text,
        });
    }

    /// Shows a text when the pointer is at any height between two values.
    pub fn hover_column(&mut self, from: f64, to: f64, text: String) {
        let heights = self.chart.y_range();
        self.hover((from, heights.start), (to, heights.end), text);
    }
}
