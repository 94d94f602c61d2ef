//! Units: how much of one is how much of another.

use crate::engines::embedded::thinking::numbers;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Length,
    Weight,
    Volume,
    Time,
    Speed,
    Temperature,
}

/// A unit: its names (one, many, others), and its size in its kind's base unit.
struct Unit {
    names: &'static [&'static str],
    kind: Kind,
    size: f64,
}

const fn unit(kind: Kind, size: f64, names: &'static [&'static str]) -> Unit {
    Unit { names, kind, size }
}

const UNITS: &[Unit] = &[
    unit(Kind::Length, 0.001, &["millimeter", "millimeters", "millimetre", "millimetres", "mm"]),
    unit(Kind::Length, 0.01, &["centimeter", "centimeters", "centimetre", "centimetres", "cm"]),
    unit(Kind::Length, 1.0, &["meter", "meters", "metre", "metres", "m"]),
    unit(Kind::Length, 1000.0, &["kilometer", "kilometers", "kilometre", "kilometres", "km"]),
    unit(Kind::Length, 0.0254, &["inch", "inches"]),
    unit(Kind::Length, 0.3048, &["foot", "feet", "ft"]),
    unit(Kind::Length, 0.9144, &["yard", "yards"]),
    unit(Kind::Length, 1609.344, &["mile", "miles", "mi"]),
    unit(Kind::Weight, 0.001, &["gram", "grams", "gramme", "grammes", "g"]),
    unit(Kind::Weight, 1.0, &["kilogram", "kilograms", "kilo", "kilos", "kg"]),
    unit(Kind::Weight, 1000.0, &["ton", "tons", "tonne", "tonnes"]),
    unit(Kind::Weight, 0.028_349_523_125, &["ounce", "ounces", "oz"]),
    unit(Kind::Weight, 0.453_592_37, &["pound", "pounds", "lb", "lbs"]),
    unit(Kind::Weight, 6.350_293_18, &["stone", "stones"]),
    unit(Kind::Volume, 0.001, &["milliliter", "milliliters", "millilitre", "millilitres", "ml"]),
    unit(Kind::Volume, 1.0, &["liter", "liters", "litre", "litres", "l"]),
    unit(Kind::Volume, 0.236_588_236_5, &["cup", "cups"]),
    unit(Kind::Volume, 0.473_176_473, &["pint", "pints"]),
    unit(Kind::Volume, 0.946_352_946, &["quart", "quarts"]),
    unit(Kind::Volume, 3.785_411_784, &["gallon", "gallons"]),
    unit(Kind::Volume, 0.014_786_764_781_25, &["tablespoon", "tablespoons"]),
    unit(Kind::Volume, 0.004_928_921_593_75, &["teaspoon", "teaspoons"]),
    unit(Kind::Time, 1.0, &["second", "seconds"]),
    unit(Kind::Time, 60.0, &["minute", "minutes"]),
    unit(Kind::Time, 3600.0, &["hour", "hours"]),
    unit(Kind::Time, 86_400.0, &["day", "days"]),
    unit(Kind::Time, 604_800.0, &["week", "weeks"]),
    unit(Kind::Time, 31_536_000.0, &["year", "years"]),
    unit(Kind::Speed, 1.0, &["mile per hour", "miles per hour", "mph"]),
    unit(Kind::Speed, 0.621_371_192, &["kilometer per hour", "kilometers per hour", "kmh"]),
    unit(Kind::Temperature, 1.0, &["celsius", "celsius", "centigrade", "c"]),
    unit(Kind::Temperature, 5.0 / 9.0, &["fahrenheit", "fahrenheit", "f"]),
];

/// What an amount in one unit is in another.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    amount: f64,
    from: &'static str,
    into: &'static str,
    result: f64,
}

impl Conversion {
    /// "10 miles is 16.09 kilometers."
    pub fn sentence(&self) -> String {
        let (amount, result) = (numbers::write(self.amount), numbers::write(self.result));
        format!("{amount} {} is {result} {}.", self.from, self.into)
    }
}

