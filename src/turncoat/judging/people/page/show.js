/* Making what is seen. Texts of models are text nodes here and nothing else. */

export const find = (id) => document.getElementById(id);

/* Everything that comes from data goes through here: attributes from a fixed set of names, text as text. */
export const make = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
};

export function fill(list, exhibits, nothing) {
  list.replaceChildren(...exhibits.map((each) => make("li", { class: each.mine ? "mine" : "world" },
    make("h3", {}, each.head),
    make("dl", { class: "known" },
      each.fields.filter((field) => !long(field)).map((field) => pair(field, each.mine)),
      each.known.map((field) => pair(field))),
    each.fields.filter(long).map(([, text]) => make("p", { class: "text", "data-quotable": each.mine }, text)))));
  if (!exhibits.length) list.append(make("li", { class: "world" }, nothing));
  list.querySelectorAll(".text").forEach(reachable);
}

/* What scrolls can be scrolled by keyboard. */
function reachable(box) {
  if (box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}

const long = ([name, text]) => name === "body" || name === "text" || text.length > 160 || text.includes("\n");
export const pair = ([name, text], quotable = false) =>
  make("div", {}, make("dt", {}, name), make("dd", { "data-quotable": quotable }, text));

export function facts(groups) {
  find("facts-body").replaceChildren(...groups.map((group) => make("section", {},
    make("h3", {}, group.title),
    make("ul", {}, group.entries.map((entry) => make("li", {},
      make("span", { class: "name" }, entry.name),
      entry.tags.map((tag) => [" ", make("span", { class: "tag" }, tag)]),
      entry.lines.length ? make("dl", { class: "known" }, entry.lines.map((line) => pair(line))) : null))))));
  reachable(find("facts-body"));
}

/* What is selected in one piece of the agent's own words, grown to whole words; empty for anything else. */
export function selectedWords() {
  const range = getSelection().getRangeAt(0), node = range.startContainer;
  const piece = node.nodeType === Node.TEXT_NODE && node.parentElement.closest("[data-quotable]");
  if (!piece) return "";
  const text = node.data, word = (place) => /[\p{L}\p{N}]/u.test(text[place] || "");
  let from = range.startOffset, to = range.endContainer === node ? range.endOffset : text.length;
  while (from > 0 && word(from) && word(from - 1)) from -= 1;
  while (to < text.length && word(to - 1) && word(to)) to += 1;
  return text.slice(from, to).trim().slice(0, 4000);
}
