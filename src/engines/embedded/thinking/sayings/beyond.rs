//! Ways to ask for what lies out of reach.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::sayings::{Entry, entry};

/// What lies out of reach, by name.
pub const BEYOND: &[Entry] = &[
    entry(
        Intent::Weather,
        "I think you asked the weather.",
        "what is the weather | what is the weather like | what is the weather like today | \
         how is the weather | how is the weather today | will it rain | will it rain today | \
         will it rain tomorrow | is it raining | do i need an umbrella | is it cold outside | \
         what is the weather forecast | what is the temperature outside | is it going to rain | \
         how warm is it outside | what will the weather be tomorrow | is it sunny",
    ),
    entry(
        Intent::News,
        "I think you asked for news.",
        "what is in the news | what is in the news today | tell me the news | what is the news | \
         what are the headlines | read me the news | any news today | \
         what happened today | what is the latest news",
    ),
    entry(
        Intent::Music,
        "I think you asked for music.",
        "play some music | play music | play a song | can you play a song for me | can you sing | \
         sing me a song | sing a song | can you sing a song | play something | turn on the radio | \
         play the radio | i want to hear some music | put on some music",
    ),
    entry(
        Intent::Timer,
        "I think you want a timer.",
        "set a timer | set a timer for five minutes | set a timer for ten minutes | set an alarm | \
         set an alarm for seven o'clock | wake me up at seven | wake me up tomorrow morning | \
         remind me in ten minutes | set a reminder | start a timer | \
         set an alarm for six in the morning | remind me tomorrow | remind me to call my mother | \
         wake me up at seven tomorrow | can you set an alarm",
    ),
    entry(
        Intent::Web,
        "I think you want a search.",
        "search the web | search the internet | search for it | look it up | \
         look it up on the internet | google it | can you google something for me | \
         open a website | search the web for pizza recipes | can you search the internet | \
         open my browser | look that up | can you look something up",
    ),
    entry(
        Intent::Message,
        "I think that's a message.",
        "call my mother | send a message | send an email | make a phone call | text my wife | \
         can you send an email | can you make a call | call my friend | send a text message | \
         can you call someone | read my messages | check my email",
    ),
    entry(
        Intent::House,
        "I think that's about the house.",
        "turn on the lights | turn off the lights | turn on the light | turn off the light | \
         turn on the television | turn up the heating | open the door | lock the door | \
         switch off the lights | dim the lights",
    ),
    entry(
        Intent::Translate,
        "I think you want a translation.",
        "can you translate | translate this | translate something for me | \
         can you translate something | translate this into french | how do you say hello in french",
    ),
    entry(
        Intent::Order,
        "I think you want to order.",
        "order a pizza | book a table | book an appointment | make an appointment | \
         i want to book an appointment | i would like to make an appointment | \
         can i make a reservation | i want to order something | call me a taxi | order a taxi",
    ),
];
