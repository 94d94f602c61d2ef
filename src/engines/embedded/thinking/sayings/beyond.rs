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
         can you translate something | translate this into french | how do you say hello in french | \
         say it in german | say it in spanish | say that in french",
    ),
    entry(
        Intent::Order,
        "I think you want to order.",
        "order a pizza | i want to order something | call me a taxi | order a taxi",
    ),
    entry(
        Intent::Book,
        "I think you want to book.",
        "book a table | book an appointment | make an appointment | can i make an appointment | \
         i want to book an appointment | i would like to make an appointment | \
         i would like to book an appointment | can i make a reservation | i need an appointment | \
         do you have anything free | do you have anything free tomorrow | can i come in today | \
         when is the next free appointment | can i book online | i would like to book",
    ),
    entry(
        Intent::Cancel,
        "I think you want to cancel.",
        "cancel my appointment | cancel my booking | i want to cancel my appointment | \
         i need to cancel my appointment | can i change my appointment | move my appointment | \
         reschedule my appointment | can i reschedule my appointment | i am running late",
    ),
    entry(
        Intent::Human,
        "I think you want a person.",
        "can i speak to a human | can i speak to a person | can i talk to a person | \
         i want to speak to somebody | i want to speak to the manager | human please | \
         speak to a human | talk to a human | connect me to a person | let me speak to someone | \
         can i talk to someone | is there a real person | operator",
    ),
    entry(
        Intent::Complaint,
        "I think you want to complain.",
        "i want to complain | i have a complaint | i would like to complain | \
         i want to make a complaint | i am not satisfied | i am not happy with my haircut | \
         i want my money back | can i get a refund | i want a refund",
    ),
    entry(
        Intent::Pay,
        "I think you asked about paying.",
        "how can i pay | can i pay by card | do you take cards | do you take credit cards | \
         which cards do you take | do you take cash | can i pay cash | do you accept credit cards | \
         i want to pay | can i have the bill | where can i pay",
    ),
];
