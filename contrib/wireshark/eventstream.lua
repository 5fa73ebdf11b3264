-- Wireshark dissector for the Amazon Event Stream encoding, application/vnd.amazon.eventstream, over HTTP.
--
-- Install: copy this file and eventstream_frames.lua into the folder that Help > About Wireshark > Folders calls
-- "Personal Lua Plugins". For one run: tshark -X lua_script:eventstream.lua -r capture.pcapng -O eventstream
-- Needs Wireshark 4.0 or newer. Where Wireshark runs as root, -X lua_script is ignored from 4.4 on.
--
-- Use: a body of that media type is decoded frame by frame. Both CRCs are checked; a fault is an expert item at the
-- byte where it is, and the verdict says how the stream ended. Filters: eventstream.fault,
-- eventstream.verdict != "complete", eventstream.event_type == "messageStop". TLS is decrypted as usual, with the
-- file that SSLKEYLOGFILE names. The preferences are under Protocols > EVENTSTREAM.
--
-- Wireshark 4.4 decodes a chunked or HTTP/2 body as its pieces arrive; the verdict stands in the packet that ends the
-- body or the connection. Wireshark 4.0 does so for HTTP/2 alone; it decodes an HTTP/1.1 body in the packet that
-- completes it, and one whose connection breaks in the packet that breaks it; under TLS the latter stays undecoded.

local MEDIA_TYPE = "application/vnd.amazon.eventstream"
local MEDIA_PATTERN = "application/vnd%.amazon%.eventstream"
local TYPES = { [0] = "true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid" }

local IS_4_0 = get_version():find("^4%.0%.") ~= nil

local source = debug.getinfo(1, "S").source
local frames = dofile((source:match("^@(.*[/\\])") or "") .. "eventstream_frames.lua")

local es = Proto("eventstream", "Amazon Event Stream")
local pieces = Proto("eventstream_pieces", "Amazon Event Stream in pieces")
local ending = Proto("eventstream_end", "Amazon Event Stream, end of the body")

es.prefs.max_message = Pref.uint("Longest frame in bytes", frames.max_message, "A longer frame is a fault")
es.prefs.pieces = Pref.bool("Decode a body as it arrives", true, "If off, in the packet that completes it")

local f = {
    frame = ProtoField.none("eventstream.frame", "Frame"),
    number = ProtoField.uint64("eventstream.number", "Frame number"),
    offset = ProtoField.uint64("eventstream.offset", "Offset in the stream"),
    total_length = ProtoField.uint32("eventstream.total_length", "Total length"),
    headers_length = ProtoField.uint32("eventstream.headers_length", "Headers length"),
    prelude_crc = ProtoField.uint32("eventstream.prelude_crc", "Prelude CRC", base.HEX),
    prelude_ok = ProtoField.bool("eventstream.prelude_crc.ok", "Prelude CRC matches"),
    header = ProtoField.none("eventstream.header", "Header"),
    name_length = ProtoField.uint8("eventstream.header.name_length", "Name length"),
    name = ProtoField.string("eventstream.header.name", "Name"),
    type = ProtoField.uint8("eventstream.header.type", "Type", base.DEC, TYPES),
    value_length = ProtoField.uint16("eventstream.header.value_length", "Value length"),
    [0] = ProtoField.bool("eventstream.header.true", "Value"),
    [1] = ProtoField.bool("eventstream.header.false", "Value"),
    [2] = ProtoField.int8("eventstream.header.byte", "Value"),
    [3] = ProtoField.int16("eventstream.header.short", "Value"),
    [4] = ProtoField.int32("eventstream.header.integer", "Value"),
    [5] = ProtoField.int64("eventstream.header.long", "Value"),
    [6] = ProtoField.bytes("eventstream.header.bytes", "Value"),
    [7] = ProtoField.string("eventstream.header.string", "Value"),
    [8] = ProtoField.int64("eventstream.header.timestamp", "Value in ms since 1970"),
    [9] = ProtoField.guid("eventstream.header.uuid", "Value"),
    time = ProtoField.absolute_time("eventstream.header.time", "Time", base.UTC),
    payload = ProtoField.bytes("eventstream.payload", "Payload"),
    message_crc = ProtoField.uint32("eventstream.message_crc", "Message CRC", base.HEX),
    message_ok = ProtoField.bool("eventstream.message_crc.ok", "Message CRC matches"),
    fault = ProtoField.string("eventstream.fault", "Fault"),
    undecoded = ProtoField.bytes("eventstream.undecoded", "Undecoded bytes"),
    part = ProtoField.bytes("eventstream.part", "Part of a frame"),
    verdict = ProtoField.string("eventstream.verdict", "Verdict"),
    verdict_offset = ProtoField.uint64("eventstream.verdict.offset", "Verdict at offset"),
    frames = ProtoField.uint64("eventstream.frames", "Frames"),
    bytes = ProtoField.uint64("eventstream.bytes", "Bytes"),
}
-- Headers that a filter names: eventstream.event_type for :event-type.
local named = {}
for name in ("message-type event-type exception-type error-code error-message content-type"):gmatch("%S+") do
    local field = ProtoField.string("eventstream." .. name:gsub("-", "_"), ":" .. name)
    named[":" .. name], f[name] = field, field
