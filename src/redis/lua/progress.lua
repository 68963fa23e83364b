-- How far a replay has been published: the number of its entries, the id of the last one, and a checksum.
local function sealed(replay, count, id)
    local text = count .. ' ' .. id
    return text .. ' ' .. redis.sha1hex(replay .. ' ' .. text)
end

-- The number and the id; or the refusal of what is stored, or of a stream that does not reach so far.
local function progress(events, published, replay)
    local stored, refused = ask('hash', 'HGET', published, replay)
    if refused then return nil, nil, refused end
    if not stored then return '0', '0-0' end
    local count, id = string.match(stored, '^(%d+) (%d+%-%d+) %x+$')
    if not count or stored ~= sealed(replay, count, id) then
        return nil, nil, redis.error_reply('DAMAGED ' .. published .. ': what it says of replay ' .. replay
            .. ' does not agree with its checksum')
    end
    local last
    refused, last = closed(events)
    if not refused and before(last, id) then refused = redis.error_reply('REPLACED ' .. events) end
    return count, id, refused
end
