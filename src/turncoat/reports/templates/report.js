"use strict";
(() => {
  const find = (id) => document.getElementById(id);

  /* Everything that comes from data goes through here: attributes from a fixed set of names, text as text. */
  const make = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };

  const theme = find("theme");
  const dark = () => {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const nameTheme = () => {
    theme.textContent = dark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", dark() ? "Change to light colours" : "Change to dark colours");
  };
  theme.hidden = false;
  nameTheme();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    nameTheme();
  });

  const index = JSON.parse(find("index").textContent);
  if (!index.length) return;
  if (typeof DecompressionStream === "undefined") {
    find("trouble").textContent = "This browser is too old to unpack the rollouts (it lacks DecompressionStream).";
    find("trouble").hidden = false;
    return;
  }
  const list = find("list"), detail = find("detail"), search = find("find"), nothing = find("nothing");
  const selects = [...document.querySelectorAll("select[data-by]")];
  const prefix = "#rollout-";
  let started = false, unread = new Set(index.map((entry) => entry.chunk)).size;
  const flat = (text) => text.toLowerCase().replace(/\s+/g, " ");
  const plain = (word) => word.replaceAll("_", " ");
  find("browser").hidden = false;

  /* The list. */
  const links = index.map((entry) => {
    const link = make("a", { href: prefix + entry.anchor, tabindex: "-1" },
      make("span", { class: "top" },
        make("span", {}, `${entry.scenario}, ${entry.interface}`),
        make("span", { class: `badge ${entry.verdict}` }, entry.verdict)),
      make("small", {}, entry.model),
      make("small", {}, `${entry.condition}, seed ${entry.seed}${entry.arm === "none" ? "" : `, arm ${entry.arm}`}`));
    entry.text = flat([entry.id, entry.scenario, entry.interface, entry.model, entry.arm, entry.condition, entry.verdict,
      `seed ${entry.seed}`, ...entry.kinds.map(plain)].join(" "));
    entry.row = make("li", {}, link);
    return link;
  });
  list.append(...index.map((entry) => entry.row));
  links[0].tabIndex = 0;

  for (const select of selects) {
    const values = [...new Set(index.map((entry) => entry[select.dataset.by]))];
    select.append(make("option", { value: "" }, "all"), ...values.map((value) => make("option", { value }, value)));
    select.addEventListener("change", filter);
  }
  search.addEventListener("input", () => (search.value.trim() ? read() : null, filter()));
  search.form.addEventListener("submit", (event) => event.preventDefault());
  find("clear").addEventListener("click", () => {
    search.form.reset();
    filter();
    search.focus();
  });

  const visible = () => links.filter((link) => !link.parentNode.hidden);

  function rove(link) {
    for (const other of links) other.tabIndex = -1;
    if (link) link.tabIndex = 0;
  }

  function filter() {
    const words = [...search.value.toLowerCase().matchAll(/["“]([^"”]+)["”]|[^\s"“”]+/g)].map(
      ([word, phrase]) => (phrase || word).replace(/\s+/g, " "));
    for (const entry of index) {
      entry.row.hidden = !(words.every((word) => entry.text.includes(word)) &&
        selects.every((select) => !select.value || entry[select.dataset.by] === select.value));
    }
    const left = visible(), reading = words.length > 0 && unread > 0;
    find("shown").textContent = (left.length === index.length ? "" : `${left.length} of `) +
      `${index.length} ${index.length === 1 ? "rollout" : "rollouts"}` + (reading ? ", still reading their texts" : "");
    nothing.hidden = left.length > 0 || reading;
    const chosen = selects.map((select) => select.value).filter(Boolean);
    nothing.firstElementChild.textContent =
      `Nothing matches ${[...(words.length ? [search.value.trim()] : []), ...chosen].join(" and ")}.`;
    if (!left.some((link) => link.tabIndex === 0)) rove(left[0]);
  }

  list.addEventListener("keydown", (event) => {
    const left = visible(), at = left.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: left.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = left[Math.max(0, Math.min(left.length - 1, to))];
    rove(next);
    next.focus();
  });

  /* Unpacking, a chunk at a time. */
  const unpacked = new Map();
  const unpack = (number) => {
    if (!unpacked.has(number)) {
      const bytes = Uint8Array.from(atob(find(`chunk-${number}`).textContent), (letter) => letter.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      unpacked.set(number, new Response(stream).json());
    }
    return unpacked.get(number);
  };

  /* What is searched beside the index: what the agent wrote and did, what arrived, what the judge quotes and says why.
     Not what every rollout of a scenario holds, its inbox. */
  const SEARCHED = ["steps", "findings", "reason", "text", "title", "fields", "body", "raw", "why", "mail", "subject",
    "quote", "to", "thoughts"];
  const strings = (value) => typeof value === "string" ? [value] : Array.isArray(value) ? value.flatMap(strings)
    : SEARCHED.flatMap((name) => value && value[name] ? strings(value[name]) : []);
  const read = () => {
    if (started) return;
    started = true;
    for (const number of new Set(index.map((entry) => entry.chunk))) {
      unpack(number).then((rollouts) => {
        const texts = new Map(rollouts.map((rollout) => [rollout.anchor, flat(strings(rollout).join(" "))]));
        for (const entry of index) if (texts.has(entry.anchor)) entry.text += ` ${texts.get(entry.anchor)}`;
      }).catch(() => null).finally(() => {
        unread -= 1;
        filter();
      });
    }
  };
  filter();

  /* One rollout. */
  const marked = (text, quotes) => {
    const spans = [];
    for (const quote of quotes) {
      for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + quote.length)) {
        spans.push([at, at + quote.length]);
      }
    }
    spans.sort((a, b) => a[0] - b[0]);
    const parts = [];
    let done = 0;
    for (const [start, end] of spans) {
      if (end <= done) continue;
      parts.push(text.slice(done, Math.max(start, done)), make("mark", {}, text.slice(Math.max(start, done), end)));
      done = end;
    }
    return [...parts, text.slice(done)];
  };

  const letter = (mail, quotes, open) => make("details", { open },
    make("summary", {}, make("b", {}, marked(mail.subject || "(no subject)", quotes)), ` ${mail.from}, ${mail.at}`),
    make("div", { class: "body" },
      make("div", { class: "faint" }, `${mail.id}. To ${mail.to}${mail.cc ? `, cc ${mail.cc}` : ""}`),
      make("div", { class: "text" }, marked(mail.body, quotes))));

  const step = (item, quotes) => {
    const time = make("time", {}, item.at || "");
    const text = (words) => make("div", { class: "text" }, marked(words, quotes));
    if (item.is === "world") return make("li", { class: "isworld" }, time, make("div", {}, item.text));
    if (item.is === "prose") {
      return make("li", {}, time, make("div", {}, make("div", { class: "title" }, make("span", {}, "Says")), text(item.text)));
    }
    if (item.is === "reasoning") {
      return make("li", {}, time, make("details", { class: "reasoning" },
        make("summary", {}, "Private reasoning ", make("span", { class: "faint" }, "(never counts as a harm)")), text(item.text)));
    }
    if (item.is === "mail") {
      return make("li", {}, time, make("div", {}, make("div", { class: "title" }, make("span", {}, "A mail arrives")),
        letter(item.mail, quotes, true)));
    }
    return make("li", {}, time, make("div", {},
      make("div", { class: "title" }, make("span", {}, item.title),
        make("span", { class: `badge ${item.outcome}` }, item.outcome)),
      item.fields.length ? make("div", { class: "fields" },
        item.fields.map(([name, value]) => make("div", {}, make("b", {}, `${name}: `), marked(value, quotes)))) : null,
      item.body ? make("div", { class: "letter" }, text(item.body)) : null,
      item.raw ? make("div", { class: "letter" }, make("div", { class: "text raw" }, marked(item.raw, quotes))) : null,
      item.why ? make("div", { class: "told" }, `Why: ${item.why}`) : null,
      item.told ? make("details", { class: "told" }, make("summary", {}, "What the agent was told"), text(item.told)) : null));
  };

  const finding = (found) => make("div", { class: `finding${found.harm ? " isharm" : ""}` },
    make("p", {}, make("span", { class: `badge${found.harm ? " isharm" : ""}` }, plain(found.kind)),
      ` ${[found.harm ? found.degree : "", found.harm && found.executed ? "executed" : "",
        found.executed ? "" : "attempted, not executed", found.sure ? "" : "the judge is unsure"].filter(Boolean).join(", ")}`,
      found.to.length ? make("span", { class: "faint" }, ` to ${found.to.join(", ")}`) : null),
    found.quote ? make("blockquote", {}, found.quote) : null);

  const verdicts = {
    yes: "The headline harm was done or tried.", no: "No headline harm.", uncertain: "The judge could not tell.",
    unscored: "There is no verdict.", invalid: "This rollout cannot count.",
  };

  const show = (rollout, place) => {
    const quotes = rollout.findings.map((found) => found.quote).filter(Boolean);
    const beside = (to, words) => index[to]
      ? make("a", { href: prefix + index[to].anchor }, words) : make("span", { class: "faint" }, words);
    const body = make("div", {},
      make("div", { class: "walk" }, beside(place - 1, "← Previous"), beside(place + 1, "Next →"),
        make("a", { href: prefix + rollout.anchor }, "Link to this rollout")),
      make("h3", { tabindex: "-1" }, `${rollout.scenario}, ${rollout.interface}: ${rollout.model} `,
        rollout.reference ? make("span", { class: "tag" }, "reference") : null),
      make("p", { class: "where" }, make("span", { class: `badge ${rollout.verdict}` }, rollout.verdict), ` ${verdicts[rollout.verdict]} `,
        make("span", { class: "faint" }, rollout.reason || `Headline harm: ${plain(rollout.headline)}`)),
      make("ul", { class: "chips", "aria-label": "Condition" }, rollout.condition.map(([name, level]) => make("li", {}, `${name}=${level}`))),
      make("h4", {}, "Findings"),
      rollout.findings.length ? rollout.findings.map(finding) : make("p", { class: "faint" }, "None."),
      rollout.thoughts.length ? make("p", { class: "faint" }, `In its reasoning and prose it ${rollout.thoughts.join("; ")}.`) : null,
      make("h4", {}, "What happened"),
      make("ol", { class: "steps" }, rollout.steps.map((item) => step(item, quotes))),
      rollout.inbox.length ? make("h4", {}, `The inbox at the start (${rollout.inbox.length})`) : null,
      make("div", { class: "mails" }, rollout.inbox.map((mail) => letter(mail, quotes, false))),
      rollout.background.length ? make("details", {}, make("summary", {}, "What is true in this fiction"),
        make("ul", {}, rollout.background.map((line) => make("li", {}, line)))) : null,
      make("h4", {}, "Small print"),
      make("p", { class: "faint where" }, rollout.id),
      make("ul", { class: "chips" }, rollout.small.map(([name, value]) => make("li", {}, `${name}: ${value}`))));
    detail.replaceChildren(body);
  };

  let asked = 0;
  const open = async (place, focus) => {
    const entry = index[place], mine = ++asked;
    for (const link of links) link.removeAttribute("aria-current");
    links[place].setAttribute("aria-current", "true");
    rove(links[place]);
    detail.setAttribute("aria-busy", "true");
    try {
      const rollout = (await unpack(entry.chunk)).find((one) => one.anchor === entry.anchor);
      if (mine !== asked) return;
      show(rollout, place);
    } catch (error) {
      detail.replaceChildren(make("p", {}, `This rollout could not be unpacked: ${error}`));
    }
    detail.setAttribute("aria-busy", "false");
    if (focus) {
      detail.querySelector("h3, p").focus({ preventScroll: true });
      detail.scrollIntoView({ block: "start" });
    }
    const pane = list.parentNode, row = links[place].parentNode;
    if (row.offsetTop < pane.scrollTop || row.offsetTop + row.offsetHeight > pane.scrollTop + pane.clientHeight) {
      pane.scrollTop = row.offsetTop - pane.clientHeight / 3;
    }
  };

  detail.addEventListener("keydown", (event) => {
    const current = links.find((link) => link.getAttribute("aria-current"));
    if (event.key === "Escape" && current) current.focus();
  });

  const follow = () => {
    if (!location.hash.startsWith(prefix)) return false;
    const wanted = location.hash.slice(prefix.length);
    const place = index.findIndex((entry) => entry.anchor === wanted);
    if (place >= 0) open(place, true);
    return place >= 0;
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    /* The same address again is no change of it, and still means: show it. */
    const link = event.target.closest && event.target.closest(`a[href^="${prefix}"]`);
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  if (!follow()) open(0, false);
})();
