//! Charts: what they show, that nothing breaks them, and that the same numbers give the same bytes.

use proptest::prelude::*;
use simbet::Time;
use simbet::internals::report::chart;
use simbet::internals::report::chart::{
    Chart, ChartError, FanQuantiles, Group, Labels, Marker, Scale, Unit,
};
use simbet::internals::significance::Reliability;
use simbet::reliability;

/// 2023-08-11 and `n` days.
fn day(n: i64) -> Time {
    Time::from_days(19_580 + n)
}

/// A balance that wins and loses in turn, `n` times over two years.
fn balances(n: i64) -> Vec<(Time, f64)> {
    let place = |k: i64| Time::from_seconds(day(0).seconds() + k * 654 * Time::DAY / n);
    (0..n)
        .map(|k| {
            (
                place(k),
                10_000.0 + 40.0 * ((k * 7_919) % 101) as f64 - 5.0 * (k % 400) as f64,
            )
        })
        .collect()
}

fn labels(unit: Unit) -> Labels<'static> {
    Labels {
        title: "Yield by league",
        axis: "yield",
        unit,
        counted: "bets",
    }
}

fn group(name: &str, value: f64, interval: Option<(f64, f64)>) -> Group {
    Group {
        name: name.to_owned(),
        n: 1_234,
        value: Some(value),
        interval,
    }
}

fn quantiles(matches: u64, quantiles: [f64; 3]) -> FanQuantiles {
    FanQuantiles {
        matches,
        quantiles: quantiles.to_vec(),
    }
}

fn table() -> Reliability {
    let forecasts: Vec<_> = (0..500u32)
        .map(|k| (f64::from(k) / 500.0, (k * 7_919) % 500 < k))
        .collect();
    reliability(&forecasts).unwrap()
}

/// One of each kind.
fn every_chart() -> Vec<Chart> {
    let fans: Vec<_> = (0..=100)
        .map(|k| quantiles(k * 10, [9e3 - k as f64 * 40.0, 1e4, 1e4 + k as f64 * 90.0]))
        .collect();
    let values: Vec<_> = (0..600u32)
        .map(|k| f64::from((k * 7_919) % 601) / 6_000.0 - 0.05)
        .collect();
    let rows: Vec<_> = (0..40)
        .map(|k| {
            group(
                &format!("2023-{k:02}"),
                f64::from(k) / 100.0 - 0.2,
                Some((-0.3, 0.4)),
            )
        })
        .collect();
    vec![
        chart::bankroll(&balances(548), 10_000.0),
        chart::profit(&balances(548), &balances(548), &balances(500)),
        chart::reliability(Some(&table()), Some(&table())),
        chart::histogram(
            &values,
            labels(Unit::Percent),
            &[Marker {
                name: "mean",
                value: 0.0,
            }],
        ),
        chart::groups(&rows, labels(Unit::Percent)),
        chart::fan("Bankroll", &[0.05, 0.5, 0.95], &fans, 1e4, Scale::Auto),
    ]
}

/// Checks what holds of every chart, and gives the texts in it.
fn texts(chart: &Chart) -> Vec<String> {
    for svg in [chart.svg().to_owned(), chart.standalone()] {
        let document =
            roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        let named: Vec<_> = root
            .children()
            .filter(|node| node.is_element())
            .take(2)
            .collect();
        assert_eq!(
            (named[0].tag_name().name(), named[1].tag_name().name()),
            ("title", "desc")
        );
        for node in document.descendants() {
            for attribute in node.attributes() {
                let value = attribute.value();
                assert!(
                    !value.contains("NaN") && !value.contains("inf"),
                    "{}=\"{value}\"",
                    attribute.name()
                );
            }
        }
    }
    assert!(chart.svg().len() < 100_000, "{} bytes", chart.svg().len());
    let document = roxmltree::Document::parse(chart.svg()).unwrap();
    document
        .descendants()
        .filter(|node| node.is_text())
        .filter_map(|node| node.text())
        .map(|text| text.trim().to_owned())
        .collect()
}

fn shows(chart: &Chart, text: &str) -> bool {
    texts(chart).iter().any(|shown| shown.contains(text))
}

fn shapes(chart: &Chart, tag: &str) -> usize {
    let document = roxmltree::Document::parse(chart.svg()).unwrap();
    document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", tag)))
        .count()
}

