-- The beginning of a group: its place in the stream, and its state.
local events, state, fence = KEYS[1], KEYS[2], KEYS[3]
local token, group, since, is_new = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local found, refused = ask('string', 'GET', fence)
if refused then return refused end
if found ~= token then return redis.error_reply('OVERTAKEN by another consumer') end
refused = misfit(events, 'stream') or misfit(state, 'hash') or denied('HSET', state, 'x', 'x', 'x')
    or denied('XADD', events, '0-0', 'x', 'x') or denied('XACK', events, group, 'x')
if refused then return refused end
if is_new and redis.call('EXISTS', state) == 1 then return redis.error_reply('CHANGED ' .. state) end
local made = redis.pcall('XGROUP', 'CREATE', events, group, since, 'MKSTREAM')
if made.err and not string.find(made.err, 'BUSYGROUP', 1, true) then return made end
if is_new then redis.call('HSET', state, unpack(ARGV, 5)) end
return 1
