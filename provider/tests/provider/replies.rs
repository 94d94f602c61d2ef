//! How replies are made.

use repartee_provider::{Behaviour, Reply};

use crate::asking::{ask, think, tokens, with};

#[test]
fn a_text_becomes_a_token_for_each_word() {
    assert_eq!(Reply::text("Hello there, you.").tokens, ["Hello", " there,", " you."]);
    assert!(Reply::text("").tokens.is_empty());
}

#[test]
fn sentences_have_as_many_tokens_as_asked() {
    for (count, total) in [(1, 1), (3, 10), (4, 150), (5, 5), (2, 31)] {
        let tokens = Reply::sentences(count, total).tokens;
        assert_eq!(tokens.len(), total);
        assert_eq!(tokens.iter().filter(|token| token.ends_with('.')).count(), count);
        assert!(tokens.last().unwrap().ends_with('.'));
        assert!(tokens[1..].iter().all(|token| token.starts_with(' ')));
        assert!(!tokens[0].starts_with(' '));
    }
}

#[tokio::test]
async fn replies_differ_from_turn_to_turn() {
    let provider = with(Behaviour { reply: Reply::sentences(2, 8), ..Behaviour::default() }).await;
    let first = tokens(&ask(&provider, &think()).await).concat();
    let second = tokens(&ask(&provider, &think()).await).concat();
    assert!(first.contains(" 1 ") && second.contains(" 2 "));
    assert_eq!(first.replace(" 1 ", " 2 "), second);
}
