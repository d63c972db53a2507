/* One question: its answers, what counts, the words that were kept for it. */

import { make, pair } from "/show.js";

/* `act` is what happens: touched(), pick(code), keep(), remove(). */
export function fieldset(question, act) {
  const options = question.answers.map((each, at) => [String(at), each.name, each.code]);
  const buttons = [...options, ["u", "unclear", question.unclear]].map(([key, name, code]) => {
    const button = make("button", { type: "button", "aria-pressed": "false", "aria-keyshortcuts": key },
      make("kbd", {}, key), ` ${name}`);
    button.code = code;
    button.addEventListener("click", (event) => {
      act.touched();
      if (event.detail) node.focus({ preventScroll: true });  // clicked, so that Enter is not a click once more
      act.pick(code);
    });
    return button;
  });
  const help = make("div", { class: "help", hidden: true, id: `help-${question.field}` },
    make("dl", {}, question.answers.map((each) => pair([each.name, each.says]))),
    question.notes.length ? make("ul", {}, question.notes.map((each) => make("li", {}, each))) : null);
  const more = make("button", { type: "button", class: "more", "aria-expanded": "false",
    "aria-controls": help.id, "aria-label": `What counts: ${question.name}` }, make("kbd", {}, "?"));
  const keep = make("button", { type: "button", class: "keep", hidden: true }, make("kbd", {}, "q"), " Keep the selected words");
  const remove = make("button", { type: "button", class: "remove" }, "Remove");
  const node = make("fieldset", { "data-field": question.field, tabindex: "-1" },
    make("legend", {}, make("span", { class: "name" }, question.name), " ", question.asks),
    more, make("div", { class: "options" }, buttons), help,
    make("figure", { hidden: true }, make("blockquote", {}), remove), keep);
  node.addEventListener("focusin", act.touched);
  more.addEventListener("click", () => { act.touched(); explain(node); });
  keep.addEventListener("click", act.keep);
  remove.addEventListener("click", () => { act.touched(); act.remove(); });
  return node;
}

/* Show what counts, or put it away. */
export function explain(node) {
  const help = node.querySelector(".help");
  help.hidden = !help.hidden;
  node.querySelector(".more").setAttribute("aria-expanded", String(!help.hidden));
  if (!help.hidden) node.scrollIntoView({ block: "nearest" });
}

/* Show an answer and kept words; undefined where there are none. */
export function paint(node, value, words) {
  for (const button of node.querySelectorAll(".options button")) {
    button.setAttribute("aria-pressed", String(value !== undefined && button.code === value));
  }
  node.classList.toggle("answered", value !== undefined);
  if (value === undefined) node.classList.remove("filled");
  node.querySelector("blockquote").textContent = words || "";
  node.querySelector("figure").hidden = !words;
}
