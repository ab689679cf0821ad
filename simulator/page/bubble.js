// One message as a bubble. Text is only ever set as text, never as markup.

const CLOCK = new Intl.DateTimeFormat("id", { hour: "2-digit", minute: "2-digit" });
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const CLASSES = { spoiler: "spoiler", blockquote: "quote", expandable_blockquote: "quote" };

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function payloadOf(url, bot) {
  const match = /t\.me\/(\w+)\?start=([A-Za-z0-9_-]{1,64})$/.exec(url);
  return match && match[1].toLowerCase() === bot.username.toLowerCase() ? match[2] : null;
}

// Telegram counts in UTF-16 units, and so does JavaScript: offsets fit as they are.
function renderText(message, act) {
  const entities = message.entities || message.caption_entities || [];
  const cuts = new Set([0, message.text.length]);
  for (const entity of entities) {
    cuts.add(entity.offset);
    cuts.add(entity.offset + entity.length);
  }
  const points = [...cuts].sort((a, b) => a - b);
  return points.slice(1).map((end, index) => {
    const start = points[index];
    const covering = entities.filter((e) => e.offset <= start && e.offset + e.length >= end);
    return covering.reduceRight((inner, entity) => wrap(inner, entity, message.text, act),
      document.createTextNode(message.text.slice(start, end)));
  });
}

function wrap(inner, entity, text, act) {
  if (TAGS[entity.type]) return make(TAGS[entity.type], {}, inner);
  if (CLASSES[entity.type]) {
    return make("span", { class: CLASSES[entity.type], tabindex: entity.type === "spoiler" ? 0 : undefined }, inner);
  }
  const part = text.slice(entity.offset, entity.offset + entity.length);
  if (entity.type === "bot_command") {
    return make("button", { type: "button", class: "link", "data-role": "command", onclick: () => act.say(part) }, inner);
  }
  if (entity.type === "url" || entity.type === "text_link") return link(entity.url || part, inner, act);
  return inner;
}

function link(url, inner, act) {
  const payload = payloadOf(url, act.bot);
  if (payload) {
    return make("button", {
      type: "button", class: "link", "data-role": "link", title: `Buka sebagai ${act.name}`,
      onclick: () => act.say(`/start ${payload}`),
    }, inner);
  }
  const address = /^(https?|tg):/.test(url) ? url : `https://${url}`;
  if (!/^(https?|tg):\/\//.test(address)) return inner;
  return make("a", { class: "link", href: address, target: "_blank", rel: "noreferrer" }, inner);
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function renderContent(message) {
  const address = message.file && `/sim/files/${message.file.file_id}`;
  if (message.kind === "photo") return make("img", { class: "photo", src: address, alt: "Foto" });
  if (message.kind === "sticker") return make("img", { class: "sticker", src: address, alt: "Stiker" });
  if (message.location) {
    const { latitude, longitude } = message.location;
    return make("div", { class: "place" },
      make("span", { class: "disc" }, icon("M10 18s6-6 6-10a6 6 0 1 0-12 0c0 4 6 10 6 10zM10 9.500v-3")),
      make("div", {}, make("b", {}, "Titik lokasi"),
        make("small", {}, `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`)));
  }
  if (!message.file) return null;
  const name = message.kind === "voice" ? "Pesan suara" : message.file.name;
  return make("a", { class: "file", href: address, download: message.file.name, "data-role": "file" },
    make("span", { class: "disc" }, icon("M10 3v9m-4-3.500l4 4 4-4M4 17h12")),
    make("span", {}, make("b", {}, name), make("small", {}, size(message.file.size))));
}

function renderKeys(message, act) {
  if (!message.buttons.length) return null;
  return make("div", { class: "keys" }, ...message.buttons.map((row) =>
    make("div", {}, ...row.map((button) => make("button", {
      type: "button", "data-role": "button", "data-data": button.callback_data,
      onclick: (event) => act.press(message, button, event.currentTarget),
    }, button.text)))));
}

function renderOrigin(message) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const name = origin.sender_user_name || origin.sender_user?.first_name || "";
  return make("span", { class: "forward" }, `Diteruskan dari ${name}`);
}

export function renderMessage(message, act, quoted) {
  const from = message.from === "bot" ? "bot" : "me";
  const time = CLOCK.format(new Date(message.date * 1000));
  const bubble = make("div", { class: "bubble" },
    quoted ? make("span", { class: "quoted" }, quoted.text || "Pesan") : null,
    renderOrigin(message),
    renderContent(message),
    make("div", { class: "body", dir: "auto" }, ...renderText(message, act)),
    make("div", { class: "meta" },
      message.edited ? make("span", { "data-role": "edited" }, "diedit") : null,
      make("time", { datetime: new Date(message.date * 1000).toISOString() }, time),
      make("button", {
        type: "button", class: "more", "data-role": "more", title: "Lainnya",
        "aria-label": `Lainnya untuk pesan pukul ${time}`, onclick: (event) => act.menu(message, event.currentTarget),
      }, "⋯")));
  if (from === "me" && message.kind === "text") bubble.addEventListener("dblclick", () => act.edit(message));
  return make("article", {
    class: message.buttons.length ? "row wide" : "row",
    "data-role": "message", "data-from": from, "data-message-id": message.message_id,
    "aria-label": `${from === "bot" ? act.bot.first_name : act.name}, ${time}`,
  }, bubble,
  message.reaction ? make("span", { class: "reaction" }, message.reaction) : null,
  renderKeys(message, act));
}
