//! Search for text, whatever its case.

use std::collections::BTreeSet;

use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LikeExpr};

use crate::store::record::clean;

/// Longer patterns are refused by SQLite, and nobody remembers that many words.
const LONGEST: usize = 200;
const ESCAPE: char = '!';

/// Text to look for. Databases fold the case of ASCII letters at best, so other letters are looked
/// for as they were given, all small, all capital, and with capitals at the beginnings of words.
pub(crate) struct Needle {
    patterns: BTreeSet<String>,
}

impl Needle {
    /// None if there is nothing to look for.
    pub(crate) fn new(query: Option<&str>) -> Option<Self> {
        let query: String = clean(query?.trim()).chars().take(LONGEST).collect();
        let spellings = [query.to_lowercase(), query.to_uppercase(), titled(&query)];
        let patterns = spellings.iter().chain([&query]).map(|spelling| pattern(spelling)).collect();
        (!query.is_empty()).then_some(Self { patterns })
    }

    /// Whether a column contains it.
    pub(crate) fn is_in(&self, column: impl IntoColumnRef) -> Condition {
        let column = column.into_column_ref();
        self.patterns.iter().fold(Condition::any(), |any, pattern| {
            let folded = Expr::expr(Func::lower(Expr::col(column.clone())));
            any.add(folded.like(LikeExpr::new(pattern).escape(ESCAPE)))
        })
    }
}

fn titled(text: &str) -> String {
    let mut begins = true;
    let capital = |letter: char| {
        let letters = if begins { letter.to_uppercase().to_string() } else { letter.to_string() };
        begins = !letter.is_alphanumeric();
        letters
    };
    text.to_lowercase().chars().map(capital).collect()
}

fn pattern(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(letter.to_ascii_lowercase());
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(query: &str) -> Vec<String> {
        Needle::new(Some(query)).unwrap().patterns.into_iter().collect()
    }

    #[test]
    fn wildcards_are_looked_for_as_they_are() {
        assert_eq!(patterns("50%_!"), ["%50!%!_!!%"]);
    }

    #[test]
    fn letters_beyond_ascii_are_tried_in_their_usual_cases() {
        assert_eq!(patterns("élan vital"), ["%Élan vital%", "%élan vital%"]);
        assert_eq!(patterns("Übergröße"), ["%ÜbergrÖsse%", "%Übergröße%", "%übergröße%"]);
    }

    #[test]
    fn nothing_is_not_looked_for() {
        assert!(Needle::new(None).is_none());
        assert!(Needle::new(Some(" \0")).is_none());
    }
}
