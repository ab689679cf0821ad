// One person's phone: their chat with the bot, and everything they can do in it.

import { call, edit, press, send } from "./api.js";
import { make, payloadOf, renderMessage } from "./bubble.js";

const ACTIONS = { typing: "mengetik…", upload_document: "mengirim berkas…", upload_photo: "mengirim foto…" };
const PADANG = { latitude: -0.9471, longitude: 100.4172 };

export class Column {
  constructor(person, bot, onClose) {
    this.person = person;
    this.bot = bot;
    this.messages = new Map();
    this.editing = null;
    this.replying = null;
    this.element = document.getElementById("column").content.firstElementChild.cloneNode(true);
    this.log = this.find(".log");
    this.composer = this.find("[data-role=composer]");
    this.act = {
      bot,
      name: person.first_name,
      say: (text) => this.send({ text }),
      press: (message, button, key) => this.press(message, button, key),
      edit: (message) => this.startEdit(message),
      menu: (message, anchor) => this.openMenu(message, anchor),
    };
    this.label();
    this.wire(onClose);
    this.showBlocked(person.blocked);
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  label() {
    const { id, first_name: name, note } = this.person;
    this.element.dataset.person = id;
    this.element.dataset.name = name;
    this.element.setAttribute("aria-label", `Percakapan ${name}`);
    this.element.style.setProperty("--hue", (Number(id) * 47 + 12) % 360);
    this.find(".avatar").textContent = [...name][0] || "?";
    this.find(".name").textContent = name;
    this.find(".note").textContent = note || "warga";
    this.composer.setAttribute("aria-label", `Pesan dari ${name}`);
    this.find("[data-role=close]").setAttribute("aria-label", `Tutup kolom ${name}`);
  }

  wire(onClose) {
    this.find("[data-role=close]").addEventListener("click", () => onClose(this));
    this.find("[data-role=block]").addEventListener("click", () => this.toggleBlock());
    this.find("[data-role=drop-context]").addEventListener("click", () => this.dropContext());
    this.find(".compose").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.composer.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      } else if (event.key === "Escape") this.dropContext();
    });
    this.composer.addEventListener("input", () => this.fit());
    this.atEnd = true;
    this.log.addEventListener("scroll", () => {
      this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    });
    new ResizeObserver(() => { if (this.atEnd) this.scrollToEnd(); }).observe(this.log);
    for (const button of this.element.querySelectorAll("[data-attach]")) {
      button.addEventListener("click", () => this.attach(button.dataset.attach));
    }
    this.find("[data-role=file-input]").addEventListener("change", (event) => this.attachFile(event.target));
  }

  async load() {
    const { messages } = await call("GET", `/sim/chats/${this.person.id}/messages`);
    messages.sort((a, b) => a.message_id - b.message_id).forEach((message) => this.show(message));
    await this.loadCommands();
  }

  async loadCommands() {
    const { commands } = await call("GET", `/sim/people/${this.person.id}/commands`);
    const names = Object.entries(commands);
    const chips = names.length ? names : [["start", "Mulai"]];
    this.find(".chips").replaceChildren(...chips.map(([name, description]) => make("button", {
      type: "button", "data-role": "chip", title: description, onclick: () => this.send({ text: `/${name}` }),
    }, `/${name}`)));
  }

  show(message) {
    const before = this.messages.get(message.message_id);
    if (before && before.seq > message.seq) return;
    this.messages.set(message.message_id, message);
    this.find(".hello")?.remove();
    this.place(message);
    if (message.from === "bot" && !before) this.showAction(null);
    if (this.atEnd || !before) this.scrollToEnd();
  }

  scrollToEnd() {
    this.atEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  place(message) {
    const old = this.log.querySelector(`[data-message-id="${message.message_id}"]`);
    if (message.deleted) {
      old?.remove();
      return;
    }
    const fresh = renderMessage(message, this.act, this.messages.get(message.reply_to));
    if (old) old.replaceWith(fresh);
    else this.log.append(fresh);
    for (const image of fresh.querySelectorAll("img")) {
      image.addEventListener("load", () => { if (this.atEnd) this.scrollToEnd(); }, { once: true });
    }
  }

  async attempt(work) {
    try {
      return await work();
    } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  send(content) {
    return this.attempt(() => send(this.person.id, content));
  }

  async submit() {
    const text = this.composer.value;
    if (!text.trim()) return;
    const work = this.editing
      ? () => edit(this.person.id, this.editing, text)
      : () => send(this.person.id, this.replying ? { text, reply_to: this.replying } : { text });
    const done = await this.attempt(work);
    if (done) this.dropContext();
  }

  dropContext() {
    this.editing = null;
    this.replying = null;
    this.composer.value = "";
    this.find(".context").hidden = true;
    this.fit();
  }

  setContext(words, text) {
    this.find(".context span").textContent = words;
    this.find(".context").hidden = false;
    this.composer.value = text;
    this.composer.focus();
    this.fit();
  }

  startEdit(message) {
    this.editing = message.message_id;
    this.replying = null;
    this.setContext("Menyunting pesan", message.text);
  }

  startReply(message) {
    this.replying = message.message_id;
    this.editing = null;
    this.setContext(`Membalas: ${message.text || "pesan"}`, this.composer.value);
  }

  openMenu(message, anchor) {
    const open = this.log.querySelector(".bubble .menu");
    open?.remove();
    if (open?.parentElement === anchor.closest(".bubble")) return;
    const items = [["Balas", () => this.startReply(message)]];
    if (message.from !== "bot" && message.kind === "text") items.push(["Sunting", () => this.startEdit(message)]);
    const menu = make("div", { class: "menu", role: "group", "aria-label": "Tindakan" },
      ...items.map(([label, act]) => make("button", {
        type: "button", onclick: () => { menu.remove(); act(); },
      }, label)));
    anchor.closest(".bubble").append(menu);
    menu.scrollIntoView({ block: "nearest" });
    menu.firstElementChild.focus();
  }

  async press(message, button, key) {
    if (button.url) {
      const payload = payloadOf(button.url, this.bot);
      if (payload) this.send({ text: `/start ${payload}` });
      else window.open(button.url, "_blank", "noreferrer");
      return;
    }
    key.setAttribute("aria-busy", "true");
    setTimeout(() => key.removeAttribute("aria-busy"), 4000);
    const pressed = await this.attempt(() => press(this.person.id, message.message_id, button.callback_data));
    if (!pressed) return;
    key.dataset.query = pressed.query_id;
    if (this.lastAnswer === pressed.query_id) key.removeAttribute("aria-busy");
  }

  answered({ query_id: query, text, show_alert: alert }) {
    this.lastAnswer = query;
    this.find(`[data-query="${query}"]`)?.removeAttribute("aria-busy");
    if (text && alert) {
      this.find("[data-role=alert] p").textContent = text;
      this.find("[data-role=alert]").showModal();
    } else if (text) this.toast(text);
  }

  toast(text) {
    const toast = this.find("[data-role=toast]");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, 3500);
  }

  showAction(action) {
    const typing = this.find("[data-role=typing]");
    typing.hidden = !action;
    clearTimeout(this.typingTimer);
    if (!action) return;
    typing.querySelector("span").textContent = `${this.bot.first_name} ${ACTIONS[action] || "sibuk…"}`;
    this.typingTimer = setTimeout(() => { typing.hidden = true; }, 5000);
  }

  attach(kind) {
    this.find(".attach").open = false;
    const near = () => (Math.random() - 0.5) * 0.06;
    const place = { latitude: PADANG.latitude + near(), longitude: PADANG.longitude + near() };
    this.send(kind === "location" ? { location: place } : this.withCaption({ [kind]: true }));
  }

  // What is written goes along as the caption, as it does on a phone.
  withCaption(content) {
    const caption = this.composer.value.trim();
    if (!caption || !("photo" in content || "document" in content)) return content;
    this.dropContext();
    return { ...content, caption };
  }

  async attachFile(input) {
    const [file] = input.files;
    this.find(".attach").open = false;
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const binary = bytes.reduce((all, byte) => all + String.fromCharCode(byte), "");
    input.value = "";
    this.send(this.withCaption({ document: { name: file.name, content: btoa(binary) } }));
  }

  async toggleBlock() {
    const verb = this.person.blocked ? "unblock" : "block";
    const person = await this.attempt(() => call("POST", `/sim/people/${this.person.id}/${verb}`));
    if (person) this.showBlocked(person.blocked);
  }

  showBlocked(blocked) {
    this.person.blocked = blocked;
    const button = this.find("[data-role=block]");
    const words = blocked ? "Buka blokir bot" : "Blokir bot";
    button.title = words;
    button.setAttribute("aria-label", words);
    button.setAttribute("aria-pressed", String(blocked));
    this.composer.disabled = blocked;
    this.find("[data-role=send]").disabled = blocked;
    this.composer.placeholder = blocked ? "Bot diblokir" : "Tulis pesan";
  }

  fit() {
    this.composer.style.height = "auto";
    this.composer.style.height = `${this.composer.scrollHeight + 2}px`;
  }
}
