//! Line charts as SVG: axes, units, labels that do not cover one another. All arithmetic in tenths of a pixel.

use std::fmt::Write;

/// A chart.
pub struct Chart<'a> {
    /// What it shows, for those who cannot see it.
    pub title: &'a str,
    /// Width and height in pixels.
    pub size: (i64, i64),
    /// Room on the right for the lines' labels, in pixels.
    pub right: i64,
    /// The first and the last x.
    pub x: (i64, i64),
    /// Labelled places of the x axis.
    pub ticks: &'a [(i64, String)],
    /// How many places of the y axis are labelled, at most.
    pub steps: i64,
    /// What y is measured in.
    pub unit: &'a str,
    /// A y as text.
    pub text: &'a dyn Fn(i64) -> String,
    /// The lines.
    pub lines: &'a [Line],
    /// A vertical line, and its label.
    pub event: Option<(i64, &'a str)>,
}

/// A line of a chart.
pub struct Line {
    /// Its label; none to leave it without.
    pub label: String,
    /// The class that colours it.
    pub class: &'static str,
    /// Its points, by x.
    pub points: Vec<(i64, i64)>,
}

/// Pixels above and below the plot.
const ABOVE: i64 = 30;
const BELOW: i64 = 28;
/// Pixels between two labels.
const APART: i64 = 15;
/// A letter's width in pixels, about.
const LETTER: i64 = 7;

