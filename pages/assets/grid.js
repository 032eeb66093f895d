// Draws product cards and reports the id of the one that was chosen. Every text goes in as text, never as mark-up.
function piece(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

function card(item, choose) {
  const chosen = Boolean(choose);
  const root = piece(chosen ? "button" : "div", "card" + (item.title || item.chips.length ? "" : " bare"));
  if (chosen) {
    root.type = "button";
    root.setAttribute("aria-label", item.label);
    root.title = item.label;
    root.dataset.id = item.id;
    root.onclick = () => choose(item.id);
  }
  const frame = root.appendChild(piece("div", "frame"));
  const picture = piece("img");
  picture.src = item.src;
  picture.alt = chosen ? "" : item.label;
  picture.loading = "lazy";
  picture.decoding = "async";
  frame.appendChild(picture);
  if (item.badge) frame.appendChild(piece("span", "badge", item.badge));
  if (item.mark) frame.appendChild(piece("span", `badge mark ${item.tone || ""}`.trim(), item.mark));
  if (item.tone) root.classList.add(item.tone);
  if (item.title || item.note || item.chips.length) {
    const text = root.appendChild(piece("div", "text"));
    if (item.title) text.appendChild(piece("div", "title", item.title));
    if (item.note) text.appendChild(piece("div", "note", item.note));
    if (item.chips.length) {
      const chips = text.appendChild(piece("div", "chips"));
      item.chips.forEach((chip) => chips.appendChild(piece("span", "chip", chip)));
    }
  }
  return root;
}

// Keeps whole rows only, at most `rows` of them; what is cut away cannot be focused either.
function keepRows(grid, rows) {
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const whole = Math.max(1, Math.min(rows, Math.floor(grid.children.length / columns)));
  [...grid.children].forEach((child, i) => { child.hidden = i >= whole * columns; });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  const drawn = JSON.stringify(data);
  grid.style.setProperty("--card", `${data.card}px`);
  grid.style.setProperty("--shape", data.shape);
  grid.setAttribute("aria-label", data.label);
  const choose = data.clickable ? (id) => setTriggerValue("picked", id) : null;
  if (grid.drawn !== drawn) {
    grid.replaceChildren(...data.items.map((item) => card(item, choose)));
    grid.drawn = drawn;
  }
  if (!data.rows) return undefined;
  const observer = new ResizeObserver(() => keepRows(grid, data.rows));
  observer.observe(grid);
  return () => observer.disconnect();
}
