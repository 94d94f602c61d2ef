//! Turns that remember, over scripted engines, on both databases.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{TimeDelta, Utc};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use repartee::audio::clip::{Clip, Container};
use repartee::audio::format::Format;
use repartee::conversations::{
    Ask, ConversationError, ConversationEvent, Conversations, Keeping, Options, Retention, Which,
};
use repartee::domain::conversation::ConversationId;
use repartee::domain::delivery::Delivery;
use repartee::domain::message::Message;
use repartee::domain::money::Price;
use repartee::domain::money::Usd;
use repartee::domain::owner::Owner;
use repartee::domain::turn::{TurnId, TurnStatus};
use repartee::domain::voice::Voice;
use repartee::pipeline::budget::{Budget, Payer, today};
use repartee::pipeline::engine::{EngineName, Prompt, ReplyPart, Responder, Summary, Usage};
use repartee::pipeline::error::{EngineError, Stage, TurnError};
use repartee::pipeline::event::{Input, TurnEvent};
use repartee::pipeline::{Engines, Limits, Pipeline};
use repartee::store::recordings::{Name, Recordings};
use repartee::store::{IdempotencyNote, Page, Store, StoreError, Turn, TurnRecord};
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};

use crate::bucket::Bucket;
use crate::database::{Database, first_turn};
use crate::on_both_databases;
use crate::recordings::{access, place_of};
use crate::scripted::{
    Entry, Gate, Journal, ScriptedResponder, ScriptedSynthesizer, ScriptedTranscriber, Step,
    options, replying, sound, text,
};

on_both_databases! {
    a_turn_remembers_the_one_before,
    a_turn_that_finished_is_on_the_disk,
    an_interrupted_turn_is_remembered_as_far_as_it_was_spoken,
    a_sentence_broken_off_in_the_middle_is_not_remembered,
    a_turn_broken_off_before_any_sound_keeps_the_question,
    a_silent_clip_leaves_nothing,
    a_failed_turn_is_written_down_with_its_reason,
    a_turn_waits_for_the_one_before,
    a_turn_that_has_waited_too_long_is_refused,
    two_conversations_do_not_wait_for_each_other,
    sixty_four_turns_at_once_are_all_answered,
    an_unknown_conversation_is_refused,
    the_latest_conversation_goes_on_for_a_while,
    a_turn_without_memory_reads_and_leaves_nothing,
    a_changed_way_of_speaking_stays,
    instructions_steer_the_conversation_from_then_on,
    what_a_turn_asks_for_reaches_the_engines,
    a_fact_survives_ten_thousand_turns,
    a_summary_that_failed_leaves_things_as_they_were,
    a_summary_is_paid_by_whoever_pays_for_the_turn,
    without_money_old_messages_are_left_out_and_no_summary_is_bought,
    a_summary_that_failed_is_not_bought_again_after_every_turn,
    what_was_told_to_the_engines_in_the_program_stays_there,
    what_is_private_is_folded_by_the_engines_in_the_program,
    no_prompt_exceeds_the_budget,
    a_disk_that_failed_is_said_instead_of_finished,
    a_conversation_is_deleted_whole_even_if_nobody_waits_for_it,
    what_is_out_of_date_goes_with_its_sound,
    what_is_kept_for_repeats_goes_when_their_time_is_over,
    a_clock_by_which_everything_is_out_of_date_is_noticed,
    a_deletion_forgets_the_sentences_of_the_engines_in_the_program_too,
    two_servers_on_one_database_see_each_other,
    who_leaves_while_the_turn_is_written_pays_once,
    who_leaves_while_the_turn_is_written_has_finished,
    a_conversation_deleted_while_its_turn_is_written_does_not_come_back,
}

async fn a_turn_remembers_the_one_before(database: Database) {
    let talk = Talk::replying(&database, ["We open at nine."]).await;

    let conversation = talk.say(Which::New, "When do you open?").await;
    talk.say(Which::Continue(conversation), "And on Sundays?").await;

    let prompts = talk.journal.prompts();
    assert_eq!(prompts[0].history, []);
    let expected = [Message::user("When do you open?"), Message::assistant("We open at nine.")];
    assert_eq!(prompts[1].history, expected);
    assert_eq!(prompts[1].said, "And on Sundays?");
}

async fn a_turn_that_finished_is_on_the_disk(database: Database) {
    let talk = Talk::replying(&database, ["We open at nine."]).await;
    let mut events = talk.hear(ask(Which::New, "When do you open?"));
    let (turn_id, _) = started(events.next().await);

    let mut receipt = None;
    while let Some(event) = events.next().await {
        if let ConversationEvent::Turn(TurnEvent::Finished(finished)) = event.unwrap() {
            receipt = Some(*finished);
            break;
        }
        assert!(talk.store().turn(&Owner::local(), turn_id).await.unwrap().is_none());
    }

    let kept = talk.store().turn(&Owner::local(), turn_id).await.unwrap().unwrap();
    assert_eq!(kept.status, TurnStatus::Finished);
    assert_eq!(kept.transcript.as_deref(), Some("When do you open?"));
    assert_eq!(kept.reply.as_deref(), Some("We open at nine."));
    assert_eq!(kept.spoken.as_deref(), Some("We open at nine."));
    // JSON keeps a float to the last digit but one.
    assert_eq!(format!("{:.6?}", kept.receipt), format!("{receipt:.6?}"));
    assert_eq!(kept.engines.hearing, None);
    assert_eq!(kept.engines.speaking.unwrap().model, "scripted");
}