end
es.fields = f

local MALFORMED, ERROR = expert.group.MALFORMED, expert.severity.ERROR
local e = {
    crc = ProtoExpert.new("eventstream.expert.crc", "CRC mismatch", expert.group.CHECKSUM, ERROR),
    malformed = ProtoExpert.new("eventstream.expert.malformed", "Malformed frame", MALFORMED, ERROR),
    cut = ProtoExpert.new("eventstream.expert.truncated", "The stream ends inside a frame", MALFORMED, ERROR),
    service = ProtoExpert.new("eventstream.expert.service", "Exception or error frame",
        expert.group.RESPONSE_CODE, expert.severity.WARN),
    unfinished = ProtoExpert.new("eventstream.expert.unfinished", "The connection ends before the body",
        expert.group.SEQUENCE, expert.severity.WARN),
    untyped = ProtoExpert.new("eventstream.expert.untyped", "No known :message-type",
        expert.group.PROTOCOL, expert.severity.NOTE),
}
es.experts = e

-- The tree -----------------------------------------------------------------------------------------------------

local json = Dissector.get("json")

-- Text from the wire without control characters and marks of direction: the info column goes to terminals as it is.
local function safe(text)
    text = text:gsub("%c", "."):gsub("\194[\128-\159]", ".")
    return (text:gsub("\226\128[\142\143\170-\174]", "."):gsub("\226\129[\166-\169]", "."))
end

