//! The values on an axis of a grid: lists, and ranges of decimals that do not drift.

use toml::Value;

/// The most settings that a grid may have: each is a whole backtest, and a few kilobytes of memory.
pub const MOST_SETTINGS: usize = 10_000_000;
/// The digits of a number in a range: as many as fit into an integer together with those of the step.
const MOST_DIGITS: usize = 15;

/// The parts of a list between commas, those within quotes and brackets left alone.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (place, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = (c != open).then_some(open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(text[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// The values of one part: those of a range, or one.
pub(super) fn values(part: &str) -> Result<Vec<Value>, String> {
    if part.is_empty() {
        return Err("a value is missing".to_owned());
    }
    match part.split_once("..") {
        Some((first, rest)) if !part.starts_with(['\'', '"', '[', '{']) => range(first, rest),
        _ => Ok(vec![value(part)]),
    }
}

/// The value as TOML, or else as a text: quotes may be left out.
fn value(part: &str) -> Value {
    match toml_value(part) {
        None | Some(Value::Datetime(_)) => {
            listed(part).unwrap_or_else(|| Value::String(part.to_owned()))
        }
        Some(value) => value,
    }
}

/// A list whose members are not quoted.
fn listed(part: &str) -> Option<Value> {
    let inside = part.strip_prefix('[')?.strip_suffix(']')?;
    Some(Value::Array(parts(inside).into_iter().map(value).collect()))
}

/// From the first to the last number by a step, the last one included where it is met.
fn range(first: &str, rest: &str) -> Result<Vec<Value>, String> {
    let form =
        || format!("a range is first..last:step, such as 0.01..0.10:0.01, not {first}..{rest}");
    let (last, step) = rest.split_once(':').ok_or_else(form)?;
    let decimals = [first, last, step].map(|text| Decimal::parse(text.trim()).ok_or_else(form));
    let [first, last, step] = decimals;
    let (first, last, step) = (first?, last?, step?);
    let scale = first.scale.max(last.scale).max(step.scale);
    let [from, to, by] = [first, last, step].map(|decimal| decimal.at(scale));
    if by <= 0 || to < from {
        return Err(format!(
            "a range must increase by a step above 0: {}",
            form()
        ));
    }
    let steps = (to - from) / by;
    if steps >= MOST_SETTINGS as i128 {
        return Err(format!(
            "the range has {} values; a grid may have {MOST_SETTINGS} settings",
            steps + 1
        ));
    }
    Ok((0..=steps)
        .map(|number| decimal(from + number * by, scale))
        .collect())
}

/// The number nearest to a decimal: it is read, not added up.
fn decimal(scaled: i128, scale: u32) -> Value {
    match i64::try_from(scaled) {
        Ok(whole) if scale == 0 => Value::Integer(whole),
        _ => Value::Float(format!("{scaled}e-{scale}").parse().unwrap_or(f64::NAN)),
    }
}

/// A decimal as it was written.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (sign, number) = text
            .strip_prefix('-')
            .map_or((1, text), |number| (-1, number));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        let proper = !digits.is_empty()
            && digits.len() <= MOST_DIGITS
            && digits.bytes().all(|c| c.is_ascii_digit());
        let digits: i128 = proper.then(|| digits.parse().ok())??;
        Some(Self {
            digits: sign * digits,
            scale: fraction.len() as u32,
        })
    }

    fn at(self, scale: u32) -> i128 {
        self.digits * 10_i128.pow(scale - self.scale)
    }
}

/// The text as a value of TOML, where it is one.
fn toml_value(text: &str) -> Option<Value> {
    format!("v={text}").parse::<toml::Table>().ok()?.remove("v")
}
