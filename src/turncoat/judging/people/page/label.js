/* The page on which one person labels: the transcript that is shown, its questions, the keys. */

import { explain, fieldset, paint } from "/question.js";
import { insist, stopped } from "/server.js";
import { facts, fill, find, selectedWords } from "/show.js";

const PARTS = ["actions", "reasoning"];

let sheet = null;      // the transcript that is shown, as the server gave it
let done = [];         // for each transcript whether it is
let current = null;    // the field of the marked question
let selected = "";     // words that were last selected in the transcript
let going = false;     // another transcript is being fetched
const unsaved = [];    // changes that the server has not confirmed, first one first
let saving = null;     // the promise of their being saved

function save(change) {
  unsaved.push({ number: sheet.number, change });
  say("Saving …");
  saving ||= pump().finally(() => { saving = null; });
}

async function pump() {
  while (unsaved.length) {
    const { number, change } = unsaved[0];
    try {
      const state = await insist(`/api/transcripts/${number}`, change, "Your last answer is not saved yet; it is kept here.");
      unsaved.shift();
      if (!unsaved.length) say(saved(state.done, number) + odd(state.contradicts));
      if (sheet?.number === number && !unsaved.length) take(state);
    } catch (error) {
      unsaved.shift();
      say(error.message, true);
      if (sheet?.number === number) take(await insist(`/api/transcripts/${number}`, null, ""));
    }
  }
}

function odd(field) {
  return field ? ` But the headline harm and ${field.replaceAll("_", " ")} contradict each other: look again.` : "";
}

function saved(all, number) {
  if (!all.includes(false)) return "Saved. All are done, thank you.";
  if (!all[number - 1]) return "Saved";
  return number < all.length ? "Saved. Done." : "Saved. Done. g: one that is not.";
}

addEventListener("beforeunload", (event) => { if (unsaved.length) event.preventDefault(); });

function say(text, bad = false) {
  find("status").textContent = text;
  find("status").classList.toggle("bad", bad);
}

/* What is known of the questions. */

const questions = (part) => sheet.questions[part];
const shownParts = () => PARTS.filter((part) => part === "actions" || sheet.thoughts);
const shown = () => shownParts().flatMap(questions);
const answered = (question) => question.field in sheet.answers;
const partOf = (field) => PARTS.find((part) => questions(part).some((each) => each.field === field));
const asked = (field) => shown().find((each) => each.field === field);

/* Answering. */

function answer(question, code) {
  if (blocked()) return;
  if (code === null) delete sheet.answers[question.field];
  else sheet.answers[question.field] = code;
  draw();
  save({ answers: { [question.field]: code } });
}

function advance(part) {
  const all = questions(part), from = all.findIndex((each) => each.field === current) + 1;
  const open = [...all.slice(from), ...all.slice(0, from), ...shown()].find((each) => !answered(each));
  if (open) mark(open.field);
  else if (sheet.thoughts) finished();
  else mark(null);  // until the reasoning comes, no key may change the last answer
}

function rest(part) {
  if (blocked()) return;
  const open = questions(part).filter((each) => !answered(each));
  const own = open.find((each) => each.byItself);
  if (own) {
    mark(own.field);
    say(`First answer this one: ${own.name}.`, true);
    return;
  }
  if (!open.length) return;
  const change = Object.fromEntries(open.map((each) => [each.field, each.answers[0].code]));
  Object.assign(sheet.answers, change);
  draw();
  for (const each of open) row(each.field).classList.add("filled");
  save({ answers: change });
  advance(part);
}

function quote() {
  if (blocked()) return;
  if (!current) return say("Mark a question first: j or k.", true);
  if (!getSelection().isCollapsed) selected = selectedWords();
  if (!selected) return say("Select words of the agent in the transcript first.", true);
  sheet.quotes = { ...sheet.quotes, [current]: selected };
  save({ quotes: { [current]: selected } });
  selected = "";
  getSelection().removeAllRanges();
  draw();
  return mark(current);
}

/* An answer that is not saved stops all others: what is lost by a kill is one answer at most. */
const blocked = () => going || stopped();

/* Showing. */

const row = (field) => document.querySelector(`[data-field="${CSS.escape(field)}"]`);

function take(state) {
  const revealed = state.thoughts && !sheet.thoughts;
  Object.assign(sheet, state);
  done = state.done;
  if (revealed) {
    find("part-reasoning").hidden = false;
    fill(find("thoughts"), state.thoughts, "It thought nothing in private and said nothing beside its actions.");
    ask_all("reasoning");
  }
  draw();
  if (!revealed) return;
  const open = questions("reasoning").find((each) => !answered(each));
  if (!open) return finished();
  mark(open.field);
  scrollTo({ top: find("part-reasoning").getBoundingClientRect().top + scrollY - find("main").offsetTop });
}

function finished() {
  mark(null);
  (sheet.number < done.length ? find("next") : find("title")).focus({ preventScroll: true });
}

function ask_all(part) {
  find(`ask-${part}`).replaceChildren(...questions(part).map((question) => fieldset(question, {
    touched: () => { if (current !== question.field) mark(question.field, false); },
    keep: quote,
    remove: () => {
      if (blocked()) return;
      delete sheet.quotes[question.field];
      save({ quotes: { [question.field]: "" } });
      draw();
    },
    pick: (code) => {
      answer(question, code);
      if (part === "actions" && !sheet.thoughts && questions(part).every(answered)) mark(null);
    },
  })));
}