#[test]
fn every_chart_is_well_formed_named_and_small() {
    for chart in every_chart() {
        assert!(!texts(&chart).is_empty());
    }
    let sum: usize = every_chart().iter().map(|chart| chart.svg().len()).sum();
    assert!(
        sum < 300_000,
        "twelve such charts would not fit into a page of 2 MB with its tables: {sum} bytes for six"
    );
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    assert_eq!(every_chart(), every_chart());
}

#[test]
fn the_order_of_the_points_changes_nothing() {
    let forwards = balances(300);
    let backwards: Vec<_> = forwards.iter().rev().copied().collect();
    assert_eq!(
        chart::bankroll(&forwards, 1e4),
        chart::bankroll(&backwards, 1e4)
    );
}

#[test]
fn a_bankroll_says_how_far_it_fell() {
    let chart = chart::bankroll(
        &[
            (day(0), 1000.0),
            (day(7), 1200.0),
            (day(14), 900.0),
            (day(21), 1100.0),
        ],
        1000.0,
    );
    assert!(shows(
        &chart,
        "Balance from 1,000.00 to 1,100.00, 2023-08-11 to 2023-09-01; greatest fall from a peak 25.00 %."
    ));
    assert!(shows(
        &chart,
        "2023-08-25\nbalance 900.00\n25.00 % below its peak"
    ));
}

#[test]
fn a_hundred_thousand_points_become_a_few_hundred_that_keep_the_extremes() {
    let mut points = balances(100_000);
    points[54_321].1 = 40_000.0;
    points[65_432].1 = 100.0;
    let chart = chart::bankroll(&points, 10_000.0);
    assert!(shows(&chart, "greatest fall from a peak 99.75 %"));
    let document = roxmltree::Document::parse(chart.svg()).unwrap();
    let line = document
        .descendants()
        .filter_map(|node| node.attribute("points"))
        .max_by_key(|line| line.len())
        .unwrap();
    assert!(line.split_whitespace().count() < 1_300);
    let drawn = document
        .descendants()
        .rfind(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "polyline")))
        .unwrap();
    let heights = || {
        drawn
            .attribute("points")
            .unwrap()
            .split_whitespace()
            .map(|at| at.split_once(',').unwrap().1)
    };
    let heights: Vec<i32> = heights().map(|height| height.parse().unwrap()).collect();
    // 40,000 and 100 are the outermost values, so that the line must span all of the axis but its margins
    let spanned = heights.iter().max().unwrap() - heights.iter().min().unwrap();
    assert!(spanned > 450, "{spanned}");
}

#[test]
fn what_was_expected_stands_beside_what_was_won_where_it_is_known() {
    let points = [(day(0), -10.0), (day(7), 80.0)];
    let all = chart::profit(&points, &[(day(0), -0.5), (day(7), -1.25)], &points);
    assert!(shows(
        &all,
        "At the end: profit 80.00, expected by the close -1.25, expected by the model 80.00."
    ));
    let alone = chart::profit(&points, &[], &[]);
    assert!(shows(&alone, "profit 80.00") && !shows(&alone, "expected by the"));
}

#[test]
fn a_reliability_diagram_has_a_dot_and_a_count_for_each_bin_with_forecasts() {
    let both = chart::reliability(Some(&table()), Some(&table()));
    assert_eq!(shapes(&both, "circle"), 20);
    assert_eq!(texts(&both).iter().filter(|text| *text == "50").count(), 10);
    let market = chart::reliability(None, Some(&table()));
    assert_eq!(shapes(&market, "circle"), 10);
    assert!(shows(&market, "market") && !shows(&market, "model"));
}

#[test]
fn strays_are_counted_at_the_edge_and_not_lost() {
    let mut values: Vec<f64> = (0..1_000).map(|k| f64::from(k % 100) / 1_000.0).collect();
    values.extend([9.0, 9.0, -7.0]);
    let chart = chart::histogram(
        &values,
        labels(Unit::Percent),
        &[Marker {
            name: "mean",
            value: 0.0495,
        }],
    );
    assert!(shows(&chart, "2 above") && shows(&chart, "1 below") && shows(&chart, "mean 4.95 %"));
    assert!(
        shows(&chart, "1,003 bets") && shows(&chart, "from -700.00 % to 900.00 %; 3 far outside")
    );
    let bars: u64 = texts(&chart)
        .iter()
        .filter_map(|text| {
            text.split_once(" to ")?
                .1
                .split_once(": ")?
                .1
                .strip_suffix(" bets")?
                .replace(',', "")
                .parse::<u64>()
                .ok()
        })
        .sum();
    assert_eq!(bars, 1_000);
}

