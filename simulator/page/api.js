// Talking to the simulator's control API.

export async function call(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const told = await response.json();
  if (!response.ok) throw new Error(told.error || response.statusText);
  return told;
}

export const send = (personId, content) =>
  call("POST", `/sim/people/${personId}/messages`, content);

export const edit = (personId, messageId, text) =>
  call("PUT", `/sim/people/${personId}/messages/${messageId}`, { text });

export const press = (personId, messageId, data) =>
  call("POST", `/sim/people/${personId}/presses`, { message_id: messageId, data });

export function listen({ onEvent, onOpen, onLost }) {
  const stream = new EventSource("/sim/events");
  stream.onopen = onOpen;
  stream.onerror = onLost;
  stream.onmessage = (message) => onEvent(JSON.parse(message.data));
}