async fn an_interrupted_turn_is_remembered_as_far_as_it_was_spoken(database: Database) {
    let steps = vec![text("We open at nine. On Sundays we rest. "), text("Or"), Step::Hang];
    let talk = Talk::with(&database, ScriptedResponder::following(steps)).await;
    let mut events = talk.hear(ask(Which::New, "When do you open?"));
    let (turn_id, conversation) = started(events.next().await);
    until(&mut events, |event| begins_sentence(event, 1)).await;

    drop(events);

    // Nobody waits for the interrupted turn to be written, and yet the next one remembers it.
    let mut next = talk.hear(ask(Which::Continue(conversation), "Thanks."));
    until(&mut next, |event| matches!(event, TurnEvent::Heard(_))).await;
    until(&mut next, |event| matches!(event, TurnEvent::Reply(_))).await;
    let expected = [Message::user("When do you open?"), Message::assistant("We open at nine.")];
    assert_eq!(talk.journal.prompts()[1].history, expected);
    let kept = talk.store().turn(&Owner::local(), turn_id).await.unwrap().unwrap();
    assert_eq!(kept.status, TurnStatus::Interrupted);
    assert_eq!(kept.spoken.as_deref(), Some("We open at nine."));
    // What it took was not counted to the end, but what it cost was.
    assert_eq!(kept.receipt.unwrap().cost, Some(Usd(0)));
}

async fn a_sentence_broken_off_in_the_middle_is_not_remembered(database: Database) {
    let half = vec![Step::Give(sound(0, 160)), Step::Hang];
    let speaking = ScriptedSynthesizer::new().with(0, half);
    let hearing = ScriptedTranscriber::hearing("hello");
    let thinking = ScriptedResponder::replying(["We open at nine."]);
    let engines = crate::scripted::engines(hearing, thinking, speaking);
    let talk = Talk::over(&database, engines, patient()).await;
    let mut events = talk.hear(ask(Which::New, "When do you open?"));
    let (turn_id, conversation) = started(events.next().await);
    until(&mut events, |event| begins_sentence(event, 0)).await;

    drop(events);
    talk.conversations.settle().await;

    let messages = talk.store().messages(conversation, 0, 10).await.unwrap();
    let texts: Vec<&str> = messages.iter().map(|kept| kept.message.text.as_str()).collect();
    assert_eq!(texts, ["When do you open?"]);
    let kept = talk.store().turn(&Owner::local(), turn_id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.spoken), (TurnStatus::Interrupted, None));
    assert_eq!(kept.reply.as_deref(), Some("We open at nine."));
    assert!(kept.engines.speaking.is_some());
}

async fn a_turn_broken_off_before_any_sound_keeps_the_question(database: Database) {
    let talk = Talk::with(&database, ScriptedResponder::following(vec![Step::Hang])).await;
    let mut events = talk.hear(ask(Which::New, "I would like to book"));
    let (turn_id, conversation) = started(events.next().await);
    until(&mut events, |event| matches!(event, TurnEvent::Heard(_))).await;

    drop(events);
    talk.conversations.settle().await;

    let messages = talk.store().messages(conversation, 0, 10).await.unwrap();
    let texts: Vec<&str> = messages.iter().map(|kept| kept.message.text.as_str()).collect();
    assert_eq!(texts, ["I would like to book"]);
    let kept = talk.store().turn(&Owner::local(), turn_id).await.unwrap().unwrap();
    assert_eq!((kept.status, kept.spoken), (TurnStatus::Interrupted, None));
}

async fn a_silent_clip_leaves_nothing(database: Database) {
    let mute = Engines {
        hearing: Arc::new(ScriptedTranscriber::hearing("")),
        ..replying(["Never said."])
    };
    let talk = Talk::over(&database, mute, options()).await;
    let clip = Input::Clip(Clip::new(silence()).unwrap());

    let events = talk.hear(Ask::new(Owner::local(), Which::New, clip));
    let error = events.collect::<Vec<_>>().await.pop().unwrap().unwrap_err();
    talk.conversations.settle().await;

    assert!(matches!(error, ConversationError::Turn(TurnError::NoSpeech(_))), "{error:?}");
    assert!(
        talk.store()
            .conversations(&Owner::local(), Page::first(10))
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 0);
}

async fn a_failed_turn_is_written_down_with_its_reason(database: Database) {
    let steps = vec![text("We open "), Step::Fail(EngineError::Quota)];
    let talk = Talk::with(&database, ScriptedResponder::following(steps)).await;

    let events: Vec<_> = talk.hear(ask(Which::New, "When do you open?")).collect().await;

    let error = events.last().unwrap().as_ref().unwrap_err();
    assert_eq!(error.code(), "engine_quota");
    let latest = talk.latest_turn().await;
    let failure = latest.failure.unwrap();
    assert_eq!(latest.status, TurnStatus::Failed);
    assert_eq!((failure.stage, failure.code.as_str()), (Some(Stage::Thinking), "engine_quota"));
    assert_eq!(latest.transcript.as_deref(), Some("When do you open?"));
}

async fn a_turn_waits_for_the_one_before(database: Database) {
    let gate = Gate::new();
    let steps = vec![Step::Wait(gate.clone()), text("We open at nine.")];
    let talk = Talk::with(&database, ScriptedResponder::following(steps)).await;
    let mut first = talk.hear(ask(Which::New, "When do you open?"));
    let (_, conversation) = started(first.next().await);
    until(&mut first, |event| matches!(event, TurnEvent::Heard(_))).await;

    let mut second = talk.hear(ask(Which::Continue(conversation), "And on Sundays?"));
    let second = async {
        let begun = second.next().await;
        second.collect::<Vec<_>>().await;
        begun
    };
    let first = async {
        gate.open();
        first.collect::<Vec<_>>().await
    };
    let (second, _) = futures_util::future::join(second, first).await;

    assert_eq!(started(second).1, conversation);
    let prompts = talk.journal.prompts();
    assert_eq!(prompts[1].history.len(), 2, "the second turn did not wait for the first");
}

async fn a_turn_that_has_waited_too_long_is_refused(database: Database) {
    let hanging = engines(ScriptedResponder::following(vec![Step::Hang]));
    let impatient = Options { patience: Duration::ZERO, ..options() };
    let talk = Talk::over(&database, hanging, impatient).await;
    let mut first = talk.hear(ask(Which::New, "When do you open?"));
    let (_, conversation) = started(first.next().await);
    until(&mut first, |event| matches!(event, TurnEvent::Heard(_))).await;

    let refused = talk.hear(ask(Which::Continue(conversation), "Hello?")).next().await.unwrap();

    assert!(matches!(refused, Err(ConversationError::TurnInFlight)), "{refused:?}");
    drop(first);
    talk.conversations.settle().await;
    started(talk.hear(ask(Which::Continue(conversation), "Hello?")).next().await);
}