#[test]
fn values_that_are_all_the_same_make_one_bar() {
    let chart = chart::histogram(&[5.0; 40], labels(Unit::Money), &[]);
    assert_eq!(
        texts(&chart)
            .iter()
            .filter(|text| text.ends_with(": 40 bets"))
            .count(),
        1
    );
}

/// Steps between ticks became 0, of which no number reaches the end.
#[test]
fn a_span_of_next_to_nothing_does_not_make_ticks_without_end() {
    let nearly = [0.0, f64::MIN_POSITIVE, 5e-324, 0.0];
    texts(&chart::histogram(&nearly, labels(Unit::Number), &[]));
    texts(&chart::bankroll(&[(day(0), 0.0), (day(1), 5e-324)], 0.0));
    let points = [
        quantiles(0, [0.0, 0.0, 5e-324]),
        quantiles(1, [0.0, 5e-324, 1e-300]),
    ];
    texts(&chart::fan(
        "Bankroll",
        &[0.05, 0.5, 0.95],
        &points,
        0.0,
        Scale::Logarithmic,
    ));
}

#[test]
fn groups_have_intervals_or_bars_and_long_names_are_cut() {
    let long = "A league whose name goes on and on and on";
    let dots = chart::groups(
        &[
            group(long, 0.05, Some((-0.02, 0.12))),
            group("E0", -0.1, None),
        ],
        labels(Unit::Percent),
    );
    assert_eq!(shapes(&dots, "circle"), 2);
    assert!(shows(&dots, "…"));
    assert!(shows(
        &dots,
        &format!("{long}: 5.00 % (-2.00 % to 12.00 %), 1,234 bets")
    ));
    let bars = chart::groups(
        &[group("E0", -250.0, None), group("E1", 80.0, None)],
        labels(Unit::Money),
    );
    assert_eq!(shapes(&bars, "circle"), 0);
    let many: Vec<_> = (0..45).map(|k| group(&k.to_string(), 1.0, None)).collect();
    assert!(shows(
        &chart::groups(&many, labels(Unit::Money)),
        "(and 5 more)"
    ));
}

#[test]
fn a_marker_beyond_the_axis_says_so_in_the_legend() {
    let values = [-0.03, -0.02, -0.01, 0.0];
    let [best, luck] =
        [("first", 0.0), ("luck alone", 0.13)].map(|(name, value)| Marker { name, value });
    let chart = chart::histogram(&values, labels(Unit::Number), &[best, luck]);
    assert!(shows(&chart, "luck alone 0.130 (right of the chart)"));
    assert!(shows(&chart, "first 0.000") && !shows(&chart, "first 0.000 ("));
    let low = Marker {
        name: "zero",
        value: -5.0,
    };
    assert!(shows(
        &chart::histogram(&values, labels(Unit::Number), &[low]),
        "(left of the chart)"
    ));
}

#[test]
fn one_of_what_is_counted_is_singular() {
    let one = Group {
        n: 1,
        ..group("E0", 0.1, None)
    };
    assert!(shows(
        &chart::groups(&[one], labels(Unit::Percent)),
        "E0: 10.00 %, 1 bet"
    ));
    assert!(
        !chart::histogram(&[0.1, 0.2], labels(Unit::Number), &[])
            .svg()
            .contains("1 bets")
    );
}

#[test]
fn a_fan_that_spans_orders_of_magnitude_is_drawn_by_them() {
    let narrow = [
        quantiles(0, [100.0, 100.0, 100.0]),
        quantiles(10, [90.0, 100.0, 120.0]),
    ];
    let wide = [
        quantiles(0, [100.0, 100.0, 100.0]),
        quantiles(10, [0.0, 150.0, 9_000.0]),
    ];
    let fan = |points: &[FanQuantiles], scale| {
        chart::fan("Bankroll", &[0.05, 0.5, 0.95], points, 100.0, scale)
    };
    assert!(!shows(&fan(&narrow, Scale::Auto), "order of magnitude"));
    assert!(shows(&fan(&wide, Scale::Auto), "order of magnitude"));
    assert!(!shows(&fan(&wide, Scale::Linear), "order of magnitude"));
    assert!(shows(
        &fan(&wide, Scale::Auto),
        "after 10 matches\n95 %: 9,000.00\n50 %: 150.00\n5 %: 0.00"
    ));
    assert!(shows(&fan(&narrow, Scale::Auto), "5–95 %"));
}

