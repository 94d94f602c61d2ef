//! Ways to ask about who answers.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::sayings::{Entry, entry};

/// About who answers.
pub const OWN: &[Entry] = &[
    entry(
        Intent::Who,
        "I think you asked my name.",
        "who are you | what is your name | what are you | what are you called | tell me your name | \
         do you have a name | tell me about yourself | who am i talking to | \
         who am i speaking to | who is this | introduce yourself | what should i call you | \
         may i ask your name",
    ),
    entry(
        Intent::Robot,
        "I think you asked my kind.",
        "are you a robot | are you human | are you a human | are you real | are you a real person | \
         are you a person | are you a machine | am i talking to a robot | are you alive | \
         are you a computer | are you an artificial intelligence | is this a robot | \
         am i talking to a machine | am i talking to a human",
    ),
    entry(
        Intent::Age,
        "I think you asked my age.",
        "how old are you | what is your age | when were you born | when is your birthday | \
         do you have a birthday",
    ),
    entry(
        Intent::Maker,
        "I think you asked my makers.",
        "who made you | who created you | who built you | who is your maker | where do you come from | \
         who invented you | who programmed you | who wrote you | what are you made of",
    ),
    entry(
        Intent::Home,
        "I think you asked my address.",
        "where do you live | where is your home | where are you running | where do you run",
    ),
    entry(
        Intent::Languages,
        "I think you asked about languages.",
        "what languages do you speak | what language do you speak | do you speak german | \
         do you speak french | do you speak spanish | do you speak hindi | can you speak german | \
         can you speak french | can you speak spanish | can you speak hindi | \
         do you speak other languages | can you speak another language | do you speak english | \
         which languages do you know | do you understand spanish | do you understand german",
    ),
    entry(
        Intent::CanCount,
        "I think you asked about sums.",
        "can you do math | can you do maths | can you do sums | can you calculate | \
         can you do arithmetic | are you good at math | can you count | can you convert units | \
         what can you calculate",
    ),
    entry(
        Intent::CanRemember,
        "I think you asked about memory.",
        "can you remember things | do you have a memory | can you remember something | \
         will you remember me | can you remember something for me | do you remember things | \
         how good is your memory | can you take a note",
    ),
    entry(
        Intent::Robotic,
        "I think you mean my voice.",
        "why is your voice so robotic | why do you sound like a robot | your voice sounds strange | \
         your voice is robotic | you sound like a robot | why do you sound so strange | \
         why does your voice sound so bad | can you change your voice | \
         do you have another voice | you sound funny | why do you sound like that | \
         your voice sounds like a robot | i do not like your voice",
    ),
    entry(
        Intent::WhereVoiceGoes,
        "I think you mean your voice.",
        "where does my voice go | where does my recording go | what happens to my voice | \
         what happens to my recording | where do you send my voice | where do my words go | \
         where is my data stored | what do you do with my voice | what do you do with my data | \
         do you send my voice anywhere | where does the sound go | do you keep my recording | \
         do you save my voice | what happens with my data | do you store my voice",
    ),
    entry(
        Intent::Private,
        "I think you asked about privacy.",
        "is this private | is this conversation private | \
         who can hear this | who can hear me | is somebody else listening | is it safe to talk to you | do you respect my privacy | \
         can anybody else hear this | are you spying on me | is my data safe | \
         who else is listening",
    ),
    entry(
        Intent::Listening,
        "I think you mean the microphone.",
        "are you listening | are you listening to me | do you always listen | \
         are you listening to me all the time | are you always listening | are you listening now | \
         is the microphone on | is my microphone on | is the microphone open | \
         do you listen all the time | can you hear everything | is anyone listening",
    ),
    entry(
        Intent::Stored,
        "I think you asked what's kept.",
        "what do you store about me | what do you store | what data do you store | \
         what do you keep | what do you save | are you recording me | are you recording this | \
         do you record me | what data do you have about me | what do you keep about me | \
         how long do you keep my data | do you store what i say | do you keep what i say",
    ),
    entry(
        Intent::Offline,
        "I think you mean the network.",
        "do you work offline | do you need the internet | can you work without internet | \
         do you work without the internet | are you offline | are you online | \
         are you connected to the internet | do you need a network | do you use the cloud | \
         do you run in the cloud | do you need an internet connection | do you work on a plane | \
         can you work offline",
    ),
    entry(
        Intent::Cost,
        "I think you asked my price.",
        "what do you cost | how much do you cost | are you free | does this cost anything | \
         does this cost money | is this free | how much does this cost | do i have to pay for this",
    ),
    entry(
        Intent::Smarter,
        "I think you mean a model.",
        "how do i make you smarter | how can i make you smarter | how do i connect a model | \
         how can i connect a model | how do i connect a language model | connect a model | \
         connect a language model | do you have a language model | can you get smarter | \
         how do i give you a brain | why are you so limited | can you use chat g p t | \
         do you use openai | can i connect openai | how do i add a model | \
         what model are you using | which model do you use | can you learn | how do i upgrade you | \
         why do you know so little",
    ),
    entry(
        Intent::Praise,
        "I think that was kind.",
        "good job | well done | you are great | you are good | you are smart | that is great | \
         that is cool | that is amazing | very good | nice | i like you | you are funny | \
         that was funny | good answer | wow | that is impressive | you are very fast | you are nice",
    ),
    entry(
        Intent::Blame,
        "I think that was blame.",
        "you are stupid | you are dumb | you are useless | that is wrong | that is not what i said | \
         you are wrong | i hate you | you do not understand me | you misunderstood me | that was bad | \
         this is bad | that is not what i asked | wrong answer | that is not right | you are bad | \
         that was not funny | i did not say that",
    ),
    entry(
        Intent::Love,
        "I think that was affection.",
        "i love you | do you love me | will you marry me | do you like me | are you my friend | \
         marry me | can we be friends | do you have feelings | are you happy",
    ),
    entry(
        Intent::Musing,
        "I think that was philosophy.",
        "what is love | what is happiness | why are we here | is there a god | \
         what happens when we die",
    ),
];