async fn two_conversations_do_not_wait_for_each_other(database: Database) {
    let hanging = engines(ScriptedResponder::following(vec![Step::Hang]));
    let impatient = Options { patience: Duration::ZERO, ..options() };
    let talk = Talk::over(&database, hanging, impatient).await;

    let mut turns: Vec<_> = (0..8).map(|_| talk.hear(ask(Which::New, "Hello?"))).collect();

    for turn in &mut turns {
        started(turn.next().await);
        until(turn, |event| matches!(event, TurnEvent::Heard(_))).await;
    }
}

async fn sixty_four_turns_at_once_are_all_answered(database: Database) {
    let talk = Talk::replying(&database, ["We open at nine."]).await;

    let turns = (0..64).map(|_| talk.say(Which::New, "When do you open?"));
    let conversations = futures_util::future::join_all(turns).await;

    let listed = talk.store().conversations(&Owner::local(), Page::first(100)).await.unwrap().items;
    assert_eq!(listed.len(), 64);
    assert!(listed.iter().all(|kept| conversations.contains(&kept.id) && kept.last_seq == 2));
}

async fn an_unknown_conversation_is_refused(database: Database) {
    let talk = Talk::replying(&database, ["Yes."]).await;
    let conversation = talk.say(Which::New, "Is this mine?").await;
    let mut stranger = ask(Which::Continue(conversation), "And mine?");
    stranger.owner = Owner("stranger".to_owned());

    for ask in [stranger, ask(Which::Continue(ConversationId::new()), "Where am I?")] {
        let refused = talk.hear(ask).next().await.unwrap();
        assert!(matches!(refused, Err(ConversationError::UnknownConversation)), "{refused:?}");
    }
    assert_eq!(talk.journal.prompts().len(), 1);
}

async fn the_latest_conversation_goes_on_for_a_while(database: Database) {
    let talk = Talk::replying(&database, ["Yes."]).await;
    let first = talk.say(Which::Latest, "One?").await;
    let second = talk.say(Which::New, "Two?").await;
    assert_ne!(first, second);
    assert_eq!(talk.say(Which::Latest, "Three?").await, second);

    let brief = Options { pause: Duration::ZERO, ..options() };
    let later = Talk::over(&database, replying(["Yes."]), brief).await;
    let third = later.say(Which::Latest, "Four?").await;
    assert!(third != first && third != second);
}

async fn a_turn_without_memory_reads_and_leaves_nothing(database: Database) {
    let talk = Talk::replying(&database, ["Yes."]).await;
    let conversation = talk.say(Which::New, "Remember me?").await;
    let before = talk.store().conversation(&Owner::local(), conversation).await.unwrap();

    let private = Ask { memory: false, ..ask(Which::Continue(conversation), "Forget this.") };
    let events: Vec<_> = talk.hear(private).collect().await;

    assert!(matches!(events.last(), Some(Ok(ConversationEvent::Ended(_)))));
    assert_eq!(talk.journal.prompts()[1].history, []);
    let after = talk.store().conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 1);
}

async fn a_changed_way_of_speaking_stays(database: Database) {
    let slower = Delivery { speed: 0.75, gain_db: -3.0 };
    let steps = vec![Step::Give(ReplyPart::Delivery(slower)), text("Of course.")];
    let talk = Talk::with(&database, ScriptedResponder::following(steps)).await;

    let conversation = talk.say(Which::New, "Slower and softer, please.").await;
    talk.say(Which::Continue(conversation), "Thank you.").await;
    let faster = Ask { speed: Some(1.5), ..ask(Which::Continue(conversation), "Just once.") };
    talk.hear(faster).collect::<Vec<_>>().await;

    let prompts = talk.journal.prompts();
    assert_eq!(prompts[0].delivery, Delivery::default());
    assert_eq!(prompts[1].delivery, slower);
    assert_eq!(prompts[2].delivery, Delivery { speed: 1.5, ..slower });
}

async fn instructions_steer_the_conversation_from_then_on(database: Database) {
    let options = Options { instructions: "You are Ada.".to_owned(), ..options() };
    let talk = Talk::with_options(&database, ScriptedResponder::replying(["Yes."]), options).await;
    let steered =
        Ask { instructions: Some("Speak of trains.".to_owned()), ..ask(Which::New, "Hi.") };

    let events: Vec<_> = talk.hear(steered).collect().await;
    let conversation = started(events.into_iter().next()).1;
    talk.say(Which::Continue(conversation), "Go on.").await;
    talk.say(Which::New, "Hello.").await;

    let prompts = talk.journal.prompts();
    assert_eq!(prompts[0].instructions, "You are Ada.\n\nSpeak of trains.");
    assert_eq!(prompts[1].instructions, "You are Ada.\n\nSpeak of trains.");
    assert_eq!(prompts[2].instructions, "You are Ada.");
}

async fn what_a_turn_asks_for_reaches_the_engines(database: Database) {
    let talk = Talk::replying(&database, ["Ja."]).await;
    let asked = Ask {
        voice: Some(Voice("nova".to_owned())),
        language: Some("de".parse().unwrap()),
        timezone: Some(chrono_tz::Europe::Berlin),
        ..ask(Which::New, "Wie spät ist es?")
    };

    talk.hear(asked).collect::<Vec<_>>().await;

    let prompt = talk.journal.prompts().remove(0);
    assert_eq!(prompt.language.unwrap().tag(), "de");
    assert_eq!(prompt.timezone, chrono_tz::Europe::Berlin);
    assert_eq!(talk.latest_turn().await.voice.name(), "nova");
}