#[test]
fn changes_of_one_day_are_told_apart_by_their_hours_and_each_has_its_place() {
    let at = |minutes: i64| day(0) + 60 * minutes;
    let points = [
        (at(900), 1_000.0, 50.0),
        (at(900), 1_000.0, 80.0),
        (at(1_010), 1_120.0, 0.0),
    ];
    let chart = chart::balance(&points, 1_000.0);
    assert!(
        shows(&chart, "15:00") && shows(&chart, "16:50"),
        "{}",
        chart.svg()
    );
    assert!(
        chart
            .svg()
            .contains("Balance from 1,000.00 to 1,120.00 over 3 changes; 0.00 of it at stake.")
    );
    assert!(
        chart
            .svg()
            .contains("15:00\nbalance 1,000.00\nat stake 80.00"),
        "{}",
        chart.svg()
    );
}

#[test]
fn nothing_to_draw_is_said_in_words() {
    let nothing = [
        chart::bankroll(&[], 1_000.0),
        chart::bankroll(&[(day(0), 1.0)], 1_000.0),
        chart::balance(&[], 1_000.0),
        chart::balance(&[(day(0), f64::NAN, 0.0)], 1_000.0),
        chart::profit(&[], &[], &[]),
        chart::reliability(None, None),
        chart::histogram(&[], labels(Unit::Money), &[]),
        chart::histogram(&[f64::NAN, 1.0], labels(Unit::Money), &[]),
        chart::groups(&[], labels(Unit::Money)),
        chart::fan("Bankroll", &[0.5], &[], 1.0, Scale::Auto),
    ];
    for chart in nothing {
        assert!(shows(&chart, "nothing to show: "), "{}", chart.svg());
    }
}

#[test]
fn names_that_look_like_markup_show_as_text() {
    let name = "<script>alert(\"1\")</script> & 'Co' \u{1}";
    let odd = Labels {
        title: name,
        axis: name,
        unit: Unit::Percent,
        counted: name,
    };
    let marker = Marker { name, value: 0.1 };
    let charts = [
        chart::groups(&[group(name, 0.1, None), group("E0", -0.1, None)], odd),
        chart::histogram(&[0.1, 0.2, 0.3], odd, &[marker]),
        chart::histogram(&[], odd, &[]),
        chart::fan(
            name,
            &[0.5],
            &[FanQuantiles {
                matches: 1,
                quantiles: vec![1.0],
            }],
            1.0,
            Scale::Auto,
        ),
    ];
    for chart in charts {
        assert!(shows(&chart, "<script>"));
        assert!(!chart.svg().contains("<script"));
        assert_eq!(shapes(&chart, "script"), 0);
    }
}

#[test]
fn a_chart_for_a_page_has_no_ground_of_its_own_and_one_for_a_file_is_white() {
    let chart = chart::bankroll(&balances(20), 1e4);
    assert!(!chart.svg().contains("#FFFFFF") && !chart.svg().contains(" width=\"600\""));
    assert!(
        chart
            .standalone()
            .contains("<rect width=\"1200\" height=\"800\" fill=\"#FFFFFF\"/>")
    );
    assert!(
        chart.standalone().starts_with("<?xml")
            && chart.standalone().contains(" width=\"600\" height=\"400\"")
    );
}

#[test]
fn every_colour_has_one_for_the_dark() {
    let css = chart::style();
    for chart in every_chart() {
        let document = roxmltree::Document::parse(chart.svg()).unwrap();
        let colours = document
            .descendants()
            .flat_map(|node| node.attributes())
            .filter(|one| one.value().starts_with('#'));
        for colour in colours {
            let rule = format!("[{}=\"{}\"]", colour.name(), colour.value());
            assert!(css.contains(&rule), "{rule} stays as it is on a dark page");
        }
    }
}

