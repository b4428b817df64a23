// Keeps relative times true, and tells the server the browser's zone for the pages to come.

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
const OVERDUE_AFTER = 5;

function span(seconds) {
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, "s"];
  return `${Math.max(1, Math.floor(seconds / size))} ${unit}`;
}

function told(element, now = Date.now()) {
  const away = (now - Date.parse(element.dateTime)) / 1000;
  if ("ahead" in element.dataset && away > OVERDUE_AFTER) return `overdue by ${span(away)}`;
  if (Math.abs(away) < 1) return "now";
  return away > 0 ? `${span(away)} ago` : `in ${span(-away)}`;
}

function refresh() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time[data-ago], time[data-ahead]")) {
    const words = told(element);
    if (element.textContent === words) continue;
    element.textContent = words;
    if ("ahead" in element.dataset) element.classList.toggle("bad", words.startsWith("overdue"));
  }
}

function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { zone: shown, zoneChosen: chosen } = document.documentElement.dataset;
  if (!zone || document.cookie.split("; ").includes(`zone=${zone}`)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
  const isKept = document.cookie.split("; ").includes(`zone=${zone}`);
  if (isKept && chosen === undefined && shown !== zone && document.querySelector("time, .chart")) location.reload();
}

tellZone();
setInterval(refresh, 1000);
document.addEventListener("visibilitychange", refresh);
