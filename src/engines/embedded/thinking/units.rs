//! Units: how much of one is how much of another.

use crate::engines::embedded::capitals::capitalised;
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
#[derive(Debug)]
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

/// Units of which the smaller is left unsaid: six foot two, two hours thirty.
const BELOW: &[(&str, &str)] = &[("foot", "inch"), ("hour", "minute"), ("stone", "pound")];

/// Words that would change the amount, were they understood.
const CHANGING: &[&str] = &[
    "half", "quarter", "third", "double", "twice", "percent", "plus", "minus", "times", "divided",
    "square", "squared", "cubic", "cubed",
];

/// What is asked back when a part was not understood.
pub const UNCLEAR: &str = "I missed a part. Say the amount again?";

/// An amount of a unit.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    value: f64,
    unit: &'static Unit,
}

/// What an amount is in another unit.
#[derive(Debug, Clone)]
pub struct Conversion {
    amounts: Vec<Amount>,
    into: &'static Unit,
}

impl Conversion {
    /// "10 miles is 16.09 kilometers."
    pub fn sentence(&self) -> String {
        let amounts = self.amounts.iter().map(|amount| said(amount.value, amount.unit));
        let amounts: Vec<String> = amounts.collect();
        let result = said(self.result(), self.into);
        capitalised(&format!("{} is {result}.", amounts.join(" ")))
    }

    fn result(&self) -> f64 {
        let base = |amount: &Amount| (amount.value - freezing(amount.unit)) * amount.unit.size;
        let all: f64 = self.amounts.iter().map(base).sum();
        let result = all / self.into.size + freezing(self.into);
        // Nobody measures a kitchen to the tenth of a millimeter.
        if result.abs() >= 0.1 { (result * 100.0).round() / 100.0 } else { result }
    }
}

/// Units in the words, in order, with what stands between them.
struct Mentions {
    amounts: Vec<(Amount, usize, usize)>,
    units: Vec<&'static Unit>,
    /// Whether something that would change the amount was left over.
    leftover: bool,
}

/// The conversion that the words ask for, if they do; none but a question where they ask for one
/// and not every part of it was understood.
pub fn find(words: &[&str], heard: bool) -> Option<Result<Conversion, &'static str>> {
    let found = Mentions::of(words);
    let count = found.amounts.len() + found.units.len();
    let kinds = found.amounts.iter().map(|(amount, ..)| amount.unit.kind);
    let mut kinds = kinds.chain(found.units.iter().map(|unit| unit.kind));
    let kind = kinds.next()?;
    let asks = words
        .iter()
        .any(|word| matches!(*word, "how" | "convert" | "what" | "in" | "to" | "into" | "and"));
    if count < 2 || !asks || kinds.any(|other| other != kind) {
        return None;
    }
    if let Some(conversion) = found.conversion(heard) {
        return Some(Ok(conversion));
    }
    let surely = matches!(words.first(), Some(&("how" | "what" | "convert")));
    let asked = !found.amounts.is_empty() && (surely || !found.units.is_empty());
    asked.then_some(Err(UNCLEAR))
}

/// The conversion with another amount, or into another unit: "and 20 miles?", "and in meters?"
pub fn again(before: &[&str], slot: &[&str]) -> Option<Conversion> {
    let before = find(before, false)?.ok()?;
    let found = Mentions::of(slot);
    let changed = match (found.amounts.as_slice(), found.units.as_slice()) {
        (_, _) if found.leftover => return None,
        ([], [into]) => Conversion { into, ..before },
        ([_, ..], []) if found.is_one_amount() => {
            Conversion { amounts: found.only_amounts(), ..before }
        }
        _ => return None,
    };
    let kind = changed.into.kind;
    changed.amounts.iter().all(|amount| amount.unit.kind == kind).then_some(changed)
}

impl Mentions {
    fn of(words: &[&str]) -> Self {
        let mut found = Self { amounts: Vec::new(), units: Vec::new(), leftover: false };
        let mut at = 0;
        while at < words.len() {
            at += found.take(words, at);
        }
        found
    }

    /// Takes what stands here, and tells how many words it takes.
    fn take(&mut self, words: &[&str], at: usize) -> usize {
        let rest = &words[at..];
        if let Some((amount, length)) = amount(rest) {
            self.amounts.push((amount, at, at + length));
            return length;
        }
        if let Some((unit, length)) = unit_at(rest) {
            self.units.push(unit);
            return length;
        }
        // "One is" is how the ear takes "what is".
        let misheard = at == 0 && matches!(rest, ["one" | "1", "is", ..]);
        let number = numbers::read(rest).filter(|_| !misheard);
        if let Some((value, length)) = number
            && let Some(amount) = self.below(value, at)
        {
            self.amounts.push((amount, at, at + length));
            return length;
        }
        self.leftover |= number.is_some() || CHANGING.contains(&rest[0]);
        number.map_or(1, |(_, length)| length)
    }

    /// The two of "six foot two", if an amount of feet ends right here.
    fn below(&self, value: f64, at: usize) -> Option<Amount> {
        let (above, _, _) = self.amounts.last().filter(|(.., end)| *end == at)?;
        let (_, name) = BELOW.iter().find(|(name, _)| above.unit.names.contains(name))?;
        let unit = UNITS.iter().find(|unit| unit.names.contains(name))?;
        (value * unit.size < above.unit.size).then_some(Amount { value, unit })
    }

