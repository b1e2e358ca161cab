// Who we are: a token kept in this page's storage. Where the browser forbids a frame all storage, in memory, and a cookie that we cannot read brings it back.
const memory = new Map();
export const lasting = (() => { try { return Boolean(localStorage); } catch { return false; } })();
export const storage = {
  get(name) { try { return localStorage.getItem(`weijing.webchat.${name}`); } catch { return memory.get(name) ?? null; } },
  set(name, value) { try { localStorage.setItem(`weijing.webchat.${name}`, value); } catch { memory.set(name, value); } },
  drop(name) { memory.delete(name); try { localStorage.removeItem(`weijing.webchat.${name}`); } catch { /* there is none */ } },
};

let token = storage.get("token") ?? "";
let opening = null;

export const current = () => token;
export const headers = () => ({ Authorization: `Bearer ${token}` });

// Begin or go on. Two pages that begin together agree on the token that was stored first.
export function open() {
  opening ??= begin().finally(() => { opening = null; });
  return opening;
}

async function begin() {
  const mine = token;
  const answer = await fetch("session", { method: "POST", body: JSON.stringify({ token }), signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`session ${answer.status}`);
  const given = (await answer.json()).token;
  const other = storage.get("token") ?? "";
  token = other && other !== mine ? other : given;
  storage.set("token", token);
}

// The session of this token is over; false when we have another one already. What another page has begun with is ours too.
export function forget(used) {
  if (used !== token) return false;
  if (storage.get("token") === used) storage.drop("token");
  token = storage.get("token") ?? "";
  return true;
}
