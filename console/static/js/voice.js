// WeChat's voice is AMR, which no browser plays: it is decoded here, in the page, and played as a WAV.

import decode from "../vendor/amr/decode-amr.js";

function wave(samples, rate) {
  const bytes = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const word = (at, text) => [...text].forEach((letter, index) => bytes.setUint8(at + index, letter.charCodeAt(0)));
  word(0, "RIFF"); bytes.setUint32(4, 36 + samples.length * 2, true); word(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true); bytes.setUint16(20, 1, true); bytes.setUint16(22, 1, true);  // PCM, one channel
  bytes.setUint32(24, rate, true); bytes.setUint32(28, rate * 2, true); bytes.setUint16(32, 2, true); bytes.setUint16(34, 16, true);
  word(36, "data"); bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, index) => bytes.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([bytes], { type: "audio/wav" });
}

// The address of what a player can play: the file's own, or that of its decoded sound.
async function playable(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  const body = await answer.blob();
  if (!body.type.startsWith("audio/amr")) return URL.createObjectURL(body);
  const { channelData, sampleRate } = await decode(new Uint8Array(await body.arrayBuffer()));
  if (!channelData.length) throw new Error("no sound");
  return URL.createObjectURL(wave(channelData[0], sampleRate));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-voice]");
  if (!button) return;
  button.disabled = true;
  const player = document.createElement("audio");
  player.controls = true;
  player.setAttribute("aria-label", "语音");
  try {
    player.src = await playable(button.dataset.voice);
    button.replaceWith(player);
    player.focus();
    await player.play();
  } catch (error) {
    if (player.isConnected) return;  // there, but the browser will not start it by itself
    button.disabled = false;
    button.querySelector("[data-words]").textContent = "这段语音放不了，请下载";
  }
});