/// The smallest of 1, 2, 5 times a power of ten that makes at most `most` steps of `span`.
fn step(span: i64, most: i64) -> i64 {
    let mut unit = 1i64;
    loop {
        for factor in [1, 2, 5] {
            let step = unit.saturating_mul(factor);
            if step.saturating_mul(most) >= span {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// `value` of the range `from` placed in the range `to`.
fn place(value: i64, from: (i64, i64), to: (i64, i64)) -> i64 {
    let span = i128::from(from.1.saturating_sub(from.0)).max(1);
    let into = i128::from(value.saturating_sub(from.0));
    let room = i128::from(to.1.saturating_sub(to.0));
    let placed = into.saturating_mul(room).checked_div(span).unwrap_or(0);
    to.0.saturating_add(i64::try_from(placed).unwrap_or(0))
}

/// Tenths of a pixel as pixels.
fn px(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{}", tenths.checked_div(10).unwrap_or(0), tenths.checked_rem(10).unwrap_or(0))
}

/// Text for markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where things are, in tenths of a pixel.
struct Frame {
    x: (i64, i64),
    y: (i64, i64),
    values: (i64, i64),
    step: i64,
}

impl Chart<'_> {
    /// As an `svg` element.
    pub fn svg(&self) -> String {
        let frame = self.frame();
        let (width, height) = self.size;
        let title = escape(self.title);
        let mut svg = format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" \
             aria-label=\"{title}\"><title>{title}</title>"
        );
        self.axes(&frame, &mut svg);
        self.event(&frame, &mut svg);
        for line in self.lines {
            self.line(&frame, line, &mut svg);
        }
        self.labels(&frame, &mut svg);
        svg.push_str("</svg>");
        svg
    }

    fn frame(&self) -> Frame {
        let values = self.lines.iter().flat_map(|line| line.points.iter().map(|(_, y)| *y));
        let (low, high) = (values.clone().min().unwrap_or(0), values.max().unwrap_or(1));
        let step = step(high.saturating_sub(low).max(1), self.steps);
        let low = low.checked_div_euclid(step).unwrap_or(0).saturating_mul(step);
        let above = high.checked_rem_euclid(step).unwrap_or(0);
        let high = if above == 0 { high } else { high.saturating_sub(above).saturating_add(step) };
        let high = if high == low { low.saturating_add(step) } else { high };
        let mut letters = 0;
        let mut value = low;
        while value <= high {
            letters = letters.max(i64::try_from((self.text)(value).chars().count()).unwrap_or(0));
            value = value.saturating_add(step);
        }
        let left = letters.saturating_mul(LETTER).saturating_add(10);
        let (width, height) = self.size;
        Frame {
            x: (left.saturating_mul(10), width.saturating_sub(self.right).saturating_mul(10)),
            y: (height.saturating_sub(BELOW).saturating_mul(10), ABOVE.saturating_mul(10)),
            values: (low, high),
            step,
        }
    }

    fn x(&self, frame: &Frame, x: i64) -> String {
        px(place(x, self.x, frame.x))
    }

    fn axes(&self, frame: &Frame, svg: &mut String) {
        let _ = write!(svg, "<text class=\"tick\" x=\"0\" y=\"11\">{}</text>", escape(self.unit));
        let (left, right) = (px(frame.x.0), px(frame.x.1));
        let mut value = frame.values.0;
        while value <= frame.values.1 {
            let y = px(place(value, frame.values, frame.y));
            let class = if value == 0 && frame.values.0 < 0 { "zero" } else { "grid" };
            let text = escape(&(self.text)(value));
            let beside = px(frame.x.0.saturating_sub(60));
            let _ = write!(
                svg,
                "<line class=\"{class}\" x1=\"{left}\" x2=\"{right}\" y1=\"{y}\" y2=\"{y}\"/>\
                 <text class=\"tick\" x=\"{beside}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">{text}</text>"
            );
            value = value.saturating_add(frame.step);
        }
        let (bottom, below) = (px(frame.y.0), px(frame.y.0.saturating_add(190)));
        let beneath = px(frame.y.0.saturating_add(40));
        for (x, text) in self.ticks {
            let x = self.x(frame, *x);
            let _ = write!(
                svg,
                "<line class=\"axis\" x1=\"{x}\" x2=\"{x}\" y1=\"{bottom}\" y2=\"{beneath}\"/>\
                 <text class=\"tick\" x=\"{x}\" y=\"{below}\" text-anchor=\"middle\">{}</text>",
                escape(text)
            );
        }
    }

    fn event(&self, frame: &Frame, svg: &mut String) {
        let Some((x, label)) = self.event else { return };
        let at = place(x, self.x, frame.x);
        let (x, bottom, top) = (px(at), px(frame.y.0), px(frame.y.1));
        let beside = px(at.saturating_sub(50));
        let above = px(frame.y.1.saturating_sub(80));
        let _ = write!(
            svg,
            "<line class=\"event\" x1=\"{x}\" x2=\"{x}\" y1=\"{bottom}\" y2=\"{top}\"/>\
             <text class=\"tick\" x=\"{beside}\" y=\"{above}\" text-anchor=\"end\">{}</text>",
            escape(label)
        );
    }

    fn line(&self, frame: &Frame, line: &Line, svg: &mut String) {
        let point = |(x, y): &(i64, i64)| format!("{},{}", self.x(frame, *x), px(place(*y, frame.values, frame.y)));
        let points: Vec<String> = line.points.iter().map(point).collect();
        let _ = write!(svg, "<polyline class=\"line {}\" points=\"{}\"/>", line.class, points.join(" "));
    }

    /// To the right of each line's end, moved down where two would touch; all moved up if the last leaves the plot.
    fn labels(&self, frame: &Frame, svg: &mut String) {
        let labelled = self.lines.iter().filter(|line| !line.label.is_empty());
        let mut labels: Vec<(i64, i64, &Line)> = labelled
            .filter_map(|line| {
                let (x, y) = line.points.last()?;
                Some((place(*y, frame.values, frame.y), place(*x, self.x, frame.x), line))
            })
            .collect();
        labels.sort_by_key(|(y, _, _)| *y);
        let apart = APART.saturating_mul(10);
        let mut last = i64::MIN;
        for (y, _, _) in &mut labels {
            *y = (*y).max(last.saturating_add(apart));
            last = *y;
        }
        let over = last.saturating_sub(frame.y.0).max(0);
        let right = px(frame.x.1.saturating_add(70));
        for (y, _, line) in labels {
            let y = px(y.saturating_sub(over));
            let (class, label) = (line.class, escape(&line.label));
            let _ = write!(svg, "<text class=\"label {class}\" x=\"{right}\" y=\"{y}\" dy=\"4\">{label}</text>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_no_more_than_asked_for() {
        for (span, most, expected) in [(1, 4, 1), (4_000, 4, 1_000), (4_001, 4, 2_000), (90, 5, 20), (0, 5, 1)] {
            assert_eq!(step(span, most), expected, "{span} / {most}");
        }
    }

    #[test]
    fn a_value_is_placed_in_proportion_and_pixels_have_one_digit() {
        assert_eq!(place(5, (0, 10), (100, 0)), 50);
        assert_eq!(place(-5, (0, 10), (0, 100)), -50);
        assert_eq!((px(1_234), px(-5), px(0)), ("123.4".into(), "-0.5".into(), "0.0".into()));
    }

    #[test]
    fn labels_of_lines_that_end_together_do_not_touch() {
        let line = |class: &'static str| Line { label: class.to_string(), class, points: vec![(0, 0), (10, 100)] };
        let lines = [line("a"), line("b"), line("c")];
        let chart = Chart {
            title: "t",
            size: (300, 200),
            right: 60,
            x: (0, 10),
            ticks: &[],
            steps: 4,
            unit: "",
            text: &|y| y.to_string(),
            lines: &lines,
            event: None,
        };
        let svg = chart.svg();
        let heights: Vec<&str> = svg
            .split("class=\"label")
            .skip(1)
            .filter_map(|rest| rest.split("y=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(heights, ["30.0", "45.0", "60.0"]);
    }
}
