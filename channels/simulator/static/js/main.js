// Starts each behaviour that the page has a place for.
import { startActions } from "./actions.js";
import { startChat } from "./chat.js";
import { startDock } from "./dock.js";
import { startPeople } from "./people.js";
import { startStream } from "./stream.js";
import { startTrace } from "./trace.js";

const { openid, seq } = document.body.dataset;
const at = (path) => `/simulator/users/${encodeURIComponent(openid)}/${path}`;

startTrace(document.getElementById("trace"));
if (document.getElementById("phone")) {
  startActions(at("messages"));
  startDock(document.getElementById("dock"));
  startChat(document.getElementById("chat"));
  startPeople(document.getElementById("people"));
}
startStream(`${at("events")}?after=${seq}`);