/// The conversion that the words ask for, if they do.
pub fn find(words: &[&str]) -> Option<Conversion> {
    let mentions = mentions(words);
    let asks = words
        .iter()
        .any(|word| matches!(*word, "how" | "convert" | "what" | "in" | "to" | "into" | "and"));
    let [first, second] = mentions.as_slice() else { return None };
    if !asks || first.unit.kind != second.unit.kind {
        return None;
    }
    match (first.amount, second.amount) {
        // "To" is often heard as "two".
        (Some(amount), None | Some(2.0)) => convert(amount, first.unit, second.unit),
        (None, Some(amount)) if counts(words) => convert(amount, second.unit, first.unit),
        _ => None,
    }
}

/// "How many …" asks for the unit that stands first.
fn counts(words: &[&str]) -> bool {
    words.windows(2).any(|pair| matches!(pair, ["how", "many" | "much"]))
}

struct Mention {
    unit: &'static Unit,
    amount: Option<f64>,
}

/// Units in the words, each with the amount right before it; "a mile" is one.
fn mentions(words: &[&str]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((unit, length)) = unit_at(&words[at..]) else {
            at += 1;
            continue;
        };
        found.push(Mention { unit, amount: amount_before(&words[..at]) });
        at += length;
    }
    found
}

fn unit_at(words: &[&str]) -> Option<(&'static Unit, usize)> {
    (1..=words.len().min(3)).rev().find_map(|length| {
        let name = words[..length].join(" ");
        let unit = UNITS.iter().find(|unit| unit.names.contains(&name.as_str()))?;
        Some((unit, length))
    })
}

fn amount_before(words: &[&str]) -> Option<f64> {
    let words = match words {
        [rest @ .., "degrees" | "degree"] => rest,
        all => all,
    };
    let longest = words.len().min(8);
    let number = (1..=longest).rev().find_map(|length| {
        let tail = &words[words.len() - length..];
        numbers::read(tail).filter(|(_, taken)| *taken == length).map(|(value, _)| value)
    });
    number.or_else(|| matches!(words.last(), Some(&("a" | "an" | "one" | "per"))).then_some(1.0))
}

fn convert(amount: f64, from: &Unit, into: &Unit) -> Option<Conversion> {
    let result = if from.kind == Kind::Temperature {
        let celsius = (amount - freezing(from)) * from.size;
        celsius / into.size + freezing(into)
    } else {
        amount * from.size / into.size
    };
    // Nobody measures a kitchen to the tenth of a millimeter.
    let result = if result.abs() >= 0.1 { (result * 100.0).round() / 100.0 } else { result };
    Some(Conversion { amount, from: name(from, amount)?, into: name(into, result)?, result })
}

fn freezing(unit: &Unit) -> f64 {
    if unit.names.contains(&"fahrenheit") { 32.0 } else { 0.0 }
}

fn name(unit: &Unit, amount: f64) -> Option<&'static str> {
    unit.names.get(usize::from((amount.abs() - 1.0).abs() > f64::EPSILON)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        find(&words).map(|conversion| conversion.sentence())
    }

    #[test]
    fn common_units_are_converted() {
        for (text, expected) in [
            ("how many kilometers is ten miles", "10 miles is 16.09 kilometers."),
            ("convert five kilograms to pounds", "5 kilograms is 11.02 pounds."),
            ("what is seventy degrees fahrenheit in celsius", "70 fahrenheit is 21.11 celsius."),
            ("how many feet are in a mile", "1 mile is 5,280 feet."),
            ("how many seconds in a day", "1 day is 86,400 seconds."),
            ("2 liters in cups", "2 liters is 8.45 cups."),
            ("how much is one inch in centimeters", "1 inch is 2.54 centimeters."),
            ("100 c in f", "100 celsius is 212 fahrenheit."),
            (
                "60 miles per hour in kilometers per hour",
                "60 miles per hour is 96.56 kilometers per hour.",
            ),
        ] {
            assert_eq!(answer(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_converted_is_left_alone() {
        for text in [
            "how many pounds in a mile",
            "i ran ten miles",
            "it takes two hours to drive there",
            "how many days until christmas",
        ] {
            assert_eq!(answer(text), None, "{text}");
        }
    }
}
