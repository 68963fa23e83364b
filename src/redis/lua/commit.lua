-- A step of a trader: answers, idle timeouts, its lease, what is acknowledged, and its state; all or nothing.
--
-- To look at every stream before each step would cost more than the step. So what was added is removed again where a command
-- fails, and the state, which says that the step was done, comes last. Nobody sees what happens in between.
local events, state, idle, fence, lease = KEYS[1], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local token, seal, group, holder, milliseconds, maxlen, most_idle = unpack(ARGV, 1, 7)
local at = 7

-- The first and the last place of a list that begins with its length.
local function list()
    local first = at + 2
    at = first - 1 + tonumber(ARGV[at + 1])
    return first, at
end

local found, refused = ask('string', 'GET', fence)
if refused then return refused end
if found ~= token then return redis.error_reply('OVERTAKEN by another consumer') end
found, refused = ask('hash', 'HGET', state, 'seal')
if refused then return refused end
if found ~= seal then return redis.error_reply('CHANGED ' .. state) end

local pcall = redis.pcall
-- The first id that was added to each stream: nobody else has added anything since.
local added = {}

-- Removes what was added, and returns the refusal.
local function undo(answer, key, wanted)
    for stream, first in pairs(added) do
        for _, entry in ipairs(redis.call('XRANGE', stream, first, '+')) do
            redis.call('XDEL', stream, entry[1])
        end
    end
    if string.find(answer.err, 'WRONGTYPE', 1, true) then return misfit(key, wanted) end
    return wanted == 'stream' and closed(key) or answer
end

local function add_answers(key, first, last)
    for place = first, last, 3 do
        local id
        if maxlen == '' then
            id = pcall('XADD', key, '*', 'event_type', ARGV[place], 'data', ARGV[place + 1], 'timestamp', ARGV[place + 2])
        else
            id = pcall('XADD', key, 'MAXLEN', '~', maxlen, '*',
                'event_type', ARGV[place], 'data', ARGV[place + 1], 'timestamp', ARGV[place + 2])
        end
        if type(id) == 'table' then return undo(id, key, 'stream') end
        if place == first then added[key] = id end
    end
end

local fields, last_field = list()
local read, last_read = list()
local timeout, last_timeout = list()
for channel = 1, 4 do
    local first, last = list()
    refused = add_answers(KEYS[1 + channel], first, last)
    if refused then return refused end
end
for place = timeout, last_timeout do
    -- as an entry of the same id, so that followers find it in order
    local id = pcall('XADD', idle, 'MAXLEN', '~', most_idle, ARGV[place], 'ended', '1')
    if type(id) == 'table' then
        refused = undo(id, idle, 'stream')
        if refused == id then return redis.error_reply('CHANGED ' .. idle) end
        return refused
    end
    added[idle] = added[idle] or id
end
local answer = pcall('SET', lease, holder, 'PX', milliseconds)
if answer.err then return undo(answer, lease, 'string') end
-- Lua passes on no more than some thousand arguments
for place = read, last_read, 1000 do
    answer = pcall('XACK', events, group, unpack(ARGV, place, math.min(place + 999, last_read)))
    if type(answer) == 'table' then return undo(answer, events, 'stream') end
end
answer = pcall('HSET', state, unpack(ARGV, fields, last_field))
if type(answer) == 'table' then return undo(answer, state, 'hash') end
return 1
