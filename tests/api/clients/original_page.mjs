// What the original's page does, by node's own fetch: original_page.mjs ADDRESS CLIP SILENCE
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const [address, clip, silence] = process.argv.slice(2);

// As in the original's index.html.
async function sendAudio(audioBlob, voice) {
  const formData = new FormData();
  formData.append("audio", audioBlob, "recording.webm");
  formData.append("voice", voice);
  const response = await fetch(`${address}/voice-chat/`, { method: "POST", body: formData });
  if (!response.ok) {
    const errorData = await response.json();
    throw new Error(errorData.error || "Server error");
  }
  const transcript = response.headers.get("X-Transcript");
  const aiResponse = response.headers.get("X-AI-Response");
  return { transcript, aiResponse, blob: await response.blob() };
}

// As in the original's test page.
async function testTranscript(audioBlob) {
  const formData = new FormData();
  formData.append("audio", audioBlob, "recording.webm");
  const response = await fetch(`${address}/test-transcript/`, { method: "POST", body: formData });
  return response.json();
}

const recording = new Blob([await readFile(clip)], { type: "audio/webm" });
const quiet = new Blob([await readFile(silence)], { type: "audio/webm" });

const { transcript, aiResponse, blob } = await sendAudio(recording, "nova");
assert.equal(decodeURIComponent(transcript), "क्या समय है? 100%");
assert.equal(decodeURIComponent(aiResponse), "It is nine o'clock. 😀");
assert.equal(blob.type, "audio/mpeg");
assert.equal(new Uint8Array(await blob.arrayBuffer())[0], 0xff);

await assert.rejects(sendAudio(quiet, "alloy"), { message: "No speech was heard" });
await assert.rejects(sendAudio(recording, "bob"), /voice/);
await assert.rejects(sendAudio(new Blob([]), "alloy"), { message: "No audio file provided" });
await assert.rejects(sendAudio(new Blob(["<html>"]), "alloy"), {
  message: "Unsupported audio format",
});

const tested = await testTranscript(recording);
assert.deepEqual([tested.transcript, tested.success], ["क्या समय है? 100%", true]);

console.log("fine");
