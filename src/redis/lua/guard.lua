-- Redis does not take back what a script has written: whatever may refuse a command is looked at before the first write.

-- The refusal of a key of another type; nil where it is missing or fits.
local function misfit(key, wanted)
    local found = redis.call('TYPE', key).ok
    if found ~= 'none' and found ~= wanted then
        return redis.error_reply('WRONGKEY ' .. found .. ' ' .. wanted .. ' ' .. key)
    end
end

-- The answer to a command that reads a key, and the refusal of the key.
local function ask(wanted, command, key, ...)
    local answer = redis.pcall(command, key, ...)
    if type(answer) == 'table' and answer.err then
        return nil, misfit(key, wanted) or answer
    end
    return answer
end

-- The refusal of a command that this user may not use. Its arguments are such that it writes nothing: before Redis 7 the only
-- way to find out is to call it.
local function denied(command, key, ...)
    local is_denied
    if redis.acl_check_cmd then
        is_denied = not redis.acl_check_cmd(command, key, ...)
    else
        local answer = redis.pcall(command, key, ...)
        is_denied = type(answer) == 'table' and answer.err
            and string.find(answer.err, "executing the script can't", 1, true)
    end
    if is_denied then
        return redis.error_reply('NOPERM this user may not use ' .. command .. ' on ' .. key)
    end
end

-- The refusal of a stream that takes no more entries, and the last id that it has given.
local function closed(key)
    local about = redis.pcall('XINFO', 'STREAM', key)
    if about.err then
        if redis.call('EXISTS', key) == 0 then
            return nil, '0-0'
        end
        return misfit(key, 'stream') or about
    end
    for place = 1, #about, 2 do
        if about[place] == 'last-generated-id' then
            local last = about[place + 1]
            if string.find(last, '^18446744073709551615%-') then
                return redis.error_reply('EXHAUSTED ' .. key)
            end
            return nil, last
        end
    end
end

-- The refusal of a stream to which this user may not add, or that takes no more.
local function shut(key)
    local refused = closed(key)
    return refused or denied('XADD', key, '0-0', 'x', 'x')
end

-- Whether an id is less than another: they have more digits than numbers keep.
local function before(one, other)
    local time, number = string.match(one, '^(%d+)%-(%d+)$')
    local other_time, other_number = string.match(other, '^(%d+)%-(%d+)$')
    if time == other_time then
        time, other_time = number, other_number
    end
    if #time ~= #other_time then
        return #time < #other_time
    end
    return time < other_time
end
