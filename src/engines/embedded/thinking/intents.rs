//! What people say in the first minutes, by what they mean by it.

/// What somebody means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    Hello,
    HowAreYou,
    Fine,
    CanYouHear,
    AreYouThere,
    Help,
    Who,
    Robot,
    Age,
    Maker,
    Home,
    Languages,
    CanCount,
    CanRemember,
    Time,
    Date,
    Year,
    MyName,
    MyLikes,
    MyDislikes,
    Told,
    Forget,
    Repeat,
    Slower,
    Faster,
    Louder,
    Quieter,
    Normal,
    WhatISaid,
    WhereVoiceGoes,
    Private,
    Offline,
    Cost,
    Smarter,
    Joke,
    Fact,
    Coin,
    Die,
    Number,
    Thanks,
    Bye,
    NeverMind,
    Robotic,
    Praise,
    Blame,
    Love,
    Sorry,
    Yes,
    No,
    Weather,
    News,
    Music,
    Timer,
    Web,
    Message,
    House,
    Translate,
    Order,
}

/// An intent with what one says of it when in doubt, and the ways people put it.
pub struct Entry {
    /// What they mean.
    pub intent: Intent,
    /// Said before the answer when it is likely, not certain.
    pub doubt: &'static str,
    /// Ways to put it, between bars.
    pub phrases: &'static str,
}

impl Entry {
    /// The ways to put it, one by one.
    pub fn ways(&self) -> impl Iterator<Item = &'static str> {
        self.phrases.split('|').map(str::trim)
    }
}

const fn entry(intent: Intent, doubt: &'static str, phrases: &'static str) -> Entry {
    Entry { intent, doubt, phrases }
}

/// About the conversation itself.
pub const TALK: &[Entry] = &[
    entry(
        Intent::Hello,
        "I think you said hello.",
        "hello | hi | hey | hello there | hi there | good morning | good afternoon | good evening | \
         hello robin | hi robin | hey robin | hello how is it going | greetings | good day",
    ),
    entry(
        Intent::HowAreYou,
        "I think you asked after me.",
        "how are you | how are you today | how are you doing | how are you doing today | \
         hello how are you | hello robin how are you today | hello robin how are you | \
         how is it going | how do you do | are you well | how do you feel | how was your day",
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
        "are you there | is anybody there | is anyone there | are you listening | \
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
         what did you just say | i did not hear that | i did not understand you | pardon | \
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
         never mind about that | it does not matter | quiet please | enough | stop please",
    ),
    entry(Intent::Yes, "I think you said yes.", "yes | yes please | yeah | sure | yep | of course"),
    entry(Intent::No, "I think you said no.", "no | no thanks | no thank you | nope"),
    entry(
        Intent::Sorry,
        "I think you said sorry.",
        "sorry | i am sorry | i am so sorry | my mistake | sorry about that",
    ),
];

/// About who answers.
pub const SELF: &[Entry] = &[
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
        "is this private | is this conversation private | are you recording me | \
         who can hear this | who can hear me | is anyone listening | is somebody else listening | \
         are you recording this | is it safe to talk to you | do you respect my privacy | \
         can anybody else hear this | are you spying on me | is my data safe | \
         who else is listening | do you always listen",
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
];

/// About the day, chance and amusement.
pub const PLAY: &[Entry] = &[
    entry(
        Intent::Time,
        "I think you asked the time.",
        "what time is it | what time is it now | what is the time | what is the time now | \
         what is the time please | tell me the time | can you tell me the time | \
         can you tell me what time it is | do you know what time it is | do you have the time | \
         could you tell me the time please | give me the time | time please | \
         what is the current time | the time please | how late is it | do you know the time",
    ),
    entry(
        Intent::Date,
        "I think you asked the date.",
        "what is the date | what is the date today | what is today's date | what day is it | \
         what day is it today | what day is today | what is today | which day is it | \
         tell me the date | what date is it | what date is it today | what day of the week is it | \
         can you tell me the date | do you know what day it is | which day is today | \
         what month is it | tell me today's date",
    ),
    entry(
        Intent::Year,
        "I think you asked the year.",
        "what year is it | which year is it | what is the year | what year are we in | \
         tell me the year",
    ),
    entry(
        Intent::MyName,
        "I think you asked your name.",
        "what is my name | who am i | do you know my name | do you remember my name | \
         say my name | do you know who i am | tell me my name | do you remember me | \
         can you say my name | what am i called | what was my name | can you remember my name",
    ),
    entry(
        Intent::MyLikes,
        "I think you asked your likes.",
        "what do i like | what do you know i like | do you know what i like | \
         can you tell me what i like | tell me what i like | do you remember what i like | \
         what are my favorite things | what do i love | what things do i like | \
         what did i say i like",
    ),
    entry(
        Intent::MyDislikes,
        "I think you asked your dislikes.",
        "what do i not like | what do i dislike | what do i hate | do you know what i do not like | \
         tell me what i do not like",
    ),
    entry(
        Intent::Told,
        "I think you want your notes.",
        "what did i tell you | what have i told you | what do you remember | \
         what do you remember about me | what do you know about me | tell me what you remember | \
         what did i ask you to remember | what should you remember | tell me about me | \
         what did you remember | tell me what i told you | what do you know of me | \
         what have you remembered",
    ),
    entry(
        Intent::Forget,
        "I think you want it forgotten.",
        "forget everything | forget that | forget what i said | forget my name | \
         forget everything i said | forget about me | delete what i said | \
         delete this conversation | erase everything | forget all that",
    ),
    entry(
        Intent::Joke,
        "I think you want a joke.",
        "tell me a joke | tell me another joke | another joke | do you know a joke | \
         do you know any jokes | say something funny | make me laugh | tell me something funny | \
         can you tell me a joke | a joke please | one more joke | i want to hear a joke | joke | \
         do you have another joke | tell a joke | tell me a good joke | cheer me up",
    ),
    entry(
        Intent::Fact,
        "I think you want a fact.",
        "tell me something interesting | tell me a fact | tell me a fun fact | \
         tell me something i do not know | tell me something new | a fun fact please | \
         tell me something | say something interesting | tell me an interesting fact | \
         do you know something interesting | tell me another fact | another fact | \
         teach me something | something interesting | tell me something else | i am bored | \
         surprise me | say something | tell me a story",
    ),
    entry(
        Intent::Coin,
        "I think you want a coin.",
        "flip a coin | toss a coin | heads or tails | can you flip a coin | \
         can you flip a coin for me | flip a coin please | flip a coin for me | throw a coin | \
         flip the coin again | flip another coin",
    ),
    entry(
        Intent::Die,
        "I think you want a die.",
        "roll a die | roll the die | roll a dice | roll the dice | roll the dice please | \
         throw a die | throw the dice | can you roll a die | can you roll the dice | \
         roll the dice again | roll a die for me | roll again",
    ),
    entry(
        Intent::Number,
        "I think you want a number.",
        "pick a number | pick a number between one and ten | give me a number | \
         give me a random number | tell me a random number | random number | choose a number | \
         think of a number | pick a random number | pick another number | say a number",
    ),
];

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
         what are the headlines | read me the news | what is new in the world | any news today | \
         what happened today | what is happening in the world | what is the latest news",
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

/// Everything built in.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [TALK, SELF, PLAY, BEYOND].into_iter().flatten()
}
