//! A voice that was shut down, and the one that stands in for it.

use repartee::audio::format::Sound;
use repartee::domain::money::Price;
use repartee::pipeline::event::Input;
use repartee_provider::{Provider, Stage};

use super::turns::turn;
use super::*;

#[tokio::test]
async fn when_a_voice_is_gone_the_embedded_one_speaks_and_the_receipt_says_so() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Speaking, Kind::model_gone()));
    let settings = settings(&provider, &[]);
    let engines = engines::open(&settings).unwrap();
    assert_eq!(engines.speaking.name().to_string(), "openai/gpt-4o-mini-tts");

    let receipt = turn(&settings, engines.clone(), Input::Text("Hello".into())).await;

    assert_eq!(receipt.speaking.unwrap().engine.to_string(), "embedded/flite-slt");
    assert!(receipt.audio_seconds_out > 0.5);
    assert_eq!(engines.speaking.name().to_string(), "embedded/flite-slt");
    assert_eq!(engines.speaking.price(), Price::Free);
    assert!(engines.speaking.voices().contains(&Voice("kal16".into())));

    provider.reset_journal();
    let receipt = turn(&settings, engines, Input::Text("Hello again".into())).await;
    assert_eq!(receipt.speaking.unwrap().engine.engine, "embedded");
    assert!(provider.calls(Stage::Speaking).is_empty());
}

#[tokio::test]
async fn a_voice_of_the_servers_own_is_stood_in_for_as_well() {
    let provider = Provider::start().await.unwrap();
    provider.fault(always(Stage::Speaking, Kind::model_gone()));
    let own = [("SPEAKING_VOICES", "af_heart"), ("VOICE", "af_heart")];
    let mouth = mouth(&settings(&provider, &own));
    let line = Line { voice: Voice("af_heart".into()), ..line("Hello there.") };

    let sounds: Vec<_> = mouth.speak(line, Format::Mp3).try_collect().await.unwrap();

    assert!(matches!(sounds.first(), Some(Sound::Pcm(_))));
}

#[tokio::test]
async fn nobody_stands_in_for_a_voice_that_is_only_away() {
    for kind in [Kind::insufficient_quota(), status(401, &[], "{}"), Kind::rate_limited("30")] {
        let provider = Provider::start().await.unwrap();
        provider.fault(always(Stage::Speaking, kind));
        let mouth = mouth(&settings(&provider, &[]));

        speak(&*mouth, Format::Mp3).await.unwrap_err();

        assert_eq!(mouth.name().engine, "openai");
    }
}
