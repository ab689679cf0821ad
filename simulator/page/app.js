// The page: a column for each person, kept up to date by the event stream.

import { call, listen } from "./api.js";
import { make } from "./bubble.js";
import { Column } from "./column.js";

// More people than this wait in the bar at the top until they are opened.
const MAX_OPEN = 8;

const columns = new Map();
const closed = new Map();
let bot = { first_name: "Palanta", username: "bot" };

function open(person) {
  if (columns.has(person.id)) return;
  closed.delete(person.id);
  const column = new Column(person, bot, close);
  columns.set(person.id, column);
  document.getElementById("columns").append(column.element);
  column.load();
  refresh();
}

function close(column) {
  columns.delete(column.person.id);
  column.element.remove();
  closed.set(column.person.id, column.person);
  refresh();
}

function meet(person) {
  if (columns.has(person.id) || closed.has(person.id)) return;
  if (columns.size < MAX_OPEN) open(person);
  else {
    closed.set(person.id, person);
    refresh();
  }
}

function refresh() {
  document.getElementById("empty").hidden = columns.size > 0;
  document.getElementById("others").replaceChildren(...[...closed.values()].map((person) =>
    make("button", { type: "button", "data-role": "reopen", onclick: () => open(person) },
      person.note ? `${person.first_name} · ${person.note}` : person.first_name)));
}

function receive(event) {
  const column = columns.get(event.chat_id ?? event.message?.chat_id);
  switch (event.type) {
    case "person": meet(event.person); break;
    case "message": column?.show(event.message); break;
    case "answer": column?.answered(event); break;
    case "action": column?.showAction(event.action); break;
    case "membership": column?.showBlocked(event.blocked); break;
    case "commands": columns.forEach((each) => each.loadCommands()); break;
    default: break;
  }
}

// After a lost connection everything is read again; what is shown already stays.
async function load() {
  const told = await call("GET", "/sim/people");
  bot = told.bot;
  document.getElementById("bot-name").textContent = bot.first_name;
  document.getElementById("bot-username").textContent = `@${bot.username}`;
  told.people.forEach(meet);
  await Promise.all([...columns.values()].map((column) => column.load()));
}

function status(words, on) {
  const element = document.getElementById("status");
  element.textContent = words;
  element.classList.toggle("on", on);
}

const dialog = document.getElementById("new-person");
document.getElementById("add-person").addEventListener("click", () => dialog.showModal());
dialog.querySelector(".quiet").addEventListener("click", () => dialog.close());
dialog.querySelector("form").addEventListener("submit", async (event) => {
  const form = event.target;
  const { first_name: name, note } = Object.fromEntries(new FormData(form));
  form.reset();
  const person = await call("POST", "/sim/people", { first_name: name.trim() || "Warga", note: note.trim() });
  meet(person);
  columns.get(person.id)?.composer.focus();
});

listen({
  onEvent: receive,
  onOpen: () => { status("Tersambung", true); load(); },
  onLost: () => status("Terputus, menyambung lagi…", false),
});
