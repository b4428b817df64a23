// Reads out, walks along and zooms into the charts that the server drew. Every value comes from the chart's own table.

const DRAG = 6;

function make(tag, name, parent) {
  const element = document.createElement(tag);
  element.className = name;
  parent.append(element);
  return element;
}

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.stage = figure.querySelector(".stage");
    this.bars = Number(figure.dataset.bars);
    this.since = Number(figure.dataset.since);
    this.step = Number(figure.dataset.step);
    this.heads = [...figure.querySelectorAll(".twin thead th")];
    this.rows = new Map([...figure.querySelectorAll(".twin tr[data-bar]")].map((row) => [Number(row.dataset.bar), row]));
    this.at = null;
    this.build();
    this.listen();
  }

  build() {
    for (const title of this.stage.querySelectorAll("title")) {
      if (title.parentNode.localName !== "svg") title.remove();
    }
    this.axis = make("div", "time-axis", this.stage);
    Object.assign(this.axis, { tabIndex: 0, role: "slider", ariaValueMin: "0", ariaValueMax: String(this.bars - 1) });
    this.axis.ariaLabel = `${this.figure.querySelector("h2").textContent}: time axis. Arrow keys move, Enter opens the outcomes.`;
    this.axis.ariaValueNow = String(this.bars - 1);
    this.axis.ariaValueText = this.words(this.bars - 1);
    this.cursor = make("div", "cursor", this.axis);
    this.brush = make("div", "brush", this.axis);
    this.readout = make("div", "readout", this.stage);
    this.readout.ariaHidden = "true";
    this.hide();
  }

  listen() {
    const { stage, axis } = this;
    stage.addEventListener("pointermove", (event) => this.moved(event));
    stage.addEventListener("pointerleave", () => this.start ?? this.hide());
    stage.addEventListener("pointerdown", (event) => this.pressed(event));
    stage.addEventListener("dragstart", (event) => event.preventDefault());
    stage.addEventListener("click", (event) => this.dragged && event.preventDefault(), true);
    axis.addEventListener("keydown", (event) => this.key(event));
    axis.addEventListener("focus", () => this.show(this.at ?? this.bars - 1));
    axis.addEventListener("blur", () => this.hide());
  }

  bar(event) {
    const box = this.axis.getBoundingClientRect();
    return Math.min(this.bars - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * this.bars)));
  }

  words(bar) {
    const cells = this.rows.get(bar)?.cells;
    if (!cells) return `${this.moment(bar)}: nothing`;
    const said = [...cells].slice(1).map((cell, index) => cell.textContent && `${this.heads[index + 1].textContent} ${cell.textContent}`);
    return `${cells[0].textContent}: ${said.filter(Boolean).join(", ")}`;
  }

  moment(bar) {
    const zone = document.documentElement.dataset.zone;
    const options = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    return new Date((this.since + bar * this.step) * 1000).toLocaleString("en-GB", options);
  }

  show(bar) {
    this.at = bar;
    this.stage.dataset.reading = "";
    this.cursor.style.left = `${(bar * 100) / this.bars}%`;
    this.cursor.style.width = `${100 / this.bars}%`;
    this.axis.ariaValueNow = String(bar);
    this.axis.ariaValueText = this.words(bar);
    this.write(bar);
    this.cursor.hidden = this.readout.hidden = false;
    const [stage, axis] = [this.stage.getBoundingClientRect(), this.axis.getBoundingClientRect()];
    const middle = axis.left - stage.left + ((bar + 0.5) * axis.width) / this.bars;
    const room = stage.width - this.readout.offsetWidth;
    this.readout.style.left = `${Math.max(0, Math.min(room, middle > stage.width / 2 ? middle - this.readout.offsetWidth - 14 : middle + 14))}px`;
  }

  write(bar) {
    this.readout.replaceChildren();
    make("b", "", this.readout).textContent = this.moment(bar);
    const cells = this.rows.get(bar)?.cells;
    if (!cells) make("span", "dim", this.readout).textContent = "nothing";
    for (const [index, cell] of [...(cells ?? [])].slice(1).entries()) {
      if (!cell.textContent) continue;
      const line = make("span", "line-of", this.readout);
      make("i", `dot k-${this.heads[index + 1].dataset.key}`, line);
      make("span", "", line).textContent = this.heads[index + 1].textContent;
      make("b", "", line).textContent = cell.textContent;
    }
  }

  hide() {
    delete this.stage.dataset.reading;
    this.cursor.hidden = this.readout.hidden = this.brush.hidden = true;
  }

  pressed(event) {
    this.dragged = false;
    if (event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault(); // no text is marked, and the axis keeps the focus
    this.start = { x: event.clientX, bar: this.bar(event) };
    const ended = (up) => {
      removeEventListener("pointerup", ended);
      if (this.dragged) this.zoom(this.start.bar, this.bar(up));
      this.start = undefined;
      this.brush.hidden = true;
    };
    addEventListener("pointerup", ended);
  }

  moved(event) {
    this.show(this.bar(event));
    if (!this.start || (!this.dragged && Math.abs(event.clientX - this.start.x) < DRAG)) return;
    this.dragged = true;
    const [first, last] = [this.start.bar, this.at].sort((a, b) => a - b);
    this.brush.hidden = false;
    this.brush.style.left = `${(first * 100) / this.bars}%`;
    this.brush.style.width = `${((last - first + 1) * 100) / this.bars}%`;
  }

  zoom(one, other) {
    const [first, last] = [one, other].sort((a, b) => a - b);
    const address = new URL(location.href);
    for (const word of ["before", "after"]) address.searchParams.delete(word);
    const written = (bar) => new Date((this.since + bar * this.step) * 1000).toISOString().slice(0, 16) + "Z";
    address.searchParams.set("since", written(first));
    address.searchParams.set("until", written(last + 1));
    location.assign(address);
  }

  key(event) {
    const far = Math.max(1, Math.round(this.bars / 10));
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -far, PageUp: far, Home: -this.bars, End: this.bars };
    if (event.key in steps) {
      event.preventDefault();
      this.show(Math.min(this.bars - 1, Math.max(0, this.at + steps[event.key])));
    } else if (event.key === "Enter") this.open();
    else if (event.key === "Escape") this.hide();
  }

  open() {
    const all = this.figure.dataset.outcomes;
    if (!all) return;
    const address = new URL(all, location.href);
    const written = (bar) => new Date((this.since + bar * this.step) * 1000).toISOString().slice(0, 16) + "Z";
    address.searchParams.set("since", written(this.at));
    address.searchParams.set("until", written(this.at + 1));
    location.assign(address);
  }
}

function enliven(root) {
  const figures = root.matches?.("figure[data-bars]") ? [root] : root.querySelectorAll("figure[data-bars]");
  for (const figure of figures) {
    if (figure.querySelector(".stage") && !figure.querySelector(".time-axis")) new Chart(figure);
  }
}

enliven(document);
document.addEventListener("part:replaced", (event) => enliven(event.target));
document.addEventListener("htmx:afterSwap", (event) => enliven(event.target));
