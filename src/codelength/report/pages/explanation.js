"use strict";
// Y stays an array of bytes; only the lines that can be seen are in the document. A line is a run of at most `columns`
// characters, and `starts` holds where each begins. Scrolling moves one block of lines; a page of more than TALLEST
// pixels is scrolled in proportion.
const LINE = 22, TALLEST = 8e6, TOP_PASSAGES = 100, AROUND = 400, AROUND_SMALL = 120;
const STEPS = [[6, "s6"], [4, "s5"], [2.5, "s4"], [1.5, "s3"], [0.75, "s2"], [0.25, "s1"], [-0.5, ""], [-1.5, "l1"], [-3, "l2"]];
const KEY = [["l3", "−3 or less"], ["l2", "−3"], ["l1", "−1.5"], ["", "about 0"], ["s1", "¼"], ["s2", "¾"], ["s3", "1½"], ["s4", "2½"], ["s5", "4"], ["s6", "6 or more"]];
const find = (id) => document.getElementById(id);
const facts = JSON.parse(find("facts").textContent);
const number = (value, digits = 0) => value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
const decoder = new TextDecoder();
const pane = find("text"), tall = find("tall"), rows = find("rows"), map = find("map"), view = find("view");
let y, x, saved, passages, sources, starts = new Uint32Array(0), columns = 0, first = 0, chosen = -1, copy = [0, 0], drawn = "";

async function unpack(id) {
  const element = find("packed-" + id);
  const text = atob(element.textContent.trim());
  element.remove();
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function colour(bits) {
  for (const [least, name] of STEPS) if (bits >= least) return name;
  return "l3";
}

function cells(i) { // columns that the letter beginning at byte i takes: two for Chinese, Japanese, Korean and pictures
  const lead = y[i], next = y[i + 1];
  if (lead < 0xe2) return 1;
  if (lead === 0xe2) return next >= 0xba ? 2 : 1;
  if (lead === 0xef) return (next >= 0xa4 && next <= 0xab) || next === 0xbc || next === 0xbd ? 2 : 1;
  return 2;
}

function layOut(width) {
  columns = width;
  let found = new Uint32Array(1 << 16), count = 1, column = 0, blank = -1, start = 0;
  for (let i = 0; i < y.length; i++) {
    const byte = y[i];
    if ((byte & 0xc0) === 0x80) continue;
    const size = byte < 0xe2 ? 1 : cells(i);
    if (column + size > width && byte !== 10) {
      start = blank > start && i - blank < width / 2 ? blank + 1 : i;
      if (count === found.length) { const more = new Uint32Array(2 * count); more.set(found); found = more; }
      found[count++] = start;
      column = 0;
      for (let j = start; j < i; j++) if ((y[j] & 0xc0) !== 0x80) column += cells(j);
      blank = -1;
    }
    column += size;
    if (byte === 32) blank = i;
    if (byte === 10 && i + 1 < y.length) {
      if (count === found.length) { const more = new Uint32Array(2 * count); more.set(found); found = more; }
      found[count++] = start = i + 1;
      column = 0;
      blank = -1;
    }
  }
  starts = found.slice(0, count);
  tall.style.height = Math.min(TALLEST, count * LINE) + "px";
}

function search(table, stride, offset) { // the last entry that begins at or before an offset
  let low = 0, high = table.length / stride - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table[middle * stride] <= offset) low = middle; else high = middle - 1;
  }
  return low;
}

const visible = () => Math.ceil(pane.clientHeight / LINE) + 1;
const lineAtTop = () => {
  const most = Math.max(1, tall.offsetHeight - pane.clientHeight);
  return starts.length * LINE <= TALLEST
    ? pane.scrollTop / LINE
    : (pane.scrollTop / most) * Math.max(0, starts.length - pane.clientHeight / LINE);
};
function scrollToLine(line) {
  const most = Math.max(1, tall.offsetHeight - pane.clientHeight);
  pane.scrollTop = starts.length * LINE <= TALLEST
    ? line * LINE
    : (line / Math.max(1, starts.length - pane.clientHeight / LINE)) * most;
}

function fill(row, from, to) {
  const [begin, end] = chosen < 0 ? [0, 0] : [passages[2 * chosen], passages[2 * chosen + 2]];
  let text = "", name = null, at = from;
  const close = () => {
    if (!text) return;
    const span = document.createElement("span");
    span.className = name;
    span.dataset.at = at;
    span.textContent = text;
    row.append(span);
    text = "";
  };
  for (let i = from; i < to;) {
    let size = 1;
    while (i + size < to && size < 4 && (y[i + size] & 0xc0) === 0x80) size++;
    let bits = 0;
    for (let j = i; j < i + size; j++) bits += saved[j] / 8;
    const byte = y[i];
    let letter = byte < 128 ? String.fromCharCode(byte) : decoder.decode(y.subarray(i, i + size));
    let kind = colour(bits);
    if (byte === 10 || (byte === 13 && y[i + 1] === 10)) letter = "";
    else if (byte === 9) letter = " ";
    else if (byte < 32 || byte === 127 || letter === "\ufffd") { letter = "·"; kind += " odd"; }
    if (i >= begin && i < end) kind += i >= copy[0] && i < copy[1] ? " chosen copy" : " chosen";
    if (kind !== name || text.length > 80) { close(); name = kind; at = i; }
    text += letter;
    i += size;
  }
  close();
}

