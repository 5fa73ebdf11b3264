-- The frames of an Amazon Event Stream, decoded and checked: the part of eventstream.lua that needs no Wireshark.
--
-- Positions in a string count from 1, offsets in a frame or stream from 0. Texts in quotation marks are sentences of
-- the Amazon Event Stream Specification.

local PRELUDE, OVERHEAD = 12, 16
local MAX_HEADERS, MAX_PAYLOAD, MAX_VALUE, MAX_COUNT = 131072, 25165824, 32767, 1024
local BYTES, STRING = 6, 7
-- Bytes of a value, by its type; byte arrays and strings carry their length.
local FIXED = { [0] = 0, 0, 1, 2, 4, 8, [8] = 8, [9] = 16 }

local M = { max_message = 16777216 }

-- Wireshark brings the library `bit`; Lua 5.3 and newer have operators, which Lua 5.2 cannot parse.
local bits = bit or load([[return {
    bxor = function(a, b) return a ~ b end, band = function(a, b) return a & b end,
    rshift = function(a, n) return (a & 0xffffffff) >> n end }]])()
local byte, bxor, band, rshift = string.byte, bits.bxor, bits.band, bits.rshift

-- CRC-32 of IEEE 802.3, a byte at a time.
local CRC_TABLE = {}
for index = 0, 255 do
    local crc = index
    for _ = 1, 8 do
        crc = band(crc, 1) == 1 and bxor(rshift(crc, 1), 0xedb88320) or rshift(crc, 1)
    end
    CRC_TABLE[index] = crc
end

local function crc32(raw, first, last)
    local crc = 0xffffffff
    for index = first, last do
        crc = bxor(rshift(crc, 8), CRC_TABLE[band(bxor(crc, byte(raw, index)), 255)])
    end
    return bxor(crc, 0xffffffff) % 0x100000000
end

local function u16(raw, at)
    local high, low = byte(raw, at, at + 1)
    return high * 256 + low
end

local function u32(raw, at)
    return u16(raw, at) * 65536 + u16(raw, at + 2)
end

local UTF8 = {
    "^[\0-\127]+", "^[\194-\223][\128-\191]", "^\224[\160-\191][\128-\191]",
    "^[\225-\236\238\239][\128-\191][\128-\191]", "^\237[\128-\159][\128-\191]",
    "^\240[\144-\191][\128-\191][\128-\191]", "^[\241-\243][\128-\191][\128-\191][\128-\191]",
    "^\244[\128-\143][\128-\191][\128-\191]",
}

-- The position of the first byte of `raw` in first..last that is not UTF-8, or nil.
local function not_utf8(raw, first, last)
    local text, at = raw:sub(first, last), 1
    while at <= #text do
        local stop
        for _, pattern in ipairs(UTF8) do
            stop = select(2, text:find(pattern, at))
            if stop then break end
        end
        if not stop then return first + at - 1 end
        at = stop + 1
    end
end

-- Beginnings of what is sent in place of an event stream. The first six may be binary, the rest are text.
local LOOKS = {
    { "^\31\139", "gzip data" }, { "^\40\181\47\253", "Zstandard data" }, { "^[\22\23]\3", "a TLS record" },
    { "^\212\195\178\161", "a packet capture" }, { "^\10\13\13\10", "a packet capture" },
    { "^%x%x?%x?%x?%x?%x?%x?%x?\r\n", "an HTTP body in chunked transfer coding" },
    { "^%s*[{%[]", "JSON" }, { "^%s*<!doctype html", "HTML" }, { "^%s*<html", "HTML" }, { "^%s*<", "XML" },
    { "^%s*data:", "server-sent events" }, { "^%s*event:", "server-sent events" }, { "^%s*%S", "text" },
}

