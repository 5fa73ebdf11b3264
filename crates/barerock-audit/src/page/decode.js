// Frames and fields of the embedded stream. The program has checked them; they are decoded here to be shown.

const TYPE_NAMES = ["true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"];
const TYPE_LENGTHS = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];
const text = new TextDecoder();

function bytesOfBase64(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

// Text without characters that control, reorder or hide text: as the program's own output has it.
function safe(value) {
  return value.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g,
    (c) => "\\u{" + c.codePointAt(0).toString(16) + "}",
  );
}

function hex(bytes) {
  let out = "";
  for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
  return out;
}

function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function counted(number, what) {
  return grouped(number) + " " + what + (number === 1 ? "" : "s");
}

// The value of a header as text.
function headerValue(type, bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 0: return "true";
    case 1: return "false";
    case 2: return String(view.getInt8(0));
    case 3: return String(view.getInt16(0));
    case 4: return String(view.getInt32(0));
    case 5: return String(view.getBigInt64(0));
    case 7: return text.decode(bytes);
    case 8: {
      const date = new Date(Number(view.getBigInt64(0)));
      return view.getBigInt64(0) + (isNaN(date) ? "" : " (" + date.toISOString() + ")");
    }
    case 9: return hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    default: return hex(bytes);
  }
}

// The fields of the whole frame at `start`, each with its meaning.
function fieldsOf(bytes, start) {
  const view = new DataView(bytes.buffer);
  const total = view.getUint32(start), headersEnd = start + 12 + view.getUint32(start + 4);
  const fields = [];
  const add = (name, from, to, note) => fields.push({ name, from, to, note });
  add("total length", start, start + 4, counted(total, "byte"));
  add("headers length", start + 4, start + 8, counted(headersEnd - start - 12, "byte"));
  add("prelude CRC", start + 8, start + 12, "of the 8 bytes before: ok");
  let at = start + 12;
  while (at < headersEnd) {
    const nameLength = bytes[at], nameEnd = at + 1 + nameLength, type = bytes[nameEnd];
    add("header name length", at, at + 1, String(nameLength));
    add("header name", at + 1, nameEnd, text.decode(bytes.subarray(at + 1, nameEnd)));
    add("header type", nameEnd, nameEnd + 1, type + " " + TYPE_NAMES[type]);
    at = nameEnd + 1;
    let length = TYPE_LENGTHS[type];
    if (length < 0) {
      length = view.getUint16(at);
      add("header value length", at, at + 2, String(length));
      at += 2;
    }
    if (length > 0) add("header value", at, at + length, headerValue(type, bytes.subarray(at, at + length)));
    at += length;
  }
  const payloadEnd = start + total - 4;
  if (payloadEnd > at) add("payload", at, payloadEnd, counted(payloadEnd - at, "byte"));
  add("message CRC", payloadEnd, payloadEnd + 4, "of all bytes before: ok");
  return fields;
}

// Name and value of each string header, and where the payload is.
function headOf(bytes, view, start) {
  const headersEnd = start + 12 + view.getUint32(start + 4);
  const headers = Object.create(null);
  let at = start + 12;
  while (at < headersEnd) {
    const nameEnd = at + 1 + bytes[at], type = bytes[nameEnd];
    const name = text.decode(bytes.subarray(at + 1, nameEnd));
    at = nameEnd + 1;
    let length = TYPE_LENGTHS[type];
    if (length < 0) {
      length = view.getUint16(at);
      at += 2;
    }
    if (type === 7) headers[name] = text.decode(bytes.subarray(at, at + length));
    at += length;
  }
  return { headers, payload: [headersEnd, start + view.getUint32(start) - 4] };
}