function draw() {
  if (!y) return;
  first = lineAtTop();
  const line = Math.max(0, Math.min(Math.floor(first), starts.length - 1));
  const last = Math.min(starts.length, line + visible());
  const now = [line, last, chosen, copy, columns].join();
  const top = starts.length * LINE <= TALLEST ? line * LINE : Math.min(pane.scrollTop, tall.offsetHeight - (last - line) * LINE);
  rows.style.transform = `translateY(${top}px)`;
  if (now !== drawn) {
    drawn = now;
    const block = document.createDocumentFragment();
    for (let i = line; i < last; i++) {
      const row = document.createElement("div");
      fill(row, starts[i], i + 1 < starts.length ? starts[i + 1] : y.length);
      block.append(row);
    }
    rows.replaceChildren(block);
  }
  drawMap();
}

let mapHeight = 1, mapShape = ""; // pixels of the screen that Y takes on the map
function drawMap() {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(map.clientWidth * ratio), height = Math.round(map.clientHeight * ratio);
  if (!width || !height) return;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const shape = [width, height, dark, starts.length].join();
  if (shape !== mapShape) {
    mapShape = shape;
    const paint = map.getContext("2d");
    map.width = width;
    map.height = height;
    const style = getComputedStyle(document.documentElement);
    const used = Math.min(height, Math.max(1, Math.round(starts.length * 3 * ratio)));
    paint.fillStyle = style.getPropertyValue("--paper");
    paint.fillRect(0, 0, width, height);
    const means = new Float32Array(used);
    for (let pixel = 0; pixel < used; pixel++) {
      const a = starts[Math.floor((pixel / used) * starts.length)];
      const line = Math.floor(((pixel + 1) / used) * starts.length);
      const b = Math.max(a + 1, line < starts.length ? starts[line] : y.length);
      const step = Math.max(1, Math.floor((b - a) / 4000));
      let sum = 0, seen = 0;
      for (let i = a; i < b; i += step) { sum += saved[i]; seen++; }
      means[pixel] = sum / 8 / seen;
    }
    // Means are smaller than single bytes, the more so the longer Y is: the brightest fiftieth has the last colour.
    const bright = Float32Array.from(means).sort()[Math.floor(used * 0.98)];
    const scale = Math.max(2, Math.min(100, 6 / Math.max(bright, 1e-3)));
    for (let pixel = 0; pixel < used; pixel++) {
      const name = colour(means[pixel] * scale);
      paint.fillStyle = style.getPropertyValue(name ? "--" + name : "--paper");
      paint.fillRect(0, pixel, width, 1);
    }
    mapHeight = used / ratio;
  }
  const top = (first / starts.length) * mapHeight;
  const size = Math.max(6, ((visible() - 1) / starts.length) * mapHeight);
  view.style.transform = `translateY(${top}px)`;
  view.style.height = Math.min(size, map.clientHeight - top) + "px";
}

function show(tab) {
  for (const name of ["passages", "source"]) {
    find(name).hidden = name !== tab;
    find("tab-" + name).setAttribute("aria-selected", name === tab);
  }
}

const printable = (bytes) => decoder.decode(bytes).replace(/\r\n/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/g, "·");

function choose(passage, move) {
  chosen = passage;
  const begin = passages[2 * passage], end = passages[2 * passage + 2], bits = passages[2 * passage + 1] / 16;
  find("chosen").textContent = `X saves ${number(bits, 1)} bits of this passage, bytes ${number(begin)} to ${number(end)} of Y:`;
  const buttons = [];
  for (let i = search(sources, 5, passage - 0.5); i * 5 < sources.length && sources[5 * i] <= passage; i++) {
    if (sources[5 * i] !== passage) continue;
    const button = document.createElement("button");
    const [start, size, bits] = sources.subarray(5 * i + 2, 5 * i + 5);
    const words = printable(x.subarray(start, start + Math.min(size, 40))).replace(/\s+/g, " ");
    button.textContent = `${number(bits / 16, 1)} bits by “${words}${size > 40 ? "…" : ""}”, ${number(size)} bytes at ${number(start)}`;
    button.addEventListener("click", () => showSource(i, button));
    buttons.push([i, button]);
  }
  find("sources").replaceChildren(...buttons.map(([, button]) => button));
  find("where").hidden = true;
  find("place").textContent = "";
  find("context").textContent = "";
  copy = [0, 0];
  show("source");
  if (buttons.length) showSource(...buttons[0]);
  else find("place").textContent = "No six bytes of it stand in X: what is saved here is saved by vocabulary and style.";
  if (move) scrollToLine(Math.max(0, search(starts, 1, begin) - 3));
  draw();
}