-- What the bytes at `at` look like, or nil.
local function looks_like(raw, at)
    local start = raw:sub(at, at + 66):gsub("^\239\187\191", ""):sub(1, 64)
    local bad = not_utf8(start, 1, #start)
    -- A character that the limit of 64 bytes cuts is still text.
    local is_text = not start:find("[\0-\8\11\12\14-\31\127]") and not (bad and bad < #start - 2)
    for index, kind in ipairs(LOOKS) do
        if (index <= 6 or is_text) and start:lower():find(kind[1]) then return kind[2] end
    end
end

-- The headers in first..last, and the first fault.
local function parse_headers(raw, first, last, frame_at)
    local headers, seen, at = {}, {}, first
    local function fault(where, text, ...)
        return headers, { at = where - frame_at, text = text:format(...), kind = "malformed" }
    end
    local function overrun(part, needed, where)
        return fault(where, "header %s takes %d bytes and the header block has %d left", part, needed, last + 1 - where)
    end
    while at <= last do
        if #headers >= MAX_COUNT then return fault(at, "more than %d headers", MAX_COUNT) end
        local name_length, name_at = byte(raw, at), at + 1
        local type_at = name_at + name_length
        -- "Header names MUST be at least one byte long."
        if name_length == 0 then return fault(at, "header name of no bytes") end
        if type_at - 1 > last then return overrun("name", name_length, name_at) end
        if type_at > last then return overrun("type", 1, type_at) end
        local kind = byte(raw, type_at)
        local value_at, length = type_at + 1, FIXED[kind]
        if kind == BYTES or kind == STRING then
            if value_at + 1 > last then return overrun("value length", 2, value_at) end
            length = u16(raw, value_at)
            if length > MAX_VALUE then
                return fault(value_at, "header value of %d bytes is over the limit of %d", length, MAX_VALUE)
            end
            value_at = value_at + 2
        elseif not length then
            -- "The set of types is fixed and not open to extension."
            return fault(type_at, "header type %d is none of the types 0 to 9", kind)
        end
        local stop = value_at + length - 1
        if stop > last then return overrun("value", length, value_at) end
        local bad = not_utf8(raw, name_at, type_at - 1)
        if bad then return fault(bad, "header name is not UTF-8") end
        bad = kind == STRING and not_utf8(raw, value_at, stop)
        if bad then return fault(bad, "header value is not UTF-8") end
        local name = raw:sub(name_at, type_at - 1)
        -- "Any given header name MUST only appear once in a message."
        if seen[name] then
            return fault(at, "header name occurs twice, first at frame offset %d", seen[name] - frame_at)
        end
        seen[name] = at
        headers[#headers + 1] = {
            at = at, name = name, name_at = name_at, type_at = type_at, kind = kind, value_at = value_at,
            length = length, stop = stop, text = kind == STRING and raw:sub(value_at, stop) or nil,
        }
        at = stop + 1
    end
    return headers
end

-- What is wrong with the lengths, once their CRC was found right: the frame offset and the words.
local function length_fault(total, headers_length)
    local available = total - OVERHEAD
    local payload = available - headers_length
    if available < 0 then
        return 0, ("total length %d is less than the %d bytes of an empty message"):format(total, OVERHEAD)
    elseif total > M.max_message then
        return 0, ("total length %d is over the limit of %d bytes"):format(total, M.max_message)
    elseif headers_length > MAX_HEADERS then
        -- "The encoded headers of a message MUST NOT exceed 131,072 bytes (128 kB)."
        return 4, ("headers length %d is over the limit of %d bytes"):format(headers_length, MAX_HEADERS)
    elseif payload < 0 then
        local text = "headers length %d does not fit into the message, which leaves %d bytes"
        return 4, text:format(headers_length, available)
    elseif payload > MAX_PAYLOAD then
        -- "The payload of a message MUST NOT exceed 25,165,824 bytes (24 MB)."
        return 0, ("payload length %d is over the limit of %d bytes"):format(payload, MAX_PAYLOAD)
    end
end

-- The frame at `at`. It has a `fault`, or a `cut` where `raw` ends before it does, or neither.
local function parse_frame(raw, at)
    local frame, have = { at = at, stop = #raw, headers = {} }, #raw + 1 - at
    if have < PRELUDE then
        frame.cut = { part = "prelude", have = have, needed = PRELUDE }
        return frame
    end
    local function fault(where, kind, text, ...)
        frame.fault = { at = where, text = text:format(...), kind = kind }
        return frame
    end
    local total, headers_length, found = u32(raw, at), u32(raw, at + 4), u32(raw, at + 8)
    local computed, mismatch = crc32(raw, at, at + 7), "%s CRC mismatch: found %08x, computed %08x"
    -- "Both clients and servers MUST validate these checksums."
    frame.prelude_ok = found == computed
    if not frame.prelude_ok then
        frame.foreign = looks_like(raw, at)
        return fault(8, "crc", mismatch, "prelude", found, computed)
    end
    local where, text = length_fault(total, headers_length)
    if where then
        frame.foreign = looks_like(raw, at)
        return fault(where, "malformed", "%s", text)
    end
    frame.block_at = at + PRELUDE
    frame.payload_at = frame.block_at + headers_length
    frame.crc_at = at + total - 4
    local header_fault
    frame.headers, header_fault = parse_headers(raw, frame.block_at, math.min(frame.payload_at - 1, #raw), at)
    if have < total then
        local part = at + have < frame.payload_at and "header block"
            or at + have < frame.crc_at and "payload" or "message CRC"
        frame.cut = { part = part, have = have, needed = total }
        return frame
    end
    frame.total, frame.stop = total, at + total - 1
    found, computed = u32(raw, frame.crc_at), crc32(raw, at, frame.crc_at - 1)
    frame.message_ok = found == computed
    if not frame.message_ok then return fault(total - 4, "crc", mismatch, "message", found, computed) end
    frame.fault = header_fault
    return frame
end

-- The value of the header of this name, if it is a string.
local function header(frame, name)
    for _, found in ipairs(frame.headers) do
        if found.name == name then return found.text end
    end
end

-- The value of :message-type, and the name of what the message carries.
function M.kind(frame)
    local kind = header(frame, ":message-type")
    local name = kind == "event" and ":event-type" or kind == "exception" and ":exception-type"
        or kind == "error" and ":error-code"
    return kind, name and header(frame, name) or ""
end

-- A stream of which nothing was decoded yet.
function M.new_stream()
    return { offset = 0, frames = 0, rest = 0 }
end

-- Decodes the frames at the start of `raw`, which continues `stream`. Returns them and the position after the last
-- that counts: one that is cut or faulty is the last one, and does not.
function M.decode(raw, stream)
    local frames, at = {}, 1
    while at <= #raw and not stream.fault do
        local frame = parse_frame(raw, at)
        frame.number, frame.offset = stream.frames + 1, stream.offset
        frames[#frames + 1] = frame
        if frame.cut then return frames, at end
        if frame.fault then
            -- "If either checksum is invalid, the stream MUST be terminated."
            stream.fault, stream.fault_offset = frame.fault, frame.offset + frame.fault.at
            stream.foreign = stream.frames == 0 and frame.foreign
            break
        end
        local kind, name = M.kind(frame)
        if (kind == "exception" or kind == "error") and not stream.service then
            stream.service = { kind = kind, number = frame.number, offset = frame.offset, name = name }
        end
        stream.frames, stream.offset, at = stream.frames + 1, stream.offset + frame.total, frame.stop + 1
    end
    stream.rest = stream.rest + #raw + 1 - at
    return frames, at
end

-- How a stream ended whose last frame may be cut: the word, the offset and a sentence.
function M.verdict(stream, cut)
    local counts = ("%d frames, %d bytes"):format(stream.frames, stream.offset)
    local number, at = stream.frames + 1, stream.service
    if stream.foreign then
        return "not-an-event-stream", 0, "not-an-event-stream at offset 0: looks like " .. stream.foreign
    elseif stream.fault then
        local text = "corrupt at offset %d in frame %d: %s"
        return "corrupt", stream.fault_offset, text:format(stream.fault_offset, number, stream.fault.text)
    elseif cut then
        local offset, text = stream.offset + cut.have, "truncated at offset %d inside frame %d's %s: %d of %d bytes"
        return "truncated", offset, text:format(offset, number, cut.part, cut.have, cut.needed)
    elseif at then
        local text = "%s in frame %d at offset %d: %s; %s"
        return at.kind, at.offset, text:format(at.kind, at.number, at.offset, at.name, counts)
    end
    return "complete", stream.offset, "complete: " .. counts
end

-- The body in the TCP segments of an HTTP/1.1 response, without its chunk sizes; nil where a segment was not captured.
function M.http_body(segments)
    local parts, next_seq = {}, segments[1].seq
    table.sort(segments, function(a, b) return a.seq < b.seq end)
    for _, segment in ipairs(segments) do
        local known = next_seq - segment.seq
        if known < 0 then return nil end
        parts[#parts + 1] = segment.raw:sub(known + 1)
        next_seq = math.max(next_seq, segment.seq + #segment.raw)
    end
    local head, body = table.concat(parts):match("^(.-\r\n\r\n)(.*)$")
    if not head or not head:lower():find("\ntransfer%-encoding: *chunked") then return body or "" end
    local chunks, at = {}, 1
    while true do
        local size, start = body:match("^(%x+)[^\r\n]*\r\n()", at)
        if not size or #size > 8 or tonumber(size, 16) == 0 then return table.concat(chunks) end
        at = start + tonumber(size, 16) + 2
        chunks[#chunks + 1] = body:sub(start, at - 3)
    end
end

return M