#[test]
fn a_width_that_is_no_width_is_refused() {
    let chart = chart::bankroll(&balances(20), 1e4);
    for width in [0, chart::MAX_WIDTH + 1] {
        assert!(matches!(chart.png(width), Err(ChartError::Width { .. })));
    }
}

#[cfg(feature = "png")]
#[test]
fn a_png_has_the_width_asked_for_and_texts_in_it() {
    let chart = chart::bankroll(&balances(20), 1e4);
    let png = chart.png(300).unwrap();
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(
        (&png[16..20], &png[20..24]),
        (&300u32.to_be_bytes()[..], &200u32.to_be_bytes()[..])
    );
    assert_eq!(png, chart.png(300).unwrap());
    // the font is found: without it the message would be a white sheet, as the one whose text is blank
    let message = |title| {
        chart::fan(title, &[0.5], &[], 1.0, Scale::Auto)
            .png(600)
            .unwrap()
            .len()
    };
    assert!(message("A title of some length") > message("") + 500);
}

#[cfg(not(feature = "png"))]
#[test]
fn a_build_without_png_says_so() {
    let error = chart::bankroll(&balances(20), 1e4).png(600).unwrap_err();
    assert!(error.to_string().contains("without PNG"), "{error}");
}

/// Any number, with those that break things more often than chance would have them.
fn number() -> impl Strategy<Value = f64> {
    let odd = vec![
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        1e15,
        -1e15,
        0.0,
        -0.0,
        5e-324,
        1e-300,
    ];
    prop_oneof![
        any::<f64>(),
        -1e5..1e5,
        -1.0..1.0,
        prop::sample::select(odd)
    ]
}

fn instant() -> impl Strategy<Value = Time> {
    let odd = prop::sample::select(vec![
        i64::MIN,
        i64::MAX,
        0,
        253_402_300_799,
        -377_705_116_800,
    ]);
    prop_oneof![any::<i64>(), 1_600_000_000i64..1_700_000_000, odd].prop_map(Time::from_seconds)
}

fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![Unit::Money, Unit::Percent, Unit::Number])
}

fn path() -> impl Strategy<Value = Vec<(Time, f64)>> {
    prop::collection::vec((instant(), number()), 0..20)
}

proptest! {
    #[test]
    fn no_path_breaks_a_chart(a in path(), b in path(), c in path(), initial in number()) {
        texts(&chart::bankroll(&a, initial));
        let with_stakes: Vec<_> = a.iter().zip(&b).map(|((time, balance), (_, stake))| (*time, *balance, *stake)).collect();
        texts(&chart::balance(&with_stakes, initial));
        texts(&chart::profit(&a, &b, &c));
    }

    #[test]
    fn no_values_break_a_histogram(values in prop::collection::vec(number(), 0..60), marker in number(), unit in unit()) {
        texts(&chart::histogram(&values, labels(unit), &[Marker { name: "mean", value: marker }]));
    }

    #[test]
    fn no_groups_break_their_chart(
        rows in prop::collection::vec((".*", any::<u64>(), prop::option::of(number()), prop::option::of((number(), number()))), 0..8),
        unit in unit(),
    ) {
        let group = |(name, n, value, interval)| Group { name, n, value, interval };
        texts(&chart::groups(&rows.into_iter().map(group).collect::<Vec<_>>(), labels(unit)));
    }

    #[test]
    fn no_quantiles_break_a_fan(
        title in ".*",
        levels in prop::collection::vec(number(), 0..5),
        points in prop::collection::vec((any::<u64>(), prop::collection::vec(number(), 0..5)), 0..9),
        start in number(),
        scale in prop::sample::select(vec![Scale::Auto, Scale::Linear, Scale::Logarithmic]),
    ) {
        let points: Vec<_> = points.into_iter().map(|(matches, quantiles)| FanQuantiles { matches, quantiles }).collect();
        texts(&chart::fan(&title, &levels, &points, start, scale));
    }

    #[test]
    fn no_table_breaks_a_reliability_diagram(
        bins in prop::collection::vec((any::<u64>(), prop::option::of(number()), prop::option::of(number())), 10),
        error in number(),
    ) {
        let mut table = table();
        table.calibration_error = error;
        for (bin, (n, forecast, observed)) in table.bins.iter_mut().zip(bins) {
            (bin.n, bin.mean_forecast, bin.observed) = (n, forecast, observed);
        }
        texts(&chart::reliability(Some(&table), None));
    }
}