    fn conversion(&self, heard: bool) -> Option<Conversion> {
        match (self.amounts.as_slice(), self.units.as_slice()) {
            (_, _) if self.leftover => None,
            (_, [into]) if self.is_one_amount() => {
                Some(Conversion { amounts: self.only_amounts(), into })
            }
            // "To" is often heard as "two".
            ([(from, _, end), (to, start, _)], []) if heard && to.value == 2.0 && end == start => {
                let either = BELOW.iter().any(|(above, below)| {
                    from.unit.names.contains(above) && to.unit.names.contains(below)
                });
                (!either).then(|| Conversion { amounts: vec![*from], into: to.unit })
            }
            _ => None,
        }
    }

    /// Whether the amounts are one: each smaller than the last and right behind it.
    fn is_one_amount(&self) -> bool {
        let temperature = |amount: &Amount| amount.unit.kind == Kind::Temperature;
        let joined = self.amounts.windows(2).all(|pair| {
            let ((above, _, end), (below, start, _)) = (pair[0], pair[1]);
            above.unit.size > below.unit.size && start - end <= 1 && !temperature(&above)
        });
        joined && !self.amounts.is_empty()
    }

    fn only_amounts(&self) -> Vec<Amount> {
        self.amounts.iter().map(|(amount, ..)| *amount).collect()
    }
}

/// An amount with its unit at the head of the words, and how many words it takes.
fn amount(words: &[&str]) -> Option<(Amount, usize)> {
    let (value, taken) = value(words)?;
    let rest = &words[taken..];
    let degrees = usize::from(matches!(rest.first(), Some(&("degrees" | "degree"))));
    let (unit, length) = unit_at(&rest[degrees..])?;
    let taken = taken + degrees + length;
    // An hour and a half.
    let more = numbers::fraction_behind(&words[taken..]);
    let (part, more) = more.unwrap_or_default();
    Some((Amount { value: value + part, unit }, taken + more))
}

/// The number before a unit: two, two and a half, half a, a.
fn value(words: &[&str]) -> Option<(f64, usize)> {
    let article = |words: &[&str]| matches!(words.first(), Some(&("a" | "an" | "per")));
    if let Some((part, taken)) = numbers::fraction(words) {
        let of = usize::from(words.get(taken) == Some(&"of"));
        return Some((part, taken + of + usize::from(article(&words[taken + of..]))));
    }
    numbers::read(words).or_else(|| article(words).then_some((1.0, 1)))
}

fn unit_at(words: &[&str]) -> Option<(&'static Unit, usize)> {
    (1..=words.len().min(3)).rev().find_map(|length| {
        let name = words[..length].join(" ");
        let unit = UNITS.iter().find(|unit| unit.names.contains(&name.as_str()))?;
        Some((unit, length))
    })
}

fn freezing(unit: &Unit) -> f64 {
    if unit.names.contains(&"fahrenheit") { 32.0 } else { 0.0 }
}

fn said(value: f64, unit: &Unit) -> String {
    let one = (value.abs() - 1.0).abs() <= f64::EPSILON;
    let name = unit.names.get(usize::from(!one)).copied().unwrap_or_default();
    format!("{} {name}", numbers::write(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Option<String> {
        let words: Vec<&str> = text.split(' ').collect();
        find(&words, true).map(|found| found.map_or(UNCLEAR.to_owned(), |some| some.sentence()))
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
    fn no_part_of_an_amount_is_dropped() {
        for (text, expected) in [
            ("what is six foot two in centimeters", "6 feet 2 inches is 187.96 centimeters."),
            ("5 feet 11 in centimeters", "5 feet 11 inches is 180.34 centimeters."),
            ("5 feet 11 inches in cm", "5 feet 11 inches is 180.34 centimeters."),
            ("2 hours 30 minutes in minutes", "2 hours 30 minutes is 150 minutes."),
            ("two hours and thirty minutes in seconds", "2 hours 30 minutes is 9,000 seconds."),
            ("2 and a half kilos in pounds", "2.5 kilograms is 5.51 pounds."),
            ("an hour and a half in minutes", "1.5 hours is 90 minutes."),
            ("half a mile in meters", "0.5 miles is 804.67 meters."),
            ("three quarters of an hour in minutes", "0.75 hours is 45 minutes."),
            ("one is ten miles in kilometers", "10 miles is 16.09 kilometers."),
            ("how many ounces in 3 pounds 4 ounces", "3 pounds 4 ounces is 52 ounces."),
            ("what is twice 10 miles in km", UNCLEAR),
            ("1 hour in minutes and seconds", UNCLEAR),
            ("2 pounds and 3 kilos in grams", UNCLEAR),
            ("how many miles are 10 20 kilometers", UNCLEAR),
            ("six foot 40 in cm", UNCLEAR),
        ] {
            assert_eq!(answer(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn another_amount_or_unit_may_be_asked_for() {
        let ask = |slot: &[&str]| {
            again(&["what", "is", "10", "miles", "in", "km"], slot).map(|some| some.sentence())
        };

        assert_eq!(ask(&["20", "miles"]).unwrap(), "20 miles is 32.19 kilometers.");
        assert_eq!(ask(&["in", "feet"]).unwrap(), "10 miles is 52,800 feet.");
        assert_eq!(ask(&["20", "pounds"]), None);
        assert_eq!(ask(&["20", "miles", "times", "3"]), None);
    }

    #[test]
    fn what_cannot_be_converted_is_left_alone() {
        for text in [
            "how many pounds in a mile",
            "how many square feet in a square meter",
            "i ran ten miles",
            "it takes two hours to drive there",
            "how many days until christmas",
        ] {
            assert_eq!(answer(text), None, "{text}");
        }
    }
}