async fn a_fact_survives_ten_thousand_turns(database: Database) {
    let talk = Talk::folding(&database, Folding::Works).await;
    let conversation = long_history(&database, talk.store(), 10_000).await;

    talk.say(Which::Continue(conversation), "What is my name?").await;
    talk.conversations.settle().await;
    talk.say(Which::Continue(conversation), "And now?").await;

    let kept = talk.store().conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!(kept.summary.as_deref(), Some("My name is Ada."));
    assert_eq!(kept.last_seq, 20_004);
    assert!(kept.summarized_through > 19_900, "folded to {}", kept.summarized_through);
    let prompts = talk.journal.prompts();
    assert_eq!(prompts[1].summary.as_deref(), Some("My name is Ada."));
    assert!(prompts.iter().all(|prompt| remembered(prompt) <= options().recall_tokens));
    assert_eq!(prompts[1].history.last(), Some(&Message::assistant("Yes.")));
}

async fn a_summary_that_failed_leaves_things_as_they_were(database: Database) {
    let talk = Talk::folding(&database, Folding::Fails).await;
    let conversation = long_history(&database, talk.store(), 100).await;

    talk.say(Which::Continue(conversation), "What is my name?").await;
    talk.conversations.settle().await;

    let kept = talk.store().conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!((kept.summary, kept.summarized_through), (None, 0));
    assert_eq!(kept.last_seq, 202);
}

async fn a_summary_is_paid_by_whoever_pays_for_the_turn(database: Database) {
    let budget = Budget::new(Some(Usd(1_000_000)));
    let talk = dear(&database, &budget, "My name is Ada.").await;
    let conversation = long_history(&database, talk.store(), 100).await;

    talk.pay_for(conversation, "What is my name?").await;

    assert!(talk.folded(conversation).await);
    // Nobody says what the turn took, so it counts as its 150 tokens; a summary takes ten.
    let cost = Usd(150 + 10 * summaries(&talk.journal) as i64);
    let spent = talk.store().spending(today()).await.unwrap();
    assert_eq!((spent, budget.spent()), (vec![("house".to_owned(), cost)], cost));
}

async fn without_money_old_messages_are_left_out_and_no_summary_is_bought(database: Database) {
    let budget = Budget::new(Some(Usd(1_000_000)));
    let talk = dear(&database, &budget, "My name is Ada.").await;
    let conversation = long_history(&database, talk.store(), 100).await;
    let purse = budget.tab(Payer { name: "others".to_owned(), limit: None });
    // So much is left that a turn can be paid for, and no summary.
    purse.reserve(Usd(1_000_000 - 400)).unwrap();

    talk.pay_for(conversation, "What is my name?").await;
    assert_eq!(summaries(&talk.journal), 0);
    assert!(!talk.folded(conversation).await);
    assert!(remembered(&talk.journal.prompts()[0]) <= options().recall_tokens);

    // Money is there again, but the conversation has to grow before it is tried again.
    drop(purse);
    talk.pay_for(conversation, "And now?").await;
    assert_eq!(summaries(&talk.journal), 0);
    for _ in 0..8 {
        talk.pay_for(conversation, "And now?").await;
    }
    assert!(talk.folded(conversation).await);
}

async fn a_summary_that_failed_is_not_bought_again_after_every_turn(database: Database) {
    let budget = Budget::new(None);
    let talk = dear(&database, &budget, &"word ".repeat(2_000)).await;
    let conversation = long_history(&database, talk.store(), 100).await;

    for _ in 0..8 {
        talk.pay_for(conversation, "What is my name?").await;
    }
    assert_eq!(summaries(&talk.journal), 1);
    talk.pay_for(conversation, "What is my name?").await;
    assert_eq!(summaries(&talk.journal), 2);
    for _ in 0..15 {
        talk.pay_for(conversation, "What is my name?").await;
    }
    assert_eq!(summaries(&talk.journal), 2);
}

fn summaries(journal: &Journal) -> usize {
    journal.entries().iter().filter(|entry| matches!(entry, Entry::Summarized(_))).count()
}

/// A responder that asks a dollar for a million tokens written, within this budget.
async fn dear(database: &Database, budget: &Budget, summary: &str) -> Talk {
    let mut responder = ScriptedResponder::replying(["Yes."]);
    responder.price = Price::PerMillionTokens { input: Usd(0), output: Usd(1_000_000) };
    responder.summary = summary.to_owned();
    responder.usage = Some(Usage { input_tokens: 1_000, output_tokens: 10 });
    Talk::with_options(database, responder, Options { budget: budget.clone(), ..patient() }).await
}

async fn what_was_told_to_the_engines_in_the_program_stays_there(database: Database) {
    let talk = Divided::open(&database).await;
    let conversation = talk.set.say(Which::New, "I like trains.").await;
    let secret = Ask {
        instructions: Some("Speak of Piccolo.".to_owned()),
        ..ask(Which::Continue(conversation), "The canary is Piccolo.")
    };
    talk.say_privately(secret).await;

    // Also when the program is started again.
    let talk = Divided::open(&database).await;
    talk.set.say(Which::Continue(conversation), "What do I like?").await;
    let warned = talk.set.latest_turn().await.receipt.unwrap().warnings;
    talk.say_privately(ask(Which::Continue(conversation), "What did I say?")).await;

    let told = talk.set.journal.prompts().remove(0);
    let history: Vec<_> = told.history.iter().map(|message| message.text.as_str()).collect();
    assert_eq!((history, &*told.instructions), (vec!["I like trains.", "Yes."], ""));
    assert_eq!(warned, ["private_left_out"]);
    let own = talk.own.prompts().remove(0);
    assert!(own.history.contains(&Message::user("The canary is Piccolo.")), "{own:?}");
    assert!(own.history.contains(&Message::user("What do I like?")), "{own:?}");
    assert_eq!(own.instructions, "Speak of Piccolo.");
}

