/**
 * Reading a QR code with the camera: by the browser's own detector where it has one, else by the reader that comes with the
 * pages. The pictures never leave this page.
 */

import { DeviceError } from "./errors.js";

const PAUSE = 120; // milliseconds between two looks
const WIDTH = 800; // pixels that a code at arm's length needs; more only takes longer

/** Whether there may be a camera that this page can ask for. */
export const mayScan = () => Boolean(globalThis.navigator?.mediaDevices?.getUserMedia);

/**
 * The first code that comes before the camera; undefined when `signal` says to stop. DeviceError `camera.refused`, `camera.none`.
 * @param {HTMLVideoElement} video shows what the camera sees
 * @param {AbortSignal} signal
 * @returns {Promise<string|undefined>}
 */
export async function scan(video, signal) {
  const stream = await open();
  try {
    video.srcObject = stream;
    await video.play();
    const read = (await detector()) ?? (await reader());
    while (!signal.aborted) {
      const found = await read(video).catch(() => undefined);
      if (found && !signal.aborted) return found;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function open() {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch (error) {
    throw new DeviceError(/** @type {Error} */ (error)?.name === "NotAllowedError" ? "camera.refused" : "camera.none");
  }
}

/** @typedef {(video: HTMLVideoElement) => Promise<string|undefined>} Read */

/** @returns {Promise<Read|undefined>} */
async function detector() {
  const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = await Detector?.getSupportedFormats?.().catch(() => []);
  if (!formats?.includes("qr_code")) return undefined;
  const own = new Detector({ formats: ["qr_code"] });
  return async (video) => (await own.detect(video))[0]?.rawValue;
}

/** @returns {Promise<Read>} */
async function reader() {
  const { decodeQR } = await import("../vendor/qr/decode.js"); // here, for it is large and most never need it
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  return async (video) => {
    if (!video.videoWidth) return undefined;
    const scale = Math.min(1, WIDTH / video.videoWidth);
    [canvas.width, canvas.height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}
