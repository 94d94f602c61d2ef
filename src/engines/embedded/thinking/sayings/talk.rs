//! Ways to talk about the conversation itself.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::sayings::{Entry, entry};

/// About the conversation itself.
pub const TALK: &[Entry] = &[
    entry(
        Intent::Hello,
        "I think you said hello.",
        "hello | hi | hey | hello there | hi there | good morning | good afternoon | good evening | \
         hello robin | hi robin | hey robin | hello again | hi again | hello how is it going | greetings | good day",
    ),
    entry(
        Intent::HowAreYou,
        "I think you asked after me.",
        "how are you | how are you today | how are you doing | how are you doing today | \
         hello how are you | hello robin how are you today | hello robin how are you | \
         how is it going | what is up | what about you | how about you | how are things | how do you do | are you well | how do you feel | how was your day",
    ),
    entry(
        Intent::Fine,
        "I think you're well.",
        "i am fine | i am fine thank you | i am good thanks | i am doing well | i am very well | \
         i am fine and you | not bad thanks | i am great thanks",
    ),
    entry(
        Intent::CanYouHear,
        "I think you're testing me.",
        "can you hear me | can you hear me now | can you hear me well | do you hear me | \
         testing one two three | testing | test | this is a test | test one two three | \
         am i loud enough | is my microphone working | does my microphone work | \
         can you hear what i am saying | is this thing on | hello can you hear me | am i too quiet",
    ),
    entry(
        Intent::AreYouThere,
        "I think you asked for me.",
        "are you there | is anybody there | is anyone there | \
         hello is anybody there | are you awake | are you still there",
    ),
    entry(
        Intent::Help,
        "I think you asked for help.",
        "help | help me | what can you do | what can you do for me | can you help me | \
         what can you help me with | what can i ask you | what can i say | what should i say | \
         what do you do | how do you work | how can you help me | what are you good at | \
         what do you know | show me what you can do | what else can you do | i need help | \
         what can i ask | how does this work | what are your skills",
    ),
    entry(
        Intent::Repeat,
        "I think you want it again.",
        "repeat | again | repeat that | repeat that please | can you repeat that | \
         could you repeat that | could you please repeat that | say that again | \
         say that again please | say it again | can you say that again | what did you say | \
         what did you just say | i did not hear that | i did not understand you | pardon | what | huh | sorry what | what was that | \
         pardon me | come again | one more time | i beg your pardon",
    ),
    entry(
        Intent::WhatISaid,
        "I think you want your words.",
        "what did i say | what did i just say | what did you hear | what did you understand | \
         what did you hear me say | what have i said | repeat what i said | \
         what did i say to you | what was my question | what did i ask you | what did i ask",
    ),
    entry(
        Intent::Slower,
        "I think you said slower.",
        "slower | slow down | slower please | speak slower | speak more slowly | \
         speak more slowly please | talk slower | talk more slowly | can you speak slower | \
         can you speak more slowly | a little slower | speak a bit slower | \
         please slow down | you speak too fast | you are too fast | say that more slowly | \
         can you slow down | talk a little slower | you are talking too fast | \
         repeat that more slowly | say it slower",
    ),
    entry(
        Intent::Faster,
        "I think you said faster.",
        "faster | speed up | faster please | speak faster | talk faster | can you speak faster | \
         speak more quickly | speak a bit faster | a little faster | please speed up | \
         you are too slow | you speak too slowly | can you talk faster | say that faster | hurry up | \
         you are talking too slowly",
    ),
    entry(
        Intent::Louder,
        "I think you said louder.",
        "louder | speak up | louder please | speak louder | can you speak louder | speak up please | \
         please speak up | talk louder | a little louder | you are too quiet | i can not hear you | \
         turn it up | volume up | turn up the volume | can you speak up | can you be louder | \
         increase the volume | say that louder",
    ),
    entry(
        Intent::Quieter,
        "I think you said quieter.",
        "quieter | softer | quieter please | speak quieter | speak more quietly | \
         can you speak more quietly | speak more softly | please speak more softly | \
         not so loud | a little quieter | you are too loud | turn it down | volume down | \
         turn down the volume | lower your voice | can you be quieter | decrease the volume | \
         talk more quietly",
    ),
    entry(
        Intent::Normal,
        "I think you said normally.",
        "speak normally | talk normally | normal speed | normal speed please | normal voice | \
         go back to normal | speak at normal speed | reset your voice | speak like before | \
         use your normal voice | normal volume",
    ),
    entry(
        Intent::Pleased,
        "I think you're being kind.",
        "nice to meet you | pleased to meet you | it is nice to meet you | glad to meet you",
    ),
    entry(
        Intent::Sad,
        "I think you're sad.",
        "i am sad | i feel sad | i am lonely | i am unhappy | i am not happy | i feel bad | \
         i am not well | i had a bad day | i feel lonely",
    ),
    entry(
        Intent::Birthday,
        "I think it's your birthday.",
        "it is my birthday | it is my birthday today | today is my birthday | i have birthday today",
    ),
    entry(
        Intent::Thanks,
        "I think you said thanks.",
        "thanks | thank you | thank you very much | thanks a lot | thank you so much | many thanks | \
         thank you robin | thanks robin | thanks for your help | thank you for your help | \
         that was helpful | that is all thank you",
    ),
    entry(
        Intent::Bye,
        "I think you said goodbye.",
        "goodbye | bye | bye bye | good bye | goodbye for now | see you later | see you soon | \
         see you tomorrow | see you | good night | good night robin | talk to you later | \
         i have to go | i am leaving now | have a nice day | take care",
    ),
    entry(
        Intent::NeverMind,
        "I think you said never mind.",
        "never mind | nevermind | stop | stop it | stop talking | stop talking please | be quiet | \
         be quiet please | cancel | cancel that | forget it | that is enough | shut up | \
         stop again | ok | okay | alright | all right | good | fine | i see | never mind about that | it does not matter | quiet please | enough | stop please",
    ),
    entry(Intent::Yes, "I think you said yes.", "yes | yes please | yeah | sure | yep | of course"),
    entry(Intent::No, "I think you said no.", "no | no thanks | no thank you | nope"),
    entry(
        Intent::Sorry,
        "I think you said sorry.",
        "sorry | i am sorry | i am so sorry | my mistake | sorry about that",
    ),
];