async fn what_is_private_is_folded_by_the_engines_in_the_program(database: Database) {
    let talk = Divided::open(&database).await;
    let conversation = talk.set.say(Which::New, "I like trains.").await;
    let secret = format!("The canary is Piccolo. {}", "word ".repeat(200));
    for _ in 0..30 {
        talk.say_privately(ask(Which::Continue(conversation), &secret)).await;
        talk.set.conversations.settle().await;
    }
    talk.set.say(Which::Continue(conversation), "What do I like?").await;
    talk.set.conversations.settle().await;
    talk.say_privately(ask(Which::Continue(conversation), "And I?")).await;

    let kept = talk.set.store().conversation(&Owner::local(), conversation).await.unwrap();
    assert_eq!(kept.summary.as_deref(), Some("summary"));
    assert_eq!(kept.private_summary.as_deref(), Some("private summary"));
    assert_eq!(talk.set.journal.entries().iter().filter_map(folded).sum::<usize>(), 2);
    let told = talk.set.journal.prompts().remove(1);
    assert_eq!((told.summary.as_deref(), told.history.len()), (Some("summary"), 0));
    let own = talk.own.prompts().pop().unwrap();
    assert_eq!(own.summary.as_deref(), Some("summary\nprivate summary"));
}

fn folded(entry: &Entry) -> Option<usize> {
    match entry {
        Entry::Summarized(messages) => Some(*messages),
        _ => None,
    }
}

/// Engines that are set, and those in the program beside them.
struct Divided {
    set: Talk,
    own: Journal,
}

impl Divided {
    async fn open(database: &Database) -> Self {
        let mut responder = ScriptedResponder::replying(["Yes."]);
        responder.summary = "private summary".to_owned();
        let own = responder.journal.clone();
        let pipeline = Arc::new(Pipeline::new(engines(responder), Limits::default()));
        let options = Options { own: Some(pipeline), ..patient() };
        let responder = ScriptedResponder::replying(["Yes."]);
        Self { set: Talk::with_options(database, responder, options).await, own }
    }

    async fn say_privately(&self, ask: Ask) {
        let mut events = self.set.hear(Ask { own_engines: true, ..ask });
        until(&mut events, |event| matches!(event, TurnEvent::Finished(_))).await;
    }
}

async fn no_prompt_exceeds_the_budget(database: Database) {
    let options = Options { recall_tokens: 120, recall_messages: 12, ..options() };
    let mut responder = ScriptedResponder::replying(["Yes."]);
    responder.summary = "Her name is Ada. ".repeat(100);
    let talk = Talk::with_options(&database, responder, options).await;
    let conversation = talk.say(Which::New, "Hello.").await;

    for length in (1..=20).chain([2000, 3, 3]) {
        let said = "word ".repeat(length * 2);
        talk.say(Which::Continue(conversation), &said).await;
        talk.conversations.settle().await;
    }

    let prompts = talk.journal.prompts();
    for prompt in &prompts {
        assert!(remembered(prompt) <= 120, "{} tokens", remembered(prompt));
        assert!(prompt.history.len() <= 12);
    }
    assert!(prompts.last().unwrap().summary.is_some());
    // A quarter of the budget, without the frame around a message.
    let rooms = talk.journal.rooms();
    assert!(!rooms.is_empty() && rooms.iter().all(|room| *room == 104), "{rooms:?}");
}

async fn a_disk_that_failed_is_said_instead_of_finished(database: Database) {
    let talk = Talk::replying(&database, ["Yes."]).await;
    let mut events = talk.hear(ask(Which::New, "Hello?"));
    started(events.next().await);
    talk.store().close().await.unwrap();

    let rest: Vec<_> = events.collect().await;

    let last = rest.last().unwrap();
    assert!(matches!(last, Err(ConversationError::Memory(StoreError::Closed))), "{last:?}");
    assert!(!rest.iter().any(is_finished));
}

#[tokio::test]
async fn a_locked_memory_is_not_waited_for_for_ever() {
    let database = Database::postgres().await;
    let hasty = Options { recall_timeout: Duration::from_millis(50), ..patient() };
    let talk = Talk::over(&database, replying(["Yes."]), hasty).await;
    let patient = Talk::replying(&database, ["Yes."]).await;
    let conversation = patient.say(Which::New, "Hello?").await;
    let locked = database.connect().await.begin().await.unwrap();
    locked.execute_unprepared("LOCK TABLE conversations").await.unwrap();

    for which in [Which::Continue(conversation), Which::Latest] {
        let refused = talk.hear(ask(which, "Are you there?")).next().await.unwrap();
        let Err(ConversationError::Memory(StoreError::Unreachable(why))) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(&*why, "no answer in 50ms");
    }

    locked.rollback().await.unwrap();
    patient.say(Which::Continue(conversation), "And now?").await;
}

async fn a_conversation_is_deleted_whole_even_if_nobody_waits_for_it(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let recordings = Recordings::open(&folder.path().to_string_lossy(), None).unwrap();
    let talk = Talk::over(&database, replying(["Yes."]), keeping(&recordings)).await;
    let conversation = talk.say(Which::New, "Do you hear me?").await;
    talk.conversations.settle().await;
    let reply = Name::reply(talk.latest_turn().await.id, Format::Wav);
    assert!(recordings.exists(reply).await.unwrap());

    let owner = Owner::local();
    let mut deleting = Box::pin(talk.conversations.delete(&owner, conversation));
    assert!(futures_util::poll!(&mut deleting).is_pending());
    drop(deleting);
    talk.conversations.settle().await;

    let gone = talk.store().conversation(&owner, conversation).await.unwrap_err();
    assert!(matches!(gone, StoreError::UnknownConversation), "{gone:?}");
    assert!(!recordings.exists(reply).await.unwrap());
}

