/* Talking to the server, and saying loudly that it does not answer. */

import { find, make } from "/show.js";

const token = location.hash.slice(1);
const RETRY = 1500;
const PATIENCE = 10_000;

export class Refused extends Error {}

async function ask(path, body) {
  const headers = { "X-Turncoat-Token": token };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.ok) return answer.json();
  const said = await answer.text();
  throw answer.status === 422 ? new Refused(said) : new Error(said);
}

function trouble(said) {
  const box = find("trouble");
  if (said && !box.hidden && box.dataset.said === said.text) return;  // said once: a screen reader repeats what changes
  box.dataset.said = said?.text;
  box.hidden = !said;
  document.body.classList.toggle("stopped", Boolean(said));
  if (!said) { box.replaceChildren(); return; }
  const again = make("button", { type: "button" }, "Try again now");
  again.addEventListener("click", () => wake());
  box.replaceChildren(make("strong", {}, said.title), " ", said.text, " ", again);
}

let wake = () => {};
const pause = () => new Promise((resolve) => {
  const timer = setTimeout(resolve, RETRY);
  wake = () => { clearTimeout(timer); resolve(); };
});

/* Ask until there is an answer, and say loudly that there is none. What the server refuses is not asked again. */
export async function insist(path, body, waiting) {
  for (;;) {
    try {
      const answer = await ask(path, body);
      trouble(null);
      return answer;
    } catch (error) {
      if (error instanceof Refused) { trouble(null); throw error; }
      const gone = error instanceof TypeError || error.name === "TimeoutError";
      trouble({
        title: gone ? "The program does not answer." : "This does not work.",
        text: `${gone ? "Start turncoat label again with the same command; this page goes on by itself." : error.message} ${waiting}`,
      });
      await pause();
    }
  }
}

/* Whether the server is being waited for; then the notice of it flashes. */
export function stopped() {
  const box = find("trouble");
  if (box.hidden) return false;
  box.classList.remove("again");
  void box.offsetWidth;  // so that the flash is played again
  box.classList.add("again");
  return true;
}