local function show_header(tree, range, header)
    local item = tree:add(f.header, range(header.at, header.stop + 1 - header.at))
    item:set_text(safe("Header " .. header.name .. (header.text and ": " .. header.text or "")))
    item:add(f.name_length, range(header.at, 1))
    item:add_packet_field(f.name, range(header.name_at, #header.name), ENC_UTF_8)
    item:add(f.type, range(header.type_at, 1))
    local value, kind = range(header.value_at, header.length), header.kind
    if kind <= 1 then
        item:add(f[kind], range(header.type_at, 1), kind == 0):set_generated()
        return
    end
    if kind == 6 or kind == 7 then item:add(f.value_length, range(header.type_at + 1, 2)) end
    if kind ~= 7 then
        item:add(f[kind], value)
    else
        item:add_packet_field(f[kind], value, ENC_UTF_8)
        if named[header.name] then item:add_packet_field(named[header.name], value, ENC_UTF_8):set_hidden() end
    end
    local ms = kind == 8 and value:int64():tonumber()
    -- Farther off, a double does not hold every millisecond.
    if ms and math.abs(ms) < 2 ^ 53 then
        local time = NSTime.new(math.floor(ms / 1000), ms % 1000 * 1000000)
        item:add(f.time, value, time):set_generated()
    end
end

local function show_payload(tree, bytes, with_json, pinfo)
    local item, start = tree:add(f.payload, bytes), bytes:raw():match("^%s*(.)")
    if with_json and (start == "{" or start == "[") then
        local protocol, info = tostring(pinfo.cols.protocol), tostring(pinfo.cols.info)
        item:set_text(("Payload: %d bytes of JSON"):format(bytes:len()))
        json:call(bytes:tvb(), pinfo, item)
        pinfo.cols.protocol, pinfo.cols.info = protocol, info
    end
end

local function title(frame)
    local kind, name = frames.kind(frame)
    return safe(kind == "event" and name or kind and kind .. " " .. name or "no message type")
end

-- Shows a frame of `tvb` as far as it goes.
local function show_frame(tree, tvb, frame, with_json, pinfo)
    local function range(at, length) return tvb(at - 1, length) end
    local at, stop = frame.at, frame.stop
    local item = tree:add(f.frame, range(at, stop + 1 - at))
    item:set_text(("Frame %d at offset %d: "):format(frame.number, frame.offset))
    item:add(f.number, UInt64(frame.number)):set_generated()
    item:add(f.offset, UInt64(frame.offset)):set_generated()
    for index, field in ipairs({ f.total_length, f.headers_length, f.prelude_crc }) do
        local from = at + 4 * index - 4
        if from + 3 <= stop then item:add(field, range(from, 4)) end
    end
    if frame.prelude_ok ~= nil then
        item:add(f.prelude_ok, range(at + 8, 4), frame.prelude_ok):set_generated()
    end
    local shown = at + 12
    for _, header in ipairs(frame.headers) do
        show_header(item, range, header)
        shown = header.stop + 1
    end
    local block_end = frame.payload_at and math.min(frame.payload_at - 1, stop) or stop
    if shown <= block_end then item:add(f.undecoded, range(shown, block_end + 1 - shown)) end
    local payload_end = frame.payload_at and math.min(frame.crc_at - 1, stop)
    if payload_end and frame.payload_at <= payload_end then
        local payload = range(frame.payload_at, payload_end + 1 - frame.payload_at)
        show_payload(item, payload, with_json and not frame.cut, pinfo)
    end
    if frame.message_ok ~= nil then
        item:add(f.message_crc, range(frame.crc_at, 4))
        item:add(f.message_ok, range(frame.crc_at, 4), frame.message_ok):set_generated()
    end
    local fault, cut = frame.fault, frame.cut
    if fault then
        item:append_text("broken")
        local where = range(at + fault.at, math.min(4, stop + 1 - at - fault.at))
        item:add(f.fault, where, fault.text):set_generated():add_proto_expert_info(e[fault.kind], fault.text)
    elseif cut then
        local text = ("cut inside the %s: %d of %d bytes"):format(cut.part, cut.have, cut.needed)
        item:append_text(text)
        item:add(f.fault, range(stop, 1), text):set_generated():add_proto_expert_info(e.cut, text)
    else
        item:append_text(("%s, %d bytes"):format(title(frame), frame.total))
        local kind = frames.kind(frame)
        if kind == "exception" or kind == "error" then
            item:add_proto_expert_info(e.service, title(frame))
        elseif kind ~= "event" then
            item:add_proto_expert_info(e.untyped)
        end
    end
end

-- Shows frames and the bytes after a fault, and names the whole frames in the info column.
local function show_frames(tree, tvb, list, stream, pinfo)
    local names, counts = {}, {}
    local rest = stream.fault and 0 or tvb:len()
    for _, frame in ipairs(list) do
        -- Wireshark refuses trees of more than a million items, of which JSON takes the most.
        show_frame(tree, tvb, frame, #list <= 5000, pinfo)
        rest = frame.stop
        if not (frame.cut or frame.fault) then
            local name = title(frame)
            if name ~= names[#names] then names[#names + 1], counts[#counts + 1] = name, 0 end
            counts[#counts] = counts[#counts] + 1
        end
    end
    if rest < tvb:len() then tree:add(f.undecoded, tvb(rest)) end
    for index, name in ipairs(names) do
        if counts[index] > 1 then name = name .. " x" .. counts[index] end
        pinfo.cols.info:append((index > 1 and ", " or "  ") .. name)
    end
end

local function show_verdict(tree, stream, cut, pinfo)
    local word, offset, text = frames.verdict(stream, cut)
    tree:append_text(", " .. text)
    local item = tree:add(f.verdict, word):set_generated()
    if stream.is_unfinished then item:add_proto_expert_info(e.unfinished) end
    tree:add(f.verdict_offset, UInt64(offset)):set_generated()
    tree:add(f.frames, UInt64(stream.frames)):set_generated()
    tree:add(f.bytes, UInt64(stream.offset + stream.rest + (cut and cut.have or 0))):set_generated()
    pinfo.cols.info:append("  [" .. word .. "]")
end

local tcp_stream, tcp_payload, tcp_seq = Field.new("tcp.stream"), Field.new("tcp.payload"), Field.new("tcp.seq_raw")
local fin, reset = Field.new("tcp.flags.fin"), Field.new("tcp.flags.reset")
local http_code, chunk_size = Field.new("http.response.code"), Field.new("http.chunk_size")
local h2_stream, h2_end = Field.new("http2.streamid"), Field.new("http2.flags.end_stream")
local h2_reset = Field.new("http2.rst_stream.error")

-- A body whole -------------------------------------------------------------------------------------------------

-- By line: the segments of a response that is not decoded yet, or the packet in which one was; and where the newest
-- of those responses begins. A line is one direction of a TCP connection.
local held, head_seq

local function line_of(connection, address, port)
    return ("%s %s %s"):format(connection, address, port)
end

local function line(pinfo)
    return line_of(tcp_stream(), pinfo.src, pinfo.src_port)
end

function es.dissector(tvb, pinfo, tree)
    held[line(pinfo)] = pinfo.number
    local stream = frames.new_stream()
    local list = frames.decode(tvb:raw(), stream)
    local item = tree:add(es, tvb())
    show_frames(item, tvb, list, stream, pinfo)
    show_verdict(item, stream, list[#list] and list[#list].cut, pinfo)
    return tvb:len()
end

DissectorTable.get("media_type"):add(MEDIA_TYPE, es)

-- A body in pieces ---------------------------------------------------------------------------------------------
-- Packets are dissected once in order, and then again in any order. The first time leaves behind what the next
-- times need: for each piece the stream before it, for each packet the streams that end there.

local open, before, seen, ended, piece

function es.init()
    -- Streams that go on, by line; response heads of a line in earlier packets; then by packet.
    open, before, seen, ended, piece, held, head_seq = {}, {}, {}, {}, 0, {}, {}
end

local function copy(stream)
    local twin = {}
    for key, value in pairs(stream) do twin[key] = value end
    return twin
end

-- The stream that a piece of the packet belongs to. HTTP/2 numbers its streams; in HTTP/1.1 one response follows
-- the other.
local function stream_of(pinfo)
    local at, ids = line(pinfo), { h2_stream() }
    local key = ids[1] and "h2:" .. tostring(ids[#ids]) or (before[at] or 0) + #{ http_code() }
    open[at] = open[at] or {}
    open[at][key] = open[at][key] or frames.new_stream()
    return open[at][key]
end

function pieces.dissector(tvb, pinfo, tree)
    local raw, item, stream = tvb:raw(), tree:add(es, tvb()), nil
    held[line(pinfo)] = pinfo.number
    piece = piece + 1
    if pinfo.visited then
        stream = copy((seen[pinfo.number] or {})[piece] or frames.new_stream())
    else
        stream = stream_of(pinfo)
        seen[pinfo.number] = seen[pinfo.number] or {}
        seen[pinfo.number][piece] = copy(stream)
    end
    local list, at = frames.decode(raw, stream)
    local cut = list[#list] and list[#list].cut
    stream.part = nil
    if cut then
        -- The frame comes again with the next piece, longer or whole.
        list[#list] = nil
        stream.part = raw:sub(at)
        pinfo.desegment_offset = at - 1
        -- Asked for all that is missing, Wireshark keeps from us what a connection that breaks has still sent; asked
        -- for one more piece, a long frame takes time with the square of its length, and 4.0 loses the HTTP/2 stream.
        local missing = cut.needed - cut.have
        pinfo.desegment_len = (missing > 65536 or IS_4_0) and missing or DESEGMENT_ONE_MORE_SEGMENT
    end
    show_frames(item, tvb, list, stream, pinfo)
    if cut then
        item:add(f.part, tvb(at - 1)):append_text((" (frame %d goes on in a later packet)"):format(stream.frames + 1))
    end
    return tvb:len()
end

-- Keeps the segments of an HTTP/1.1 response that Wireshark may never hand over.
local function hold(at, pinfo)
    if held[at] == pinfo.number then held[at] = nil return end
    local payload = tcp_payload()
    if not payload then return end
    local raw, seq = payload.range:raw(), tcp_seq().value
    local is_head = raw:find("^HTTP/1%.%d ") and raw:lower():find("\ncontent%-type: *" .. MEDIA_PATTERN)
    -- A head that was seen before is a retransmission.
    if is_head and not held[at] and seq > (head_seq[at] or -1) then held[at], head_seq[at] = {}, seq end
    if held[at] then table.insert(held[at], { seq = seq, raw = raw }) end
end

-- Takes the streams of a line that end in this packet out of `open`. A reset ends both lines of the connection, all
-- else only that of its sender.
local function take_ended(at, is_sender)
    local streams, list = open[at] or {}, {}
    local function close(key, is_unfinished)
        if not streams[key] then return end
        streams[key].is_unfinished = is_unfinished
        list[#list + 1], streams[key] = streams[key], nil
    end
    -- In a frame of HTTP/2 the stream's number follows the flags, and an error follows the number.
    local function close_h2(info, distance, is_unfinished)
        for _, id in ipairs({ h2_stream() }) do
            if id.offset == info.offset + distance then close("h2:" .. tostring(id), is_unfinished) end
        end
    end
    for _, flag in ipairs({ h2_end() }) do
        if is_sender and flag.value then close_h2(flag, 1) end
    end
    for _, code in ipairs({ h2_reset() }) do close_h2(code, -4, true) end
    for _, size in ipairs({ chunk_size() }) do
        local oldest
        for key in pairs(streams) do
            if type(key) == "number" and (not oldest or key < oldest) then oldest = key end
        end
        if is_sender and size.value == 0 and oldest then close(oldest) end
    end
    if not (reset().value or is_sender and fin().value) then return list end
    local keys, segments = {}, held[at]
    for key in pairs(streams) do keys[#keys + 1] = key end
    for _, key in ipairs(keys) do close(key, true) end
    local body = type(segments) == "table" and frames.http_body(segments)
    if body then
        local stream = frames.new_stream()
        stream.part, stream.is_unfinished, held[at] = body, true, nil
        list[#list + 1] = stream
    end
    return list
end

function ending.dissector(_, pinfo, tree)
    piece = 0
    if not tcp_stream() then return end
    if not pinfo.visited then
        local at, list = line(pinfo), {}
        for index, one in ipairs({ at, line_of(tcp_stream(), pinfo.dst, pinfo.dst_port) }) do
            for _, stream in ipairs(take_ended(one, index == 1)) do list[#list + 1] = stream end
        end
        if #list > 0 then ended[pinfo.number] = list end
        before[at] = (before[at] or 0) + #{ http_code() }
        hold(at, pinfo)
    end
    for _, stream in ipairs(ended[pinfo.number] or {}) do
        local item, twin, list = tree:add(es), copy(stream), {}
        if stream.part and stream.part ~= "" then
            local tvb = ByteArray.new(stream.part, true):tvb("Bytes before the cut")
            list = frames.decode(stream.part, twin)
            show_frames(item, tvb, list, twin, pinfo)
        end
        show_verdict(item, twin, list[#list] and list[#list].cut, pinfo)
    end
end

register_postdissector(ending)

function es.prefs_changed()
    frames.max_message = es.prefs.max_message
    local streaming = DissectorTable.get("streaming_content_type")
    streaming:remove(MEDIA_TYPE, pieces)
    if es.prefs.pieces then streaming:add(MEDIA_TYPE, pieces) end
end

DissectorTable.get("streaming_content_type"):add(MEDIA_TYPE, pieces)
