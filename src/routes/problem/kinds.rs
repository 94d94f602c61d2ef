//! Every kind of problem there is: the one place that turns meanings into statuses.

/// A kind of problem: everything about it that does not depend on the request.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name in the contract.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What the reader can do about it.
    pub help: &'static str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

/// Every kind of problem there is.
pub const KINDS: &[Kind] = &[
    kind(
        "missing_audio",
        400,
        "No audio file provided",
        "Send a file as `audio`, a raw audio body, or words as `text`.",
    ),
    kind("ambiguous_input", 400, "Both audio and text were sent", "Send either `audio` or `text`."),
    kind(
        "malformed_request",
        400,
        "The request cannot be read",
        "The detail says what could not be read and how it should look.",
    ),
    kind(
        "unsupported_parameter",
        400,
        "That is not done here",
        "The detail names what was asked for, and what there is instead.",
    ),
    kind(
        "unspeakable",
        400,
        "This voice cannot say that",
        "The built-in voices speak English; other engines speak more languages.",
    ),
    kind("empty_text", 400, "The text is empty", "Send words as `text`, or a file as `audio`."),
    kind(
        "unknown_voice",
        400,
        "Nobody speaks with that voice",
        "Take a name from /api/v1/capabilities.",
    ),
    kind(
        "unauthenticated",
        401,
        "Sign in or send an API key",
        "Send an API key as `Authorization: Bearer …`; `repartee key add` makes one.",
    ),
    kind(
        "budget_reached",
        402,
        "Today's budget is used up",
        "Wait until `resets_at`, or raise the budget.",
    ),
    kind("forbidden", 403, "Not allowed", "The detail says what is missing."),
    kind("not_found", 404, "Not found", "GET /api/v1 lists what there is."),
    kind(
        "unknown_conversation",
        404,
        "There is no such conversation",
        "Leave the id out to begin a new one.",
    ),
    kind(
        "unknown_turn",
        404,
        "There is no such turn",
        "A turn can be read by whoever its conversation belongs to.",
    ),
    kind("no_recording", 404, "There is no recording", "It was not kept, or its time is over."),
    kind(
        "method_not_allowed",
        405,
        "Method not allowed",
        "`Allow` names the methods there are, the detail the right call.",
    ),
    kind(
        "not_acceptable",
        406,
        "No acceptable format",
        "Ask for audio/mpeg, audio/wav, audio/ogg, application/json or text/event-stream.",
    ),
    again(
        "upload_too_slow",
        408,
        "The upload took too long",
        "Send at least 4 KiB a second, and all of it within 30 seconds.",
    ),
    again(
        "turn_in_flight",
        409,
        "The turn before is still being answered",
        "Wait for its end, or interrupt it.",
    ),
    kind(
        "audio_too_large",
        413,
        "The audio file is too large",
        "Send less, or in a format that packs tighter.",
    ),
    kind("audio_too_long", 413, "The audio is too long", "Send a shorter clip."),
    kind("text_too_long", 413, "The text is too long", "Send fewer words."),
    kind(
        "unsupported_audio",
        415,
        "Unsupported audio format",
        "Send WebM, Ogg, MP4/M4A, WAV, MP3 or FLAC.",
    ),
    kind(
        "unsupported_encoding",
        415,
        "The body is compressed",
        "Send it as it is, without `Content-Encoding`.",
    ),
    kind(
        "range_not_satisfiable",
        416,
        "There are no such bytes",
        "`Content-Range` says how many there are.",
    ),
    kind(
        "no_speech",
        422,
        "No speech was heard",
        "Check the microphone: POST the clip to /test-transcript.",
    ),
    kind("audio_too_short", 422, "The audio is too short", "Hold on a little longer."),
    kind(
        "idempotency_mismatch",
        422,
        "That Idempotency-Key belongs to another request",
        "Use a new key for a new request.",
    ),
    again("turn_interrupted", 409, "The turn was interrupted", "Take another one."),
    again("rate_limited", 429, "Too many requests", "Wait for as long as `Retry-After` says."),
    again(
        "internal",
        500,
        "Something broke on our side",
        "Try again; if it stays, tell the operator the request id.",
    ),
    kind(
        "engine_refused",
        502,
        "An engine refused",
        "The detail names the stage and what it said.",
    ),
    again(
        "engine_unavailable",
        503,
        "An engine is not available",
        "Try again in a moment; `repartee doctor` tells the operator why.",
    ),
    kind(
        "engine_quota",
        503,
        "An engine's quota is used up",
        "The operator's account with the provider needs attention.",
    ),
    kind(
        "engine_misconfigured",
        503,
        "An engine is not set up rightly",
        "Its operator has to mend that: the log says how, and `repartee doctor` looks.",
    ),
    again("memory_unavailable", 503, "The memory is not available", "Try again in a moment."),
    again("overloaded", 503, "Too much at once", "Try again in a moment."),
    again("engine_timeout", 504, "An engine took too long", "Try again."),
];

const fn kind(code: &'static str, status: u16, title: &'static str, help: &'static str) -> Kind {
    Kind { code, status, title, help, retryable: false }
}

const fn again(code: &'static str, status: u16, title: &'static str, help: &'static str) -> Kind {
    Kind { code, status, title, help, retryable: true }
}

impl Kind {
    /// The kind of this name; what nobody has named is our own mistake.
    pub fn of(code: &str) -> &'static Self {
        let internal = KINDS.iter().find(|kind| kind.code == "internal");
        let known = KINDS.iter().find(|kind| kind.code == code).or(internal);
        known.unwrap_or(&KINDS[0])
    }

    /// How it is written in addresses.
    pub fn slug(&self) -> String {
        self.code.replace('_', "-")
    }
}