function showSource(i, button) {
  for (const other of find("sources").children) other.setAttribute("aria-pressed", other === button);
  const [, yStart, xStart, size] = sources.subarray(5 * i, 5 * i + 4);
  const xEnd = Math.min(x.length, xStart + size);
  const before = matchMedia("(max-width: 720px)").matches ? AROUND_SMALL : AROUND;
  const from = Math.max(0, xStart - before), to = Math.min(x.length, xEnd + AROUND);
  const mark = document.createElement("mark");
  mark.textContent = printable(x.subarray(xStart, xEnd));
  find("context").replaceChildren(printable(x.subarray(from, xStart)), mark, printable(x.subarray(xEnd, to)));
  const bar = find("where");
  bar.hidden = false;
  bar.firstElementChild.style.left = (100 * xStart) / x.length + "%";
  bar.firstElementChild.style.width = (100 * size) / x.length + "%";
  find("place").textContent = `X, bytes ${number(xStart)} to ${number(xEnd)} of ${number(x.length)}; in Y from byte ${number(yStart)}`;
  find("source").scrollTop = 0;
  if (mark.getBoundingClientRect().bottom > find("source").getBoundingClientRect().bottom) mark.scrollIntoView({ block: "center" });
  copy = [yStart, yStart + size];
  draw();
}

function listPassages() {
  const order = Array.from({ length: passages.length / 2 - 1 }, (_, i) => i).sort((a, b) => passages[2 * b + 1] - passages[2 * a + 1]);
  const body = document.querySelector("#passages tbody");
  for (const i of order.slice(0, TOP_PASSAGES)) {
    const row = body.insertRow();
    row.className = "pick";
    for (const text of [number(passages[2 * i + 1] / 16), number(facts.costs[i] ?? NaN)]) {
      const cell = row.insertCell();
      cell.className = "number";
      cell.textContent = text;
    }
    const button = document.createElement("button");
    button.textContent = printable(y.subarray(passages[2 * i], passages[2 * i + 2])).slice(0, 90).trim() || "(blank)";
    row.insertCell().append(button);
    row.addEventListener("click", () => choose(i, true));
  }
}

function resize() {
  const probe = document.createElement("span");
  probe.textContent = "m".repeat(100);
  rows.append(probe);
  const wide = probe.getBoundingClientRect().width / 100;
  probe.remove();
  const room = pane.clientWidth - parseFloat(getComputedStyle(rows).paddingLeft) - 8;
  const fits = Math.max(16, Math.min(120, Math.floor(room / wide)));
  if (fits !== columns) {
    const offset = starts.length ? starts[Math.max(0, Math.min(Math.floor(first), starts.length - 1))] : 0;
    layOut(fits);
    scrollToLine(search(starts, 1, offset));
  }
  draw();
}

async function begin() {
  find("key").append("bits saved of a letter:");
  for (const [name, text] of KEY) {
    const part = document.createElement("span");
    const swatch = document.createElement("span");
    swatch.className = "swatch " + name;
    if (!name) swatch.style.outline = "1px solid var(--line)";
    part.append(swatch, " " + text);
    find("key").append(part);
  }
  [y, saved, x, passages, sources] = await Promise.all(["y", "saved", "x", "passages", "sources"].map(unpack));
  saved = new Int8Array(saved.buffer);
  passages = new Int32Array(passages.buffer); // begin and saved bits · 16 of each; then the end of Y and 0
  sources = new Int32Array(sources.buffer); // passage, begin in Y, begin in X, size, saved bits · 16
  rows.replaceChildren();
  resize();
  listPassages();
  let waiting = false;
  pane.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  });
  rows.addEventListener("click", (event) => {
    const at = event.target.dataset.at;
    if (at !== undefined) choose(search(passages.subarray(0, passages.length - 2), 2, Number(at)), false);
  });
  const go = (event) => scrollToLine((event.offsetY / mapHeight) * starts.length - visible() / 2);
  map.addEventListener("pointerdown", (event) => { map.setPointerCapture(event.pointerId); go(event); });
  map.addEventListener("pointermove", (event) => { if (event.buttons) go(event); });
  for (const name of ["passages", "source"]) find("tab-" + name).addEventListener("click", () => show(name));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(resize).observe(pane);
  document.documentElement.dataset.ready = "yes";
}

begin().catch((error) => {
  rows.textContent = `This page could not be unpacked: ${error.message}. It needs a browser of 2023 or later.`;
});
