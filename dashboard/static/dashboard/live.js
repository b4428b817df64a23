// Asks for the page again every few seconds while it is visible, and puts in the parts that changed.

const EVERY = 5000;
const LONGEST = 60000;

const status = document.querySelector("#live");
const state = status?.querySelector(".state");
const button = status?.querySelector("button");
const shown = new Map();
let version = document.querySelector('meta[name="version"]')?.content ?? "";
let updatedAt = Date.now();
let paused = sessionStorage.getItem("live") === "paused";
let trouble = "";
let wait = EVERY;
let timer;

const parts = (root) => [...root.querySelectorAll("[data-live][id]")];

async function update() {
  const answer = await fetch(location.href, {
    headers: version ? { "If-None-Match": version } : {},
    cache: "no-store",
    signal: AbortSignal.timeout(LONGEST),
  });
  if (answer.redirected) throw new Error("logged out: reload the page");
  if (answer.status !== 304 && !answer.ok) throw new Error(`the server answered ${answer.status}`);
  if (answer.status !== 304) putIn(new DOMParser().parseFromString(await answer.text(), "text/html"));
  version = answer.headers.get("ETag") ?? "";
}

function putIn(fresh) {
  for (const part of parts(document)) {
    const next = fresh.getElementById(part.id);
    if (!next || isBusy(part)) continue;
    const markup = next.outerHTML;
    if (markup === shown.get(part.id)) continue;
    shown.set(part.id, markup);
    replace(part, document.importNode(next, true));
  }
}

// Someone reads a value under the pointer, or has marked text: that part waits for the next round.
function isBusy(part) {
  const selection = getSelection();
  const marked = !selection.isCollapsed && part.contains(selection.anchorNode);
  return marked || part.querySelector("[data-reading]") !== null;
}

function replace(part, next) {
  const held = remember(part);
  part.replaceWith(next);
  window.htmx?.process(next);
  next.dispatchEvent(new CustomEvent("part:replaced", { bubbles: true }));
  restore(next, held);
}

// What a reader has done to a part: opened details, scrolled boxes, the element in focus.
function remember(part) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  return {
    open: [...part.querySelectorAll("details")].map((one) => one.open),
    scrolled: [...part.querySelectorAll(".scroll, pre")].map((one) => [one.scrollLeft, one.scrollTop]),
    focus: active && { like: likeness(active), index: alike(part, likeness(active)).indexOf(active) },
  };
}

function restore(part, held) {
  part.querySelectorAll("details").forEach((one, index) => (one.open = held.open[index] ?? one.open));
  part.querySelectorAll(".scroll, pre").forEach((one, index) => {
    [one.scrollLeft, one.scrollTop] = held.scrolled[index] ?? [0, 0];
  });
  if (!held.focus) return;
  const candidates = alike(part, held.focus.like);
  (candidates[held.focus.index] ?? candidates[0])?.focus({ preventScroll: true });
}

const likeness = (element) =>
  element.id ? `#${CSS.escape(element.id)}` : `${element.localName}${attribute(element, "href")}${attribute(element, "role")}`;
const attribute = (element, name) =>
  element.hasAttribute(name) ? `[${name}="${CSS.escape(element.getAttribute(name))}"]` : "";
const alike = (part, selector) => [...part.querySelectorAll(selector)];

async function turn() {
  clearTimeout(timer);
  if (paused || document.hidden) return tell();
  try {
    await update();
    [updatedAt, trouble, wait] = [Date.now(), "", EVERY];
  } catch (error) {
    trouble = error instanceof TypeError || error.name === "TimeoutError" ? "the server does not answer" : error.message;
    wait = Math.min(wait * 2, LONGEST);
  }
  tell();
  timer = setTimeout(turn, wait);
}

function tell() {
  const seconds = Math.round((Date.now() - updatedAt) / 1000);
  const age = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  state.textContent = trouble ? `Not updated for ${age}: ${trouble}` : `${paused ? "Paused, u" : "U"}pdated ${age} ago`;
  status.classList.toggle("trouble", trouble !== "");
  button.setAttribute("aria-pressed", String(paused));
  button.querySelector(".word").textContent = paused ? "Resume" : "Pause";
}

if (status && version) {
  status.hidden = false;
  for (const part of parts(document)) shown.set(part.id, part.outerHTML);
  button.addEventListener("click", () => {
    paused = !paused;
    sessionStorage.setItem("live", paused ? "paused" : "going");
    turn();
  });
  document.addEventListener("visibilitychange", turn);
  setInterval(tell, 1000);
  timer = setTimeout(turn, EVERY);
  tell();
}
