//! Whole conversations with the responder without a model, as testers had them.

use crate::thinking::{HEARD, Talk, lines};

/// Takes the conversations of a file one by one: in each line what is said (`~` before it: by
/// voice), a tab, and a part of the answer, or another behind a bar. `---` stands between two.
async fn holds(name: &str) {
    let mut talk = Talk::new();
    let mut wrong = Vec::new();
    for line in lines(name) {
        let Some((said, expected)) = line.split_once('\t') else {
            talk = Talk::new();
            continue;
        };
        let heard = said.strip_prefix('~');
        talk.loudness_dbfs = heard.and(HEARD);
        let said = heard.unwrap_or(said);
        let answer = talk.say(said).await;
        if !expected.split('|').any(|part| answer.contains(part)) {
            wrong.push(format!("`{said}` was answered `{answer}`, not `{expected}`"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_shop_survives_its_first_conversation() {
    holds("conversation.txt").await;
}

#[tokio::test]
async fn what_follows_takes_up_what_was_said_before() {
    holds("followups.txt").await;
}
