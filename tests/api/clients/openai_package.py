"""OpenAI's own package against a server: openai_package.py ADDRESS KEY CLIP SILENCE"""

import base64
import json
import sys

import openai

address, key, clip, silence = sys.argv[1:]
client = openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0)

SAID = "What is the capital of France?"
ANSWER = "The capital of France is Paris."
QUESTION = [{"role": "user", "content": SAID}]


def same(got, expected):
    assert got == expected, f"{got!r} is not {expected!r}"


def transcribed(path=clip, **more):
    with open(path, "rb") as file:
        return client.audio.transcriptions.create(model="whisper-1", file=file, **more)


def spoken(**more):
    wanted = {"model": "tts-1", "voice": "alloy", "input": "Good morning. How are you?"}
    return client.audio.speech.create(**{**wanted, **more})


def fails(kind, call, code, param=None):
    try:
        call()
    except openai.APIStatusError as error:
        assert type(error) is kind, f"{error!r} is no {kind.__name__}"
        same((error.code, error.param), (code, param))
        assert error.request_id, "the request has no id"
        return
    raise AssertionError(f"{kind.__name__} was not raised")


def transcriptions():
    same(transcribed().text, SAID)
    same(transcribed(response_format="text").strip(), SAID)
    verbose = transcribed(response_format="verbose_json")
    same((verbose.text, verbose.segments[0].text), (SAID, SAID))
    assert verbose.duration > 1, verbose
    *deltas, done = transcribed(stream=True)
    same((done.type, done.text), ("transcript.text.done", SAID))
    same("".join(delta.delta for delta in deltas), SAID)
    same(transcribed(silence).text, "")


def speech():
    whole = spoken().content
    same(whole[0], 0xFF)
    same(spoken(response_format="wav").content[:4], b"RIFF")
    same(spoken(response_format="opus").content[:4], b"OggS")
    # The package plays it at this rate without looking.
    bare, framed = (spoken(response_format=name).content for name in ("pcm", "wav"))
    framed_seconds = (len(framed) - 44) / 2 / int.from_bytes(framed[24:28], "little")
    assert abs(len(bare) / 2 / 24_000 - framed_seconds) < 0.01, (len(bare), framed_seconds)
    streaming = client.audio.speech.with_streaming_response
    wanted = {"model": "tts-1", "voice": "alloy", "input": "Good morning. How are you?"}
    with streaming.create(**wanted) as response:
        same(b"".join(response.iter_bytes()), whole)
    with streaming.create(**wanted, stream_format="sse") as response:
        lines = [line for line in response.iter_lines() if line]
    same(lines[-1], "data: [DONE]")
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    same(b"".join(base64.b64decode(event["audio"]) for event in events[:-1]), whole)


def chat():
    answer = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION)
    same(answer.choices[0].message.content, ANSWER)
    same((answer.model, answer.choices[0].finish_reason), ("gpt-6-luna", "stop"))
    assert answer.usage.total_tokens > 0
    chunks = list(
        client.chat.completions.create(
            model="gpt-4o-mini",
            messages=QUESTION,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    words = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    same("".join(words), ANSWER)
    assert chunks[-1].usage.total_tokens > 0
    with client.chat.completions.stream(model="gpt-4o-mini", messages=QUESTION) as stream:
        same(stream.get_final_completion().choices[0].message.content, ANSWER)


def models():
    names = {model.id for model in client.models.list()}
    assert names >= {"gpt-transcribe", "gpt-6-luna", "gpt-4o-mini-tts"}, names
    same({client.models.retrieve(name).id for name in names}, names)


def errors():
    fails(openai.BadRequestError, lambda: spoken(voice="bob"), "unknown_voice", "voice")
    fails(openai.BadRequestError, lambda: spoken(input=""), "malformed_request", "input")
    fails(openai.APIStatusError, lambda: transcribed(__file__), "unsupported_audio")
    fails(openai.NotFoundError, lambda: client.models.retrieve("nobody"), "not_found")
    stranger = client.with_options(api_key="sk-stranger")
    fails(openai.AuthenticationError, lambda: stranger.models.list(), "unauthenticated")


for part in (transcriptions, speech, chat, models, errors):
    part()
    print(f"{part.__name__}: fine")