async fn what_is_kept_for_repeats_goes_when_their_time_is_over(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let recordings = Recordings::open(&folder.path().to_string_lossy(), None).unwrap();
    let keeping = Keeping { recordings: recordings.clone(), replies: false, clips: false };
    let options = Options { keeping: Some(keeping), ..patient() };
    let talk = Talk::over(&database, replying(["Yes."]), options).await;
    let files = || std::fs::read_dir(folder.path().join("replies")).map_or(0, Iterator::count);
    let forever = Retention { conversations_days: None, recordings_days: None };
    let keyed = async |key: &str| {
        let note = IdempotencyNote { key: key.to_owned(), fingerprint: "hashed".to_owned() };
        let claim = talk.conversations.claim(&Owner::local(), note).await.unwrap();
        Ask { claimed: claim.claimed(), ..ask(Which::New, "Do you hear me?") }
    };

    // One that is broken off answers no request, and nothing of it is kept.
    let mut events = talk.hear(keyed("broken off").await);
    until(&mut events, |event| matches!(event, TurnEvent::Speech(_))).await;
    drop(events);
    talk.conversations.settle().await;
    assert_eq!(files(), 0);
    let mut events = talk.hear(keyed("answered").await);
    until(&mut events, |event| matches!(event, TurnEvent::Finished(_))).await;
    assert!(events.next().await.is_some());
    drop(events);
    talk.conversations.settle().await;
    talk.conversations.forget(forever).await.unwrap();
    assert_eq!(files(), 1);

    let yesterday = std::time::SystemTime::now() - Duration::from_secs(25 * 3600);
    for file in std::fs::read_dir(folder.path().join("replies")).unwrap() {
        let file = std::fs::File::options().write(true).open(file.unwrap().path()).unwrap();
        file.set_modified(yesterday).unwrap();
    }
    talk.conversations.forget(forever).await.unwrap();
    assert_eq!(files(), 0);
}

async fn a_clock_by_which_everything_is_out_of_date_is_noticed(database: Database) {
    let talk = Talk::replying(&database, ["Yes."]).await;
    let doubted = async |conversations_days, recordings_days| {
        let retention = Retention { conversations_days, recordings_days };
        talk.conversations.all_is_out_of_date(retention).await.unwrap()
    };
    assert!(!doubted(Some(30), Some(30)).await, "there is nothing");
    let first = first_turn("Hello.", "Good day.");
    let ended_at = Utc::now() - TimeDelta::days(40);
    talk.store().record(TurnRecord { ended_at, ..first }).await.unwrap();

    assert!(doubted(Some(30), None).await && doubted(None, Some(30)).await);
    assert!(!doubted(Some(50), None).await && !doubted(None, None).await);
    talk.say(Which::New, "Hello?").await;
    assert!(!doubted(Some(30), Some(30)).await);
}

async fn a_deletion_forgets_the_sentences_of_the_engines_in_the_program_too(database: Database) {
    let mouth = ScriptedSynthesizer::new();
    let spoken = mouth.journal.clone();
    let (ear, mind) =
        (ScriptedTranscriber::hearing("hello"), ScriptedResponder::replying(["Yes."]));
    let own = Pipeline::new(crate::scripted::engines(ear, mind, mouth), Limits::default());
    let options = Options { own: Some(Arc::new(own)), ..patient() };
    let talk = Talk::over(&database, replying(["Yes."]), options).await;
    let say_privately = async || {
        let mut events = talk.hear(Ask { own_engines: true, ..ask(Which::New, "Hello?") });
        let (_, conversation) = started(events.next().await);
        until(&mut events, |event| matches!(event, TurnEvent::Finished(_))).await;
        conversation
    };

    let conversation = say_privately().await;
    say_privately().await;
    assert_eq!(spoken.lines().len(), 1);
    talk.conversations.delete(&Owner::local(), conversation).await.unwrap();
    say_privately().await;

    assert_eq!(spoken.lines().len(), 2);
}

async fn two_servers_on_one_database_see_each_other(database: Database) {
    let (one, other) = (database.open().await, database.open().await);

    let serving = one.serve_alone().await.unwrap();

    assert!(serving.is_some());
    assert!(other.serve_alone().await.unwrap().is_none());
    drop(serving);
    // The server at the other end of a connection hears a little later that it is closed.
    while other.serve_alone().await.unwrap().is_none() {}
}

async fn what_is_out_of_date_goes_with_its_sound(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let recordings = Recordings::open(&folder.path().to_string_lossy(), None).unwrap();
    let talk = Talk::over(&database, replying(["Yes."]), keeping(&recordings)).await;
    talk.say(Which::New, "Do you hear me?").await;
    talk.conversations.settle().await;
    let reply = Name::reply(talk.latest_turn().await.id, Format::Wav);
    let days = |days| Retention { conversations_days: Some(days), recordings_days: None };

    talk.conversations.forget(days(1)).await.unwrap();
    assert!(recordings.exists(reply).await.unwrap());
    talk.conversations.forget(days(0)).await.unwrap();

    assert!(!recordings.exists(reply).await.unwrap());
    assert_eq!(database.number("SELECT count(*) FROM conversations").await, 0);
}

#[tokio::test]
async fn a_conversation_whose_sound_cannot_be_removed_can_be_deleted_later() {
    let (database, bucket) = (Database::sqlite().await, Bucket::open());
    let recordings = Recordings::open(&place_of(&bucket), Some(&access())).unwrap();
    let talk = Talk::over(&database, replying(["Yes."]), keeping(&recordings)).await;
    let conversation = talk.say(Which::New, "Do you hear me?").await;
    talk.conversations.settle().await;
    assert_eq!(bucket.keys().len(), 1);
    let delete = || async { talk.conversations.delete(&Owner::local(), conversation).await };

    bucket.break_down();
    let refused = delete().await.unwrap_err();
    assert!(matches!(refused, ConversationError::Memory(StoreError::Recordings(_))), "{refused:?}");
    bucket.repair();
    delete().await.unwrap();

    assert_eq!(bucket.keys(), Vec::<String>::new());
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 0);
}

