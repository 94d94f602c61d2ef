//! Ways to ask for the day, for chance and for amusement.

use crate::engines::embedded::thinking::intents::Intent;
use crate::engines::embedded::thinking::sayings::{Entry, entry};

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
        Intent::Untold,
        "I think you asked about yourself.",
        "where do i live | where am i from | how old am i | when is my birthday | what is my job",
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
        "forget everything | forget me | delete my data | delete my words | delete everything | \
         delete all my data | erase my data | clear your memory | how do i delete my data | \
         forget that | forget what i said | forget my name | \
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