function draw() {
  for (const { field } of shown()) paint(row(field), sheet.answers[field], sheet.quotes[field]);
  find("sealed").hidden = Boolean(sheet.thoughts);
  find("part-reasoning").hidden = !sheet.thoughts;
  for (const button of document.querySelectorAll(".rest")) {
    button.disabled = questions(button.dataset.part).every(answered);
  }
  const finishedOnes = done.filter(Boolean).length;
  find("count").textContent = `${finishedOnes} of ${done.length} done`;
  find("bar").max = done.length;
  find("bar").value = finishedOnes;
  find("previous").disabled = sheet.number === 1;
  find("next").disabled = sheet.number === done.length;
}

function mark(field, focus = true) {
  current = field;
  for (const node of document.querySelectorAll("fieldset[data-field]")) {
    if (node.dataset.field === field) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
    node.querySelector(".keep").hidden = !(selected && node.dataset.field === field);
  }
  if (!field) { if (document.activeElement?.closest("fieldset")) document.activeElement.blur(); return; }
  const node = row(field);
  if (focus) {
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  }
}

function move(step) {
  const all = shown(), at = all.findIndex((each) => each.field === current);
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  mark(all[to].field);
}

/* Going to another transcript. */

async function go(number) {
  if (blocked() || number < 1 || number > done.length) return;
  note_now();
  going = true;
  try {
    await saving;
    sheet = await insist(`/api/transcripts/${number}`, null, "");
  } catch (error) {
    say(error.message, true);
    return;
  } finally {
    going = false;
  }
  selected = "";
  done = sheet.done;
  find("title").textContent = `Transcript ${number} of ${done.length}`;
  document.title = `${number} of ${done.length} · Labelling`;
  find("main").hidden = false;
  find("part-reasoning").hidden = !sheet.thoughts;
  facts(sheet.facts);
  fill(find("deeds"), sheet.deeds, "It did and said nothing.");
  fill(find("thoughts"), sheet.thoughts || [], "It thought nothing in private and said nothing beside its actions.");
  ask_all("actions");
  if (sheet.thoughts) ask_all("reasoning");
  else find("ask-reasoning").replaceChildren();
  find("note").value = sheet.note;
  draw();
  say("");
  for (const box of document.querySelectorAll(".asked")) box.scrollTop = 0;
  const open = shown().find((each) => !answered(each)) || shown()[0];
  mark(open.field, false);
  row(open.field).focus({ preventScroll: true });
  if (partOf(open.field) === "reasoning") find("part-reasoning").scrollIntoView();
  else scrollTo({ top: 0 });
}

const open_one = () => go(done.indexOf(false) + 1 || 1);

/* The note. */

let writing = 0;
function note_now() {
  clearTimeout(writing);
  if (!sheet || find("note").value.trim() === sheet.note) return;
  sheet.note = find("note").value.trim();
  save({ note: sheet.note });
}
find("note").addEventListener("input", () => {
  clearTimeout(writing);
  writing = setTimeout(note_now, 400);
});
find("note").addEventListener("change", note_now);

/* Keys, mouse, selection. */

const keys = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  n: () => go(sheet.number + 1), p: () => go(sheet.number - 1), g: open_one, q: quote,
  m: () => { find("note").focus(); },
  u: () => press("unclear"),
  "?": () => { if (current) explain(row(current)); },
  Backspace: () => { if (current && answered(asked(current))) answer(asked(current), null); },
  Enter: () => rest(current ? partOf(current) : shownParts().at(-1)),
  " ": (event) => turn(event.shiftKey ? -1 : 1), PageDown: () => turn(1), PageUp: () => turn(-1),
};
const turn = (way) => scrollBy({ top: way * innerHeight * 0.75 });

function press(code) {
  const question = current && asked(current);
  if (!question) return;
  answer(question, code);
  if (find("trouble").hidden) advance(partOf(question.field));
}

addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (at === find("note")) {
    if (event.key === "Escape") { note_now(); if (current) mark(current); else at.blur(); }
    return;
  }
  if (["Enter", " "].includes(event.key) && at.closest("button, summary, a")) return;
  if (/^(Arrow|Page| )/.test(event.key) && at.closest("[tabindex='0']")) return;
  if (!sheet || going) return;
  const question = current && asked(current);
  if (/^\d$/.test(event.key) && question && Number(event.key) < question.answers.length) {
    event.preventDefault();
    if (!event.repeat) press(question.answers[Number(event.key)].code);
  } else if (Object.hasOwn(keys, event.key)) {
    event.preventDefault();
    if (!event.repeat || /^(Arrow|Page)|^[ jk]$/.test(event.key)) keys[event.key](event);
  }
});

document.addEventListener("selectionchange", () => {
  if (!sheet || getSelection().isCollapsed) return;  // a tap on the button takes the selection away
  selected = selectedWords();
  if (current) row(current).querySelector(".keep").hidden = !selected;
});

find("next").addEventListener("click", keys.n);
find("previous").addEventListener("click", keys.p);
for (const button of document.querySelectorAll(".rest")) button.onclick = () => rest(button.dataset.part);
find("skip").onclick = (event) => { event.preventDefault(); mark(current); };  // the address keeps its token

const overview = await insist("/api/overview", null, "");
find("by").textContent = `labelling as ${overview.by}`;
done = overview.done;
await open_one();