#[tokio::test]
async fn what_is_out_of_date_stays_until_its_sound_can_go() {
    let (database, bucket) = (Database::sqlite().await, Bucket::open());
    let recordings = Recordings::open(&place_of(&bucket), Some(&access())).unwrap();
    let talk = Talk::over(&database, replying(["Yes."]), keeping(&recordings)).await;
    talk.say(Which::New, "Do you hear me?").await;
    talk.conversations.settle().await;
    assert_eq!(bucket.keys().len(), 1);
    let at_once = Retention { conversations_days: Some(0), recordings_days: None };

    bucket.break_down();
    let refused = talk.conversations.forget(at_once).await.unwrap_err();
    assert!(matches!(refused, StoreError::Recordings(_)), "{refused:?}");
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 1);
    bucket.repair();
    talk.conversations.forget(at_once).await.unwrap();

    assert_eq!(bucket.keys(), Vec::<String>::new());
    assert_eq!(database.number("SELECT count(*) FROM turns").await, 0);
}

async fn who_leaves_while_the_turn_is_written_pays_once(database: Database) {
    let mut voice = ScriptedSynthesizer::new();
    voice.price = Price::PerMillionCharacters(Usd(15_000_000));
    let engines = Engines { speaking: Arc::new(voice), ..replying(["Yes."]) };
    let talk = Talk::over(&database, engines, patient()).await;
    let ask = Ask { memory: false, ..ask(Which::New, "Do you hear me?") };

    let turn = talk.nearly_written(&database, ask).await;
    drop(turn.events);
    turn.held.rollback().await.unwrap();
    talk.conversations.settle().await;

    assert_eq!(database.number("SELECT count(*) FROM spending").await, 1);
    assert_eq!(database.number("SELECT micro_usd FROM spending").await, 4 * 15);
}

async fn who_leaves_while_the_turn_is_written_has_finished(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let recordings = Recordings::open(&folder.path().to_string_lossy(), None).unwrap();
    let talk = Talk::over(&database, replying(["Yes."]), keeping(&recordings)).await;

    let turn = talk.nearly_written(&database, ask(Which::New, "Do you hear me?")).await;
    drop(turn.events);
    turn.held.rollback().await.unwrap();
    talk.conversations.settle().await;

    let kept = talk.latest_turn().await;
    assert_eq!((kept.status, kept.spoken.as_deref()), (TurnStatus::Finished, Some("Yes.")));
    assert!(kept.receipt.is_some());
    assert!(recordings.exists(Name::reply(turn.turn, Format::Wav)).await.unwrap());
}

/// Neither its words nor its sound, and whether or not someone still listens.
async fn a_conversation_deleted_while_its_turn_is_written_does_not_come_back(database: Database) {
    for leaves in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::open(&folder.path().to_string_lossy(), None).unwrap();
        let talk = Talk::over(&database, replying(["Yes."]), keeping(&recordings)).await;
        let clip = Clip::new(include_bytes!("../fixtures/sound/speech.wav").to_vec()).unwrap();
        let asked = Ask::new(Owner::local(), Which::New, Input::Clip(clip));

        let turn = talk.nearly_written(&database, asked).await;
        let (owner, conversation) = (Owner::local(), turn.conversation.unwrap());
        let mut deleting = Box::pin(talk.conversations.delete(&owner, conversation));
        assert!(futures_util::poll!(&mut deleting).is_pending());
        let stays = (!leaves).then_some(turn.events);
        turn.held.rollback().await.unwrap();
        deleting.await.unwrap();
        if let Some(events) = stays {
            events.collect::<Vec<_>>().await;
        }
        talk.conversations.settle().await;

        let turns = database.number("SELECT count(*) FROM turns").await;
        let rows = database.number("SELECT count(*) FROM conversations").await;
        assert_eq!((turns, rows), (0, 0), "leaves: {leaves}");
        for name in [Name::reply(turn.turn, Format::Mp3), Name::clip(turn.turn, Container::Wav)] {
            assert!(!recordings.exists(name).await.unwrap(), "leaves: {leaves}, {name:?}");
        }
    }
}

/// Conversations over scripted engines, and what those were asked.
struct Talk {
    conversations: Conversations,
    journal: Journal,
}

impl Talk {
    async fn replying<const N: usize>(database: &Database, deltas: [&str; N]) -> Self {
        Self::with(database, ScriptedResponder::replying(deltas)).await
    }

    async fn with(database: &Database, responder: ScriptedResponder) -> Self {
        Self::with_options(database, responder, patient()).await
    }

    async fn with_options(
        database: &Database,
        responder: ScriptedResponder,
        options: Options,
    ) -> Self {
        let journal = responder.journal.clone();
        let talk = Self::over(database, engines(responder), options).await;
        Self { journal, ..talk }
    }

    async fn folding(database: &Database, folding: Folding) -> Self {
        let scripted = ScriptedResponder::replying(["Yes."]);
        let journal = scripted.journal.clone();
        let thinking = Arc::new(Forgetful { scripted, folding });
        let engines = Engines { thinking, ..replying([]) };
        Self { journal, ..Self::over(database, engines, patient()).await }
    }

    async fn over(database: &Database, engines: Engines, options: Options) -> Self {
        let pipeline = Arc::new(Pipeline::new(engines, Limits::default()));
        let conversations = Conversations::new(database.open().await, pipeline, options);
        Self { conversations, journal: Journal::default() }
    }

    fn store(&self) -> &Store {
        self.conversations.store()
    }

    fn hear(&self, ask: Ask) -> BoxStream<'static, Result<ConversationEvent, ConversationError>> {
        self.conversations.hear(ask).boxed()
    }

    /// Takes a whole turn.
    async fn say(&self, which: Which, said: &str) -> ConversationId {
        let mut events = self.hear(ask(which, said));
        let (_, conversation) = started(events.next().await);
        until(&mut events, |event| matches!(event, TurnEvent::Finished(_))).await;
        conversation
    }

    /// Takes a turn up to where it is written, and keeps it from going on.
    async fn nearly_written(&self, database: &Database, ask: Ask) -> NearlyWritten {
        let held = database.hold().await;
        let mut events = self.hear(ask);
        let Some(Ok(ConversationEvent::Started { turn_id, conversation_id })) = events.next().await
        else {
            panic!("it did not start")
        };
        until(&mut events, |event| matches!(event, TurnEvent::Said(_))).await;
        for _ in 0..1_000 {
            if let Poll::Ready(event) = futures_util::poll!(events.next()) {
                assert!(!is_finished(&event.unwrap()), "it was written");
            }
            tokio::task::yield_now().await;
        }
        NearlyWritten { turn: turn_id, conversation: conversation_id, events, held }
    }

    /// Takes a whole turn that this payer pays for, and lets it be folded.
    async fn pay_for(&self, conversation: ConversationId, said: &str) {
        let payer = Some(Payer { name: "house".to_owned(), limit: None });
        let mut events = self.hear(Ask { payer, ..ask(Which::Continue(conversation), said) });
        until(&mut events, |event| matches!(event, TurnEvent::Finished(_))).await;
        self.conversations.settle().await;
    }

    async fn folded(&self, conversation: ConversationId) -> bool {
        let kept = self.store().conversation(&Owner::local(), conversation).await.unwrap();
        kept.summary.is_some()
    }

    async fn latest_turn(&self) -> Turn {
        let conversations =
            self.store().conversations(&Owner::local(), Page::first(1)).await.unwrap().items;
        self.store()
            .turns(&Owner::local(), conversations[0].id, Page::first(1))
            .await
            .unwrap()
            .items
            .remove(0)
    }
}

/// A turn that waits to be written, for as long as the database is held.
struct NearlyWritten {
    turn: TurnId,
    conversation: Option<ConversationId>,
    events: BoxStream<'static, Result<ConversationEvent, ConversationError>>,
    held: DatabaseTransaction,
}

/// Options with which no turn is refused because the machine is slow.
fn patient() -> Options {
    Options { patience: Duration::from_secs(60), ..options() }
}

/// The same, with both sides recorded here.
fn keeping(recordings: &Recordings) -> Options {
    let keeping = Keeping { recordings: recordings.clone(), replies: true, clips: true };
    Options { keeping: Some(keeping), ..patient() }
}

enum Folding {
    Works,
    Fails,
}

/// Keeps of old messages only those that tell a name.
struct Forgetful {
    scripted: ScriptedResponder,
    folding: Folding,
}

#[async_trait]
impl Responder for Forgetful {
    fn name(&self) -> EngineName {
        self.scripted.name()
    }

    fn price(&self) -> Price {
        Price::Free
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<ReplyPart, EngineError>> {
        self.scripted.respond(prompt)
    }

    async fn summarize(
        &self,
        summary: Option<&str>,
        messages: &[Message],
        _: usize,
    ) -> Result<Summary, EngineError> {
        if matches!(self.folding, Folding::Fails) {
            return Err(EngineError::Timeout);
        }
        let named = messages.iter().map(|message| message.text.as_str());
        let facts = summary.into_iter().chain(named.filter(|text| text.contains("name is")));
        Ok(Summary { text: facts.collect::<Vec<_>>().join(" "), usage: None })
    }
}

fn engines(responder: ScriptedResponder) -> Engines {
    let hearing = ScriptedTranscriber::hearing("hello");
    crate::scripted::engines(hearing, responder, ScriptedSynthesizer::new())
}

fn ask(which: Which, said: &str) -> Ask {
    let input = Input::Text(said.to_owned());
    // Samples leave at once; an encoder would wait for a whole frame.
    Ask { format: Format::Pcm, ..Ask::new(Owner::local(), which, input) }
}

fn is_finished(event: &Result<ConversationEvent, ConversationError>) -> bool {
    matches!(event, Ok(ConversationEvent::Turn(TurnEvent::Finished(_))))
}

fn started(
    event: Option<Result<ConversationEvent, ConversationError>>,
) -> (TurnId, ConversationId) {
    match event.unwrap().unwrap() {
        ConversationEvent::Started { turn_id, conversation_id } => {
            (turn_id, conversation_id.unwrap())
        }
        other => panic!("{other:?} came before the start"),
    }
}

async fn until(
    events: &mut (impl Stream<Item = Result<ConversationEvent, ConversationError>> + Unpin),
    wanted: impl Fn(&TurnEvent) -> bool,
) {
    while let Some(event) = events.next().await {
        match event.unwrap() {
            ConversationEvent::Turn(event) if wanted(&event) => return,
            _ => {}
        }
    }
    panic!("the turn ended too early");
}

fn begins_sentence(event: &TurnEvent, sentence: usize) -> bool {
    matches!(event, TurnEvent::Speech(speech) if speech.sentence == sentence)
}

/// What memory added to a prompt, in tokens.
fn remembered(prompt: &Prompt) -> u32 {
    let summary = prompt.summary.as_deref().map_or(0, |summary| Message::user(summary).tokens());
    summary + prompt.history.iter().map(Message::tokens).sum::<u32>()
}

/// A conversation in which a name was told first, and then much else was said.
async fn long_history(database: &Database, store: &Store, turns: usize) -> ConversationId {
    let first = first_turn("My name is Ada.", "Good day, Ada.");
    store.record(first.clone()).await.unwrap();
    let last = turns * 2;
    database
        .execute(&format!(
            "INSERT INTO messages (conversation_id, seq, turn_id, role, text, tokens, created_at)
             WITH RECURSIVE numbers (n) AS (
                 SELECT 3 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}
             )
             SELECT conversation_id, n,  turn_id,
                    CASE n % 2 WHEN 1 THEN 'user' ELSE 'assistant' END,
                    'This is something said in passing.', 13, created_at
             FROM numbers, messages WHERE seq = 1"
        ))
        .await;
    database.execute(&format!("UPDATE conversations SET last_seq = {last}")).await;
    first.conversation
}

/// Half a second of nothing, as a WAV file.
fn silence() -> Vec<u8> {
    let data = vec![0_u8; 16_000];
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(16_000_u32.to_le_bytes());
    wav.extend(32_000_u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    wav
}
